"""What follows an answer: a gold task is prepared for its person when one is due, and the job's rules look at him."""

import uuid

from labeling.models import Annotation, GoldTask, LabelingJob, Task
from labeling.quality import gold_is_due
from labeling.services.quality.qualifying import settle_qualification
from labeling.services.quality.running import run_rules
from labeling.states import AnnotationState, JobState
from maskwright.core.outbox import Message, emit
from workforce.services import gold
from workforce.states import Stage


def look_again(organization_id: uuid.UUID, job_id: uuid.UUID, worker_id: uuid.UUID) -> Message:
    """Have the rules look at a person, since something about him is known that was not before."""
    payload = {"job_id": str(job_id), "worker_id": str(worker_id)}
    return Message("person.judge", organization_id, payload, key=f"{job_id}.{worker_id}")


def after_answer(annotation_id: uuid.UUID) -> None:
    """Cheap: the pixels of a gold answer are scored by another message. In the scope of the job's owner."""
    answer: Annotation | None = (
        Annotation.objects.filter(pk=annotation_id, stage=Stage.LABEL)
        .exclude(state=AnnotationState.LATE)
        .select_related("job")
        .only("task_id", "worker_id", "organization_id", "job")
        .first()
    )
    if answer is None:
        return
    job: LabelingJob = answer.job
    if GoldTask.objects.filter(task_id=answer.task_id).exists():
        payload = {"annotation_id": str(annotation_id)}
        emit(Message("gold.score", answer.organization_id, payload, key=str(annotation_id)))
        return
    prepare_gold(job, answer.worker_id)
    run_rules(job, answer.worker_id)


def judge_person(*, job_id: uuid.UUID, worker_id: uuid.UUID) -> None:
    job = LabelingJob.objects.filter(pk=job_id).first()
    if job is None:
        return
    prepare_gold(job, worker_id)
    run_rules(job, worker_id)
    if job.is_qualification:
        settle_qualification(job, worker_id)


def prepare_gold(job: LabelingJob, worker_id: uuid.UUID) -> bool:
    """Keep a gold task for the person when one is due; whether it did. Never one he had, nor one whose photo he saw."""
    if job.is_qualification or job.gold_rate <= 0 or job.state != JobState.IN_PROGRESS:
        return False
    golds = list(GoldTask.objects.filter(job=job, removed_at=None).select_related("task"))
    if not golds:
        return False
    queue_id = job.work_queue_id
    gold.lock_person(queue_id=queue_id, worker_id=worker_id)
    # In this order: what he let go of is not kept for him again either once he was told that there is nothing.
    if not gold.has_ordinary_work(queue_id=queue_id, worker_id=worker_id):
        return False
    if gold.is_outstanding(queue_id=queue_id, worker_id=worker_id):
        return False
    given, since = gold.history(queue_id=queue_id, worker_id=worker_id)
    seed = f"{job.pk}/{worker_id}"
    if not gold_is_due(seed, given=given, since=since, rate=job.gold_rate):
        return False
    left = _unseen(job, golds, worker_id)
    # In another order for each person: colleagues at neighbouring desks do not get the same photo at the same time.
    left.sort(key=lambda item: uuid.uuid5(worker_id, str(item)))
    return bool(left) and gold.keep_gold(item_id=left[0], worker_id=worker_id)


def _unseen(job: LabelingJob, golds: list[GoldTask], worker_id: uuid.UUID) -> list[uuid.UUID]:
    """The items of gold tasks whose photo the person never had, as gold or as a photo of this or of its own job."""
    same: dict[str, set[uuid.UUID]] = {one.image_sha256: {one.origin_item_id, one.task.work_item_id} for one in golds}
    twins = Task.objects.filter(job=job, data_object__image_sha256__in=same)
    for photo, item in twins.values_list("data_object__image_sha256", "work_item_id"):
        same[photo].add(item)
    seen = gold.had_items(item_ids=list(set().union(*same.values())), worker_id=worker_id)
    return [one.task.work_item_id for one in golds if not same[one.image_sha256] & seen]
