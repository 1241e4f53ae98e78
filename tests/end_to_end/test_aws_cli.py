"""Amazon's own command line against ours: files, pages, errors, and a job from its creation to its masks."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.conftest import Cast
from tests.end_to_end.stack import eventually
from tests.end_to_end.test_boto3 import answer, check_record, connect, order, put_input, read, s3_client
from tests.plugins.awscli import environment

__all__ = ["s3_client"]


@pytest.fixture
def aws(
    make_cast: Callable[..., Cast], aws_command: Path, s3_client: Any, s3_server: str, tmp_path: Path
) -> "Callable[..., Any]":
    """`aws(operation, *options)`: its answer; the text of its error when `fails` is given."""
    cast = make_cast(labelers=1, owner=True)
    connect(cast, s3_server)
    put_input(s3_client, 2)
    key = cast.client("owner").post("access-keys", {"name": "command line"})
    env = environment(tmp_path, key["access_key_id"], key["secret_access_key"])

    def run(operation: str, *options: str, fails: bool = False) -> Any:
        command = [str(aws_command), "sagemaker", operation, "--endpoint-url", cast.stack.address, *options]
        done = subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)
        assert (done.returncode != 0) == fails, done.stderr
        return done.stderr if fails else json.loads(done.stdout or "null")

    run.cast = cast  # type: ignore[attr-defined]  # the people beside the command line
    return run


def _file(folder: Path, name: str, content: Any) -> str:
    (folder / name).write_text(json.dumps(content))
    return f"file://{folder / name}"


def test_a_job_by_the_command_line(aws: Any, s3_client: Any, tmp_path: Path) -> None:
    group = {"CognitoMemberDefinition": {"UserPool": "us-east-1_p", "UserGroup": "labelers", "ClientId": "c"}}
    members = ("--member-definitions", json.dumps([group]), "--description", "All")
    team = aws("create-workteam", "--workteam-name", "team-a", *members)["WorkteamArn"]
    wanted = order(team, "by-cli", workers=1)
    human = wanted["HumanTaskConfig"]
    made = aws(
        "create-labeling-job",
        "--labeling-job-name",
        "by-cli",
        "--label-attribute-name",
        "by-cli-ref",
        "--input-config",
        _file(tmp_path, "input.json", wanted["InputConfig"]),
        "--output-config",
        "S3OutputPath=s3://gt-out/labels/",
        "--role-arn",
        wanted["RoleArn"],
        "--label-category-config-s3-uri",
        wanted["LabelCategoryConfigS3Uri"],
        "--human-task-config",
        _file(tmp_path, "human.json", human),
        "--tags",
        "Key=project,Value=streets",
    )
    assert made["LabelingJobArn"].endswith(":labeling-job/by-cli")

    eventually(lambda: _described(aws)["LabelingJobStatus"] == "InProgress", within=60, every=1, what="InProgress")
    answer(aws.cast, "labeler1", 2)
    eventually(lambda: _described(aws)["LabelingJobStatus"] == "Completed", within=60, every=1, what="Completed")
    found = _described(aws)
    assert found["LabelCounters"]["HumanLabeled"] == 2
    assert found["CreationTime"] < found["LastModifiedTime"]
    for line in read(s3_client, found["LabelingJobOutput"]["OutputDatasetS3Uri"]).decode().splitlines():
        check_record(s3_client, json.loads(line), "by-cli")

    # A whole request from a file, which the name's second use refuses.
    (tmp_path / "whole.json").write_text(json.dumps(wanted))
    told = aws("create-labeling-job", "--cli-input-json", f"file://{tmp_path / 'whole.json'}", fails=True)
    assert "(ResourceInUse)" in told
    assert "by-cli is already in use" in told
    told = aws("describe-labeling-job", "--labeling-job-name", "none", fails=True)
    assert "(ResourceNotFound)" in told

    # The command line asks for page after page by itself.
    listed = aws("list-labeling-jobs", "--page-size", "1", "--sort-by", "Name")
    assert [one["LabelingJobName"] for one in listed["LabelingJobSummaryList"]] == ["by-cli"]
    assert aws("list-tags", "--resource-arn", made["LabelingJobArn"])["Tags"] == [
        {"Key": "project", "Value": "streets"}
    ]


def _described(aws: Any) -> dict[str, Any]:
    found: dict[str, Any] = aws("describe-labeling-job", "--labeling-job-name", "by-cli")
    return found
