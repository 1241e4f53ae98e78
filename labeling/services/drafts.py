"""Drafts: a labeler's unfinished mask, kept for him whatever becomes of the claim."""

import uuid
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from labeling.errors import NoDraft, StaleDraft
from labeling.masks import max_mask_bytes, png_facts, sha256
from labeling.services.blobs import lock_blobs
from labeling.services.claim_context import ClaimContext, read_claim
from maskwright.core.errors import Invalid
from maskwright.core.ids import uuid7
from maskwright.core.objects import blob_store
from workforce.errors import LeaseLost
from workforce.services.claims import why_not_mine

_SAVE = """
INSERT INTO labeling_draft AS d
  (id, organization_id, work_queue_id, task_id, worker_id, seq, sha256, saved_at, created_at)
VALUES (%(id)s, %(org)s, %(queue)s, %(task)s, %(worker)s, %(seq)s, %(sha)s, clock_timestamp(), clock_timestamp())
ON CONFLICT (organization_id, task_id, worker_id) DO UPDATE
  SET seq = excluded.seq, sha256 = excluded.sha256, saved_at = excluded.saved_at
  WHERE d.seq < excluded.seq AND (%(builds_on)s::bigint IS NULL OR d.seq = %(builds_on)s)
RETURNING seq
"""


_STORED = "SELECT seq, sha256 FROM labeling_draft WHERE task_id = %(task)s AND worker_id = %(worker)s"


@dataclass(frozen=True)
class SavedDraft:
    seq: int
    sha256: str


def draft_key(claim: ClaimContext, digest: str) -> str:
    return _key(claim.organization_id, claim.task_id, claim.worker_id, digest)


def stored_draft(organization_id: uuid.UUID, task_id: uuid.UUID, worker_id: uuid.UUID, digest: str) -> bytes:
    """The bytes of a draft, for its author."""
    return blob_store().get(_key(organization_id, task_id, worker_id, digest))


def _key(organization_id: uuid.UUID, task_id: uuid.UUID, worker_id: uuid.UUID, digest: str) -> str:
    return f"org/{organization_id}/drafts/{task_id}/{worker_id}/{digest}"


def save_draft(
    *, user_id: uuid.UUID, claim_id: uuid.UUID, token: int, seq: int, body: bytes, builds_on: int | None = None
) -> SavedDraft:
    """Keep a draft whose `seq` is greater than the stored one; the bytes are durable before the row.

    `builds_on` is the draft it goes on from (0: none): where another window has saved one since, StaleDraft is raised
    and that one stays. The PNG's size is checked but its pixels are not decoded: only its author ever sees a draft.
    """
    claim = read_claim(user_id=user_id, claim_id=claim_id)
    if not claim.is_live or claim.fencing_token != token:
        raise why_not_mine(user_id=user_id, claim_id=claim_id, token=token)
    facts = png_facts(body) if len(body) <= max_mask_bytes(claim.width, claim.height) else None
    if facts is None or (facts.width, facts.height) != (claim.width, claim.height):
        raise Invalid(
            _("A draft is an indexed PNG of %(width)s x %(height)s pixels.")
            % {"width": claim.width, "height": claim.height},
            code="wrong_draft",
        )
    digest = sha256(body)
    lock_blobs(digest)
    store = blob_store()
    store.put(draft_key(claim, digest), body, content_type="image/png")
    values: dict[str, Any] = {
        "id": uuid7(),
        "org": claim.organization_id,
        "queue": claim.work_queue_id,
        "task": claim.task_id,
        "worker": claim.worker_id,
        "seq": seq,
        "sha": digest,
        "builds_on": builds_on,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SAVE, values)
        if cursor.fetchone() is None:
            cursor.execute(_STORED, values)
            newest, stored = cursor.fetchone()
            if stored != digest:
                raise StaleDraft(
                    _("Draft %(newest)s is stored. Load it before you go on with %(seq)s.")
                    % {"newest": newest, "seq": seq}
                )
            return SavedDraft(newest, digest)
    if claim.draft_sha256 and claim.draft_sha256 != digest:
        # After the commit: until then the old draft is the one that a failure would leave. What this misses is swept.
        transaction.on_commit(partial(store.delete, draft_key(claim, claim.draft_sha256)), robust=True)
    return SavedDraft(seq, digest)


def load_draft(*, user_id: uuid.UUID, claim_id: uuid.UUID) -> tuple[int, bytes]:
    """The newest draft as (seq, PNG). Raises NoDraft, or LeaseLost once the claim is over."""
    claim = read_claim(user_id=user_id, claim_id=claim_id)
    if not claim.is_live:
        raise LeaseLost(_("The time for this assignment is over. Ask for it again to go on with your draft."))
    if claim.draft_seq is None or claim.draft_sha256 is None:
        raise NoDraft(_("There is no draft yet."))
    return claim.draft_seq, blob_store().get(draft_key(claim, claim.draft_sha256))
