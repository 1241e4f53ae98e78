"""What a crowd form submits, as our mask and what stands beside it.

A form's answer is `{<name>: value, ...}`; the value of `<crowd-semantic-segmentation>` (and of
`<crowd-instance-segmentation>`, whose instances are taken together by label) holds a PNG in the colours that it names.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labeling.masks import MaskError, MaskRaster, PaletteError, parse_color
from labeling.masks.colours import decode_coloured, max_coloured_bytes
from labeling.wording import gettext_noop as _

#: Of what stands in a form beside the mask.
MOST_FORM_CHARS = 100_000
_RGB = re.compile(r"rgba?\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*(?:,\s*1(?:\.0+)?\s*)?\)")


class CrowdAnswerError(Exception):
    """An answer that cannot be taken. `path` names the member."""

    def __init__(self, path: str, code: str, message: str) -> None:
        super().__init__(message)
        self.path, self.code, self.message = path, code, message


@dataclass(frozen=True)
class CrowdMask:
    """`element`: the name under which the mask came. `rest`: what else the element said. `form`: all other values."""

    raster: MaskRaster
    element: str
    rest: dict[str, Any]
    form: dict[str, Any]


def read_crowd_answer(
    answer: Mapping[str, Any], *, width: int, height: int, categories: Sequence[Mapping[str, Any]]
) -> CrowdMask:
    """The mask of an answer to a photo of width x height. Raises CrowdAnswerError."""
    element, value = _segmentation(answer)
    path = f"content.{element}"
    _check_size(value, path, width, height)
    colors = _colors(value, path, {one["name"]: one["index"] for one in categories})
    image_path = f"{path}.labeledImage.pngImageData"
    data = _png(value["labeledImage"], image_path, max_coloured_bytes(width, height))
    try:
        raster = decode_coloured(data, width=width, height=height, colors=colors)
    except MaskError as error:
        raise CrowdAnswerError(image_path, error.code, str(error)) from error
    form = {name: one for name, one in answer.items() if name != element}
    rest = {name: one for name, one in value.items() if name not in ("labeledImage", "labelMappings")}
    if len(json.dumps([form, rest], ensure_ascii=False)) > MOST_FORM_CHARS:
        message = _("The form has more than %(most)s characters beside the mask.") % {"most": f"{MOST_FORM_CHARS:,}"}
        raise CrowdAnswerError("content", "too_large", message)
    return CrowdMask(raster, element, rest, form)


def _segmentation(answer: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    found = {
        name: value
        for name, value in answer.items()
        if isinstance(value, dict) and isinstance(value.get("labeledImage"), dict)
    }
    if not found:
        message = _("The answer has no mask: no element of the form has a labeledImage.")
        raise CrowdAnswerError("content", "no_mask", message)
    if len(found) > 1:
        message = _("The answer has several masks (%(names)s). A task has one.") % {"names": ", ".join(sorted(found))}
        raise CrowdAnswerError("content", "several_masks", message)
    return next(iter(found.items()))


def _check_size(value: Mapping[str, Any], path: str, width: int, height: int) -> None:
    given = value.get("inputImageProperties")
    if not isinstance(given, dict):
        return
    if (given.get("width", width), given.get("height", height)) != (width, height):
        message = _("The answer is for an image of %(width)s x %(height)s pixels; this one has %(wanted)s.") % {
            "width": given.get("width"),
            "height": given.get("height"),
            "wanted": f"{width} x {height}",
        }
        raise CrowdAnswerError(f"{path}.inputImageProperties", "wrong_size", message)


def _colors(value: Mapping[str, Any], path: str, indices: Mapping[str, int]) -> dict[str, int]:
    """`#rrggbb` -> index, of labelMappings or of instances."""
    colors: dict[str, int] = {}
    for place, label, color in _pairs(value, path):
        if label not in indices:
            message = _("There is no label '%(label)s' in this job.") % {"label": label[:100]}
            raise CrowdAnswerError(place, "unknown_label", message)
        try:
            found = parse_color(_as_hex(color))
        except PaletteError as error:
            raise CrowdAnswerError(place, "bad_color", str(error)) from error
        if colors.setdefault(found, indices[label]) != indices[label]:
            message = _("Two labels have the colour %(color)s.") % {"color": found}
            raise CrowdAnswerError(place, "duplicate_color", message)
    return colors


def _pairs(value: Mapping[str, Any], path: str) -> list[tuple[str, str, str]]:
    """(member, label, colour) of each."""
    mappings, instances = value.get("labelMappings"), value.get("instances")
    if isinstance(mappings, dict):
        rows = [(f"{path}.labelMappings.{name}", name, one) for name, one in mappings.items()]
    elif isinstance(instances, list):
        rows = [
            (f"{path}.instances.{place}", one.get("label") if isinstance(one, dict) else None, one)
            for place, one in enumerate(instances)
        ]
    else:
        message = _("The answer does not say which colour is which label: labelMappings is missing.")
        raise CrowdAnswerError(f"{path}.labelMappings", "required", message)
    pairs = []
    for place, label, one in rows:
        color = one.get("color") if isinstance(one, dict) else None
        if not isinstance(label, str) or not isinstance(color, str):
            raise CrowdAnswerError(place, "wrong", _("A label has a name and a colour, both as text."))
        pairs.append((place, label, color))
    return pairs


def _as_hex(color: str) -> str:
    found = _RGB.fullmatch(color.strip().lower())
    if found is None:
        return color
    return "#" + "".join(f"{min(int(one), 255):02x}" for one in found.groups())


def _png(image: Mapping[str, Any], path: str, most: int) -> bytes:
    text = image.get("pngImageData")
    if not isinstance(text, str) or not text:
        raise CrowdAnswerError(path, "required", _("The mask's PNG is missing."))
    text = text.partition(",")[2] if text.startswith("data:") else text
    if len(text) > most * 4 // 3 + 4:
        raise CrowdAnswerError(path, "too_large", _("The mask has more bytes than its pixels need."))
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise CrowdAnswerError(path, "not_base64", _("The mask's PNG is not base64.")) from None
