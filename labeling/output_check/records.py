"""One line of the output manifest, without its mask's pixels."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from labeling.manifests import ManifestLine

SEGMENTATION = "groundtruth/semantic-segmentation"
VERIFICATION = "groundtruth/label-verification"
_SUFFIX = "-metadata"
_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}")
_STATUSES = ("adjusted", "unadjusted")


@dataclass(frozen=True)
class Label:
    """A label on a line, with its metadata."""

    attribute: str
    value: Any
    metadata: Mapping[str, Any]

    @property
    def kind(self) -> str:
        return str(self.metadata.get("type", ""))

    @property
    def is_by_people(self) -> bool:
        return self.metadata.get("human-annotated") == "yes"

    def is_of(self, job_name: str) -> bool:
        """Ground Truth writes `labeling-job/<name>`; its documentation, the name alone."""
        return self.metadata.get("job-name") in (job_name, f"labeling-job/{job_name}")


def labels_of(line: ManifestLine) -> Iterator[Label]:
    """Every label on the line, also those of earlier jobs."""
    for name in line.attributes:
        if not name.endswith(_SUFFIX) or not line.has(attribute := name.removesuffix(_SUFFIX)):
            continue
        metadata = line.value(name)
        if isinstance(metadata, dict) and "job-name" in metadata:
            yield Label(attribute, line.value(attribute), metadata)


def metadata_problems(label: Label) -> Iterator[tuple[str, str]]:
    """(code, sentence) of all that is wrong with what every type of label has, and with a verification's."""
    where, metadata = f"{label.attribute}{_SUFFIX}", label.metadata
    if label.kind not in (SEGMENTATION, VERIFICATION):
        yield "bad_metadata", f"'{where}': the type is {label.kind!r}, which no segmentation job writes."
    if metadata.get("human-annotated") not in ("yes", "no"):
        yield "bad_metadata", f"'{where}': 'human-annotated' is neither \"yes\" nor \"no\"."
    date = metadata.get("creation-date")
    if not isinstance(date, str) or not _DATE.fullmatch(date):
        yield "bad_creation_date", f"'{where}': 'creation-date' is not a UTC time with microseconds and no offset."
    if not str(metadata.get("job-name")).startswith("labeling-job/"):
        yield "bad_job_name", f"'{where}': 'job-name' is not 'labeling-job/<name>'."
    status = metadata.get("adjustment-status")
    if status is not None and status not in _STATUSES:
        yield "bad_adjustment_status", f"'{where}': 'adjustment-status' is neither 'adjusted' nor 'unadjusted'."
    if label.kind == VERIFICATION:
        yield from _verification_problems(label, where)
    elif label.kind == SEGMENTATION:
        yield from _segmentation_problems(label, where)


def _segmentation_problems(label: Label, where: str) -> Iterator[tuple[str, str]]:
    if not label.attribute.endswith("-ref"):
        yield "bad_attribute_name", f"'{label.attribute}' does not end in '-ref'."
    if not isinstance(label.value, str) or not label.value:
        yield "bad_mask_address", f"'{label.attribute}' is no address of a mask."
    entries = label.metadata.get("internal-color-map")
    if isinstance(entries, dict):
        for index, entry in entries.items():
            if isinstance(entry, dict) and not _is_confidence(entry.get("confidence")):
                yield "bad_confidence", f"'{where}': the confidence of class {index} is no number from 0 to 1."
                return


def _verification_problems(label: Label, where: str) -> Iterator[tuple[str, str]]:
    if not str(label.value).isdigit():
        yield "bad_verification", f"'{label.attribute}' is not the number of a label."
    if not isinstance(label.metadata.get("class-name"), str):
        yield "bad_verification", f"'{where}': 'class-name' is missing."
    if not _is_confidence(label.metadata.get("confidence")):
        yield "bad_confidence", f"'{where}': 'confidence' is no number from 0 to 1."
    feedback = label.metadata.get("worker-feedback", [])
    if not isinstance(feedback, list) or not all(
        isinstance(one, dict) and isinstance(one.get("comment"), str) for one in feedback
    ):
        yield "bad_verification", f"'{where}': 'worker-feedback' is not a list of comments."


def _is_confidence(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1
