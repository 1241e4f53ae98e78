"""S3, Google Cloud Storage and Azure behind one store: what they share, with one set of errors.

django-storages opens the services; the drivers (`amazon.py`, `google.py`, `azure.py`) use its clients directly, because
its files fetch a whole object before the first byte can be read and some backends change names (leading dots).
Remote writes are atomic by the services' own contract: an object appears whole or not at all.
"""

import io
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any, BinaryIO, Protocol, cast

from django.utils.translation import gettext as _

from maskwright.core.objects.base import BucketMissing, ObjectInfo, ObjectMissing, ObjectStoreError, check_key
from maskwright.core.objects.problems import translated

_BUFFER = 256 * 1024


@dataclass(frozen=True)
class Opened:
    """An object that is being read: its length in bytes, how to take up to n of them, how to end."""

    size: int
    read: Callable[[int], bytes]
    close: Callable[[], None]


class Driver(Protocol):
    """One service. Raises what its library raises."""

    def upload(self, name: str, source: BinaryIO, size: int, content_type: str) -> None: ...

    def open(self, name: str) -> Opened: ...

    def size(self, name: str) -> int: ...

    def remove(self, name: str) -> None:
        """Removing what is not there is no error."""

    def list(self, prefix: str) -> Iterator[tuple[str, int]]:
        """(name, bytes) in order of names, page by page."""


class RemoteStore:
    """`storage` is the django-storages backend whose client the driver uses."""

    def __init__(self, storage: Any, driver: Driver, *, prefix: str = "") -> None:
        self.storage = storage
        self._driver = driver
        self.prefix = prefix.strip("/")

    def _name(self, key: str) -> str:
        check_key(key)
        return f"{self.prefix}/{key}" if self.prefix else key

    def put(self, key: str, data: bytes, *, content_type: str = "application/octet-stream") -> None:
        self.put_file(key, BytesIO(data), content_type=content_type)

    def put_file(self, key: str, source: BinaryIO, *, content_type: str = "application/octet-stream") -> None:
        name = self._name(key)
        here = source.tell()
        size = source.seek(0, os.SEEK_END) - here
        source.seek(here)
        with translated(key):
            self._driver.upload(name, source, size, content_type)

    def get(self, key: str, *, max_bytes: int | None = None) -> bytes:
        name = self._name(key)
        with translated(key):
            opened = self._driver.open(name)
        with _reader(opened, key) as source:
            if max_bytes is not None and opened.size > max_bytes:
                raise ObjectStoreError(_("The object is larger than allowed here."), code="too_large")
            data = source.read()
        if len(data) != opened.size:
            raise ObjectStoreError(_("The storage ended its answer too early. Try again."))
        return data

    def open(self, key: str) -> BinaryIO:
        name = self._name(key)
        with translated(key):
            opened = self._driver.open(name)
        return _reader(opened, key)

    def exists(self, key: str) -> bool:
        try:
            self.size(key)
        except BucketMissing:
            raise
        except ObjectMissing:
            return False
        return True

    def size(self, key: str) -> int:
        name = self._name(key)
        with translated(key):
            return self._driver.size(name)

    def modified(self, key: str) -> datetime:
        name = self._name(key)
        with translated(key):
            return cast(datetime, self.storage.get_modified_time(name))

    def delete(self, key: str) -> None:
        name = self._name(key)
        with translated(key):
            self._driver.remove(name)

    def list(self, prefix: str) -> Iterator[ObjectInfo]:
        full = f"{self.prefix}/{prefix}" if self.prefix else prefix
        with translated(""):
            for name, size in self._driver.list(full):
                key = name[len(self.prefix) + 1 :] if self.prefix else name
                if not key.endswith("/"):
                    yield ObjectInfo(key, size)


def _reader(opened: Opened, key: str) -> BinaryIO:
    return cast(BinaryIO, io.BufferedReader(_Reader(opened, key), _BUFFER))


class _Reader(io.RawIOBase):
    """An opened object as a file that is read front to back; errors on the way are ours."""

    def __init__(self, opened: Opened, key: str) -> None:
        self._opened = opened
        self._key = key

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with translated(self._key):
            data = self._opened.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._opened.close()
        super().close()


class Unclosed(io.RawIOBase):
    """A file for a library that closes what it read; the caller's stays open."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        return self._source.seek(offset, whence)

    def tell(self) -> int:
        return self._source.tell()

    def read(self, size: int = -1, /) -> bytes:
        return self._source.read(size)
