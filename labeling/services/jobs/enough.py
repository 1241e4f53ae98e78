"""Ground Truth's stopping conditions: a job stops by itself once people have labeled as much as was wanted."""

import uuid

from labeling.models import LabelingJob
from labeling.selectors.counts import JobCounts, counts_of
from labeling.services.jobs.lifecycle import advance_job
from labeling.states import JobState

OBJECTS, PERCENT = "MaxHumanLabeledObjectCount", "MaxPercentageOfInputDatasetLabeled"


def reached(job: LabelingJob, counts: JobCounts) -> str:
    """Which of a job's conditions is met, by Ground Truth's name; "" when none is."""
    if not counts.unlabeled:
        return ""  # it completes
    if job.stop_after_objects is not None and counts.done >= job.stop_after_objects:
        return OBJECTS
    labeled = counts.done + counts.already_labeled
    percent = job.stop_after_percent
    return PERCENT if percent is not None and labeled * 100 >= counts.total * percent else ""


def stop_if_enough(*, job_id: uuid.UUID) -> bool:
    """Stop a running job whose condition is met; work that is under way may still be submitted, as after any stop."""
    job = LabelingJob.objects.filter(pk=job_id, state=JobState.IN_PROGRESS, intake_done_at__isnull=False).first()
    if job is None or (job.stop_after_objects is None and job.stop_after_percent is None):
        return False
    which = reached(job, counts_of([job])[job.pk])
    if not which:
        return False
    advance_job(job=job, to=JobState.STOPPING, reason=which)
    return True
