"""Make the demo once. Its file and its rows cannot be written together, so each start mends what a crash left."""

import json
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from labeling.models import LabelingJob
from maskwright.config.demo.people import CUSTOMER, create_people, find_organizations, issue_access
from maskwright.config.demo.work import create_work
from maskwright.core.scope import organization_scope
from maskwright.organizations.models import Organization
from maskwright.supervise.processes import write_private

_LOCK = 7_140_233  # one preparation at a time, whatever processes start together


def ensure_demo(path: Path) -> str:
    """Make the demo or, where only its file was lost, new passwords and tokens; returns what was done.

    `path` (mode 600) holds `{"accounts": [{organization, role, username, password, api_token}], "jobs": [{id, name}]}`.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        found = find_organizations()
        if found and _is_whole(path):
            return "The demo is there."
        if found:
            jobs, said = _jobs_of(found), "The demo's file was missing: its people have new passwords and tokens."
        else:
            path.unlink(missing_ok=True)  # of a database that was dropped
            found = create_people()
            jobs, said = create_work(found), "Made the demo."
        content = {
            "accounts": issue_access(found),
            "jobs": [{"id": str(job.pk), "name": job.name} for job in jobs],
        }
    # After the commit: a file without rows would be believed; rows without a file are mended above.
    write_private(path, json.dumps(content, indent=2) + "\n")
    return said


def _is_whole(path: Path) -> bool:
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return bool(content.get("accounts"))


def _jobs_of(found: dict[str, Organization]) -> list[LabelingJob]:
    customer = found.get(CUSTOMER)
    if customer is None:
        return []
    with organization_scope(customer.pk):
        names = ("first-photos", "photos-for-globex")
        return list(LabelingJob.objects.filter(organization_id=customer.pk, name__in=names).order_by("created_at"))
