"""A folder as object storage. Writes go to a temporary file in the same folder, are synced, then renamed."""

import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from shutil import copyfileobj
from typing import BinaryIO

from django.utils.translation import gettext as _

from maskwright.core.objects.base import ObjectInfo, ObjectMissing, ObjectStoreError, check_key

_TEMPORARY = ".tmp-"


class LocalStore:
    def __init__(self, root: Path) -> None:
        self.root = root

    def _path(self, key: str) -> Path:
        path = self.root / check_key(key)
        # A symbolic link inside the folder must not lead out of it.
        if not path.parent.resolve().is_relative_to(self.root.resolve()):
            raise ObjectStoreError(_("That object lies outside of the storage folder."), code="bad_key")
        return path

    def put(self, key: str, data: bytes, *, content_type: str = "application/octet-stream") -> None:
        self.put_file(key, BytesIO(data), content_type=content_type)

    def put_file(self, key: str, source: BinaryIO, *, content_type: str = "application/octet-stream") -> None:
        path = self._path(key)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix=_TEMPORARY, dir=path.parent)
            try:
                with os.fdopen(handle, "wb") as target:
                    copyfileobj(source, target, 1 << 20)
                    target.flush()
                    os.fsync(target.fileno())
                Path(name).replace(path)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
            self._sync_folder(path.parent)
        except OSError as error:
            raise ObjectStoreError(
                _("The storage folder cannot be written: %(strerror)s.") % {"strerror": error.strerror}
            ) from error

    @staticmethod
    def _sync_folder(folder: Path) -> None:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def get(self, key: str, *, max_bytes: int | None = None) -> bytes:
        with self.open(key) as source:
            data = source.read() if max_bytes is None else source.read(max_bytes + 1)
        if max_bytes is not None and len(data) > max_bytes:
            raise ObjectStoreError(_("The object is larger than allowed here."), code="too_large")
        return data

    def open(self, key: str) -> BinaryIO:
        path = self._path(key)
        try:
            if not path.resolve().is_relative_to(self.root.resolve()):
                raise ObjectStoreError(_("That object lies outside of the storage folder."), code="bad_key")
            return path.open("rb")
        except (FileNotFoundError, IsADirectoryError) as error:
            raise ObjectMissing(_("There is no object named %(key)s.") % {"key": key}) from error
        except OSError as error:
            raise ObjectStoreError(
                _("The object cannot be read: %(strerror)s.") % {"strerror": error.strerror}
            ) from error

    def exists(self, key: str) -> bool:
        return self._path(key).is_file()

    def size(self, key: str) -> int:
        try:
            return self._path(key).stat().st_size
        except OSError as error:
            raise ObjectMissing(_("There is no object named %(key)s.") % {"key": key}) from error

    def modified(self, key: str) -> datetime:
        try:
            return datetime.fromtimestamp(self._path(key).stat().st_mtime, UTC)
        except OSError as error:
            raise ObjectMissing(_("There is no object named %(key)s.") % {"key": key}) from error

    def delete(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)

    def list(self, prefix: str) -> Iterator[ObjectInfo]:
        if any(part == ".." for part in prefix.split("/")) or prefix.startswith("/"):
            raise ObjectStoreError(_("That is not a usable prefix."), code="bad_key")
        yield from self._walk(self.root, "", prefix)

    def _walk(self, folder: Path, base: str, prefix: str) -> Iterator[ObjectInfo]:
        try:
            entries = sorted(os.scandir(folder), key=lambda e: e.name + ("/" if e.is_dir() else ""))
        except FileNotFoundError:
            return
        except OSError as error:
            raise ObjectStoreError(
                _("The storage folder cannot be read: %(strerror)s.") % {"strerror": error.strerror}
            ) from error
        for entry in entries:
            key = base + entry.name
            if entry.is_dir(follow_symlinks=False):
                inside = key + "/"
                if inside.startswith(prefix) or prefix.startswith(inside):
                    yield from self._walk(folder / entry.name, inside, prefix)
            elif key.startswith(prefix) and not entry.name.startswith(_TEMPORARY) and entry.is_file():
                try:
                    size = entry.stat().st_size
                except FileNotFoundError:  # removed since the folder was read
                    continue
                yield ObjectInfo(key, size)
