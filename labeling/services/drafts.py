"""Drafts: a labeler's unfinished mask or form, kept for him whatever becomes of the claim."""

import json
import uuid
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from labeling.errors import NoDraft, StaleDraft
from labeling.masks import max_mask_bytes, png_facts, sha256
from labeling.models import DraftVersion
from labeling.services.blobs import lock_blobs
from labeling.services.claim_context import ClaimContext, read_claim
from labeling.services.draft_versions import add_version, has_versions, keep_stored_draft, version_of, versions_of
from labeling.services.frames import is_framed
from maskwright.core.errors import Invalid
from maskwright.core.ids import uuid7
from maskwright.core.objects import blob_store
from workforce.errors import LeaseLost
from workforce.services.claims import why_not_mine

_SAVE = """
INSERT INTO labeling_draft AS d
  (id, organization_id, work_queue_id, task_id, worker_id, seq, sha256, saved_at, created_at, "window", device)
VALUES (%(id)s, %(org)s, %(queue)s, %(task)s, %(worker)s, %(seq)s, %(sha)s, clock_timestamp(), clock_timestamp(),
  %(window)s, %(device)s)
ON CONFLICT (organization_id, task_id, worker_id) DO UPDATE
  SET seq = excluded.seq, sha256 = excluded.sha256, saved_at = excluded.saved_at, "window" = excluded."window",
    device = excluded.device
  WHERE d.seq < excluded.seq AND (%(builds_on)s::bigint IS NULL OR d.seq = %(builds_on)s)
RETURNING seq
"""


_STORED = """
SELECT seq, sha256, saved_at, "window", device FROM labeling_draft
WHERE task_id = %(task)s AND worker_id = %(worker)s
"""


#: Of a form beside its mask.
FORM_BYTES = 1024 * 1024


@dataclass(frozen=True)
class SavedDraft:
    seq: int
    sha256: str


@dataclass(frozen=True)
class Window:
    """Where a draft is painted: the client's own name of its window, and the device in words; its author sees it."""

    name: str = ""
    device: str = ""


def draft_key(claim: ClaimContext, digest: str) -> str:
    return _key(claim.organization_id, claim.task_id, claim.worker_id, digest)


def stored_draft(organization_id: uuid.UUID, task_id: uuid.UUID, worker_id: uuid.UUID, digest: str) -> bytes:
    """The bytes of a draft, for its author."""
    return blob_store().get(_key(organization_id, task_id, worker_id, digest))


def _key(organization_id: uuid.UUID, task_id: uuid.UUID, worker_id: uuid.UUID, digest: str) -> str:
    return f"org/{organization_id}/drafts/{task_id}/{worker_id}/{digest}"


def live_claim(*, user_id: uuid.UUID, claim_id: uuid.UUID, token: int) -> ClaimContext:
    """The person's claim, or LeaseLost and the like."""
    claim = read_claim(user_id=user_id, claim_id=claim_id)
    if not claim.is_live or claim.fencing_token != token:
        raise why_not_mine(user_id=user_id, claim_id=claim_id, token=token)
    return claim


def store_png(claim: ClaimContext, body: bytes) -> str:
    """Store a mask of the claim's size; its sha256. Its pixels are not decoded: only its author ever sees it."""
    facts = png_facts(body) if len(body) <= max_mask_bytes(claim.width, claim.height) else None
    if facts is None or (facts.width, facts.height) != (claim.width, claim.height):
        raise Invalid(
            _("A draft is an indexed PNG of %(width)s x %(height)s pixels.")
            % {"width": claim.width, "height": claim.height},
            code="wrong_draft",
        )
    digest = sha256(body)
    lock_blobs(digest)
    blob_store().put(draft_key(claim, digest), body, content_type="image/png")
    return digest


def store_form(claim: ClaimContext, body: bytes) -> str:
    """Store the form so far of a task with a page of its own (a JSON object); its sha256. Only its author sees it."""
    limit = max_mask_bytes(claim.width, claim.height) * 4 // 3 + FORM_BYTES
    try:
        fits = len(body) <= limit and isinstance(json.loads(body), dict)
    except (ValueError, RecursionError):
        fits = False
    if not fits:
        raise Invalid(_("The draft of this task is the form so far, as a JSON object."), code="wrong_draft")
    digest = sha256(body)
    lock_blobs(digest)
    blob_store().put(draft_key(claim, digest), body, content_type="application/json")
    return digest


def _store(claim: ClaimContext, body: bytes) -> str:
    return store_form(claim, body) if is_framed(claim) else store_png(claim, body)


def draft_type(body: bytes) -> str:
    """What a stored draft is: a form, or a mask."""
    return "application/json" if body.startswith(b"{") else "image/png"


def save_draft(
    *,
    user_id: uuid.UUID,
    claim_id: uuid.UUID,
    token: int,
    seq: int,
    body: bytes,
    builds_on: int | None = None,
    window: Window | None = None,
    keep_replaced: bool = False,
) -> SavedDraft:
    """Keep a draft whose `seq` is greater than the stored one; the bytes are durable before the row.

    `builds_on` is the draft it goes on from (0: none): where another window has saved one since, StaleDraft is raised
    and that one stays. `keep_replaced`: the draft whose place it takes is another window's, and is kept as a version.
    """
    claim = live_claim(user_id=user_id, claim_id=claim_id, token=token)
    window = window or Window()
    digest = _store(claim, body)
    values: dict[str, Any] = {
        "id": uuid7(),
        "org": claim.organization_id,
        "queue": claim.work_queue_id,
        "task": claim.task_id,
        "worker": claim.worker_id,
        "seq": seq,
        "sha": digest,
        "builds_on": builds_on,
        "window": window.name,
        "device": window.device,
    }
    if keep_replaced and builds_on:
        keep_stored_draft(claim, builds_on)
    with connection.cursor() as cursor:
        cursor.execute(_SAVE, values)
        if cursor.fetchone() is None:
            newest, stored, details = _stored(claim)
            if stored != digest:
                raise StaleDraft(
                    _("Draft %(newest)s is stored. Load it before you go on with %(seq)s.")
                    % {"newest": newest, "seq": seq},
                    stored=details,
                )
            return SavedDraft(newest, digest)
    if claim.draft_sha256 and claim.draft_sha256 != digest and not has_versions(claim):
        # After the commit: until then the old draft is the one that a failure would leave. What this misses is swept.
        transaction.on_commit(partial(blob_store().delete, draft_key(claim, claim.draft_sha256)), robust=True)
    return SavedDraft(seq, digest)


def stale_draft(claim: ClaimContext) -> StaleDraft:
    """Why an answer that goes on from another draft is not taken."""
    message = _("Another window has saved something else of this image. Load it before you submit.")
    return StaleDraft(message, stored=_stored(claim)[2])


def _stored(claim: ClaimContext) -> tuple[int, str, dict[str, Any]]:
    """Number and sha256 of the stored draft, and what its author is told of it."""
    with connection.cursor() as cursor:
        cursor.execute(_STORED, {"task": claim.task_id, "worker": claim.worker_id})
        row = cursor.fetchone()
    if row is None:  # none was ever saved
        return 0, "", {"seq": 0, "saved_at": None, "window": "", "device": ""}
    seq, digest, saved_at, window, device = row
    return seq, digest, {"seq": seq, "saved_at": saved_at, "window": window, "device": device}


def load_draft(*, user_id: uuid.UUID, claim_id: uuid.UUID) -> tuple[int, bytes]:
    """The newest draft as (seq, its bytes). Raises NoDraft, or LeaseLost once the claim is over."""
    claim = _live(user_id, claim_id)
    if claim.draft_seq is None or claim.draft_sha256 is None:
        raise NoDraft(_("There is no draft yet."))
    return claim.draft_seq, blob_store().get(draft_key(claim, claim.draft_sha256))


def draft_versions(*, user_id: uuid.UUID, claim_id: uuid.UUID) -> list[DraftVersion]:
    """What lost against another window's draft; LeaseLost once the claim is over."""
    return versions_of(_live(user_id, claim_id))


def load_version(*, user_id: uuid.UUID, claim_id: uuid.UUID, version_id: uuid.UUID) -> bytes:
    claim = _live(user_id, claim_id)
    return blob_store().get(draft_key(claim, version_of(claim, version_id).sha256))


def keep_version(*, user_id: uuid.UUID, claim_id: uuid.UUID, token: int, body: bytes, window: Window) -> DraftVersion:
    """What a window has painted, kept as a version: it is about to show another window's draft."""
    claim = live_claim(user_id=user_id, claim_id=claim_id, token=token)
    return version_of(claim, add_version(claim, _store(claim, body), None, window.name, window.device))


def _live(user_id: uuid.UUID, claim_id: uuid.UUID) -> ClaimContext:
    claim = read_claim(user_id=user_id, claim_id=claim_id)
    if not claim.is_live:
        raise LeaseLost(_("The time for this assignment is over. Ask for it again to go on with your draft."))
    return claim
