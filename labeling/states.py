"""States and the moves between them. Only the services named here make a move."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class JobState(TextChoices):
    """Of a labeling job; moved by `services.jobs.advance_job` alone. Ground Truth's own: `ground_truth`."""

    INITIALIZING = "initializing", _("checking its photos")
    READY = "ready", _("ready to start")
    IN_PROGRESS = "in_progress", _("in progress")
    PAUSED = "paused", _("paused")
    STOPPING = "stopping", _("stopping")
    STOPPED = "stopped", _("stopped")
    COMPLETED = "completed", _("completed")
    FAILED = "failed", _("failed")


JOB_MOVES: dict[str, frozenset[str]] = {
    JobState.INITIALIZING: frozenset({JobState.READY, JobState.FAILED, JobState.STOPPED}),
    JobState.READY: frozenset({JobState.IN_PROGRESS, JobState.STOPPED}),
    JobState.IN_PROGRESS: frozenset({JobState.PAUSED, JobState.STOPPING, JobState.COMPLETED, JobState.FAILED}),
    JobState.PAUSED: frozenset({JobState.IN_PROGRESS, JobState.STOPPING}),
    JobState.STOPPING: frozenset({JobState.STOPPED}),
    JobState.STOPPED: frozenset(),
    JobState.COMPLETED: frozenset({JobState.IN_PROGRESS}),  # only when an object of it is tried again
    JobState.FAILED: frozenset({JobState.INITIALIZING}),
}

#: LabelingJobStatus of the SageMaker API.
GROUND_TRUTH_STATUS: dict[str, str] = {
    JobState.INITIALIZING: "Initializing",
    JobState.READY: "Initializing",
    JobState.IN_PROGRESS: "InProgress",
    JobState.PAUSED: "InProgress",
    JobState.STOPPING: "Stopping",
    JobState.STOPPED: "Stopped",
    JobState.COMPLETED: "Completed",
    JobState.FAILED: "Failed",
}


class TaskState(TextChoices):
    """Of a task (one data object in a job); moved by `services.tasks.advance_task` alone."""

    WAITING = "waiting", _("waiting")
    OPEN = "open", _("being labeled")
    CONSOLIDATING = "consolidating", _("being consolidated")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")


TASK_MOVES: dict[str, frozenset[str]] = {
    TaskState.WAITING: frozenset({TaskState.OPEN, TaskState.FAILED, TaskState.CONSOLIDATING}),
    TaskState.OPEN: frozenset({TaskState.CONSOLIDATING, TaskState.FAILED, TaskState.WAITING}),
    TaskState.CONSOLIDATING: frozenset({TaskState.DONE, TaskState.FAILED}),
    TaskState.DONE: frozenset({TaskState.CONSOLIDATING}),
    TaskState.FAILED: frozenset({TaskState.CONSOLIDATING, TaskState.WAITING}),
}


class AnnotationKind(TextChoices):
    MASK = "mask", _("mask")
    EMPTY = "empty", _("nothing to label here")
    IMPOSSIBLE = "impossible", _("cannot be labeled")
    CHOICE = "choice", _("choice")
    FORM = "form", _("form")


class AnnotationState(TextChoices):
    ACCEPTED = "accepted", _("accepted")
    LATE = "late", _("too late, kept")
    VOID = "void", _("void")
