"""Topics of functions: try one by hand, ask about data objects, consolidate in batches."""

import uuid
from typing import Any

from labeling.services.functions import consolidating, trying
from labeling.services.intake import preannotation
from maskwright.core.outbox import handles

LEASE = 15


def _annotation_died(payload: dict[str, Any], error: str) -> None:
    preannotation.give_up_asking(job_id=uuid.UUID(payload["job_id"]), reason=error)


def _consolidation_died(payload: dict[str, Any], error: str) -> None:
    consolidating.give_up_consolidating(job_id=uuid.UUID(payload["job_id"]), reason=error)


@handles("function.try", queue="outside", lease=LEASE, transactional=False, heartbeat=True)
def try_function(*, organization_id: uuid.UUID, message_id: uuid.UUID, function_id: str) -> None:
    trying.run_trial(organization_id=organization_id, function_id=uuid.UUID(function_id))


@handles(
    "function.annotate", queue="outside", lease=LEASE, transactional=False, heartbeat=True, on_dead=_annotation_died
)
def annotate(*, organization_id: uuid.UUID, message_id: uuid.UUID, job_id: str) -> None:
    preannotation.annotate_later(organization_id=organization_id, job_id=uuid.UUID(job_id))


@handles(
    "function.consolidate",
    queue="outside",
    lease=LEASE,
    transactional=False,
    heartbeat=True,
    on_dead=_consolidation_died,
)
def consolidate(*, organization_id: uuid.UUID, message_id: uuid.UUID, job_id: str) -> None:
    consolidating.consolidate_waiting(organization_id=organization_id, job_id=uuid.UUID(job_id))
