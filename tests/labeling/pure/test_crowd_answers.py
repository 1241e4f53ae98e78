"""What crowd forms submit, as masks: every kind of PNG, and everything that can be wrong, each with its place."""

import base64
import copy
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from labeling.crowd_answers import CrowdAnswerError, CrowdMask, read_crowd_answer
from labeling.masks.png_chunks import SIGNATURE, chunk
from tests.factories.frames import encoded

CATEGORIES = [{"index": 1, "name": "cat", "color": "#2ca02c"}, {"index": 4, "name": "cup", "color": "#1f77b4"}]
CAT, CUP, WHITE = (0x2C, 0xA0, 0x2C), (0x1F, 0x77, 0xB4), (255, 255, 255)
WIDTH, HEIGHT = 5, 3
WANTED = [[0, 1, 1, 4, 4], [0, 0, 1, 4, 4], [0, 0, 0, 0, 4]]
_COLORS = {0: WHITE, 1: CAT, 4: CUP}


def picture() -> Image.Image:
    return Image.fromarray(np.array([[_COLORS[one] for one in row] for row in WANTED], dtype=np.uint8))


def answer(png: str, **more: Any) -> dict[str, Any]:
    mappings = {"cat": {"color": "#2ca02c"}, "cup": {"color": "#1F77B4"}}
    return {
        "annotator": {
            "inputImageProperties": {"height": HEIGHT, "width": WIDTH},
            "labelMappings": mappings,
            "labeledImage": {"pngImageData": png},
        },
        **more,
    }


def read(value: dict[str, Any], categories: list[dict[str, Any]] | None = None) -> CrowdMask:
    return read_crowd_answer(value, width=WIDTH, height=HEIGHT, categories=categories or CATEGORIES)


def refused(value: dict[str, Any]) -> tuple[str, str]:
    with pytest.raises(CrowdAnswerError) as caught:
        read(value)
    assert caught.value.message
    return caught.value.path, caught.value.code


def rows(found: CrowdMask) -> list[list[int]]:
    pixels: list[list[int]] = np.vstack(list(found.raster.bands(1))).tolist()
    return pixels


def _transparent() -> Image.Image:
    image = picture().convert("RGBA")
    pixels = np.array(image)
    # What is transparent has any colour.
    pixels[np.array(WANTED) == 0] = (12, 34, 56, 0)
    return Image.fromarray(pixels)


def _palette(bits: int) -> str:
    image = Image.fromarray(np.array([[{0: 0, 1: 1, 4: 2}[one] for one in row] for row in WANTED], dtype=np.uint8))
    image = image.convert("P")
    image.putpalette([*(9, 9, 9), *CAT, *CUP, *WHITE])
    return encoded(image, bits=bits, transparency=0)


@pytest.mark.parametrize(
    "png",
    [
        encoded(picture()),
        encoded(_transparent()),
        encoded(picture().convert("P", palette=Image.Palette.ADAPTIVE)),
        _palette(8),
        _palette(2),
        "data:image/png;base64," + encoded(picture()),
    ],
)
def test_a_mask_in_colours_becomes_indices(png: str) -> None:
    assert rows(read(answer(png))) == WANTED


def test_instances_of_a_label_are_taken_together() -> None:
    pixels = np.array(picture())
    pixels[2, 4] = (9, 9, 9)
    value = answer(encoded(Image.fromarray(pixels)))
    del value["annotator"]["labelMappings"]
    value["annotator"]["instances"] = [
        {"color": "#2ca02c", "label": "cat"},
        {"color": "rgb(31, 119, 180)", "label": "cup"},
        {"color": "#090909", "label": "cup"},
    ]
    found = read(value)
    assert rows(found) == WANTED and len(found.rest["instances"]) == 3


def test_what_stands_beside_the_mask_is_kept() -> None:
    value = answer(encoded(picture()), certainty="3", blurred={"on": True})
    value["annotator"]["initialValueModified"] = True
    found = read(value)
    assert (found.element, found.form) == ("annotator", {"certainty": "3", "blurred": {"on": True}})
    assert found.rest == {"inputImageProperties": {"height": HEIGHT, "width": WIDTH}, "initialValueModified": True}


def test_white_is_a_label_where_it_is_one() -> None:
    value = answer(encoded(picture()))
    value["annotator"]["labelMappings"]["snow"] = {"color": "#fff"}
    found = read(value, [*CATEGORIES, {"index": 7, "name": "snow", "color": "#cccccc"}])
    assert rows(found)[0][0] == 7


def _changed(path: str, value: Any) -> dict[str, Any]:
    found: Any = copy.deepcopy(answer(encoded(picture())))
    place = found["annotator"]
    *folders, name = path.split(".")
    for folder in folders:
        place = place[folder]
    if value is None:
        del place[name]
    else:
        place[name] = value
    return dict(found)


_PNG = "content.annotator.labeledImage.pngImageData"


@pytest.mark.parametrize(
    ("path", "value", "where", "code"),
    [
        ("labeledImage", None, "content", "no_mask"),
        ("labeledImage", "png", "content", "no_mask"),
        ("labeledImage.pngImageData", None, _PNG, "required"),
        ("labeledImage.pngImageData", 7, _PNG, "required"),
        ("labeledImage.pngImageData", "%%%", _PNG, "not_base64"),
        ("labeledImage.pngImageData", "aGVsbG8=", _PNG, "not_png"),
        ("labeledImage.pngImageData", encoded(picture())[:80], _PNG, "truncated"),
        ("labeledImage.pngImageData", encoded(Image.new("RGB", (4, 3))), _PNG, "wrong_size"),
        ("labeledImage.pngImageData", encoded(Image.new("I;16", (WIDTH, HEIGHT))), _PNG, "wrong_mode"),
        ("labeledImage.pngImageData", encoded(Image.new("RGB", (WIDTH, HEIGHT), (1, 2, 3))), _PNG, "unknown_index"),
        ("labeledImage.pngImageData", encoded(Image.new("L", (WIDTH, HEIGHT), 7)), _PNG, "unknown_index"),
        ("labeledImage.pngImageData", "A" * 600_000, _PNG, "too_large"),
        ("labelMappings", None, "content.annotator.labelMappings", "required"),
        ("labelMappings.dog", {"color": "#111111"}, "content.annotator.labelMappings.dog", "unknown_label"),
        ("labelMappings.cat", {"color": "green"}, "content.annotator.labelMappings.cat", "bad_color"),
        ("labelMappings.cat", "#2ca02c", "content.annotator.labelMappings.cat", "wrong"),
        ("labelMappings.cat", {"color": "#1f77b4"}, "content.annotator.labelMappings.cup", "duplicate_color"),
        ("inputImageProperties", {"height": 9, "width": 5}, "content.annotator.inputImageProperties", "wrong_size"),
        ("note", "x" * 200_000, "content", "too_large"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(path: str, value: Any, where: str, code: str) -> None:
    assert refused(_changed(path, value)) == (where, code)


def test_two_masks_are_one_too_many() -> None:
    value = answer(encoded(picture()))
    assert refused({**value, "other": value["annotator"]}) == ("content", "several_masks")


def test_a_colour_that_nobody_named_is_told_with_its_pixel() -> None:
    pixels = np.array(picture())
    pixels[1, 2] = (1, 2, 3)
    with pytest.raises(CrowdAnswerError, match=r"#010203 \(at pixel 2, 1\)"):
        read(answer(encoded(Image.fromarray(pixels))))


def test_a_bomb_is_refused_before_it_is_decoded() -> None:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0))
    data = SIGNATURE + header + chunk(b"IDAT", zlib.compress(b"\0" * 50_000_000)) + chunk(b"IEND", b"")
    assert refused(answer(base64.b64encode(data).decode())) == (_PNG, "bomb")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(_JSON, _JSON, _JSON, st.binary(max_size=60))
def test_whatever_is_sent_is_read_or_refused(mappings: Any, sizes: Any, image: Any, png: bytes) -> None:
    for one in (image, {"pngImageData": image}, {"pngImageData": base64.b64encode(png).decode()}):
        value = {"a": {"labelMappings": mappings, "inputImageProperties": sizes, "labeledImage": one}, "b": image}
        try:
            read(value)
        except CrowdAnswerError as error:
            assert error.path.startswith("content") and error.code
