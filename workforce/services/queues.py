"""Work queues: make, change, move, fill."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from maskwright.audit.record import record
from maskwright.core.errors import NotFound
from maskwright.core.outbox import Message, emit
from workforce.errors import WrongMove
from workforce.handlers import handler
from workforce.models import WorkItem, WorkQueue
from workforce.services.audiences import mark_opened
from workforce.services.items import add_missing_slots
from workforce.services.pushes import available_pushes
from workforce.states import QUEUE_MOVES, ItemState, QueueState, Stage

_STEP = 500  # items opened in one transaction
#: Settings of how work is given out.
DISTRIBUTION = frozenset(
    {
        "policy",
        "required_skills",
        "hold_seconds",
        "max_open_claims",
        "max_declines",
        "idle_seconds",
        "availability_seconds",
    }
)


def create_queue(
    *,
    work_team_id: uuid.UUID | None,
    window: int,
    labelers_wanted: int,
    lease_seconds: int,
    time_limit_seconds: int,
    priority: int = 0,
    deadline: datetime | None = None,
    review_team_id: uuid.UUID | None = None,
    is_qualification: bool = False,
    **distribution: Any,
) -> WorkQueue:
    """Make a queue that is not open yet. Its owner checks the numbers; the caller's scope owns it.

    `distribution`: policy, required_skills, hold_seconds, max_open_claims, max_declines, idle_seconds,
    availability_seconds.
    """
    unknown = set(distribution) - DISTRIBUTION
    if unknown:
        raise TypeError(f"create_queue() knows no {', '.join(sorted(unknown))}")
    return WorkQueue.objects.create(
        work_team_id=work_team_id,
        review_team_id=review_team_id,
        window=window,
        labelers_wanted=labelers_wanted,
        lease_seconds=min(lease_seconds, time_limit_seconds),
        time_limit_seconds=time_limit_seconds,
        priority=priority,
        deadline=deadline,
        is_qualification=is_qualification,
        **distribution,
    )


def locked_queue(queue_id: uuid.UUID) -> WorkQueue:
    """The queue, locked against other moves; NO KEY, so that claims being inserted do not wait for it."""
    queue = WorkQueue.objects.select_for_update(no_key=True).filter(pk=queue_id).first()
    if queue is None:
        raise NotFound(_("There is no such work queue."))
    return queue


_CHANGEABLE = frozenset(
    {
        "labelers_wanted",
        "window",
        "priority",
        "deadline",
        "time_limit_seconds",
        "lease_seconds",
        "work_team_id",
        "review_team_id",
        "revision",
        *DISTRIBUTION,
    }
)


def change_queue(*, queue_id: uuid.UUID, **changes: Any) -> WorkQueue:
    """Change settings of a queue. A new number of labelers holds for the items nobody has claimed yet."""
    unknown = set(changes) - _CHANGEABLE
    if unknown:
        raise TypeError(f"change_queue() cannot change {', '.join(sorted(unknown))}")
    queue = locked_queue(queue_id)
    for name, value in changes.items():
        setattr(queue, name, value)
    queue.lease_seconds = min(queue.lease_seconds, queue.time_limit_seconds)
    queue.version += 1
    queue.save()
    if "labelers_wanted" in changes:
        _apply_labelers_wanted(queue)
    if changes.get("policy") == "depth_first":
        with connection.cursor() as cursor:
            cursor.execute(_MARK_BEGUN, {"queue": queue.pk})
    record("work_queue.changed", "work_queue", queue.pk, **changes)
    if queue.state == QueueState.OPEN:
        emit(distribution(queue), *available_pushes([queue.pk]))
    return queue


# Only claims of a depth-first queue mark the other slots of their item.
_MARK_BEGUN = """
UPDATE workforce_slot s SET is_begun = true WHERE s.work_queue_id = %(queue)s AND s.state = 'ready' AND NOT s.is_begun
  AND EXISTS (SELECT 1 FROM workforce_slot o WHERE o.work_item_id = s.work_item_id AND o.is_begun)
"""

_UNTOUCHED = """
SELECT i.id FROM workforce_workitem i
WHERE i.work_queue_id = %(queue)s AND i.state = 'open'
  AND NOT EXISTS (SELECT 1 FROM workforce_slot s WHERE s.work_item_id = i.id AND s.state <> 'ready')
ORDER BY i.position FOR UPDATE OF i
"""


def _apply_labelers_wanted(queue: WorkQueue) -> None:
    values: dict[str, Any] = {"queue": queue.pk, "wanted": queue.labelers_wanted}
    WorkItem.objects.filter(work_queue=queue, state=ItemState.WAITING).update(labelers_wanted=queue.labelers_wanted)
    with connection.cursor() as cursor:
        cursor.execute(_UNTOUCHED, values)
        untouched = [row[0] for row in cursor.fetchall()]
        if not untouched:
            return
        cursor.execute(
            "DELETE FROM workforce_slot WHERE work_item_id = ANY (%s) AND state = 'ready'"
            " AND NOT EXISTS (SELECT 1 FROM workforce_claim c WHERE c.slot_id = workforce_slot.id)"
            " AND number > %s",
            [untouched, queue.labelers_wanted],
        )
        cursor.execute(
            "UPDATE workforce_workitem SET labelers_wanted = %s WHERE id = ANY (%s)", [queue.labelers_wanted, untouched]
        )
    add_missing_slots(untouched)


def move_queue(*, queue_id: uuid.UUID, to: QueueState, grace_seconds: int = 300) -> WorkQueue:
    """The one door through which a queue changes its state.

    Pausing ends no claim: clocks stop and go on by the same amount later. Stopping voids what nobody holds and lets
    live claims submit for `grace_seconds` at most. Moving to where the queue is already changes nothing.
    """
    queue = locked_queue(queue_id)
    if queue.state == to:
        return queue
    if to not in QUEUE_MOVES[queue.state]:
        raise WrongMove(
            _("The queue is %(state)s; it cannot become %(to)s from there.")
            % {"state": QueueState(queue.state).label, "to": to.label}
        )
    resumed = queue.state == QueueState.PAUSED
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
        if resumed and queue.paused_at is not None:
            cursor.execute(
                "UPDATE workforce_slot SET expires_at = expires_at + %(gone)s * interval '1 second',"
                " deadline_at = deadline_at + %(gone)s * interval '1 second'"
                " WHERE work_queue_id = %(queue)s AND state = 'claimed'",
                {"gone": (now - queue.paused_at).total_seconds(), "queue": queue.pk},
            )
            if queue.availability_seconds is not None:
                cursor.execute(
                    "UPDATE workforce_slot SET created_at = created_at + (%(now)s - %(paused)s)"
                    " WHERE work_queue_id = %(queue)s AND state = 'ready'",
                    {"now": now, "paused": queue.paused_at, "queue": queue.pk},
                )
        if to == QueueState.STOPPING:
            cursor.execute(
                "UPDATE workforce_slot SET state = 'void', reserved_worker_id = NULL, reserved_until = NULL"
                " WHERE work_queue_id = %s AND state = 'ready'",
                [queue.pk],
            )
            cursor.execute("SELECT clock_timestamp() + %s * interval '1 second'", [grace_seconds])
            queue.stop_at = cursor.fetchone()[0]
    queue.paused_at = now if to == QueueState.PAUSED else None
    queue.state = to
    queue.version += 1
    queue.save(update_fields=["state", "paused_at", "stop_at", "version"])
    record("work_queue.moved", "work_queue", queue.pk, to=to)
    emit(*([distribution(queue)] if to == QueueState.OPEN else []), *available_pushes([queue.pk]))
    return queue


def distribution(queue: WorkQueue) -> Message:
    return Message("queue.distribute", queue.organization_id, {"queue_id": str(queue.pk)}, key=str(queue.pk))


def add_items(*, queue_id: uuid.UUID, items: Sequence[tuple[uuid.UUID, int]]) -> None:
    """Add work as (item id, position); ids and positions are the owner's, so that a repeated call adds nothing."""
    queue = WorkQueue.objects.filter(pk=queue_id).first()
    if queue is None:
        raise NotFound(_("There is no such work queue."))
    WorkItem.objects.bulk_create(
        [
            WorkItem(
                id=item_id,
                organization_id=queue.organization_id,
                work_queue_id=queue_id,
                position=position,
                labelers_wanted=queue.labelers_wanted,
            )
            for item_id, position in items
        ],
        ignore_conflicts=True,
    )
    if queue.state == QueueState.OPEN:
        emit(distribution(queue))


_OPEN_ITEMS = """
WITH chosen AS (
  SELECT id FROM workforce_workitem WHERE work_queue_id = %(queue)s AND state = 'waiting'
  ORDER BY position LIMIT %(room)s FOR UPDATE SKIP LOCKED
)
UPDATE workforce_workitem i SET state = 'open' FROM chosen WHERE i.id = chosen.id RETURNING i.id
"""


def distribute(*, queue_id: uuid.UUID) -> int:
    """Open waiting items until the window is full; returns how many were opened. Safe to run any number of times."""
    queue = WorkQueue.objects.select_for_update(no_key=True).filter(pk=queue_id, state=QueueState.OPEN).first()
    if queue is None or queue.is_qualification:
        return 0
    open_now = WorkItem.objects.filter(work_queue=queue, state=ItemState.OPEN, stage=Stage.LABEL).count()
    room = min(queue.window - open_now, _STEP)
    if room <= 0:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_OPEN_ITEMS, {"queue": queue.pk, "room": room})
        opened = [row[0] for row in cursor.fetchall()]
    if not opened:
        return 0
    mark_opened(queue, opened)
    add_missing_slots(opened)
    handler().items_opened(opened)
    more = [distribution(queue)] if len(opened) == _STEP else []
    emit(*more, *available_pushes([queue.pk]))
    return len(opened)
