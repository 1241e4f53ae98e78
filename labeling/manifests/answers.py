"""The files about single answers: the worker response, and the request and response of a consolidation."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from .attributes import dump, split_attributes

ELEMENT = "crowd-semantic-segmentation"


@dataclass(frozen=True)
class WorkerAnswer:
    """One worker's answer. `worker_id` is the pseudonym; `active_seconds` excludes pauses.

    `content` is what `segmentation_content` or `other_content` made. `identity` is written for private
    teams only: `{"identityProviderType", "issuer", "sub"}`.
    """

    worker_id: str
    accepted_at: datetime
    submitted_at: datetime
    active_seconds: float
    content: Mapping[str, object]
    identity: Mapping[str, str] | None = None

    def as_json(self) -> dict[str, object]:
        answer: dict[str, object] = {
            "acceptanceTime": _milliseconds(self.accepted_at),
            "submissionTime": _milliseconds(self.submitted_at),
            "timeSpentInSeconds": round(self.active_seconds, 3),
            "workerId": self.worker_id,
        }
        if self.identity is not None:
            answer["workerMetadata"] = {"identityData": dict(self.identity)}
        answer["answerContent"] = dict(self.content)
        return answer


def segmentation_content(
    *,
    width: int,
    height: int,
    colors: Mapping[str, str],
    png: bytes,
    is_modified: bool | None = None,
    form: Mapping[str, Any] | None = None,
) -> dict[str, object]:
    """A mask as `<crowd-semantic-segmentation>` reports it.

    `colors`: class name -> `#rrggbb`, as in the PNG. `is_modified`: of an adjustment, whether the mask it began with
    was changed. `form`: of a task with a template of its own, the name of its element, what else that said (`rest`),
    and the other values of the form.
    """
    given = form or {"element": ELEMENT, "rest": {}, "form": {}}
    modified = {} if is_modified is None else {"initialValueModified": is_modified}
    mask = {
        **modified,
        "inputImageProperties": {"height": height, "width": width},
        "labelMappings": {name: {"color": color} for name, color in colors.items()},
        "labeledImage": {"pngImageData": base64.b64encode(png).decode("ascii")},
    }
    return {**given["form"], given["element"]: {**given["rest"], **mask}}


def other_content(kind: str, content: Mapping[str, object]) -> dict[str, object]:
    """An answer without a mask (`empty`, `impossible`, ...), which Ground Truth has no form for."""
    return {"maskwright": {"kind": kind, **content}}


def worker_response(answers: Sequence[WorkerAnswer]) -> bytes:
    """The worker-response file of one data object, answers in the order of submission."""
    ordered = sorted(answers, key=lambda answer: (answer.submitted_at, answer.worker_id))
    return dump({"answers": [answer.as_json() for answer in ordered]}).encode()


def consolidation_request(object_index: int, source_ref: str, answers: Sequence[WorkerAnswer]) -> bytes:
    """The payload of a post-annotation function.

    One data object and its answers, contents as JSON in a string.
    """
    return dump([consolidation_item(object_index, source_ref, answers)]).encode()


def consolidation_item(object_index: int, source_ref: str, answers: Sequence[WorkerAnswer]) -> dict[str, object]:
    """One data object of a payload that may have several."""
    annotations = [
        {"workerId": answer.worker_id, "annotationData": {"content": dump(dict(answer.content))}} for answer in answers
    ]
    return {
        "datasetObjectId": str(object_index),
        "dataObject": {"s3Uri": source_ref},
        "annotations": annotations,
    }


def consolidation_response(object_index: int, attribute: str, record: bytes) -> bytes:
    """The answer of a post-annotation function, cut from the object's line of the output manifest."""
    attributes = split_attributes(record.decode()) or {}
    names = (attribute, f"{attribute}-metadata")
    content = "{" + ",".join(f"{dump(name)}:{attributes[name]}" for name in names) + "}"
    return (
        f'[{{"datasetObjectId":{dump(str(object_index))},"consolidatedAnnotation":{{"content":{content}}}}}]'
    ).encode()


def _milliseconds(moment: datetime) -> str:
    text = moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds")
    return f"{text}Z"
