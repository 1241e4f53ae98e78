"""Versions of a draft: what lost when the same person painted one image in two windows, kept until he has answered."""

import uuid
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from labeling.models import DraftVersion
from labeling.services.claim_context import ClaimContext
from maskwright.core.errors import NotFound
from maskwright.core.ids import uuid7

#: Of a person's versions of one task the newest stay.
MOST = 20

_ADD = """
INSERT INTO labeling_draftversion
  (id, organization_id, work_queue_id, task_id, worker_id, sha256, saved_at, created_at, "window", device)
VALUES (%(id)s, %(org)s, %(queue)s, %(task)s, %(worker)s, %(sha)s, coalesce(%(saved)s, clock_timestamp()),
  clock_timestamp(), %(window)s, %(device)s)
ON CONFLICT (organization_id, task_id, worker_id, sha256) DO UPDATE
  SET saved_at = excluded.saved_at, created_at = excluded.created_at
RETURNING id
"""

_STORED = """
SELECT sha256, saved_at, "window", device FROM labeling_draft
WHERE task_id = %(task)s AND worker_id = %(worker)s AND seq = %(seq)s FOR UPDATE
"""


def keep_stored_draft(claim: ClaimContext, seq: int) -> None:
    """The stored draft, if it is still this one, becomes a version: another is about to take its place."""
    with connection.cursor() as cursor:
        cursor.execute(_STORED, {"task": claim.task_id, "worker": claim.worker_id, "seq": seq})
        row = cursor.fetchone()
    if row is not None:
        add_version(claim, *row)


def add_version(claim: ClaimContext, digest: str, saved_at: datetime | None, window: str, device: str) -> uuid.UUID:
    """A version with these stored bytes; equal ones are one. The oldest go beyond `MOST` (their bytes are swept)."""
    values: dict[str, Any] = {
        "id": uuid7(),
        "org": claim.organization_id,
        "queue": claim.work_queue_id,
        "task": claim.task_id,
        "worker": claim.worker_id,
        "sha": digest,
        "saved": saved_at,
        "window": window,
        "device": device,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ADD, values)
        made: uuid.UUID = cursor.fetchone()[0]
    versions = versions_of(claim)
    DraftVersion.objects.filter(pk__in=[one.pk for one in versions[MOST:]]).delete()
    return made


def versions_of(claim: ClaimContext) -> list[DraftVersion]:
    """The newest first."""
    found = DraftVersion.objects.filter(task_id=claim.task_id, worker_id=claim.worker_id)
    return list(found.order_by("-created_at", "-id"))


def version_of(claim: ClaimContext, version_id: uuid.UUID) -> DraftVersion:
    found = DraftVersion.objects.filter(pk=version_id, task_id=claim.task_id, worker_id=claim.worker_id).first()
    if found is None:
        raise NotFound(_("There is no such version of your draft any more."))
    return found


def has_versions(claim: ClaimContext) -> bool:
    """Then the bytes of a replaced draft may be a version's, too."""
    return DraftVersion.objects.filter(task_id=claim.task_id, worker_id=claim.worker_id).exists()


def forget_versions(claim: ClaimContext) -> None:
    """He has answered: nothing is to be brought back any more. The bytes are swept."""
    DraftVersion.objects.filter(task_id=claim.task_id, worker_id=claim.worker_id).delete()
