"""The statements of a claim: which queues are somebody's to work on, which slot he gets, why there is none.

All of them use the database's clock.
"""

# One row per queue and stage the person may take work of: his teams', his reviews', and what his vendor staffs. The
# audience is whom the slots of a shared queue are marked for. Reviews come before labeling of the same queue.
ELIGIBLE = """
WITH teams AS (
  SELECT m.work_team_id FROM workforce_teammember m WHERE m.organization_id = %(org)s AND m.user_id = %(user)s
), offers AS (
  SELECT q.id, 'label' AS stage, NULL::uuid AS work_grant_id FROM workforce_workqueue q
  WHERE q.organization_id = %(org)s AND q.work_team_id IN (SELECT work_team_id FROM teams)
  UNION ALL
  SELECT q.id, 'review', NULL FROM workforce_workqueue q
  WHERE %(may_review)s AND q.organization_id = %(org)s AND q.review_team_id IN (SELECT work_team_id FROM teams)
  UNION ALL
  SELECT g.work_queue_id, 'label', (array_agg(g.work_grant_id))[1] FROM workforce_grantstaffing g
  WHERE g.organization_id = %(org)s AND g.work_team_id IN (SELECT work_team_id FROM teams)
    AND g.work_grant_id = ANY (%(grants)s)
  GROUP BY g.work_queue_id
)
SELECT q.id, q.organization_id, q.state, f.stage, f.work_grant_id,
  CASE WHEN q.is_shared AND f.stage = 'label' THEN coalesce(f.work_grant_id, q.organization_id)
    ELSE '00000000-0000-0000-0000-000000000000' END,
  i.worker_id, c.id
FROM offers f
JOIN workforce_workqueue q ON q.id = f.id
LEFT JOIN workforce_workeridentity i
  ON i.organization_id = %(org)s AND i.customer_id = q.organization_id AND i.user_id = %(user)s
LEFT JOIN workforce_claim c
  ON c.organization_id = q.organization_id AND c.work_queue_id = q.id AND c.worker_id = i.worker_id
  AND c.state = 'live'
WHERE q.state <> 'closed' AND (%(queue)s::uuid IS NULL OR q.id = %(queue)s)
ORDER BY q.priority DESC, q.id, f.stage DESC
"""

# Nobody answers an object twice, reviews what he labeled, or labels what he reviewed. A label answer that was sent back
# is void, so its labeler may do that object again; a reviewer may review a later round.
_HELD = """
  SELECT 1 FROM workforce_slot o WHERE o.work_item_id = s.work_item_id AND o.worker_id = e.worker_id
    AND o.state IN ('claimed', 'accepted')
    AND (e.stage = 'label' OR o.stage = 'label' OR o.round = s.round)
"""
_BARRED = """
  SELECT 1 FROM workforce_claim d WHERE d.work_item_id = s.work_item_id AND d.worker_id = e.worker_id
    AND ((d.state = 'declined' AND d.stage = e.stage AND d.round = s.round)
      OR (e.stage = 'review' AND d.stage = 'label' AND d.state = 'submitted'))
"""
_OPEN_TO_HIM = f"s.state = 'ready' AND s.stage = e.stage AND NOT EXISTS ({_HELD}) AND NOT EXISTS ({_BARRED})"
_UNRESERVED = "(s.reserved_worker_id IS NULL OR s.reserved_until < clock_timestamp())"
_FREE = f"{_OPEN_TO_HIM} AND ({_UNRESERVED} OR s.reserved_worker_id = e.worker_id)"
_COLUMNS = "s.id, s.organization_id, s.work_queue_id, s.work_item_id, s.round, s.fencing_token"

# One statement takes the slot. Arms in order: what is reserved for this person; an item whose lease of his ran out (his
# draft is there); the queue from a random shard on, so that many labelers do not all reach for its head. Each arm locks
# one row at most.
_SHARD_ARM = """
      SELECT * FROM (
        SELECT {columns} FROM workforce_slot s
        WHERE s.work_queue_id = e.queue_id AND s.stage = e.stage AND s.audience_id = e.audience_id
          AND s.shard {compare} %(shard)s AND {free}
        ORDER BY s.shard, s.position LIMIT 1 FOR UPDATE SKIP LOCKED) AS {name}
"""
TAKE = f"""
WITH picked AS (
  SELECT s.*, e.worker_id, e.stage, e.work_grant_id, q.lease_seconds, q.time_limit_seconds, q.revision,
    clock_timestamp() AS now
  FROM unnest(%(queues)s::uuid[], %(workers)s::uuid[], %(stages)s::text[], %(audiences)s::uuid[], %(grants)s::uuid[])
    AS e(queue_id, worker_id, stage, audience_id, work_grant_id)
  JOIN workforce_workqueue q ON q.id = e.queue_id AND q.state = 'open'
  CROSS JOIN LATERAL (
      SELECT * FROM (
        SELECT {_COLUMNS} FROM workforce_slot s
        WHERE s.reserved_worker_id = e.worker_id AND s.work_queue_id = e.queue_id AND {_OPEN_TO_HIM}
        ORDER BY s.reserved_until LIMIT 1 FOR UPDATE SKIP LOCKED) AS reserved
      UNION ALL
      SELECT * FROM (
        SELECT {_COLUMNS}
        FROM workforce_claim x JOIN workforce_slot s ON s.work_item_id = x.work_item_id
        WHERE x.work_queue_id = e.queue_id AND x.worker_id = e.worker_id AND x.state = 'expired'
          AND s.audience_id = e.audience_id AND {_FREE}
        ORDER BY x.ended_at DESC LIMIT 1 FOR UPDATE OF s SKIP LOCKED) AS own
      UNION ALL {_SHARD_ARM.format(compare=">=", columns=_COLUMNS, free=_FREE, name="behind")}
      UNION ALL {_SHARD_ARM.format(compare="<", columns=_COLUMNS, free=_FREE, name="before")}
  ) s
  LIMIT 1
), claim AS (
  INSERT INTO workforce_claim
    (id, organization_id, work_queue_id, work_item_id, slot_id, worker_id, fencing_token, revision, stage,
     round, work_grant_id, state, claimed_at, created_at, active_seconds, reason)
  SELECT %(claim)s, organization_id, work_queue_id, work_item_id, id, worker_id, fencing_token + 1, revision, stage,
    round, work_grant_id, 'live', now, now, 0, ''
  FROM picked
  ON CONFLICT (organization_id, work_queue_id, worker_id) WHERE state = 'live' DO NOTHING
  RETURNING slot_id
)
UPDATE workforce_slot s SET state = 'claimed', worker_id = p.worker_id, fencing_token = p.fencing_token + 1,
  deadline_at = p.now + p.time_limit_seconds * interval '1 second',
  expires_at = p.now + least(p.lease_seconds, p.time_limit_seconds) * interval '1 second',
  reserved_worker_id = NULL, reserved_until = NULL
FROM picked p JOIN claim c ON c.slot_id = p.id
WHERE s.id = p.id
RETURNING s.organization_id, s.worker_id, s.work_item_id
"""

# `until`: when the first slot may come free that others hold or that is kept for them.
WHY = f"""
SELECT min(CASE WHEN s.state = 'claimed' THEN s.expires_at ELSE s.reserved_until END)
    FILTER (WHERE s.state = 'claimed' OR s.reserved_until > clock_timestamp()),
  bool_or(s.state IN ('ready', 'claimed')),
  EXISTS (SELECT 1 FROM workforce_workitem w WHERE w.work_queue_id = ANY (%(queues)s) AND w.state = 'waiting')
FROM unnest(%(queues)s::uuid[], %(workers)s::uuid[], %(stages)s::text[], %(audiences)s::uuid[])
  AS e(queue_id, worker_id, stage, audience_id)
JOIN workforce_slot s ON s.work_queue_id = e.queue_id AND s.stage = e.stage AND s.audience_id = e.audience_id
  AND s.state IN ('ready', 'claimed')
WHERE NOT EXISTS ({_HELD}) AND NOT EXISTS ({_BARRED})
"""
