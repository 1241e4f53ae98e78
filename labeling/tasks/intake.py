"""Topics of intake: reading a job's input, checking its photos, and thumbnails that somebody looks for."""

import uuid
from typing import Any

from django.utils.translation import gettext_noop

from labeling.services.intake import fail_intake, run_intake
from labeling.services.intake.context import LEASE_SECONDS
from labeling.services.retries import recheck_object
from labeling.services.thumbnails import make_asked_thumbnail
from maskwright.core.models import as_uuid
from maskwright.core.outbox import handles


def _intake_died(payload: dict[str, Any], error: str) -> None:
    sentence = error.partition(": ")[2] or error
    reason = gettext_noop("The photos could not be read: %(sentence)s Mend this, then check the photos again.") % {
        "sentence": sentence
    }
    fail_intake(job_id=as_uuid(payload["job_id"]), reason=reason)


@handles("job.intake", queue="ingest", lease=LEASE_SECONDS, transactional=False, on_dead=_intake_died)
def intake(*, organization_id: uuid.UUID, message_id: uuid.UUID, job_id: str) -> None:
    run_intake(organization_id=organization_id, message_id=message_id, job_id=as_uuid(job_id))


@handles("object.recheck", queue="ingest", lease=LEASE_SECONDS, transactional=False)
def recheck(*, organization_id: uuid.UUID, message_id: uuid.UUID, object_id: str) -> None:
    recheck_object(organization_id=organization_id, object_id=as_uuid(object_id))


@handles("thumbnail.make", queue="ingest", lease=LEASE_SECONDS, transactional=False)
def thumbnail(*, organization_id: uuid.UUID, message_id: uuid.UUID, **of: str) -> None:
    make_asked_thumbnail(organization_id=organization_id, **of)
