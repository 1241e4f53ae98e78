"""Accept an answer for a slot: the step of a submit that decides."""

import uuid
from contextlib import nullcontext
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction

from maskwright.core.prepared import execute_prepared
from maskwright.core.scope import current_scope
from workforce.services.claims import MINE

# A live claim whose slot carries its token; or one that ran out, whose slot nobody took since (the token is still the
# slot's newest): it is claimed again in this very statement. While stopping, only until the grace is over. A job may
# complete while somebody is at a gold task; his answer is taken all the same.
_ACCEPT = f"""
WITH accepted AS (
  UPDATE workforce_slot s SET state = 'accepted', worker_id = c.worker_id, expires_at = NULL, deadline_at = NULL,
    reserved_worker_id = NULL, reserved_until = NULL
  FROM workforce_claim c, workforce_workqueue q, workforce_workitem w
  WHERE c.id = %(claim)s AND {MINE} AND q.id = c.work_queue_id AND w.id = c.work_item_id AND w.state IN ('open', 'gold')
    AND s.id = c.slot_id AND c.fencing_token = %(token)s AND s.fencing_token = c.fencing_token
    AND (
      (c.state = 'live' AND s.state = 'claimed')
      OR (c.state = 'expired' AND s.state = 'ready' AND q.state IN ('open', 'paused') AND NOT EXISTS (
        SELECT 1 FROM workforce_slot o WHERE o.work_item_id = s.work_item_id AND o.worker_id = c.worker_id
          AND o.state IN ('claimed', 'accepted') AND (s.stage = 'label' OR o.stage = 'label' OR o.round = s.round)))
    )
    AND (q.state IN ('open', 'paused') OR (q.state = 'stopping' AND q.stop_at > clock_timestamp())
      OR (q.state = 'closed' AND w.state = 'gold'))
  RETURNING s.id
)
UPDATE workforce_claim c SET state = 'submitted', ended_at = clock_timestamp()
FROM accepted a WHERE c.id = %(claim)s
RETURNING c.ended_at
"""


def accept(*, user_id: uuid.UUID, claim_id: uuid.UUID, token: int, is_live: bool) -> datetime | None:
    """Give the slot its answer for good; the time, or None when the claim has no right to it (any more).

    Whose claim ran out (not `is_live`) may be taking another place of the same item at this moment: then it is late.
    """
    values: dict[str, Any] = {
        "org": current_scope().organization_id,
        "user": user_id,
        "claim": claim_id,
        "token": token,
    }
    try:
        with nullcontext() if is_live else transaction.atomic(), connection.cursor() as cursor:
            execute_prepared(cursor, _ACCEPT, values)
            row = cursor.fetchone()
    except IntegrityError:  # one place of an item for one person
        if is_live:
            raise
        return None
    return row[0] if row else None
