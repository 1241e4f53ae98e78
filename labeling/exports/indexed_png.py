"""The masks as they are: 8-bit indexed PNG, pixel value = class index."""

from __future__ import annotations

from dataclasses import dataclass

from labeling.wording import gettext_noop as _

from .archive import Archive
from .base import ExportItem, ExportJob, LabeledItem, mask_path


@dataclass(frozen=True)
class IndexedPngFormat:
    name: str = "indexed-png"
    title: str = _("Masks as indexed PNG (pixel value = class index; for training)")

    def start(self, archive: Archive, job: ExportJob) -> _Writer:
        return _Writer(archive)


class _Writer:
    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def add_labeled(self, labeled: LabeledItem) -> None:
        self._archive.add(mask_path(labeled.item.index, labeled.item.source_ref), labeled.png)

    def add_unlabeled(self, item: ExportItem) -> None:
        """There is no mask."""

    def finish(self) -> None:
        """Everything was written as it came."""
