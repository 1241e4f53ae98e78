"""COCO instances with run-length coded masks, as pycocotools reads them.

A semantic mask knows no instances. `coco` makes one annotation per connected part (8-connected) of a class,
`coco-classes` one per class and image. BACKGROUND is not annotated. Image ids are object indices, category
ids class indices.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from labeling.masks import BACKGROUND, Binary, Indices, encode_rle_at
from labeling.wording import gettext_noop

from .archive import Archive, Spool
from .base import ExportItem, ExportJob, LabeledItem


@dataclass(frozen=True)
class CocoFormat:
    name: str = "coco"
    title: str = gettext_noop("COCO instances (RLE, one annotation per connected part)")
    per_part: bool = True

    def start(self, archive: Archive, job: ExportJob) -> _Writer:
        return _Writer(archive, job, self)


@dataclass(frozen=True)
class Part:
    """Pixels of one class: a boolean crop and where its top left pixel lies."""

    x: int
    y: int
    binary: Binary


class _Writer:
    def __init__(self, archive: Archive, job: ExportJob, format_: CocoFormat) -> None:
        self._archive = archive
        self._job = job
        self._format = format_
        self._images = Spool()
        self._annotations = Spool()
        self._count = 0

    def add_labeled(self, labeled: LabeledItem) -> None:
        self.add_unlabeled(labeled.item)
        indices = labeled.raster.indices
        for category in labeled.raster.present():
            if category != BACKGROUND:
                for part in _parts(indices, category, self._format.per_part):
                    self._annotate(labeled.item, category, part)

    def add_unlabeled(self, item: ExportItem) -> None:
        if not item.width or not item.height:
            return  # an object that could not be used: COCO has no image without a size
        image = {
            "id": item.index,
            "file_name": self._job.file_name(item.source_ref),
            "width": item.width,
            "height": item.height,
            "coco_url": item.source_ref,
        }
        _append(self._images, image)

    def finish(self) -> None:
        info = {
            "description": f"Labeling job {self._job.name}",
            "version": "1.0",
            "year": self._job.created_at.year,
            "date_created": self._job.created_at.isoformat(timespec="seconds"),
        }
        categories = [
            {"id": index, "name": label_class.name, "supercategory": ""}
            for index, label_class in sorted(self._job.classes.items())
        ]
        head = json.dumps({"info": info, "licenses": [], "categories": categories}, ensure_ascii=False)
        with self._images, self._annotations, Spool() as whole:
            whole.write(head[:-1].encode() + b',\n"images":[\n')
            whole.extend(self._images)
            whole.write(b'],\n"annotations":[\n')
            whole.extend(self._annotations)
            whole.write(b"]}\n")
            self._archive.add_file(f"coco/{self._format.name}.json", whole.rewound())

    def _annotate(self, item: ExportItem, category: int, part: Part) -> None:
        rle = encode_rle_at(part.binary, x=part.x, y=part.y, width=item.width, height=item.height)
        self._count += 1
        annotation = {
            "id": self._count,
            "image_id": item.index,
            "category_id": category,
            "segmentation": rle.compressed(),
            "area": rle.area,
            "bbox": [part.x, part.y, part.binary.shape[1], part.binary.shape[0]],
            "iscrowd": 0,
        }
        _append(self._annotations, annotation)


def _append(spool: Spool, entry: dict[str, object]) -> None:
    separator = b",\n" if spool.tell() else b""
    spool.write(separator + json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode())


def _parts(indices: Indices, category: int, per_part: bool) -> Iterator[Part]:
    whole = indices == category
    rows, columns = np.flatnonzero(whole.any(axis=1)), np.flatnonzero(whole.any(axis=0))
    top, left = int(rows[0]), int(columns[0])
    crop = whole[top : int(rows[-1]) + 1, left : int(columns[-1]) + 1]
    if not per_part:
        yield Part(left, top, crop)
        return
    _, labels, stats, _ = cv2.connectedComponentsWithStats(crop.astype(np.uint8), connectivity=8)
    for number, (x, y, width, height, _area) in enumerate(stats[1:].tolist(), start=1):
        yield Part(left + x, top + y, labels[y : y + height, x : x + width] == number)
