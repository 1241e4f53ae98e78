"""The statements of a claim: which queues are somebody's to work on, which slot he gets, why there is none.

All of them use the database's clock.
"""

from workforce.distribution import POLICIES, RULES

# One row per queue and stage the person may take work of: his teams', his reviews', and what his vendor staffs. The
# audience is whom the slots of a shared queue are marked for. Reviews come before labeling of the same queue. Queues
# stand by their priority and how long they have not been served. `open` counts the live claims he has anywhere;
# `is_skilled` says whether he has what the queue requires of who labels, `is_paused` whether he gets nothing of it now,
# the last column whether a claim of his ran out.
ELIGIBLE = f"""
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
  {RULES["shares"].sql},
  i.worker_id, c.id, q.policy, q.max_open_claims,
  (SELECT count(*) FROM workforce_claim o WHERE o.state = 'live' AND o.worker_id IN (
    SELECT w.worker_id FROM workforce_workeridentity w
    WHERE w.organization_id = %(org)s AND w.user_id = %(user)s)) AS open,
  {RULES["skill_match"].sql} AS is_skilled,
  EXISTS (
    SELECT 1 FROM workforce_workpause p WHERE p.worker_id = i.worker_id AND p.work_queue_id = q.id
      AND p.ended_at IS NULL AND coalesce(p.until > clock_timestamp(), true)) AS is_paused,
  q.is_qualification AND f.stage = 'label',
  EXISTS (SELECT 1 FROM workforce_claim x
    WHERE x.work_queue_id = q.id AND x.worker_id = i.worker_id AND x.state = 'expired')
FROM offers f
JOIN workforce_workqueue q ON q.id = f.id
LEFT JOIN workforce_workeridentity i
  ON i.organization_id = %(org)s AND i.customer_id = q.organization_id AND i.user_id = %(user)s
LEFT JOIN workforce_claim c
  ON c.organization_id = q.organization_id AND c.work_queue_id = q.id AND c.worker_id = i.worker_id
  AND c.state = 'live'
WHERE q.state <> 'closed' AND (%(queue)s::uuid IS NULL OR q.id = %(queue)s)
ORDER BY {RULES["priority_with_ageing"].sql} DESC, q.id, f.stage DESC
"""

# Nobody answers an object twice, reviews what he labeled, or labels what he reviewed. A label answer that was sent back
# is void, so its labeler may do that object again, unless it was withdrawn; a reviewer may review a later round.
_HELD = """
  SELECT 1 FROM workforce_slot o WHERE o.work_item_id = s.work_item_id AND o.worker_id = e.worker_id
    AND o.state IN ('claimed', 'accepted')
    AND (e.stage = 'label' OR o.stage = 'label' OR o.round = s.round)
"""
_BARRED = """
  SELECT 1 FROM workforce_claim d WHERE d.work_item_id = s.work_item_id AND d.worker_id = e.worker_id
    AND ((d.state = 'declined' AND d.stage = e.stage AND d.round = s.round)
      OR (d.is_withdrawn AND e.stage = 'label')
      OR (e.stage = 'review' AND d.stage = 'label' AND d.state = 'submitted'))
"""
_OPEN_TO_HIM = f"s.state = 'ready' AND s.stage = e.stage AND NOT EXISTS ({_HELD}) AND NOT EXISTS ({_BARRED})"
_UNRESERVED = "(s.reserved_worker_id IS NULL OR s.reserved_until < clock_timestamp())"
_FREE = f"{_OPEN_TO_HIM} AND ({_UNRESERVED} OR s.reserved_worker_id = e.worker_id)"
_COLUMNS = "s.id, s.organization_id, s.work_queue_id, s.work_item_id, s.round, s.fencing_token, s.reserved_claim_id"
# The lateral keeps the order of the queues, whatever the planner thinks of it: it is their turn.
_QUEUES = """
  FROM unnest(%(queues)s::uuid[], %(workers)s::uuid[], %(stages)s::text[], %(audiences)s::uuid[], %(grants)s::uuid[],
    %(policies)s::text[]) AS e(queue_id, worker_id, stage, audience_id, work_grant_id, policy)
  CROSS JOIN LATERAL (
    SELECT w.lease_seconds, w.time_limit_seconds, w.revision FROM workforce_workqueue w
    WHERE w.id = e.queue_id AND w.state = 'open' OFFSET 0) q
"""
_CHOSEN = """
  SELECT s.*, e.worker_id, e.stage, e.work_grant_id, e.policy, q.lease_seconds, q.time_limit_seconds, q.revision,
    clock_timestamp() AS now
"""
_IN_QUEUE = "s.work_queue_id = e.queue_id AND s.stage = e.stage AND s.audience_id = e.audience_id"

# Arms in order: what is kept for this person (for good before softly); an item whose lease of his ran out (his draft is
# there); then the arms of the queue's policy. Each locks one row at most; one of another policy is not even begun.
_OWN_ARMS = f"""
      SELECT * FROM (
        SELECT {_COLUMNS} FROM workforce_slot s
        WHERE s.reserved_worker_id = e.worker_id AND s.work_queue_id = e.queue_id AND {_OPEN_TO_HIM}
        ORDER BY s.reserved_claim_id IS NOT NULL, s.reserved_until LIMIT 1 FOR UPDATE SKIP LOCKED) AS reserved
      UNION ALL
      SELECT * FROM (
        SELECT s.* FROM (
          SELECT x.work_item_id FROM workforce_claim x
          WHERE x.work_queue_id = e.queue_id AND x.worker_id = e.worker_id AND x.state = 'expired'
          ORDER BY x.ended_at DESC) x
        CROSS JOIN LATERAL (
          SELECT {_COLUMNS} FROM workforce_slot s
          WHERE s.work_item_id = x.work_item_id AND s.audience_id = e.audience_id AND {_FREE}
          LIMIT 1 FOR UPDATE SKIP LOCKED) s
        LIMIT 1) AS own
"""
_POLICY_ARMS = "".join(
    f"""
      UNION ALL
      SELECT * FROM (
        SELECT {_COLUMNS} FROM workforce_slot s
        WHERE e.policy = '{policy.name}' AND {_IN_QUEUE} AND {arm.where} AND {_FREE}
        ORDER BY {arm.order} LIMIT 1 FOR UPDATE SKIP LOCKED) AS {policy.name}_{number}
"""
    for policy in POLICIES.values()
    for number, arm in enumerate(policy.arms)
)
_OFFERED = f"{_CHOSEN} {_QUEUES} CROSS JOIN LATERAL ({_OWN_ARMS} {_POLICY_ARMS}) s LIMIT 1"

# What others are to get next, once nothing else is left in any of his queues: a reservation starves nobody.
_KEPT_SOFTLY = f"""
  {_CHOSEN} {_QUEUES} CROSS JOIN LATERAL (
      SELECT {_COLUMNS} FROM workforce_slot s
      WHERE {_IN_QUEUE} AND s.reserved_claim_id IS NOT NULL AND s.reserved_worker_id IS NOT NULL AND {_OPEN_TO_HIM}
      ORDER BY s.reserved_until LIMIT 1 FOR UPDATE SKIP LOCKED) s
  LIMIT 1
"""

# One statement takes the slot. Its siblings are marked as begun; those that others take at this moment are not waited
# for: whoever takes them marks them himself.
TAKE = f"""
WITH picked AS (
  SELECT * FROM ((({_OFFERED})) UNION ALL (({_KEPT_SOFTLY}))) AS found LIMIT 1
), claim AS (
  INSERT INTO workforce_claim
    (id, organization_id, work_queue_id, work_item_id, slot_id, worker_id, fencing_token, revision, stage,
     round, work_grant_id, state, claimed_at, created_at, active_seconds, reason)
  SELECT %(claim)s, organization_id, work_queue_id, work_item_id, id, worker_id, fencing_token + 1, revision, stage,
    round, work_grant_id, 'live', now, now, 0, ''
  FROM picked
  ON CONFLICT (organization_id, work_queue_id, worker_id) WHERE state = 'live' DO NOTHING
  RETURNING slot_id
), siblings AS (
  SELECT b.id FROM workforce_slot b
  WHERE b.work_item_id = (SELECT work_item_id FROM picked WHERE policy = 'depth_first' AND id IN (TABLE claim))
    AND b.state = 'ready' AND NOT b.is_begun AND b.id <> (SELECT id FROM picked)
  FOR UPDATE SKIP LOCKED
), begun AS (
  UPDATE workforce_slot b SET is_begun = true WHERE b.id = ANY (ARRAY(SELECT id FROM siblings))
)
UPDATE workforce_slot s SET state = 'claimed', worker_id = p.worker_id, fencing_token = p.fencing_token + 1,
  deadline_at = p.now + p.time_limit_seconds * interval '1 second',
  expires_at = p.now + least(p.lease_seconds, p.time_limit_seconds) * interval '1 second',
  reserved_worker_id = NULL, reserved_until = NULL, reserved_claim_id = NULL, is_begun = true
FROM picked p
WHERE s.id = (SELECT slot_id FROM claim)
RETURNING s.organization_id, s.worker_id, s.work_item_id
"""

# What the holder of a claim gets next. What is kept for him for good stays so; the rest is kept for some minutes.
RESERVE = f"""
WITH picked AS ({_OFFERED})
UPDATE workforce_slot s SET reserved_worker_id = p.worker_id,
  reserved_until = greatest(CASE WHEN s.reserved_worker_id = p.worker_id THEN s.reserved_until END,
    clock_timestamp() + %(seconds)s * interval '1 second'),
  reserved_claim_id = CASE WHEN s.reserved_worker_id = p.worker_id AND s.reserved_claim_id IS NULL
    AND s.reserved_until > clock_timestamp() THEN NULL ELSE %(held)s::uuid END
FROM picked p WHERE s.id = (SELECT id FROM picked)
RETURNING s.id, s.organization_id, s.work_queue_id, s.work_item_id, s.stage, s.audience_id, s.worker_id,
  s.reserved_worker_id, s.reserved_until, s.round, p.revision
"""

# `until`: when the first slot may come free that others hold or that is kept for them.
WHY = f"""
SELECT min(CASE WHEN s.state = 'claimed' THEN s.expires_at ELSE s.reserved_until END)
    FILTER (WHERE s.state = 'claimed' OR s.reserved_until > clock_timestamp()),
  bool_or(s.state IN ('ready', 'claimed')),
  EXISTS (SELECT 1 FROM workforce_workitem w JOIN workforce_workqueue k ON k.id = w.work_queue_id
    WHERE w.work_queue_id = ANY (%(queues)s) AND w.state = 'waiting' AND NOT k.is_qualification)
FROM unnest(%(queues)s::uuid[], %(workers)s::uuid[], %(stages)s::text[], %(audiences)s::uuid[])
  AS e(queue_id, worker_id, stage, audience_id)
JOIN workforce_slot s ON s.work_queue_id = e.queue_id AND s.stage = e.stage AND s.audience_id = e.audience_id
  AND s.state IN ('ready', 'claimed')
WHERE NOT EXISTS ({_HELD}) AND NOT EXISTS ({_BARRED})
"""
