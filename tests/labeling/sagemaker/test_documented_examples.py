"""What Ground Truth documents, in wording of our own: requests, manifest lines, label files, templates, functions."""

import json
from typing import Any

import pytest

from labeling.functions.protocol import pre_request, read_consolidation_answer, read_pre_answer
from labeling.liquid import check_template
from labeling.manifests import ManifestLine, prior_attributes, prior_label, read_label_config, read_manifest
from labeling.sagemaker.constraints import read, violations
from labeling.sagemaker.crowd import read_template
from labeling.sagemaker.model import input_shape
from tests.labeling.sagemaker.validator import verdicts

FUNCTION = "arn:aws:lambda:us-east-1:432418664414:function:"
#: The smallest request that a client sends.
CREATE: dict[str, Any] = {
    "LabelingJobName": "roads-1",
    "LabelAttributeName": "roads-ref",
    "InputConfig": {"DataSource": {"S3DataSource": {"ManifestS3Uri": "s3://photos/all.manifest"}}},
    "OutputConfig": {"S3OutputPath": "s3://results/roads/"},
    "RoleArn": "arn:aws:iam::123456789012:role/labeling",
    "LabelCategoryConfigS3Uri": "s3://photos/classes.json",
    "HumanTaskConfig": {
        "WorkteamArn": "arn:aws:sagemaker:us-east-1:123456789012:workteam/private-crowd/north",
        "UiConfig": {"UiTemplateS3Uri": "s3://photos/page.liquid.html"},
        "PreHumanTaskLambdaArn": f"{FUNCTION}PRE-SemanticSegmentation",
        "AnnotationConsolidationConfig": {"AnnotationConsolidationLambdaArn": f"{FUNCTION}ACS-SemanticSegmentation"},
        "TaskTitle": "Roads",
        "TaskDescription": "Paint every road",
        "NumberOfHumanWorkersPerDataObject": 3,
        "TaskTimeLimitInSeconds": 3600,
    },
}


@pytest.mark.parametrize(
    ("operation", "request_"),
    [
        ("CreateLabelingJob", CREATE),
        ("CreateLabelingJob", CREATE | {"OutputConfig": {"S3OutputPath": "s3://results/roads/", "KmsKeyId": ""}}),
        ("DescribeLabelingJob", {"LabelingJobName": "roads-1"}),
        ("StopLabelingJob", {"LabelingJobName": "roads-1"}),
        ("ListLabelingJobs", {"NameContains": "roads", "StatusEquals": "Completed", "SortBy": "Name", "MaxResults": 1}),
        ("CreateWorkforce", {"WorkforceName": "us", "CognitoConfig": {"UserPool": "us-east-1_a", "ClientId": "c"}}),
        ("UpdateWorkforce", {"WorkforceName": "us", "SourceIpConfig": {"Cidrs": ["203.0.113.0/24", "2001:db8::/32"]}}),
        (
            "CreateWorkteam",
            {
                "WorkteamName": "north",
                "Description": "People of the north",
                "MemberDefinitions": [{"OidcMemberDefinition": {"Groups": ["painters"]}}],
            },
        ),
    ],
)
def test_a_documented_request_breaks_no_constraint(operation: str, request_: dict[str, Any]) -> None:
    name = input_shape(operation)
    assert list(violations(name, read(name, request_))) == []
    assert verdicts(operation, request_) == set()


#: A finished label, a verified one, and a line that brings its own attributes.
LABELED = {
    "source-ref": "s3://photos/a.jpg",
    "roads-ref": "s3://results/roads-1/annotations/consolidated-annotation/output/0_2020-04-21T13:48:00.091190.png",
    "roads-ref-metadata": {
        "internal-color-map": {
            "0": {"class-name": "BACKGROUND", "hex-color": "#ffffff", "confidence": 0.81},
            "1": {"class-name": "road", "hex-color": "#2ca02c", "confidence": 0.81},
        },
        "type": "groundtruth/semantic-segmentation",
        "human-annotated": "yes",
        "creation-date": "2020-04-21T13:48:00.562419",
        "job-name": "labeling-job/roads-1",
    },
}
VERIFIED = LABELED | {
    "check-roads": "1",
    "check-roads-metadata": {
        "class-name": "bad",
        "confidence": 0.93,
        "type": "groundtruth/label-verification",
        "job-name": "check-roads",
        "human-annotated": "yes",
        "creation-date": "2018-11-20T22:18:13.527256",
        "worker-feedback": [{"comment": "the kerb is no road"}],
    },
}


@pytest.mark.parametrize("line", [{"source-ref": "s3://photos/a.png", "split": "train"}, LABELED, VERIFIED])
@pytest.mark.parametrize("end", ["", "\r"])
def test_a_documented_line_is_read_whole(line: dict[str, Any], end: str) -> None:
    (found,) = read_manifest([(json.dumps(line) + end + "\n").encode()])
    assert isinstance(found, ManifestLine)
    assert found.source_ref == line["source-ref"]
    assert {name: json.loads(text) for name, text in found.attributes.items()} == line


def test_a_documented_label_can_be_gone_on_from() -> None:
    for line in (LABELED, VERIFIED):
        (found,) = read_manifest([json.dumps(line).encode()])
        assert isinstance(found, ManifestLine)
        assert list(prior_attributes(found)) == ["roads-ref"]
        label = prior_label(found, "roads-ref")
        assert label.mask_ref == line["roads-ref"]
        assert {index: one.name for index, one in label.classes.items()} == {1: "road"}


@pytest.mark.parametrize("version", [{"document-version": "2018-11-28"}, {}])
def test_a_documented_label_file_is_read(version: dict[str, str]) -> None:
    told = {"shortInstruction": "<p>Roads</p>", "fullInstruction": "<p>Roads with kerbs</p>"}
    file = version | {"labels": [{"label": "road"}, {"label": "car"}], "instructions": told}
    found = read_label_config(json.dumps(file).encode())
    assert [one.name for one in found.labels] == ["road", "car"]
    assert (found.short_instruction, found.full_instruction) == ("<p>Roads</p>", "<p>Roads with kerbs</p>")


_PAGE = """<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>
<crowd-form>
  <crowd-semantic-segmentation name="painted" header="Paint" src="{{ task.input.taskObject | grant_read_access }}"
    ATTRIBUTES>
    <full-instructions header="All of it"><p>Roads with kerbs.</p></full-instructions>
    <short-instructions><p>Roads.</p></short-instructions>
  </crowd-semantic-segmentation>
</crowd-form>"""
_EARLIER = """labels="['road','car',]" initial-value="{
      'src': '{{ task.input.manifestLine.roads-ref | grant_read_access }}',
      'labelMappings': {
        {% for box in task.input.manifestLine.roads-ref-metadata.internal-color-map %}
          {% if box[1]['class-name'] != 'BACKGROUND' %}
            '{{ box[1]['class-name'] }}': {'color': '{{ box[1]['hex-color'] }}'},
          {% endif %}
        {% endfor %}
      }
    }" """


@pytest.mark.parametrize(
    "attributes",
    ["""labels="['road','car']" """, """labels="{{ task.input.labels | to_json | escape }}" """, _EARLIER],
)
def test_a_documented_template_renders_and_names_its_element(attributes: str) -> None:
    page = _PAGE.replace("ATTRIBUTES", attributes)
    assert check_template(page).elements == ("crowd-form", "crowd-semantic-segmentation")
    assert read_template(page).element == "crowd-semantic-segmentation"


@pytest.mark.parametrize("asked", [{}, {"isHumanAnnotationRequired": True}, {"humanAnnotationRequired": "true"}])
def test_the_documented_functions_are_understood(asked: dict[str, Any]) -> None:
    event = pre_request("arn:aws:sagemaker:us-east-1:123456789012:labeling-job/roads-1", LABELED)
    assert (event["version"], event["dataObject"]) == ("2018-10-16", LABELED)
    assert read_pre_answer({"taskInput": {"taskObject": "s3://photos/a.jpg"}, **asked}).is_required
    content = {name: LABELED[name] for name in ("roads-ref", "roads-ref-metadata")}
    answer = [{"datasetObjectId": "0", "consolidatedAnnotation": {"content": content}}]
    assert read_consolidation_answer(answer, ["0"]) == {"0": content}
