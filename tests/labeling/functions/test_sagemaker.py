"""CreateLabelingJob with functions of one's own: connected ones are taken, unknown ones refused in AWS's way."""

from typing import Any

import pytest

from labeling.models import JobFunctions, LabelingJob
from labeling.services.functions import save_function
from maskwright.core.scope import organization_scope
from tests.factories.admin_client import submit
from tests.factories.aws import Aws, aws_client
from tests.factories.aws_jobs import LAMBDA, fill, order, team_of
from tests.factories.inputs import make_upload, photos, run_messages
from tests.factories.inputs import order as order_of
from tests.labeling.functions.test_connecting import ARN, connect
from tests.plugins.cast import Company
from tests.plugins.receiver import Receiver
from tests.plugins.s3 import S3


@pytest.fixture
def aws(acme: Company) -> Aws:
    return aws_client(acme)


def _acs(arn: str) -> dict[str, Any]:
    return {"AnnotationConsolidationConfig": {"AnnotationConsolidationLambdaArn": arn}}


def test_connected_functions_are_used_by_the_job(acme: Company, aws: Aws, s3: S3, webhook: Receiver) -> None:
    fill(s3, acme)
    connect(acme, webhook)
    connect(acme, webhook, f"{ARN}-acs")
    webhook.answer = lambda got: (200, {"taskInput": {"taskObject": got.json["dataObject"]["source-ref"]}})
    request = order(team_of(aws), PreHumanTaskLambdaArn=f"{ARN}:prod", **_acs(f"{ARN}-acs"))
    made = aws.ok("CreateLabelingJob", **request)
    with organization_scope(acme.id):
        used = JobFunctions.objects.select_related("pre_function", "consolidation_function").get()
        assert (used.pre_arn, used.consolidation_arn) == (f"{ARN}:prod", f"{ARN}-acs")
    run_messages(acme, "job.intake")
    event = webhook.got[0].json
    assert event["labelingJobArn"] == made["LabelingJobArn"]
    assert event["dataObject"] == {"source-ref": event["dataObject"]["source-ref"], "split": "train"}
    shown = aws.ok("DescribeLabelingJob", LabelingJobName="city-1")
    assert shown["HumanTaskConfig"]["PreHumanTaskLambdaArn"] == f"{ARN}:prod"
    assert shown["LabelingJobStatus"] == "InProgress"


def test_unknown_functions_are_refused_all_in_one_message(
    acme: Company, initech: Company, aws: Aws, s3: S3, webhook: Receiver
) -> None:
    fill(s3, acme)
    connect(initech, webhook)
    code, message = aws.error("CreateLabelingJob", **order(team_of(aws), PreHumanTaskLambdaArn=ARN, **_acs(f"{ARN}-2")))
    assert code == "ValidationException"
    assert ARN in message and f"{ARN}-2" in message and message.count("is not known on this installation") == 2
    with organization_scope(acme.id):
        assert not LabelingJob.objects.exists()


def test_an_arn_connected_to_a_built_in_is_that_built_in(acme: Company, aws: Aws, s3: S3) -> None:
    fill(s3, acme)
    with organization_scope(acme.id):
        save_function(arn=ARN, kind="builtin", target="SemanticSegmentation")
        save_function(arn=f"{ARN}-pass", kind="builtin", target="PassThrough")
    team = team_of(aws)
    _code, message = aws.error("CreateLabelingJob", **order(team, PreHumanTaskLambdaArn=f"{ARN}-pass"))
    assert "must be of the same task type" in message
    aws.ok("CreateLabelingJob", **order(team, PreHumanTaskLambdaArn=ARN, **_acs(ARN)))
    with organization_scope(acme.id):
        assert not JobFunctions.objects.exists()


def test_a_verification_has_its_built_in_consolidation_alone(
    acme: Company, aws: Aws, s3: S3, webhook: Receiver
) -> None:
    fill(s3, acme)
    connect(acme, webhook)
    request = order(team_of(aws), PreHumanTaskLambdaArn=f"{LAMBDA}PRE-VerificationSemanticSegmentation", **_acs(ARN))
    code, message = aws.error("CreateLabelingJob", **request | {"LabelAttributeName": "checked"})
    assert code == "ValidationException" and "is no mask" in message


def test_a_built_ins_own_arn_can_be_connected_to_something_else(
    acme: Company, aws: Aws, s3: S3, webhook: Receiver
) -> None:
    fill(s3, acme)
    arn = f"{LAMBDA}PRE-SemanticSegmentation"
    connect(acme, webhook, arn)
    aws.ok("CreateLabelingJob", **order(team_of(aws)))
    with organization_scope(acme.id):
        assert JobFunctions.objects.get().pre_arn == arn


def test_managers_choose_connected_functions_in_the_form_and_see_them_on_the_jobs_page(
    acme: Company, webhook: Receiver
) -> None:
    connect(acme, webhook, description="prepares photos")
    with organization_scope(acme.id):
        save_function(arn=f"{ARN}-pass", kind="builtin", target="PassThrough")
    upload = make_upload(acme, photos(1))
    given = order_of(acme, f"upload://{upload.pk}/")
    browser = acme.browser("manager")
    add = "/manage/labeling/labelingjob/add/"
    form = browser.get(add).context["form"]
    assert [label for _, label in form.fields["pre_annotation_arn"].choices] == ["none", "prepares photos"]
    answer = submit(
        browser,
        add,
        name="prepared",
        upload=str(upload.pk),
        label_set=str(given["label_set_id"]),
        task_template=str(given["task_template_id"]),
        work_team=str(given["work_team_id"]),
        pre_annotation_arn=ARN,
    )
    assert answer.status_code == 302
    with organization_scope(acme.id):
        used = JobFunctions.objects.get()
        assert (used.pre_arn, used.consolidation_arn) == (ARN, "")
    page = browser.get(answer["Location"]).content.decode()
    assert "Pre-annotation function" in page and "check-labels" in page
