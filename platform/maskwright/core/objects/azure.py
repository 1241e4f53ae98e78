"""Azure Blob Storage."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any, BinaryIO, cast

from azure.core.exceptions import ResourceNotFoundError
from azure.storage.blob import BlobServiceClient, ContentSettings
from storages.backends.azure_storage import AzureStorage as _AzureStorage

from maskwright.core.objects.remote import Opened

_SLICE = 4 << 20  # bytes to a request while reading


class AzureStorage(_AzureStorage):  # type: ignore[misc]  # untyped
    """django-storages' with an address of the account of its own; the limits of time are in `client_options`."""

    def get_default_settings(self) -> dict[str, Any]:
        return {**super().get_default_settings(), "account_url": ""}

    def _get_service_client(self) -> BlobServiceClient:
        if not self.account_url:
            return cast(BlobServiceClient, super()._get_service_client())
        credential: Any = self.sas_token or None
        if self.account_key:
            credential = {"account_name": self.account_name, "account_key": self.account_key}
        return BlobServiceClient(self.account_url, credential=credential, **self.client_options)


class AzureDriver:
    """Names are those of the container, taken as they are; raises what azure-storage-blob raises."""

    def __init__(self, storage: AzureStorage) -> None:
        self._storage = storage

    def upload(self, name: str, source: BinaryIO, size: int, content_type: str) -> None:
        """In blocks when it is big; they become one blob at the end."""
        settings = ContentSettings(content_type=content_type)
        self._storage.client.upload_blob(name, source, length=size, overwrite=True, content_settings=settings)

    def open(self, name: str) -> Opened:
        """Read in ranges of one version: the library demands the same ETag for each."""
        found = self._storage.client.download_blob(name)
        return Opened(int(found.size), found.read, lambda: None)

    def size(self, name: str) -> int:
        return int(self._storage.client.get_blob_client(name).get_blob_properties().size)

    def remove(self, name: str) -> None:
        with suppress(ResourceNotFoundError):  # what is gone is gone
            self._storage.client.delete_blob(name)

    def list(self, prefix: str) -> Iterator[tuple[str, int]]:
        for item in self._storage.client.list_blobs(name_starts_with=prefix or None):
            yield item.name, int(item.size)


def client_options(*, connect: float, read: float, retries: int) -> dict[str, Any]:
    """Limits for BlobServiceClient, times in seconds. Its own would try for minutes."""
    return {
        "connection_timeout": connect,
        "read_timeout": read,
        "retry_total": retries,
        "retry_connect": retries,
        "retry_read": retries,
        "retry_status": retries,
        "initial_backoff": 1,
        "max_single_get_size": _SLICE,
        "max_chunk_get_size": _SLICE,
    }
