"""Pauses of people in a queue. Acts in the open scope, which owns the queue; part of the caller's transaction."""

import uuid
from datetime import datetime

from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from maskwright.audit.record import record
from maskwright.core.errors import NotFound
from maskwright.core.outbox import emit, push
from maskwright.core.scope import current_scope
from workforce.models import Slot, Worker, WorkerIdentity, WorkPause
from workforce.states import SlotState


def pause_person(
    *,
    queue_id: uuid.UUID,
    worker_id: uuid.UUID,
    reason: str,
    until: datetime | None = None,
    cause_id: uuid.UUID | None = None,
) -> WorkPause:
    """Give a person nothing more of a queue until then, or until somebody ends it. What he holds he may finish.

    A pause that stands already is kept, with the later end. NotFound for a worker of another organization.
    """
    worker = Worker.objects.filter(pk=worker_id, organization_id=current_scope().organization_id).first()
    if worker is None:
        raise NotFound(_("There is no such labeler."))
    standing = WorkPause.objects.select_for_update().filter(work_queue_id=queue_id, worker=worker, ended_at=None)
    standing.filter(until__lte=Now()).update(ended_at=Now())
    found: WorkPause | None = standing.first()
    if found is None:
        found = WorkPause.objects.create(
            work_queue_id=queue_id,
            worker=worker,
            vendor_id=worker.vendor_id,
            until=until,
            reason=reason[:1000],
            cause_id=cause_id,
            created_by=current_scope().user_id,
        )
    elif found.until is not None and (until is None or until > found.until):
        found.until = until
        found.save(update_fields=["until"])
    # What was to come next is free for others at once; a place he keeps for later stays his.
    Slot.objects.filter(
        work_queue_id=queue_id, reserved_worker=worker, state=SlotState.READY, reserved_claim_id__isnull=False
    ).update(reserved_worker=None, reserved_until=None, reserved_claim_id=None)
    record("worker.paused", "worker", worker.pk, work_queue=queue_id, until=until, reason=reason, cause=cause_id)
    emit(push(worker.organization_id, f"worker.{worker.pk}", "work.available", work_queue=queue_id))
    return found


def end_pause(*, queue_id: uuid.UUID, worker_id: uuid.UUID) -> bool:
    """Let the person work on; whether he was paused."""
    ended = WorkPause.objects.filter(work_queue_id=queue_id, worker_id=worker_id, ended_at=None).update(ended_at=Now())
    if ended:
        record("worker.pause_ended", "worker", worker_id, work_queue=queue_id)
        owner = current_scope().organization_id
        emit(push(owner, f"worker.{worker_id}", "work.available", work_queue=queue_id))
    return bool(ended)


def standing_pauses(queue_id: uuid.UUID) -> list[WorkPause]:
    """Who is paused in a queue now."""
    found = WorkPause.objects.filter(work_queue_id=queue_id, ended_at=None).exclude(until__lte=Now())
    return list(found.select_related("worker").order_by("-created_at"))


def own_pause(user_id: uuid.UUID, queue_id: uuid.UUID | None = None) -> WorkPause | None:
    """The newest standing pause of a person of the organization in scope, in one queue or in any."""
    workers = WorkerIdentity.objects.filter(user_id=user_id).values_list("worker_id", flat=True)
    found = WorkPause.objects.filter(worker_id__in=list(workers), ended_at=None).exclude(until__lte=Now())
    chosen: WorkPause | None = (
        found.filter(Q(work_queue_id=queue_id) if queue_id else Q()).order_by("-created_at").first()
    )
    return chosen
