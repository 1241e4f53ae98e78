"""Topics of functions: try one by hand, ask about data objects."""

import uuid
from typing import Any

from labeling.services.functions import trying
from labeling.services.intake import preannotation
from maskwright.core.outbox import handles

LEASE = 15


def _annotation_died(payload: dict[str, Any], error: str) -> None:
    preannotation.give_up_asking(job_id=uuid.UUID(payload["job_id"]), reason=error)


@handles("function.try", queue="outside", lease=LEASE, transactional=False, heartbeat=True)
def try_function(*, organization_id: uuid.UUID, message_id: uuid.UUID, function_id: str) -> None:
    trying.run_trial(organization_id=organization_id, function_id=uuid.UUID(function_id))


@handles(
    "function.annotate", queue="outside", lease=LEASE, transactional=False, heartbeat=True, on_dead=_annotation_died
)
def annotate(*, organization_id: uuid.UUID, message_id: uuid.UUID, job_id: str) -> None:
    preannotation.annotate_later(organization_id=organization_id, job_id=uuid.UUID(job_id))
