"""Make the demo once. Its file and its rows cannot be written together, so each start mends what a crash left."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from labeling.models import LabelingJob
from maskwright.config.demo.people import CUSTOMER, create_people, find_organizations, issue_access, user_id
from maskwright.config.demo.storage import aws_access, connect_buckets
from maskwright.config.demo.work import create_work
from maskwright.core.scope import organization_scope
from maskwright.organizations.models import Organization
from maskwright.supervise.processes import write_private

_LOCK = 7_140_233  # one preparation at a time, whatever processes start together


def ensure_demo(path: Path) -> str:
    """Make the demo or, where only its file was lost, new passwords and tokens; returns what was done.

    `path` (mode 600) holds `{"accounts": [{organization, role, username, password, api_token}], "jobs": [{id, name}],
    "aws": {access_key_id, secret_access_key, region, account_id, endpoint, s3_endpoint}}`.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        found = find_organizations()
        before = _read(path)
        if found and before.get("accounts"):
            aws = _aws(found, before)
            if aws != before.get("aws", {}):
                write_private(path, json.dumps({**before, "aws": aws}, indent=2) + "\n")
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
            "aws": _aws(found, {}),
        }
    # After the commit: a file without rows would be believed; rows without a file are mended above.
    write_private(path, json.dumps(content, indent=2) + "\n")
    return said


def _read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _aws(found: dict[str, Organization], before: dict[str, Any]) -> dict[str, str]:
    """Access for scripts written for AWS; nothing where this start has no S3 endpoint."""
    customer = found.get(CUSTOMER)
    if customer is None or not settings.DEMO_S3_URL:
        return {}
    connect_buckets(customer)
    return aws_access(customer, user_id("acme-owner"), before.get("aws", {}))


def _jobs_of(found: dict[str, Organization]) -> list[LabelingJob]:
    customer = found.get(CUSTOMER)
    if customer is None:
        return []
    with organization_scope(customer.pk):
        names = ("first-photos", "photos-for-globex")
        return list(LabelingJob.objects.filter(organization_id=customer.pk, name__in=names).order_by("created_at"))
