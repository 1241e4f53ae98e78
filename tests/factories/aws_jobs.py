"""What CreateLabelingJob names, put into a real S3 server: photos, manifest, labels, template."""

import json
from typing import Any

from tests.factories.aws import Aws
from tests.factories.inputs import photos
from tests.plugins.cast import Company
from tests.plugins.s3 import S3

ROLE = "arn:aws:iam::123456789012:role/gt"
TEMPLATE = """
<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>
<crowd-form>
  <crowd-semantic-segmentation name="annotator" src="{{ task.input.taskObject | grant_read_access }}"
    header="Paint every street" labels="['cat','cup',]">
    <full-instructions header="Details"><h2>Edges</h2><p>Be <b>exact</b>.</p></full-instructions>
    <short-instructions><ul><li>Paint streets</li><li>not cars</li></ul></short-instructions>
  </crowd-semantic-segmentation>
</crowd-form>
"""
LAMBDA = "arn:aws:lambda:us-east-1:432418664414:function:"


def fill(s3: S3, company: Company, count: int = 3, **connection: Any) -> None:
    """Buckets `in` and `out`, connected, with `count` photos and what a job needs."""
    for bucket in ("inbox", "outbox"):
        s3.connect(company, bucket, **({"role_arn": ROLE} | connection))
    files = photos(count)
    lines = [json.dumps({"source-ref": f"s3://inbox/{name}", "split": "train"}) for name in files]
    labels = {"document-version": "2018-11-28", "labels": [{"label": "cat"}, {"label": "cup"}]}
    s3.put(
        "inbox",
        {
            **files,
            "dataset.manifest": "\n".join(lines).encode(),
            "labels.json": json.dumps(labels).encode(),
            "template.liquid.html": TEMPLATE.encode(),
        },
    )


def team_of(aws: Aws, *groups: str, name: str = "team-a") -> str:
    """A work team of these groups (all labelers when none is named); its ARN."""
    cognito = {"UserPool": "us-east-1_pool", "ClientId": "client"}
    members = [{"CognitoMemberDefinition": {**cognito, "UserGroup": group}} for group in groups or ("labelers",)]
    made = aws.ok("CreateWorkteam", WorkteamName=name, Description="People", MemberDefinitions=members)
    return str(made["WorkteamArn"])


def order(team: str, name: str = "city-1", **changes: Any) -> dict[str, Any]:
    """A request that is right; `changes` replace members, those of HumanTaskConfig too."""
    human = {
        "WorkteamArn": team,
        "UiConfig": {"UiTemplateS3Uri": "s3://inbox/template.liquid.html"},
        "PreHumanTaskLambdaArn": f"{LAMBDA}PRE-SemanticSegmentation",
        "AnnotationConsolidationConfig": {"AnnotationConsolidationLambdaArn": f"{LAMBDA}ACS-SemanticSegmentation"},
        "TaskTitle": "Segment streets",
        "TaskDescription": "Paint each class",
        "NumberOfHumanWorkersPerDataObject": 1,
        "TaskTimeLimitInSeconds": 3600,
    }
    request = {
        "LabelingJobName": name,
        "LabelAttributeName": f"{name}-ref",
        "InputConfig": {"DataSource": {"S3DataSource": {"ManifestS3Uri": "s3://inbox/dataset.manifest"}}},
        "OutputConfig": {"S3OutputPath": "s3://outbox/labels/"},
        "RoleArn": ROLE,
        "LabelCategoryConfigS3Uri": "s3://inbox/labels.json",
        "HumanTaskConfig": human,
    }
    for member, value in changes.items():
        place = human if member in human or member.startswith(("Max", "TaskAvail", "TaskKey")) else request
        place[member] = value
    return {name: value for name, value in request.items() if value is not None}
