"""Pictures that instructions show, kept once for each organization."""

import io
import re
import uuid

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext_noop

from labeling.images import ImageError, inspect_image
from labeling.models import Upload, UploadedFile
from labeling.models.upload import UploadPurpose
from labeling.services.uploads import create_upload, store_file
from maskwright.core.errors import FieldProblem, Invalid
from maskwright.core.scope import current_scope
from maskwright.core.wording import reword

MAX_BYTES = 5 * 1024 * 1024
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_ENDINGS = {"PNG": "png", "JPEG": "jpg"}


def store_picture(*, name: str, data: bytes, user_id: uuid.UUID | None) -> tuple[UploadedFile, str]:
    """Keep a picture and give its address for `![...](address)`; the same picture again has the same address.

    Raises Invalid for what is no JPEG or PNG or too large.
    """
    try:
        facts = inspect_image(data, max_bytes=MAX_BYTES)
    except ImageError as error:
        problem = FieldProblem("picture", error.code, reword(error.message))
        raise Invalid(problem.message, fields=(problem,)) from error
    stem = _UNSAFE.sub("-", name.rpartition("/")[2].rpartition(".")[0]).strip("-.")[:60] or "picture"
    upload = _collection(user_id)
    stored, _is_new = store_file(
        upload_id=upload.pk,
        name=f"{facts.sha256[:12]}-{stem}.{_ENDINGS[facts.format]}",
        source=io.BytesIO(data),
        length=len(data),
        sha256=facts.sha256,
    )
    return stored, reverse("upload_file", args=[upload.pk, stored.name])


def _collection(user_id: uuid.UUID | None) -> Upload:
    """The organization's upload of these pictures; it is never completed, so that it always takes more."""
    owner = current_scope().organization_id
    mine = Upload.objects.filter(organization_id=owner, purpose=UploadPurpose.INSTRUCTIONS)
    found: Upload | None = mine.first()
    if found is None:
        try:
            with transaction.atomic():
                found = create_upload(
                    name=gettext_noop("Pictures of instructions"), user_id=user_id, purpose=UploadPurpose.INSTRUCTIONS
                )
        except IntegrityError:  # somebody else made it at the same moment
            found = mine.get()
    return found
