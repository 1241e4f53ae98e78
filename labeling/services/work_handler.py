"""What happens in labeling when the work queue reports: the other half of `workforce.handlers`."""

import uuid
from collections.abc import Sequence

from labeling.models import LabelingJob, Task
from labeling.services.jobs import advance_job
from labeling.services.tasks import advance_task
from labeling.states import AnnotationState, JobState, TaskState
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
        partial = Task.objects.filter(job=job, state=TaskState.OPEN, annotations__state=AnnotationState.ACCEPTED)
        for task in partial.select_for_update(no_key=True, of=("self",)):
            start_consolidation(task)
        if job.state == JobState.STOPPING:
            advance_job(job=job, to=JobState.STOPPED)
        emit(Message("job.publish", job.organization_id, {"job_id": str(job.pk)}, key=str(job.pk)))


def start_consolidation(task: Task) -> None:
    """Begin a new generation: whatever an earlier run still writes counts no more."""
    task.generation += 1
    if advance_task(task=task, to=TaskState.CONSOLIDATING):
        emit(Message("task.consolidate", task.organization_id, {"task_id": str(task.pk)}, key=str(task.pk)))


def connect() -> None:
    handlers.register(LabelingWorkHandler())
