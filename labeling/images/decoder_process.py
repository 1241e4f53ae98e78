"""The child of `sandbox.py`: decodes one image after the other.

Request: thumbnail side (u32 LE, 0 for none), the file. Answer: code and message of an ImageError, if any; the
thumbnail.
"""

from __future__ import annotations

import struct

from labeling.bounded import Header, serve
from labeling.wording import gettext_noop as _

from .decode import decode_image, make_thumbnail
from .errors import ImageError


def main() -> None:
    serve(decode)


def decode(request: bytes) -> tuple[Header, bytes]:
    side, data = struct.unpack("<I", request[:4])[0], request[4:]
    del request  # memory is what there is little of
    try:
        image = decode_image(data)
        return {}, make_thumbnail(image, side) if side else b""
    except ImageError as error:
        return {"code": error.code, "message": error.message}, b""
    except MemoryError:
        message = _("Decoding the image takes more memory than allowed. Export it again, without options.")
        return {"code": "bomb", "message": message}, b""
