"""Data objects as managers see them: in lists, and one with everything that happened to it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from labeling.errors import NoImage, NotConsolidated
from labeling.models import Annotation, ConsolidatedAnnotation, DataObject, Task
from labeling.services.jobs import own_job
from labeling.states import COUNTED, AnnotationKind, AnnotationState
from labeling.storage import Location, Resolver
from maskwright.core.errors import FieldProblem, Invalid, NotFound
from maskwright.core.objects import blob_store
from maskwright.core.objects.factory import blob_key
from maskwright.core.scope import current_scope, organization_scope
from workforce.models import Claim, WorkGrant
from workforce.states import Stage

UNUSABLE = "unusable"


def object_list(job_id: uuid.UUID, *, state: str = "", problem: str = "") -> QuerySet[DataObject]:
    """A job's data objects in order. `state`: a task's state, or `unusable`; `problem`: a reason's code."""
    if state and state not in (*COUNTED, UNUSABLE):
        message = _("There is no state '%(state)s'. Choose one of: %(known)s.") % {
            "state": state,
            "known": ", ".join((*COUNTED, UNUSABLE)),
        }
        raise Invalid(message, fields=(FieldProblem("state", "unknown_state", message),))
    objects = DataObject.objects.filter(job=own_job(job_id)).select_related("task").defer("line").order_by("index")
    if state == UNUSABLE:
        objects = objects.exclude(problem_code="")
    elif state:
        objects = objects.filter(task__state=state)
    return objects.filter(problem_code=problem) if problem else objects


@dataclass(frozen=True)
class ObjectRow:
    item: DataObject
    task: Task | None
    answers: int
    #: Share of pixels about which the answers differed, once there is a mask of more than one.
    disputed: float | None = None


def object_rows(objects: Sequence[DataObject]) -> list[ObjectRow]:
    """Rows of one page, with two further statements for all of them."""
    tasks = [task.pk for item in objects if (task := task_of(item)) is not None]
    accepted = Annotation.objects.filter(task__in=tasks, stage=Stage.LABEL, state=AnnotationState.ACCEPTED)
    counts = dict(accepted.values_list("task_id").annotate(n=Count("id")).order_by())
    found = [(item, task_of(item)) for item in objects]
    masks = ConsolidatedAnnotation.objects.filter(task__in=tasks, is_current=True).only(
        "task_id", "details", "annotation_ids"
    )
    disputed = {mask.task_id: mask.details.get("disputed_share") for mask in masks if len(mask.annotation_ids) > 1}
    return [
        ObjectRow(item, task, counts.get(task.pk, 0), disputed.get(task.pk)) if task else ObjectRow(item, None, 0)
        for item, task in found
    ]


def task_of(item: DataObject) -> Task | None:
    """The task, which an unusable object has not."""
    return getattr(item, "task", None)


@dataclass(frozen=True)
class ObjectDetail:
    """`claims` in the order they were taken: what happened to the object, and who had it."""

    item: DataObject
    task: Task | None
    annotations: list[Annotation]
    consolidated: ConsolidatedAnnotation | None
    claims: list[Claim]
    #: Every consolidated annotation there ever was, the newest first.
    versions: list[ConsolidatedAnnotation] = field(default_factory=list)


def own_object(object_id: uuid.UUID) -> DataObject:
    """A data object of an own job; NotFound for others', also for those of granted jobs."""
    found: DataObject | None = (
        DataObject.objects.select_related("job", "task")
        .filter(pk=object_id, organization_id=current_scope().organization_id)
        .first()
    )
    if found is None:
        raise NotFound(_("There is no such data object."))
    return found


def object_detail(object_id: uuid.UUID) -> ObjectDetail:
    item = own_object(object_id)
    task = task_of(item)
    if task is None:
        return ObjectDetail(item, None, [], None, [])
    annotations = Annotation.objects.filter(task=task).select_related("worker").order_by("submitted_at", "id")
    claims = Claim.objects.filter(work_item_id=task.work_item_id).select_related("worker").order_by("claimed_at", "id")
    versions = list(ConsolidatedAnnotation.objects.filter(task=task).select_related("task").order_by("-generation"))
    current = next((version for version in versions if version.is_current), None)
    return ObjectDetail(item, task, list(annotations), current, list(claims), versions)


def _consolidated(task: Task, generation: int | None) -> ConsolidatedAnnotation | None:
    which = {"is_current": True} if generation is None else {"generation": generation}
    found: ConsolidatedAnnotation | None = ConsolidatedAnnotation.objects.filter(task=task, **which).first()
    return found


@dataclass(frozen=True)
class Picture:
    """Bytes to send and what they are."""

    location: Location
    content_type: str
    file_name: str


def image_of(object_id: uuid.UUID) -> Picture:
    """The photo, as stored: an own one, or a vendor's whose live grant allows preview.

    Raises NotFound, and NoImage for objects whose photo was never found to be one.
    """
    item = shown_object(object_id)
    if not item.format:
        raise NoImage(_("This object has no photo that can be shown; its problem says why."))
    # Only formats we checked ourselves are named: bytes are never served as what they claim to be.
    ending = "png" if item.format.upper() == "PNG" else "jpeg"
    with organization_scope(item.organization_id):  # the owner's storage connections
        location = Resolver().resolve(item.source_ref)
    return Picture(location, f"image/{ending}", f"{item.index:06d}.{ending.replace('jpeg', 'jpg')}")


def shown_object(object_id: uuid.UUID) -> DataObject:
    """An object whose photo the caller may see: an own one, or one under a live grant with preview. Else NotFound."""
    item: DataObject | None = DataObject.objects.filter(pk=object_id).first()
    if item is None or not _may_see_photo(item):
        raise NotFound(_("There is no such data object."))
    return item


def _may_see_photo(item: DataObject) -> bool:
    scope = current_scope()
    if item.organization_id == scope.organization_id:
        return True
    return bool(WorkGrant.objects.filter(pk__in=scope.grants, work_queue_id=item.work_queue_id, preview=True).exists())


def mask_of_object(object_id: uuid.UUID, *, disagreement: bool = False, generation: int | None = None) -> Picture:
    """The consolidated mask (indexed PNG), or where the answers disagreed; `generation`: of that version.

    Raises NotConsolidated, and NotFound for a version that never was.
    """
    item = own_object(object_id)
    task = task_of(item)
    consolidated = _consolidated(task, generation) if task else None
    if consolidated is None and generation is not None:
        raise NotFound(_("There is no such version of the mask."))
    digest = (consolidated.disagreement_sha256 if disagreement else consolidated.sha256) if consolidated else ""
    if not digest:
        raise NotConsolidated(_("This object has no consolidated mask yet. It gets one when all its answers are in."))
    version = "" if generation is None else f"-{generation}"
    name = f"{item.index:06d}{version}{'-disagreement' if disagreement else ''}.png"
    return stored_png(digest, name)


def mask_of_annotation(annotation_id: uuid.UUID) -> Picture:
    """One answer's mask, byte for byte as it was sent."""
    found: Annotation | None = Annotation.objects.filter(
        pk=annotation_id, organization_id=current_scope().organization_id
    ).first()
    if found is None:
        raise NotFound(_("There is no such annotation."))
    if found.kind != AnnotationKind.MASK:
        raise NoImage(_("This answer is no mask."))
    return stored_png(found.sha256, f"{found.pk}.png")


def stored_png(digest: str, name: str) -> Picture:
    """A mask of the organization's by its sha256, for somebody whose right to see it was checked."""
    key = blob_key(current_scope().organization_id, digest)
    return Picture(Location(blob_store(), key, name), "image/png", name)
