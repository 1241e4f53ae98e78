"""A job's output tree where it lies: in a folder, or in a storage."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from labeling.storage import Location
from maskwright.core.objects import ObjectMissing, ObjectStore


class FolderTree:
    """A tree in a folder of this machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()

    @property
    def name(self) -> str:
        return self.folder.name

    def files(self) -> Iterator[str]:
        yield from self._below(self.folder, "")

    def _below(self, folder: Path, base: str) -> Iterator[str]:
        with os.scandir(folder) as entries:  # streamed: a folder of a million masks is no list
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    yield from self._below(folder / entry.name, f"{base}{entry.name}/")
                elif entry.is_file(follow_symlinks=False):
                    yield base + entry.name

    def size(self, key: str) -> int | None:
        path = self.folder / key
        return path.stat().st_size if self._is_inside(path) and path.is_file() else None

    def open(self, key: str) -> BinaryIO:
        return (self.folder / key).open("rb")

    def _is_inside(self, path: Path) -> bool:
        """A manifest may name any key."""
        return path.resolve().is_relative_to(self.folder)


class StoreTree:
    """A tree below a prefix of an object storage."""

    def __init__(self, store: ObjectStore, prefix: str) -> None:
        self.store, self.prefix = store, prefix.strip("/")

    @classmethod
    def at(cls, location: Location) -> "StoreTree":
        return cls(location.store, location.key)

    @property
    def name(self) -> str:
        return self.prefix.rpartition("/")[2]

    def files(self) -> Iterator[str]:
        base = f"{self.prefix}/"
        return (item.key.removeprefix(base) for item in self.store.list(base))

    def size(self, key: str) -> int | None:
        try:
            return self.store.size(f"{self.prefix}/{key}")
        except ObjectMissing:
            return None

    def open(self, key: str) -> BinaryIO:
        return self.store.open(f"{self.prefix}/{key}")
