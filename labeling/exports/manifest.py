"""The output manifest: one line per data object, labeled or not, as in the job's output location.

But for the label itself: it is the mask's path in the archive, so that who has only the archive can read all of it.
"""

from __future__ import annotations

from dataclasses import dataclass

from labeling.wording import gettext_noop as _

from .archive import Archive, Spool
from .base import ExportItem, ExportJob, LabeledItem


@dataclass(frozen=True)
class ManifestFormat:
    name: str = "manifest"
    title: str = _("Output manifest (JSON Lines, as Ground Truth writes it)")

    def start(self, archive: Archive, job: ExportJob) -> _Writer:
        return _Writer(archive)


class _Writer:
    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._lines = Spool()

    def add_labeled(self, labeled: LabeledItem) -> None:
        self._write(labeled.item.record)

    def add_unlabeled(self, item: ExportItem) -> None:
        self._write(item.unlabeled)

    def _write(self, line: bytes) -> None:
        self._lines.write(line.rstrip(b"\r\n") + b"\n")

    def finish(self) -> None:
        with self._lines:
            self._archive.add_file("manifest/output.manifest", self._lines.rewound())
