"""The decoded mask: one class index per stored pixel of the image."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Indices = npt.NDArray[np.uint8]

BACKGROUND = 0
"""Index 0 is Ground Truth's literal class BACKGROUND; the editor calls it unlabeled."""

BACKGROUND_NAME = "BACKGROUND"


@dataclass(frozen=True, eq=False)
class MaskRaster:
    """Class indices, shape (height, width), dtype uint8, C order, row 0 at the top.

    Two rasters are equal when their sizes and all indices are, whatever PNG they came from.
    """

    indices: Indices

    def __post_init__(self) -> None:
        if self.indices.dtype != np.uint8 or self.indices.ndim != 2 or 0 in self.indices.shape:
            raise ValueError("a mask raster is a non-empty two-dimensional uint8 array (height, width)")
        if not self.indices.flags.c_contiguous:
            object.__setattr__(self, "indices", np.ascontiguousarray(self.indices))

    @property
    def width(self) -> int:
        return int(self.indices.shape[1])

    @property
    def height(self) -> int:
        return int(self.indices.shape[0])

    def bands(self, rows: int) -> Iterator[Indices]:
        """Views of at most `rows` rows, top to bottom: lets writers work in bounded memory."""
        for top in range(0, self.height, rows):
            yield self.indices[top : top + rows]

    def present(self) -> list[int]:
        """The indices that occur, ascending."""
        return [index for index, count in enumerate(histogram(self.indices)) if count]

    def sha256(self) -> str:
        """See `raster_sha256`."""
        return raster_sha256(self)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, MaskRaster):
            return NotImplemented
        return bool(np.array_equal(self.indices, other.indices))

    def __hash__(self) -> int:
        return hash(raster_sha256(self))

    @classmethod
    def blank(cls, width: int, height: int, index: int = BACKGROUND) -> MaskRaster:
        """A mask of one class; the raster of the answer "nothing to label here"."""
        return cls(np.full((height, width), index, dtype=np.uint8))


def histogram(indices: Indices) -> list[int]:
    """Pixels per index, 256 entries. Works in bands: `bincount` widens its input to 64 bits."""
    counts = np.zeros(256, dtype=np.int64)
    rows = max(1, (1 << 20) // indices.shape[1])
    for top in range(0, indices.shape[0], rows):
        counts += np.bincount(indices[top : top + rows].ravel(), minlength=256)
    return [int(count) for count in counts]


def raster_sha256(raster: MaskRaster) -> str:
    """Hex SHA-256 of width (u32 little endian), height (u32 little endian), then the row-major indices.

    It names the content: editor, draft, submission and export agree on it whatever compresses their PNG.
    """
    digest = hashlib.sha256(struct.pack("<II", raster.width, raster.height))
    digest.update(raster.indices.data)
    return digest.hexdigest()


def sha256(data: bytes) -> str:
    """Hex SHA-256 of the bytes as received: the key of the blob and the labeler's receipt."""
    return hashlib.sha256(data).hexdigest()
