"""`manage.py doctor`: what it finds beyond the servers, and that it looks through a running installation's eyes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from maskwright.config import diagnosis, probes
from maskwright.config.running import running_environment
from maskwright.core.models import OutboxMessage
from maskwright.core.outbox import Message, emit
from maskwright.core.scope import organization_scope
from maskwright.supervise.doctor import Verdict
from maskwright.supervise.processes import wait_until
from tests.plugins.cast import Company


@pytest.mark.django_db(databases=["default", "ops"])
def test_a_migrated_database_with_a_writable_storage_is_fine() -> None:
    for check in (
        diagnosis.check_migrations,
        diagnosis.check_tenants,
        diagnosis.check_storage,
        diagnosis.check_settings,
    ):
        assert check().verdict is Verdict.FINE


def test_a_storage_that_cannot_be_written_is_wrong(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setattr(settings, "MASKWRIGHT_STORAGE", f"file://{tmp_path}/file")
    finding = diagnosis.check_storage()
    assert finding.verdict is Verdict.WRONG and "MASKWRIGHT_STORAGE" in finding.to_do


@pytest.mark.usefixtures("committed")
def test_messages_that_were_given_up_are_named_with_their_reason(acme: Company) -> None:
    assert diagnosis.check_outbox().verdict is Verdict.FINE
    with organization_scope(acme.id):
        emit(Message("job.intake", acme.id, {"job_id": "0"}))
        OutboxMessage.objects.update(dead_at=timezone.now(), error="The storage refused the key.")
    finding = diagnosis.check_outbox()
    assert finding.verdict is Verdict.WARNING
    assert "job.intake" in finding.seen and "The storage refused the key." in finding.seen


def test_without_a_worker_and_operations_it_says_how_to_start_them() -> None:
    probes.broker_client().delete(probes.NOTE_KEY)
    assert "celery" in diagnosis.check_worker().to_do
    assert "run_operations" in diagnosis.check_operations().to_do


def test_a_safe_production_asks_for_a_key_and_hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRODUCTION", "1")
    monkeypatch.delenv("SECRET_KEY")
    finding = diagnosis.check_settings()
    assert finding.verdict is Verdict.WRONG and "SECRET_KEY" in finding.to_do


def test_the_environment_of_a_running_installation_is_found(tmp_path: Path) -> None:
    environment = {**os.environ, "MASKWRIGHT_HOME": str(tmp_path), "DATABASE_URL": "postgresql://somewhere/db"}
    process = subprocess.Popen([sys.executable, "-c", "input()"], env=environment, stdin=subprocess.PIPE)
    try:
        (tmp_path / "ready.json").write_text(json.dumps({"pids": {"web": process.pid}}))
        # Until the child has begun its program its environment is still this one's.
        assert wait_until(lambda: running_environment(tmp_path) is not None, timeout=40)
        found = running_environment(tmp_path)
        assert found is not None and found["DATABASE_URL"] == "postgresql://somewhere/db"
        (tmp_path / "ready.json").write_text(json.dumps({"pids": {"web": os.getpid()}}))
        assert running_environment(tmp_path) is None  # the number is another program's by now
    finally:
        process.kill()
        process.wait()
    assert running_environment(tmp_path / "nothing") is None


@pytest.mark.parametrize(
    ("command", "address", "said"),
    [
        (["doctor"], "nonsense", "must start with postgresql://"),
        (["password_link", "ada"], "", "Is Maskwright running"),
    ],
)
def test_what_cannot_start_is_told_in_a_sentence(tmp_path: Path, command: list[str], address: str, said: str) -> None:
    environment = {"PATH": os.environ["PATH"], "MASKWRIGHT_HOME": str(tmp_path)}
    if address:
        environment["DATABASE_URL"] = address
    program = [sys.executable, str(settings.ROOT / "manage.py"), *command]
    done = subprocess.run(program, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1
    assert said in done.stderr + done.stdout
    assert "Traceback" not in done.stderr
