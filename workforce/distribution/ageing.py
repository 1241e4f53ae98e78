"""How queues take turns: by priority, which rises while a queue with work is not served, so that none starves.

A queue waits since its oldest ready slot was made or since it was last served, whichever is later. A queue that is d
points behind another is therefore served at least once in (d + 1) * AGEING_SECONDS, however much work the other has;
queues of one priority change places only every AGEING_SECONDS, so that a labeler does not change jobs at each photo.
"""

from workforce.distribution.policy import Rule

#: Seconds that are worth one point of priority.
AGEING_SECONDS = 300


def effective_priority(priority: int, waited_seconds: float) -> int:
    """The whole points a queue stands at; the same rule as `RULE` in SQL."""
    return priority + int(max(waited_seconds, 0.0) // AGEING_SECONDS)


# Null-safe: without ready slots it is the priority alone. Both look-ups read one row of an index.
_SQL = f"""
q.priority + coalesce(floor(extract(epoch FROM statement_timestamp() - greatest(
  (SELECT o.created_at FROM workforce_slot o WHERE o.work_queue_id = q.id AND o.state = 'ready'
   ORDER BY o.created_at LIMIT 1),
  (SELECT l.claimed_at FROM workforce_claim l WHERE l.work_queue_id = q.id ORDER BY l.claimed_at DESC LIMIT 1)
)) / {AGEING_SECONDS}), 0)
"""

RULE = Rule("priority_with_ageing", _SQL)
