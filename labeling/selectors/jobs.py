"""Jobs as their managers see them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from labeling.models import JobRevision, LabelingJob, Task
from labeling.states import GROUND_TRUTH_STATUS, TaskState
from labeling.storage.outputs import output_manifest_uri
from maskwright.core.errors import NotFound
from maskwright.core.scope import current_scope
from workforce.models import WorkQueue


def job_list(*, state: str = "") -> QuerySet[LabelingJob]:
    """The organization's own jobs, newest first; a vendor's granted ones are not among them."""
    jobs = LabelingJob.objects.filter(organization_id=current_scope().organization_id)
    if state:
        jobs = jobs.filter(state=state)
    return jobs.select_related("work_queue__work_team").order_by("-created_at", "-id")


@dataclass(frozen=True)
class JobRow:
    """A job in a list: with how many of its tasks are done, and how many there are."""

    job: LabelingJob
    done: int
    total: int


def job_rows(jobs: Sequence[LabelingJob]) -> list[JobRow]:
    """Rows of one page, with one further statement for all of them."""
    counts: dict[uuid.UUID, dict[str, int]] = {}
    found = Task.objects.filter(job__in=jobs).values_list("job_id", "state").annotate(n=Count("id")).order_by()
    for job_id, state, number in found:
        counts.setdefault(job_id, {})[state] = number
    return [
        JobRow(job, counts.get(job.pk, {}).get(TaskState.DONE, 0), sum(counts.get(job.pk, {}).values())) for job in jobs
    ]


@dataclass(frozen=True)
class JobDetail:
    """A job with its newest revision and its queue."""

    job: LabelingJob
    queue: WorkQueue
    revision: JobRevision
    ground_truth_status: str
    output_manifest_uri: str


def job_detail(job_id: uuid.UUID) -> JobDetail:
    """NotFound for another tenant's job, also for one that was granted to this organization."""
    job: LabelingJob | None = (
        LabelingJob.objects.filter(pk=job_id, organization_id=current_scope().organization_id)
        .select_related("work_queue__work_team", "work_queue__review_team", "label_set", "task_template")
        .first()
    )
    if job is None:
        raise NotFound(_("There is no such labeling job."))
    revision = JobRevision.objects.get(job=job, number=job.revision)
    status = GROUND_TRUTH_STATUS[job.state]
    return JobDetail(job, job.work_queue, revision, status, output_manifest_uri(job))
