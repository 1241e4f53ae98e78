"""Operations, worker and broker as processes: what was emitted is done, also after the broker was killed."""

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis
from django.conf import settings

from maskwright.core.models import OutboxMessage
from maskwright.core.outbox import Message, emit
from maskwright.core.scope import organization_scope
from maskwright.supervise.processes import wait_until
from tests.plugins.broker import Broker
from tests.plugins.cast import Company


@contextmanager
def _process(*command: str, env: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, env=env, cwd=settings.ROOT)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _emit(company: Company) -> uuid.UUID:
    """Something to do that changes nothing: fill the window of a queue that does not exist."""
    with organization_scope(company.id):
        emit(Message("queue.distribute", company.id, {"queue_id": str(uuid.uuid4())}))
        return OutboxMessage.objects.latest("created_at").pk


def _is_done(company: Company, message_id: uuid.UUID) -> bool:
    with organization_scope(company.id):
        return OutboxMessage.objects.filter(pk=message_id, done_at__isnull=False).exists()


@pytest.mark.usefixtures("committed")
def test_what_is_emitted_is_done_also_while_the_broker_is_killed_and_empty(
    acme: Company, database_urls: dict[str, str], tmp_path: Path
) -> None:
    broker = Broker(tmp_path)
    roots = [str(settings.ROOT / "platform"), str(settings.ROOT)]
    env = {**os.environ, **database_urls, "REDIS_URL": broker.server.url, "PYTHONPATH": ":".join(roots)}
    operations = (sys.executable, str(settings.ROOT / "manage.py"), "run_operations")
    worker = (sys.executable, "-m", "celery", "-A", "maskwright.config.celery", "worker", "-P", "solo", "-l", "WARNING")
    try:
        with _process(*operations, env=env) as publisher, _process(*worker, env=env):
            first = _emit(acme)
            assert wait_until(lambda: _is_done(acme, first), timeout=30)
            with redis.Redis.from_url(broker.server.url) as client:
                assert wait_until(lambda: bool(client.exists("maskwright:operations")), timeout=30)

            broker.kill()
            second = _emit(acme)
            time.sleep(1.5)
            assert not _is_done(acme, second) and publisher.poll() is None
            broker.start_again()
            assert wait_until(lambda: _is_done(acme, second), timeout=30)

            publisher.send_signal(signal.SIGTERM)
            assert publisher.wait(timeout=30) == 0
    finally:
        broker.kill()
