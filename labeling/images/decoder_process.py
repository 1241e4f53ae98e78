"""The child of `sandbox.py`: limits itself, then decodes one image after the other from its standard input.

Request: length (u64 LE), thumbnail side (u32 LE, 0 for none), the file. Answer: lengths of header and body
(u32 LE each), a JSON header (empty, or code and message of an ImageError), the thumbnail.
"""

from __future__ import annotations

import json
import resource
import struct
import sys
from pathlib import Path
from typing import BinaryIO

from labeling.wording import gettext_noop as _

from .decode import decode_image, make_thumbnail
from .errors import ImageError


def main() -> None:
    memory_bytes, cpu_seconds = int(sys.argv[2]), int(sys.argv[3])
    _limit(resource.RLIMIT_AS, _address_space() + memory_bytes)
    _limit(resource.RLIMIT_CORE, 0)
    serve(sys.stdin.buffer, sys.stdout.buffer, cpu_seconds)


def serve(requests: BinaryIO, answers: BinaryIO, cpu_seconds: int) -> None:
    """Until the input ends."""
    while head := requests.read(12):
        length, side = struct.unpack("<QI", head)
        data = requests.read(length)
        # The limit counts from the start of the process, so it moves with every image.
        used = resource.getrusage(resource.RUSAGE_SELF)
        _limit(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + 1 + cpu_seconds)
        header, body = _decode(data, side)
        text = json.dumps(header).encode()
        answers.write(struct.pack("<II", len(text), len(body)) + text + body)
        answers.flush()


def _decode(data: bytes, side: int) -> tuple[dict[str, str], bytes]:
    try:
        image = decode_image(data)
        return {}, make_thumbnail(image, side) if side else b""
    except ImageError as error:
        return {"code": error.code, "message": error.message}, b""
    except MemoryError:
        message = _("Decoding the image takes more memory than allowed. Export it again, without options.")
        return {"code": "bomb", "message": message}, b""


def _limit(kind: int, soft: int) -> None:
    hard = resource.getrlimit(kind)[1]
    resource.setrlimit(kind, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def _address_space() -> int:
    """Bytes of address space in use; a guess where /proc is missing."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except OSError:
        return 1 << 30
    return pages * resource.getpagesize()
