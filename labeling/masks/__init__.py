"""Masks as bytes and as class indices. Pure: no Django, no database, no storage. README.md has the format."""

from .decode import decode_mask, max_mask_bytes
from .encode import colour_mask, encode_grey, encode_mask, encode_overlay, encode_transparent
from .errors import MaskError, MaskErrorCode, PaletteError
from .palette import (
    DEFAULT_COLORS,
    MAX_CLASSES,
    WHITE,
    Palette,
    color_problems,
    default_color,
    parse_color,
    rgb,
)
from .png_chunks import PngFacts, png_facts
from .png_chunks import read_header as read_png_header
from .raster import BACKGROUND, BACKGROUND_NAME, Indices, MaskRaster, histogram, raster_sha256, sha256
from .rle import RLE, Binary, compress_counts, decompress_counts, encode_rle, encode_rle_at

__all__ = [
    "BACKGROUND",
    "BACKGROUND_NAME",
    "DEFAULT_COLORS",
    "MAX_CLASSES",
    "RLE",
    "WHITE",
    "Binary",
    "Indices",
    "MaskError",
    "MaskErrorCode",
    "MaskRaster",
    "Palette",
    "PaletteError",
    "PngFacts",
    "color_problems",
    "colour_mask",
    "compress_counts",
    "decode_mask",
    "decompress_counts",
    "default_color",
    "encode_grey",
    "encode_mask",
    "encode_overlay",
    "encode_rle",
    "encode_rle_at",
    "encode_transparent",
    "histogram",
    "max_mask_bytes",
    "parse_color",
    "png_facts",
    "raster_sha256",
    "read_png_header",
    "rgb",
    "sha256",
]
