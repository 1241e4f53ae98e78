"""What an export takes and what a format does. A format is one file here and one line in `registry.py`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from urllib.parse import unquote

from labeling.manifests import LabelClass
from labeling.masks import MaskRaster, Palette

from .archive import Archive

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_MAX_STEM = 60


@dataclass(frozen=True)
class ExportJob:
    """What all objects share. `classes` without BACKGROUND; `created_at` dates the files in the archive.

    `input_uri`: the prefix or the manifest the images were found by.
    """

    name: str
    classes: Mapping[int, LabelClass]
    created_at: datetime
    input_uri: str = ""

    def palette(self) -> Palette:
        return Palette({index: label_class.color for index, label_class in self.classes.items()})

    def file_name(self, source_ref: str) -> str:
        """An image's path below the job's prefix; without one, below its bucket. Equal names in two folders differ."""
        if self.input_uri.endswith("/") and source_ref.startswith(self.input_uri):
            return source_ref[len(self.input_uri) :]
        path = source_ref.partition("://")[2] or source_ref
        return path.lstrip("/") if source_ref.startswith("file://") else path.partition("/")[2] or path


@dataclass(frozen=True)
class ExportItem:
    """A data object. `read_mask` gives the bytes of its indexed PNG, None where the object has no label.

    `record` is its line of the output manifest in the archive, where the label is a file of the archive
    (`mask_path`); `unlabeled` the line without a label, for when the mask turns out to be missing or broken.
    """

    index: int
    source_ref: str
    width: int
    height: int
    record: bytes
    unlabeled: bytes
    read_mask: Callable[[], bytes] | None

    @property
    def stem(self) -> str:
        return stem(self.index, self.source_ref)


def stem(index: int, source_ref: str) -> str:
    """`000012_cat`: the object's index and the image's name without characters that some systems refuse."""
    name = unquote(source_ref).rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return f"{index:06d}_{_UNSAFE.sub('_', name)[:_MAX_STEM]}"


def mask_path(index: int, source_ref: str) -> str:
    """Where the archive has the object's indexed PNG, from the job's folder on."""
    return f"indexed/{stem(index, source_ref)}.png"


@dataclass(frozen=True)
class LabeledItem:
    """An item with its mask, read and decoded once for all formats."""

    item: ExportItem
    png: bytes
    raster: MaskRaster


class ExportWriter(Protocol):
    """Gets every object in order.

    `add_labeled` for those with a usable mask, `add_unlabeled` for the others.
    """

    def add_labeled(self, labeled: LabeledItem) -> None: ...

    def add_unlabeled(self, item: ExportItem) -> None: ...

    def finish(self) -> None: ...


class ExportFormat(Protocol):
    """One kind of file or folder in the archive."""

    @property
    def name(self) -> str: ...

    @property
    def title(self) -> str:
        """For people who choose: what it is and what for."""
        ...

    def start(self, archive: Archive, job: ExportJob) -> ExportWriter: ...
