"""What a vendor's manager sees of a customer's job: title, instructions, counts; photos only if the grant says so."""

import uuid
from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from labeling.models import DataObject, JobRevision, LabelingJob, Task
from labeling.states import COUNTED
from maskwright.core.errors import NotFound
from maskwright.core.scope import current_scope
from workforce.models import WorkGrant

_PHOTOS = 50  # enough to judge a job by


@dataclass(frozen=True)
class GrantedJob:
    """`tasks`: number by state. `photos` is empty unless the grant allows preview."""

    job: LabelingJob
    revision: JobRevision
    tasks: dict[str, int]
    preview: bool
    photos: list[DataObject]


def granted_job_list() -> QuerySet[LabelingJob]:
    """Jobs of others that live grants let this organization work on, newest first."""
    scope = current_scope()
    return LabelingJob.objects.filter(work_queue_id__in=scope.queues).order_by("-created_at", "-id")


def granted_job_detail(job_id: uuid.UUID) -> GrantedJob:
    """NotFound without a live grant."""
    job: LabelingJob | None = granted_job_list().filter(pk=job_id).first()
    if job is None:
        raise NotFound(_("There is no such job that you were granted."))
    grants = WorkGrant.objects.filter(pk__in=current_scope().grants, work_queue_id=job.work_queue_id)
    preview = grants.filter(preview=True).exists()
    tasks = dict.fromkeys((state.value for state in COUNTED), 0)
    own = Task.objects.filter(job=job)
    photos = DataObject.objects.filter(job=job, problem_code="").exclude(format="").only("index", "width", "height")
    if job.work_queue.is_shared:  # of its own part alone
        own = own.filter(work_item__audience_id__in=current_scope().grants)
        photos = photos.filter(task__in=own)
    tasks |= dict(own.values_list("state").annotate(n=Count("id")).order_by())
    return GrantedJob(
        job=job,
        revision=JobRevision.objects.get(job=job, number=job.revision),
        tasks=tasks,
        preview=preview,
        photos=list(photos.order_by("index")[:_PHOTOS]) if preview else [],
    )
