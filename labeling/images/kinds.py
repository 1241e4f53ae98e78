"""What a file is, by its first bytes.

Names formats that we do not take, so that people know what to convert.
"""

from __future__ import annotations

from labeling.wording import gettext_noop as _

EXTENSIONS = {"JPEG": ("jpg", "jpeg", "jpe", "jfif"), "PNG": ("png",)}

_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "png"),
    (0, b"GIF87a", "gif"),
    (0, b"GIF89a", "gif"),
    (8, b"WEBP", "webp"),
    (0, b"II*\x00", "tiff"),
    (0, b"MM\x00*", "tiff"),
    (0, b"II+\x00", "tiff"),
    (0, b"MM\x00+", "tiff"),
    (4, b"ftypavif", "avif"),
    (4, b"ftypheic", "heic"),
    (4, b"ftypheix", "heic"),
    (4, b"ftypmif1", "heic"),
    (0, b"\x00\x00\x00\x0cjP  ", "jpeg2000"),
    (0, b"\xff\x0a", "jpegxl"),
    (0, b"\x00\x00\x00\x0cJXL ", "jpegxl"),
    (0, b"8BPS", "psd"),
    (0, b"%PDF", "pdf"),
    (128, b"DICM", "dicom"),
)

_NAMES = {
    "gif": _("a GIF"),
    "webp": _("a WebP image"),
    "tiff": _("a TIFF"),
    "avif": _("an AVIF image"),
    "heic": _("a HEIC image"),
    "jpeg2000": _("a JPEG 2000 image"),
    "jpegxl": _("a JPEG XL image"),
    "psd": _("a Photoshop document"),
    "pdf": _("a PDF"),
    "dicom": _("a DICOM file"),
    "bmp": _("a BMP"),
    "svg": _("an SVG drawing"),
}


def kind_of(data: bytes) -> str | None:
    """A short name of the file's format; None when it is no picture format we know."""
    for offset, magic, kind in _MAGIC:
        if data[offset : offset + len(magic)] == magic:
            return kind
    # "BM" alone is two letters of any text: the reserved bytes of a bitmap's header must be zero.
    if data[:2] == b"BM" and data[6:10] == bytes(4):
        return "bmp"
    start = data[:512].lstrip()
    if start.startswith((b"<svg", b"<?xml")) and b"<svg" in data[:4096]:
        return "svg"
    return None


def name_of(kind: str) -> str:
    """The format as a sentence names it."""
    return _NAMES.get(kind, kind)
