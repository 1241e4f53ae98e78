"""A set is labeled, adjusted and verified: three jobs by an unmodified boto3, the last two worked on in the browser."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
from playwright.sync_api import Browser, expect

from tests.end_to_end.client import mask_pixels
from tests.end_to_end.conftest import Cast
from tests.end_to_end.test_boto3 import (
    SIZE,
    answer,
    connect,
    make_team,
    order,
    put_input,
    read,
    s3_client,
    sagemaker,
    wait_for,
)
from tests.factories.aws_jobs import LAMBDA
from tests.labeling.sagemaker.test_follow_ups import ADJUST, VERIFY

__all__ = ["s3_client"]


def _next(team: str, kind: str, name: str, attribute: str, template: str, manifest: str) -> dict[str, Any]:
    wanted = order(team, name, workers=1) | {"LabelAttributeName": attribute}
    wanted["InputConfig"] = {"DataSource": {"S3DataSource": {"ManifestS3Uri": manifest}}}
    human = wanted["HumanTaskConfig"]
    human["PreHumanTaskLambdaArn"] = f"{LAMBDA}PRE-{kind}SemanticSegmentation"
    function = f"{LAMBDA}ACS-{kind}SemanticSegmentation"
    human["AnnotationConsolidationConfig"] = {"AnnotationConsolidationLambdaArn": function}
    human["UiConfig"] = {"UiTemplateS3Uri": f"s3://gt-in/{template}"}
    return wanted


def _output(s3_client: Any, found: dict[str, Any]) -> list[dict[str, Any]]:
    text = read(s3_client, found["LabelingJobOutput"]["OutputDatasetS3Uri"]).decode()
    return [json.loads(line) for line in text.splitlines()]


def _pixels(s3_client: Any, uri: str) -> Any:
    return mask_pixels(read(s3_client, uri), width=SIZE[0], height=SIZE[1])


def test_chain_adjust_verify(make_cast: Callable[..., Cast], browser: Browser, s3_client: Any, s3_server: str) -> None:
    cast = make_cast(labelers=1, owner=True)
    connect(cast, s3_server)
    put_input(s3_client, 1)
    s3_client.put_object(Bucket="gt-in", Key="adjust.liquid.html", Body=ADJUST.encode())
    s3_client.put_object(Bucket="gt-in", Key="verify.liquid.html", Body=VERIFY.encode())
    client = sagemaker(cast)
    team = make_team(client)
    client.create_labeling_job(**order(team, "city-1", workers=1))
    wait_for(client, "city-1", "InProgress")
    answer(cast, "labeler1", 1)
    first = wait_for(client, "city-1", "Completed")
    manifest = first["LabelingJobOutput"]["OutputDatasetS3Uri"]

    client.create_labeling_job(**_next(team, "Adjustment", "mended", "mended-ref", "adjust.liquid.html", manifest))
    wait_for(client, "mended", "InProgress")
    person = cast.at_browser(browser, "labeler1")
    person.sign_in()
    person.start_working()
    editor = person.editor
    expect(editor.root.get_by_text("Begins with an earlier mask")).to_be_visible()
    expect(editor.root.get_by_test_id("coverage")).to_have_text("100% labeled")  # by the earlier job
    editor.box("cup", 10, 10, 50, 60)
    editor.root.get_by_test_id("submit").click()
    adjusted = wait_for(client, "mended", "Completed")
    (line,) = _output(s3_client, adjusted)
    assert line["mended-ref-metadata"]["adjustment-status"] == "adjusted"
    assert line["weather"] == {"rain": 0}
    before, after = _pixels(s3_client, line["city-1-ref"]), _pixels(s3_client, line["mended-ref"])
    changed = np.zeros_like(before, dtype=bool)
    changed[10:60, 10:50] = True
    assert (after[changed] == 2).all()
    assert (after[~changed] == before[~changed]).all()

    manifest = adjusted["LabelingJobOutput"]["OutputDatasetS3Uri"]
    verify = VERIFY.replace("city-1-ref", "mended-ref")
    s3_client.put_object(Bucket="gt-in", Key="verify.liquid.html", Body=verify.encode())
    wanted = _next(team, "Verification", "judged", "judged", "verify.liquid.html", manifest)
    del wanted["LabelCategoryConfigS3Uri"]
    client.create_labeling_job(**wanted)
    wait_for(client, "judged", "InProgress")
    person.start_working()
    expect(editor.root.get_by_role("radio", name="Blurry")).to_be_visible()
    expect(editor.root.get_by_test_id("coverage")).to_have_count(0)
    editor.root.get_by_test_id("submit").click()
    expect(editor.root.get_by_text("Choose first what you say of the mask.")).to_be_visible()
    person.page.keyboard.press("2")
    expect(editor.root.get_by_role("radio", name="Blurry")).to_be_checked()
    editor.root.get_by_role("textbox").fill("The edge is soft.")
    editor.root.get_by_test_id("submit").click()
    (line,) = _output(s3_client, wait_for(client, "judged", "Completed"))
    assert line["judged"] == "1"
    metadata = line["judged-metadata"]
    assert (metadata["class-name"], metadata["type"]) == ("Blurry", "groundtruth/label-verification")
    assert metadata["worker-feedback"] == [{"comment": "The edge is soft."}]
    assert {"city-1-ref", "mended-ref"} <= set(line)
    assert person.errors == []
