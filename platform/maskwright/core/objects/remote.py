"""S3, Google Cloud Storage and Azure through django-storages, with one set of errors.

Remote writes are atomic by the services' own contract: an object appears whole or not at all.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any, BinaryIO, cast

from django.core.files.base import File
from django.core.files.storage import Storage

from maskwright.core.objects.base import ObjectInfo, ObjectMissing, ObjectStoreError, check_key


class RemoteStore:
    """Wraps one django-storages backend that was built with `file_overwrite=True`."""

    def __init__(self, storage: Storage, *, prefix: str = "") -> None:
        self.storage = storage
        self.prefix = prefix.strip("/")

    def _name(self, key: str) -> str:
        check_key(key)
        return f"{self.prefix}/{key}" if self.prefix else key

    def put(self, key: str, data: bytes, *, content_type: str = "application/octet-stream") -> None:
        self.put_file(key, BytesIO(data), content_type=content_type)

    def put_file(self, key: str, source: BinaryIO, *, content_type: str = "application/octet-stream") -> None:
        name = self._name(key)
        with _translated(key):
            content: File[bytes] = File(source, name=name)
            content.content_type = content_type  # type: ignore[attr-defined]  # read by all three backends
            # _save, not save: save() asks the service for a free name first, and our keys are meant to be replaced.
            cast(Any, self.storage)._save(name, content)

    def get(self, key: str, *, max_bytes: int | None = None) -> bytes:
        with self.open(key) as source, _translated(key):
            data = source.read() if max_bytes is None else source.read(max_bytes + 1)
        if max_bytes is not None and len(data) > max_bytes:
            raise ObjectStoreError("The object is larger than allowed here.", code="too_large")
        return data

    def open(self, key: str) -> BinaryIO:
        name = self._name(key)
        with _translated(key):
            return cast(BinaryIO, self.storage.open(name, "rb"))

    def exists(self, key: str) -> bool:
        with _translated(key):
            return self.storage.exists(self._name(key))

    def size(self, key: str) -> int:
        with _translated(key):
            return self.storage.size(self._name(key))

    def delete(self, key: str) -> None:
        with _translated(key):
            self.storage.delete(self._name(key))

    def list(self, prefix: str) -> Iterator[ObjectInfo]:
        full = f"{self.prefix}/{prefix}" if self.prefix else prefix
        with _translated(prefix):
            for name, size in list_backend(self.storage, full):
                key = name[len(self.prefix) + 1 :] if self.prefix else name
                if not key.endswith("/"):
                    yield ObjectInfo(key, size)


def list_backend(storage: Any, prefix: str) -> Iterator[tuple[str, int]]:
    """Stream (name, bytes) of all objects below a prefix; django-storages itself lists one folder level only."""
    if hasattr(storage, "bucket_name") and hasattr(storage, "connection"):  # S3
        for item in storage.bucket.objects.filter(Prefix=prefix):
            yield item.key, item.size
    elif hasattr(storage, "bucket_name"):  # Google Cloud Storage
        for item in storage.client.list_blobs(storage.bucket_name, prefix=prefix):
            yield item.name, item.size
    else:  # Azure
        for item in storage.client.list_blobs(name_starts_with=prefix):
            yield item.name, item.size


@contextmanager
def _translated(key: str) -> Iterator[None]:
    """Turn whatever a cloud library raises into our errors, without repeating what the remote end answered."""
    try:
        yield
    except ObjectStoreError:
        raise
    except FileNotFoundError as error:
        raise ObjectMissing(f"There is no object named {key}.") from error
    except Exception as error:  # three libraries with unrelated exception trees
        status = _status_of(error)
        if status == 404:
            raise ObjectMissing(f"There is no object named {key}, or the bucket does not exist.") from error
        if status in (401, 403):
            raise ObjectStoreError(
                "The storage refused the credentials. Check the connection's key and its permissions.",
                code="storage_refused",
            ) from error
        raise ObjectStoreError("The storage did not answer. Check the connection and try again.") from error


def _status_of(error: Exception) -> int | None:
    response = getattr(error, "response", None)
    if isinstance(response, dict):
        return cast(int | None, response.get("ResponseMetadata", {}).get("HTTPStatusCode"))
    code = getattr(error, "status_code", None) or getattr(error, "code", None)
    return code if isinstance(code, int) else None
