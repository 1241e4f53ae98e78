"""The one door of a task's state, and the way into consolidation."""

from django.utils import timezone

from labeling.models import LabelingJob, Task
from labeling.services.events import tell_of_task
from labeling.states import TASK_MOVES, TaskState
from maskwright.audit.record import record
from maskwright.core.outbox import Message, emit, push

_SAVED = [
    "state",
    "failure_code",
    "failure_reason",
    "generation",
    "consolidation_at",
    "consolidation_revision",
    "review",
]


def advance_task(*, task: Task, to: TaskState, code: str = "", reason: str = "") -> bool:
    """Move a task that the caller has locked; False when the table has no such move (somebody was faster)."""
    if to not in TASK_MOVES[task.state]:
        return False
    task.state = to
    task.failure_code, task.failure_reason = code, reason[:1024]
    task.save(update_fields=_SAVED)
    record("task.moved", "task", task.pk, to=to, code=code)
    messages = [push(task.organization_id, f"job.{task.job_id}", "job.progress", job=task.job_id)]
    if to in (TaskState.DONE, TaskState.FAILED):
        job = {"job_id": str(task.job_id)}
        messages += [
            Message("job.publish", task.organization_id, job, key=str(task.job_id), delay=2.0),
            Message("job.finish", task.organization_id, job, key=str(task.job_id)),  # writes the last manifest itself
        ]
    emit(*messages)
    tell_of_task(task, to)
    return True


def start_consolidation(task: Task) -> None:
    """Begin a new generation: whatever an earlier run still writes counts no more."""
    task.generation += 1
    task.consolidation_at = timezone.now()
    task.consolidation_revision = LabelingJob.objects.values_list("revision", flat=True).get(pk=task.job_id)
    if advance_task(task=task, to=TaskState.CONSOLIDATING):
        emit(Message("task.consolidate", task.organization_id, {"task_id": str(task.pk)}, key=str(task.pk)))
