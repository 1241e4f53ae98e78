"""The label that an earlier job left on a manifest line: what adjustment and verification jobs begin with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from labeling.masks import (
    BACKGROUND,
    BACKGROUND_NAME,
    MAX_CLASSES,
    MaskError,
    MaskRaster,
    PaletteError,
    decode_mask,
    parse_color,
    png_facts,
)
from labeling.wording import gettext_noop as _

from .output import TYPE, LabelClass
from .reader import ManifestLine

_SUFFIX = "-metadata"


class PriorLabelError(ValueError):
    """An earlier label that cannot be used; `code` is for programs, `str()` for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class PriorLabel:
    """Where the mask lies and what its indices mean, BACKGROUND left out."""

    mask_ref: str
    classes: Mapping[int, LabelClass]


def prior_attributes(line: ManifestLine) -> Iterator[str]:
    """The names of all segmentation labels that a line carries."""
    for name in line.attributes:
        attribute = name.removesuffix(_SUFFIX)
        if attribute == name or not line.has(attribute):
            continue
        metadata = line.value(name)
        if isinstance(metadata, dict) and (metadata.get("type") == TYPE or "internal-color-map" in metadata):
            yield attribute


def prior_label(line: ManifestLine, attribute: str) -> PriorLabel:
    """Raises PriorLabelError: the line has no such label, or its colour map cannot be used."""
    metadata = line.value(f"{attribute}{_SUFFIX}") if line.has(f"{attribute}{_SUFFIX}") else None
    mask_ref = line.value(attribute) if line.has(attribute) else None
    if not isinstance(mask_ref, str) or not mask_ref or not isinstance(metadata, dict):
        message = _("The line has no label '%(attribute)s' to begin with.") % {"attribute": attribute}
        raise PriorLabelError("no_prior_label", message)
    entries = metadata.get("internal-color-map")
    if not isinstance(entries, dict):
        raise PriorLabelError("bad_prior_label", _("The label's metadata have no 'internal-color-map'."))
    return PriorLabel(mask_ref, dict(_class(key, entry) for key, entry in entries.items() if not _is_empty(key, entry)))


def _is_empty(key: str, entry: Any) -> bool:
    return key == str(BACKGROUND) and isinstance(entry, dict) and entry.get("class-name") == BACKGROUND_NAME


def _class(key: str, entry: Any) -> tuple[int, LabelClass]:
    name = entry.get("class-name") if isinstance(entry, dict) else None
    if not key.isascii() or not key.isdigit() or not 0 <= int(key) <= MAX_CLASSES or not isinstance(name, str):
        message = _("The label's 'internal-color-map' has an entry without a usable index or 'class-name'.")
        raise PriorLabelError("bad_prior_label", message)
    try:
        color = parse_color(str(entry["hex-color"]))
    except (KeyError, PaletteError):
        message = _("The label's 'internal-color-map' has no 'hex-color' for the class %(name)s.") % {"name": name}
        raise PriorLabelError("no_hex_color", message) from None
    return int(key), LabelClass(name, color)


def prior_raster(png: bytes, label: PriorLabel, *, width: int, height: int, indices: Mapping[str, int]) -> MaskRaster:
    """The earlier mask in this job's class indices; `indices`: class name -> index.

    Raises PriorLabelError: it is no mask of the photo's size, disagrees with its colour map, or has a class that this
    job has not.
    """
    try:
        raster = decode_mask(png, width=width, height=height, known_indices=range(256))
    except MaskError as error:
        message = _("The earlier mask cannot be used: %(error)s") % {"error": error}
        raise PriorLabelError("bad_prior_mask", message) from None
    table = np.zeros(256, dtype=np.uint8)
    facts = png_facts(png)
    palette = facts.palette if facts is not None and facts.indexed else ()
    for index in raster.present():
        found = label.classes.get(index)
        if found is None:
            if index == BACKGROUND:
                continue
            message = _("The earlier mask uses index %(index)s, which its 'internal-color-map' lacks.")
            raise PriorLabelError("bad_prior_mask", message % {"index": index})
        if index < len(palette) and palette[index] != found.color:
            message = _(
                "The earlier mask paints index %(index)s in %(color)s, its 'internal-color-map' says %(wanted)s: one "
                "of the two is wrong."
            ) % {"index": index, "color": palette[index], "wanted": found.color}
            raise PriorLabelError("prior_colors_differ", message)
        if found.name not in indices:
            message = _("The earlier mask has the class %(name)s, which this job's labels lack. Add it.")
            raise PriorLabelError("prior_class_unknown", message % {"name": found.name})
        table[index] = indices[found.name]
    return MaskRaster(table[raster.indices])
