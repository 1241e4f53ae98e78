"""What a manager does with the queue of his job: the objects and claims are checked to be the job's own."""

import uuid

from django.utils.translation import gettext as _

from labeling.models import Task
from labeling.services.jobs import own_job
from maskwright.core.errors import NotFound
from maskwright.core.scope import current_scope
from workforce.services import attention, reassign


def _item_of(object_id: uuid.UUID) -> uuid.UUID:
    owner = current_scope().organization_id
    found = Task.objects.filter(data_object_id=object_id, organization_id=owner).values_list("work_item_id", flat=True)
    item = found.first()
    if item is None:
        raise NotFound(_("There is no such data object."))
    return uuid.UUID(str(item))


def put_back_object(*, object_id: uuid.UUID) -> None:
    attention.put_back(item_id=_item_of(object_id))


def give_up_object(*, object_id: uuid.UUID, reason: str = "") -> None:
    attention.give_up(item_id=_item_of(object_id), reason=reason)


def keep_object(*, object_id: uuid.UUID, worker_id: uuid.UUID) -> None:
    reassign.keep_place(item_id=_item_of(object_id), worker_id=worker_id)


def reassign_claim_of_job(*, job_id: uuid.UUID, claim_id: uuid.UUID, worker_id: uuid.UUID | None = None) -> None:
    reassign.reassign_claim(queue_id=own_job(job_id).work_queue_id, claim_id=claim_id, worker_id=worker_id)
