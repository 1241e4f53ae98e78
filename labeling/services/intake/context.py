"""One run of an intake: which job, how its lease stays alive, how often it says how far it is."""

import time
import uuid
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from labeling.errors import IntakeInterrupted
from labeling.models import LabelingJob
from labeling.states import JobState
from maskwright.core.outbox import emit, push, renew
from maskwright.core.scope import organization_scope

LEASE_SECONDS = 60
#: After this long a run hands over to a new message: it stays below the workers' time limit however big the input is,
#: and starts that were killed are counted per message, not per job.
RUN_SECONDS = 600.0
_BEAT_SECONDS = 15.0
_PUSH_SECONDS = 1.0


@dataclass
class IntakeRun:
    organization_id: uuid.UUID
    message_id: uuid.UUID
    job_id: uuid.UUID
    _began: float = field(default_factory=time.monotonic)
    _renewed: float = field(default_factory=time.monotonic)
    _pushed: float = 0.0

    def locked_job(self) -> LabelingJob:
        """The job, locked, at the start of a chunk's transaction. Raises IntakeInterrupted when it is not to go on."""
        job: LabelingJob | None = (
            LabelingJob.objects.select_for_update(no_key=True)
            .filter(pk=self.job_id, state=JobState.INITIALIZING, intake_done_at=None)
            .first()
        )
        if job is None:
            raise IntakeInterrupted(_("The job was stopped, or another run finished its intake."))
        return job

    def chunk_written(self, job: LabelingJob) -> None:
        """At the end of a chunk's transaction: keep the lease and tell who watches, at most every second."""
        renew(self.message_id, LEASE_SECONDS)
        self._renewed = time.monotonic()
        if self._renewed - self._pushed >= _PUSH_SECONDS:
            emit(push(self.organization_id, f"job.{self.job_id}", "job.progress", job=self.job_id))
            self._pushed = self._renewed

    def is_over(self) -> bool:
        """Whether this run is to hand over; asked after each chunk."""
        return time.monotonic() - self._began >= RUN_SECONDS

    def beat(self) -> None:
        """Between chunks, while something takes long; outside of any scope."""
        if time.monotonic() - self._renewed >= _BEAT_SECONDS:
            self.renew()
            self._renewed = time.monotonic()

    def renew(self) -> None:
        with organization_scope(self.organization_id):
            renew(self.message_id, LEASE_SECONDS)
