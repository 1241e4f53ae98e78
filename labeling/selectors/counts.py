"""How many objects of a job are labeled, from what the database keeps as tasks move: no row of a task is read."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Sum

from labeling.models import JobCount, LabelingJob


@dataclass(frozen=True)
class JobCounts:
    """Objects of a job. `failed`: those that cannot be used or labeled. `already_labeled`: those that pass through
    unchanged, also since the pre-annotation function says that nobody need label them."""

    total: int
    done: int
    failed: int
    already_labeled: int

    @property
    def unlabeled(self) -> int:
        return max(self.total - self.done - self.failed - self.already_labeled, 0)


def counts_of(jobs: Sequence[LabelingJob]) -> dict[uuid.UUID, JobCounts]:
    """Of several jobs in one statement over at most sixteen rows each."""
    rows = JobCount.objects.filter(job__in=jobs).values("job_id").annotate(d=Sum("done"), f=Sum("failed")).order_by()
    kept = {row["job_id"]: (row["d"], row["f"]) for row in rows}
    return {job.pk: _counts(job, *kept.get(job.pk, (0, 0))) for job in jobs}


def _counts(job: LabelingJob, done: int, failed: int) -> JobCounts:
    report = job.preflight
    usable, unusable = report.get("usable", 0), report.get("unusable", 0)
    before = report.get("already_labeled", 0) + report.get("not_required", 0)
    return JobCounts(usable + unusable + before, done, failed + unusable, before)
