"""Submit an answer: idempotent by key, acknowledged only when bytes and row are safe.

Order: check, bytes stored under their sha256, slot accepted, annotation and audit and outbox rows, commit, reply.
"""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _

from labeling.errors import KeyReused, WrongAnswer
from labeling.masks import MaskError, decode_mask, sha256
from labeling.models import Annotation
from labeling.services.blobs import keep_blobs
from labeling.services.choices import check_choice, choice_content
from labeling.services.claim_context import ClaimContext, read_claim
from labeling.services.crowd_answers import crowd_mask
from labeling.services.draft_versions import forget_versions
from labeling.services.drafts import stale_draft
from labeling.services.review_content import check_review, review_content
from labeling.states import AnnotationKind, AnnotationState
from maskwright.audit.record import record
from maskwright.core.errors import FieldProblem
from maskwright.core.ids import uuid7
from maskwright.core.outbox import Message, emit, push
from maskwright.core.wording import reword
from workforce.services.acceptance import accept
from workforce.services.claims import why_not_mine
from workforce.states import ClaimState

MOST_REASON_CHARS = 500


@dataclass(frozen=True)
class Answer:
    """An answer as it came: a mask's PNG bytes, or the content of another kind."""

    kind: AnnotationKind
    body: bytes
    content: dict[str, Any]
    #: What a crowd form submitted; the mask is made of it once the claim is known.
    crowd: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Reply:
    """What a submit is answered, now and whenever it is repeated."""

    status: int
    body: dict[str, Any]


def mask_answer(body: bytes) -> Answer:
    return Answer(AnnotationKind.MASK, body, {})


def crowd_answer(content: Mapping[str, Any]) -> Answer:
    return Answer(AnnotationKind.MASK, b"", {}, content)


def other_answer(kind: str, content: dict[str, Any]) -> Answer:
    """An answer without a mask: nothing to label here, cannot be labeled because ..., or a reviewer's verdict."""
    if kind == AnnotationKind.REVIEW:
        verdict = review_content(content)
        return Answer(AnnotationKind.REVIEW, _canonical(kind, verdict), verdict)
    if kind == AnnotationKind.CHOICE:
        chosen = choice_content(content)
        return Answer(AnnotationKind.CHOICE, _canonical(kind, chosen), chosen)
    if kind not in (AnnotationKind.EMPTY, AnnotationKind.IMPOSSIBLE):
        message = _(
            "'%(kind)s' is no kind of answer here. Send a mask as image/png, or kind 'crowd', 'empty' or 'impossible'."
        ) % {"kind": kind}
        raise WrongAnswer(message, fields=(FieldProblem("kind", "unknown", message),))
    kept = {"reason": _reason(content)} if kind == AnnotationKind.IMPOSSIBLE else {}
    return Answer(AnnotationKind(kind), _canonical(kind, kept), kept)


def _reason(content: dict[str, Any]) -> str:
    reason = str(content.get("reason", "")).strip()
    if not reason:
        message = _("Say why it cannot be labeled.")
        raise WrongAnswer(message, fields=(FieldProblem("content.reason", "required", message),))
    if len(reason) > MOST_REASON_CHARS:
        message = _("The reason has more than %(most)s characters. Say it more briefly.") % {"most": MOST_REASON_CHARS}
        raise WrongAnswer(message, fields=(FieldProblem("content.reason", "too_long", message),))
    return reason


def mask_problems(error: MaskError) -> tuple[FieldProblem, ...]:
    """All that is wrong with a mask, in the language of whoever sent it."""
    return tuple(FieldProblem("mask", one.code, reword(str(one))) for one in error.all)


def _canonical(kind: str, content: dict[str, Any]) -> bytes:
    """What is stored and hashed of an answer that has no mask."""
    return json.dumps({"content": content, "kind": kind}, sort_keys=True).encode()


def submit(
    *,
    user_id: uuid.UUID,
    claim_id: uuid.UUID,
    token: int,
    key: uuid.UUID,
    answer: Answer,
    builds_on: int | None = None,
) -> Reply:
    """Take an answer. The reply of a late one says so (409, `lease_lost`) and that its bytes are kept.

    `builds_on`: the draft it goes on from (0: none); StaleDraft where another window has saved one since.
    """
    claim = read_claim(user_id=user_id, claim_id=claim_id)
    if answer.crowd is not None:
        body, content = crowd_mask(claim, answer.crowd)
        answer = Answer(AnnotationKind.MASK, body, content)
    digest = sha256(answer.body)
    if claim.state in (ClaimState.SUBMITTED, ClaimState.RELEASED, ClaimState.DECLINED):
        return _repeated(claim, user_id, token, key, digest)
    if builds_on is not None and claim.is_live and (claim.draft_seq or 0) != builds_on:
        raise stale_draft(claim)
    raster_digest = _checked(claim, answer)
    keep_blobs(claim.organization_id, (answer.body,), content_type="image/png")
    accepted_at = None
    if claim.fencing_token == token:
        accepted_at = accept(user_id=user_id, claim_id=claim_id, token=token, is_live=claim.is_live)
    if accepted_at is None:
        return _not_accepted(claim, user_id, token, key, answer, digest, raster_digest)
    annotation = _insert(claim, token, key, answer, digest, raster_digest, AnnotationState.ACCEPTED, accepted_at)
    assert annotation is not None
    forget_versions(claim)
    record(
        "annotation.accepted",
        "annotation",
        annotation.pk,
        organization_id=claim.organization_id,
        worker_id=claim.worker_id,
        claim=claim_id,
        sha256=digest,
    )
    item = str(claim.work_item_id)
    emit(
        Message("work.item_answered", claim.organization_id, {"item_id": item}, key=item),
        Message("answer.judge", claim.organization_id, {"annotation_id": str(annotation.pk)}),
        push(claim.organization_id, f"job.{claim.job_id}", "job.progress", job=claim.job_id),
    )
    return _reply(annotation)


def _checked(claim: ClaimContext, answer: Answer) -> str:
    """The raster's sha256 ("" without mask); WrongAnswer with all that is wrong."""
    if claim.is_review != (answer.kind == AnnotationKind.REVIEW) and answer.kind != AnnotationKind.MASK:
        raise WrongAnswer(
            _("This is a review. Send a verdict (kind 'review'), or the mask as you repainted it.")
            if claim.is_review
            else _("This is no review. Send a mask, or kind 'empty' or 'impossible'.")
        )
    if answer.kind == AnnotationKind.REVIEW:
        check_review(claim=claim, content=answer.content)
        return ""
    check_choice(claim=claim, kind=answer.kind, content=answer.content)
    if answer.kind == AnnotationKind.CHOICE:
        return ""
    if answer.kind == AnnotationKind.EMPTY and not claim.allow_empty:
        raise WrongAnswer(_("This task does not take 'nothing to label here'. Paint what you see."))
    if answer.kind == AnnotationKind.IMPOSSIBLE and not claim.allow_impossible:
        raise WrongAnswer(_("This task does not take 'cannot be labeled'. Decline it instead."))
    if answer.kind != AnnotationKind.MASK:
        return ""
    try:
        raster = decode_mask(answer.body, width=claim.width, height=claim.height, known_indices=claim.known_indices)
    except MaskError as error:
        fields = mask_problems(error)
        raise WrongAnswer(" ".join(problem.message for problem in fields), fields=fields) from error
    if claim.require_full_coverage and 0 in raster.present():
        message = _("Every pixel needs a class in this task. Fill the unlabeled pixels.")
        raise WrongAnswer(message, fields=(FieldProblem("mask", "unlabeled_pixels", message),))
    return raster.sha256()


def _insert(
    claim: ClaimContext,
    token: int,
    key: uuid.UUID,
    answer: Answer,
    digest: str,
    raster_digest: str,
    state: AnnotationState,
    at: datetime,
) -> Annotation | None:
    """The stored annotation, or None when the worker used the key in this job already."""
    annotation = Annotation(
        id=uuid7(),
        organization_id=claim.organization_id,
        work_queue_id=claim.work_queue_id,
        job_id=claim.job_id,
        task_id=claim.task_id,
        claim_id=claim.claim_id,
        slot_id=claim.slot_id,
        worker_id=claim.worker_id,
        fencing_token=token,
        revision=claim.revision,
        stage=claim.stage,
        round=claim.round,
        idempotency_key=key,
        kind=answer.kind,
        content=answer.content,
        sha256=digest,
        raster_sha256=raster_digest,
        bytes=len(answer.body),
        state=state,
        active_seconds=claim.active_seconds,
        claimed_at=claim.claimed_at,
        submitted_at=at,
    )
    if state == AnnotationState.ACCEPTED:
        try:
            annotation.save(force_insert=True)
        except IntegrityError as error:  # the slot is ours by now, so only the key can be the reason
            raise KeyReused(_("This Idempotency-Key belongs to an earlier answer. Make a new key for each.")) from error
        return annotation
    Annotation.objects.bulk_create([annotation], ignore_conflicts=True)
    return annotation if Annotation.objects.filter(pk=annotation.pk).exists() else None


def _reply_body(annotation: Annotation) -> dict[str, Any]:
    return {
        "annotation": str(annotation.pk),
        "status": "accepted",
        "sha256": annotation.sha256,
        "raster_sha256": annotation.raster_sha256,
        "accepted_at": annotation.submitted_at.isoformat().replace("+00:00", "Z"),
    }


def _reply(annotation: Annotation) -> Reply:
    if annotation.state != AnnotationState.LATE:  # what a reviewer or manager did with it later changes no reply
        return Reply(200, _reply_body(annotation))
    message = _("The time for this assignment was over and somebody else has it now. What you sent is kept.")
    body = {"code": "lease_lost", "message": message, "fields": [], "annotation": str(annotation.pk)}
    return Reply(409, body)


def _find(claim: ClaimContext, key: uuid.UUID) -> Annotation | None:
    found: Annotation | None = Annotation.objects.filter(
        job_id=claim.job_id, worker_id=claim.worker_id, idempotency_key=key
    ).first()
    return found


def _repeated(claim: ClaimContext, user_id: uuid.UUID, token: int, key: uuid.UUID, digest: str) -> Reply:
    """The reply of an earlier submit with the same key; otherwise the error that tells what became of the claim."""
    earlier = _find(claim, key)
    if earlier is None:
        raise why_not_mine(user_id=user_id, claim_id=claim.claim_id, token=token)
    if earlier.sha256 != digest:
        raise KeyReused(_("This Idempotency-Key came with other bytes before. Make a new key for each answer."))
    return _reply(earlier)


def _not_accepted(
    claim: ClaimContext,
    user_id: uuid.UUID,
    token: int,
    key: uuid.UUID,
    answer: Answer,
    digest: str,
    raster_digest: str,
) -> Reply:
    """A twin that committed first, or an answer that came too late: kept, not counted."""
    earlier = _find(claim, key)
    if earlier is not None:
        return _repeated(claim, user_id, token, key, digest)
    fresh = read_claim(user_id=user_id, claim_id=claim.claim_id)
    if fresh.state in (ClaimState.SUBMITTED, ClaimState.RELEASED, ClaimState.DECLINED) or fresh.fencing_token != token:
        raise why_not_mine(user_id=user_id, claim_id=claim.claim_id, token=token)
    late = _insert(fresh, token, key, answer, digest, raster_digest, AnnotationState.LATE, timezone.now())
    if late is None:
        return _repeated(claim, user_id, token, key, digest)
    record(
        "annotation.late",
        "annotation",
        late.pk,
        organization_id=claim.organization_id,
        worker_id=claim.worker_id,
        claim=claim.claim_id,
    )
    return _reply(late)
