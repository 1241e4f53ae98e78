"""A script written for Ground Truth, with an unmodified boto3: only the addresses are ours.

What it does with the output it knows from AWS's documentation alone: Pillow, NumPy, JSON.
"""

import json
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import boto3
import numpy as np
import pytest
from botocore.exceptions import ClientError
from PIL import Image

from tests.end_to_end.client import mask_png, photo
from tests.end_to_end.conftest import Cast
from tests.end_to_end.stack import eventually
from tests.factories.aws_jobs import LAMBDA, TEMPLATE

SIZE = (160, 120)  # width, height
ROLE = "arn:aws:iam::123456789012:role/service-role/ground-truth"
COLORS = {1: "#2ca02c", 2: "#1f77b4"}


@pytest.fixture
def s3_client(s3_server: str) -> Iterator[Any]:
    client: Any = boto3.client(
        "s3",
        endpoint_url=s3_server,
        aws_access_key_id="tester",
        aws_secret_access_key="very-secret",
        region_name="us-east-1",
    )
    for bucket in ("gt-in", "gt-out"):
        client.create_bucket(Bucket=bucket)
    yield client
    for bucket in ("gt-in", "gt-out"):
        for item in client.list_objects_v2(Bucket=bucket).get("Contents", []):
            client.delete_object(Bucket=bucket, Key=item["Key"])
        client.delete_bucket(Bucket=bucket)


def sagemaker(cast: Cast, *, session: bool = False) -> Any:
    """boto3's client with a key that the owner made, or with a temporary one made of it."""
    owner = cast.client("owner")
    key = owner.post("access-keys", {"name": "script"})
    named = {"aws_access_key_id": key["access_key_id"], "aws_secret_access_key": key["secret_access_key"]}
    if session:
        made = owner.post(f"access-keys/{key['id']}/sessions")
        named = {
            "aws_access_key_id": made["access_key_id"],
            "aws_secret_access_key": made["secret_access_key"],
            "aws_session_token": made["session_token"],
        }
    client: Any = boto3.client("sagemaker", endpoint_url=cast.stack.address, region_name="us-east-1", **named)
    return client


def connect(cast: Cast, address: str) -> None:
    """What an organization sets up once: its buckets, and the role that scripts name for them."""
    credentials = {"access_key": "tester", "secret_key": "very-secret"}
    for bucket in ("gt-in", "gt-out"):
        connection = {"name": bucket, "kind": "s3", "container": bucket, "endpoint": address, "role_arn": ROLE}
        cast.client("owner").post("storage-connections", connection | {"credentials": credentials})


def put_input(s3_client: Any, count: int) -> None:
    lines = []
    for number in range(count):
        key = f"photos/{number} #1.png"  # keys are raw, whatever they hold
        s3_client.put_object(Bucket="gt-in", Key=key, Body=photo(number))
        lines.append(json.dumps({"source-ref": f"s3://gt-in/{key}", "weather": {"rain": number}}))
    labels = {"document-version": "2018-11-28", "labels": [{"label": "cat"}, {"label": "cup"}]}
    s3_client.put_object(Bucket="gt-in", Key="dataset.manifest", Body="\n".join(lines).encode())
    s3_client.put_object(Bucket="gt-in", Key="labels.json", Body=json.dumps(labels).encode())
    s3_client.put_object(Bucket="gt-in", Key="template.liquid.html", Body=TEMPLATE.encode())


def order(team: str, name: str, *, workers: int = 2) -> dict[str, Any]:
    return {
        "LabelingJobName": name,
        "LabelAttributeName": f"{name}-ref",
        "InputConfig": {"DataSource": {"S3DataSource": {"ManifestS3Uri": "s3://gt-in/dataset.manifest"}}},
        "OutputConfig": {"S3OutputPath": "s3://gt-out/labels/", "KmsKeyId": ""},
        "RoleArn": ROLE,
        "LabelCategoryConfigS3Uri": "s3://gt-in/labels.json",
        "HumanTaskConfig": {
            "WorkteamArn": team,
            "UiConfig": {"UiTemplateS3Uri": "s3://gt-in/template.liquid.html"},
            "PreHumanTaskLambdaArn": f"{LAMBDA}PRE-SemanticSegmentation",
            "AnnotationConsolidationConfig": {"AnnotationConsolidationLambdaArn": f"{LAMBDA}ACS-SemanticSegmentation"},
            "TaskTitle": "Segment streets",
            "TaskDescription": "Paint each class",
            "NumberOfHumanWorkersPerDataObject": workers,
            "TaskTimeLimitInSeconds": 3600,
        },
        "Tags": [{"Key": "project", "Value": "streets"}],
    }


def make_team(client: Any) -> str:
    """A workforce and a team of all labelers, as the documentation has it."""
    client.create_workforce(WorkforceName="people", CognitoConfig={"UserPool": "us-east-1_pool", "ClientId": "c"})
    group = {"UserPool": "us-east-1_pool", "UserGroup": "labelers", "ClientId": "c"}
    made = client.create_workteam(
        WorkteamName="team-a",
        WorkforceName="people",
        Description="Everybody",
        MemberDefinitions=[{"CognitoMemberDefinition": group}],
    )
    return str(made["WorkteamArn"])


def status(client: Any, name: str) -> str:
    found = client.describe_labeling_job(LabelingJobName=name)
    assert found["LabelingJobStatus"] != "Failed", found["FailureReason"]
    return str(found["LabelingJobStatus"])


def wait_for(client: Any, name: str, wanted: str) -> dict[str, Any]:
    """There is no waiter for labeling jobs: scripts poll."""
    eventually(lambda: status(client, name) == wanted, within=60, what=f"Status {wanted}")
    found: dict[str, Any] = client.describe_labeling_job(LabelingJobName=name)
    return found


def answer(cast: Cast, name: str, count: int) -> None:
    """A labeler paints the left half as cat, the right as cup."""
    pixels = np.full((SIZE[1], SIZE[0]), 2, dtype=np.uint8)
    pixels[:, : SIZE[0] // 2] = 1
    labeler = cast.client(name)
    for _number in range(count):
        claim = eventually(labeler.claim, within=20, what="An assignment")
        labeler.submit(claim, mask_png(pixels, COLORS))


def read(s3_client: Any, uri: str) -> bytes:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    found: bytes = s3_client.get_object(Bucket=bucket, Key=key)["Body"].read()
    return found


def check_record(s3_client: Any, line: dict[str, Any], name: str) -> None:
    """Index and colour of every pixel say the same class, as the two kinds of readers of such masks need it."""
    metadata = line[f"{name}-ref-metadata"]
    assert metadata["type"] == "groundtruth/semantic-segmentation"
    assert metadata["job-name"] == f"labeling-job/{name}"
    assert metadata["human-annotated"] == "yes"
    classes = {int(index): one for index, one in metadata["internal-color-map"].items()}
    assert {one["class-name"] for one in classes.values()} == {"BACKGROUND", "cat", "cup"}
    assert classes[0]["hex-color"] == "#ffffff"
    mask = Image.open(BytesIO(read(s3_client, line[f"{name}-ref"])))
    assert (mask.mode, mask.size) == ("P", SIZE)
    indices, colors = np.asarray(mask), np.asarray(mask.convert("RGB"))
    for index in np.unique(indices):
        rgb = tuple(int(classes[int(index)]["hex-color"][place : place + 2], 16) for place in (1, 3, 5))
        assert (colors[indices == index] == rgb).all()
    names = {index: one["class-name"] for index, one in classes.items()}
    assert names[int(indices[0, 0])] == "cat"
    assert names[int(indices[-1, -1])] == "cup"


def test_a_ground_truth_script_runs_unchanged(make_cast: Callable[..., Cast], s3_client: Any, s3_server: str) -> None:
    cast = make_cast(labelers=2, owner=True)
    connect(cast, s3_server)
    put_input(s3_client, 3)
    client = sagemaker(cast)
    team = make_team(client)
    made = client.create_labeling_job(**order(team, "city-1"))
    assert made["LabelingJobArn"].endswith(":labeling-job/city-1")
    assert made["ResponseMetadata"]["RequestId"]
    with pytest.raises(client.exceptions.ResourceInUse):
        client.create_labeling_job(**order(team, "city-1"))
    with pytest.raises(client.exceptions.ResourceNotFound):
        client.describe_labeling_job(LabelingJobName="none")
    with pytest.raises(ClientError, match="must end with '-ref'") as refused:
        client.create_labeling_job(**order(team, "city-2") | {"LabelAttributeName": "label"})
    assert refused.value.response["Error"]["Code"] == "ValidationException"

    wait_for(client, "city-1", "InProgress")
    for name in ("labeler1", "labeler2"):
        answer(cast, name, 3)
    found = wait_for(client, "city-1", "Completed")
    assert found["LabelCounters"] == {
        "TotalLabeled": 3,
        "HumanLabeled": 3,
        "MachineLabeled": 0,
        "FailedNonRetryableError": 0,
        "Unlabeled": 0,
    }
    assert found["CreationTime"] < found["LastModifiedTime"]
    output = read(s3_client, found["LabelingJobOutput"]["OutputDatasetS3Uri"]).decode()
    lines = [json.loads(line) for line in output.splitlines()]
    assert [line["weather"]["rain"] for line in lines] == [0, 1, 2]
    for line in lines:
        check_record(s3_client, line, "city-1")

    listed = client.get_paginator("list_labeling_jobs").paginate(NameContains="city", MaxResults=1)
    assert [one["LabelingJobName"] for page in listed for one in page["LabelingJobSummaryList"]] == ["city-1"]
    tags = client.list_tags(ResourceArn=made["LabelingJobArn"])["Tags"]
    assert tags == [{"Key": "project", "Value": "streets"}]


def test_a_stopped_job_is_chained(make_cast: Callable[..., Cast], s3_client: Any, s3_server: str) -> None:
    """Its output manifest is the next job's input; only what lacks the attribute is labeled. By a temporary key."""
    cast = make_cast(labelers=1, owner=True)
    connect(cast, s3_server)
    put_input(s3_client, 2)
    client = sagemaker(cast, session=True)
    team = make_team(client)
    client.create_labeling_job(**order(team, "first", workers=1))
    wait_for(client, "first", "InProgress")
    answer(cast, "labeler1", 1)
    eventually(lambda: _labeled(client, "first") == 1, within=30, what="A first label")
    client.stop_labeling_job(LabelingJobName="first")
    stopped = wait_for(client, "first", "Stopped")
    source = stopped["LabelingJobOutput"]["OutputDatasetS3Uri"]
    before = [json.loads(line) for line in read(s3_client, source).decode().splitlines()]
    assert sum("first-ref" in line for line in before) == 1

    chained = order(team, "second", workers=1) | {"LabelAttributeName": "first-ref"}
    chained["InputConfig"] = {"DataSource": {"S3DataSource": {"ManifestS3Uri": source}}}
    client.create_labeling_job(**chained)
    wait_for(client, "second", "InProgress")
    answer(cast, "labeler1", 1)
    found = wait_for(client, "second", "Completed")
    output = read(s3_client, found["LabelingJobOutput"]["OutputDatasetS3Uri"]).decode()
    after = [json.loads(line) for line in output.splitlines()]
    assert all("first-ref" in line for line in after)
    kept = [new for old, new in zip(before, after, strict=True) if "first-ref" in old]
    assert kept == [line for line in before if "first-ref" in line]


def _labeled(client: Any, name: str) -> int:
    return int(client.describe_labeling_job(LabelingJobName=name)["LabelCounters"]["TotalLabeled"])
