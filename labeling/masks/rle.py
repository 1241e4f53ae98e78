"""Run-length coding of binary masks as COCO defines it.

Runs go down the columns, left to right (Fortran order), alternate between 0 and 1 and start with the count of
zeros, which may be 0. "Compressed" counts are COCO's text: each count, from the fourth on as the difference
to the count two before, in groups of five bits, lowest first, bit 0x20 set while more follow, plus 48.
README.md works an example.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Binary = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class RLE:
    """A binary mask of `height` x `width`; `counts` are the run lengths and add up to height * width."""

    height: int
    width: int
    counts: tuple[int, ...]

    @property
    def area(self) -> int:
        """Pixels set."""
        return sum(self.counts[1::2])

    def uncompressed(self) -> dict[str, list[int]]:
        """COCO's `segmentation` object with a list of counts."""
        return {"size": [self.height, self.width], "counts": list(self.counts)}

    def compressed(self) -> dict[str, list[int] | str]:
        """COCO's `segmentation` object with counts as text, the form pycocotools reads and writes."""
        return {"size": [self.height, self.width], "counts": compress_counts(self.counts)}

    def decode(self) -> Binary:
        """The mask, shape (height, width)."""
        values = np.zeros(len(self.counts), dtype=np.bool_)
        values[1::2] = True
        return np.repeat(values, self.counts).reshape(self.width, self.height).T


def encode_rle(binary: Binary) -> RLE:
    """Run lengths of a boolean array of shape (height, width)."""
    height, width = binary.shape
    flat = np.ascontiguousarray(binary.T).ravel()
    changes = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    edges = np.concatenate(([0], changes, [flat.size]))
    counts = np.diff(edges).tolist()
    if flat[0]:
        counts.insert(0, 0)
    return RLE(height=height, width=width, counts=tuple(counts))


def encode_rle_at(binary: Binary, *, x: int, y: int, width: int, height: int) -> RLE:
    """Run lengths of a `width` x `height` mask that is set only within a crop whose top left pixel is (x, y).

    Cost depends on the crop, not on the image.
    """
    columns = np.zeros((binary.shape[1], binary.shape[0] + 2), dtype=np.int8)
    columns[:, 1:-1] = binary.T
    steps = np.diff(columns, axis=1)
    column, row = np.nonzero(steps == 1)
    starts = (x + column) * height + y + row
    column, row = np.nonzero(steps == -1)
    ends = (x + column) * height + y + row
    # A run that reaches the bottom goes on when the next column starts at the top.
    joined = starts[1:] == ends[:-1]
    starts = np.delete(starts, np.flatnonzero(joined) + 1)
    ends = np.delete(ends, np.flatnonzero(joined))
    edges = np.empty(2 * len(starts) + 2, dtype=np.int64)
    edges[0], edges[-1] = 0, width * height
    edges[1:-1:2], edges[2:-1:2] = starts, ends
    counts = np.diff(edges).tolist()
    if counts[-1] == 0:
        counts.pop()
    return RLE(height=height, width=width, counts=tuple(counts))


def compress_counts(counts: tuple[int, ...]) -> str:
    """COCO's text form of run lengths."""
    out = bytearray()
    for position, count in enumerate(counts):
        value = count - counts[position - 2] if position > 2 else count
        while True:
            group = value & 0x1F
            value >>= 5
            # The sign is carried by bit 0x10 of the last group, as in two's complement.
            more = value != -1 if group & 0x10 else value != 0
            out.append((group | 0x20 if more else group) + 48)
            if not more:
                break
    return out.decode("ascii")


def decompress_counts(text: str) -> tuple[int, ...]:
    """The run lengths of COCO's text form. Raises ValueError when the text is not one."""
    counts: list[int] = []
    value = shift = 0
    for byte in text.encode("ascii"):
        group = byte - 48
        if not 0 <= group < 64:
            raise ValueError("not COCO's compressed run lengths")
        value |= (group & 0x1F) << shift
        shift += 5
        if group & 0x20:
            continue
        if group & 0x10:
            value -= 1 << shift
        if len(counts) > 2:
            value += counts[-2]
        counts.append(value)
        value = shift = 0
    if shift:
        raise ValueError("COCO's compressed run lengths end inside a number")
    return tuple(counts)
