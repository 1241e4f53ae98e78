"""What a labeler gets next: one place kept softly for him while he works, so that its photo is there in time.

A reservation lives for `claims.SOFT_SECONDS`, is renewed by the heartbeat of the claim it was made in, and starves
nobody: others get the place when nothing else is left to claim (`claim_sql.TAKE`).
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from maskwright.core.errors import NotFound
from maskwright.core.prepared import execute_prepared
from maskwright.core.scope import current_scope
from workforce.gold import GOLD
from workforce.services import claim_sql
from workforce.services.claims import MINE, SOFT_SECONDS, eligible, offered, why_not_mine


@dataclass(frozen=True)
class Reservation:
    """A ready slot that is kept for the asking person until `until`."""

    slot_id: uuid.UUID
    organization_id: uuid.UUID
    work_queue_id: uuid.UUID
    work_item_id: uuid.UUID
    worker_id: uuid.UUID
    stage: str
    until: datetime


_CLAIM = f"""
SELECT 1 FROM workforce_claim c WHERE c.id = %(claim)s AND c.state = 'live' AND c.fencing_token = %(token)s AND {MINE}
FOR NO KEY UPDATE
"""
_RENEW = """
UPDATE workforce_slot s SET reserved_until = clock_timestamp() + %(seconds)s * interval '1 second'
FROM workforce_workqueue q
WHERE s.reserved_claim_id = %(held)s AND s.state = 'ready' AND s.reserved_worker_id IS NOT NULL
  AND q.id = s.work_queue_id AND q.state = 'open'
RETURNING s.id
"""
_COLUMNS = "s.id, s.organization_id, s.work_queue_id, s.work_item_id, s.reserved_worker_id, s.stage, s.reserved_until"
_KEPT = f"""
SELECT {_COLUMNS}, s.audience_id
FROM workforce_slot s
WHERE s.id = %(slot)s AND s.state = 'ready' AND s.reserved_until > clock_timestamp()
  AND s.reserved_worker_id IN (SELECT i.worker_id FROM workforce_workeridentity i
                               WHERE i.organization_id = %(org)s AND i.user_id = %(user)s)
  AND EXISTS (SELECT 1 FROM workforce_claim c WHERE c.id = %(claim)s AND c.state = 'live' AND {MINE})
"""


def reserve_next(*, user_id: uuid.UUID, claim_id: uuid.UUID, token: int, may_review: bool) -> Reservation | None:
    """Keep what the person would get now for after his live claim; None when there is nothing.

    Asked again, it answers the same place, renewed. Raises LeaseLost, ClaimEnded, NotFound as the claim's calls do.
    """
    values: dict[str, Any] = {
        "org": current_scope().organization_id,
        "user": user_id,
        "claim": claim_id,
        "token": token,
        "held": claim_id,
        "seconds": SOFT_SECONDS,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, values)
        if cursor.fetchone() is None:
            raise why_not_mine(user_id=user_id, claim_id=claim_id, token=token)
        cursor.execute(_RENEW, values)
        row = cursor.fetchone()
        if row is None:
            offers = [one for one in eligible(user_id, None, may_review) if one.is_open]
            if not offers:
                return None
            execute_prepared(cursor, claim_sql.RESERVE, {**values, **offered(user_id, offers)})
            row = cursor.fetchone()
    if row is None:
        return None
    return kept_place(user_id=user_id, claim_id=claim_id, slot_id=row[0], may_review=may_review)


def kept_place(*, user_id: uuid.UUID, claim_id: uuid.UUID, slot_id: uuid.UUID, may_review: bool) -> Reservation:
    """The place, while it is kept for the person, the claim it was asked in is live, and he may work on its queue now.

    The rights are read anew at each call: his team, his vendor's grant, his skills. NotFound otherwise.
    """
    values = {"org": current_scope().organization_id, "user": user_id, "claim": claim_id, "slot": slot_id}
    with connection.cursor() as cursor:
        cursor.execute(_KEPT, values)
        row = cursor.fetchone()
    if row is not None:
        found, audience = Reservation(*row[:-1]), row[-1]
        for one in eligible(user_id, found.work_queue_id, may_review):
            is_his = (one.stage, one.worker_id) == (found.stage, found.worker_id) and audience in (
                one.audience_id,
                GOLD,
            )
            if is_his and one.is_open:
                return found
    raise NotFound(_("Nothing is kept for you there any more. Ask for the next assignment."))
