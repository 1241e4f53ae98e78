"""States and the moves between them. Only the services named here make a move."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class TaskType(TextChoices):
    """What is asked of the labelers: Ground Truth's three task types for segmentation."""

    SEGMENTATION = "segmentation", _("label")
    ADJUSTMENT = "adjustment", _("adjust earlier labels")
    VERIFICATION = "verification", _("verify earlier labels")


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
    OPEN = "open", _("open to labelers")
    CONSOLIDATING = "consolidating", _("being consolidated")
    REVIEWING = "reviewing", _("in review")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")
    GOLD = "gold", _("gold task")  # beside the job: its answers are scored, never consolidated


TASK_MOVES: dict[str, frozenset[str]] = {
    TaskState.WAITING: frozenset({TaskState.OPEN, TaskState.FAILED, TaskState.CONSOLIDATING}),
    # Done at once: a withdrawal of its answers is undone before anybody has answered instead.
    TaskState.OPEN: frozenset({TaskState.CONSOLIDATING, TaskState.FAILED, TaskState.WAITING, TaskState.DONE}),
    TaskState.CONSOLIDATING: frozenset({TaskState.DONE, TaskState.FAILED, TaskState.REVIEWING, TaskState.OPEN}),
    # Accepted, repainted, sent back, or given up by its reviewers.
    TaskState.REVIEWING: frozenset({TaskState.DONE, TaskState.CONSOLIDATING, TaskState.OPEN, TaskState.FAILED}),
    TaskState.DONE: frozenset({TaskState.CONSOLIDATING, TaskState.OPEN}),
    TaskState.FAILED: frozenset({TaskState.CONSOLIDATING, TaskState.WAITING}),
    TaskState.GOLD: frozenset(),
}


#: The states of a job's own tasks.
COUNTED: tuple[TaskState, ...] = tuple(state for state in TaskState if state != TaskState.GOLD)

#: States in which something about a task is still to come; a job with none of them is over.
UNFINISHED: tuple[TaskState, ...] = (TaskState.WAITING, TaskState.OPEN, TaskState.CONSOLIDATING, TaskState.REVIEWING)


class ReviewState(TextChoices):
    """Of a task whose job has its results reviewed; empty where no review is wanted."""

    NONE = "", _("no review")
    PENDING = "pending", _("waiting for its review")
    ACCEPTED = "accepted", _("accepted")
    RETURNED = "returned", _("sent back")
    SKIPPED = "skipped", _("not reviewed, the job was stopped")


class Verdict(TextChoices):
    """What a reviewer decides. A repainted mask is a verdict too: accepted as it was repainted."""

    ACCEPT = "accept", _("accepted")
    RETURN = "return", _("sent back")


class AnnotationKind(TextChoices):
    MASK = "mask", _("mask")
    EMPTY = "empty", _("nothing to label here")
    IMPOSSIBLE = "impossible", _("cannot be labeled")
    CHOICE = "choice", _("choice")
    FORM = "form", _("form")
    REVIEW = "review", _("review")


class AnnotationState(TextChoices):
    ACCEPTED = "accepted", _("accepted")
    LATE = "late", _("too late, kept")
    RETURNED = "returned", _("sent back by a reviewer")
    VOID = "void", _("void")
    WITHDRAWN = "withdrawn", _("withdrawn")


class GoldSource(TextChoices):
    """What a gold task's truth was made of."""

    ANSWER = "answer", _("an answer")
    CONSOLIDATED = "consolidated", _("the consolidated mask")
    UPLOAD = "upload", _("an uploaded mask")


class ScoreKind(TextChoices):
    """What an answer was compared with."""

    GOLD = "gold", _("a gold task's truth")
    AGREEMENT = "agreement", _("the consolidated mask")


class EventState(TextChoices):
    """Of what a quality rule did."""

    DONE = "done", _("in effect")
    UNDONE = "undone", _("undone")


class WithdrawalState(TextChoices):
    """Of a withdrawal; a worker process applies and undoes it."""

    APPLYING = "applying", _("being applied")
    APPLIED = "applied", _("applied")
    UNDOING = "undoing", _("being undone")
    UNDONE = "undone", _("undone")
