"""Uploads: photos and manifests from a browser, file by file, so that an interrupted folder goes on where it was."""

import hashlib
import re
import tempfile
import uuid
from typing import BinaryIO, cast

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from labeling.errors import ChecksumMismatch, FileTooLarge, UploadCompleted
from labeling.models import JobRevision, Upload, UploadedFile
from labeling.models.upload import UploadPurpose
from labeling.services.blobs import lock_blobs
from labeling.services.intake.sources import PHOTO_ENDINGS
from maskwright.audit.record import record
from maskwright.core.errors import Conflict, FieldProblem, Invalid, NotFound
from maskwright.core.objects import blob_store
from maskwright.core.objects.factory import blob_key
from maskwright.core.scope import current_scope, organization_scope

MANIFEST_ENDINGS = (".manifest", ".jsonl", ".json")
MAX_MANIFEST_BYTES = 200 * 1024 * 1024
MAX_NAME_CHARS = 500
_SLICE = 1 << 20
_SHA256 = re.compile(r"[0-9a-f]{64}")


def create_upload(*, name: str, user_id: uuid.UUID | None, purpose: UploadPurpose = UploadPurpose.PHOTOS) -> Upload:
    """Begin an upload; its files get addresses `upload://<id>/<name>`."""
    name = name.strip()
    if not 1 <= len(name) <= 100 or "\0" in name:
        problem = FieldProblem("name", "bad_name", _("Give the upload a name of 1 to 100 characters."))
        raise Invalid(_("The upload cannot be made."), fields=(problem,))
    upload: Upload = Upload.objects.create(name=name, created_by_id=user_id, purpose=purpose)
    record("upload.created", "upload", upload.pk, name=name)
    return upload


def own_upload(upload_id: uuid.UUID) -> Upload:
    found: Upload | None = Upload.objects.filter(pk=upload_id).first()
    if found is None:
        raise NotFound(_("There is no such upload."))
    return found


def store_file(
    *, upload_id: uuid.UUID, name: str, source: BinaryIO, length: int | None = None, sha256: str = ""
) -> tuple[UploadedFile, bool]:
    """Keep a file; (file, whether it is new). Sending the same again changes nothing, other bytes replace the file.

    `length`: what the sender says. `sha256` (hex) is compared with what arrived. The bytes are stored before the row.
    Raises Invalid, FileTooLarge, ChecksumMismatch, UploadCompleted, NotFound.
    """
    upload = own_upload(upload_id)
    _require_open(upload)
    _check_name(name, sha256)
    limit = MAX_MANIFEST_BYTES if name.lower().endswith(MANIFEST_ENDINGS) else settings.IMAGE_MAX_BYTES
    if length is not None and length > limit:
        raise _too_large(limit)
    with tempfile.SpooledTemporaryFile(max_size=4 * _SLICE) as copy:
        digest, size = _receive(source, copy, limit)
        if sha256 and sha256.lower() != digest:
            raise ChecksumMismatch(_("The file arrived damaged: its SHA-256 is another one. Send it again."))
        copy.seek(0)
        lock_blobs(digest)
        blob_store().put_file(blob_key(upload.organization_id, digest), cast(BinaryIO, copy))
    # Locked, so that no file is added to an upload that somebody completes at this moment.
    _require_open(Upload.objects.select_for_update(no_key=True).get(pk=upload_id))
    stored, is_new = UploadedFile.objects.get_or_create(
        upload=upload, name=name, defaults={"sha256": digest, "bytes": size, "organization_id": upload.organization_id}
    )
    if stored.sha256 != digest:
        stored.sha256, stored.bytes = digest, size
        stored.save(update_fields=["sha256", "bytes"])
    return stored, is_new


def complete_upload(*, upload_id: uuid.UUID) -> Upload:
    """Nothing is added any more; jobs may use it. Completing again changes nothing."""
    upload: Upload | None = Upload.objects.select_for_update(no_key=True).filter(pk=upload_id).first()
    if upload is None:
        raise NotFound(_("There is no such upload."))
    if upload.purpose == UploadPurpose.INSTRUCTIONS:
        raise Conflict(_("The pictures of instructions always take more; they are not for jobs."))
    if upload.completed_at is None:
        upload.completed_at = timezone.now()
        upload.save(update_fields=["completed_at"])
        record("upload.completed", "upload", upload.pk)
    return upload


def _require_open(upload: Upload) -> None:
    if upload.completed_at is not None:
        raise UploadCompleted(_("This upload is complete. Begin a new one for further files."))


def _receive(source: BinaryIO, target: tempfile.SpooledTemporaryFile[bytes], limit: int) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while data := source.read(_SLICE):
        size += len(data)
        if size > limit:
            raise _too_large(limit)
        digest.update(data)
        target.write(data)
    return digest.hexdigest(), size


def _too_large(limit: int) -> FileTooLarge:
    return FileTooLarge(
        _("The file is larger than %(limit)s MB. Compress or scale it.") % {"limit": limit // (1024 * 1024)}
    )


def _check_name(name: str, sha256: str) -> None:
    problems = []
    parts = name.split("/")
    printable = all(character >= " " and not "\ud800" <= character <= "\udfff" for character in name)
    if not name or len(name) > MAX_NAME_CHARS or not printable or "\x7f" in name:
        message = _("A file's name has 1 to %(most)s characters, none of them control characters.") % {
            "most": MAX_NAME_CHARS
        }
        problems.append(FieldProblem("name", "bad_name", message))
    elif "\\" in name or any(part.strip() in ("", ".", "..") for part in parts):
        message = _("Write the file's path inside of the folder, such as street/cat.jpg; without '..' and backslashes.")
        problems.append(FieldProblem("name", "bad_path", message))
    elif not name.lower().endswith((*PHOTO_ENDINGS, *MANIFEST_ENDINGS)):
        message = _("Only photos (.jpg, .jpeg, .png) and manifests (.manifest, .jsonl, .json) can be uploaded.")
        problems.append(FieldProblem("name", "unsupported_file", message))
    if sha256 and not _SHA256.fullmatch(sha256.lower()):
        message = _("X-Content-SHA256 is the SHA-256 of the file as 64 hexadecimal digits.")
        problems.append(FieldProblem("X-Content-SHA256", "bad_checksum", message))
    if problems:
        raise Invalid(_("The file cannot be taken; each reason is listed."), fields=tuple(problems))


def picture_of_instructions(*, upload_id: uuid.UUID, name: str, address: str) -> UploadedFile | None:
    """A file that some instructions the caller may read show, for people who may not see photos otherwise.

    Vendors read the revisions of jobs they were granted; the file itself belongs to the customer.
    """
    # The whole address, not the beginning of a longer one.
    whole = re.compile(re.escape(address) + r"(?![^\s\"'<>()])")
    revisions = JobRevision.objects.filter(instructions__contains=address).only("organization_id", "instructions")
    revision = next((found for found in revisions if whole.search(found.instructions)), None)
    if revision is None:
        return None
    scope = current_scope()
    with organization_scope(revision.organization_id, user_id=scope.user_id):
        found: UploadedFile | None = UploadedFile.objects.filter(upload_id=upload_id, name=name).first()
    return found
