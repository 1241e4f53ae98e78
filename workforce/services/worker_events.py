"""Worker events as Ground Truth logs them, with its field names; read from the claims, which are never removed."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import connection

from maskwright.core.scope import current_scope
from maskwright.organizations.models import Organization
from workforce.handlers import handler

_EVENTS = """
SELECT e.at, e.type, c.worker_id, w.code, w.vendor_id, c.claimed_at, c.ended_at, c.state, c.work_queue_id, t.name,
  c.active_seconds
FROM workforce_claim c
JOIN workforce_worker w ON w.id = c.worker_id
JOIN workforce_workqueue q ON q.id = c.work_queue_id
LEFT JOIN workforce_workteam t ON t.id = q.work_team_id
CROSS JOIN LATERAL (VALUES (c.claimed_at, 'TasksAccepted'), (c.ended_at, CASE c.state
  WHEN 'submitted' THEN 'TasksSubmitted' WHEN 'declined' THEN 'TasksDeclined' ELSE 'TasksReturned' END)) AS e(at, type)
WHERE c.organization_id = %(org)s AND e.at IS NOT NULL AND (e.type = 'TasksAccepted' OR c.state <> 'live')
  AND (%(queue)s::uuid IS NULL OR c.work_queue_id = %(queue)s::uuid)
  AND (%(start)s::timestamptz IS NULL OR e.at >= %(start)s::timestamptz)
  AND (%(end)s::timestamptz IS NULL OR e.at < %(end)s::timestamptz)
ORDER BY e.at, c.id
"""

FIELDS = (
    "worker_id",
    "cognito_user_pool_id",
    "cognito_sub_id",
    "task_accepted_time",
    "task_submitted_time",
    "task_returned_time",
    "task_declined_time",
    "workteam_arn",
    "labeling_job_arn",
    "work_requester_account_id",
    "job_reference_code",
    "job_type",
    "event_type",
    "event_timestamp",
)


def _time(at: datetime | None) -> str:
    return at.astimezone(UTC).strftime("%a %b %d %H:%M:%S UTC %Y") if at else ""


def worker_events(
    *, queue_id: uuid.UUID | None = None, start: datetime | None = None, end: datetime | None = None
) -> Iterator[dict[str, Any]]:
    """The events of the organization in scope, oldest first: accepted, then submitted, returned or declined.

    A worker is known by his pseudonym; the person behind stays with his employer.
    """
    owner = current_scope().organization_id
    with connection.cursor() as cursor:
        cursor.execute(_EVENTS, {"org": owner, "queue": queue_id, "start": start, "end": end})
        rows = cursor.fetchall()
    names = handler().queue_names(list({row[8] for row in rows}))
    account = Organization.objects.values_list("account_id", flat=True).get(pk=owner)
    arn = f"arn:aws:sagemaker:{settings.SAGEMAKER_REGION}:{account}"
    for at, kind, worker_id, code, vendor_id, claimed_at, ended_at, _state, queue, team, _seconds in rows:
        crowd = "vendor-crowd" if vendor_id else "private-crowd"
        ended = {kind: _time(ended_at)} if kind != "TasksAccepted" else {}
        job = names.get(queue, str(queue))
        yield {
            "worker_id": code,
            "cognito_user_pool_id": str(vendor_id or owner),
            "cognito_sub_id": str(worker_id),
            "task_accepted_time": _time(claimed_at),
            "task_submitted_time": ended.get("TasksSubmitted", ""),
            "task_returned_time": ended.get("TasksReturned", ""),
            "task_declined_time": ended.get("TasksDeclined", ""),
            "workteam_arn": f"{arn}:workteam/{crowd}/{team or 'vendor'}",
            "labeling_job_arn": f"{arn}:labeling-job/{job}",
            "work_requester_account_id": account,
            "job_reference_code": f"{account}-{queue.hex[-16:]}",
            "job_type": "Vendor" if vendor_id else "Private",
            "event_type": kind,
            "event_timestamp": str(int(at.timestamp())),
        }
