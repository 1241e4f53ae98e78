"""Topics after an answer: consolidate, publish, finish.

Their leases are short and renewed by a heartbeat: what a killed worker left is taken up within 15 seconds, however long
a run may take.
"""

import uuid
from typing import Any

from labeling.services import consolidation, publishing
from maskwright.core.outbox import handles

LEASE = 10


def _consolidation_dead(payload: dict[str, Any], error: str) -> None:
    consolidation.consolidation_failed(task_id=uuid.UUID(payload["task_id"]), error=error)


@handles(
    "task.consolidate",
    queue="consolidate",
    lease=LEASE,
    transactional=False,
    heartbeat=True,
    on_dead=_consolidation_dead,
)
def consolidate(*, organization_id: uuid.UUID, message_id: uuid.UUID, task_id: str) -> None:
    consolidation.consolidate_task(organization_id=organization_id, task_id=uuid.UUID(task_id))


@handles("job.publish", queue="export", lease=LEASE, transactional=False, heartbeat=True)
def publish(*, organization_id: uuid.UUID, message_id: uuid.UUID, job_id: str) -> None:
    publishing.publish_job(organization_id=organization_id, job_id=uuid.UUID(job_id))


@handles("job.finish", queue="export", lease=LEASE, transactional=False, heartbeat=True)
def finish(*, organization_id: uuid.UUID, message_id: uuid.UUID, job_id: str) -> None:
    publishing.finish_job(organization_id=organization_id, job_id=uuid.UUID(job_id))
