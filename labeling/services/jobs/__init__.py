"""Labeling jobs: create, start, pause, resume, stop, change. `advance_job` is the one door through which they move."""

from labeling.services.jobs.change import change_job
from labeling.services.jobs.create import JobContent, create_job
from labeling.services.jobs.follow_up import FollowUp, follow_up_counts, follow_up_job, follow_up_order, job_content
from labeling.services.jobs.lifecycle import (
    advance_job,
    own_job,
    pause_job,
    preflight_job,
    reopen_job,
    resume_job,
    start_accepted,
    start_job,
    stop_job,
)

__all__ = [
    "FollowUp",
    "JobContent",
    "advance_job",
    "change_job",
    "create_job",
    "follow_up_counts",
    "follow_up_job",
    "follow_up_order",
    "job_content",
    "own_job",
    "pause_job",
    "preflight_job",
    "reopen_job",
    "resume_job",
    "start_accepted",
    "start_job",
    "stop_job",
]
