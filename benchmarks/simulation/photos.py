"""Photos that differ, each with one thing in it, and what people make of them."""

import random
from io import BytesIO

import numpy as np
import numpy.typing as npt
from PIL import Image

from labeling.masks import MaskRaster, Palette, encode_mask
from tests.factories.jobs import CATEGORIES

WIDTH, HEIGHT = 48, 32
Mask = npt.NDArray[np.uint8]
_PALETTE = Palette({int(str(category["index"])): str(category["color"]) for category in CATEGORIES})


def photo(number: int) -> bytes:
    file = BytesIO()
    image = Image.new("RGB", (WIDTH, HEIGHT), (number % 256, number // 256 % 256, 60))
    image.save(file, "PNG")
    return file.getvalue()


def truth(number: int) -> Mask:
    """A rectangle of one class, somewhere."""
    draw = random.Random(number)
    width, height = draw.randint(16, 28), draw.randint(12, 20)
    left, top = draw.randint(2, WIDTH - width - 2), draw.randint(2, HEIGHT - height - 2)
    mask = np.zeros((HEIGHT, WIDTH), dtype=np.uint8)
    mask[top : top + height, left : left + width] = draw.randint(1, len(CATEGORIES))
    return mask


def png(mask: Mask) -> bytes:
    return encode_mask(MaskRaster(mask), _PALETTE)


def careless(mask: Mask, iou: float, draw: random.Random) -> Mask:
    """The same thing, too large by so many pixels at its edge that about this IoU is left."""
    rows, columns = np.nonzero(mask)
    top, bottom, left, right = rows.min(), rows.max() + 1, columns.min(), columns.max() + 1
    found, index = mask.copy(), int(mask[top, left])
    wanted = int((bottom - top) * (right - left) / max(iou, 0.05))
    while int((found > 0).sum()) < wanted:
        match draw.randrange(4):
            case 0 if top > 0:
                top -= 1
            case 1 if bottom < HEIGHT:
                bottom += 1
            case 2 if left > 0:
                left -= 1
            case 3 if right < WIDTH:
                right += 1
            case _ if top == 0 and bottom == HEIGHT and left == 0 and right == WIDTH:
                break
        found[top:bottom, left:right] = index
    return found
