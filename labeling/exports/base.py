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
    """What all objects share. `classes` without BACKGROUND; `created_at` dates the files in the archive."""

    name: str
    classes: Mapping[int, LabelClass]
    created_at: datetime

    def palette(self) -> Palette:
        return Palette({index: label_class.color for index, label_class in self.classes.items()})


@dataclass(frozen=True)
class ExportItem:
    """A data object. `record` is its line of the output manifest; `read_mask` gives the bytes of its
    indexed PNG, None where the object has no label.
    """

    index: int
    source_ref: str
    width: int
    height: int
    record: bytes
    read_mask: Callable[[], bytes] | None

    @property
    def stem(self) -> str:
        """`000012_cat`.

        The object's index and the image's name without characters that some systems refuse.
        """
        name = unquote(self.source_ref).rsplit("/", 1)[-1].rsplit(".", 1)[0]
        return f"{self.index:06d}_{_UNSAFE.sub('_', name)[:_MAX_STEM]}"


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
