"""Google Cloud Storage."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any, BinaryIO

from django.utils.translation import gettext as _
from google.api_core.exceptions import NotFound
from google.cloud.storage import Client
from google.cloud.storage.retry import DEFAULT_RETRY
from storages.backends.gcloud import GoogleCloudStorage

from maskwright.core.objects.base import BucketMissing
from maskwright.core.objects.remote import Opened

_SLICE = 4 << 20  # bytes to a request while reading


class GoogleStorage(GoogleCloudStorage):  # type: ignore[misc]  # untyped
    """django-storages' with an endpoint of its own and limits of time, in seconds."""

    _client: Client | None

    def get_default_settings(self) -> dict[str, Any]:
        more = {"api_endpoint": "", "timeout": (5, 20), "deadline": 60}
        return {**super().get_default_settings(), **more}

    @property
    def client(self) -> Client:
        if self._client is None:
            options = {"api_endpoint": self.api_endpoint} if self.api_endpoint else None
            self._client = Client(project=self.project_id, credentials=self.credentials, client_options=options)
        return self._client


class GoogleDriver:
    """Names are those of the bucket; raises what google-cloud-storage raises."""

    def __init__(self, storage: GoogleStorage) -> None:
        self._storage = storage
        self._limits = {"timeout": storage.timeout, "retry": DEFAULT_RETRY.with_timeout(storage.deadline)}

    def upload(self, name: str, source: BinaryIO, size: int, content_type: str) -> None:
        blob = self._storage.bucket.blob(name)
        blob.upload_from_file(source, size=size, content_type=content_type, **self._limits)

    def open(self, name: str) -> Opened:
        """Read in ranges of one generation: whoever replaces the object meanwhile makes this fail, never mixes both."""
        found = self._stat(name)
        blob = self._storage.bucket.blob(name)
        # Raw: the stored bytes count, whatever encoding somebody declared for them.
        source = blob.open(
            "rb", chunk_size=_SLICE, raw_download=True, if_generation_match=found.generation, **self._limits
        )
        return Opened(int(found.size), source.read, source.close)

    def size(self, name: str) -> int:
        return int(self._stat(name).size)

    def _stat(self, name: str) -> Any:
        blob = self._storage.bucket.blob(name)
        blob.reload(**self._limits)
        return blob

    def remove(self, name: str) -> None:
        with suppress(NotFound):  # what is gone is gone
            self._storage.bucket.delete_blob(name, **self._limits)

    def list(self, prefix: str) -> Iterator[tuple[str, int]]:
        fields = "items(name,size),nextPageToken"
        try:
            for item in self._storage.client.list_blobs(
                self._storage.bucket_name, prefix=prefix, fields=fields, **self._limits
            ):
                yield item.name, int(item.size)
        except NotFound as error:
            raise BucketMissing(_("The bucket does not exist. Check its spelling, or make it.")) from error
