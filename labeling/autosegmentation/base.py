"""The protocol of an auto-segmentation backend. A model is one file in this folder and one registry entry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from .prompts import Box, Prompt

Pixels = npt.NDArray[np.uint8]
"""Shape (height, width, 3), RGB, stored orientation."""

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class SegmentResult:
    """`mask` covers `box` only (shape box.height x box.width) and lies in the image; `score` 0 to 1, higher
    is surer, comparable within one backend.
    """

    mask: Mask
    box: Box
    score: float


class Backend(Protocol):
    """Segments one object. Must be deterministic and may be called from several threads at once."""

    @property
    def name(self) -> str: ...

    def segment(self, image: Pixels, prompt: Prompt) -> SegmentResult:
        """`prompt` was checked against the image's size."""
        ...
