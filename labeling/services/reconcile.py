"""Find work of labeling that a lost message left lying, from the rows alone. Running it twice is harmless."""

from django.db import connection

from labeling.models import LabelingJob
from labeling.services.jobs.create import intake_message
from labeling.states import UNFINISHED, JobState
from maskwright.core.outbox import Message, emit
from maskwright.core.scope import current_scope
from workforce.services.grants import accepted_message

# A message that is dead ended as a visible failure; everything else still waiting will run.
_PENDING = """
  SELECT 1 FROM core_outboxmessage m WHERE m.organization_id = %(org)s AND m.topic = %(topic)s
    AND m.key = {key}::text AND m.done_at IS NULL AND m.dead_at IS NULL
"""

_UNCONSOLIDATED = f"""
SELECT t.id FROM labeling_task t
WHERE t.organization_id = %(org)s AND t.state = 'consolidating' AND NOT EXISTS ({_PENDING.format(key="t.id")})
  AND NOT EXISTS (SELECT 1 FROM labeling_functioncall f WHERE f.data_object_id = t.data_object_id
    AND f.role = 'consolidation' AND f.generation = t.generation AND f.state = 'waiting')
LIMIT 1000
"""

_ENDED = """
SELECT j.id FROM labeling_labelingjob j JOIN workforce_workqueue q ON q.id = j.work_queue_id
WHERE j.organization_id = %(org)s AND (
  (j.state = 'in_progress' AND j.intake_done_at IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM labeling_task t WHERE t.job_id = j.id AND t.state = ANY (%(unfinished)s)))
  OR (j.state = 'stopping' AND q.state = 'closed' AND NOT EXISTS (
    SELECT 1 FROM labeling_task t WHERE t.job_id = j.id AND t.state = 'consolidating')))
"""

# `created_at` is when a transaction began, and clocks differ: what is newer than a minute before the manifest's time
# may be missing in it. Writing it once more is harmless and moves that time on.
_UNPUBLISHED = """
SELECT j.id FROM labeling_labelingjob j
WHERE j.organization_id = %(org)s AND EXISTS (
  SELECT 1 FROM labeling_consolidatedannotation c
  WHERE c.job_id = j.id AND c.is_current AND c.creation_date < clock_timestamp() - interval '30 seconds'
    AND c.created_at > coalesce(j.manifest_written_at - interval '1 minute', '-infinity'))
"""

# Photos that wait for the pre-annotation function of a job whose intake is over: they were tried again.
_UNANNOTATED = f"""
SELECT j.id FROM labeling_labelingjob j
WHERE j.organization_id = %(org)s AND j.state IN ('ready', 'in_progress', 'paused')
  AND EXISTS (SELECT 1 FROM labeling_functioncall f
    WHERE f.job_id = j.id AND f.role = 'pre' AND f.state = 'waiting' AND f.next_at <= clock_timestamp())
  AND NOT EXISTS ({_PENDING.format(key="j.id")})
"""

# Answers that wait for the consolidation function of their job.
_UNASKED = f"""
SELECT DISTINCT f.job_id FROM labeling_functioncall f
WHERE f.organization_id = %(org)s AND f.role = 'consolidation' AND f.state = 'waiting'
  AND f.next_at <= clock_timestamp() AND NOT EXISTS ({_PENDING.format(key="f.job_id")})
"""

# Ready, meant to start by itself, and a vendor accepted: the message of that was lost, or the grant began later.
_ACCEPTED = """
SELECT DISTINCT q.id FROM labeling_labelingjob j JOIN workforce_workqueue q ON q.id = j.work_queue_id
JOIN workforce_workgrant g ON g.work_queue_id = q.id AND g.state = 'accepted' AND g.revoked_at IS NULL
WHERE j.organization_id = %(org)s AND j.state = 'ready' AND j.start_when_ready AND q.work_team_id IS NULL
"""


def reconcile_organization() -> int:
    """Write the missing messages: consolidation, intake, a start, the output manifest, the job's end."""
    owner = current_scope().organization_id
    messages: list[Message] = []
    with connection.cursor() as cursor:
        cursor.execute(_UNCONSOLIDATED, {"org": owner, "topic": "task.consolidate"})
        for (task,) in cursor.fetchall():
            messages.append(Message("task.consolidate", owner, {"task_id": str(task)}, key=str(task)))
        for topic, sql in (("job.finish", _ENDED), ("job.publish", _UNPUBLISHED)):
            cursor.execute(sql, {"org": owner, "unfinished": list(UNFINISHED)})
            messages += [Message(topic, owner, {"job_id": str(job)}, key=str(job)) for (job,) in cursor.fetchall()]
        cursor.execute(_UNANNOTATED, {"org": owner, "topic": "function.annotate"})
        messages += [
            Message("function.annotate", owner, {"job_id": str(job)}, key=str(job)) for (job,) in cursor.fetchall()
        ]
        cursor.execute(_UNASKED, {"org": owner, "topic": "function.consolidate"})
        messages += [
            Message("function.consolidate", owner, {"job_id": str(job)}, key=str(job)) for (job,) in cursor.fetchall()
        ]
        cursor.execute(_ACCEPTED, {"org": owner})
        messages += [accepted_message(owner, queue) for (queue,) in cursor.fetchall()]
    for job in LabelingJob.objects.filter(organization_id=owner, state=JobState.INITIALIZING, intake_done_at=None):
        messages.append(intake_message(job))
    emit(*messages)
    return len(messages)
