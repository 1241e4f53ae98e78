"""The output manifest: one line per input line, written whole under its key, again and again while the job runs."""

import tempfile
import uuid

from django.db.models import Q
from django.utils import timezone

from labeling.models import LabelingJob, Task
from labeling.selectors.results import results
from labeling.services.jobs import advance_job
from labeling.states import JobState, TaskState
from labeling.storage import Resolver
from labeling.storage.outputs import output_manifest_uri
from maskwright.core.outbox import Message, emit
from maskwright.core.scope import organization_scope
from workforce.services.queues import locked_queue


def publish_job(*, organization_id: uuid.UUID, job_id: uuid.UUID) -> None:
    """Write the output manifest as it stands; the file changes in one step.

    `manifest_written_at` is when the reading began, because what was consolidated during it may be missing. Of two runs
    at once the older may write last: it then asks for another.
    """
    with organization_scope(organization_id):
        job = LabelingJob.objects.get(pk=job_id)
    began = timezone.now()
    with tempfile.TemporaryFile() as file:
        for result in results(job):
            file.write(result.line)
        with organization_scope(organization_id):
            location = Resolver().resolve_output(output_manifest_uri(job))
        file.seek(0)
        location.store.put_file(location.key, file, content_type="application/jsonl")
    with organization_scope(organization_id):
        older = LabelingJob.objects.filter(Q(manifest_written_at=None) | Q(manifest_written_at__lt=began), pk=job_id)
        if not older.update(manifest_written_at=began):
            emit(Message("job.publish", organization_id, {"job_id": str(job_id)}, key=str(job_id)))


def finish_job(*, job_id: uuid.UUID) -> bool:
    """Complete a job whose every task has ended and whose intake is done."""
    job = LabelingJob.objects.filter(pk=job_id).first()
    if job is None:
        return False
    locked_queue(job.work_queue_id)  # first, as in advance_job: the order of locks is queue, then job
    job.refresh_from_db()
    if job.state != JobState.IN_PROGRESS or job.intake_done_at is None:
        return False
    running = Task.objects.filter(
        job=job, state__in=[TaskState.WAITING, TaskState.OPEN, TaskState.CONSOLIDATING]
    ).exists()
    if running:
        return False
    advance_job(job=job, to=JobState.COMPLETED)
    return True
