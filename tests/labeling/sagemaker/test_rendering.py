"""RenderUiTemplate: the page of a template, what is wrong with it, and whose files it may read."""

import json
import re
from typing import Any

import pytest
from django.test import Client

from labeling.models import JobRevision
from labeling.sagemaker.crowd import read_template
from maskwright.core.scope import organization_scope
from tests.factories.aws import Aws, aws_client
from tests.factories.aws_jobs import ROLE, TEMPLATE, fill, order, team_of
from tests.labeling.sagemaker.test_follow_ups import ADJUST
from tests.plugins.cast import Company
from tests.plugins.s3 import S3


def _render(aws: Aws, content: str, task_input: Any, **members: Any) -> dict[str, Any]:
    text = task_input if isinstance(task_input, str) else json.dumps(task_input)
    return aws.ok("RenderUiTemplate", UiTemplate={"Content": content}, Task={"Input": text}, RoleArn=ROLE, **members)


def test_a_template_is_rendered_and_its_files_can_be_read(acme: Company, s3: S3) -> None:
    fill(s3, acme)
    aws = aws_client(acme)
    source = "<img src='{{ task.input.taskObject | grant_read_access }}'><p>{{ task.input.name }}</p>"
    found = _render(aws, source, {"taskObject": order(team_of(aws))["LabelCategoryConfigS3Uri"], "name": "<b>"})
    assert found["Errors"] == [] and found["RenderedContent"].endswith("<p>&lt;b&gt;</p>")
    path = re.findall(r"src='https?://[^/]+(/work/files/[^']+)'", found["RenderedContent"])[0]
    answer: Any = Client().get(path)
    assert b"labels" in b"".join(answer.streaming_content)


def test_a_human_task_ui_is_rendered(acme: Company, s3: S3) -> None:
    fill(s3, acme)
    aws = aws_client(acme)
    arn = aws.ok("CreateHumanTaskUi", HumanTaskUiName="ui", UiTemplate={"Content": "{{ task.input.a }}"})[
        "HumanTaskUiArn"
    ]
    found = aws.ok("RenderUiTemplate", HumanTaskUiArn=arn, Task={"Input": '{"a": 1}'}, RoleArn=ROLE)
    assert found == {"RenderedContent": "1", "Errors": []}
    missing = aws.error("RenderUiTemplate", HumanTaskUiArn=f"{arn}x", Task={"Input": "{}"}, RoleArn=ROLE)
    assert missing[0] == "ResourceNotFound"


@pytest.mark.parametrize(
    ("source", "code", "says"),
    [
        ("one\n{{ task.input.a | nope }}", "TemplateSyntaxError", "Line 2: unknown filter 'nope'"),
        ("{% if %}", "TemplateSyntaxError", "Line 1"),
        ("\n\n{{ 1 | divided_by: 0 }}", "TemplateRenderingError", "Line 3"),
        ("{% for x in (1..1000000) %}{% endfor %}", "TemplateLimitExceeded", "100,000"),
    ],
)
def test_what_is_wrong_with_a_template_is_an_answer(acme: Company, s3: S3, source: str, code: str, says: str) -> None:
    fill(s3, acme)
    found = _render(aws_client(acme), source, {})
    assert found["RenderedContent"] == ""
    assert [one["Code"] for one in found["Errors"]] == [code] and says in found["Errors"][0]["Message"]


@pytest.mark.parametrize("task_input", ["[]", "{]", '{"a": NaN}', "  ", "[" * 2000])
def test_an_input_that_is_no_object_is_refused(acme: Company, s3: S3, task_input: str) -> None:
    fill(s3, acme)
    request = {"UiTemplate": {"Content": "x"}, "Task": {"Input": task_input}, "RoleArn": ROLE}
    code, message = aws_client(acme).error("RenderUiTemplate", request)
    assert code == "ValidationException" and "Task.Input" in message


def test_a_role_that_nobody_stands_for_is_refused(acme: Company) -> None:
    request = {"UiTemplate": {"Content": "x"}, "Task": {"Input": "{}"}, "RoleArn": ROLE}
    code, message = aws_client(acme).error("RenderUiTemplate", request)
    assert code == "ValidationException" and message.startswith("The role ARN isn't valid.")


def _made(acme: Company, s3: S3, template: str, **changes: Any) -> JobRevision:
    fill(s3, acme)
    s3.put("inbox", {"template.liquid.html": template.encode()})
    aws = aws_client(acme)
    aws.ok("CreateLabelingJob", order(team_of(aws), **changes))
    with organization_scope(acme.id):
        return JobRevision.objects.get(job__name="city-1")


def test_a_jobs_template_is_kept_and_framed_unless_it_is_plain(acme: Company, s3: S3) -> None:
    found = _made(acme, s3, TEMPLATE)
    assert found.source == TEMPLATE and found.is_framed


def test_a_plain_template_is_done_in_our_own_editor(acme: Company, s3: S3) -> None:
    plain = TEMPLATE.replace('name="annotator"', 'name="crowd-semantic-segmentation"')
    found = _made(acme, s3, plain)
    assert found.source == plain and not found.is_framed


def test_a_job_whose_template_cannot_be_rendered_is_refused_with_its_line(acme: Company, s3: S3) -> None:
    fill(s3, acme)
    wrong = TEMPLATE.replace("</crowd-form>", "{{ task.input.labels | nope }}</crowd-form>")
    s3.put("inbox", {"template.liquid.html": wrong.encode()})
    aws = aws_client(acme)
    code, message = aws.error("CreateLabelingJob", order(team_of(aws)))
    assert code == "ValidationException"
    assert message.startswith("HumanTaskConfig.UiConfig.UiTemplateS3Uri: Line 9: unknown filter 'nope'")


def test_the_label_files_instructions_are_in_the_input(acme: Company, s3: S3) -> None:
    fill(s3, acme)
    instructions = {"shortInstruction": "<p>Short</p>", "fullInstruction": "<p>Full</p>"}
    labels = {"document-version": "2018-11-28", "labels": [{"label": "cat"}], "instructions": instructions}
    s3.put("inbox", {"labels.json": json.dumps(labels).encode()})
    aws = aws_client(acme)
    aws.ok("CreateLabelingJob", order(team_of(aws)))
    with organization_scope(acme.id):
        assert JobRevision.objects.get().template_input == {"instructions": instructions}


def test_an_adjustment_that_begins_with_the_lines_mask_is_what_our_editor_does() -> None:
    found = read_template(ADJUST)
    assert found.is_plain and found.begins_with_prior and found.short == "Mend."
    elsewhere = ADJUST.replace("task.input.manifestLine.city-1-ref", "task.input.mask")
    assert not read_template(elsewhere).is_plain, "a mask that only the page knows"
    assert not read_template(ADJUST.replace("<crowd-form>", "<crowd-form><p>More</p>")).is_plain
