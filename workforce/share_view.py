"""Who has which share of a queue and how far and how good it is: for the queue's owner, and for one grant's vendor.

Answers are counted from claims and slots: accepted ones count now, returned ones were sent back, withdrawn ones were
taken away for good.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from workforce.distribution.forecast import BUCKET_SECONDS, WINDOW_SECONDS, Forecast, forecast
from workforce.gold import OWN_SLOT
from workforce.handlers import Agreement, handler
from workforce.models import WorkGrant, WorkQueue, WorkShare
from workforce.selectors import GrantRow, grant_rows
from workforce.services.shares import OPEN_GRANTS, nobodys_part, own_part
from workforce.states import GrantState

OWN, VENDOR, FREE = "own", "vendor", "free"


@dataclass(frozen=True)
class Answers:
    accepted: int = 0
    returned: int = 0
    withdrawn: int = 0

    @property
    def judged(self) -> int:
        return self.accepted + self.returned + self.withdrawn


@dataclass(frozen=True)
class Person:
    """A labeler as the asking side may know him: `code` is his pseudonym at the customer."""

    worker_id: uuid.UUID
    code: str
    vendor_id: uuid.UUID | None
    answers: Answers
    agreement: Agreement | None = None


@dataclass(frozen=True)
class Expected:
    """A forecast as times, with the ends of its 90 % interval; None while too little is known."""

    expected: datetime | None = None
    earliest: datetime | None = None
    latest: datetime | None = None

    @classmethod
    def of(cls, seen: Forecast | None) -> "Expected":
        if seen is None:
            return cls()
        now = timezone.now()
        ends = [None if one is None else now + timedelta(seconds=one) for one in (seen.earliest, seen.latest)]
        return cls(now + timedelta(seconds=seen.expected), *ends)


@dataclass(frozen=True)
class Part:
    """`kind`: own, vendor, free. `items` and `done` are of the objects marked for it; `missing` answers are to come."""

    kind: str
    percent: int
    grant: GrantRow | None
    items: int
    done: int
    answers: Answers
    forecast: Forecast | None
    missing: int = 0

    @property
    def finished(self) -> Expected:
        return Expected.of(self.forecast)

    @property
    def until(self) -> datetime | None:
        """When its offer, or its grant, ends by itself."""
        if self.grant is None:
            return None
        grant = self.grant.grant
        ends: datetime | None = grant.accept_by if grant.state == GrantState.OFFERED else grant.expires_at
        return ends


@dataclass(frozen=True)
class QueueShares:
    """`parts` make 100 percent while the queue is shared; `own` and `free` are the percent of these two."""

    is_shared: bool
    own: int
    free: int
    parts: list[Part]
    people: list[Person] = field(default_factory=list)


_ITEMS = """
SELECT audience_id, count(*), count(*) FILTER (WHERE state = 'done') FROM workforce_workitem
WHERE work_queue_id = %(queue)s AND state <> 'waiting' GROUP BY 1
"""
_COUNTED = """
count(*) FILTER (WHERE s.state = 'accepted' AND s.worker_id = c.worker_id AND s.fencing_token = c.fencing_token),
count(*) FILTER (WHERE s.state <> 'accepted' AND NOT c.is_withdrawn), count(*) FILTER (WHERE c.is_withdrawn)
"""
_BY_GRANT = f"""
SELECT c.work_grant_id, {_COUNTED} FROM workforce_claim c JOIN workforce_slot s ON s.id = c.slot_id AND {OWN_SLOT}
WHERE c.work_queue_id = %(queue)s AND c.state = 'submitted' AND c.stage = 'label' GROUP BY 1
"""
# Workers are a vendor's own in its scope, everybody of the queue in the owner's.
_BY_WORKER = f"""
SELECT w.id, w.code, w.vendor_id, {_COUNTED}
FROM workforce_claim c JOIN workforce_slot s ON s.id = c.slot_id AND {OWN_SLOT}
JOIN workforce_worker w ON w.id = c.worker_id
WHERE c.work_queue_id = ANY (%(queues)s) AND c.state = 'submitted' AND c.stage = 'label'
  AND (%(vendor)s::uuid IS NULL OR w.vendor_id = %(vendor)s)
GROUP BY w.id ORDER BY w.code LIMIT 500
"""
_BUCKETS = f"""
SELECT c.work_grant_id, floor(extract(epoch FROM clock_timestamp() - c.ended_at) / %(bucket)s)::int, count(*)
FROM workforce_claim c JOIN workforce_slot s ON s.id = c.slot_id AND {OWN_SLOT}
WHERE c.work_queue_id = %(queue)s AND c.state = 'submitted' AND c.stage = 'label'
  AND c.ended_at > clock_timestamp() - %(window)s * interval '1 second' GROUP BY 1, 2
"""
_MISSING = """
SELECT s.audience_id, count(*) FROM workforce_slot s
WHERE s.work_queue_id = %(queue)s AND s.stage = 'label' AND s.state IN ('ready', 'claimed') GROUP BY 1
"""
_UNOPENED = """
SELECT audience_id, coalesce(sum(labelers_wanted), 0) FROM workforce_workitem
WHERE work_queue_id = %(queue)s AND state = 'waiting' GROUP BY 1
"""


def _rows(sql: str, **values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def queue_shares(queue: WorkQueue) -> QueueShares:
    """For the owner. Of a queue that is not shared each open grant is a part of 100 percent, worked on together."""
    grants = WorkGrant.objects.filter(work_queue=queue, organization_id=queue.organization_id, state__in=OPEN_GRANTS)
    rows = {row.grant.pk: row for row in grant_rows(list(grants.order_by("created_at")))}
    items = {audience: (count, done) for audience, count, done in _rows(_ITEMS, queue=queue.pk)}
    answers = {grant: Answers(*counts) for grant, *counts in _rows(_BY_GRANT, queue=queue.pk)}
    people = people_of([queue.pk])
    forecasts, left = _forecasts(queue)
    if not queue.is_shared:
        parts = [
            Part(VENDOR, 100, row, 0, 0, answers.get(key, Answers()), forecasts.get(key), left.get(key, 0))
            for key, row in rows.items()
        ]
        return QueueShares(False, 0, 0, parts, people)
    own, nobody = own_part(queue), nobodys_part(queue)
    parts, free, free_items = [], 0, [0, 0]
    for share in WorkShare.objects.filter(work_queue=queue).order_by("-percent", "pk"):
        counts = items.get(share.audience_id, (0, 0))
        if share.audience_id == own:
            mine = answers.get(None, Answers())
            parts.insert(0, Part(OWN, share.percent, None, *counts, mine, forecasts.get(None), left.get(own, 0)))
        elif share.audience_id in rows:
            key = share.audience_id
            parts.append(
                Part(
                    VENDOR,
                    share.percent,
                    rows[key],
                    *counts,
                    answers.get(key, Answers()),
                    forecasts.get(key),
                    left.get(key, 0),
                )
            )
        else:  # nobody's, or of an offer that has just ended
            assert share.audience_id == nobody or share.audience_id not in rows
            free += share.percent
            free_items = [mine + more for mine, more in zip(free_items, counts, strict=True)]
    if free:
        parts.append(Part(FREE, free, None, free_items[0], free_items[1], Answers(), None))
    return QueueShares(True, sum(one.percent for one in parts if one.kind == OWN), free, parts, people)


def _forecasts(queue: WorkQueue) -> tuple[dict[uuid.UUID | None, Forecast], dict[uuid.UUID, int]]:
    """By grant, None for the own people, from each side's speed, and how many answers are missing by audience; what is
    not open yet falls to each by its share. Of a queue that is not shared everybody may give all that is missing."""
    missing: dict[uuid.UUID, float] = {}
    for audience, count in [*_rows(_MISSING, queue=queue.pk), *_rows(_UNOPENED, queue=queue.pk)]:
        missing[audience] = missing.get(audience, 0) + int(count)
    unmarked = missing.pop(uuid.UUID(int=0), 0)
    for share in WorkShare.objects.filter(work_queue=queue) if queue.is_shared else ():
        missing[share.audience_id] = missing.get(share.audience_id, 0) + unmarked * share.percent / 100
    buckets = _by_grant(_rows(_BUCKETS, queue=queue.pk, bucket=BUCKET_SECONDS, window=WINDOW_SECONDS))
    found: dict[uuid.UUID | None, Forecast] = {}
    for grant, counts in buckets.items():
        left = missing.get(grant or own_part(queue), 0) if queue.is_shared else unmarked
        if (seen := forecast(counts, round(left))) is not None:
            found[grant] = seen
    if not queue.is_shared:
        return found, dict.fromkeys([grant for grant in buckets if grant is not None], round(unmarked))
    return found, {audience: round(count) for audience, count in missing.items()}


def _by_grant(rows: Sequence[tuple[uuid.UUID | None, int, int]]) -> dict[uuid.UUID | None, list[int]]:
    """Answers in each bucket, the oldest first, by grant."""
    ages: dict[uuid.UUID | None, dict[int, int]] = {}
    for grant, age, count in rows:
        ages.setdefault(grant, {})[age] = count
    return {grant: [one.get(age, 0) for age in range(max(one), -1, -1)] for grant, one in ages.items()}


def people_of(queue_ids: Sequence[uuid.UUID], vendor_id: uuid.UUID | None = None) -> list[Person]:
    rows = _rows(_BY_WORKER, queues=list(queue_ids), vendor=vendor_id)
    agreements = handler().agreements(list(queue_ids), [row[0] for row in rows]) if rows else {}
    return [
        Person(worker, code, vendor, Answers(*counts), agreements.get(worker)) for worker, code, vendor, *counts in rows
    ]


@dataclass(frozen=True)
class GrantProgress:
    """What a vendor sees of its part of one granted queue. `missing` answers are to come, as far as one can tell."""

    items: int
    done: int
    missing: int
    at_work: int
    answers: Answers
    forecast: Forecast | None


def grant_progress(grant: WorkGrant, queue: WorkQueue) -> GrantProgress:
    """In the vendor's scope, of a live grant: its own part alone where the queue is shared."""
    audience = grant.pk if queue.is_shared else uuid.UUID(int=0)
    counts = {key: (count, done) for key, count, done in _rows(_ITEMS, queue=queue.pk)}.get(audience, (0, 0))
    missing = dict(_rows(_MISSING, queue=queue.pk)).get(audience, 0)
    waiting = {key: int(count) for key, count in _rows(_UNOPENED, queue=queue.pk)}
    missing += waiting.get(uuid.UUID(int=0), 0) * (grant.share or 100) // 100
    missing += waiting.get(grant.pk, 0)
    answers = {key: Answers(*rest) for key, *rest in _rows(_BY_GRANT, queue=queue.pk)}.get(grant.pk, Answers())
    buckets = _by_grant(_rows(_BUCKETS, queue=queue.pk, bucket=BUCKET_SECONDS, window=WINDOW_SECONDS)).get(grant.pk, [])
    at_work = _rows(_AT_WORK, queue=queue.pk, grant=grant.pk)[0][0]
    return GrantProgress(*counts, missing, at_work, answers, forecast(buckets, missing))


_AT_WORK = """
SELECT count(*) FROM workforce_claim WHERE work_queue_id = %(queue)s AND work_grant_id = %(grant)s AND state = 'live'
"""
