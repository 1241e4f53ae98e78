"""The functions' requests and answers: Ground Truth's, and as leniently as AWS's own samples need it."""

import json
from typing import Any

import pytest

from labeling.functions.errors import FunctionRefused
from labeling.functions.protocol import (
    ConsolidationOrder,
    consolidation_event,
    pre_request,
    read_consolidation_answer,
    read_pre_answer,
)


def test_the_pre_annotation_request_is_the_documented_one() -> None:
    line = {"source-ref": "s3://b/a.png", "split": "train"}
    assert pre_request("arn:job", line) == {
        "version": "2018-10-16",
        "labelingJobArn": "arn:job",
        "dataObject": line,
    }


@pytest.mark.parametrize("name", ["isHumanAnnotationRequired", "humanAnnotationRequired"])
@pytest.mark.parametrize(
    ("value", "expected"),
    [(True, True), (False, False), ("true", True), ("False", False), (" TRUE ", True), (1, True), (0, False)],
)
def test_booleans_come_as_words_too(name: str, value: Any, expected: bool) -> None:
    found = read_pre_answer({"taskInput": {"a": 1}, name: value})
    assert (found.task_input, found.is_required) == ({"a": 1}, expected)


def test_somebody_is_asked_unless_the_function_says_no() -> None:
    assert read_pre_answer({"taskInput": {}}).is_required
    assert read_pre_answer({"taskInput": {}, "isHumanAnnotationRequired": None}).is_required
    assert not read_pre_answer({"isHumanAnnotationRequired": "false"}).is_required


@pytest.mark.parametrize(
    "answer", [None, [], "x", {}, {"taskInput": []}, {"taskInput": {}, "isHumanAnnotationRequired": "perhaps"}]
)
def test_what_is_no_answer_is_refused(answer: Any) -> None:
    with pytest.raises(FunctionRefused):
        read_pre_answer(answer)


def test_a_task_input_has_a_limit() -> None:
    with pytest.raises(FunctionRefused, match="128,000"):
        read_pre_answer({"taskInput": {"a": "x" * 128_000}})


def test_a_lambda_proxys_wrapping_is_taken_off() -> None:
    inside = {"taskInput": {"a": 1}}
    for body in (inside, json.dumps(inside)):
        assert read_pre_answer({"statusCode": 200, "body": body}).task_input == {"a": 1}


def test_the_consolidation_request_is_the_documented_one() -> None:
    order = ConsolidationOrder("arn:job", ["cat"], "city-ref", "arn:role")
    assert consolidation_event(order, "s3://out/payload.json", None) == {
        "version": "2018-10-16",
        "labelingJobArn": "arn:job",
        "labelCategories": ["cat"],
        "labelAttributeName": "city-ref",
        "roleArn": "arn:role",
        "payload": {"s3Uri": "s3://out/payload.json"},
    }
    more = ConsolidationOrder("arn:job", [], "city-ref", "arn:role", "s3://out/", "key")
    event = consolidation_event(more, "s3://out/payload.json", [1])
    assert (event["outputConfig"], event["kmsKeyId"], event["payload"]["content"]) == ("s3://out/", "key", [1])


def _entry(identity: Any, content: Any) -> dict[str, Any]:
    return {"datasetObjectId": identity, "consolidatedAnnotation": {"content": content}}


def test_each_object_gets_its_own_content_or_its_own_reason() -> None:
    answer = [
        _entry("0", {"a": 1}),
        _entry(1, json.dumps({"a": 2})),
        _entry("2", "no json"),
        _entry("3", {}),
        _entry("3", {}),
        _entry("99", {"not": "asked"}),
        {"datasetObjectId": "5"},
    ]
    found = read_consolidation_answer(answer, ["0", "1", "2", "3", "4", "5"])
    assert (found["0"], found["1"]) == ({"a": 1}, {"a": 2})
    reasons = {identity: said.message for identity, said in found.items() if isinstance(said, FunctionRefused)}
    assert set(reasons) == {"2", "3", "4", "5"}
    assert "twice" in reasons["3"] and "says nothing" in reasons["4"]


@pytest.mark.parametrize("answer", [None, {}, {"0": {}}, "x", [1], [{"consolidatedAnnotation": {}}]])
def test_a_list_that_cannot_be_read_is_refused_as_a_whole(answer: Any) -> None:
    with pytest.raises(FunctionRefused):
        read_consolidation_answer(answer, ["0"])
