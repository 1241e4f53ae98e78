"""Topics after an answer: consolidate, publish, finish."""

import uuid
from typing import Any

from labeling.services import consolidation, publishing
from maskwright.core.outbox import handles


def _consolidation_dead(payload: dict[str, Any], error: str) -> None:
    consolidation.consolidation_failed(task_id=uuid.UUID(payload["task_id"]), error=error)


@handles("task.consolidate", queue="consolidate", lease=45, transactional=False, on_dead=_consolidation_dead)
def consolidate(*, organization_id: uuid.UUID, message_id: uuid.UUID, task_id: str) -> None:
    consolidation.consolidate_task(organization_id=organization_id, task_id=uuid.UUID(task_id))


@handles("job.publish", queue="export", lease=120, transactional=False)
def publish(*, organization_id: uuid.UUID, message_id: uuid.UUID, job_id: str) -> None:
    publishing.publish_job(organization_id=organization_id, job_id=uuid.UUID(job_id))


@handles("job.finish", queue="distribute")
def finish(*, job_id: str) -> None:
    publishing.finish_job(job_id=uuid.UUID(job_id))
