"""Why an image cannot be labeled: the reasons of the preflight report."""

from __future__ import annotations

from typing import Literal

from labeling.wording import gettext_noop as _

ImageErrorCode = Literal[
    "missing",
    "empty",
    "not_an_image",
    "unsupported_format",
    "wrong_extension",
    "truncated",
    "too_many_bytes",
    "too_large_side",
    "bomb",
    "cmyk",
    "sixteen_bit",
    "animated",
]


class ImageError(Exception):
    """An image that cannot be used. `code` is for programs; `str()` says what is wrong and what to do."""

    def __init__(self, code: ImageErrorCode, message: str) -> None:
        super().__init__(message)
        self.code: ImageErrorCode = code
        self.message = message


def missing(source_ref: str) -> ImageError:
    """For an address where nothing is stored."""
    return ImageError(
        "missing",
        _("There is no file at %(source_ref)s. Upload it or correct the manifest.") % {"source_ref": source_ref},
    )
