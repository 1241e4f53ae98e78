"""Undo a withdrawal, object by object: what nobody has answered instead counts again.

An object that nobody has touched since is put back as it was, mask and review included. Where somebody has begun to
answer instead, as many answers come back as places are left, and it is consolidated, and reviewed, anew.
"""

import uuid
from typing import Any

from django.db.models.functions import Now

from labeling.models import Annotation, ConsolidatedAnnotation, LabelingJob, Task, Withdrawal, WithdrawnAnswer
from labeling.services.tasks import advance_task, start_consolidation
from labeling.states import AnnotationState, TaskState, WithdrawalState
from maskwright.audit.record import record
from maskwright.core.outbox import Message, emit, push
from maskwright.core.scope import organization_scope
from workforce.models import WorkItem
from workforce.services.queues import locked_queue
from workforce.services.withdrawn import free_places, is_untouched, restore_answers, restore_item, settle_later
from workforce.states import ItemState


def undo_withdrawal(*, organization_id: uuid.UUID, withdrawal_id: uuid.UUID) -> None:
    """Opens its own scopes, one transaction for each object; killed and run again, it goes on."""
    with organization_scope(organization_id):
        order = Withdrawal.objects.filter(pk=withdrawal_id, state=WithdrawalState.UNDOING).first()
        if order is None:
            return
        rows = WithdrawnAnswer.objects.filter(withdrawal=order, is_restored=False, is_review=False)
        tasks = list(rows.order_by("task_id").values_list("task_id", flat=True).distinct())
    for task_id in tasks:
        with organization_scope(organization_id):
            _restore(order, task_id)
    with organization_scope(organization_id):
        _finish(order)


def _restore(order: Withdrawal, task_id: uuid.UUID) -> None:
    found = Task.objects.get(pk=task_id)
    locked_queue(found.work_queue_id)
    LabelingJob.objects.select_for_update(no_key=True).get(pk=order.job_id)
    item = WorkItem.objects.select_for_update(no_key=True).get(pk=found.work_item_id)
    task = Task.objects.select_for_update(no_key=True).get(pk=task_id)
    rows = list(
        WithdrawnAnswer.objects.filter(withdrawal=order, task=task, is_restored=False)
        .select_related("annotation")
        .order_by("annotation__submitted_at", "annotation_id")
    )
    rows = [row for row in rows if row.annotation.state in (AnnotationState.WITHDRAWN, AnnotationState.VOID)]
    answers = [row for row in rows if not row.is_review]
    if not answers:
        return
    before, after = answers[0].before, answers[0].round_after
    if any(row.round_after != after for row in answers):  # taken in two runs: no single state to go back to
        _restore_some(item, answers)
    elif after is None:
        _restore_of_ended(task, item, answers, before)
    elif before["task_state"] == TaskState.DONE and task.state == TaskState.OPEN and is_untouched(item, after):
        _restore_whole(task, item, rows, before)
    else:
        _restore_some(item, answers)


def _count_again(item: WorkItem, rows: list[WithdrawnAnswer]) -> None:
    restore_answers(item, [row.annotation.slot_id for row in rows])
    keys = [row.annotation_id for row in rows]
    Annotation.objects.filter(pk__in=keys).update(state=AnnotationState.ACCEPTED)
    WithdrawnAnswer.objects.filter(pk__in=[row.pk for row in rows]).update(is_restored=True)
    for row in rows:
        record("annotation.restored", "annotation", row.annotation_id, withdrawal=row.withdrawal_id)


def _restore_whole(task: Task, item: WorkItem, rows: list[WithdrawnAnswer], before: dict[str, Any]) -> None:
    restore_item(item, state=before["item_state"], stage=before["stage"], round=before["round"])
    _count_again(item, rows)
    ConsolidatedAnnotation.objects.filter(pk=before["consolidated"]).update(is_current=True)
    task.review = before["review"]
    advance_task(task=task, to=TaskState.DONE)


def _restore_of_ended(task: Task, item: WorkItem, answers: list[WithdrawnAnswer], before: dict[str, Any]) -> None:
    """Nobody was to label it again, so all places are theirs; the mask is made anew of what counts."""
    _count_again(item, answers)
    if item.state != before["item_state"]:
        item.state = before["item_state"]
        item.save(update_fields=["state"])
    if before["task_state"] in (TaskState.OPEN, TaskState.WAITING) or before["item_state"] == ItemState.FAILED:
        return
    if task.state == TaskState.CONSOLIDATING:
        advance_task(task=task, to=TaskState.OPEN)
    start_consolidation(task)


def _restore_some(item: WorkItem, answers: list[WithdrawnAnswer]) -> None:
    places = free_places(item, len(answers))
    if places:
        _count_again(item, answers[:places])
        settle_later(item)


def _finish(order: Withdrawal) -> None:
    rows = WithdrawnAnswer.objects.filter(withdrawal=order, is_review=False, is_restored=True)
    restored = rows.count()
    moved = Withdrawal.objects.filter(pk=order.pk, state=WithdrawalState.UNDOING).update(
        state=WithdrawalState.UNDONE, restored=restored, undone_at=Now()
    )
    if not moved:
        return
    record("withdrawal.undone", "labeling_job", order.job_id, withdrawal=order.pk, restored=restored)
    job = str(order.job_id)
    emit(
        Message("job.publish", order.organization_id, {"job_id": job}, key=job),
        push(order.organization_id, f"job.{job}", "job.progress", job=order.job_id),
    )
