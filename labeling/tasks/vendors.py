"""Topics about what vendors do with the work they are offered."""

import uuid

from labeling.models import Task
from labeling.services.events import tell_of_task
from labeling.services.jobs import start_accepted
from labeling.states import TaskState
from maskwright.core.outbox import handles


@handles("work_grant.accepted", queue="distribute")
def grant_accepted(*, work_queue_id: str) -> None:
    start_accepted(work_queue_id=uuid.UUID(work_queue_id))


@handles("task.tell", queue="distribute")
def tell_of_ended_task(*, task_id: str) -> None:
    task = Task.objects.filter(pk=uuid.UUID(task_id)).first()
    if task is not None:
        tell_of_task(task, TaskState(task.state))
