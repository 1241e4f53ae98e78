"""Decode a mask that somebody sent, in memory bounded by the image it belongs to.

The order of the checks is the safety: length, header, container, inflated size, and only then pixels.
Ancillary chunks (transparency, gamma, text, animation) never reach the decoder, so none can change an index.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Collection

import numpy as np
from PIL import Image

from labeling.wording import gettext_noop as _

from .errors import MaskError, MaskErrorCode
from .png_chunks import (
    COLOR_TYPE_NAMES,
    GREY,
    PALETTE,
    SIGNATURE,
    Header,
    PngDamagedError,
    chunk,
    chunks,
    read_header,
)
from .raster import BACKGROUND, MaskRaster

_SEND_AGAIN = _("Send the mask again; when this repeats, reload the editor.")
_INFLATE_STEP = 1 << 18


def max_mask_bytes(width: int, height: int) -> int:
    """The longest PNG that a width x height mask can need: stored without compression, and some chunks."""
    raw = height * (width + 1)
    return raw + raw // 1000 + 65_536


def decode_mask(data: bytes, *, width: int, height: int, known_indices: Collection[int]) -> MaskRaster:
    """The class indices of an indexed PNG (1, 2, 4 or 8 bit) or 8-bit grey PNG of exactly width x height.

    `known_indices` are the label set's indices; BACKGROUND (0) is always known. Colours are not looked at:
    the index is the class. Allocates about three times width x height bytes at most, whatever the file
    claims. Raises MaskError with all that can be told to be wrong.
    """
    if len(data) > max_mask_bytes(width, height):
        raise MaskError(
            "too_large",
            _("The mask has %(count)s bytes; a %(width)s x %(height)s mask needs at most %(most)s.")
            % {
                "count": f"{len(data):,}",
                "width": width,
                "height": height,
                "most": f"{max_mask_bytes(width, height):,}",
            },
            _("Send only the mask, as an indexed PNG."),
        )
    header = _readable_header(data)
    faults = _header_faults(header, width, height)
    # Of a mask of another size the classes are told as well, unless it is larger: that could cost any memory.
    if not faults or ([one.code for one in faults] == ["wrong_size"] and _fits(header, width, height)):
        try:
            raster = MaskRaster(_pixels(_essential_png(data, header)))
            _check_known(raster, known_indices)
        except MaskError as error:
            faults.append(error)
    if faults:
        faults[0].others = tuple(faults[1:])
        raise faults[0]
    return raster


def _fits(header: Header, width: int, height: int) -> bool:
    return 0 < header.width * header.height <= width * height


def _readable_header(data: bytes) -> Header:
    header = read_header(data)
    if header is None:
        if data.startswith(SIGNATURE[: max(1, len(data))]) and data and len(data) < 33:
            raise MaskError("truncated", _("The mask ends inside its header."), _SEND_AGAIN)
        raise MaskError("not_png", _("The mask is not a PNG file."), _("Send an 8-bit indexed PNG."))
    if header.interlace not in (0, 1):
        raise MaskError("not_png", _("The mask has an unknown interlace method."), _("Send an 8-bit indexed PNG."))
    return header


def _header_faults(header: Header, width: int, height: int) -> list[MaskError]:
    faults: list[MaskError] = []
    if (header.width, header.height) != (width, height):
        size = MaskError(
            "wrong_size",
            _("The mask is %(width)s x %(height)s pixels, the image %(image_width)s x %(image_height)s.")
            % {"width": header.width, "height": header.height, "image_width": width, "image_height": height},
            _("Send a mask of the image's stored size; do not scale it or turn it by EXIF orientation."),
        )
        faults.append(size)
    palette_ok = header.color_type == PALETTE and header.bit_depth in (1, 2, 4, 8)
    grey_ok = header.color_type == GREY and header.bit_depth == 8
    if not (palette_ok or grey_ok):
        kind = COLOR_TYPE_NAMES.get(header.color_type, f"colour type {header.color_type}")
        mode = MaskError(
            "wrong_mode",
            _("The mask is a %(bit_depth)s-bit %(kind)s PNG, which does not carry class indices.")
            % {"bit_depth": header.bit_depth, "kind": kind},
            _("Send one channel: an indexed (palette) PNG or an 8-bit grey PNG whose values are class indices."),
        )
        faults.append(mode)
    return faults


def _essential_png(data: bytes, header: Header) -> bytes:
    """The file reduced to IHDR, PLTE, IDAT and IEND; its image data proved to inflate to its size."""
    kept: list[bytes] = []
    pixels: list[memoryview] = []
    palette_bytes = 0
    try:
        for kind, body in chunks(data):
            if kind == b"IDAT":
                pixels.append(body)
            elif kind == b"PLTE" and header.color_type == PALETTE:
                palette_bytes = len(body)
                kept.append(chunk(kind, bytes(body)))
            elif kind == b"IHDR":
                kept.append(chunk(kind, bytes(body)))
    except PngDamagedError:
        raise MaskError("truncated", _("The mask is cut off or damaged."), _SEND_AGAIN) from None
    if header.color_type == PALETTE and not (0 < palette_bytes <= 768 and palette_bytes % 3 == 0):
        raise MaskError("wrong_mode", _("The mask has no palette."), _("Send an 8-bit indexed PNG with its palette."))
    check_inflated_size(pixels, header.raw_size())
    image_data = chunk(b"IDAT", b"".join(pixels))
    return b"".join([SIGNATURE, *kept, image_data, chunk(b"IEND", b"")])


def check_inflated_size(pixels: list[memoryview], expected: int) -> None:
    """Inflate in small steps, keeping nothing, and stop one byte after the expected size."""
    inflate = zlib.decompressobj()
    size = 0
    try:
        for body in pixels:
            pending: bytes | memoryview = body
            while pending and not inflate.eof:
                size += len(inflate.decompress(pending, _INFLATE_STEP))
                pending = inflate.unconsumed_tail
                if size > expected:
                    raise MaskError(
                        "bomb",
                        _("The mask inflates to more pixels than its header says."),
                        _("Send a PNG written by the editor or a common image library."),
                    )
        while not inflate.eof and size <= expected:
            more = inflate.decompress(inflate.unconsumed_tail, _INFLATE_STEP)
            size += len(more)
            if not more:
                break
    except zlib.error:
        raise MaskError("truncated", _("The mask's image data is damaged."), _SEND_AGAIN) from None
    if size != expected or not inflate.eof:
        code: MaskErrorCode = "bomb" if size > expected else "truncated"
        raise MaskError(code, _("The mask's image data does not fill the image."), _SEND_AGAIN)


def _pixels(png: bytes) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    try:
        with Image.open(io.BytesIO(png), formats=["PNG"]) as image:
            image.load()
            # A copy: the raster must own its pixels after Pillow's image is closed.
            pixels = np.array(image, dtype=np.uint8)
    except (OSError, SyntaxError, ValueError) as error:
        raise MaskError(
            "truncated", _("The mask cannot be decoded (%(error)s).") % {"error": error}, _SEND_AGAIN
        ) from error
    return pixels.reshape(pixels.shape[0], pixels.shape[1])


def _check_known(raster: MaskRaster, known_indices: Collection[int]) -> None:
    known = {BACKGROUND, *known_indices}
    unknown = [index for index in raster.present() if index not in known]
    if unknown:
        shown = ", ".join(str(index) for index in unknown[:20]) + (", ..." if len(unknown) > 20 else "")
        allowed = ", ".join(str(index) for index in sorted(known)[:20]) + (", ..." if len(known) > 20 else "")
        raise MaskError(
            "unknown_index",
            _("The mask uses class indices that the label set does not have: %(shown)s.") % {"shown": shown},
            _("Use only %(allowed)s; reload the editor when the label set was changed meanwhile.")
            % {"allowed": allowed},
        )
