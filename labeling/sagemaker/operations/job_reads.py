"""DescribeLabelingJob, ListLabelingJobs, ListLabelingJobsForWorkteam: read from counters, never by counting rows."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Case, CharField, DateTimeField, F, QuerySet, Value, When
from django.db.models.functions import Greatest, Lower

from labeling.models import JobRevision, LabelingJob, LabelingRequest
from labeling.sagemaker.arns import PRIVATE, VENDOR, job_arn, parse_arn
from labeling.sagemaker.errors import NotThere
from labeling.sagemaker.operation import Answer, Call, Request, operation
from labeling.sagemaker.operations.labeling_jobs import find_job
from labeling.sagemaker.operations.tags import tags_of
from labeling.sagemaker.pages import list_page, query_page, with_token
from labeling.sagemaker.rules import member
from labeling.sagemaker.task_types import ACS, PRE
from labeling.sagemaker.teams import arn_of_team, find_team, find_vendor, vendor_name
from labeling.selectors.counts import JobCounts, counts_of
from labeling.services.jobs.enough import reached
from labeling.states import GROUND_TRUTH_STATUS, JobState
from labeling.storage.outputs import output_manifest_uri
from maskwright.core.scope import current_scope
from maskwright.organizations.models import Organization
from maskwright.organizations.permissions import Permission
from workforce.models import WorkGrant

_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
_ROLE = "arn:aws:iam::{account}:role/maskwright"
_NO_TEMPLATE = "s3://maskwright/built-in.liquid.html"
_CHANGES = ("created_at", "started_at", "ended_at", "intake_done_at", "manifest_written_at")


def reference_code(account: str, job: LabelingJob) -> str:
    """By which vendors know a job: the account and sixteen characters that follow from the job's id."""
    number = int.from_bytes(hashlib.sha256(b"job reference" + job.pk.bytes).digest(), "big")
    text = ""
    for _place in range(16):
        number, digit = divmod(number, 36)
        text += _ALPHABET[digit]
    return account + text


def last_change(job: LabelingJob) -> datetime:
    moments: list[datetime] = [moment for name in _CHANGES if (moment := getattr(job, name)) is not None]
    return max(moments)


def _counters(counts: JobCounts) -> dict[str, int]:
    return {
        "TotalLabeled": counts.done,
        "HumanLabeled": counts.done,
        "MachineLabeled": 0,
        "FailedNonRetryableError": counts.failed,
        "Unlabeled": counts.unlabeled,
    }


def _vendor_of(job: LabelingJob) -> Organization | None:
    grant = WorkGrant.objects.filter(work_queue_id=job.work_queue_id).order_by("-created_at").first()
    return Organization.objects.filter(pk=grant.vendor_id).first() if grant is not None else None


def _request_of(account: str, job: LabelingJob) -> Request:
    """The request a job was made by; for jobs that people made, what it would have been."""
    stored = LabelingRequest.objects.filter(job=job).values_list("request", flat=True).first()
    if stored is not None:
        return dict(stored)
    revision = JobRevision.objects.get(job=job, number=job.revision)
    queue = job.work_queue
    vendor = _vendor_of(job) if queue.work_team_id is None else None
    return {
        "LabelAttributeName": job.label_attribute_name,
        "InputConfig": {"DataSource": {"S3DataSource": {"ManifestS3Uri": job.input_uri}}},
        "OutputConfig": {"S3OutputPath": job.output_uri},
        "RoleArn": _ROLE.format(account=account),
        "HumanTaskConfig": {
            "WorkteamArn": arn_of_team(account, queue.work_team_id, vendor),
            "UiConfig": {"UiTemplateS3Uri": _NO_TEMPLATE},
            "TaskTitle": revision.title,
            "TaskDescription": revision.title,
            "NumberOfHumanWorkersPerDataObject": queue.labelers_wanted,
            "TaskTimeLimitInSeconds": queue.time_limit_seconds,
            "MaxConcurrentTaskCount": queue.window,
        },
    }


def _output(job: LabelingJob) -> dict[str, Any]:
    """Where the manifest is, once it was written."""
    if job.manifest_written_at is None:
        return {}
    return {"LabelingJobOutput": {"OutputDatasetS3Uri": output_manifest_uri(job)}}


@operation(Permission.JOBS_READ)
def describe_labeling_job(call: Call) -> Answer:
    """`StopReason` is ours: which stopping condition was met."""
    name = call.request["LabelingJobName"]
    job = find_job(name)
    if job is None:
        raise NotThere(f"The labeling job {name} does not exist.")
    counts = counts_of([job])[job.pk]
    is_stopped = job.state in (JobState.STOPPING, JobState.STOPPED)
    why = reached(job, counts) if is_stopped else ""
    tags = tags_of(job.pk)
    return {
        **_request_of(call.account, job),
        "LabelingJobName": job.name,
        "LabelingJobArn": job_arn(call.account, job.name),
        "LabelingJobStatus": GROUND_TRUTH_STATUS[job.state],
        "LabelCounters": _counters(counts),
        "CreationTime": job.created_at,
        "LastModifiedTime": last_change(job),
        "JobReferenceCode": reference_code(call.account, job),
        **({"FailureReason": job.failure_reason} if job.failure_reason else {}),
        **({"StopReason": why} if why else {}),
        **({"Tags": tags} if tags else {}),
        **_output(job),
    }


def _annotated() -> "QuerySet[Any]":
    """The organization's own jobs with what lists are sorted and filtered by."""
    statuses = [When(state=state, then=Value(status)) for state, status in GROUND_TRUTH_STATUS.items()]
    changes = [F(name) for name in _CHANGES]
    jobs = LabelingJob.objects.filter(organization_id=current_scope().organization_id).select_related("work_queue")
    return jobs.annotate(
        status=Case(*statuses, default=Value(""), output_field=CharField()),
        lower_name=Lower("name"),
        changed_at=Greatest(*changes, output_field=DateTimeField()),
    )


_FILTERS = {
    "CreationTimeAfter": "created_at__gt",
    "CreationTimeBefore": "created_at__lt",
    "LastModifiedTimeAfter": "changed_at__gt",
    "LastModifiedTimeBefore": "changed_at__lt",
    "NameContains": "name__icontains",
    "StatusEquals": "status",
}
_SORTS = {"Name": "lower_name", "CreationTime": "created_at", "Status": "status"}


@operation(Permission.JOBS_READ)
def list_labeling_jobs(call: Call) -> Answer:
    given = call.request
    jobs = _annotated().filter(**{column: given[name] for name, column in _FILTERS.items() if name in given})
    page, token = query_page(
        call,
        jobs,
        key=_SORTS[given.get("SortBy", "CreationTime")],
        descending=given.get("SortOrder", "Descending" if "SortBy" not in given else "Ascending") == "Descending",
    )
    return with_token({"LabelingJobSummaryList": _summaries(call.account, page)}, token)


def _summaries(account: str, jobs: Sequence[Any]) -> list[dict[str, Any]]:
    counts = counts_of(jobs)
    found = []
    for job in jobs:
        request = _request_of(account, job)
        functions = {"PreHumanTaskLambdaArn": PRE, "AnnotationConsolidationLambdaArn": ACS}
        found.append(
            {
                "LabelingJobName": job.name,
                "LabelingJobArn": job_arn(account, job.name),
                "CreationTime": job.created_at,
                "LastModifiedTime": job.changed_at,
                "LabelingJobStatus": job.status,
                "LabelCounters": _counters(counts[job.pk]),
                "WorkteamArn": request["HumanTaskConfig"]["WorkteamArn"],
                **{name: value for name, path in functions.items() if (value := member(request, path)) is not None},
                **({"FailureReason": job.failure_reason} if job.failure_reason else {}),
                **_output(job),
                "InputConfig": request["InputConfig"],
            }
        )
    return found


def _of_team(text: str) -> "QuerySet[Any]":
    """The jobs of a work team: one's own, a vendor's that one gave work to, or one's own as the vendor. NotThere."""
    arn = parse_arn(text)
    crowd, _, name = arn.name.partition("/") if arn is not None and arn.kind == "workteam" else ("", "", "")
    own = current_scope().organization_id
    jobs = LabelingJob.objects.select_related("work_queue")
    if crowd == PRIVATE and (team := find_team(name)) is not None:
        return jobs.filter(organization_id=own, work_queue__work_team=team.team)
    if crowd == VENDOR and (vendor := find_vendor(name)) is not None:
        queues = WorkGrant.objects.filter(organization_id=own, vendor_id=vendor.pk).values("work_queue_id")
        return jobs.filter(organization_id=own, work_queue_id__in=queues)
    me = Organization.objects.get(pk=own)
    if crowd == VENDOR and me.is_vendor and vendor_name(me).lower() == name.lower():
        return jobs.filter(work_queue_id__in=current_scope().queues)
    raise NotThere(f"The work team {text} does not exist.")


@operation(Permission.JOBS_READ)
def list_labeling_jobs_for_workteam(call: Call) -> Answer:
    given = call.request
    jobs = _of_team(given["WorkteamArn"])
    for name in ("CreationTimeAfter", "CreationTimeBefore"):
        if name in given:
            jobs = jobs.filter(**{_FILTERS[name]: given[name]})
    descending = given.get("SortOrder", "Descending") == "Descending"
    text = given.get("JobReferenceCodeContains", "")
    accounts = dict(Organization.objects.values_list("pk", "account_id"))
    if text:  # the code follows from the id: nothing to ask the database for
        found = [one for one in jobs if text in reference_code(accounts[one.organization_id], one)]
        page, token = list_page(call, found, key=lambda one: (one.created_at, str(one.pk)), descending=descending)
    else:
        page, token = query_page(call, jobs, key="created_at", descending=descending)
    counts = counts_of(page)
    rows = [_for_team(accounts[job.organization_id], job, counts[job.pk]) for job in page]
    return with_token({"LabelingJobSummaryList": rows}, token)


def _for_team(account: str, job: LabelingJob, counts: JobCounts) -> dict[str, Any]:
    return {
        "LabelingJobName": job.name,
        "JobReferenceCode": reference_code(account, job),
        "WorkRequesterAccountId": account,
        "CreationTime": job.created_at,
        "LabelCounters": {"HumanLabeled": counts.done, "PendingHuman": counts.unlabeled, "Total": counts.total},
        "NumberOfHumanWorkersPerDataObject": job.work_queue.labelers_wanted,
    }
