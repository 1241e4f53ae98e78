"""Make gold tasks of a job and remove them. Each stands beside the job's own photos and looks like one of them."""

import random
import uuid
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from labeling.errors import MoveRefused
from labeling.masks import MaskError, MaskRaster, Palette, decode_mask, encode_mask, sha256
from labeling.models import Annotation, ConsolidatedAnnotation, DataObject, GoldTask, JobRevision, LabelingJob, Task
from labeling.services.blobs import keep_blobs
from labeling.services.jobs import own_job
from labeling.states import AnnotationKind, GoldSource, JobState, TaskState, TaskType
from maskwright.audit.record import record
from maskwright.core.errors import FieldProblem, Invalid, NotFound
from maskwright.core.ids import uuid7, uuid7_like
from maskwright.core.objects import blob_store
from maskwright.core.objects.factory import blob_key
from maskwright.core.scope import current_scope
from maskwright.core.wording import reword
from workforce.models import WorkQueue
from workforce.services.gold import add_gold_item, remove_item
from workforce.states import Stage


@dataclass(frozen=True)
class _Truth:
    """What the truth is made of: the photo, and its mask as PNG; no bytes where nothing is labeled."""

    source: GoldSource
    task: Task
    png: bytes


def make_gold(
    *,
    job_id: uuid.UUID,
    object_id: uuid.UUID | None = None,
    annotation_id: uuid.UUID | None = None,
    mask: bytes | None = None,
) -> GoldTask:
    """Add a gold task to a job: from an answer; from a photo's consolidated mask; or from a photo and its mask.

    The photo may be of any job of the organization. Where it is one of the job's own it must be done: whoever had it
    never gets the gold task, and nobody gets it as a photo of the job any more. Raises Invalid with what is wrong.
    """
    job = own_job(job_id)
    if job.state in (JobState.STOPPING, JobState.STOPPED, JobState.FAILED):
        raise MoveRefused(
            _("The job is %(state)s; nobody would get the gold task.") % {"state": JobState(job.state).label}
        )
    if job.task_type != TaskType.SEGMENTATION:
        raise MoveRefused(_("Only a segmentation job has gold tasks."))
    truth = _find(object_id, annotation_id, mask)
    item = truth.task.data_object
    same = Task.objects.filter(job=job, data_object__image_sha256=item.image_sha256)
    if not job.is_qualification and same.exclude(state=TaskState.DONE).exists():
        message = _("This photo is still to be labeled in this job. Take one that is done, or one of another job.")
        raise Invalid(message, fields=(FieldProblem("object", "not_done", message),))
    revision = JobRevision.objects.get(job=job, number=job.revision)
    raster = _raster(truth.png, item, [category["index"] for category in revision.categories])
    png = encode_mask(raster, Palette({category["index"]: category["color"] for category in revision.categories}))
    keep_blobs(job.organization_id, (png,), content_type="image/png")
    try:
        with transaction.atomic():
            gold = GoldTask.objects.create(
                job=job,
                task=_place(job, truth.task),
                source=truth.source,
                origin_item_id=truth.task.work_item_id,
                image_sha256=item.image_sha256,
                sha256=sha256(png),
                raster_sha256=raster.sha256(),
                created_by=current_scope().user_id,
            )
    except IntegrityError as error:
        message = _("This photo is a gold task of the job already. Remove that one first.")
        raise Invalid(message, fields=(FieldProblem("object", "taken", message),)) from error
    record("gold_task.made", "labeling_job", job.pk, gold=gold.pk, source=truth.source, photo=item.pk)
    return gold


def remove_gold(*, job_id: uuid.UUID, gold_id: uuid.UUID) -> None:
    """Give a gold task to nobody any more. Scores stay; who has it before him finishes it and is scored."""
    found = own_gold(job_id=job_id, gold_id=gold_id)
    if GoldTask.objects.filter(pk=found.pk, removed_at=None).update(removed_at=Now()):
        remove_item(found.task.work_item_id)
        record("gold_task.removed", "labeling_job", found.job_id, gold=found.pk)


def own_gold(*, job_id: uuid.UUID, gold_id: uuid.UUID) -> GoldTask:
    found: GoldTask | None = (
        GoldTask.objects.filter(pk=gold_id, job=own_job(job_id)).select_related("task__data_object").first()
    )
    if found is None:
        raise NotFound(_("There is no such gold task."))
    return found


def _find(object_id: uuid.UUID | None, annotation_id: uuid.UUID | None, mask: bytes | None) -> _Truth:
    if (object_id is None) == (annotation_id is None) or (annotation_id is not None and mask is not None):
        message = _("Name an answer, or a photo with or without its mask.")
        raise Invalid(message, fields=(FieldProblem("object", "one_of", message),))
    owner = current_scope().organization_id
    if annotation_id is not None:
        return _of_answer(annotation_id, owner)
    tasks = Task.objects.filter(organization_id=owner, data_object_id=object_id).select_related("data_object")
    task: Task | None = tasks.first()
    if task is None:
        message = _("There is no such photo, or it cannot be used.")
        raise Invalid(message, fields=(FieldProblem("object", "not_found", message),))
    if mask is not None:
        return _Truth(GoldSource.UPLOAD, task, mask)
    current = ConsolidatedAnnotation.objects.filter(task=task, is_current=True).first()
    if current is None:
        message = _("This photo has no consolidated mask yet. Send its mask, or take a photo that is done.")
        raise Invalid(message, fields=(FieldProblem("object", "no_mask", message),))
    return _Truth(GoldSource.CONSOLIDATED, task, blob_store().get(blob_key(owner, current.sha256)))


def _of_answer(annotation_id: uuid.UUID, owner: uuid.UUID) -> _Truth:
    answers = Annotation.objects.filter(pk=annotation_id, organization_id=owner)
    answer: Annotation | None = (
        answers.filter(kind__in=(AnnotationKind.MASK, AnnotationKind.EMPTY), stage__in=(Stage.LABEL, Stage.REVIEW))
        .exclude(task__state=TaskState.GOLD)
        .select_related("task__data_object")
        .first()
    )
    if answer is None:
        message = _("There is no such answer with a mask.")
        raise Invalid(message, fields=(FieldProblem("annotation", "not_found", message),))
    is_mask = answer.kind == AnnotationKind.MASK
    return _Truth(GoldSource.ANSWER, answer.task, blob_store().get(blob_key(owner, answer.sha256)) if is_mask else b"")


def _raster(png: bytes, item: DataObject, indices: list[int]) -> MaskRaster:
    width, height = item.width or 0, item.height or 0
    if not png:
        return MaskRaster.blank(width, height)
    try:
        return decode_mask(png, width=width, height=height, known_indices=indices)
    except MaskError as error:
        fields = tuple(FieldProblem("mask", one.code, reword(str(one))) for one in error.all)
        raise Invalid(" ".join(problem.message for problem in fields), fields=fields) from error


def _place(job: LabelingJob, origin: Task) -> Task:
    """The photo once more, beside the job's own; its index and ids look like theirs: others would give it away."""
    item = origin.data_object
    like = origin if origin.job_id == job.pk else _any_of(job) or origin
    copy = DataObject.objects.create(
        id=uuid7_like(like.data_object_id),
        job=job,
        work_queue_id=job.work_queue_id,
        index=like.data_object.index,
        source_ref=item.source_ref,
        line=item.line,
        format=item.format,
        width=item.width,
        height=item.height,
        bytes=item.bytes,
        image_sha256=item.image_sha256,
        is_gold=True,
    )
    queue = WorkQueue.objects.get(pk=job.work_queue_id)
    placed = add_gold_item(queue=queue, item_id=uuid7())
    made: Task = Task.with_gold.create(
        id=uuid7_like(like.pk),
        job=job,
        work_queue_id=job.work_queue_id,
        data_object=copy,
        work_item=placed,
        state=TaskState.GOLD,
    )
    return made


def _any_of(job: LabelingJob) -> Task | None:
    found = list(Task.objects.filter(job=job).values_list("pk", flat=True)[:5000])
    return Task.objects.select_related("data_object").get(pk=random.choice(found)) if found else None
