"""Thumbnails of photos: made in worker processes, kept in the organization's own blobs, named by the photo's SHA-256.

Intake makes them from the pixels it decodes anyway; for everything else (uploads no job has read, photos of older
jobs) whoever looks for one that is not there asks a worker for it. The name says what the photo was, so a thumbnail is
never out of date. An empty object says that this photo cannot be drawn.
"""

import logging
import uuid

from django.conf import settings
from django.utils.translation import gettext as _

from labeling.errors import NoImage
from labeling.images import ImageError, inspect_image, verify_decodes
from labeling.models import DataObject, UploadedFile
from labeling.storage import Location, Resolver
from maskwright.core.objects import ObjectMissing, ObjectStoreError, blob_store
from maskwright.core.objects.factory import blob_key
from maskwright.core.outbox import Message, emit
from maskwright.core.scope import organization_scope

logger = logging.getLogger(__name__)

SIDE = 320  # pixels of the longer side: crisp at 160 on a screen of double density
_MAX_BYTES = 1 << 20


def thumbnail_key(organization_id: uuid.UUID, sha256: str) -> str:
    return f"org/{organization_id}/thumbnails/{sha256}.jpg"


def keep_thumbnail(organization_id: uuid.UUID, sha256: str, jpeg: bytes) -> None:
    """Keep what a decode gave. A storage that fails costs nothing but a later look: it is asked for again."""
    try:
        blob_store().put(thumbnail_key(organization_id, sha256), jpeg, content_type="image/jpeg")
    except ObjectStoreError as error:
        logger.warning("A thumbnail of organization %s was not kept: %s", organization_id, error.message)


def read_thumbnail(organization_id: uuid.UUID, sha256: str) -> bytes | None:
    """The JPEG; None while there is none. Raises NoImage for a photo that cannot be drawn."""
    try:
        found = blob_store().get(thumbnail_key(organization_id, sha256), max_bytes=_MAX_BYTES)
    except ObjectMissing:
        return None
    if not found:
        raise NoImage(_("This file is no photo that can be shown."))
    return found


def thumbnail_of_object(item: DataObject) -> bytes | None:
    """Of a data object that the caller may see; None while a worker makes it."""
    if not item.image_sha256:
        raise NoImage(_("This object has no photo that can be shown; its problem says why."))
    # As its owner, whoever looks: a vendor's manager with preview reads the customer's bytes.
    with organization_scope(item.organization_id):
        return _read_or_ask(item.organization_id, item.image_sha256, {"object_id": str(item.pk)})


def thumbnail_of_file(file: UploadedFile) -> bytes | None:
    """Of an uploaded file of the organization in scope; None while a worker makes it."""
    return _read_or_ask(file.organization_id, file.sha256, {"file_id": str(file.pk)})


def _read_or_ask(organization_id: uuid.UUID, sha256: str, payload: dict[str, str]) -> bytes | None:
    found = read_thumbnail(organization_id, sha256)
    if found is None:
        emit(Message("thumbnail.make", organization_id, payload, key=sha256))
    return found


def make_asked_thumbnail(*, organization_id: uuid.UUID, object_id: str = "", file_id: str = "") -> None:
    """In a worker, outside of any transaction; may run any number of times. Raises ObjectStoreError."""
    found = _source(organization_id, object_id, file_id)
    if found is None:
        return
    location, sha256 = found
    if blob_store().exists(thumbnail_key(organization_id, sha256)):
        return
    try:
        data = location.get(max_bytes=settings.IMAGE_MAX_BYTES)
        facts = inspect_image(data, max_bytes=settings.IMAGE_MAX_BYTES, max_side=settings.IMAGE_MAX_SIDE)
        # Bytes that changed in the storage since are another photo: they are not shown as this one.
        jpeg = verify_decodes(data, thumbnail_side=SIDE) if facts.sha256 == sha256 else b""
    except (ImageError, ObjectMissing):
        jpeg = b""
    blob_store().put(thumbnail_key(organization_id, sha256), jpeg, content_type="image/jpeg")


def _source(organization_id: uuid.UUID, object_id: str, file_id: str) -> tuple[Location, str] | None:
    with organization_scope(organization_id):
        if file_id:
            file = UploadedFile.objects.filter(pk=file_id).first()
            if file is None:
                return None
            return Location(blob_store(), blob_key(organization_id, file.sha256), file.name), file.sha256
        item = DataObject.objects.filter(pk=object_id).exclude(image_sha256="").first()
        return None if item is None else (Resolver().resolve(item.source_ref), item.image_sha256)
