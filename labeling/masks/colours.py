"""A mask that comes in colours, as `<crowd-semantic-segmentation>` and other people's scripts send it.

Checked as `decode_mask` checks: length, header, container, inflated size, and only then pixels. A pixel that is fully
transparent, or white without white being somebody's colour, is unlabeled. Every other colour must be named: none is
taken for a neighbouring one, since that would give a blurred edge to whichever class is near.
"""

from __future__ import annotations

import io
from collections.abc import Mapping

import numpy as np
from PIL import Image

from labeling.wording import gettext_noop as _

from .decode import check_inflated_size, max_mask_bytes
from .errors import MaskError
from .palette import rgb
from .png_chunks import GREY, PALETTE, SIGNATURE, Header, PngDamagedError, chunk, chunks, read_header
from .raster import BACKGROUND, Indices, MaskRaster

_RGB, _GREY_ALPHA, _RGBA = 2, 4, 6
_SAMPLES = {GREY: 1, PALETTE: 1, _RGB: 3, _GREY_ALPHA: 2, _RGBA: 4}
_SEND_AGAIN = _("Send the mask again; when this repeats, reload the page.")
_WHITE = 0xFFFFFF


def max_coloured_bytes(width: int, height: int) -> int:
    """The longest PNG that a mask in colours can need: four bytes for each pixel, stored without compression."""
    return max_mask_bytes(width * 4, height)


def decode_coloured(data: bytes, *, width: int, height: int, colors: Mapping[str, int]) -> MaskRaster:
    """The class indices of a PNG of exactly width x height whose colours stand for classes.

    `colors`: `#rrggbb` -> index. Raises MaskError with one of its codes: `unknown_index` for a colour without a name.
    """
    if len(data) > max_coloured_bytes(width, height):
        raise MaskError("too_large", _("The mask has more bytes than its pixels need."), _SEND_AGAIN)
    header = _checked_header(data, width, height)
    indexed, table = _decoded(_essential(data, header))
    wanted = {int.from_bytes(bytes(rgb(color)), "big"): index for color, index in colors.items()}
    wanted.setdefault(_WHITE, BACKGROUND)
    return MaskRaster(_by_table(indexed, table, wanted) if table is not None else _by_pixel(indexed, wanted))


def _checked_header(data: bytes, width: int, height: int) -> Header:
    header = read_header(data)
    if header is None:
        raise MaskError("not_png", _("The mask is not a PNG file."), _("Send the element's own pngImageData."))
    if (header.width, header.height) != (width, height):
        raise MaskError(
            "wrong_size",
            _("The mask is %(width)s x %(height)s pixels, the image %(image_width)s x %(image_height)s.")
            % {"width": header.width, "height": header.height, "image_width": width, "image_height": height},
            _("Send a mask of the image's stored size; do not scale it or turn it by EXIF orientation."),
        )
    shallow = header.bit_depth in (1, 2, 4, 8) if header.color_type in (GREY, PALETTE) else header.bit_depth == 8
    if header.color_type not in _SAMPLES or not shallow or header.interlace not in (0, 1):
        raise MaskError("wrong_mode", _("The mask is a PNG of a kind that holds no colours of 8 bits."), _SEND_AGAIN)
    return header


def _essential(data: bytes, header: Header) -> bytes:
    """The file reduced to what its pixels need, transparency included; image data proved to inflate to its size."""
    kept: list[bytes] = []
    pixels: list[memoryview] = []
    try:
        for kind, body in chunks(data):
            if kind == b"IDAT":
                pixels.append(body)
            elif kind in (b"IHDR", b"PLTE", b"tRNS"):
                kept.append(chunk(kind, bytes(body)))
    except PngDamagedError:
        raise MaskError("truncated", _("The mask is cut off or damaged."), _SEND_AGAIN) from None
    bits = header.bit_depth * _SAMPLES[header.color_type]
    whole = Header(header.width, header.height, bits, header.color_type, header.interlace)
    check_inflated_size(pixels, whole.raw_size())
    return b"".join([SIGNATURE, *kept, chunk(b"IDAT", b"".join(pixels)), chunk(b"IEND", b"")])


def _decoded(png: bytes) -> tuple[Indices, Indices | None]:
    """Palette images as (indices, table of red, green, blue, opacity); all others as (such pixels, None)."""
    try:
        with Image.open(io.BytesIO(png), formats=["PNG"]) as image:
            image.load()
            if image.mode != "P":
                return np.asarray(image.convert("RGBA"), dtype=np.uint8), None
            indexed = np.array(image, dtype=np.uint8)
            table = _table(image)
    except (OSError, SyntaxError, ValueError) as error:
        message = _("The mask cannot be decoded (%(error)s).") % {"error": error}
        raise MaskError("truncated", message, _SEND_AGAIN) from error
    return indexed, table


def _table(image: Image.Image) -> Indices:
    table = np.full((256, 4), 255, dtype=np.uint8)
    flat = np.frombuffer(bytes(image.getpalette("RGB") or b"")[:768], dtype=np.uint8)
    table[: len(flat) // 3, :3] = flat[: len(flat) // 3 * 3].reshape(-1, 3)
    transparent = image.info.get("transparency")
    if isinstance(transparent, int):
        table[transparent, 3] = 0
    elif isinstance(transparent, bytes):
        table[: len(transparent), 3] = np.frombuffer(transparent[:256], dtype=np.uint8)
    return table


def _by_table(indexed: Indices, table: Indices, wanted: Mapping[int, int]) -> Indices:
    lookup = np.zeros(256, dtype=np.uint8)
    for entry in np.unique(indexed):
        red, green, blue, opacity = (int(one) for one in table[entry])
        if opacity == 0:
            continue
        color = red << 16 | green << 8 | blue
        if color not in wanted:
            raise _unknown(color, indexed == entry)
        lookup[entry] = wanted[color]
    result: Indices = lookup[indexed]
    return result


def _by_pixel(pixels: Indices, wanted: Mapping[int, int]) -> Indices:
    height, width = pixels.shape[:2]
    result = np.zeros((height, width), dtype=np.uint8)
    step = max(1, (1 << 22) // width)
    for top in range(0, height, step):
        band = pixels[top : top + step].astype(np.uint32)
        colors = band[..., 0] << 16 | band[..., 1] << 8 | band[..., 2]
        colors[band[..., 3] == 0] = _WHITE if wanted[_WHITE] == BACKGROUND else 1 << 24
        for color in np.unique(colors):
            if int(color) == 1 << 24:
                continue
            if int(color) not in wanted:
                raise _unknown(int(color), colors == color, top)
            result[top : top + step][colors == color] = wanted[int(color)]
    return result


def _unknown(color: int, where: np.ndarray[tuple[int, int], np.dtype[np.bool_]], top: int = 0) -> MaskError:
    y, x = (int(one[0]) for one in np.nonzero(where))
    message = _("The mask has the colour %(color)s (at pixel %(x)s, %(y)s), which no label has.") % {
        "color": f"#{color:06x}",
        "x": x,
        "y": y + top,
    }
    return MaskError("unknown_index", message, _("Name each colour in labelMappings; do not smooth edges."))
