"""The disagreement map as a picture that can lie over the photo."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from labeling.masks import encode_transparent


def disagreement_png(disagreement: npt.NDArray[np.uint8]) -> bytes:
    """An 8-bit indexed PNG in one red.

    The map's value is both the index and the opacity (0 clear, 255 solid).
    """
    return encode_transparent(disagreement, (214, 39, 40))
