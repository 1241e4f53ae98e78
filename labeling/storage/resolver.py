"""From an address to the store and key that answer it, by the organization's own storage connections.

A `Resolver` is made inside a scope, once per piece of work. `resolve` may ask the database (uploads) and so needs the
scope; the `Location`s it returns do not, and may be read from threads.
"""

import threading
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext as _

from labeling.errors import AddressUnusable, StorageNotWritable
from labeling.models import StorageConnection, Upload, UploadedFile
from labeling.models.storage_connection import StorageKind
from labeling.storage.addresses import Address, parse_address
from labeling.storage.connections import SCHEME_OF, check_folder, open_connection
from maskwright.core.errors import DomainError
from maskwright.core.objects import ObjectStore, blob_store
from maskwright.core.objects.factory import blob_key
from maskwright.core.scope import current_scope


@dataclass(frozen=True)
class Location:
    """Where the bytes of an address lie. `key` is "" for the whole store; `name` is for people."""

    store: ObjectStore
    key: str
    name: str

    def get(self, *, max_bytes: int) -> bytes:
        return self.store.get(self.key, max_bytes=max_bytes)

    def open(self) -> BinaryIO:
        return self.store.open(self.key)

    def put(self, data: bytes, *, content_type: str = "application/octet-stream") -> None:
        self.store.put(self.key, data, content_type=content_type)


@dataclass(frozen=True)
class Found:
    """An object below a prefix. `size` in bytes."""

    uri: str
    size: int


class Resolver:
    """The storages of the organization in scope, opened when first needed."""

    def __init__(self) -> None:
        self.organization_id = current_scope().organization_id
        self.connections = list(StorageConnection.objects.filter(organization_id=self.organization_id))
        self._stores: dict[uuid.UUID, ObjectStore] = {}
        self._lock = threading.Lock()

    def resolve(self, uri: str) -> Location:
        """Raises AddressUnusable, saying which storage connection is missing; NotFound-like codes come when reading."""
        found = self.resolve_many([uri])[uri]
        if isinstance(found, DomainError):
            raise found
        return found

    def resolve_many(self, uris: Iterable[str]) -> dict[str, Location | DomainError]:
        """As `resolve` for many addresses, with one query for all files of uploads; errors are values."""
        result: dict[str, Location | DomainError] = {}
        uploads: dict[str, Address] = {}
        for uri in uris:
            try:
                address = parse_address(uri)
                if address.scheme == "upload" and not address.is_prefix:
                    uploads[uri] = address
                else:
                    result[uri] = self._locate(address)
            except DomainError as error:
                result[uri] = error
        return result | self._uploaded(uploads)

    def resolve_output(self, uri: str) -> Location:
        """As `resolve`, for writing. Raises StorageNotWritable for connections that are kept read-only."""
        address = parse_address(uri)
        if address.scheme == "upload":
            raise StorageNotWritable(_("Uploads are photos to read. Choose another output location."))
        if address.scheme != "maskwright" and not self._connection(address).is_writable:
            raise StorageNotWritable(
                _("The storage connection of %(address)s is read-only. Choose another output location.")
                % {"address": address}
            )
        return self._locate(address)

    def list_objects(self, uri: str) -> Iterator[Found]:
        """All objects below a prefix in key order (code points), streamed; nothing is asked of the database later."""
        address = parse_address(uri)
        if address.scheme == "upload":
            return iter(self._list_upload(address))
        location = self._locate(address)
        base = str(address)[: len(str(address)) - len(location.key)] if location.key else str(address)
        return (Found(base + item.key, item.size) for item in location.store.list(location.key))

    def _locate(self, address: Address) -> Location:
        if address.scheme == "maskwright":
            if address.container != "output":
                raise AddressUnusable(_("The installation's own storage is maskwright://output/."))
            return Location(blob_store(), f"org/{self.organization_id}/output/{address.key}", str(address))
        if address.scheme == "upload":
            # A store without key would be everybody's blobs; only single files of an upload have a location.
            raise AddressUnusable(_("%(address)s is a folder. Name one of its files.") % {"address": address})
        connection = self._connection(address)
        key = address.key
        if address.scheme == "file":
            folder = str(check_folder(connection.container, connection.organization_id))
            key = address.key[len(connection.container.rstrip("/")) + 1 :]
            return Location(self._store(connection), key, f"{folder}/{key}")
        return Location(self._store(connection), key, str(address))

    def _store(self, connection: StorageConnection) -> ObjectStore:
        with self._lock:
            if connection.pk not in self._stores:
                self._stores[connection.pk] = open_connection(connection)
            return self._stores[connection.pk]

    def _connection(self, address: Address) -> StorageConnection:
        """The connection that covers an address: its bucket, or the longest folder that contains it."""
        best: StorageConnection | None = None
        for connection in self.connections:
            if SCHEME_OF[connection.kind] != address.scheme:
                continue
            if connection.kind != StorageKind.LOCAL:
                if connection.container == address.container:
                    return connection
            elif _contains(connection.container, address.key) and (
                best is None or len(connection.container) > len(best.container)
            ):
                best = connection
        if best is None:
            what = str(address) if address.scheme == "file" else f"{address.scheme}://{address.container}"
            raise AddressUnusable(
                _("No storage connection of your organization covers %(what)s. Add one under Storage connections.")
                % {"what": what}
            )
        return best

    def _upload(self, address: Address) -> uuid.UUID:
        try:
            identity = uuid.UUID(address.container)
        except ValueError:
            raise AddressUnusable(
                _("'%(address)s' names no upload. Write upload://<upload id>/<name>.") % {"address": address}
            ) from None
        if not Upload.objects.filter(pk=identity).exists():
            raise AddressUnusable(
                _("There is no upload %(identity)s. Upload the photos first.") % {"identity": identity}
            )
        return identity

    def _uploaded(self, wanted: dict[str, Address]) -> dict[str, Location | DomainError]:
        """Locations of uploaded files: their bytes are blobs, so a location is the blob's."""
        found: dict[str, Location | DomainError] = {}
        for container in {address.container for address in wanted.values()}:
            group = {uri: address for uri, address in wanted.items() if address.container == container}
            try:
                upload = self._upload(next(iter(group.values())))
            except AddressUnusable as error:
                found |= dict.fromkeys(group, error)
                continue
            names = [address.key for address in group.values()]
            rows = UploadedFile.objects.filter(upload_id=upload, name__in=names).values_list("name", "sha256")
            blobs = dict(rows)
            for uri, address in group.items():
                sha256 = blobs.get(address.key)
                if sha256 is None:
                    found[uri] = AddressUnusable(
                        _("The upload has no file named %(key)s.") % {"key": address.key}, code="object_missing"
                    )
                else:
                    found[uri] = Location(blob_store(), blob_key(self.organization_id, sha256), uri)
        return found

    def _list_upload(self, address: Address) -> Sequence[Found]:
        upload = self._upload(address)
        rows = UploadedFile.objects.filter(upload_id=upload, name__startswith=address.key).values_list("name", "bytes")
        return [Found(f"upload://{upload}/{name}", size) for name, size in sorted(rows)]


def _contains(folder: str, key: str) -> bool:
    return key.startswith(folder.rstrip("/") + "/")
