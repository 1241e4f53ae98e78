"""Let a task wait for the consolidation function of its job."""

import uuid

from django.utils import timezone

from labeling.models import FunctionCall, Task
from labeling.models.function import FunctionRole
from labeling.services.consolidation_plan import Plan
from maskwright.core.outbox import Message, emit
from maskwright.core.scope import organization_scope

#: Objects whose answers come in within so many seconds are asked about together.
GATHER_SECONDS = 2.0


def ask_function(plan: Plan) -> None:
    """Note the question, once for each generation, and have it asked together with others. Opens its own scope."""
    with organization_scope(plan.organization_id):
        task = Task.objects.filter(pk=plan.task_id).first()
        if task is None:
            return
        FunctionCall.objects.get_or_create(
            organization_id=plan.organization_id,
            data_object_id=task.data_object_id,
            role=FunctionRole.CONSOLIDATION,
            generation=plan.generation,
            defaults={
                "job_id": plan.job.pk,
                "work_queue_id": task.work_queue_id,
                "index": plan.index,
                "next_at": timezone.now(),
            },
        )
        emit(ask_message(plan.organization_id, plan.job.pk, GATHER_SECONDS))


def ask_message(organization_id: uuid.UUID, job_id: uuid.UUID, delay: float = 0.0) -> Message:
    job = str(job_id)
    return Message("function.consolidate", organization_id, {"job_id": job}, key=job, delay=delay)
