"""Try again what failed: a photo that could not be used, an object nobody could finish, a failed consolidation."""

import uuid

from django.utils.translation import gettext as _

from labeling.errors import MoveRefused
from labeling.models import Annotation, DataObject, LabelingJob, Task
from labeling.services.intake.counts import moved
from labeling.services.intake.photos import accept_photo, judge
from labeling.services.intake.preannotation import annotate_message, is_asking
from labeling.services.intake.prior import prior_plan, prior_sources
from labeling.services.jobs import reopen_job
from labeling.services.tasks import advance_task, start_consolidation
from labeling.states import AnnotationState, JobState, TaskState
from labeling.storage import Resolver
from maskwright.audit.record import record
from maskwright.core.errors import NotFound
from maskwright.core.outbox import Message, emit, push
from maskwright.core.scope import current_scope, organization_scope
from workforce.models import WorkItem
from workforce.services.items import reopen_item
from workforce.services.queues import locked_queue
from workforce.services.rounds import begin_round, has_answers_to_keep
from workforce.states import ItemState

_ENDED = (JobState.STOPPING, JobState.STOPPED, JobState.COMPLETED, JobState.FAILED)
_UNLABELED = "impossible"  # the failure that only other answers mend


def retry_object(*, object_id: uuid.UUID) -> DataObject:
    """Give a data object another try. Raises MoveRefused when there is nothing to try, NotFound.

    A photo is looked at again by a worker process (`object.recheck`). An object that most labelers said cannot be
    labeled, or that too many declined, goes back to them (`workforce.services.rounds`): in a new round when nobody's
    answer would be lost by it, else for the answers that are missing. Another failed consolidation is computed anew
    from the answers that are there. A completed job goes on for it and completes again.
    """
    item: DataObject | None = (
        DataObject.objects.select_related("job")
        .filter(pk=object_id, organization_id=current_scope().organization_id)
        .first()
    )
    if item is None:
        raise NotFound(_("There is no such data object."))
    if Task.objects.filter(data_object=item).exists():
        _retry_task(item)
    else:
        _recheck_later(item)
    record("data_object.retried", "data_object", item.pk)
    return item


def _recheck_later(item: DataObject) -> None:
    if not item.problem_code or not item.source_ref:
        raise MoveRefused(_("Its line in the manifest cannot be used. Correct the manifest and make a new job of it."))
    if item.job.state in (*_ENDED, JobState.INITIALIZING):
        message = _("The job is %(state)s; photos are not checked again then.") % {
            "state": JobState(item.job.state).label
        }
        raise MoveRefused(message)
    emit(Message("object.recheck", item.organization_id, {"object_id": str(item.pk)}, key=str(item.pk)))


def _retry_task(item: DataObject) -> None:
    locked_queue(item.job.work_queue_id)  # the order of locks: queue, job, task, item
    job = LabelingJob.objects.select_for_update(no_key=True).get(pk=item.job_id)
    task = Task.objects.select_for_update(no_key=True).get(data_object=item)
    if task.state != TaskState.FAILED:
        raise MoveRefused(_("This object did not fail; there is nothing to try again."))
    work = WorkItem.objects.get(pk=task.work_item_id)
    if work.state == ItemState.DONE and task.failure_code != _UNLABELED:
        reopen_job(job_id=job.pk)
        start_consolidation(task)
        return
    if job.state in (JobState.STOPPING, JobState.STOPPED, JobState.FAILED):
        raise MoveRefused(_("The job is %(state)s; nobody labels it any more.") % {"state": JobState(job.state).label})
    reopen_job(job_id=job.pk)
    advance_task(task=task, to=TaskState.WAITING)
    if work.state == ItemState.FAILED and has_answers_to_keep(work):
        reopen_item(item_id=work.pk)
        advance_task(task=task, to=TaskState.OPEN)
    else:
        counted = Annotation.objects.filter(task=task, state=AnnotationState.ACCEPTED)
        counted.update(state=AnnotationState.VOID)  # kept, but what the new round asks for stands instead
        begin_round(item_id=work.pk)


def recheck_object(*, organization_id: uuid.UUID, object_id: uuid.UUID) -> None:
    """Look at a photo again, outside of any transaction; when it can be used now, it becomes a task.

    Safe to run any number of times. Raises ObjectStoreError while the storage is down.
    """
    with organization_scope(organization_id):
        item = DataObject.objects.filter(pk=object_id).exclude(problem_code="").first()
        if item is None:
            return
        resolver = Resolver()
        location = resolver.resolve_many([item.source_ref])[item.source_ref]
        (prior,) = prior_sources(prior_plan(item.job_id), resolver, [item.line])
    verdict = judge(organization_id, location, item.source_ref, prior)
    with organization_scope(organization_id):
        job = LabelingJob.objects.select_for_update(no_key=True).get(pk=item.job_id)
        locked = DataObject.objects.select_for_update(no_key=True).filter(pk=object_id).exclude(problem_code="").first()
        if locked is None or job.state in _ENDED:
            return
        before = locked.problem_code
        accept_photo(job, locked, verdict)
        report = moved(job.preflight, before, locked.problem_code)
        LabelingJob.objects.filter(pk=job.pk).update(preflight=report)
        if is_asking(job):
            emit(annotate_message(job))
        emit(push(organization_id, f"job.{job.pk}", "job.progress", job=job.pk))
