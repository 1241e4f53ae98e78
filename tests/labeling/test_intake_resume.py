"""An intake that is killed goes on where it was: real processes, a real S3 server, real commits."""

import os
import signal
import subprocess
import sys
import textwrap
import time
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from labeling.models import DataObject, LabelingJob, StorageConnection, Task
from labeling.services.intake import photos as photo_pass
from labeling.services.intake import reading
from labeling.states import JobState
from maskwright.core import outbox
from maskwright.core.models import OutboxMessage
from maskwright.core.scope import organization_scope
from tests.factories.inputs import make_upload, order_job, photos, run_messages
from tests.factories.jobs import photo
from tests.plugins.cast import Company
from tests.plugins.s3 import S3
from workforce.models import WorkItem

ROOT = Path(__file__).resolve().parents[2]

_WORKER = textwrap.dedent("""
    import sys, uuid
    from django.conf import settings
    import django
    django.setup()
    settings.STORAGE_ENDPOINTS = [sys.argv[4]]
    from maskwright.core import outbox
    outbox.run(uuid.UUID(sys.argv[1]), uuid.UUID(sys.argv[2]), sys.argv[3])
""")


def _message(company: Company) -> uuid.UUID:
    with organization_scope(company.id):
        return OutboxMessage.objects.get(topic="job.intake").pk  # type: ignore[no-any-return]


def _start_worker(company: Company, urls: dict[str, str], endpoint: str) -> subprocess.Popen[bytes]:
    """A process that runs the message, as a Celery worker does."""
    path = f"{ROOT / 'platform'}{os.pathsep}{ROOT}"
    environment = {**os.environ, **urls, "PYTHONPATH": path}
    arguments = [str(_message(company)), str(company.id), "job.intake", endpoint]
    return subprocess.Popen([sys.executable, "-c", _WORKER, *arguments], env=environment)


def _report(company: Company, job: LabelingJob) -> tuple[int, int]:
    """(data objects read, photos judged) as committed."""
    with organization_scope(company.id):
        job.refresh_from_db()
        judged = job.preflight.get("usable", 0) + job.preflight.get("unusable", 0)
        return DataObject.objects.filter(job=job).count(), judged


def _end_lease(company: Company) -> None:
    """As if the killed worker's lease had run out: nobody waits a minute in a test."""
    with organization_scope(company.id), connection.cursor() as cursor:
        cursor.execute("UPDATE core_outboxmessage SET lease_until = NULL WHERE topic = 'job.intake'")


def _wait_until_judged(company: Company, job: LabelingJob, number: int, worker: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while _report(company, job)[1] < number:
        assert worker.poll() is None, "the worker ended before it could be killed"
        assert time.monotonic() < deadline, "no progress"
        time.sleep(0.01)


def _assert_whole(company: Company, job: LabelingJob, total: int, unusable: int) -> None:
    with organization_scope(company.id):
        job.refresh_from_db()
        objects = list(DataObject.objects.filter(job=job).order_by("index"))
        items = WorkItem.objects.filter(work_queue_id=job.work_queue_id)
        positions = sorted(items.values_list("position", flat=True))
        tasks = Task.objects.filter(job=job).count()
    assert job.state == JobState.READY
    assert [item.index for item in objects] == list(range(total))
    assert sum(bool(item.problem_code) for item in objects) == unusable
    assert positions == [item.index for item in objects if not item.problem_code]
    assert tasks == total - unusable
    assert (job.preflight["usable"], job.preflight["unusable"]) == (total - unusable, unusable)


def test_200_photos_over_s3_with_two_kills(
    committed: None, acme: Company, s3: S3, database_urls: dict[str, str]
) -> None:
    s3.connect(acme, "bucket-1")
    files = {f"in/{n:04}.png": photo(12, 8, 40 + n % 200) if n % 20 else b"damaged" for n in range(200)}
    s3.put("bucket-1", files)
    job = order_job(acme, "s3://bucket-1/in/", output_uri="s3://bucket-1/out/")
    endpoint = s3.address.removeprefix("http://")
    for judged in (32, 96):
        worker = _start_worker(acme, database_urls, endpoint)
        _wait_until_judged(acme, job, judged, worker)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        _end_lease(acme)
        assert _report(acme, job)[0] == 200
    assert judged <= _report(acme, job)[1] < 200
    assert _start_worker(acme, database_urls, endpoint).wait(120) == 0
    _assert_whole(acme, job, 200, 10)


class _Killed(BaseException):
    """Ends a run as a kill does: no handler of ours catches it."""


def _killing(original: Any, calls: int) -> Any:
    """A chunk's transaction that dies at its end, before the commit, in the given call."""
    left = [calls]

    def write(*arguments: Any) -> Any:
        result = original(*arguments)
        left[0] -= 1
        if left[0] == 0:
            raise _Killed
        return result

    return write


@pytest.mark.parametrize(("module", "chunk"), [(reading, 7), (photo_pass, 4)])
@pytest.mark.parametrize("calls", [1, 3])
def test_a_run_that_dies_between_chunks_is_repeated_without_doubles(
    committed: None, acme: Company, monkeypatch: pytest.MonkeyPatch, module: Any, chunk: int, calls: int
) -> None:
    monkeypatch.setattr(module, "CHUNK", chunk)
    upload = make_upload(acme, photos(20))
    job = order_job(acme, f"upload://{upload.pk}/")
    with monkeypatch.context() as patch:
        patch.setattr(module, "_write_chunk", _killing(module._write_chunk, calls))
        with pytest.raises(_Killed):
            run_messages(acme, "job.intake")
    _end_lease(acme)
    run_messages(acme, "job.intake")
    _assert_whole(acme, job, 20, 0)


def test_two_runs_at_once_make_each_task_once(committed: None, acme: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lease that ran out although its run still lives: the older run finds its chunk taken."""
    monkeypatch.setattr(photo_pass, "CHUNK", 4)
    upload = make_upload(acme, photos(10))
    job = order_job(acme, f"upload://{upload.pk}/")
    original, entered = photo_pass._write_chunk, []

    def overtaken(*arguments: Any) -> None:
        if not entered:
            entered.append(True)
            _end_lease(acme)
            assert outbox.run(_message(acme), acme.id, "job.intake")
        original(*arguments)

    monkeypatch.setattr(photo_pass, "_write_chunk", overtaken)
    run_messages(acme, "job.intake")
    _assert_whole(acme, job, 10, 0)


def test_a_manifest_that_changes_while_it_is_read_fails_the_job(
    committed: None, acme: Company, s3: S3, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "CHUNK", 2)
    s3.connect(acme, "bucket-1")
    lines = [f'{{"source-ref":"s3://bucket-1/{n}.png"}}' for n in range(6)]
    s3.put("bucket-1", {"m.manifest": "\n".join(lines).encode()})
    job = order_job(acme, "s3://bucket-1/m.manifest")
    with monkeypatch.context() as patch:
        patch.setattr(reading, "_write_chunk", _killing(reading._write_chunk, 2))
        with pytest.raises(_Killed):
            run_messages(acme, "job.intake")
    s3.put("bucket-1", {"m.manifest": "\n".join(reversed(lines)).encode()})
    _end_lease(acme)
    run_messages(acme, "job.intake")
    with organization_scope(acme.id):
        job.refresh_from_db()
    assert (job.state, "manifest changed" in job.failure_reason) == (JobState.FAILED, True)


def test_a_storage_that_is_down_is_asked_again_later(
    committed: None, acme: Company, s3: S3, settings: Settings
) -> None:
    """Nothing is blamed on the photos: the job waits; when the storage never comes back it fails with a sentence."""
    s3.connect(acme, "bucket-1")
    s3.put("bucket-1", {"in/a.png": photo(4, 4)})
    job = order_job(acme, "s3://bucket-1/in/")
    with organization_scope(acme.id):
        settings.STORAGE_ENDPOINTS = [*settings.STORAGE_ENDPOINTS, "127.0.0.1:9"]
        StorageConnection.objects.update(endpoint="http://127.0.0.1:9")
    for _ in range(outbox.MAX_ATTEMPTS):
        with organization_scope(acme.id):
            job.refresh_from_db()
        assert (job.state, job.preflight) == (JobState.INITIALIZING, {})
        run_messages(acme, "job.intake")
    with organization_scope(acme.id):
        job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert job.failure_reason.startswith("The photos could not be read: The storage did not answer.")


def test_single_photos_that_are_refused_or_missing_are_their_own_problem(
    committed: None, acme: Company, s3: S3
) -> None:
    s3.connect(acme, "bucket-1")
    lines = [f'{{"source-ref":"s3://bucket-1/{name}.png"}}\n' for name in "ab"]
    s3.put("bucket-1", {"a.png": photo(4, 4), "m.manifest": "".join(lines).encode()})
    job = order_job(acme, "s3://bucket-1/m.manifest")
    run_messages(acme, "job.intake")
    with organization_scope(acme.id):
        job.refresh_from_db()
        found = list(DataObject.objects.filter(job=job).order_by("index").values_list("problem_code", flat=True))
    assert found == ["", "missing"]
    assert job.state == JobState.READY
