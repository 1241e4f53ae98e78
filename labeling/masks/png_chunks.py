"""The PNG container: enough of it to judge a file before any pixel is inflated."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from labeling.wording import gettext_noop as _

SIGNATURE = b"\x89PNG\r\n\x1a\n"

GREY = 0
PALETTE = 3
COLOR_TYPE_NAMES = {0: _("grey"), 2: "RGB", 3: _("palette"), 4: _("grey with alpha"), 6: _("RGB with alpha")}

# First column, first row, column step and row step of the seven passes of an interlaced file.
_ADAM7 = (
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
)


class PngDamagedError(Exception):
    """The chunk list ends too early or a checksum is wrong."""


@dataclass(frozen=True)
class Header:
    """IHDR: size in pixels, bits per sample, colour type and interlace method (0 none, 1 Adam7)."""

    width: int
    height: int
    bit_depth: int
    color_type: int
    interlace: int

    def raw_size(self) -> int:
        """Bytes of the inflated image data of a one-sample image: a filter byte and packed pixels per row."""
        passes = _ADAM7 if self.interlace else ((0, 0, 1, 1),)
        size = 0
        for left, top, step_x, step_y in passes:
            columns = len(range(left, self.width, step_x))
            rows = len(range(top, self.height, step_y))
            size += rows * (1 + (columns * self.bit_depth + 7) // 8) if columns else 0
        return size


def chunks(data: bytes) -> Iterator[tuple[bytes, memoryview]]:
    """(type, body) of each chunk up to and with IEND. Checks lengths and sums; raises PngDamagedError."""
    view = memoryview(data)
    position = len(SIGNATURE)
    while True:
        if position + 12 > len(view):
            raise PngDamagedError
        length, kind = struct.unpack_from(">I4s", view, position)
        end = position + 8 + length
        if end + 4 > len(view):
            raise PngDamagedError
        if zlib.crc32(view[position + 4 : end]) != struct.unpack_from(">I", view, end)[0]:
            raise PngDamagedError
        yield kind, view[position + 8 : end]
        if kind == b"IEND":
            return
        position = end + 4


def read_header(data: bytes) -> Header | None:
    """The header from the first 33 bytes, None when they are not a PNG's. Looks at nothing else."""
    if len(data) < 33 or not data.startswith(SIGNATURE) or data[8:16] != b"\x00\x00\x00\rIHDR":
        return None
    width, height, depth, color, _compression, _filter, interlace = struct.unpack_from(">IIBBBBB", data, 16)
    return Header(width=width, height=height, bit_depth=depth, color_type=color, interlace=interlace)


def chunk(kind: bytes, body: bytes) -> bytes:
    """One chunk with its length and checksum."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(body, zlib.crc32(kind)))


@dataclass(frozen=True)
class PngFacts:
    """What a PNG's container says about it; `palette` as `#rrggbb` in index order, empty without one."""

    width: int
    height: int
    bit_depth: int
    indexed: bool
    palette: tuple[str, ...]


def png_facts(data: bytes) -> PngFacts | None:
    """Header and palette of a complete, undamaged PNG file, None for anything else. Decodes no pixels."""
    header = read_header(data)
    if header is None:
        return None
    palette: tuple[str, ...] = ()
    try:
        for kind, body in chunks(data):
            if kind == b"PLTE":
                entries = bytes(body[:771])
                palette = tuple(f"#{entries[at : at + 3].hex()}" for at in range(0, len(entries), 3))
    except PngDamagedError:
        return None
    return PngFacts(header.width, header.height, header.bit_depth, header.color_type == PALETTE, palette)
