"""Time worked and answers that count, summed for their owner: a person's own days, a manager's people."""

import uuid
from datetime import date, datetime
from typing import Any

from django.db import connection

from maskwright.core.scope import current_scope
from workforce.services.statements import queue_titles

_DAYS = """
SELECT (l.at AT TIME ZONE %(zone)s)::date AS day, l.work_queue_id,
  coalesce(sum(l.quantity) FILTER (WHERE l.kind = 'time' AND NOT l.is_rework), 0)::float8,
  coalesce(sum(l.quantity) FILTER (WHERE l.kind = 'time' AND l.is_rework), 0)::float8,
  coalesce(sum(l.quantity) FILTER (WHERE l.kind = 'object'), 0)::int
FROM workforce_ledgerentry l
WHERE l.worker_id IN (SELECT i.worker_id FROM workforce_workeridentity i
                      WHERE i.organization_id = %(org)s AND i.user_id = %(user)s)
  AND l.at >= %(start)s AND l.at < %(end)s
GROUP BY 1, 2 ORDER BY 1 DESC, 2
"""

_PEOPLE = """
SELECT i.user_id, u.username, l.work_queue_id,
  coalesce(sum(l.quantity) FILTER (WHERE l.kind = 'time' AND NOT l.is_rework), 0)::float8,
  coalesce(sum(l.quantity) FILTER (WHERE l.kind = 'time' AND l.is_rework), 0)::float8,
  coalesce(sum(l.quantity) FILTER (WHERE l.kind = 'object'), 0)::int
FROM workforce_ledgerentry l
JOIN workforce_workeridentity i ON i.worker_id = l.worker_id AND i.organization_id = %(org)s
JOIN accounts_user u ON u.id = i.user_id
WHERE ((l.organization_id = %(org)s AND l.vendor_id IS NULL) OR l.vendor_id = %(org)s)
  AND l.at >= %(start)s AND l.at < %(end)s
GROUP BY 1, 2, 3 ORDER BY 2, 3
"""


def own_days(user_id: uuid.UUID, *, start: datetime, end: datetime, zone: str = "UTC") -> list[dict[str, Any]]:
    """A person's days in his time zone, newest first; a row for each job of a day."""
    owner = current_scope().organization_id
    values: dict[str, Any] = {"org": owner, "user": user_id, "start": start, "end": end, "zone": zone}
    with connection.cursor() as cursor:
        cursor.execute(_DAYS, values)
        rows: list[tuple[date, uuid.UUID, float, float, int]] = cursor.fetchall()
    titles = queue_titles({row[1] for row in rows})
    return [
        {"day": day, "work_queue": queue, "title": titles[queue], "seconds": paid, "rework_seconds": free, "objects": n}
        for day, queue, paid, free, n in rows
    ]


def people_time(*, start: datetime, end: datetime) -> list[dict[str, Any]]:
    """The employer's people, with a row for each job they worked on."""
    values: dict[str, Any] = {"org": current_scope().organization_id, "start": start, "end": end}
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, values)
        rows = cursor.fetchall()
    titles = queue_titles({row[2] for row in rows})
    return [
        {
            "user": user,
            "username": name,
            "work_queue": queue,
            "title": titles[queue],
            "seconds": paid,
            "rework_seconds": free,
            "objects": n,
        }
        for user, name, queue, paid, free, n in rows
    ]
