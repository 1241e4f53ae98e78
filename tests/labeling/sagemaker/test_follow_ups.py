"""Adjustment and verification by the SageMaker API, with the documented templates and ARNs."""

import json
from typing import Any

from labeling.models import JobRevision, LabelingJob
from maskwright.core.scope import organization_scope
from tests.factories.aws import Aws, aws_client
from tests.factories.aws_jobs import LAMBDA, fill, order, team_of
from tests.factories.inputs import run_messages
from tests.factories.work import claim, flat_mask, submit
from tests.plugins.cast import Company
from tests.plugins.s3 import S3

MANIFEST = "s3://outbox/labels/city-1/manifests/output/output.manifest"
# As AWS's documentation has it, with the attribute's name filled in.
ADJUST = """
<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>
<crowd-form>
  <crowd-semantic-segmentation name="crowd-semantic-segmentation" src="{{ task.input.taskObject | grant_read_access }}"
    header="Adjust the labels" labels="{{ task.input.labels | to_json | escape }}"
    initial-value='{
      "src": "{{ task.input.manifestLine.city-1-ref | grant_read_access }}",
      "labelMappings": {
        {% for box in task.input.manifestLine.city-1-ref-metadata.internal-color-map %}
          {% if box[1]['class-name'] != 'BACKGROUND' %}
            "{{ box[1]['class-name'] }}": {"color": "{{ box[1]['hex-color'] }}"},
          {% endif %}
        {% endfor %}
      }
    }'>
    <full-instructions header="How">Mend what is wrong.</full-instructions>
    <short-instructions>Mend.</short-instructions>
  </crowd-semantic-segmentation>
</crowd-form>
"""
VERIFY = """
<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>
<crowd-form>
  <crowd-image-classifier name="crowd-image-classifier" src="{{ task.input.taskObject | grant_read_access }}"
    overlay-src="{{ task.input.manifestLine.city-1-ref | grant_read_access }}"
    header="Is it right?" categories="['Clear','Blurry']">
    <full-instructions header="How">Judge the mask.</full-instructions>
    <short-instructions>Judge.</short-instructions>
  </crowd-image-classifier>
</crowd-form>
"""


def _label(company: Company, body: Any = None) -> None:
    run_messages(company, "job.intake")
    run_messages(company, "queue.distribute")
    worker = company.client("labeler")
    while (answer := claim(worker)).status_code in (200, 201):
        assert submit(worker, answer.json(), body or flat_mask(2)).status_code == 200
    for topic in ("work.item_answered", "task.consolidate", "job.finish", "job.publish"):
        run_messages(company, topic)


def _first(acme: Company, s3: S3) -> tuple[Aws, str]:
    """A job that is done, made of AWS's usual template; the client, and the team's ARN."""
    fill(s3, acme, 2)
    aws = aws_client(acme)
    team = team_of(aws)
    aws.ok("CreateLabelingJob", order(team))
    _label(acme)
    s3.put("inbox", {"adjust.liquid.html": ADJUST.encode(), "verify.liquid.html": VERIFY.encode()})
    s3.put("inbox", {"verdicts.json": json.dumps({"labels": [{"label": "Clear"}, {"label": "Blurry"}]}).encode()})
    return aws, team


def _next(team: str, kind: str, name: str, attribute: str, template: str, **changes: Any) -> dict[str, Any]:
    functions = {
        "PreHumanTaskLambdaArn": f"{LAMBDA}PRE-{kind}SemanticSegmentation",
        "AnnotationConsolidationConfig": {
            "AnnotationConsolidationLambdaArn": f"{LAMBDA}ACS-{kind}SemanticSegmentation"
        },
        "UiConfig": {"UiTemplateS3Uri": f"s3://inbox/{template}"},
    }
    given = {"LabelAttributeName": attribute, "InputConfig": _input(MANIFEST)}
    return order(team, name, **(functions | given | changes))


def _input(uri: str) -> dict[str, Any]:
    return {"DataSource": {"S3DataSource": {"ManifestS3Uri": uri}}}


def _lines(s3: S3, name: str) -> list[dict[str, Any]]:
    data = s3.read("outbox", f"labels/{name}/manifests/output/output.manifest")
    return [json.loads(line) for line in data.splitlines()]


def test_an_adjustment_by_the_documented_template(acme: Company, s3: S3) -> None:
    aws, team = _first(acme, s3)
    # The labels in another order, and one more: what was there keeps index and colour.
    labels = {"labels": [{"label": "vase"}, {"label": "cup"}, {"label": "cat"}]}
    s3.put("inbox", {"more.json": json.dumps(labels).encode()})
    request = _next(team, "Adjustment", "mended", "mended-ref", "adjust.liquid.html")
    aws.ok("CreateLabelingJob", request | {"LabelCategoryConfigS3Uri": "s3://inbox/more.json"})
    with organization_scope(acme.id):
        job = LabelingJob.objects.get(name="mended")
        assert (job.task_type, job.prior_attribute_name) == ("adjustment", "city-1-ref")
        found = {one["name"]: (one["index"], one["color"]) for one in JobRevision.objects.get(job=job).categories}
    assert found == {"cat": (1, "#2ca02c"), "cup": (2, "#1f77b4"), "vase": (3, "#ff7f0e")}
    _label(acme)
    described = aws.ok("DescribeLabelingJob", LabelingJobName="mended")
    assert described["LabelingJobStatus"] == "Completed"
    assert described["HumanTaskConfig"] == request["HumanTaskConfig"]
    for line in _lines(s3, "mended"):
        metadata = line["mended-ref-metadata"]
        assert metadata["adjustment-status"] == "unadjusted"
        assert metadata["type"] == "groundtruth/semantic-segmentation"
        assert {"city-1-ref", "city-1-ref-metadata", "split"} <= set(line)


def test_a_verification_by_template_and_by_file(acme: Company, s3: S3) -> None:
    aws, team = _first(acme, s3)
    by_template = _next(team, "Verification", "judged", "judged", "verify.liquid.html")
    del by_template["LabelCategoryConfigS3Uri"]
    aws.ok("CreateLabelingJob", by_template)
    _label(acme, {"kind": "choice", "content": {"label": "Blurry", "comment": "too dark"}})
    for line in _lines(s3, "judged"):
        assert line["judged"] == "1"
        metadata = line["judged-metadata"]
        assert (metadata["class-name"], metadata["confidence"]) == ("Blurry", 0.0)
        assert metadata["worker-feedback"] == [{"comment": "too dark"}]
    # The masks' own template will do, too; the labels are the file's.
    by_file = _next(team, "Verification", "judged-2", "judged-2", "adjust.liquid.html")
    aws.ok("CreateLabelingJob", by_file | {"LabelCategoryConfigS3Uri": "s3://inbox/verdicts.json"})
    with organization_scope(acme.id):
        job = LabelingJob.objects.get(name="judged-2")
        assert [one["name"] for one in JobRevision.objects.get(job=job).categories] == ["Clear", "Blurry"]


def test_what_is_refused_in_words_about_the_members(acme: Company, s3: S3) -> None:
    aws, team = _first(acme, s3)

    def told(request: dict[str, Any]) -> str:
        kind, message = aws.error("CreateLabelingJob", request)
        assert kind == "ValidationException"
        return message

    adjust = _next(team, "Adjustment", "mended", "mended-ref", "adjust.liquid.html")
    assert "must end with '-ref'" in told(adjust | {"LabelAttributeName": "mended"})
    assert "LabelAttributeName: Choose another" in told(adjust | {"LabelAttributeName": "city-1-ref"})
    s3.put("inbox", {"few.json": json.dumps({"labels": [{"label": "cat"}]}).encode()})
    assert "these are missing: cup" in told(adjust | {"LabelCategoryConfigS3Uri": "s3://inbox/few.json"})
    assert "segmentation label to begin with" in told(
        _next(team, "Adjustment", "mended", "mended-ref", "template.liquid.html")
        | {"InputConfig": _input("s3://inbox/dataset.manifest")}
    )
    verify = _next(team, "Verification", "judged", "judged-ref", "verify.liquid.html")
    assert "must not end with '-ref'" in told(verify)
    line = _lines(s3, "city-1")[0]
    del line["city-1-ref-metadata"]["internal-color-map"]["1"]["hex-color"]
    s3.put("inbox", {"pale.manifest": json.dumps(line).encode()})
    assert "has no 'hex-color'" in told(adjust | {"InputConfig": _input("s3://inbox/pale.manifest")})
    assert "no <crowd-semantic-segmentation> element" in told(
        _next(team, "Adjustment", "mended", "mended-ref", "verify.liquid.html")
    )


def test_the_attribute_that_a_file_audits(acme: Company, s3: S3) -> None:
    """Where neither the template nor the lines leave only one."""
    aws, team = _first(acme, s3)
    lines = _lines(s3, "city-1")
    both = [{**one, "b-ref": one["city-1-ref"], "b-ref-metadata": one["city-1-ref-metadata"]} for one in lines]
    labels = {"labels": [{"label": "cat"}, {"label": "cup"}], "auditLabelAttributeName": "b-ref"}
    s3.put("inbox", {"two.manifest": b"\n".join(json.dumps(one).encode() for one in both)})
    s3.put("inbox", {"audit.json": json.dumps(labels).encode()})
    request = _next(team, "Adjustment", "mended", "mended-ref", "template.liquid.html")
    request |= {"InputConfig": _input("s3://inbox/two.manifest")}
    assert "several segmentation labels: b-ref, city-1-ref" in aws.error("CreateLabelingJob", request)[1]
    aws.ok("CreateLabelingJob", request | {"LabelCategoryConfigS3Uri": "s3://inbox/audit.json"})
    with organization_scope(acme.id):
        assert LabelingJob.objects.get(name="mended").prior_attribute_name == "b-ref"
