"""Topics about what vendors do with the work they are offered."""

import uuid

from labeling.services.jobs import start_accepted
from maskwright.core.outbox import handles


@handles("work_grant.accepted", queue="distribute")
def grant_accepted(*, work_queue_id: str) -> None:
    start_accepted(work_queue_id=uuid.UUID(work_queue_id))
