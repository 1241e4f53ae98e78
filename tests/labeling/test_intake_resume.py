"""An intake that is killed goes on where it was: real processes, a real S3 server, real commits."""

import json
import signal
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from labeling.models import DataObject, LabelingJob, StorageConnection, Task
from labeling.services.intake import photos as photo_pass
from labeling.services.intake import reading
from labeling.states import JobState
from maskwright.core import outbox
from maskwright.core.scope import organization_scope
from tests.factories.inputs import make_upload, order_job, photos, run_messages
from tests.factories.jobs import photo
from tests.factories.workers import end_lease, intake_report, start_worker, wait_until_judged, waiting_message
from tests.plugins.cast import Company
from tests.plugins.s3 import S3
from workforce.models import WorkItem


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
    endpoint = json.dumps({"STORAGE_ENDPOINTS": [s3.address.removeprefix("http://")]})
    for judged in (32, 96):
        worker = start_worker(acme, "job.intake", database_urls, endpoint)
        wait_until_judged(acme, job, judged, worker)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        end_lease(acme, "job.intake")
        assert intake_report(acme, job)[0] == 200
    assert judged <= intake_report(acme, job)[1] < 200
    assert start_worker(acme, "job.intake", database_urls, endpoint).wait(120) == 0
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
    end_lease(acme, "job.intake")
    run_messages(acme, "job.intake")
    _assert_whole(acme, job, 20, 0)


def test_two_runs_at_once_make_each_task_once(committed: None, acme: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lease that ran out although its run still lives: the older run finds its chunk taken."""
    monkeypatch.setattr(photo_pass, "CHUNK", 4)
    upload = make_upload(acme, photos(10))
    job = order_job(acme, f"upload://{upload.pk}/")
    entered: list[Any] = []
    original = photo_pass._write_chunk

    def overtaken(*arguments: Any) -> None:
        if not entered:
            entered.append(True)
            end_lease(acme, "job.intake")
            assert outbox.run(waiting_message(acme, "job.intake"), acme.id, "job.intake")
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
    end_lease(acme, "job.intake")
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
