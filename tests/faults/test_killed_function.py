"""A worker killed while a function of somebody's is thinking: another asks the same again, and it counts once."""

import os
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from labeling.models import ConsolidatedAnnotation, FunctionCall, Task
from maskwright.core.scope import organization_scope
from maskwright.supervise.processes import wait_until
from tests.factories.jobs import make_job
from tests.factories.work import claim, flat_mask, submit
from tests.faults.test_killed_worker import _group, _kill
from tests.labeling.functions.answered import first_workers, says, use
from tests.plugins.broker import Broker
from tests.plugins.cast import Company
from tests.plugins.receiver import Got, Receiver


@pytest.mark.usefixtures("committed")
def test_a_function_whose_caller_was_killed_is_asked_the_same_again(
    acme: Company, webhook: Receiver, database_urls: dict[str, str], tmp_path: Path
) -> None:
    broker = Broker(tmp_path)
    path = f"{settings.ROOT / 'platform'}:{settings.ROOT}"
    env = {**os.environ, **database_urls, "REDIS_URL": broker.server.url, "PYTHONPATH": path}
    env |= {"MASKWRIGHT_STORAGE": settings.MASKWRIGHT_STORAGE, "WEBHOOK_ENDPOINTS": webhook.host}
    operations = (sys.executable, str(settings.ROOT / "manage.py"), "run_operations")
    worker = (sys.executable, "-m", "celery", "-A", "maskwright.config.celery", "worker", "-c", "1", "-l", "WARNING")
    killed = threading.Event()

    def thinks(got: Got) -> tuple[int, Any]:
        if not killed.is_set():
            killed.wait(60)
            return 500, {}
        return says(first_workers)(got)

    webhook.answer = thinks
    try:
        with _group(*operations, env=env):
            with _group(*worker, env=env) as doomed:
                made = make_job(acme, objects=1, labelers=1)
                use(acme, webhook, made, timeout_seconds=120)
                labeler = acme.client("labeler")
                submit(labeler, claim(labeler, job=str(made.id)).json(), flat_mask(1))
                assert wait_until(lambda: bool(webhook.got), timeout=60)
                _kill(doomed)
                killed.set()
            with _group(*worker, env=env):
                assert wait_until(lambda: _state(acme, made.id) == "done", timeout=60)
    finally:
        killed.set()
        broker.kill()
    first, second = (got.headers["Idempotency-Key"] for got in webhook.got)
    assert first == second
    with organization_scope(acme.id):
        call = FunctionCall.objects.get()
        assert (call.state, call.attempts, call.error) == ("done", 0, "")
        assert ConsolidatedAnnotation.objects.count() == 1


def _state(acme: Company, job_id: Any) -> str:
    with organization_scope(acme.id):
        return str(Task.objects.get(job_id=job_id).state)
