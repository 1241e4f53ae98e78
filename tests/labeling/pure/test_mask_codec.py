"""Masks in and out: what is written is read back, and what is not a mask is refused without cost."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import struct
import tracemalloc
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from labeling.masks import (
    MaskError,
    MaskRaster,
    Palette,
    PaletteError,
    colour_mask,
    decode_mask,
    encode_mask,
    raster_sha256,
)
from labeling.masks.png_chunks import SIGNATURE, chunk, chunks

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "masks"
EVERY_INDEX = range(256)
FULL_PALETTE = Palette.defaults(255)

sides = st.integers(1, 40)
rasters = st.tuples(sides, sides).flatmap(lambda shape: arrays(np.uint8, shape)).map(MaskRaster)


def small() -> MaskRaster:
    return MaskRaster(np.array([[0, 1, 2], [2, 1, 0]], dtype=np.uint8))


def code_of(data: bytes, width: int = 3, height: int = 2, known: range = range(3)) -> str:
    with pytest.raises(MaskError) as caught:
        decode_mask(data, width=width, height=height, known_indices=known)
    assert caught.value.hint in str(caught.value)
    return caught.value.code


def pillow_png(array: np.ndarray, mode: str, **options: object) -> bytes:
    image = Image.fromarray(array) if mode != "P" else Image.frombytes("P", array.shape[::-1], array.tobytes())
    if mode == "P":
        image.putpalette(FULL_PALETTE.plte())
    out = io.BytesIO()
    image.convert(mode).save(out, "PNG", **options)
    return out.getvalue()


def decoded(data: bytes, like: MaskRaster) -> MaskRaster:
    return decode_mask(data, width=like.width, height=like.height, known_indices=EVERY_INDEX)


@given(rasters)
def test_what_is_written_is_read_back(raster: MaskRaster) -> None:
    data = encode_mask(raster, FULL_PALETTE)
    assert decoded(data, raster) == raster


@given(rasters)
def test_another_library_reads_the_same_indices_and_colours(raster: MaskRaster) -> None:
    with Image.open(io.BytesIO(encode_mask(raster, FULL_PALETTE))) as image:
        assert image.mode == "P"
        assert np.array_equal(np.asarray(image), raster.indices)
        colours = np.asarray(image.convert("RGB"))
    assert np.array_equal(colours, FULL_PALETTE.rgb_table()[raster.indices])
    with Image.open(io.BytesIO(colour_mask(raster, FULL_PALETTE))) as image:
        assert image.mode == "RGB"
        assert np.array_equal(np.asarray(image), colours)


@given(rasters)
def test_masks_of_another_library_are_read(raster: MaskRaster) -> None:
    for mode in ("P", "L"):
        data = pillow_png(raster.indices, mode)
        assert decoded(data, raster) == raster


def test_rows_are_written_in_bands_that_leave_no_trace() -> None:
    """Taller than one band of 2**20 pixels."""
    rng = np.random.default_rng(3)
    raster = MaskRaster(np.repeat(rng.integers(0, 5, (1500, 1), dtype=np.uint8), 2000, axis=1))
    assert decoded(encode_mask(raster, FULL_PALETTE), raster) == raster


def test_the_palette_always_has_256_entries_and_8_bits() -> None:
    data = encode_mask(small(), Palette({1: "#2ca02c", 2: "#1F77B4"}))
    parts = {kind: bytes(body) for kind, body in chunks(data)}
    assert parts[b"IHDR"][8:10] == b"\x08\x03"
    assert parts[b"PLTE"] == bytes.fromhex("ffffff 2ca02c 1f77b4") + b"\xff" * (253 * 3)


def test_the_same_raster_gives_the_same_bytes() -> None:
    assert encode_mask(small(), FULL_PALETTE) == encode_mask(small(), FULL_PALETTE)


def test_an_index_without_a_colour_is_not_written() -> None:
    with pytest.raises(PaletteError, match="2"):
        encode_mask(small(), Palette({1: "#2ca02c"}))


def test_the_raster_checksum_is_width_height_and_rows() -> None:
    expected = hashlib.sha256(struct.pack("<II", 3, 2) + bytes([0, 1, 2, 2, 1, 0])).hexdigest()
    assert raster_sha256(small()) == expected
    assert raster_sha256(MaskRaster(small().indices.reshape(3, 2))) != expected


def test_the_raster_checksum_does_not_depend_on_memory_layout() -> None:
    transposed = MaskRaster(np.asfortranarray(small().indices))
    assert raster_sha256(transposed) == raster_sha256(small())


@pytest.mark.parametrize("entry", json.loads((GOLDEN / "golden.json").read_text()), ids=lambda entry: entry["file"])
def test_golden_masks(entry: dict[str, object]) -> None:
    data = (GOLDEN / str(entry["file"])).read_bytes()
    width, height = int(str(entry["width"])), int(str(entry["height"]))
    raster = decode_mask(data, width=width, height=height, known_indices=EVERY_INDEX)
    assert raster.indices.tobytes() == base64.b64decode(str(entry["indices"]))
    assert raster_sha256(raster) == entry["raster_sha256"]


def test_interlaced_masks_are_read() -> None:
    """Adam7 by hand: a 3 x 2 image has pixels in passes 1, 4, 5, 6 and 7 only."""
    rows = small().indices
    passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2)]
    passes.append((0, 1, 1, 2))
    raw = b"".join(b"\x00" + row.tobytes() for x, y, dx, dy in passes for row in rows[y::dy, x::dx] if row.size)
    png = b"".join(
        [
            SIGNATURE,
            chunk(b"IHDR", struct.pack(">IIBBBBB", 3, 2, 8, 3, 0, 0, 1)),
            chunk(b"PLTE", FULL_PALETTE.plte()),
            chunk(b"IDAT", zlib.compress(raw)),
            chunk(b"IEND", b""),
        ]
    )
    assert decode_mask(png, width=3, height=2, known_indices=range(3)) == small()


def test_transparency_changes_no_index() -> None:
    data = pillow_png(small().indices, "P", transparency=1)
    assert decode_mask(data, width=3, height=2, known_indices=range(3)) == small()


def test_many_small_image_data_chunks_are_read() -> None:
    data = encode_mask(small(), FULL_PALETTE)
    out = SIGNATURE
    for kind, body in chunks(data):
        pieces = [bytes([byte]) for byte in body] if kind == b"IDAT" else [bytes(body)]
        out += b"".join(chunk(kind, piece) for piece in pieces)
    assert decode_mask(out, width=3, height=2, known_indices=range(3)) == small()


def test_it_refuses_what_is_not_a_png() -> None:
    jpeg = io.BytesIO()
    Image.new("L", (3, 2)).save(jpeg, "JPEG")
    assert code_of(jpeg.getvalue()) == "not_png"
    assert code_of(b"") == "not_png"
    assert code_of(b"<html>502 Bad Gateway</html>" * 3) == "not_png"


def test_it_refuses_another_size_and_says_both() -> None:
    with pytest.raises(MaskError, match="3 x 2 pixels, the image 2 x 3"):
        decode_mask(encode_mask(small(), FULL_PALETTE), width=2, height=3, known_indices=range(3))


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "LA", "1", "I;16"])
def test_it_refuses_other_modes(mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (3, 2)).save(out, "PNG")
    assert code_of(out.getvalue()) == "wrong_mode"


def test_it_refuses_unknown_indices_and_lists_them() -> None:
    raster = MaskRaster(np.array([[0, 1, 7], [9, 1, 0]], dtype=np.uint8))
    with pytest.raises(MaskError, match="7, 9") as caught:
        decode_mask(encode_mask(raster, FULL_PALETTE), width=3, height=2, known_indices=[1, 2])
    assert caught.value.code == "unknown_index"


def faults_of(mask: Image.Image, width: int, height: int) -> list[str]:
    out = io.BytesIO()
    mask.save(out, "PNG")
    with pytest.raises(MaskError) as caught:
        decode_mask(out.getvalue(), width=width, height=height, known_indices=[1, 2])
    return [error.code for error in caught.value.all]


def test_all_faults_are_told_at_once() -> None:
    assert faults_of(Image.new("RGB", (3, 2)), 5, 5) == ["wrong_size", "wrong_mode"]
    assert faults_of(Image.new("L", (3, 2), 9), 5, 5) == ["wrong_size", "unknown_index"]
    # Larger than its image: its pixels are not even inflated.
    assert faults_of(Image.new("L", (30, 20), 9), 5, 5) == ["wrong_size"]


def test_background_is_always_known() -> None:
    blank = MaskRaster.blank(3, 2)
    assert decode_mask(encode_mask(blank, FULL_PALETTE), width=3, height=2, known_indices=[5]) == blank


@settings(max_examples=60)
@given(st.data())
def test_every_shortened_file_is_refused(data: st.DataObject) -> None:
    whole = encode_mask(small(), FULL_PALETTE)
    length = data.draw(st.integers(0, len(whole) - 1))
    assert code_of(whole[:length]) in {"truncated", "not_png"}


@settings(max_examples=100)
@given(st.data())
def test_a_flipped_bit_is_never_accepted_as_another_mask(data: st.DataObject) -> None:
    whole = bytearray(encode_mask(small(), FULL_PALETTE))
    position = data.draw(st.integers(0, len(whole) - 1))
    whole[position] ^= 1 << data.draw(st.integers(0, 7))
    try:
        raster = decode_mask(bytes(whole), width=3, height=2, known_indices=range(3))
    except MaskError:
        return
    assert raster == small()


def test_image_data_that_ends_early_is_truncated() -> None:
    """A well-formed file whose stream holds one row of two: some decoders fill the rest with zeros."""
    png = SIGNATURE + chunk(b"IHDR", struct.pack(">IIBBBBB", 3, 2, 8, 0, 0, 0, 0))
    png += chunk(b"IDAT", zlib.compress(b"\x00\x01\x01\x01")) + chunk(b"IEND", b"")
    assert code_of(png) == "truncated"


def test_a_palette_image_without_palette_is_refused() -> None:
    png = SIGNATURE + chunk(b"IHDR", struct.pack(">IIBBBBB", 3, 2, 8, 3, 0, 0, 0))
    png += chunk(b"IDAT", zlib.compress(b"\x00\x01\x01\x01" * 2)) + chunk(b"IEND", b"")
    assert code_of(png) == "wrong_mode"


def bomb(claimed_width: int, claimed_height: int, inflated: int) -> bytes:
    png = SIGNATURE + chunk(b"IHDR", struct.pack(">IIBBBBB", claimed_width, claimed_height, 8, 0, 0, 0, 0))
    deflate = zlib.compressobj(9)
    body = b"".join(deflate.compress(bytes(1 << 20)) for _ in range(inflated >> 20)) + deflate.flush()
    return png + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("claimed", "inflated", "code"),
    [((30_000, 30_000), 20 << 20, "wrong_size"), ((300, 200), 20 << 20, "bomb")],
    ids=["huge header", "huge data"],
)
def test_a_bomb_costs_nothing(claimed: tuple[int, int], inflated: int, code: str) -> None:
    data = bomb(*claimed, inflated)
    assert 19_000 < len(data) < 23_000
    tracemalloc.start()
    try:
        assert code_of(data, 300, 200) == code
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 1_500_000


def test_more_bytes_than_any_mask_needs_are_refused_unread() -> None:
    assert code_of(bytes(100_000)) == "too_large"
