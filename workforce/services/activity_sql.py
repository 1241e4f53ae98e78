"""The part of a heartbeat's statement that counts activity: common table expressions behind `renewed`.

The server's clock alone counts. A heartbeat that carries a sign of activity counts the time since the person's last
one, in whatever tab or job: at most the job's `idle_seconds` and never from before the claim. The row of the person's
clock is locked by the upsert, which sees what another tab's heartbeat has committed meanwhile: overlaps count once.
"""

#: Work done again after the same person's answer came back from a review; of `r`, a claim.
IS_REWORK = """(r.stage = 'label' AND r.round > 1
  AND EXISTS (SELECT 1 FROM workforce_claim e WHERE e.work_item_id = r.work_item_id AND e.worker_id = r.worker_id
    AND e.stage = 'label' AND e.state = 'submitted' AND e.round < r.round AND NOT e.is_withdrawn)
  AND EXISTS (SELECT 1 FROM workforce_claim v WHERE v.work_item_id = r.work_item_id
    AND v.stage = 'review' AND v.state = 'submitted' AND v.round < r.round))"""

#: What `renewed` returns for it.
RETURNED = """c.organization_id, c.work_queue_id, c.work_item_id, c.slot_id, c.worker_id, c.work_grant_id, c.stage,
    c.round, c.claimed_at, q.idle_seconds"""

COUNTED = f"""
met AS (
  INSERT INTO workforce_activityclock AS k
    (id, organization_id, user_id, counted_until, since, seconds, created_at)
  SELECT gen_random_uuid(), %(org)s::uuid, %(user)s::uuid, clock_timestamp(), x.since,
    greatest(extract(epoch FROM clock_timestamp() - x.since), 0), clock_timestamp()
  FROM (SELECT greatest(r.claimed_at, clock_timestamp() - r.idle_seconds * interval '1 second') AS since
        FROM renewed r WHERE r.queue_state <> 'paused' AND %(active)s::float8 > 0) x
  ON CONFLICT (organization_id, user_id) DO UPDATE SET
    seconds = greatest(extract(epoch FROM clock_timestamp() - greatest(k.counted_until, excluded.since)), 0),
    since = greatest(k.counted_until, excluded.since),
    counted_until = greatest(k.counted_until, clock_timestamp())
  RETURNING k.seconds
), counted AS (
  UPDATE workforce_claim c SET active_seconds = c.active_seconds + m.seconds
  FROM renewed r, met m WHERE c.id = r.id AND m.seconds > 0
), booked AS (
  INSERT INTO workforce_ledgerentry
    (id, organization_id, created_at, vendor_id, work_queue_id, work_item_id, slot_id, claim_id, worker_id,
     work_grant_id, stage, kind, quantity, is_rework, reason, note, taken_at, at)
  SELECT gen_random_uuid(), r.organization_id, clock_timestamp(), w.vendor_id, r.work_queue_id, r.work_item_id,
    r.slot_id, r.id, r.worker_id, r.work_grant_id, r.stage, 'time', round(m.seconds::numeric, 3), {IS_REWORK},
    'worked', '', r.claimed_at, clock_timestamp()
  FROM renewed r JOIN workforce_worker w ON w.id = r.worker_id, met m WHERE m.seconds >= 0.0005
)
"""
