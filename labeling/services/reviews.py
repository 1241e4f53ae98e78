"""Review: a consolidated result waits for a reviewer, who accepts it, repaints it, or sends answers back.

The review is a stage of the work item: claimed, drafted and submitted like any work. What is decided here is when one
is asked for and what a verdict does.
"""

import hashlib
import uuid

from labeling.models import Annotation, LabelingJob, Task
from labeling.services.review_content import SAME
from labeling.services.tasks import advance_task, start_consolidation
from labeling.states import AnnotationKind, AnnotationState, ReviewState, TaskState, Verdict
from maskwright.core.outbox import emit
from workforce.models import WorkItem, WorkQueue
from workforce.services.items import begin_review, take_back
from workforce.services.pushes import claim_push
from workforce.states import QueueState, Stage

#: How long a returned answer's place is kept for its labeler before others are offered it.
RESERVE_SECONDS = 24 * 3600.0


def is_sampled(task_id: uuid.UUID, share: float) -> bool:
    """Whether a task is in the reviewed share: decided by its id, so that asking again gives the same answer."""
    drawn = int.from_bytes(hashlib.sha256(task_id.bytes).digest()[:8]) / 2**64
    return drawn < share


def ask_for_review(task: Task) -> bool:
    """Send a consolidated task, which the caller has locked behind its item, to review; False when none is wanted."""
    job: LabelingJob = task.job
    if not is_sampled(task.pk, job.review_share):
        return False
    queue = WorkQueue.objects.get(pk=task.work_queue_id)
    if queue.review_team_id is None or queue.state in (QueueState.STOPPING, QueueState.CLOSED):
        task.review = ReviewState.SKIPPED
        return False
    if not begin_review(item_id=task.work_item_id):
        return False
    task.review = ReviewState.PENDING
    return advance_task(task=task, to=TaskState.REVIEWING)


def _review_of(task: Task, round: int) -> Annotation:
    reviews = Annotation.objects.filter(task=task, stage=Stage.REVIEW, round=round, state=AnnotationState.ACCEPTED)
    return reviews.latest("submitted_at")


def repainted_mask(task: Task) -> Annotation | None:
    """The mask with which a reviewer replaced the vote of the item's present round."""
    round = WorkItem.objects.values_list("round", flat=True).get(pk=task.work_item_id)
    found: Annotation | None = Annotation.objects.filter(
        task=task, stage=Stage.REVIEW, round=round, kind=AnnotationKind.MASK, state=AnnotationState.ACCEPTED
    ).first()
    return found


def settle_review(*, task: Task, round: int) -> None:
    """Act on the verdict of a round; the caller has locked item and task."""
    review = _review_of(task, round)
    answers = Annotation.objects.filter(task=task, stage=Stage.LABEL, state=AnnotationState.ACCEPTED)
    if review.kind == AnnotationKind.REVIEW and review.content["verdict"] == Verdict.RETURN:
        _send_back(task, review, list(answers))
        return
    task.review = ReviewState.ACCEPTED
    if review.kind == AnnotationKind.MASK:
        start_consolidation(task)
    else:
        advance_task(task=task, to=TaskState.DONE)
    _tell(list(answers))


def _send_back(task: Task, review: Annotation, answers: list[Annotation]) -> None:
    named = set(review.content["annotations"])
    returned = [answer for answer in answers if not named or str(answer.pk) in named]
    Annotation.objects.filter(pk__in=[answer.pk for answer in returned]).update(state=AnnotationState.RETURNED)
    reserve = RESERVE_SECONDS if review.content["to"] == SAME else None
    take_back(item_id=task.work_item_id, slot_ids=[answer.slot_id for answer in returned], reserve_seconds=reserve)
    task.review = ReviewState.RETURNED
    advance_task(task=task, to=TaskState.OPEN)
    _tell(returned)


def _tell(answers: list[Annotation]) -> None:
    """Tell the labelers that an answer of theirs was accepted or sent back."""
    emit(*(claim_push(a.organization_id, a.worker_id, "work.answer_reviewed", a.claim_id) for a in answers))


def skip_reviews(job: LabelingJob) -> None:
    """A stopped job waits for no reviewer: what was consolidated stands, marked as not reviewed."""
    for task in Task.objects.select_for_update(no_key=True).filter(job=job, state=TaskState.REVIEWING):
        task.review = ReviewState.SKIPPED
        advance_task(task=task, to=TaskState.DONE)
