"""Decode images completely: the only place that inflates what strangers sent. Run it behind `sandbox.py`."""

from __future__ import annotations

import io
import warnings

from PIL import Image

from labeling.wording import gettext_noop as _

from .errors import ImageError

JPEG_QUALITY = 82


def decode_image(data: bytes) -> Image.Image:
    """All pixels, as stored (no EXIF rotation). Raises ImageError `truncated` or `bomb`.

    The size must have been judged by `inspect_image` before: Pillow allocates what the header says.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data), formats=["JPEG", "PNG"])
            image.load()
    except MemoryError as error:
        message = _("Decoding the image takes more memory than allowed. Export it again, without options.")
        raise ImageError("bomb", message) from error
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        message = _("The file is cut off or damaged (%(error)s). Upload it again.") % {"error": error}
        raise ImageError("truncated", message) from error
    if data[:2] == b"\xff\xd8" and b"\xff\xd9" not in data[-65_536:]:
        raise ImageError("truncated", _("The JPEG file has no end mark: it is cut off. Upload it again."))
    return image


def thumbnail(data: bytes, side: int) -> bytes:
    """A JPEG whose longer side is at most `side` pixels, as stored (no EXIF rotation), on white where the
    image is transparent. Never enlarges. Raises as `decode_image`.
    """
    return make_thumbnail(decode_image(data), side)


def make_thumbnail(image: Image.Image, side: int) -> bytes:
    """`thumbnail` of a decoded image."""
    if image.mode in ("P", "LA", "PA", "RGBA") or "transparency" in image.info:
        with_alpha = image.convert("RGBA")
        flat = Image.new("RGB", image.size, (255, 255, 255))
        flat.paste(with_alpha, mask=with_alpha.getchannel("A"))
    else:
        flat = image.convert("RGB")
    flat.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=2.0)
    out = io.BytesIO()
    flat.save(out, "JPEG", quality=JPEG_QUALITY)
    return out.getvalue()
