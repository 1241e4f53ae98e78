"""Judge an image by its bytes, from the header alone: cheap enough for a web process, decodes no pixels.

Stored pixels count: EXIF orientation is ignored here, in the thumbnails and in the editor, because a mask has
the orientation of the stored pixels.
"""

from __future__ import annotations

import hashlib
import io
import struct
import warnings
from dataclasses import dataclass
from typing import BinaryIO, Literal

from PIL import Image, UnidentifiedImageError

from labeling.masks import read_png_header
from labeling.wording import gettext_noop as _

from .errors import ImageError
from .kinds import EXTENSIONS, kind_of, name_of

MAX_BYTES = 40 * 1024 * 1024
MAX_SIDE = 8192

_BOMB_RATIO = 2_000
"""Uncompressed bytes per stored byte. Deflate reaches about 1,030 and JPEG far less."""


@dataclass(frozen=True)
class ImageFacts:
    """A usable image.

    Stored size in pixels, Pillow's name of the pixel mode, length and SHA-256 of the file.
    """

    format: Literal["JPEG", "PNG"]
    width: int
    height: int
    mode: str
    bytes: int
    sha256: str

    @property
    def media_type(self) -> str:
        return f"image/{self.format.lower()}"


def inspect_image(
    source: bytes | BinaryIO,
    *,
    name: str | None = None,
    max_bytes: int = MAX_BYTES,
    max_side: int = MAX_SIDE,
) -> ImageFacts:
    """The facts of a JPEG or PNG file; raises ImageError with the first reason that forbids using it.

    `name` (a file name or address) is only compared: an extension that lies is `wrong_extension`, none is
    allowed. Reads at most `max_bytes` + 1 bytes. Whether the pixels decode is `verify_decodes`' business.
    """
    data = source if isinstance(source, bytes) else source.read(max_bytes + 1)
    if len(data) > max_bytes:
        megabytes = max_bytes // (1024 * 1024)
        raise ImageError(
            "too_many_bytes",
            _("The file is larger than %(megabytes)s MB. Compress or scale it.") % {"megabytes": megabytes},
        )
    if not data:
        raise ImageError("empty", _("The file is empty. Upload it again."))
    format_ = _format(data)
    _check_extension(name, format_)
    mode = _check_png(data, max_side) if format_ == "PNG" else _check_jpeg(data, max_side)
    width, height = _stored_size(data, format_)
    return ImageFacts(format_, width, height, mode, len(data), hashlib.sha256(data).hexdigest())


def _format(data: bytes) -> Literal["JPEG", "PNG"]:
    kind = kind_of(data)
    if kind == "jpeg":
        return "JPEG"
    if kind == "png":
        return "PNG"
    if kind is None:
        raise ImageError("not_an_image", _("The file is not an image. Upload a JPEG or PNG file."))
    raise ImageError(
        "unsupported_format", _("The file is %(kind)s. Convert it to JPEG or PNG.") % {"kind": name_of(kind)}
    )


def _check_extension(name: str | None, format_: str) -> None:
    tail = (name or "").rsplit("/", 1)[-1]
    if "." not in tail.strip("."):
        return
    extension = tail.rsplit(".", 1)[-1].lower()
    fitting = EXTENSIONS[format_]
    if extension not in fitting:
        message = _("The file is a %(format)s but is called .%(extension)s. Rename it to .%(fitting)s.") % {
            "format": format_,
            "extension": extension,
            "fitting": fitting[0],
        }
        raise ImageError("wrong_extension", message)


def _check_size(width: int, height: int, data: bytes, max_side: int, bytes_per_pixel: float) -> None:
    if width * height * bytes_per_pixel > _BOMB_RATIO * len(data) + (1 << 20):
        message = _(
            "The file claims %(width)s x %(height)s pixels in %(count)s bytes, which no honest file needs. "
            "Export the image again."
        ) % {"width": f"{width:,}", "height": f"{height:,}", "count": f"{len(data):,}"}
        raise ImageError("bomb", message)
    if max(width, height) > max_side:
        message = _(
            "The image is %(width)s x %(height)s pixels; at most %(most)s a side are allowed. Scale it down"
            " or cut it into tiles."
        ) % {"width": f"{width:,}", "height": f"{height:,}", "most": f"{max_side:,}"}
        raise ImageError("too_large_side", message)


def _check_png(data: bytes, max_side: int) -> str:
    header = read_png_header(data)
    if header is None:
        raise ImageError("truncated", _("The PNG file ends inside its header. Upload it again."))
    samples = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}.get(header.color_type, 1)
    _check_size(header.width, header.height, data, max_side, samples * header.bit_depth / 8)
    if header.bit_depth == 16:
        message = _("The PNG has 16 bits per channel. Convert it to 8 bits, choosing the brightness range to show.")
        raise ImageError("sixteen_bit", message)
    image = _open(data)
    # An APNG with one frame is a still picture.
    if getattr(image, "n_frames", 1) > 1:
        raise ImageError("animated", _("The PNG is animated. Export the frame to be labeled as a still image."))
    return image.mode


def _check_jpeg(data: bytes, max_side: int) -> str:
    frame = _jpeg_frame(data)
    _check_size(frame.width, frame.height, data, max_side, frame.components / 8)
    if frame.precision != 8:
        message = _("The JPEG has %(precision)s bits per channel. Convert it to 8 bits.") % {
            "precision": frame.precision
        }
        raise ImageError("sixteen_bit", message)
    if frame.components == 4:
        message = _("The JPEG is CMYK, made for print; browsers show its colours wrongly. Convert it to RGB.")
        raise ImageError("cmyk", message)
    return _open(data).mode


@dataclass(frozen=True)
class _JpegFrame:
    precision: int
    width: int
    height: int
    components: int


def _jpeg_frame(data: bytes) -> _JpegFrame:
    """The frame header (SOF), found by walking the segments."""
    position = 2
    while position + 4 <= len(data):
        if data[position] != 0xFF:
            break
        marker = data[position + 1]
        if marker == 0xFF:
            position += 1
            continue
        if marker in (0x01, *range(0xD0, 0xD9)):
            position += 2
            continue
        (length,) = struct.unpack_from(">H", data, position + 2)
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC) and position + 10 <= len(data):
            precision, height, width, components = struct.unpack_from(">BHHB", data, position + 4)
            if width and height:
                return _JpegFrame(precision, width, height, components)
            break
        position += 2 + length
    raise ImageError("truncated", _("The JPEG file ends or breaks before its picture. Upload it again."))


def _open(data: bytes) -> Image.Image:
    """The image with its header read by Pillow, no pixels decoded."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            return Image.open(io.BytesIO(data), formats=["JPEG", "PNG"])
    except ValueError as error:
        # Pillow's limits on compressed text chunks.
        raise ImageError("bomb", _("The file holds huge compressed texts. Export the image again.")) from error
    except UnidentifiedImageError as error:  # its own words are an address in memory
        raise ImageError("truncated", _("The file's header is damaged. Upload it again.")) from error
    except (OSError, SyntaxError) as error:
        raise ImageError(
            "truncated", _("The file is damaged (%(error)s). Upload it again.") % {"error": error}
        ) from error


def _stored_size(data: bytes, format_: str) -> tuple[int, int]:
    if format_ == "PNG":
        width, height = struct.unpack_from(">II", data, 16)
        return width, height
    frame = _jpeg_frame(data)
    return frame.width, frame.height
