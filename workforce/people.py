"""Who a pseudonymous worker is, as far as the organization in scope may know: its own people, never a vendor's."""

import uuid
from collections.abc import Iterable

from maskwright.core.scope import current_scope
from workforce.models import WorkerIdentity


def own_people(worker_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Names by worker of those who are the organization's own people in its own work.

    The identities of a vendor's people are rows of the vendor, which this scope cannot read; neither is asked for those
    of its own people at a customer, whom the customer knows by pseudonym.
    """
    owner = current_scope().organization_id
    found = WorkerIdentity.objects.filter(organization_id=owner, customer_id=owner, worker_id__in=set(worker_ids))
    return {one.worker_id: one.user.get_full_name() for one in found.select_related("user")}
