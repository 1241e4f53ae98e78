"""The mask in a consolidation function's answer: an indexed PNG with its colour map, or a worker's answer's own form.

Whatever it looks like, class indices of the label set come out, or a reason why not.
"""

from __future__ import annotations

import base64
import binascii
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from labeling.functions.errors import FunctionRefused
from labeling.masks import (
    BACKGROUND,
    BACKGROUND_NAME,
    MaskError,
    MaskRaster,
    PaletteError,
    decode_mask,
    max_mask_bytes,
    parse_color,
    read_png_header,
    rgb,
)
from labeling.wording import gettext_noop as _

_INDEXED, _GREY = 3, 0
_COLOURED = (2, 6)  # RGB, RGBA
_PALETTES = {"internal-color-map", "type", "human-annotated", "creation-date", "job-name", "maskwright"}


@dataclass(frozen=True)
class Photo:
    """What a mask has to fit: the photo's size, and the label set's index by class name."""

    width: int
    height: int
    indices: Mapping[str, int]

    @property
    def most_bytes(self) -> int:
        return 4 * max_mask_bytes(self.width, self.height)


def own_metadata(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """What a function added to the metadata beside the members that every record has."""
    return {name: value for name, value in metadata.items() if name not in _PALETTES}


def confidence_of(metadata: Mapping[str, Any]) -> float | None:
    """The image's one number, which Ground Truth repeats at each class; None where the function gives none."""
    for entry in _color_map(metadata).values():
        value = entry.get("confidence")
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1:
            return float(value)
    return None


def inline_png(value: Mapping[str, Any]) -> tuple[bytes, Mapping[str, Any]] | None:
    """PNG and label mappings of an answer's content (`<element>.labeledImage.pngImageData`), or of its inside."""
    for found in (value, *(one for one in value.values() if isinstance(one, dict))):
        image = found.get("labeledImage")
        if isinstance(image, dict) and isinstance(image.get("pngImageData"), str):
            mappings = found.get("labelMappings")
            try:
                data = base64.b64decode(image["pngImageData"], validate=True)
            except (binascii.Error, ValueError):
                raise FunctionRefused(_("The mask in the function's answer is no base64.")) from None
            return data, mappings if isinstance(mappings, dict) else {}
    return None


def read_mask(
    data: bytes, photo: Photo, *, metadata: Mapping[str, Any], mappings: Mapping[str, Any] | None = None
) -> MaskRaster:
    """Class indices of the label set. Raises FunctionRefused.

    An indexed or grey PNG is read by its indices, through the colour map of the metadata where there is one; a
    coloured one by its colours, through `mappings` (class name -> {"color"}) or the colour map.
    """
    header = read_png_header(data)
    try:
        if header is not None and header.color_type in _COLOURED and header.bit_depth == 8:
            return _coloured(data, photo, (header.width, header.height), _colours(metadata, mappings or {}))
        return _indexed(data, photo, _color_map(metadata))
    except MaskError as error:
        raise FunctionRefused(error.message) from error


def _color_map(metadata: Mapping[str, Any]) -> dict[int, dict[str, Any]]:
    """Index -> class name and colour; {} where there is none."""
    given = metadata.get("internal-color-map")
    if not isinstance(given, dict):
        return {}
    return {
        int(index): entry
        for index, entry in given.items()
        if str(index).isdecimal() and len(str(index)) < 4 and isinstance(entry, dict)
    }


def _index_of(name: Any, photo: Photo) -> int:
    if name == BACKGROUND_NAME:
        return BACKGROUND
    if not isinstance(name, str) or name not in photo.indices:
        message = _("The function's answer has a class that the job's labels do not have: %(name)s.")
        raise FunctionRefused(message % {"name": str(name)[:100]})
    return photo.indices[name]


def _indexed(data: bytes, photo: Photo, color_map: Mapping[int, Mapping[str, Any]]) -> MaskRaster:
    known = set(color_map) if color_map else set(photo.indices.values())
    raster = decode_mask(data, width=photo.width, height=photo.height, known_indices=known)
    if not color_map:
        return raster
    table = np.zeros(256, dtype=np.uint8)
    for index in raster.present():
        if index in color_map:
            table[index] = _index_of(color_map[index].get("class-name"), photo)
    return MaskRaster(table[raster.indices])


def _colours(metadata: Mapping[str, Any], mappings: Mapping[str, Any]) -> dict[int, str]:
    """Colour (as one number) -> class name; white is the background unless a class has it."""
    pairs: list[tuple[Any, Any]] = [
        (name, entry.get("color")) for name, entry in mappings.items() if isinstance(entry, dict)
    ]
    pairs += [(entry.get("class-name"), entry.get("hex-color")) for entry in _color_map(metadata).values()]
    found = {0xFFFFFF: BACKGROUND_NAME}
    for name, color in reversed(pairs):
        try:
            red, green, blue = rgb(parse_color(str(color)))
        except (PaletteError, ValueError):
            continue
        found[red << 16 | green << 8 | blue] = str(name)
    return found


def _coloured(data: bytes, photo: Photo, size: tuple[int, int], colours: Mapping[int, str]) -> MaskRaster:
    """Of exactly the photo's size, which bounds what decoding it takes."""
    if size != (photo.width, photo.height) or len(data) > photo.most_bytes:
        message = _("The mask in the function's answer is %(width)s x %(height)s pixels, the photo is not.")
        raise FunctionRefused(message % {"width": size[0], "height": size[1]})
    try:
        with Image.open(io.BytesIO(data), formats=["PNG"]) as image:
            pixels = np.asarray(image.convert("RGBA"), dtype=np.uint32)
    except (OSError, SyntaxError, ValueError):
        raise FunctionRefused(_("The mask in the function's answer cannot be decoded.")) from None
    values = pixels[..., 0] << 16 | pixels[..., 1] << 8 | pixels[..., 2]
    values[pixels[..., 3] == 0] = 0xFFFFFF
    indices = np.zeros(values.shape, dtype=np.uint8)
    for value in np.unique(values):
        if int(value) not in colours:
            message = _("The mask in the function's answer has a colour that stands for no class: %(color)s.")
            raise FunctionRefused(message % {"color": f"#{int(value):06x}"})
        indices[values == value] = _index_of(colours[int(value)], photo)
    return MaskRaster(indices)
