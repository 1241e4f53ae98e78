"""What happens in labeling when the work queue reports: the other half of `workforce.handlers`."""

import uuid
from collections.abc import Sequence

from django.db.models import Avg, Count, Exists, OuterRef

from labeling.models import Annotation, AnswerScore, LabelingJob, Task
from labeling.services.quality.judging import look_again
from labeling.services.reviews import settle_review, skip_reviews
from labeling.services.tasks import advance_task, start_consolidation
from labeling.states import AnnotationState, ScoreKind, TaskState
from maskwright.core.outbox import Message, emit
from workforce import handlers
from workforce.states import Stage


class LabelingWorkHandler:
    def items_opened(self, item_ids: Sequence[uuid.UUID]) -> None:
        Task.objects.filter(work_item_id__in=item_ids, state=TaskState.WAITING).update(state=TaskState.OPEN)

    def item_done(self, item_id: uuid.UUID, stage: Stage, round: int) -> None:
        task = Task.objects.select_for_update(no_key=True).get(work_item_id=item_id)
        if stage == Stage.REVIEW:
            settle_review(task=task, round=round)
        else:
            start_consolidation(task)

    def item_failed(self, item_id: uuid.UUID, code: str, reason: str) -> None:
        task = Task.objects.select_for_update(no_key=True).get(work_item_id=item_id)
        advance_task(task=task, to=TaskState.FAILED, code=code, reason=reason)

    def person_declined(self, queue_id: uuid.UUID, worker_id: uuid.UUID) -> None:
        job = LabelingJob.objects.get(work_queue_id=queue_id)
        emit(look_again(job.organization_id, job.pk, worker_id))

    def queue_closed(self, queue_id: uuid.UUID) -> None:
        job = LabelingJob.objects.get(work_queue_id=queue_id)
        # What was answered of unfinished objects is consolidated, marked partial by the number of annotators.
        answered = Annotation.objects.filter(task=OuterRef("pk"), stage=Stage.LABEL, state=AnnotationState.ACCEPTED)
        partial = Task.objects.filter(Exists(answered), job=job, state=TaskState.OPEN)
        for task in partial.select_for_update(no_key=True, of=("self",)).order_by("pk"):
            start_consolidation(task)
        skip_reviews(job)
        # A stopping job is stopped when the last of them and the output manifest are written (`finish_job`).
        emit(Message("job.finish", job.organization_id, {"job_id": str(job.pk)}, key=str(job.pk)))

    def queue_names(self, queue_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
        return dict(LabelingJob.objects.filter(work_queue_id__in=queue_ids).values_list("work_queue_id", "name"))

    def agreements(
        self, queue_ids: Sequence[uuid.UUID], worker_ids: Sequence[uuid.UUID]
    ) -> dict[uuid.UUID, handlers.Agreement]:
        jobs = list(LabelingJob.objects.filter(work_queue_id__in=queue_ids).values_list("pk", flat=True))
        scores = AnswerScore.objects.filter(job_id__in=jobs, worker_id__in=worker_ids, kind=ScoreKind.AGREEMENT)
        found = scores.order_by().values_list("worker_id").annotate(Avg("mean_iou"), Count("pk"))
        return {worker: handlers.Agreement(mean, count) for worker, mean, count in found}


def connect() -> None:
    handlers.register(LabelingWorkHandler())
