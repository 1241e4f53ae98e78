"""Labeling jobs described from counters, and listed: sorted, filtered, in pages, for a work team."""

from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from labeling.models import JobCount, LabelingJob, Task
from labeling.states import TaskState
from maskwright.core.scope import organization_scope
from tests.factories.aws import aws_client
from tests.factories.jobs import make_job
from tests.plugins.cast import Company


# --- counters ---------------------------------------------------------------------------------------------------------
def test_counters_follow_the_tasks_and_no_task_is_read_for_them(acme: Company) -> None:
    made = make_job(acme, objects=5)
    name = made.job.name
    aws = aws_client(acme)
    with organization_scope(acme.id):
        LabelingJob.objects.filter(pk=made.id).update(preflight={"usable": 5, "unusable": 1})
        states = (TaskState.DONE, TaskState.DONE, TaskState.FAILED, TaskState.CONSOLIDATING)
        for task, state in zip(made.tasks, states, strict=False):
            Task.objects.filter(pk=task.pk).update(state=state)
        Task.objects.filter(pk=made.tasks[1].pk).update(state=TaskState.OPEN)
        assert JobCount.objects.filter(job=made.job).count() <= 16
    with CaptureQueriesContext(connection) as statements:
        counters = aws.ok("DescribeLabelingJob", LabelingJobName=name)["LabelCounters"]
    assert counters == {
        "TotalLabeled": 1,
        "HumanLabeled": 1,
        "MachineLabeled": 0,
        "FailedNonRetryableError": 2,
        "Unlabeled": 3,
    }
    assert not [one["sql"] for one in statements if "labeling_task" in one["sql"] or "dataobject" in one["sql"]]


# --- lists ------------------------------------------------------------------------------------------------------------
def _jobs(company: Company, count: int) -> list[str]:
    names = []
    with organization_scope(company.id):
        for number in range(count):
            made = make_job(company, objects=1)
            LabelingJob.objects.filter(pk=made.id).update(
                name=f"job-{'aXbYc'[number]}", created_at=datetime(2026, 1, 1 + number, tzinfo=UTC)
            )
            names.append(f"job-{'aXbYc'[number]}")
    return names


def _names(answer: dict[str, Any]) -> list[str]:
    return [one["LabelingJobName"] for one in answer["LabelingJobSummaryList"]]


def test_jobs_are_listed_sorted_filtered_and_paged(acme: Company) -> None:
    names = _jobs(acme, 5)
    aws = aws_client(acme)
    assert _names(aws.ok("ListLabelingJobs")) == names[::-1]
    by_name = aws.ok("ListLabelingJobs", SortBy="Name", SortOrder="Ascending")
    assert _names(by_name) == ["job-a", "job-b", "job-c", "job-X", "job-Y"]
    assert _names(aws.ok("ListLabelingJobs", NameContains="job-x")) == ["job-X"]
    assert len(_names(aws.ok("ListLabelingJobs", StatusEquals="InProgress"))) == 5
    assert _names(aws.ok("ListLabelingJobs", StatusEquals="Completed")) == []
    third = datetime(2026, 1, 3, tzinfo=UTC).timestamp()
    assert len(_names(aws.ok("ListLabelingJobs", CreationTimeAfter=third))) == 2
    assert len(_names(aws.ok("ListLabelingJobs", CreationTimeBefore=third))) == 2
    assert _names(aws.ok("ListLabelingJobs", LastModifiedTimeAfter="2030-01-01T00:00:00Z")) == []
    for sort in ("Name", "CreationTime", "Status"):
        for direction in ("Ascending", "Descending"):
            question = {"SortBy": sort, "SortOrder": direction, "MaxResults": 2}
            seen, token = [], ""
            while True:
                page = aws.ok("ListLabelingJobs", question | ({"NextToken": token} if token else {}))
                seen += _names(page)
                token = page.get("NextToken", "")
                if not token:
                    break
            assert sorted(seen) == sorted(names), (sort, direction)
            assert seen == _names(aws.ok("ListLabelingJobs", question | {"MaxResults": 100}))


def test_jobs_that_people_made_have_every_member_a_client_needs(acme: Company) -> None:
    [name] = _jobs(acme, 1)
    aws = aws_client(acme)
    found = aws.ok("DescribeLabelingJob", LabelingJobName=name)
    needed = ("InputConfig", "OutputConfig", "RoleArn", "HumanTaskConfig", "LabelCounters", "JobReferenceCode")
    assert all(found[member] for member in needed)
    [row] = aws.ok("ListLabelingJobs")["LabelingJobSummaryList"]
    assert row["WorkteamArn"].startswith("arn:aws:sagemaker:local:")
    team = aws.ok("ListLabelingJobsForWorkteam", WorkteamArn=row["WorkteamArn"])["LabelingJobSummaryList"]
    assert [one["JobReferenceCode"] for one in team] == [found["JobReferenceCode"]]
    code = found["JobReferenceCode"]
    for text, count in ((code[12:20], 1), ("nothing-like-it", 0)):
        listed = aws.ok("ListLabelingJobsForWorkteam", WorkteamArn=row["WorkteamArn"], JobReferenceCodeContains=text)
        assert len(listed["LabelingJobSummaryList"]) == count
    gone = row["WorkteamArn"] + "-none"
    assert aws.error("ListLabelingJobsForWorkteam", WorkteamArn=gone)[0] == "ResourceNotFound"


def test_nobody_elses_jobs_are_there(acme: Company, initech: Company) -> None:
    [name] = _jobs(acme, 1)
    other = aws_client(initech)
    assert other.ok("ListLabelingJobs") == {"LabelingJobSummaryList": []}
    for operation in ("DescribeLabelingJob", "StopLabelingJob"):
        assert other.error(operation, LabelingJobName=name)[0] == "ResourceNotFound"
