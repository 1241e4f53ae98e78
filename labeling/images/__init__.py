"""Images as strangers send them.

Judged by their bytes, decoded within limits. Pure; README.md has the reasons.
"""

from .decode import decode_image, make_thumbnail, thumbnail
from .errors import ImageError, ImageErrorCode, missing
from .inspect import MAX_BYTES, MAX_SIDE, ImageFacts, inspect_image
from .sandbox import DecoderProcess, verify_decodes

__all__ = [
    "MAX_BYTES",
    "MAX_SIDE",
    "DecoderProcess",
    "ImageError",
    "ImageErrorCode",
    "ImageFacts",
    "decode_image",
    "inspect_image",
    "make_thumbnail",
    "missing",
    "thumbnail",
    "verify_decodes",
]
