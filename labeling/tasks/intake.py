"""Topics of intake: reading a job's input and checking its photos."""

import uuid
from typing import Any

from labeling.services.intake import fail_intake, run_intake
from labeling.services.intake.context import LEASE_SECONDS
from labeling.services.retries import recheck_object
from maskwright.core.models import as_uuid
from maskwright.core.outbox import handles


def _intake_died(payload: dict[str, Any], error: str) -> None:
    sentence = error.partition(": ")[2] or error
    reason = f"The photos could not be read: {sentence} Mend this, then check the photos again."
    fail_intake(job_id=as_uuid(payload["job_id"]), reason=reason)


@handles("job.intake", queue="ingest", lease=LEASE_SECONDS, transactional=False, on_dead=_intake_died)
def intake(*, organization_id: uuid.UUID, message_id: uuid.UUID, job_id: str) -> None:
    run_intake(organization_id=organization_id, message_id=message_id, job_id=as_uuid(job_id))


@handles("object.recheck", queue="ingest", lease=LEASE_SECONDS, transactional=False)
def recheck(*, organization_id: uuid.UUID, message_id: uuid.UUID, object_id: str) -> None:
    recheck_object(organization_id=organization_id, object_id=as_uuid(object_id))
