"""Read a label category configuration file (Ground Truth's labels.json)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from labeling.masks import BACKGROUND_NAME, MAX_CLASSES, color_problems, default_color, parse_color
from labeling.wording import gettext_noop as _

from .errors import LabelConfigError

MAX_BYTES = 1_000_000
MAX_NAME_CHARS = 256


@dataclass(frozen=True)
class ConfiguredLabel:
    """A class in the file's order.

    `index` 1 to 255. `color` comes from our extension or from the defaults.
    """

    index: int
    name: str
    color: str
    description: str = ""


@dataclass(frozen=True)
class LabelConfig:
    """Labels, instructions (HTML from the customer.

    Sanitize before showing) and keys we keep but do not use.
    """

    labels: tuple[ConfiguredLabel, ...]
    short_instruction: str = ""
    full_instruction: str = ""
    other: Mapping[str, object] = field(default_factory=dict)

    @property
    def audited_attribute(self) -> str:
        """The label attribute that an adjustment or verification is about, where the file says so."""
        return _text(self.other.get("auditLabelAttributeName"))


def read_label_config(data: bytes) -> LabelConfig:
    """Accepts files with and without `document-version`, and our optional `color` and `description` per
    label.

    Raises LabelConfigError with every problem at once; codes: `too_large`, `broken_json`, `no_labels`,
    `too_many_labels`, `bad_label`, `duplicate_label`, `reserved_label`, and those of `color_problems`.
    """
    if len(data) > MAX_BYTES:
        raise LabelConfigError(
            [
                (
                    "too_large",
                    _("The file has more than %(most)s bytes. Shorten it.") % {"most": f"{MAX_BYTES:,}"},
                )
            ]
        )
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise LabelConfigError(
            [("broken_json", _("The file is not JSON in UTF-8: %(error)s.") % {"error": error})]
        ) from None
    if not isinstance(document, dict) or not isinstance(document.get("labels"), list) or not document["labels"]:
        sentence = _('The file names no labels. Write {"labels": [{"label": "road"}, {"label": "car"}]}.')
        raise LabelConfigError([("no_labels", sentence)])
    labels = _labels(document["labels"])
    instructions = document.get("instructions")
    texts = instructions if isinstance(instructions, dict) else {}
    used = {"labels", "instructions", "document-version"}
    return LabelConfig(
        labels=labels,
        short_instruction=_text(texts.get("shortInstruction")),
        full_instruction=_text(texts.get("fullInstruction")),
        other={key: value for key, value in document.items() if key not in used},
    )


def _labels(entries: list[object]) -> tuple[ConfiguredLabel, ...]:
    problems: list[tuple[str, str]] = []
    if len(entries) > MAX_CLASSES:
        sentence = _("There are %(count)s labels; an 8-bit mask holds %(most)s. Remove some or merge them.") % {
            "count": len(entries),
            "most": MAX_CLASSES,
        }
        problems.append(("too_many_labels", sentence))
    names: set[str] = set()
    chosen: dict[int, str] = {}
    found: list[tuple[int, str, str]] = []
    for index, entry in enumerate(entries, start=1):
        name = entry.get("label") if isinstance(entry, dict) else None
        if not isinstance(entry, dict) or not isinstance(name, str) or not _usable_name(name):
            example = '{"label": "name"}'
            sentence = _("Label %(index)s has no usable name. Write %(example)s, 1 to %(most)s characters.") % {
                "index": index,
                "example": example,
                "most": MAX_NAME_CHARS,
            }
            problems.append(("bad_label", sentence))
            continue
        if name in names:
            problems.append(
                ("duplicate_label", _("The label '%(name)s' appears twice. Give each its own name.") % {"name": name})
            )
        if name.upper() == BACKGROUND_NAME:
            sentence = _("'%(name)s' is the name of index 0. Leave it out: pixels without a class are BACKGROUND.") % {
                "name": name
            }
            problems.append(("reserved_label", sentence))
        names.add(name)
        if entry.get("color") is not None and index <= MAX_CLASSES:
            chosen[index] = _text(entry["color"])
        found.append((index, name, _text(entry.get("description"))))
    problems += [
        (code, _("Label %(index)s: %(sentence)s") % {"index": index, "sentence": sentence})
        for index, code, sentence in color_problems(chosen)
    ]
    if problems:
        raise LabelConfigError(problems)
    return tuple(_with_colors(found, chosen))


def _with_colors(found: list[tuple[int, str, str]], chosen: dict[int, str]) -> list[ConfiguredLabel]:
    taken = dict(chosen)
    labels = []
    for index, name, description in found:
        color = taken.get(index) or default_color(index, taken.values())
        taken[index] = color
        labels.append(ConfiguredLabel(index, name, parse_color(color), description))
    return labels


def _usable_name(name: str) -> bool:
    clean = all(character >= " " and not "\ud800" <= character <= "\udfff" for character in name)
    return bool(name.strip()) and len(name) <= MAX_NAME_CHARS and clean


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
