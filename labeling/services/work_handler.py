"""What happens in labeling when the work queue reports: the other half of `workforce.handlers`."""

import uuid
from collections.abc import Sequence

from django.db.models import Exists, OuterRef
from django.utils import timezone

from labeling.models import Annotation, LabelingJob, Task
from labeling.models.annotation import IN_ROUND
from labeling.services.tasks import advance_task
from labeling.states import AnnotationState, TaskState
from maskwright.core.outbox import Message, emit
from workforce import handlers


class LabelingWorkHandler:
    def items_opened(self, item_ids: Sequence[uuid.UUID]) -> None:
        Task.objects.filter(work_item_id__in=item_ids, state=TaskState.WAITING).update(state=TaskState.OPEN)

    def item_done(self, item_id: uuid.UUID) -> None:
        task = Task.objects.select_for_update(no_key=True).get(work_item_id=item_id)
        start_consolidation(task)

    def item_failed(self, item_id: uuid.UUID, code: str, reason: str) -> None:
        task = Task.objects.select_for_update(no_key=True).get(work_item_id=item_id)
        advance_task(task=task, to=TaskState.FAILED, code=code, reason=reason)

    def queue_closed(self, queue_id: uuid.UUID) -> None:
        job = LabelingJob.objects.get(work_queue_id=queue_id)
        # What was answered of unfinished objects is consolidated, marked partial by the number of annotators.
        answered = Annotation.objects.filter(task=OuterRef("pk"), state=AnnotationState.ACCEPTED, **IN_ROUND)
        partial = Task.objects.filter(Exists(answered), job=job, state=TaskState.OPEN)
        for task in partial.select_for_update(no_key=True, of=("self",)).order_by("pk"):
            start_consolidation(task)
        # A stopping job is stopped when the last of them and the output manifest are written (`finish_job`).
        emit(Message("job.finish", job.organization_id, {"job_id": str(job.pk)}, key=str(job.pk)))


def start_consolidation(task: Task) -> None:
    """Begin a new generation: whatever an earlier run still writes counts no more."""
    task.generation += 1
    task.consolidation_at = timezone.now()
    task.consolidation_revision = LabelingJob.objects.values_list("revision", flat=True).get(pk=task.job_id)
    if advance_task(task=task, to=TaskState.CONSOLIDATING):
        emit(Message("task.consolidate", task.organization_id, {"task_id": str(task.pk)}, key=str(task.pk)))


def connect() -> None:
    handlers.register(LabelingWorkHandler())
