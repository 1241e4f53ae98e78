"""Does a mask agree with its record? For every class: index = palette entry = entry of the colour map.

Some readers of the output take the index channel, others the colours, so both must be right. Run before a
record is published, and over whole outputs on demand.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from labeling.masks import (
    BACKGROUND_NAME,
    WHITE,
    MaskError,
    MaskRaster,
    PaletteError,
    decode_mask,
    parse_color,
    png_facts,
)

from .errors import OutputProblem
from .output import EXTENSION_KEY, TYPE


def verify_output(mask: bytes, record: bytes | str, attribute: str) -> list[OutputProblem]:
    """Every disagreement between the mask's bytes and its output manifest line; empty when all is well.

    Codes: `no_label`, `bad_metadata`, `bad_color_map`, `wrong_background`, `confidence_differs`, `not_png`,
    `not_8_bit_indexed`, `short_palette`, `palette_differs`, `index_without_class`, `bad_mask`,
    `raster_differs`.
    """
    metadata = _metadata(record, attribute)
    if isinstance(metadata, OutputProblem):
        return [metadata]
    problems = [*_metadata_problems(metadata)]
    colors = _color_map(metadata)
    if colors is None:
        problems.append(OutputProblem("bad_color_map", "internal-color-map lacks an index or a colour."))
        return problems
    problems += _map_problems(metadata, colors)
    return problems + list(_mask_problems(mask, colors, _expected_raster(metadata)))


def _metadata(record: bytes | str, attribute: str) -> dict[str, object] | OutputProblem:
    line = json.loads(record)
    if not isinstance(line, dict) or not isinstance(line.get(attribute), str):
        return OutputProblem("no_label", f"The record has no '{attribute}'.")
    metadata = line.get(f"{attribute}-metadata")
    if not isinstance(metadata, dict):
        return OutputProblem("bad_metadata", f"The record has no '{attribute}-metadata'.")
    return metadata


def _metadata_problems(metadata: dict[str, object]) -> Iterator[OutputProblem]:
    if metadata.get("type") != TYPE:
        yield OutputProblem("bad_metadata", f"type is {metadata.get('type')!r}, not '{TYPE}'.")
    for key in ("human-annotated", "creation-date", "job-name"):
        if not isinstance(metadata.get(key), str):
            yield OutputProblem("bad_metadata", f"'{key}' is missing.")


def _entries(metadata: dict[str, object]) -> dict[str, dict[str, object]] | None:
    entries = metadata.get("internal-color-map")
    if not isinstance(entries, dict) or not all(isinstance(entry, dict) for entry in entries.values()):
        return None
    return entries


def _color_map(metadata: dict[str, object]) -> dict[int, str] | None:
    entries = _entries(metadata)
    if entries is None:
        return None
    try:
        colors = {int(index): parse_color(str(entry.get("hex-color"))) for index, entry in entries.items()}
    except (PaletteError, ValueError):
        return None
    return colors if all(0 <= index <= 255 for index in colors) else None


def _map_problems(metadata: dict[str, object], colors: dict[int, str]) -> Iterator[OutputProblem]:
    entries = _entries(metadata) or {}
    background = entries.get("0", {})
    if background.get("class-name") != BACKGROUND_NAME or colors.get(0) != WHITE:
        yield OutputProblem("wrong_background", f"Index 0 is not {BACKGROUND_NAME} in {WHITE}.")
    if len({json.dumps(entry.get("confidence")) for entry in entries.values()}) > 1:
        yield OutputProblem("confidence_differs", "Confidence is one number per image but differs between classes.")


def _expected_raster(metadata: dict[str, object]) -> str | None:
    extension = metadata.get(EXTENSION_KEY)
    value = extension.get("raster-sha256") if isinstance(extension, dict) else None
    return value if isinstance(value, str) else None


def _mask_problems(mask: bytes, colors: dict[int, str], expected_raster: str | None) -> Iterator[OutputProblem]:
    facts = png_facts(mask)
    if facts is None:
        yield OutputProblem("not_png", "The mask is not a complete PNG file.")
        return
    if not (facts.indexed and facts.bit_depth == 8):
        yield OutputProblem("not_8_bit_indexed", "The mask is not an 8-bit indexed PNG.")
        return
    if len(facts.palette) != 256:
        yield OutputProblem("short_palette", f"The palette has {len(facts.palette)} entries instead of 256.")
    for index, found in enumerate(facts.palette):
        wanted = colors.get(index, WHITE)
        if found != wanted:
            yield OutputProblem("palette_differs", f"Palette entry {index} is {found}, the map says {wanted}.")
    try:
        raster: MaskRaster = decode_mask(mask, width=facts.width, height=facts.height, known_indices=range(256))
    except MaskError as error:
        yield OutputProblem("bad_mask", str(error))
        return
    for index in raster.present():
        if index not in colors:
            yield OutputProblem("index_without_class", f"The mask uses index {index}, which the map lacks.")
    if expected_raster is not None and raster.sha256() != expected_raster:
        yield OutputProblem("raster_differs", "The mask's pixels are not those the record was written for.")
