"""One log file per child process, bounded in size."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import IO

LARGEST = 10 * 1024 * 1024
KEPT = 3


class LogFolder:
    """``home/logs``: ``<name>.log`` and up to ``kept`` older pieces ``<name>.log.1`` ...

    Children write straight to the file, so that a stopped or killed supervisor can never block them. A full
    file is therefore copied and then cut to zero; appending goes on at the new end. Lines written between the
    copy and the cut are lost, which a log can bear.
    """

    def __init__(self, folder: Path, *, largest: int = LARGEST, kept: int = KEPT) -> None:
        self.folder = folder
        self._largest = largest
        self._kept = kept
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def path(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def open(self, name: str) -> IO[bytes]:
        """Open for appending; the mode matters, see above."""
        return self.path(name).open("ab")

    def rotate(self) -> None:
        """Cut every file that has grown beyond the limit."""
        for path in self.folder.glob("*.log"):
            if path.stat().st_size > self._largest:
                for number in range(self._kept - 1, 0, -1):
                    older = path.with_name(f"{path.name}.{number}")
                    if older.exists():
                        older.replace(path.with_name(f"{path.name}.{number + 1}"))
                shutil.copyfile(path, path.with_name(f"{path.name}.1"))
                with path.open("r+b") as file:
                    file.truncate(0)
