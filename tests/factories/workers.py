"""Processes that run outbox messages as Celery's do, so that tests can kill them and watch their memory."""

import os
import subprocess
import sys
import textwrap
import time
import uuid
from collections.abc import Mapping
from pathlib import Path

from django.db import connection

from labeling.models import DataObject, LabelingJob
from maskwright.core.models import OutboxMessage
from maskwright.core.scope import organization_scope
from tests.plugins.cast import Company

_ROOT = Path(__file__).resolve().parents[2]

_CODE = textwrap.dedent("""
    import json, sys, uuid
    import django
    django.setup()
    from django.conf import settings
    message, organization, topic, changes = sys.argv[1:]
    for name, value in json.loads(changes).items():
        setattr(settings, name, value)
    from maskwright.core import outbox
    outbox.run(uuid.UUID(message), uuid.UUID(organization), topic)
""")


def waiting_message(company: Company, topic: str) -> uuid.UUID:
    with organization_scope(company.id):
        return OutboxMessage.objects.get(topic=topic, done_at=None).pk


def start_worker(
    company: Company, topic: str, urls: Mapping[str, str], settings: str = "{}"
) -> subprocess.Popen[bytes]:
    """Run the topic's waiting message in a process of its own; `settings` is a JSON object."""
    path = f"{_ROOT / 'platform'}{os.pathsep}{_ROOT}"
    environment = {**os.environ, **urls, "PYTHONPATH": path}
    arguments = [str(waiting_message(company, topic)), str(company.id), topic, settings]
    return subprocess.Popen([sys.executable, "-c", _CODE, *arguments], env=environment)


def end_lease(company: Company, topic: str) -> None:
    """As if the killed worker's lease had run out: nobody waits a minute in a test."""
    with organization_scope(company.id), connection.cursor() as cursor:
        cursor.execute("UPDATE core_outboxmessage SET lease_until = NULL WHERE topic = %s", [topic])


def intake_report(company: Company, job: LabelingJob) -> tuple[int, int]:
    """(data objects read, photos judged) as committed."""
    with organization_scope(company.id):
        job.refresh_from_db()
        judged = job.preflight.get("usable", 0) + job.preflight.get("unusable", 0)
        return DataObject.objects.filter(job=job).count(), judged


def wait_until_judged(
    company: Company, job: LabelingJob, number: int, worker: subprocess.Popen[bytes], *, seconds: float = 60
) -> None:
    deadline = time.monotonic() + seconds
    while intake_report(company, job)[1] < number:
        assert worker.poll() is None, "the worker ended too early"
        assert time.monotonic() < deadline, "no progress"
        time.sleep(0.02)
