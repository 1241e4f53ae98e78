"""The protocol every storage fulfils. Keys use `/`; a reader never sees half of an object."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Protocol

from django.utils.translation import gettext as _

from maskwright.core.errors import DomainError


class ObjectStoreError(DomainError):
    """The storage refused or did not answer. The message never repeats what the remote end sent."""

    code = "storage_failed"
    status = 503


class ObjectMissing(ObjectStoreError):
    code = "object_missing"
    status = 404


class BucketMissing(ObjectMissing):
    code = "bucket_missing"


@dataclass(frozen=True)
class ObjectInfo:
    key: str
    size: int


class ObjectStore(Protocol):
    """Errors of all methods: ObjectMissing, ObjectStoreError."""

    def put(self, key: str, data: bytes, *, content_type: str = "application/octet-stream") -> None:
        """Store durably; when it returns, the bytes survive a crash."""

    def put_file(self, key: str, source: BinaryIO, *, content_type: str = "application/octet-stream") -> None:
        """As `put`, streamed from an open file."""

    def get(self, key: str, *, max_bytes: int | None = None) -> bytes:
        """Read whole; more than `max_bytes` raises ObjectStoreError with code `too_large`."""

    def open(self, key: str) -> BinaryIO:
        """Open for streaming."""

    def exists(self, key: str) -> bool: ...

    def size(self, key: str) -> int: ...

    def modified(self, key: str) -> datetime:
        """When it was last written, by the storage's clock (aware)."""

    def delete(self, key: str) -> None:
        """Deleting what is not there is no error."""

    def list(self, prefix: str) -> Iterator[ObjectInfo]:
        """All objects whose key starts with `prefix`, in key order, streamed."""


def check_key(key: str) -> str:
    """Refuse keys that could leave their root: absolute, empty, with `..` or control characters."""
    parts = key.split("/")
    if not key or key.startswith("/") or "\\" in key or any(p in ("", ".", "..") for p in parts):
        raise ObjectStoreError(_("That is not a usable object name."), code="bad_key")
    if any(ord(c) < 32 for c in key) or len(key.encode()) > 1024:
        raise ObjectStoreError(_("That is not a usable object name."), code="bad_key")
    return key
