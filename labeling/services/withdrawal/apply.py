"""Apply a withdrawal, object by object. Killed and run again, it goes on with the answers that still count."""

import uuid
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext_noop

from labeling.errors import MoveRefused
from labeling.models import Annotation, ConsolidatedAnnotation, LabelingJob, Task, Withdrawal, WithdrawnAnswer
from labeling.services.jobs import reopen_job
from labeling.services.tasks import advance_task, start_consolidation
from labeling.services.withdrawal.order import apply_message
from labeling.services.withdrawal.selection import selected
from labeling.states import AnnotationState, JobState, ReviewState, TaskState, WithdrawalState
from maskwright.audit.record import record
from maskwright.core.outbox import Message, emit, push
from maskwright.core.scope import organization_scope
from workforce.models import WorkItem
from workforce.services.pushes import claim_push
from workforce.services.queues import locked_queue
from workforce.services.withdrawn import fail_withdrawn, withdraw_answers
from workforce.states import ItemState, Stage

#: A submit that began before the order may commit a moment after it was applied; so it is applied once more.
_REQUESTS_END_SECONDS = 2.0
_OVER = (JobState.STOPPING, JobState.STOPPED, JobState.FAILED)


def apply_withdrawal(*, organization_id: uuid.UUID, withdrawal_id: uuid.UUID, again: bool) -> None:
    """Opens its own scopes, one transaction for each object."""
    with organization_scope(organization_id):
        order = Withdrawal.objects.filter(pk=withdrawal_id).first()
        if order is None or order.state not in (WithdrawalState.APPLYING, WithdrawalState.APPLIED):
            return
        tasks = list(_meant(order).order_by("task_id").values_list("task_id", flat=True).distinct())
    for task_id in tasks:
        with organization_scope(organization_id):
            _withdraw_from(order, task_id)
    with organization_scope(organization_id):
        _finish(withdrawal_id, again)


def _meant(order: Withdrawal) -> QuerySet[Annotation]:
    return selected(
        job_id=order.job_id,
        worker_id=order.worker_id,
        grant_id=order.work_grant_id,
        since=order.since,
        until=order.until,
        vendor_id=order.vendor_id if order.by_vendor else None,
    )


def _withdraw_from(order: Withdrawal, task_id: uuid.UUID) -> None:
    """The order of locks: queue, job, item, task."""
    found = Task.objects.get(pk=task_id)
    locked_queue(found.work_queue_id)
    job = LabelingJob.objects.select_for_update(no_key=True).get(pk=order.job_id)
    item = WorkItem.objects.select_for_update(no_key=True).get(pk=found.work_item_id)
    task = Task.objects.select_for_update(no_key=True).get(pk=task_id)
    if Withdrawal.objects.filter(pk=order.pk, state__in=[WithdrawalState.UNDOING, WithdrawalState.UNDONE]).exists():
        return
    answers = list(_meant(order).filter(task=task).order_by("submitted_at", "pk"))
    if not answers:
        return
    reopen = item.state != ItemState.FAILED and _can_go_on(job)  # what was given up stays so
    reviews = list(
        Annotation.objects.filter(task=task, stage=Stage.REVIEW, round=item.round, state=AnnotationState.ACCEPTED)
    )
    before: dict[str, Any] = {"task_state": task.state, "review": task.review, "consolidated": _current(task)}
    taken = withdraw_answers(item=item, slot_ids=[answer.slot_id for answer in answers], reopen=reopen)
    before |= {"item_state": taken.state, "stage": taken.stage, "round": taken.round}
    WithdrawnAnswer.objects.bulk_create(
        [
            WithdrawnAnswer(
                organization_id=order.organization_id,
                withdrawal=order,
                annotation=annotation,
                task=task,
                is_review=annotation.stage == Stage.REVIEW,
                before=before,
                round_after=taken.round_after,
            )
            for annotation in (*answers, *reviews)
        ]
    )
    Annotation.objects.filter(pk__in=[one.pk for one in answers]).update(state=AnnotationState.WITHDRAWN)
    Annotation.objects.filter(pk__in=[one.pk for one in reviews]).update(state=AnnotationState.VOID)
    for one in answers:
        record("annotation.withdrawn", "annotation", one.pk, withdrawal=order.pk)
    _go_on(task, item, reopen=reopen)
    emit(*(claim_push(order.organization_id, one.worker_id, "work.answer_reviewed", one.claim_id) for one in answers))


def _can_go_on(job: LabelingJob) -> bool:
    """Whether somebody may still label objects of the job; a completed one goes on for them."""
    if job.state in _OVER:
        return False
    try:
        reopen_job(job_id=job.pk)
    except MoveRefused:  # nobody works on it any more
        return False
    return True


def _current(task: Task) -> str | None:
    found = ConsolidatedAnnotation.objects.filter(task=task, is_current=True).values_list("pk", flat=True).first()
    return str(found) if found else None


def _go_on(task: Task, item: WorkItem, *, reopen: bool) -> None:
    """To be labeled again; where nobody does that any more, the mask of the answers that are left stands."""
    if item.state == ItemState.FAILED:
        return
    was_open = task.state in (TaskState.OPEN, TaskState.WAITING)
    task.review = ReviewState.NONE
    if reopen or was_open:
        ConsolidatedAnnotation.objects.filter(task=task, is_current=True).update(is_current=False)
        if task.state == TaskState.FAILED:
            advance_task(task=task, to=TaskState.WAITING)
        if not was_open:
            advance_task(task=task, to=TaskState.OPEN)
        return
    counting = Annotation.objects.filter(task=task, stage=Stage.LABEL, state=AnnotationState.ACCEPTED)
    if task.state == TaskState.CONSOLIDATING:
        advance_task(task=task, to=TaskState.OPEN)
    if counting.exists():
        start_consolidation(task)
        return
    ConsolidatedAnnotation.objects.filter(task=task, is_current=True).update(is_current=False)
    fail_withdrawn(item)
    if task.state == TaskState.DONE:
        advance_task(task=task, to=TaskState.OPEN)
    advance_task(
        task=task, to=TaskState.FAILED, code="withdrawn", reason=gettext_noop("All its answers were withdrawn.")
    )


def _finish(withdrawal_id: uuid.UUID, again: bool) -> None:
    order = Withdrawal.objects.select_for_update(no_key=True).get(pk=withdrawal_id)
    if order.state not in (WithdrawalState.APPLYING, WithdrawalState.APPLIED):
        return
    counts = WithdrawnAnswer.objects.filter(withdrawal=order, is_review=False).aggregate(
        answers=Count("id"), tasks=Count("task", distinct=True)
    )
    is_first = order.state == WithdrawalState.APPLYING
    if is_first or counts["answers"] != order.answers:
        record("withdrawal.applied", "labeling_job", order.job_id, withdrawal=order.pk, answers=counts["answers"])
    order.state, order.answers, order.objects_count = WithdrawalState.APPLIED, counts["answers"], counts["tasks"]
    order.save(update_fields=["state", "answers", "objects_count"])
    Withdrawal.objects.filter(pk=order.pk, applied_at=None).update(applied_at=Now())
    job = str(order.job_id)
    emit(
        Message("job.publish", order.organization_id, {"job_id": job}, key=job),
        push(order.organization_id, f"job.{job}", "job.progress", job=order.job_id),
    )
    if not again:
        emit(apply_message(order, again=True, delay=_REQUESTS_END_SECONDS))
