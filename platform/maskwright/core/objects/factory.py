"""Build a store from an address: `file:///folder`, `s3://bucket/prefix`, `gs://bucket/prefix`, `azure://container/prefix`."""

from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from maskwright.core.objects.base import ObjectStore
from maskwright.core.objects.local import LocalStore
from maskwright.core.objects.remote import RemoteStore


def open_store(address: str, **options: Any) -> ObjectStore:
    """Open a store; `options` are the django-storages settings of that backend (keys, endpoint, region)."""
    parts = urlsplit(address)
    prefix = unquote(parts.path).strip("/")
    if parts.scheme == "file":
        return LocalStore(Path(unquote(parts.path)))
    if parts.scheme == "s3":
        from botocore.config import Config
        from storages.backends.s3 import S3Storage

        from maskwright.core.objects.amazon import AmazonDriver

        options.setdefault("client_config", Config(connect_timeout=5, read_timeout=20, retries={"max_attempts": 3}))
        s3 = S3Storage(bucket_name=parts.netloc, file_overwrite=True, **options)
        return RemoteStore(s3, AmazonDriver(s3), prefix=prefix)
    if parts.scheme == "gs":
        from maskwright.core.objects.google import GoogleDriver, GoogleStorage

        google = GoogleStorage(bucket_name=parts.netloc, file_overwrite=True, **options)
        return RemoteStore(google, GoogleDriver(google), prefix=prefix)
    if parts.scheme == "azure":
        from maskwright.core.objects.azure import AzureDriver, AzureStorage, client_options

        options.setdefault("client_options", client_options(connect=5, read=20, retries=3))
        azure = AzureStorage(azure_container=parts.netloc, overwrite_files=True, **options)
        return RemoteStore(azure, AzureDriver(azure), prefix=prefix)
    raise ImproperlyConfigured(
        f"'{address}' is no storage address. Use file:///folder, s3://bucket/prefix, gs://bucket/prefix or "
        "azure://container/prefix."
    )


@lru_cache(maxsize=4)
def _open_cached(address: str, options: tuple[tuple[str, Any], ...]) -> ObjectStore:
    return open_store(address, **dict(options))


def blob_store() -> ObjectStore:
    """The installation's own storage: masks, drafts, uploads, under `org/<organization id>/...`."""
    options = tuple(sorted(settings.MASKWRIGHT_STORAGE_OPTIONS.items()))
    return _open_cached(settings.MASKWRIGHT_STORAGE, options)


def blob_key(organization_id: object, sha256: str) -> str:
    """Where a blob of an organization lies; never shared between organizations, even when the bytes are equal."""
    return f"org/{organization_id}/blobs/{sha256}"
