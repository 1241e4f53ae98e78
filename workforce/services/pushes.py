"""Hints to connected labelers: which groups hear of what."""

import uuid
from collections.abc import Sequence

from django.db import connection

from maskwright.core.outbox import Message, push

_GROUPS = """
SELECT q.organization_id, q.id, 'team.' || q.work_team_id FROM workforce_workqueue q
WHERE q.id = ANY (%(queues)s) AND q.work_team_id IS NOT NULL
UNION ALL
SELECT q.organization_id, q.id, 'team.' || q.review_team_id FROM workforce_workqueue q
WHERE q.id = ANY (%(queues)s) AND q.review_team_id IS NOT NULL AND q.review_team_id IS DISTINCT FROM q.work_team_id
UNION ALL
SELECT g.organization_id, g.work_queue_id, 'vendor.' || g.vendor_id FROM workforce_workgrant g
WHERE g.work_queue_id = ANY (%(queues)s) AND g.state = 'accepted' AND g.revoked_at IS NULL
"""


def available_pushes(queue_ids: Sequence[uuid.UUID]) -> list[Message]:
    """`work.available` for the teams of the queues (group `team.<id>`) and their vendors (group `vendor.<id>`)."""
    with connection.cursor() as cursor:
        cursor.execute(_GROUPS, {"queues": list(queue_ids)})
        return [push(owner, group, "work.available", work_queue=queue) for owner, queue, group in cursor.fetchall()]


def claim_push(owner: uuid.UUID, worker_id: uuid.UUID, kind: str, claim_id: uuid.UUID) -> Message:
    """A hint about one claim to its holder, whom a customer knows as a worker only (group `worker.<id>`)."""
    return push(owner, f"worker.{worker_id}", kind, claim=claim_id)
