"""A manager moves work: takes a claim away, keeps a place for a chosen person. Acts in the queue owner's scope."""

import uuid
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from maskwright.audit.record import record
from maskwright.core.errors import NotFound
from maskwright.core.outbox import emit
from workforce.errors import WrongMove
from workforce.models import Claim, Slot, Worker, WorkItem, WorkQueue
from workforce.services.pushes import available_pushes, claim_push
from workforce.states import ClaimState, SlotState

_TAKE_AWAY = """
WITH ended AS (
  UPDATE workforce_claim SET state = 'withdrawn', ended_at = clock_timestamp(), reason = %(reason)s
  WHERE id = %(claim)s AND state = 'live' RETURNING slot_id
)
UPDATE workforce_slot s SET worker_id = NULL, expires_at = NULL, deadline_at = NULL,
  fencing_token = s.fencing_token + 1, state = CASE WHEN q.state = 'stopping' THEN 'void' ELSE 'ready' END
FROM ended e, workforce_workqueue q WHERE s.id = e.slot_id AND q.id = s.work_queue_id AND s.state = 'claimed'
RETURNING s.id
"""
_KEEP = """
UPDATE workforce_slot SET reserved_worker_id = %(worker)s, reserved_claim_id = NULL,
  reserved_until = clock_timestamp() + %(seconds)s * interval '1 second'
WHERE id = %(slot)s AND state = 'ready'
"""


def reassign_claim(*, queue_id: uuid.UUID, claim_id: uuid.UUID, worker_id: uuid.UUID | None) -> None:
    """End a live claim of the queue; its place is kept for `worker_id`, or for nobody. The holder's draft stays his.

    Raises NotFound, WrongMove when it is over already or the chosen person cannot take it.
    """
    claim = Claim.objects.select_for_update(no_key=True).filter(pk=claim_id, work_queue_id=queue_id).first()
    if claim is None:
        raise NotFound(_("There is no such assignment in this job."))
    if worker_id is not None:
        _check(worker_id, claim.work_item_id, claim.worker_id)
    values: dict[str, Any] = {"claim": claim.pk, "reason": gettext_noop("A manager gave it to somebody else.")}
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_AWAY, values)
        if cursor.fetchone() is None or claim.state != ClaimState.LIVE:
            raise WrongMove(_("This assignment is over already."))
    if worker_id is not None:
        _keep(claim.slot_id, queue_id, worker_id)
    owner = claim.organization_id
    record("claim.reassigned", "claim", claim.pk, worker_id=claim.worker_id, kept_for=worker_id)
    emit(claim_push(owner, claim.worker_id, "work.claim_ended", claim.pk), *available_pushes([queue_id]))


def keep_place(*, item_id: uuid.UUID, worker_id: uuid.UUID) -> None:
    """Keep a free place of an item for a person, for as long as the queue keeps one for who stops and resumes later.

    Raises WrongMove when it has no free place, or he has answered it.
    """
    item = WorkItem.objects.filter(pk=item_id).first()
    if item is None:
        raise NotFound(_("There is no such photo in this job."))
    _check(worker_id, item.pk, None)
    free = Slot.objects.select_for_update(no_key=True).filter(work_item=item, state=SlotState.READY, stage=item.stage)
    slot = free.order_by("reserved_until", "number").first()
    if slot is None:
        raise WrongMove(_("This photo has no free place now. Take an assignment of it away first."))
    _keep(slot.pk, item.work_queue_id, worker_id)
    record("work_item.kept", "work_item", item.pk, worker_id=worker_id)
    emit(*available_pushes([item.work_queue_id]))


def _check(worker_id: uuid.UUID, item_id: uuid.UUID, holder_id: uuid.UUID | None) -> None:
    if not Worker.objects.filter(pk=worker_id).exists():
        raise NotFound(_("There is no such labeler. Choose one of those the job's queue lists."))
    held = Slot.objects.filter(
        work_item_id=item_id, worker_id=worker_id, state__in=[SlotState.CLAIMED, SlotState.ACCEPTED]
    )
    if worker_id == holder_id or held.exists():
        raise WrongMove(_("This labeler has this photo or has answered it already. Choose somebody else."))


def _keep(slot_id: uuid.UUID, queue_id: uuid.UUID, worker_id: uuid.UUID) -> None:
    seconds = WorkQueue.objects.values_list("hold_seconds", flat=True).get(pk=queue_id)
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, {"slot": slot_id, "worker": worker_id, "seconds": seconds})
