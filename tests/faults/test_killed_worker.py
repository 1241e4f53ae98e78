"""A worker killed in the middle of a consolidation: another takes it up soon, and its result counts once."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings

from labeling.models import ConsolidatedAnnotation, LabelingJob, Task
from labeling.storage.outputs import output_manifest_uri
from maskwright.core.models import OutboxMessage
from maskwright.core.objects import blob_store
from maskwright.core.scope import organization_scope
from maskwright.supervise.processes import wait_until
from tests.factories.jobs import MadeJob, make_job
from tests.factories.work import claim, mask_png, submit
from tests.plugins.broker import Broker
from tests.plugins.cast import Company


@contextmanager
def _group(*command: str, env: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A process with its children in a group of their own, killed at the end."""
    process = subprocess.Popen(command, env=env, cwd=settings.ROOT, start_new_session=True)
    try:
        yield process
    finally:
        _kill(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """`kill -9` for the worker and the processes of its pool, all at once."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _answered(acme: Company) -> MadeJob:
    made = make_job(acme, objects=1)
    for who, index in (("labeler", 1), ("labeler2", 2), ("labeler3", 2)):
        client = acme.client(who)
        submit(client, claim(client).json(), mask_png(np.full((8, 12), index, dtype=np.uint8)))
    return made


def _lease(acme: Company) -> datetime | None:
    with organization_scope(acme.id):
        message = OutboxMessage.objects.filter(topic="task.consolidate", started_at__isnull=False).first()
        return message.lease_until if message else None


def _state(acme: Company, made: MadeJob) -> str:
    with organization_scope(acme.id):
        return str(LabelingJob.objects.get(pk=made.id).state)


@pytest.mark.usefixtures("committed")
def test_a_consolidation_whose_worker_was_killed_is_taken_up_soon(
    acme: Company, database_urls: dict[str, str], tmp_path: Path
) -> None:
    broker = Broker(tmp_path)
    path = f"{settings.ROOT / 'platform'}:{settings.ROOT}"
    env = {**os.environ, **database_urls, "REDIS_URL": broker.server.url, "PYTHONPATH": path}
    env["MASKWRIGHT_STORAGE"] = settings.MASKWRIGHT_STORAGE  # where this process keeps masks
    endless = {**env, "DJANGO_SETTINGS_MODULE": "tests.faults.settings_endless_consolidation"}
    operations = (sys.executable, str(settings.ROOT / "manage.py"), "run_operations")
    worker = (sys.executable, "-m", "celery", "-A", "maskwright.config.celery", "worker", "-c", "1", "-l", "WARNING")
    try:
        with _group(*operations, env=env):
            with _group(*worker, env=endless) as doomed:
                made = _answered(acme)
                assert wait_until(lambda: _lease(acme) is not None, timeout=60)
                first = _lease(acme)
                # The short lease is renewed while the run goes on, so nobody else takes it up.
                assert wait_until(lambda: _lease(acme) != first, timeout=30)
                _kill(doomed)
            with _group(*worker, env=env):
                # 15 seconds from when the worker is up; it takes a while to start on a busy machine.
                assert wait_until(lambda: _state(acme, made) == "completed", timeout=35)
    finally:
        broker.kill()
    with organization_scope(acme.id):
        task = Task.objects.get(job_id=made.id)
        assert (task.state, task.failure_reason, task.generation) == ("done", "", 1)
        (consolidated,) = ConsolidatedAnnotation.objects.all()
        (message,) = OutboxMessage.objects.filter(topic="task.consolidate")
        assert (message.attempts, message.done_at is not None) == (2, True)
        key = output_manifest_uri(made.job).removeprefix("maskwright://output/")
    (line,) = blob_store().get(f"org/{acme.id}/output/{key}").splitlines()
    assert consolidated.mask_uri.encode() in line
