"""A folder of photos as people bring them: mostly good ones, in folders, and every kind of bad one."""

from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from tests.end_to_end.client import photo

WIDTH, HEIGHT = 64, 48
#: File name -> the reason in the preflight report's words.
BAD = {
    "street/broken.png": "cut off or damaged",
    "street/cmyk.jpg": "CMYK colours",
    "street/deep.png": "16 bits per channel",
    "street/empty.jpg": "empty file",
    "street/named-wrongly.jpg": "the name says another format than the bytes",
    "street/words.png": "not an image",
}
LEFT_OUT = ("notes.txt", "street/film.mp4")


def good_names(count: int) -> list[str]:
    return [f"{'yard' if number % 3 else 'street'}/photo-{number:02}.png" for number in range(count)]


def write_folder(folder: Path, good: int) -> Path:
    """`good` usable photos and one of each kind of bad one; what browsers leave out lies there too."""
    files = {name: photo(seed, width=WIDTH, height=HEIGHT) for seed, name in enumerate(good_names(good))}
    whole = photo(90, width=WIDTH, height=HEIGHT)
    files |= {
        "street/broken.png": whole[: len(whole) // 2],
        "street/cmyk.jpg": _encoded(Image.new("CMYK", (WIDTH, HEIGHT), (10, 20, 30, 0)), "JPEG"),
        "street/deep.png": _encoded(Image.fromarray(np.full((HEIGHT, WIDTH), 40_000, dtype=np.uint16)), "PNG"),
        "street/empty.jpg": b"",
        "street/named-wrongly.jpg": photo(91, width=WIDTH, height=HEIGHT),
        "street/words.png": b"These are words and no photo.",
    }
    for name, data in {**files, **dict.fromkeys(LEFT_OUT, b"no photo")}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def _encoded(image: Image.Image, kind: str) -> bytes:
    file = BytesIO()
    image.save(file, kind)
    return file.getvalue()
