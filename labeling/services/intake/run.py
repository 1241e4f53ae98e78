"""The whole of an intake, and how it ends: ready, started, or failed with a sentence."""

import logging
import uuid

from django.utils import timezone
from django.utils.translation import gettext_noop

from labeling.errors import AddressUnusable, EndpointRefused, InputChanged, IntakeInterrupted, MoveRefused
from labeling.models import LabelingJob
from labeling.services.intake.context import LEASE_SECONDS, IntakeRun
from labeling.services.intake.counts import NOT_CHOSEN, NOT_REQUIRED
from labeling.services.intake.photos import check_photos
from labeling.services.intake.preannotation import annotate_objects
from labeling.services.intake.reading import read_input
from labeling.services.jobs import advance_job, own_job, start_job
from labeling.services.jobs.create import intake_message
from labeling.states import JobState
from maskwright.audit.record import record
from maskwright.core.crypto import SecretUnreadable
from maskwright.core.heartbeat import heartbeat
from maskwright.core.objects import ObjectMissing
from maskwright.core.outbox import emit
from maskwright.core.scope import organization_scope
from workforce.services.queues import locked_queue

logger = logging.getLogger(__name__)

#: Trying again changes nothing about these; a person has to.
_FINAL = (AddressUnusable, EndpointRefused, InputChanged, ObjectMissing, SecretUnreadable)


def run_intake(*, organization_id: uuid.UUID, message_id: uuid.UUID, job_id: uuid.UUID) -> None:
    """Read and check the input of a job that is initializing; may be called any number of times and killed at any.

    Opens its own scopes, one per chunk. Raises what the storage raises while it is down: the outbox tries again.
    """
    run = IntakeRun(organization_id, message_id, job_id)
    try:
        wait = _annotated(run) if read_input(run) and check_photos(run) else 0.0
        with organization_scope(organization_id):
            if wait is None:
                _finish(run)
            else:
                emit(intake_message(own_job(job_id), wait))
    except IntakeInterrupted as interrupted:
        logger.info("Intake of job %s ends: %s", job_id, interrupted.message)
    except _FINAL as error:
        with organization_scope(organization_id):
            fail_intake(job_id=job_id, reason=error.message)


def _annotated(run: IntakeRun) -> float | None:
    """Ask the job's pre-annotation function, whose answers may take longer than this run's lease."""
    with heartbeat(run.renew, every=LEASE_SECONDS / 3):
        return annotate_objects(organization_id=run.organization_id, job_id=run.job_id)


def fail_intake(*, job_id: uuid.UUID, reason: str) -> None:
    """The job failed with a sentence; a job that is not initializing any more stays as it is."""
    job = LabelingJob.objects.filter(pk=job_id, state=JobState.INITIALIZING).first()
    if job is not None:
        advance_job(job=job, to=JobState.FAILED, reason=reason)


def _finish(run: IntakeRun) -> None:
    locked_queue(own_job(run.job_id).work_queue_id)  # queue before job, as every move locks them
    job = run.locked_job()
    LabelingJob.objects.filter(pk=job.pk).update(intake_done_at=timezone.now())
    numbers = {name: value for name, value in job.preflight.items() if name not in ("left_out", "function_error")}
    left_out = job.preflight.get("left_out", {}).get("count", 0)
    record("labeling_job.intake_done", "labeling_job", job.pk, **numbers, left_out=left_out)
    usable = job.preflight.get("usable", 0)
    if not usable and not job.preflight.get(NOT_REQUIRED, 0):
        advance_job(job=job, to=JobState.FAILED, reason=_nothing_usable(job))
        return
    advance_job(job=job, to=JobState.READY)
    if job.start_when_ready:
        try:
            start_job(job_id=job.pk)
        except MoveRefused as error:  # nobody can work on it yet; it stays ready
            logger.info("Job %s is ready but did not start: %s", job.pk, error.message)


def _nothing_usable(job: LabelingJob) -> str:
    unusable, labeled = job.preflight.get("unusable", 0), job.preflight.get("already_labeled", 0)
    if not unusable and not labeled and job.preflight.get(NOT_CHOSEN):
        return gettext_noop(
            "The filter and the sample leave none of the %(count)s photos. Make a new job with wider ones."
        ) % {"count": f"{job.preflight[NOT_CHOSEN]:,}"}
    if not unusable and not labeled:
        return gettext_noop("The input has no photos. Check its address, then check the photos again.")
    if not unusable:
        return gettext_noop("Every line has the label '%(attribute)s' already. Choose another label attribute.") % {
            "attribute": job.label_attribute_name
        }
    return gettext_noop(
        "None of the %(unusable)s photos can be used; the preflight report has each reason. Mend the "
        "photos, then check them again."
    ) % {"unusable": f"{unusable:,}"}
