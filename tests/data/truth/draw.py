"""Draws the truth masks of this folder: outlines set by hand, the last few pixels decided by the photo's
edges.

Run from the repository's root: `PYTHONPATH=. python tests/data/truth/draw.py [folder for overlays]`. The
photos come from the installed packages and are not stored here; look at the overlays after every change.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from labeling.demo_photos import demo_photo
from labeling.images import decode_image
from labeling.masks import MaskRaster, Palette, encode_mask

HERE = Path(__file__).resolve().parent

CLASSES = {1: "person", 2: "cat", 3: "cup", 4: "flower"}

# Per photo: class, width in pixels of the band in which GrabCut may move the outline, outlines (x, y).
OUTLINES: dict[str, tuple[int, int, list[list[tuple[int, int]]]]] = {
    "chelsea": (
        2,
        5,
        [
            [
                *((40, -9), (399, -9), (399, 0), (388, 14), (381, 22), (378, 30), (374, 42), (372, 52), (366, 63)),
                *((357, 73), (357, 85), (358, 97), (362, 110), (364, 123), (361, 137), (359, 150), (353, 165)),
                *((348, 182), (337, 200), (325, 215), (316, 228), (312, 240), (311, 255), (309, 266), (300, 273)),
                *((288, 281), (278, 290), (272, 309), (-9, 309), (-9, 124), (10, 120), (22, 115), (30, 105), (33, 80)),
                *((34, 50), (37, 20)),
            ]
        ],
    ),
    "coffee": (
        3,
        0,
        [
            [
                *((173, 100), (176, 80), (185, 62), (200, 45), (225, 30), (255, 21), (285, 18), (315, 20), (345, 29)),
                *((375, 46), (395, 66), (405, 85), (408, 105), (406, 130), (403, 145), (400, 160), (397, 173)),
                *((390, 190), (382, 205), (372, 221), (366, 228), (355, 238), (352, 243), (342, 251), (335, 260)),
                *((326, 270), (312, 278), (297, 284), (283, 285), (270, 283), (263, 277), (264, 268), (262, 258)),
                *((258, 246), (250, 252), (243, 262), (237, 275), (232, 290), (227, 303), (220, 308), (208, 305)),
                *((200, 299), (196, 290), (197, 278), (200, 265), (207, 252), (214, 240), (218, 234), (212, 229)),
                *((203, 219), (195, 207), (188, 195), (184, 180), (180, 165), (177, 145), (174, 125)),
            ]
        ],
    ),
    "astronaut": (
        1,
        5,
        [
            [
                *((153, 75), (155, 60), (165, 48), (180, 40), (192, 32), (205, 24), (220, 17), (240, 15), (258, 19)),
                *((275, 27), (288, 42), (297, 62), (301, 85), (298, 105), (290, 118), (280, 128), (274, 134)),
                *((266, 137), (262, 150), (257, 165), (255, 174), (270, 182), (285, 197), (297, 215), (304, 230)),
                *((305, 238), (318, 243), (330, 255), (342, 270), (350, 287), (357, 310), (362, 345), (355, 351)),
                *((345, 355), (330, 365), (313, 380), (300, 397), (290, 415), (283, 435), (278, 460), (278, 490)),
                *((280, 520), (32, 520), (27, 490), (24, 460), (22, 430), (20, 400), (22, 375), (25, 350), (30, 330)),
                *((38, 310), (45, 290), (52, 270), (62, 250), (75, 235), (95, 222), (112, 208), (113, 188), (125, 172)),
                *((135, 160), (150, 152), (168, 149), (184, 149), (184, 140), (181, 131), (176, 128), (170, 122)),
                *(
                    (160, 112),
                    (155, 95),
                ),
            ]
        ],
    ),
    "flower": (
        4,
        9,
        [
            [
                *((171, 205), (180, 170), (190, 145), (215, 118), (245, 98), (280, 93), (305, 86), (335, 92)),
                *((365, 100), (400, 118), (425, 145), (432, 165), (443, 195), (445, 220), (440, 250), (425, 285)),
                *((405, 320), (380, 338), (345, 350), (315, 358), (285, 356), (250, 348), (220, 330), (195, 300)),
                *((178, 270), (171, 240)),
            ],
            [
                *((290, 412), (300, 394), (325, 390), (345, 376), (365, 388), (390, 380), (410, 382), (438, 385)),
                *((441, 418), (470, 423), (472, 440), (295, 440)),
            ],
        ],
    ),
}

Mask = npt.NDArray[np.bool_]


def drawn(pixels: npt.NDArray[np.uint8], band: int, outlines: list[list[tuple[int, int]]]) -> Mask:
    """The outlines filled, then GrabCut inside the band around them."""
    filled = np.zeros(pixels.shape[:2], dtype=np.uint8)
    cv2.fillPoly(filled, [np.array(outline, dtype=np.int32) for outline in outlines], 1)
    if not band:
        return np.asarray(filled == 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * band + 1, 2 * band + 1))
    inner = cv2.erode(filled, kernel, borderType=cv2.BORDER_REPLICATE)
    outer = cv2.dilate(filled, kernel, borderType=cv2.BORDER_REPLICATE)
    hints = np.where(filled == 1, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    hints[inner == 1] = cv2.GC_FGD
    hints[outer == 0] = cv2.GC_BGD
    cv2.setRNGSeed(7)
    background, foreground = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(pixels, hints, (0, 0, 1, 1), background, foreground, 4, cv2.GC_INIT_WITH_MASK)
    cut = np.isin(hints, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)
    # A soft median takes single hairs and specks out of the contour.
    smooth = cv2.medianBlur(cut, 5)
    return np.asarray(smooth == 1)


def overlay(pixels: npt.NDArray[np.uint8], mask: Mask) -> npt.NDArray[np.uint8]:
    """Background darkened, contour in yellow, twice the size."""
    shown = np.where(mask[..., None], pixels, pixels // 3)
    big = cv2.resize(shown, None, fx=2, fy=2, interpolation=cv2.INTER_LANCZOS4)
    wide = cv2.resize(mask.astype(np.uint8), None, fx=2, fy=2, interpolation=cv2.INTER_NEAREST)
    contours, _ = cv2.findContours(wide, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    return np.asarray(cv2.drawContours(big, contours, -1, (255, 255, 0), 1), dtype=np.uint8)


def main() -> None:
    palette = Palette.defaults(max(CLASSES))
    (HERE / "classes.json").write_text(json.dumps(CLASSES, indent=1) + "\n")
    for name, (index, band, outlines) in OUTLINES.items():
        pixels = np.array(decode_image(demo_photo(name).data).convert("RGB"))
        mask = drawn(pixels, band, outlines)
        raster = MaskRaster(mask.astype(np.uint8) * np.uint8(index))
        (HERE / f"{name}.png").write_bytes(encode_mask(raster, palette))
        print(f"{name}: {CLASSES[index]}, {mask.mean():.1%} of the photo")
        if len(sys.argv) > 1:
            cv2.imwrite(str(Path(sys.argv[1]) / f"{name}.png"), overlay(pixels, mask)[..., ::-1])


if __name__ == "__main__":
    main()
