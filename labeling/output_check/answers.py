"""The files about single answers: worker responses, and requests and responses of consolidations."""

from __future__ import annotations

import base64
import binascii
import io
import re
from collections.abc import Iterator, Mapping
from typing import Any

from PIL import Image

from labeling.manifests import ELEMENT
from labeling.masks import PaletteError, parse_color, read_png_header

Problem = tuple[str, str]
MAX_PIXELS = 100_000_000
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def worker_response_problems(content: Any) -> Iterator[Problem]:
    answers = content.get("answers") if isinstance(content, dict) else None
    if not isinstance(answers, list) or not answers:
        yield "bad_worker_response", "There is no list of 'answers' in it."
        return
    for place, answer in enumerate(answers, 1):
        if not isinstance(answer, dict):
            yield "bad_worker_response", f"Answer {place} is no object."
            continue
        for key in ("acceptanceTime", "submissionTime"):
            if not _TIME.fullmatch(str(answer.get(key))):
                yield "bad_worker_response", f"Answer {place}: '{key}' is no UTC time."
        spent = answer.get("timeSpentInSeconds")
        if not isinstance(spent, int | float) or isinstance(spent, bool) or spent < 0:
            yield "bad_worker_response", f"Answer {place}: 'timeSpentInSeconds' is no number."
        if not isinstance(answer.get("workerId"), str):
            yield "bad_worker_response", f"Answer {place}: 'workerId' is missing."
        if not isinstance(answer.get("answerContent"), dict):
            yield "bad_worker_response", f"Answer {place}: 'answerContent' is missing."
            continue
        for code, sentence in _content_problems(answer["answerContent"]):
            yield code, f"Answer {place}: {sentence}"


def _content_problems(content: Mapping[str, Any]) -> Iterator[Problem]:
    """The key is the element's name; whatever has a `labeledImage` is a mask."""
    for name, value in content.items():
        if name == ELEMENT and not isinstance(value, dict):
            yield "bad_worker_mask", f"'{name}' is no object."
        elif isinstance(value, dict) and ("labeledImage" in value or name == ELEMENT):
            yield from _mask_problems(value)


def _mask_problems(value: Mapping[str, Any]) -> Iterator[Problem]:
    colors = _colors(value)
    if colors is None:
        yield "bad_worker_mask", "'labelMappings' has no colour for each label."
        return
    size, image = value.get("inputImageProperties"), value.get("labeledImage")
    data = _png(image.get("pngImageData") if isinstance(image, dict) else None)
    header = read_png_header(data) if data else None
    if data is None or header is None:
        yield "bad_worker_mask", "'pngImageData' is no PNG in base64."
        return
    if not isinstance(size, dict) or (size.get("width"), size.get("height")) != (header.width, header.height):
        yield "bad_worker_mask", f"The mask is {header.width} x {header.height}; 'inputImageProperties' differ."
    if header.width * header.height > MAX_PIXELS:
        yield "bad_worker_mask", f"The mask has more than {MAX_PIXELS:,} pixels and was not looked at."
        return
    try:
        found = _painted(data)
    except (OSError, SyntaxError, ValueError) as error:
        yield "bad_worker_mask", f"The mask cannot be decoded ({error})."
        return
    strange = sorted(found - colors)
    if strange:
        shown = ", ".join(strange[:5])
        yield "worker_color_without_label", f"Colours of the mask that 'labelMappings' does not have: {shown}."


def _colors(value: Mapping[str, Any]) -> set[str] | None:
    mappings = value.get("labelMappings")
    if not isinstance(mappings, dict) or not all(isinstance(one, dict) for one in mappings.values()):
        return None
    try:
        return {parse_color(str(one.get("color"))) for one in mappings.values()}
    except PaletteError:
        return None


def _png(text: object) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True) if isinstance(text, str) else None
    except binascii.Error:
        return None


def _painted(data: bytes) -> set[str]:
    """The colours of the pixels that carry a label: neither transparent nor white."""
    with Image.open(io.BytesIO(data), formats=["PNG"]) as image:
        if image.mode == "P" and "transparency" not in image.info:
            palette = image.getpalette("RGB") or []
            used = [index for index, count in enumerate(image.histogram()) if count]
            shades = [(*palette[3 * index : 3 * index + 3], 255) for index in used]
        else:
            counted = image.convert("RGBA").getcolors(maxcolors=4096)
            if counted is None:
                raise ValueError("more than 4,096 colours")
            shades = [shade for _, shade in counted if isinstance(shade, tuple)]
    return {f"#{bytes(shade[:3]).hex()}" for shade in shades if shade[3] and shade[:3] != (255, 255, 255)}


def consolidation_items(content: Any) -> Iterator[tuple[str, Mapping[str, Any]] | Problem]:
    """(object id, item) of each, or what is wrong with it."""
    if not isinstance(content, list):
        yield "bad_consolidation", "It is no list of objects."
        return
    for place, item in enumerate(content, 1):
        identity = item.get("datasetObjectId") if isinstance(item, dict) else None
        if not isinstance(identity, str) or not identity.isdigit():
            yield "bad_consolidation", f"Item {place}: 'datasetObjectId' is not the number of an object."
            continue
        yield identity, item


def request_problems(item: Mapping[str, Any]) -> Iterator[Problem]:
    source = item.get("dataObject")
    if not isinstance(source, dict) or not ("s3Uri" in source or "content" in source):
        yield "bad_consolidation", "'dataObject' has neither 's3Uri' nor 'content'."
    annotations = item.get("annotations")
    if not isinstance(annotations, list) or not annotations:
        yield "bad_consolidation", "There are no 'annotations'."
        return
    for one in annotations:
        data = one.get("annotationData") if isinstance(one, dict) else None
        if not isinstance(data, dict) or not isinstance(one.get("workerId"), str):
            yield "bad_consolidation", "An annotation lacks its 'workerId' or 'annotationData'."
        elif not isinstance(data.get("content", data.get("s3Uri")), str):
            yield "bad_consolidation", "An annotation's 'content' is no JSON text."


def response_content(item: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """`consolidatedAnnotation.content`; None when it is not there."""
    annotation = item.get("consolidatedAnnotation")
    content = annotation.get("content") if isinstance(annotation, dict) else None
    return content if isinstance(content, dict) else None
