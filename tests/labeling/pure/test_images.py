"""Images of strangers: each thing that can be wrong has its own reason, and none of it harms this process."""

from __future__ import annotations

import hashlib
import io
import os
import struct
import time
import zlib
from collections.abc import Iterator
from typing import Literal

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from labeling.images import (
    DecoderProcess,
    ImageError,
    ImageFacts,
    decode_image,
    inspect_image,
    missing,
    thumbnail,
    verify_decodes,
)
from labeling.masks.png_chunks import SIGNATURE, chunk


def photo(width: int = 60, height: int = 40) -> Image.Image:
    """A picture with detail, so that its JPEG has a body worth cutting."""
    rng = np.random.default_rng(1)
    coarse = rng.integers(0, 255, (height // 4 + 1, width // 4 + 1, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)


def saved(image: Image.Image, format_: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, format_, **options)
    return out.getvalue()


def reason(data: bytes, name: str | None = None, **limits: int) -> str:
    with pytest.raises(ImageError) as caught:
        inspect_image(data, name=name, **limits)
    assert str(caught.value).endswith(".")
    return caught.value.code


def raw_png(width: int, height: int, depth: int, color: int, body: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0)
    return SIGNATURE + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.fixture(scope="module")
def decoder() -> Iterator[DecoderProcess]:
    with DecoderProcess() as process:
        yield process


@pytest.mark.parametrize(("format_", "media_type"), [("JPEG", "image/jpeg"), ("PNG", "image/png")])
def test_the_facts_of_a_good_image(format_: Literal["JPEG", "PNG"], media_type: str) -> None:
    data = saved(photo(), format_)
    facts = inspect_image(data)
    assert facts == ImageFacts(format_, 60, 40, "RGB", len(data), hashlib.sha256(data).hexdigest())
    assert facts.media_type == media_type
    assert inspect_image(io.BytesIO(data)) == facts


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "LA", "1"])
def test_all_8_bit_modes_of_png_are_taken(mode: str, decoder: DecoderProcess) -> None:
    data = saved(photo().convert(mode), "PNG")
    assert inspect_image(data).mode == mode
    assert decoder.verify(data, thumbnail_side=10)


@pytest.mark.parametrize("options", [{"progressive": True}, {"quality": 100, "subsampling": 0}, {"optimize": True}])
def test_all_ways_to_write_a_jpeg_are_taken(options: dict[str, object], decoder: DecoderProcess) -> None:
    data = saved(photo(), "JPEG", **options)
    assert (inspect_image(data).width, inspect_image(data).height) == (60, 40)
    assert decoder.verify(data) == b""


def test_a_jpeg_of_a_camera_with_a_second_picture_is_a_jpeg(decoder: DecoderProcess) -> None:
    out = io.BytesIO()
    photo().save(out, "MPO", save_all=True, append_images=[photo(30, 20)])
    facts = inspect_image(out.getvalue(), name="DSC_0001.JPG")
    assert (facts.format, facts.width, facts.height) == ("JPEG", 60, 40)
    decoder.verify(out.getvalue())


def test_exif_orientation_is_ignored_everywhere(decoder: DecoderProcess) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    data = saved(photo(), "JPEG", exif=exif)
    assert (inspect_image(data).width, inspect_image(data).height) == (60, 40)
    for small in (thumbnail(data, 30), decoder.verify(data, thumbnail_side=30)):
        with Image.open(io.BytesIO(small)) as image:
            assert image.format == "JPEG"
            assert image.size == (30, 20)
            assert 0x0112 not in image.getexif()


def test_a_thumbnail_never_enlarges_and_is_white_where_nothing_is() -> None:
    clear = Image.new("RGBA", (8, 4), (255, 0, 0, 0))
    with Image.open(io.BytesIO(thumbnail(saved(clear, "PNG"), 100))) as image:
        assert image.size == (8, 4)
        assert image.getpixel((3, 2)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"hello, world", "not_an_image"),
        (b"BMW is a car, not a bitmap", "not_an_image"),
        (b"<html><body>404</body></html>", "not_an_image"),
        (saved(photo(), "GIF"), "unsupported_format"),
        (saved(photo(), "BMP"), "unsupported_format"),
        (saved(photo(), "TIFF"), "unsupported_format"),
        (saved(photo(), "WEBP"), "unsupported_format"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "unsupported_format"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(40), "unsupported_format"),
        (saved(photo().convert("CMYK"), "JPEG"), "cmyk"),
        (saved(Image.new("I;16", (9, 9)), "PNG"), "sixteen_bit"),
        (raw_png(2, 1, 16, 2, zlib.compress(bytes(13))), "sixteen_bit"),
        (saved(photo(), "PNG", save_all=True, append_images=[photo().rotate(9)]), "animated"),
        (saved(photo(), "PNG")[:20], "truncated"),
        (saved(photo(), "JPEG")[:60], "truncated"),
        (raw_png(30_000, 30_000, 8, 0, zlib.compress(bytes(100_000))), "bomb"),
    ],
)
def test_each_fault_has_its_own_reason(data: bytes, code: str) -> None:
    assert reason(data) == code


@pytest.mark.parametrize("data", [raw_png(0, 0, 8, 0, zlib.compress(b"")), raw_png(4, 4, 7, 9, zlib.compress(b""))])
def test_a_header_that_says_nonsense_is_told_in_words(data: bytes) -> None:
    with pytest.raises(ImageError) as caught:
        inspect_image(data)
    assert caught.value.code == "truncated" and "0x" not in caught.value.message


def test_the_reason_names_the_format() -> None:
    with pytest.raises(ImageError, match="is a WebP image"):
        inspect_image(saved(photo(), "WEBP"))


@pytest.mark.parametrize("name", ["s3://bucket/folder.x/cat.png", "cat.jpeg.PNG", "cat.bmp"])
def test_an_extension_that_lies_is_a_reason_and_says_the_truth(name: str) -> None:
    with pytest.raises(ImageError, match="is a JPEG but is called") as caught:
        inspect_image(saved(photo(), "JPEG"), name=name)
    assert caught.value.code == "wrong_extension"


@pytest.mark.parametrize("name", [None, "cat.JPG", "cat.jpeg", "folder.png/cat", "cat", ".jpg", "s3://b/a.b/c.jpg"])
def test_a_fitting_or_no_extension_is_fine(name: str | None) -> None:
    assert inspect_image(saved(photo(), "JPEG"), name=name).format == "JPEG"


def test_limits_are_inclusive() -> None:
    data = saved(photo(), "PNG")
    assert inspect_image(data, max_bytes=len(data), max_side=60).width == 60
    assert reason(data, max_bytes=len(data) - 1) == "too_many_bytes"
    assert reason(data, max_side=59) == "too_large_side"


def test_no_more_is_read_than_the_limit() -> None:
    class Counting(io.BytesIO):
        taken = 0

        def read(self, size: int | None = -1, /) -> bytes:
            self.taken += size or 0
            return super().read(size)

    file = Counting(bytes(10_000))
    with pytest.raises(ImageError):
        inspect_image(file, max_bytes=1_000)
    assert file.taken == 1_001


def test_an_honest_blank_image_is_no_bomb() -> None:
    assert inspect_image(saved(Image.new("RGB", (8192, 8192)), "PNG")).width == 8192


def test_a_png_with_an_exploding_text_is_a_bomb() -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "a" * 5_000_000, zip=True)
    assert reason(saved(photo(), "PNG", pnginfo=info)) == "bomb"


@pytest.mark.parametrize("format_", ["JPEG", "PNG"])
@pytest.mark.parametrize("kept", [0.5, 0.9, 0.99])
def test_a_cut_off_file_is_found_by_decoding(format_: str, kept: float, decoder: DecoderProcess) -> None:
    whole = saved(photo(300, 200), format_)
    cut = whole[: int(len(whole) * kept)]
    assert inspect_image(cut).width == 300
    with pytest.raises(ImageError) as caught:
        decoder.verify(cut)
    assert caught.value.code == "truncated"


def test_a_jpeg_without_its_last_two_bytes_is_cut_off(decoder: DecoderProcess) -> None:
    with pytest.raises(ImageError, match="cut off"):
        decoder.verify(saved(photo(), "JPEG")[:-2])


def test_bytes_after_the_end_of_a_jpeg_do_not_matter(decoder: DecoderProcess) -> None:
    decoder.verify(saved(photo(), "JPEG") + bytes(100))


def test_too_much_memory_is_a_bomb_and_the_next_image_is_decoded() -> None:
    with DecoderProcess(memory_bytes=40 << 20) as small:
        with pytest.raises(ImageError) as caught:
            small.verify(saved(Image.new("RGB", (6000, 6000)), "PNG"))
        assert caught.value.code == "bomb"
        assert small.verify(saved(photo(), "PNG"), thumbnail_side=8)


def test_too_much_time_is_a_bomb_and_the_next_image_is_decoded() -> None:
    slow = saved(photo(3000, 3000), "PNG")
    with DecoderProcess(wall_seconds=0.01) as hasty:
        started = time.monotonic()
        with pytest.raises(ImageError) as caught:
            hasty.verify(slow)
        assert caught.value.code == "bomb"
        assert time.monotonic() - started < 2
        hasty._wall_seconds = 60
        assert hasty.verify(saved(photo(), "PNG")) == b""


def test_one_child_serves_all_images_of_a_process() -> None:
    first = verify_decodes(saved(photo(), "JPEG"), thumbnail_side=20)
    assert first == verify_decodes(saved(photo(), "JPEG"), thumbnail_side=20)
    assert first == thumbnail(saved(photo(), "JPEG"), 20)


def test_a_killed_child_is_replaced() -> None:
    with DecoderProcess() as process:
        process.verify(saved(photo(), "PNG"))
        child = process._child
        assert child is not None
        os.kill(child.pid, 9)
        child.wait()
        process.verify(saved(photo(), "PNG"))
        assert process._child is not None
        assert process._child.pid != child.pid


def test_decoding_gives_the_stored_pixels() -> None:
    image = photo()
    assert np.array_equal(np.asarray(decode_image(saved(image, "PNG"))), np.asarray(image))


def test_a_missing_file_names_its_address() -> None:
    assert missing("s3://b/a.jpg").code == "missing"
    assert "s3://b/a.jpg" in str(missing("s3://b/a.jpg"))
