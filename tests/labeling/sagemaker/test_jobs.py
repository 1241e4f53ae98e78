"""Labeling jobs by the SageMaker API: made of files in S3, described from counters, listed, stopped."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from labeling.models import JobRevision, LabelingJob
from labeling.services.publishing import finish_job
from maskwright.core.scope import organization_scope
from tests.factories.aws import aws_client
from tests.factories.aws_jobs import LAMBDA, fill, order, team_of
from tests.factories.inputs import run_messages
from tests.factories.work import claim, flat_mask, submit
from tests.plugins.cast import Company
from tests.plugins.s3 import S3
from workforce.models import WorkGrant, WorkQueue
from workforce.services.queues import move_queue
from workforce.states import QueueState


def _label(company: Company, who: str = "labeler") -> None:
    run_messages(company, "queue.distribute")
    worker = company.client(who)
    assert submit(worker, claim(worker).json(), flat_mask(1)).status_code == 200
    run_messages(company, "work.item_answered")
    run_messages(company, "task.consolidate")
    run_messages(company, "job.finish")


def test_a_job_is_made_worked_on_and_described_to_its_end(acme: Company, s3: S3) -> None:
    fill(s3, acme, 2)
    aws = aws_client(acme)
    request = order(team_of(aws), Tags=[{"Key": "project", "Value": "streets"}], TaskKeywords=["images", "street view"])
    arn = aws.ok("CreateLabelingJob", request)["LabelingJobArn"]
    assert arn == f"arn:aws:sagemaker:local:{acme.organization.account_id}:labeling-job/city-1"
    found = aws.ok("DescribeLabelingJob", LabelingJobName="city-1")
    assert found["LabelingJobStatus"] == "Initializing"
    assert {name: found[name] for name in request if name != "Tags"} == {
        name: value for name, value in request.items() if name != "Tags"
    }
    assert found["Tags"] == [{"Key": "project", "Value": "streets"}]
    assert found["JobReferenceCode"].startswith(acme.organization.account_id)
    assert len(found["JobReferenceCode"]) == 28
    assert "LabelingJobOutput" not in found
    run_messages(acme, "job.intake")
    found = aws.ok("DescribeLabelingJob", LabelingJobName="CITY-1")
    assert (found["LabelingJobStatus"], found["LabelCounters"]["Unlabeled"]) == ("InProgress", 2)
    _label(acme)
    counters = aws.ok("DescribeLabelingJob", LabelingJobName="city-1")["LabelCounters"]
    assert counters == {
        "TotalLabeled": 1,
        "HumanLabeled": 1,
        "MachineLabeled": 0,
        "FailedNonRetryableError": 0,
        "Unlabeled": 1,
    }
    _label(acme)
    found = aws.ok("DescribeLabelingJob", LabelingJobName="city-1")
    assert (found["LabelingJobStatus"], found["LabelCounters"]["TotalLabeled"]) == ("Completed", 2)
    assert found["LastModifiedTime"] > found["CreationTime"]
    uri = found["LabelingJobOutput"]["OutputDatasetS3Uri"]
    assert uri == "s3://outbox/labels/city-1/manifests/output/output.manifest"
    lines = [json.loads(line) for line in s3.read("outbox", uri.removeprefix("s3://outbox/")).splitlines()]
    assert [line["split"] for line in lines] == ["train", "train"]
    assert lines[0]["city-1-ref-metadata"]["job-name"] == "labeling-job/city-1"


def test_what_the_template_and_the_labels_say_reaches_the_labelers(acme: Company, s3: S3) -> None:
    fill(s3, acme)
    aws = aws_client(acme)
    team = team_of(aws)
    aws.ok("CreateLabelingJob", order(team))
    aws.ok("CreateLabelingJob", order(team, "of-template", LabelCategoryConfigS3Uri=None))
    with organization_scope(acme.id):
        for name in ("city-1", "of-template"):
            revision = JobRevision.objects.get(job__name=name)
            assert revision.title == "Paint every street"
            assert revision.instructions == "- Paint streets\n- not cars\n\n## Edges\n\nBe **exact**."
            assert [one["name"] for one in revision.categories] == ["cat", "cup"]


def test_a_name_is_taken_whatever_its_case(acme: Company, s3: S3) -> None:
    fill(s3, acme)
    aws = aws_client(acme)
    team = team_of(aws)
    aws.ok("CreateLabelingJob", order(team))
    for name in ("city-1", "City-1"):
        assert aws.error("CreateLabelingJob", order(team, name, LabelAttributeName="a-ref"))[0] == "ResourceInUse"
    with organization_scope(acme.id):
        assert LabelingJob.objects.count() == 1


def test_the_same_request_delivered_twice_makes_one_job(acme: Company, s3: S3) -> None:
    fill(s3, acme)
    aws = aws_client(acme)
    body = json.dumps(order(team_of(aws))).encode()
    first = aws.signed("CreateLabelingJob", body)
    retry = aws.signed("CreateLabelingJob", body, at=datetime.now(UTC) + timedelta(seconds=2))
    retry["amz-sdk-invocation-id"] = first["amz-sdk-invocation-id"]
    answers = [aws.send(headers, body) for headers in (first, retry)]
    assert [one.status_code for one in answers] == [200, 200]
    assert answers[0].content == answers[1].content
    with organization_scope(acme.id):
        assert LabelingJob.objects.count() == 1


def test_a_role_that_nobody_stands_for_is_refused_before_anything_is_made(acme: Company, s3: S3) -> None:
    fill(s3, acme)
    aws = aws_client(acme)
    request = order(team_of(aws), RoleArn="arn:aws:iam::123456789012:role/other")
    code, message = aws.error("CreateLabelingJob", request)
    assert code == "ValidationException"
    assert message.startswith("The role ARN isn't valid. Make sure the role exists and that its trust relationship")
    with organization_scope(acme.id):
        assert LabelingJob.objects.count() == 0
    assert not [key for key in s3.keys("outbox") if "city" in key]


def test_the_default_connection_stands_for_any_role(acme: Company, s3: S3) -> None:
    fill(s3, acme, role_arn="", is_default=True)
    aws = aws_client(acme)
    aws.ok("CreateLabelingJob", order(team_of(aws), RoleArn="arn:aws:iam::999999999999:role/any/path"))


def test_a_team_by_an_arn_of_aws_is_the_team_of_that_name(acme: Company, s3: S3) -> None:
    """The script names the account and region it had on AWS."""
    fill(s3, acme)
    aws = aws_client(acme)
    team_of(aws)
    theirs = "arn:aws:sagemaker:us-east-1:123456789012:workteam/private-crowd/team-a"
    aws.ok("CreateLabelingJob", order(theirs))
    assert aws.ok("DescribeLabelingJob", LabelingJobName="city-1")["HumanTaskConfig"]["WorkteamArn"] == theirs


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:sagemaker:us-east-1:394669845002:workteam/public-crowd/default",
        "arn:aws:sagemaker:us-east-1:123456789012:workteam/private-crowd/none",
        "arn:aws:sagemaker:us-east-1:123456789012:workteam/vendor-crowd/none",
        "arn:aws:sagemaker:us-east-1:123456789012:workteam/other",
    ],
)
def test_teams_that_are_none_are_refused(acme: Company, s3: S3, arn: str) -> None:
    fill(s3, acme)
    assert aws_client(acme).error("CreateLabelingJob", order(arn))[0] == "ValidationException"


def test_a_vendors_team_is_offered_the_work(acme: Company, globex: Company, s3: S3) -> None:
    fill(s3, acme)
    aws = aws_client(acme)
    [vendor] = aws.ok("ListSubscribedWorkteams")["SubscribedWorkteams"]
    aws.ok("CreateLabelingJob", order(vendor["WorkteamArn"]))
    with organization_scope(acme.id):
        assert WorkGrant.objects.get().vendor_id == globex.id
    [row] = aws.ok("ListLabelingJobsForWorkteam", WorkteamArn=vendor["WorkteamArn"])["LabelingJobSummaryList"]
    assert (row["LabelingJobName"], row["WorkRequesterAccountId"]) == ("city-1", acme.organization.account_id)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"LabelAttributeName": "label"}, "must end with '-ref'"),
        ({"LabelAttributeName": "source-ref"}, "reserved"),
        ({"InputConfig": {"DataSource": {"S3DataSource": {"ManifestS3Uri": "s3://inbox/none"}}}}, "ManifestS3Uri"),
        ({"InputConfig": {"DataSource": {"S3DataSource": {"ManifestS3Uri": "s3://other/a"}}}}, "s3://other"),
        ({"InputConfig": {"DataSource": {"S3DataSource": {"ManifestS3Uri": "s3://inbox/"}}}}, "prefix"),
        ({"InputConfig": {"DataSource": {}}}, "Specify one of S3DataSource and SnsDataSource"),
        ({"OutputConfig": {"S3OutputPath": "s3://other/"}}, "S3OutputPath"),
        ({"OutputConfig": {"S3OutputPath": "https://example.com/a"}}, "no address in Amazon S3"),
        ({"LabelCategoryConfigS3Uri": "s3://inbox/template.liquid.html"}, "LabelCategoryConfigS3Uri"),
        ({"LabelCategoryConfigS3Uri": "s3://inbox/none.json"}, "LabelCategoryConfigS3Uri"),
        ({"UiConfig": {"UiTemplateS3Uri": "s3://inbox/labels.json"}}, "crowd-semantic-segmentation"),
        ({"UiConfig": {}}, "Specify one of UiTemplateS3Uri"),
        ({"PreHumanTaskLambdaArn": f"{LAMBDA}PRE-BoundingBox"}, "BoundingBox"),
        ({"PreHumanTaskLambdaArn": f"{LAMBDA}PRE-PassThrough"}, "same task type"),
        ({"PreHumanTaskLambdaArn": f"{LAMBDA}my-function"}, "is not known"),
        ({"TaskTimeLimitInSeconds": 28_801}, "less than or equal to 28800"),
        ({"TaskAvailabilityLifetimeInSeconds": 2_592_001}, "less than or equal to 2592000"),
        ({"LabelingJobAlgorithmsConfig": {"LabelingJobAlgorithmSpecificationArn": "arn:a"}}, "automated"),
        ({"Tags": [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}]}, "Duplicate tag"),
    ],
)
def test_wrong_orders_make_nothing_and_say_why(acme: Company, s3: S3, changes: dict[str, Any], says: str) -> None:
    fill(s3, acme)
    aws = aws_client(acme)
    code, message = aws.error("CreateLabelingJob", order(team_of(aws), **changes))
    assert code == "ValidationException"
    assert says in message
    with organization_scope(acme.id):
        assert LabelingJob.objects.count() == 0


def test_streaming_is_refused_for_now(acme: Company, s3: S3) -> None:
    fill(s3, acme)
    aws = aws_client(acme)
    topic = {"SnsTopicArn": "arn:aws:sns:us-east-1:123456789012:in"}
    request = order(team_of(aws), InputConfig={"DataSource": {"SnsDataSource": topic}})
    assert "streaming" in aws.error("CreateLabelingJob", request)[1]


def test_the_known_message_stands_alone(acme: Company, s3: S3) -> None:
    fill(s3, acme)
    aws = aws_client(acme)
    said = aws.error("CreateLabelingJob", order(team_of(aws), LabelAttributeName="label"))
    assert said == (
        "ValidationException",
        "The value of the LabelAttributeName field for the Semantic Segmentation task type must end with '-ref'.",
    )


def test_s3s_own_https_addresses_are_understood(acme: Company, s3: S3) -> None:
    fill(s3, acme)
    aws = aws_client(acme)
    sources = {
        "https://inbox.s3.amazonaws.com/dataset.manifest",
        "https://inbox.s3.eu-west-1.amazonaws.com/dataset.manifest",
        "https://s3.us-east-1.amazonaws.com/inbox/dataset.manifest",
    }
    team = team_of(aws)
    for number, source in enumerate(sorted(sources)):
        config = {"DataSource": {"S3DataSource": {"ManifestS3Uri": source}}}
        aws.ok("CreateLabelingJob", order(team, f"https-{number}", InputConfig=config))


def test_a_stopped_job_ends_with_the_labels_so_far(acme: Company, s3: S3) -> None:
    fill(s3, acme, 3)
    aws = aws_client(acme)
    aws.ok("CreateLabelingJob", order(team_of(aws)))
    run_messages(acme, "job.intake")
    _label(acme)
    answer = aws.call("StopLabelingJob", LabelingJobName="city-1")
    assert (answer.status_code, answer.content) == (200, b"")
    assert aws.call("StopLabelingJob", LabelingJobName="city-1").status_code == 200
    _stop_now(acme)
    found = aws.ok("DescribeLabelingJob", LabelingJobName="city-1")
    assert (found["LabelingJobStatus"], found["LabelCounters"]["HumanLabeled"]) == ("Stopped", 1)
    key = found["LabelingJobOutput"]["OutputDatasetS3Uri"].removeprefix("s3://outbox/")
    lines = [json.loads(line) for line in s3.read("outbox", key).splitlines()]
    assert ["city-1-ref" in line for line in lines].count(True) == 1
    assert len(lines) == 3


def _stop_now(company: Company) -> None:
    """The queue closes when its grace is over; nobody holds anything."""
    with organization_scope(company.id):
        for queue in WorkQueue.objects.filter(state=QueueState.STOPPING):
            move_queue(queue_id=queue.pk, to=QueueState.CLOSED)
        job = LabelingJob.objects.get()
    finish_job(organization_id=company.id, job_id=job.pk)


def test_stopping_what_is_over_or_never_was_is_refused(acme: Company, s3: S3) -> None:
    fill(s3, acme, 1)
    aws = aws_client(acme)
    assert aws.error("StopLabelingJob", LabelingJobName="none")[0] == "ResourceNotFound"
    aws.ok("CreateLabelingJob", order(team_of(aws)))
    run_messages(acme, "job.intake")
    _label(acme)
    assert aws.error("StopLabelingJob", LabelingJobName="city-1")[0] == "ValidationException"


@pytest.mark.parametrize(
    "stops", [{"MaxHumanLabeledObjectCount": 2}, {"MaxPercentageOfInputDatasetLabeled": 50}], ids=["count", "percent"]
)
def test_a_job_stops_by_itself_when_there_is_enough(acme: Company, s3: S3, stops: dict[str, int]) -> None:
    fill(s3, acme, 4)
    aws = aws_client(acme)
    aws.ok("CreateLabelingJob", order(team_of(aws), StoppingConditions=stops))
    run_messages(acme, "job.intake")
    _label(acme)
    assert aws.ok("DescribeLabelingJob", LabelingJobName="city-1")["LabelingJobStatus"] == "InProgress"
    _label(acme)
    found = aws.ok("DescribeLabelingJob", LabelingJobName="city-1")
    assert found["LabelingJobStatus"] in ("Stopping", "Stopped")
    assert [found["StopReason"]] == list(stops)
    _stop_now(acme)
    assert aws.ok("DescribeLabelingJob", LabelingJobName="city-1")["LabelingJobStatus"] == "Stopped"


def test_a_failed_job_says_why(acme: Company, s3: S3) -> None:
    fill(s3, acme, 1)
    aws = aws_client(acme)
    aws.ok("CreateLabelingJob", order(team_of(aws)))
    s3.client.delete_object(Bucket="inbox", Key="dataset.manifest")
    run_messages(acme, "job.intake")
    found = aws.ok("DescribeLabelingJob", LabelingJobName="city-1")
    assert found["LabelingJobStatus"] == "Failed"
    assert found["FailureReason"]
