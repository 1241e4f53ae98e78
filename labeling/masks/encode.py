"""Write masks: the indexed PNG of the output, and the RGB PNG for people without palette support.

Own writer, because Pillow narrows a short palette to 1, 2 or 4 bits and because filter and compression level
decide speed here: on large masks Up filter and level 6 halve both size and time of Pillow's defaults.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence

import numpy as np

from .palette import Palette
from .png_chunks import GREY, PALETTE, SIGNATURE, chunk
from .raster import Indices, MaskRaster

_BAND_PIXELS = 1 << 20
_UP = 2
_LEVEL = 6


def encode_mask(raster: MaskRaster, palette: Palette) -> bytes:
    """An 8-bit indexed PNG with a 256-entry palette, white where the palette names no class.

    The same raster and palette give the same bytes on the same zlib. Raises PaletteError when the raster
    holds an index that the palette does not name: index, palette and colour map must always agree.
    """
    palette.require(raster.present())
    return _png(raster.width, raster.height, PALETTE, palette.plte(), _up_filtered(raster, 1, None))


def colour_mask(raster: MaskRaster, palette: Palette) -> bytes:
    """An 8-bit RGB PNG in the palette's colours; white for BACKGROUND. Raises as `encode_mask`."""
    palette.require(raster.present())
    table = palette.rgb_table()
    return _png(raster.width, raster.height, 2, None, _up_filtered(raster, 3, table))


def encode_grey(values: Indices) -> bytes:
    """An 8-bit grey PNG of any uint8 array of shape (height, width)."""
    raster = MaskRaster(values)
    return _png(raster.width, raster.height, GREY, None, _up_filtered(raster, 1, None))


def encode_transparent(values: Indices, color: tuple[int, int, int]) -> bytes:
    """An 8-bit indexed PNG of one colour whose opacity is the value, 0 to 255: an overlay, not a mask."""
    raster = MaskRaster(values)
    rows = _up_filtered(raster, 1, None)
    return _png(raster.width, raster.height, PALETTE, bytes(color) * 256, rows, opacity=bytes(range(256)))


def encode_overlay(values: Indices, colors: Sequence[tuple[int, int, int, int]]) -> bytes:
    """An 8-bit indexed PNG whose values 0, 1, ... have these colours with their opacity: an overlay, not a mask."""
    raster = MaskRaster(values)
    filled = [*colors, *[(0, 0, 0, 0)] * (256 - len(colors))]
    plte = b"".join(bytes(color[:3]) for color in filled)
    opacity = bytes(color[3] for color in filled)
    return _png(raster.width, raster.height, PALETTE, plte, _up_filtered(raster, 1, None), opacity=opacity)


def _png(
    width: int,
    height: int,
    color_type: int,
    plte: bytes | None,
    rows: Iterator[bytes],
    opacity: bytes | None = None,
) -> bytes:
    deflate = zlib.compressobj(_LEVEL)
    parts = [deflate.compress(band) for band in rows]
    parts.append(deflate.flush())
    header = struct.pack(">IIBBBBB", width, height, 8, color_type, 0, 0, 0)
    chunks = [SIGNATURE, chunk(b"IHDR", header)]
    if plte is not None:
        chunks.append(chunk(b"PLTE", plte))
    if opacity is not None:
        chunks.append(chunk(b"tRNS", opacity))
    chunks += [chunk(b"IDAT", b"".join(parts)), chunk(b"IEND", b"")]
    return b"".join(chunks)


def _up_filtered(raster: MaskRaster, samples: int, table: Indices | None) -> Iterator[bytes]:
    """Rows as PNG's filter type 2 wants them (each byte minus the one above), some rows at a time."""
    stride = raster.width * samples
    above = np.zeros(stride, dtype=np.uint8)
    for band in raster.bands(max(1, _BAND_PIXELS // raster.width)):
        rows = (band if table is None else table[band]).reshape(len(band), stride)
        filtered = np.empty((len(rows), stride + 1), dtype=np.uint8)
        filtered[:, 0] = _UP
        np.subtract(rows[0], above, out=filtered[0, 1:])
        np.subtract(rows[1:], rows[:-1], out=filtered[1:, 1:])
        above = rows[-1]
        yield filtered.tobytes()
