"""The masks as RGB pictures in the classes' colours, for people and for tools that know no palette."""

from __future__ import annotations

from dataclasses import dataclass

from labeling.masks import colour_mask
from labeling.wording import gettext_noop as _

from .archive import Archive
from .base import ExportItem, ExportJob, LabeledItem


@dataclass(frozen=True)
class ColourPngFormat:
    name: str = "colour-png"
    title: str = _("Masks as RGB PNG in the classes' colours (for looking)")

    def start(self, archive: Archive, job: ExportJob) -> _Writer:
        return _Writer(archive, job)


class _Writer:
    def __init__(self, archive: Archive, job: ExportJob) -> None:
        self._archive = archive
        self._palette = job.palette()

    def add_labeled(self, labeled: LabeledItem) -> None:
        self._archive.add(f"colour/{labeled.item.stem}.png", colour_mask(labeled.raster, self._palette))

    def add_unlabeled(self, item: ExportItem) -> None:
        """There is no mask."""

    def finish(self) -> None:
        """Everything was written as it came."""
