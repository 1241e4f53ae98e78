"""`/ws/jobs/<id>/`: what somebody is told who watches a labeling job."""

import uuid
from collections.abc import Sequence
from dataclasses import replace

from labeling.messages import JobChanged
from labeling.models import LabelingJob
from maskwright.core.messages import Message
from maskwright.core.scope import organization_scope
from maskwright.core.socket import NOT_FOUND, RIGHTS_ENDED, HintConsumer, Pulse, Refused, Watch, in_database
from maskwright.organizations.permissions import Permission, allows, within


class JobConsumer(HintConsumer):
    """For those who may see jobs; a vendor's manager while the grant lives. Another tenant's job is not found."""

    @property
    def job_id(self) -> uuid.UUID:
        found: uuid.UUID = self.scope["url_route"]["kwargs"]["job_id"]
        return found

    async def admit(self, watch: Watch) -> Watch:
        # Whether it is there comes first, as in the API: another tenant's job is not found, whatever one's role.
        queue = await in_database(_queue_of, watch, self.job_id)
        if queue is None:
            raise Refused(NOT_FOUND)
        if not (allows(watch.role, Permission.JOBS_READ) and within(watch.scopes, Permission.JOBS_READ)):
            raise Refused(RIGHTS_ENDED)
        return replace(watch, subject=queue)

    def groups_of(self, pulse: Pulse) -> frozenset[str]:
        assert self.watch is not None
        return frozenset({f"job.{self.job_id}", f"user.{self.watch.user_id}"})

    def changed(self, queues: Sequence[uuid.UUID]) -> Sequence[Message]:
        return [JobChanged(self.job_id)] if queues else []


def _queue_of(watch: Watch, job_id: uuid.UUID) -> uuid.UUID | None:
    with organization_scope(watch.organization_id, user_id=watch.user_id, with_grants=True):
        found: uuid.UUID | None = LabelingJob.objects.filter(pk=job_id).values_list("work_queue_id", flat=True).first()
    return found
