"""Writes tests/golden/masks: masks that the Python and the TypeScript codec must read alike.

Run from the repository's root: `PYTHONPATH=. python tests/golden/make_masks.py`. `golden.json` is a list of
`{file, width, height, indices (base64, row-major), palette {index: #rrggbb}, raster_sha256}`.
"""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path

import numpy as np
from PIL import Image

from labeling.masks import MaskRaster, Palette, encode_mask

OUT = Path(__file__).resolve().parent / "masks"


def rasters() -> dict[str, MaskRaster]:
    """Small enough to read in the JSON; together they use one, few and all 255 classes."""
    flag = np.array([[0, 1, 1, 2, 2], [0, 1, 1, 2, 2], [3, 3, 0, 2, 2], [3, 3, 0, 0, 2]], dtype=np.uint8)
    y, x = np.mgrid[0:48, 0:64]
    scene = np.zeros((48, 64), dtype=np.uint8)
    scene[y > 30] = 1
    scene[(x - 20) ** 2 + (y - 24) ** 2 < 144] = 2
    scene[(x - 46) ** 2 // 2 + (y - 20) ** 2 < 90] = 3
    scene[(y % 7 == 0) & (x > 50)] = 4
    every = np.arange(256, dtype=np.uint8).reshape(16, 16)
    single = np.array([[1]], dtype=np.uint8)
    return {
        "flag-5x4": MaskRaster(flag),
        "scene-64x48": MaskRaster(scene),
        "all-16x16": MaskRaster(every),
        "one-1x1": MaskRaster(single),
    }


def pillow_default(raster: MaskRaster, palette: Palette) -> bytes:
    """What Pillow writes when left alone: a short palette and therefore fewer than 8 bits."""
    image = Image.fromarray(raster.indices).convert("P")
    image.putdata(raster.indices.ravel().tolist())
    used = max(raster.present()) + 1
    image.putpalette(palette.plte()[: 3 * used])
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def main() -> None:
    OUT.mkdir(exist_ok=True)
    entries = []
    for name, raster in rasters().items():
        classes = max(raster.present())
        palette = Palette.defaults(classes)
        files = {f"{name}.png": encode_mask(raster, palette)}
        if name.startswith("flag"):
            files[f"{name}-2bit.png"] = pillow_default(raster, palette)
        for file, data in files.items():
            (OUT / file).write_bytes(data)
            entries.append(
                {
                    "file": file,
                    "width": raster.width,
                    "height": raster.height,
                    "indices": base64.b64encode(raster.indices.tobytes()).decode(),
                    "palette": {str(index): palette.color(index) for index in range(classes + 1)},
                    "raster_sha256": raster.sha256(),
                }
            )
    (OUT / "golden.json").write_text(json.dumps(entries, indent=1) + "\n")
    print(f"{len(entries)} masks written to {OUT.name}/")


if __name__ == "__main__":
    main()
