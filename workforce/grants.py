"""Live grants of a vendor organization, read and set in one statement per request."""

import uuid

from django.db import connection

from maskwright.core.scope import Scope

_SQL = """
SELECT array_agg(id ORDER BY id), array_agg(work_queue_id ORDER BY id), array_agg(DISTINCT organization_id)
FROM workforce_workgrant
WHERE vendor_id = %s AND state = 'accepted' AND revoked_at IS NULL
  AND (starts_at IS NULL OR starts_at <= clock_timestamp()) AND (expires_at IS NULL OR expires_at > clock_timestamp())
"""


def read_live_grants(scope: Scope) -> Scope:
    """The scope of a vendor's organization with the grants that are live at this moment."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL, [scope.organization_id])
        grants, queues, customers = cursor.fetchone()
    ids: tuple[tuple[uuid.UUID, ...], ...] = tuple(tuple(column or ()) for column in (grants, queues, customers))
    return Scope(scope.organization_id, scope.user_id, *ids)
