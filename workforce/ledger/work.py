"""What the entries of a claim come to."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

TIME, OBJECT_ENTRY = "time", "object"


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the ledger. `kind` time: `quantity` seconds; object: 1, or -1 as its counter-entry."""

    claim_id: uuid.UUID
    queue_id: uuid.UUID
    worker_id: uuid.UUID
    grant_id: uuid.UUID | None
    stage: str
    kind: str
    quantity: Decimal
    is_rework: bool
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class Work:
    """One claim: the seconds that are paid where time is, and the answers that count (1 or 0)."""

    claim_id: uuid.UUID
    queue_id: uuid.UUID
    worker_id: uuid.UUID
    grant_id: uuid.UUID | None
    stage: str
    taken_at: datetime
    seconds: Decimal = Decimal(0)
    objects: Decimal = Decimal(0)


def collect(entries: Iterable[Entry]) -> list[Work]:
    """The work of each claim, in the order of the claims. Doing it again after it came back is free: seconds of rework
    are left out, and an answer that came back has been counted back by its counter-entry."""
    found: dict[uuid.UUID, Work] = {}
    for entry in entries:
        work = found.get(entry.claim_id)
        if work is None:
            work = Work(entry.claim_id, entry.queue_id, entry.worker_id, entry.grant_id, entry.stage, entry.taken_at)
        if entry.kind == OBJECT_ENTRY:
            work = replace(work, objects=work.objects + entry.quantity)
        elif not entry.is_rework:
            work = replace(work, seconds=work.seconds + entry.quantity)
        found[entry.claim_id] = work
    return sorted(found.values(), key=lambda work: (work.taken_at, work.claim_id))
