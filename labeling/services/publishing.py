"""The output manifest: one line per input line, written whole under its key, again and again while the job runs.

A job is completed, or stopped, by the run that has written its last manifest: who sees the state finds the file.
"""

import tempfile
import uuid
from functools import partial
from typing import Any

from django.db import connection
from django.db.models import Count, Q, Sum
from django.utils import timezone

from labeling.models import LabelingJob, Task
from labeling.selectors.results import results
from labeling.services.intake.preannotation import is_asking
from labeling.services.jobs import advance_job
from labeling.services.jobs.enough import stop_if_enough
from labeling.states import UNFINISHED, JobState, TaskState
from labeling.storage import Resolver
from labeling.storage.outputs import intermediate_manifest_uri, output_manifest_uri
from maskwright.core.heartbeat import heartbeat
from maskwright.core.outbox import Message, emit
from maskwright.core.scope import organization_scope
from workforce.services.queues import locked_queue
from workforce.states import QueueState

#: One run at a time writes a job's manifest, so that no older one replaces a newer. Seconds; renewed while it works.
LEASE = 10.0
_AGAIN = 1.0

_BEGIN = """
UPDATE labeling_labelingjob SET manifest_run = %(run)s,
  manifest_run_until = clock_timestamp() + %(lease)s * interval '1 second'
WHERE id = %(job)s AND (manifest_run_until IS NULL OR manifest_run_until < clock_timestamp())
"""
_RENEW = """
UPDATE labeling_labelingjob SET manifest_run_until = clock_timestamp() + %(lease)s * interval '1 second'
WHERE id = %(job)s AND manifest_run = %(run)s AND manifest_run_until IS NOT NULL
"""
_END = """
UPDATE labeling_labelingjob SET manifest_run_until = NULL
WHERE id = %(job)s AND manifest_run = %(run)s AND manifest_run_until IS NOT NULL
"""


def publish_job(*, organization_id: uuid.UUID, job_id: uuid.UUID) -> None:
    """Write the output manifest as it stands; the file changes in one step. Later, when another run is writing it."""
    if not _write_manifest(organization_id, job_id):
        _ask_again("job.publish", organization_id, job_id)


def finish_job(*, organization_id: uuid.UUID, job_id: uuid.UUID) -> bool:
    """End a job that has nothing left to do: write its manifest, then complete or stop it. Whether it ended.

    Killed in between, the job is still running and the message or the reconciler brings it here again.
    """
    with organization_scope(organization_id):
        stop_if_enough(job_id=job_id)
    with organization_scope(organization_id):
        before = _result_if_over(job_id)
    if before is None:
        return False
    if not _write_manifest(organization_id, job_id):
        _ask_again("job.finish", organization_id, job_id)
        return False
    with organization_scope(organization_id):
        job = LabelingJob.objects.get(pk=job_id)
        locked_queue(job.work_queue_id)  # first, as in advance_job: the order of locks is queue, then job
        if _result_if_over(job_id) != before:
            emit(_message("job.finish", organization_id, job_id))  # somebody tried an object again meanwhile
            return False
        job.refresh_from_db()
        advance_job(job=job, to=JobState.STOPPED if job.state == JobState.STOPPING else JobState.COMPLETED)
        return True


def _result_if_over(job_id: uuid.UUID) -> tuple[int, int, int] | None:
    """What the manifest says changes only together with this; None while something is to be done, or it has ended.

    A job in progress is over when its intake and every task are; a stopping one when its queue is closed and what was
    answered is consolidated.
    """
    job = LabelingJob.objects.select_related("work_queue").filter(pk=job_id).first()
    if job is None:
        return None
    unfinished = UNFINISHED
    if job.state == JobState.STOPPING and job.work_queue.state == QueueState.CLOSED:
        unfinished = (TaskState.CONSOLIDATING,)
    elif job.state != JobState.IN_PROGRESS or job.intake_done_at is None:
        return None
    counts = Task.objects.filter(job=job).aggregate(
        tasks=Count("id"),
        generations=Sum("generation", default=0),
        done=Count("id", filter=Q(state=TaskState.DONE)),
        unfinished=Count("id", filter=Q(state__in=unfinished)),
    )
    if job.state == JobState.IN_PROGRESS and is_asking(job):
        return None
    return None if counts["unfinished"] else (counts["tasks"], counts["generations"], counts["done"])


def _write_manifest(organization_id: uuid.UUID, job_id: uuid.UUID) -> bool:
    """Whether it was written; False when another run holds the lease.

    `manifest_written_at` is when the reading began, because what was consolidated during it may be missing. A run that
    lost its lease (its process was halted for longer) may have replaced a newer file: it then asks for another.
    """
    values = {"job": job_id, "run": uuid.uuid4(), "lease": LEASE}
    step = partial(_execute, organization_id, values)
    if not step(_BEGIN):
        return False
    began = timezone.now()
    try:
        with heartbeat(partial(step, _RENEW), every=LEASE / 3):
            _write_file(organization_id, job_id)
    except Exception:
        step(_END)
        raise
    with organization_scope(organization_id):
        older = LabelingJob.objects.filter(Q(manifest_written_at=None) | Q(manifest_written_at__lt=began), pk=job_id)
        is_newest = older.update(manifest_written_at=began)
        if not step(_END) or not is_newest:
            emit(_message("job.publish", organization_id, job_id))
    return True


def _write_file(organization_id: uuid.UUID, job_id: uuid.UUID) -> None:
    with organization_scope(organization_id):
        job = LabelingJob.objects.get(pk=job_id)
        uris = (
            intermediate_manifest_uri(job),
            output_manifest_uri(job),
        )  # as Ground Truth: the batch's, then the job's
        locations = [Resolver().resolve_output(uri) for uri in uris]
    with tempfile.TemporaryFile() as file:
        for result in results(job):
            file.write(result.line())
        for location in locations:
            file.seek(0)
            location.store.put_file(location.key, file, content_type="application/jsonl")


def _execute(organization_id: uuid.UUID, values: dict[str, Any], sql: str) -> bool:
    with organization_scope(organization_id), connection.cursor() as cursor:
        cursor.execute(sql, values)
        return bool(cursor.rowcount)


def _message(topic: str, organization_id: uuid.UUID, job_id: uuid.UUID, delay: float = 0.0) -> Message:
    return Message(topic, organization_id, {"job_id": str(job_id)}, key=str(job_id), delay=delay)


def _ask_again(topic: str, organization_id: uuid.UUID, job_id: uuid.UUID) -> None:
    with organization_scope(organization_id):
        emit(_message(topic, organization_id, job_id, _AGAIN))
