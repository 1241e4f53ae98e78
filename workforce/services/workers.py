"""Pseudonymous workers: who labels a customer's data, without saying who that is."""

import secrets
import uuid

from django.db import connection
from django.utils.translation import gettext

from maskwright.core.errors import NotFound, Unavailable
from maskwright.core.ids import uuid7
from maskwright.core.scope import current_scope
from workforce.models import Worker, WorkerIdentity

_CODE_TRIES = 5

# Waits for a concurrent insert of the same person; no row comes back when that one won.
_IDENTITY_SQL = """
INSERT INTO workforce_workeridentity (id, organization_id, customer_id, worker_id, user_id, created_at)
VALUES (%s, %s, %s, %s, %s, clock_timestamp())
ON CONFLICT (organization_id, customer_id, user_id) DO NOTHING
RETURNING worker_id
"""

_WORKER_SQL = """
INSERT INTO workforce_worker (id, organization_id, vendor_id, code, created_at)
VALUES (%s, %s, %s, %s, clock_timestamp())
ON CONFLICT (organization_id, code) DO NOTHING
RETURNING id
"""


def ensure_worker(*, user_id: uuid.UUID, customer_id: uuid.UUID) -> Worker:
    """The person's worker at a customer, made at the first call; the same row for ever after, also under races.

    Runs in the employer's scope: the customer's own, or a vendor's with a live grant of that customer (NotFound
    otherwise). The code is random, so that neither the person nor the same person at another customer follows from
    it. The identity comes first: its unique key decides a race, and a vendor could not delete a spare worker.
    """
    scope = current_scope()
    is_own = customer_id == scope.organization_id
    if not is_own and customer_id not in scope.customers:
        raise NotFound(gettext("There is no live work grant of this customer."))
    worker_id = uuid7()
    with connection.cursor() as cursor:
        cursor.execute(_IDENTITY_SQL, [uuid7(), scope.organization_id, customer_id, worker_id, user_id])
        is_new = cursor.fetchone() is not None
    if is_new:
        _insert_worker(worker_id, customer_id, None if is_own else scope.organization_id)
    else:
        worker_id = WorkerIdentity.objects.values_list("worker_id", flat=True).get(
            customer_id=customer_id, user_id=user_id
        )
    return Worker.objects.get(pk=worker_id)


def _insert_worker(worker_id: uuid.UUID, customer_id: uuid.UUID, vendor_id: uuid.UUID | None) -> None:
    kind = "vendor" if vendor_id else "private"
    with connection.cursor() as cursor:
        for _ in range(_CODE_TRIES):
            cursor.execute(_WORKER_SQL, [worker_id, customer_id, vendor_id, f"{kind}.{secrets.token_hex(4)}"])
            if cursor.fetchone() is not None:
                return
    raise Unavailable(gettext("No free worker code was found. Try again."))
