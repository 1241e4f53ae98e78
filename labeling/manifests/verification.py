"""The record of a verification: what people say of an earlier label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from .attributes import dump, join_attributes, split_attributes
from .output import EXTENSION_KEY, creation_date

VERIFICATION_TYPE = "groundtruth/label-verification"
VERIFICATION_ELEMENT = "crowd-image-classifier"


@dataclass(frozen=True)
class Verification:
    """`attribute` does not end in `-ref`; `number` is the label's place among the job's labels, from 0.

    `comments` are those of the workers, in the order of their answers.
    """

    attribute: str
    number: int
    class_name: str
    confidence: float
    comments: Sequence[str]
    created_at: datetime
    job_name: str
    rule: str
    annotators: Sequence[str]

    def metadata(self) -> dict[str, object]:
        """The value of `<attribute>-metadata`; `worker-feedback` only where somebody commented."""
        rule, _, version = self.rule.partition("/")
        metadata: dict[str, object] = {
            "class-name": self.class_name,
            "confidence": round(self.confidence, 2),
            "type": VERIFICATION_TYPE,
            "job-name": f"labeling-job/{self.job_name}",
            "human-annotated": "yes",
            "creation-date": creation_date(self.created_at),
        }
        if self.comments:
            metadata["worker-feedback"] = [{"comment": comment} for comment in self.comments]
        metadata[EXTENSION_KEY] = {"rule": rule, "rule-version": version, "annotators": list(self.annotators)}
        return metadata


def write_verification(line_text: str, verification: Verification) -> bytes:
    """The output manifest's line of a verified object: the input's attributes untouched, then the two of the verdict.

    Raises ValueError when `line_text` is not a JSON object or the attribute's name ends in `-ref`.
    """
    if verification.attribute.endswith("-ref"):
        raise ValueError(f"the label attribute '{verification.attribute}' must not end in '-ref'")
    attributes = split_attributes(line_text)
    if attributes is None:
        raise ValueError("the manifest line is not a JSON object")
    for name in (verification.attribute, f"{verification.attribute}-metadata"):
        attributes.pop(name, None)
    attributes[verification.attribute] = dump(str(verification.number))
    attributes[f"{verification.attribute}-metadata"] = dump(verification.metadata())
    return join_attributes(attributes).encode() + b"\n"


def verification_content(label: str, comment: str) -> dict[str, object]:
    """A verdict as `<crowd-image-classifier>` reports it, and the comment beside it."""
    content: dict[str, object] = {VERIFICATION_ELEMENT: {"label": label}}
    return content | ({"comment": comment} if comment else {})
