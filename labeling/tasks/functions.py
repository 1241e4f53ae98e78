"""Topics of functions: try one by hand, ask about data objects, consolidate in batches."""

import uuid

from labeling.services.functions import trying
from maskwright.core.outbox import handles

LEASE = 15


@handles("function.try", queue="outside", lease=LEASE, transactional=False, heartbeat=True)
def try_function(*, organization_id: uuid.UUID, message_id: uuid.UUID, function_id: str) -> None:
    trying.run_trial(organization_id=organization_id, function_id=uuid.UUID(function_id))
