"""The documented requests and answers of Ground Truth's functions, as plain data.

Answers are read as AWS's own samples write them: `isHumanAnnotationRequired` or `humanAnnotationRequired`, a boolean
or a word; an answer wrapped as a Lambda proxy's (`statusCode`, `body`) is taken out of its wrapping.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labeling.functions.errors import FunctionRefused
from labeling.wording import gettext_noop as _

VERSION = "2018-10-16"
#: Of a task's input and of one label; as `RenderUiTemplate` and a manifest's line limit them.
MOST_TASK_INPUT, MOST_LABEL = 128_000, 100_000
_TRUE, _FALSE = ("true", "1", "yes"), ("false", "0", "no")
_REQUIRED = ("isHumanAnnotationRequired", "humanAnnotationRequired")


@dataclass(frozen=True)
class TaskInput:
    """What a pre-annotation function made of a data object; `is_required` False: nobody is asked about it."""

    task_input: dict[str, Any]
    is_required: bool


@dataclass(frozen=True)
class ConsolidationOrder:
    """What a consolidation function is told beside its payload."""

    job_arn: str
    categories: Sequence[str]
    attribute: str
    role_arn: str
    output_path: str = ""
    kms_key_id: str = ""


def pre_request(job_arn: str, data_object: Mapping[str, Any]) -> dict[str, Any]:
    return {"version": VERSION, "labelingJobArn": job_arn, "dataObject": dict(data_object)}


def read_pre_answer(answer: Any) -> TaskInput:
    """Raises FunctionRefused, saying what is wrong with it."""
    said = _unwrapped(answer)
    if not isinstance(said, dict):
        raise FunctionRefused(_("The pre-annotation function's answer is no JSON object."))
    required = next((said[name] for name in _REQUIRED if name in said), None)
    is_required = True if required is None else _truth(required)
    given = said.get("taskInput")
    if given is None and not is_required:
        given = {}
    if not isinstance(given, dict):
        raise FunctionRefused(_("The pre-annotation function's answer has no object “taskInput”."))
    if len(json.dumps(given, ensure_ascii=False)) > MOST_TASK_INPUT:
        raise FunctionRefused(_("The pre-annotation function's taskInput has more than 128,000 characters."))
    return TaskInput(given, is_required)


def consolidation_event(order: ConsolidationOrder, payload_uri: str, payload: Sequence[Any] | None) -> dict[str, Any]:
    """The documented request; `payload.content` is ours: the payload itself, where it is small enough to be sent."""
    event: dict[str, Any] = {
        "version": VERSION,
        "labelingJobArn": order.job_arn,
        "labelCategories": list(order.categories),
        "labelAttributeName": order.attribute,
        "roleArn": order.role_arn,
        "payload": {"s3Uri": payload_uri},
    }
    if order.output_path:
        event["outputConfig"] = order.output_path
    if order.kms_key_id:
        event["kmsKeyId"] = order.kms_key_id
    if payload is not None:
        event["payload"]["content"] = list(payload)
    return event


def read_consolidation_answer(answer: Any, wanted: Sequence[str]) -> dict[str, dict[str, Any] | FunctionRefused]:
    """The content of each wanted data object, by its id, or why there is none. What was not asked is left out.

    Raises FunctionRefused when the answer as a whole cannot be read.
    """
    said = _unwrapped(answer)
    if not isinstance(said, list):
        raise FunctionRefused(_("The consolidation function's answer is no JSON list."))
    found: dict[str, dict[str, Any] | FunctionRefused] = {}
    for entry in said:
        if not isinstance(entry, dict) or not isinstance(entry.get("datasetObjectId"), str | int):
            raise FunctionRefused(_("The consolidation function's answer has an entry without “datasetObjectId”."))
        identity = str(entry["datasetObjectId"])
        if identity in found:
            found[identity] = FunctionRefused(_("The consolidation function answered twice about this object."))
        else:
            found[identity] = _content(entry)
    missing = FunctionRefused(_("The consolidation function's answer says nothing about this object."))
    return {identity: found.get(identity, missing) for identity in wanted}


def _content(entry: Mapping[str, Any]) -> dict[str, Any] | FunctionRefused:
    consolidated = entry.get("consolidatedAnnotation")
    content = consolidated.get("content") if isinstance(consolidated, dict) else None
    if isinstance(content, str):  # as in the request, where contents are JSON in a string
        content = _parsed(content)
    if not isinstance(content, dict):
        return FunctionRefused(_("The consolidation function's answer has no object “consolidatedAnnotation.content”."))
    return content


def _unwrapped(answer: Any) -> Any:
    """A Lambda proxy's wrapping, if there is one, taken off."""
    if isinstance(answer, dict) and "body" in answer and "statusCode" in answer:
        body = answer["body"]
        return _parsed(body) if isinstance(body, str) else body
    return answer


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _truth(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower() if isinstance(value, str | int) else ""
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise FunctionRefused(_("The pre-annotation function's “isHumanAnnotationRequired” is neither true nor false."))
