"""Write audit events: one statement, in the transaction of the change."""

import json
import uuid
from typing import Any

from django.db import connection

from maskwright.core.ids import uuid7
from maskwright.core.scope import current_scope

_SQL = """
INSERT INTO audit_auditevent
  (id, organization_id, actor_kind, actor_id, verb, subject_type, subject_id, data, created_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s::jsonb, clock_timestamp())
"""


def record(
    verb: str,
    subject_type: str,
    subject_id: uuid.UUID,
    *,
    organization_id: uuid.UUID | None = None,
    worker_id: uuid.UUID | None = None,
    **data: Any,
) -> None:
    """Record that the acting user of the scope (or a worker, or the system) did `verb` to a subject.

    `organization_id` is the owner of the subject where that is not the organization in scope (a vendor's labeler).
    Raw SQL because a vendor may add such a row but not read it back.
    """
    scope = current_scope()
    kind, actor = ("worker", worker_id) if worker_id else ("user", scope.user_id) if scope.user_id else ("system", None)
    owner = organization_id or scope.organization_id
    values: list[Any] = [uuid7(), owner, kind, actor, verb, subject_type, subject_id, json.dumps(data, default=str)]
    with connection.cursor() as cursor:
        cursor.execute(_SQL, values)
