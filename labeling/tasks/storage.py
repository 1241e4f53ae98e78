"""Topics of what is stored: sweeping what nothing names any more."""

import uuid

from labeling.services.sweeping import sweep_storage
from maskwright.core.outbox import handles


@handles("storage.sweep", queue="maintenance", lease=30, transactional=False, heartbeat=True)
def sweep(*, organization_id: uuid.UUID, message_id: uuid.UUID, part: int) -> None:
    sweep_storage(organization_id=organization_id, part=part)
