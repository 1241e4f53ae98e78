"""Write the output manifest: each input line as it came, with the label and its metadata added.

README.md shows a record. The extension under `maskwright` is ours; readers of Ground Truth's format ignore
it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from labeling.masks import BACKGROUND, BACKGROUND_NAME, WHITE, parse_color

from .attributes import DuplicateKeyError, NotJsonError, dump, join_attributes, split_attributes

TYPE = "groundtruth/semantic-segmentation"
EXTENSION_KEY = "maskwright"
_DIGITS = 5


@dataclass(frozen=True)
class LabelClass:
    """A class as the output names it; index 1 to 255."""

    name: str
    color: str


@dataclass(frozen=True)
class ConsolidationFacts:
    """How a mask came about: our extension of the metadata.

    `class_agreement`: index -> mean pairwise intersection over union, absent for classes that nobody used
    or with fewer than two answers. `disputed_share`: share of pixels without unanimity, 0 to 1.
    `annotators`: worker ids.
    """

    rule: str
    rule_version: str
    annotators: tuple[str, ...]
    class_agreement: Mapping[int, float]
    disputed_share: float
    raster_sha256: str

    def as_json(self) -> dict[str, object]:
        agreement = {str(index): _rounded(value) for index, value in sorted(self.class_agreement.items())}
        return {
            "rule": self.rule,
            "rule-version": self.rule_version,
            "annotators": list(self.annotators),
            "class-agreement": agreement,
            "disputed-share": _rounded(self.disputed_share),
            "raster-sha256": self.raster_sha256,
        }


@dataclass(frozen=True)
class Label:
    """The label of one data object.

    `attribute` ends in `-ref`; `mask_ref` is the address of the indexed PNG; `classes` are all classes of the
    label set without BACKGROUND; `confidence` is the image's one number, 0.0 for a single worker;
    `created_at` is an aware time, written as UTC without an offset.
    """

    attribute: str
    mask_ref: str
    classes: Mapping[int, LabelClass]
    confidence: float
    created_at: datetime
    job_name: str
    facts: ConsolidationFacts | None = None
    #: Of an adjustment job: whether anybody changed the label that it began with.
    is_adjusted: bool | None = None
    more: Mapping[str, object] = field(default_factory=dict)  # members that a consolidation function added

    def metadata(self) -> dict[str, object]:
        """The value of `<attribute>-metadata`."""
        color_map = {str(BACKGROUND): self._entry(BACKGROUND_NAME, WHITE)}
        for index, label_class in sorted(self.classes.items()):
            color_map[str(index)] = self._entry(label_class.name, parse_color(label_class.color))
        metadata: dict[str, object] = {
            **self.more,
            "internal-color-map": color_map,
            "type": TYPE,
            "human-annotated": "yes",
            "creation-date": creation_date(self.created_at),
            "job-name": f"labeling-job/{self.job_name}",
        }
        if self.is_adjusted is not None:
            metadata["adjustment-status"] = "adjusted" if self.is_adjusted else "unadjusted"
        if self.facts is not None:
            metadata[EXTENSION_KEY] = self.facts.as_json()
        return metadata

    def _entry(self, name: str, color: str) -> dict[str, object]:
        return {"class-name": name, "hex-color": color, "confidence": _rounded(self.confidence)}


def write_record(line_text: str, label: Label) -> bytes:
    """The output manifest's line for a labeled object: the input's attributes untouched, then the two of
    the label.

    A label of the same name in the input is replaced. Ends in `\\n`. Raises ValueError when `line_text` is
    not a JSON object or the attribute's name does not end in `-ref`.
    """
    if not label.attribute.endswith("-ref"):
        raise ValueError(f"the label attribute '{label.attribute}' must end in '-ref'")
    attributes = split_attributes(line_text)
    if attributes is None:
        raise ValueError("the manifest line is not a JSON object")
    for name in (label.attribute, f"{label.attribute}-metadata"):
        attributes.pop(name, None)
    attributes[label.attribute] = dump(label.mask_ref)
    attributes[f"{label.attribute}-metadata"] = dump(label.metadata())
    return join_attributes(attributes).encode() + b"\n"


def write_unlabeled(line_text: str) -> bytes:
    """The output manifest's line for an object without a label: the input line as it came.

    A line that is no JSON object becomes one, `{"source": <its first 1,000 characters>}`, so that line `n` of the
    output still stands for line `n` of the input and every line can be parsed.
    """
    try:
        is_object = split_attributes(line_text) is not None
    except (NotJsonError, DuplicateKeyError):
        is_object = False
    if not is_object:
        return dump({"source": line_text[:1000]}).encode() + b"\n"
    return line_text.encode() + b"\n"


def creation_date(moment: datetime) -> str:
    """Ground Truth's form: UTC, microseconds, no offset. Raises ValueError for a naive time."""
    if moment.tzinfo is None:
        raise ValueError("the creation date needs a time zone")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")


def _rounded(value: float) -> float:
    return round(float(value), _DIGITS)
