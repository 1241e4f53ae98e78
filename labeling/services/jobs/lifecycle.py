"""A job's moves. `advance_job` checks the table, moves the queue in the same transaction, and tells who listens."""

import uuid
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from labeling.errors import MoveRefused
from labeling.models import DataObject, LabelingJob, Task
from labeling.services.events import tell_of_job
from labeling.services.jobs.create import intake_message
from labeling.states import JOB_MOVES, JobState
from maskwright.audit.record import record
from maskwright.core.errors import NotFound
from maskwright.core.outbox import Message, emit, push
from maskwright.core.scope import current_scope
from workforce.models import WorkGrant, WorkQueue
from workforce.services.queues import change_queue, locked_queue, move_queue
from workforce.states import GrantState, QueueState

_QUEUE_OF: dict[str, QueueState] = {
    JobState.IN_PROGRESS: QueueState.OPEN,
    JobState.PAUSED: QueueState.PAUSED,
    JobState.STOPPING: QueueState.STOPPING,
    JobState.STOPPED: QueueState.CLOSED,
    JobState.COMPLETED: QueueState.CLOSED,
    JobState.FAILED: QueueState.CLOSED,
}
_ENDS = frozenset({JobState.STOPPED, JobState.COMPLETED, JobState.FAILED})


def own_job(job_id: uuid.UUID) -> LabelingJob:
    """A job of the organization in scope. A vendor's grant lets it read a job, never manage it: NotFound."""
    found: LabelingJob | None = LabelingJob.objects.filter(
        pk=job_id, organization_id=current_scope().organization_id
    ).first()
    if found is None:
        raise NotFound(_("There is no such labeling job."))
    return found


def advance_job(*, job: LabelingJob, to: JobState, reason: str = "") -> LabelingJob:
    """The one door through which a job changes its state; `job` is brought up to date.

    Order of locks: queue, then job, as everywhere. Emits `job.changed`, and `job.publish` when a job that ran ends.
    Raises MoveRefused. Moving to where the job is already changes nothing.
    """
    queue = locked_queue(job.work_queue_id)
    locked = LabelingJob.objects.select_for_update(no_key=True).get(pk=job.pk)
    before = JobState(locked.state)
    if before != to:
        _check_move(before, to, queue)
        changes = _changes(locked, to, reason)
        LabelingJob.objects.filter(pk=locked.pk).update(**changes)
        _move_queue(queue, to)
        record("labeling_job.moved", "labeling_job", job.pk, before=before, to=to, reason=reason)
        emit(*_messages(locked, to))
        tell_of_job(locked, before, to)
    job.refresh_from_db()
    return job


def _check_move(before: JobState, to: JobState, queue: WorkQueue) -> None:
    allowed = to in JOB_MOVES[before]
    # A job that failed while it ran has a closed queue, which nothing opens again.
    if before == JobState.FAILED and queue.state != QueueState.DRAFT:
        allowed = False
    if not allowed:
        raise MoveRefused(
            _("The job is %(before)s; from there it cannot become '%(to)s'.") % {"before": before.label, "to": to.label}
        )


def _changes(job: LabelingJob, to: JobState, reason: str) -> dict[str, Any]:
    changes: dict[str, Any] = {"state": to, "failure_reason": reason[:1024] if to == JobState.FAILED else ""}
    if to == JobState.IN_PROGRESS and job.started_at is None:
        changes["started_at"] = timezone.now()
    if to in _ENDS:
        changes["ended_at"] = timezone.now()
    if to in (JobState.INITIALIZING, JobState.IN_PROGRESS):
        changes["ended_at"] = None
    return changes


def _move_queue(queue: WorkQueue, to: JobState) -> None:
    target = _QUEUE_OF.get(to)
    if target is None or (to == JobState.FAILED and queue.state == QueueState.DRAFT):
        return
    move_queue(queue_id=queue.pk, to=target, grace_seconds=settings.STOP_GRACE_SECONDS)


def _messages(job: LabelingJob, to: JobState) -> list[Message]:
    messages = [push(job.organization_id, f"job.{job.pk}", "job.changed", job=job.pk)]
    if to in _ENDS and job.started_at is not None:
        messages.append(Message("job.publish", job.organization_id, {"job_id": str(job.pk)}, key=str(job.pk)))
    return messages


def start_job(*, job_id: uuid.UUID) -> LabelingJob:
    """Start a ready job. While its photos are still being checked the wish is kept: it starts by itself when ready."""
    job = own_job(job_id)
    _require_workers(job)
    if job.state == JobState.INITIALIZING:
        LabelingJob.objects.filter(pk=job.pk).update(start_when_ready=True)
        record("labeling_job.start_asked", "labeling_job", job.pk)
        job.refresh_from_db()
        # The photos may have become ready between the two statements.
        return advance_job(job=job, to=JobState.IN_PROGRESS) if job.state == JobState.READY else job
    return _from(job, {JobState.READY}, JobState.IN_PROGRESS, _("Only a job that is ready can be started."))


def start_accepted(*, work_queue_id: uuid.UUID) -> None:
    """A vendor accepted the work: a job that is to start by itself and had nobody to work on it starts now.

    One whose photos are still being checked starts at the end of that; the queue's lock decides which of the two it is.
    """
    queue = locked_queue(work_queue_id)
    job = LabelingJob.objects.filter(work_queue_id=work_queue_id, state=JobState.READY, start_when_ready=True).first()
    if job is not None and _has_workers(queue):  # the grant may have ended again
        advance_job(job=job, to=JobState.IN_PROGRESS)


def pause_job(*, job_id: uuid.UUID) -> LabelingJob:
    """Claims and their clocks freeze; drafts are saved and submits accepted."""
    message = _("Only a job that is in progress can be paused.")
    return _from(own_job(job_id), {JobState.IN_PROGRESS}, JobState.PAUSED, message)


def resume_job(*, job_id: uuid.UUID) -> LabelingJob:
    return _from(own_job(job_id), {JobState.PAUSED}, JobState.IN_PROGRESS, _("Only a paused job can be resumed."))


def stop_job(*, job_id: uuid.UUID) -> LabelingJob:
    """End a job for good. While it runs, live claims may still submit for STOP_GRACE_SECONDS; then it is stopped."""
    job = own_job(job_id)
    to = JobState.STOPPING if job.state in (JobState.IN_PROGRESS, JobState.PAUSED) else JobState.STOPPED
    allowed = {JobState.INITIALIZING, JobState.READY, JobState.IN_PROGRESS, JobState.PAUSED}
    return _from(job, allowed, to, _("The job has ended already, or is about to."))


def reopen_job(*, job_id: uuid.UUID) -> LabelingJob:
    """Go on with a completed job, because an object of it is tried again; it completes anew after that.

    A deadline that has passed is taken away: else the job would be stopped at once.
    """
    job = own_job(job_id)
    if job.state != JobState.COMPLETED:
        return job
    _require_workers(job)
    queue = locked_queue(job.work_queue_id)
    if queue.deadline is not None and queue.deadline <= timezone.now():
        change_queue(queue_id=queue.pk, deadline=None)
    return advance_job(job=job, to=JobState.IN_PROGRESS)


def preflight_job(*, job_id: uuid.UUID) -> LabelingJob:
    """Read the input of a failed job again, after its storage or manifest was mended.

    From the start when nothing was usable; else intake goes on where it failed.
    """
    job = _from(
        own_job(job_id), {JobState.FAILED}, JobState.INITIALIZING, _("Only a job that failed is checked again.")
    )
    if not Task.objects.filter(job=job).exists():
        DataObject.objects.filter(job=job).delete()
        LabelingJob.objects.filter(pk=job.pk).update(
            intake_lines=0, intake_cursor="", preflight={}, intake_done_at=None
        )
    job.refresh_from_db()
    emit(intake_message(job))
    return job


def _from(job: LabelingJob, allowed: set[JobState], to: JobState, message: str) -> LabelingJob:
    if job.state not in allowed:
        raise MoveRefused(
            _("%(sentence)s This one is %(state)s.") % {"sentence": message, "state": JobState(job.state).label}
        )
    return advance_job(job=job, to=to)


def _require_workers(job: LabelingJob) -> None:
    if not _has_workers(WorkQueue.objects.get(pk=job.work_queue_id)):
        raise MoveRefused(_("Nobody can work on this job: give it a work team, or wait until the vendor accepts it."))


def _has_workers(queue: WorkQueue) -> bool:
    accepted = WorkGrant.objects.filter(work_queue=queue, state=GrantState.ACCEPTED, revoked_at=None)
    return queue.work_team_id is not None or accepted.exists()
