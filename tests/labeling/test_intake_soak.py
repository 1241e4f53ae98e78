"""Intake of 10,000 photos: bounded memory, visible progress, resumed after a kill (`make soak`)."""

import json
import re
import signal
import time
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from labeling.models import Task
from labeling.services.storage_connections import save_storage_connection
from labeling.states import JobState
from maskwright.core.scope import organization_scope
from tests.factories.inputs import order_job, write_photos
from tests.factories.workers import end_lease, intake_report, start_worker, wait_until_judged
from tests.plugins.cast import Company

PHOTOS = 10_000
MEMORY = 400 * 1024 * 1024  # bytes; Django with its libraries takes about half of it


def _peak(pid: int) -> int:
    """The most memory a process had so far, in bytes."""
    text = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", text)
    return int(found[1]) * 1024 if found else 0


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_10000_photos(
    committed: None, acme: Company, tmp_path: Path, settings: Settings, database_urls: dict[str, str]
) -> None:
    settings.LOCAL_STORAGE_ROOTS = [str(tmp_path)]
    changes = json.dumps({"LOCAL_STORAGE_ROOTS": [str(tmp_path)]})
    write_photos(tmp_path / "in", PHOTOS)
    with organization_scope(acme.id):
        save_storage_connection(name="disk", kind="local", container=str(tmp_path / "in"))
    job = order_job(acme, f"file://{tmp_path}/in/")
    began = time.monotonic()
    worker = start_worker(acme, "job.intake", database_urls, changes)
    wait_until_judged(acme, job, PHOTOS // 2, worker, seconds=600)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    end_lease(acme, "job.intake")
    worker = start_worker(acme, "job.intake", database_urls, changes)
    peak, seen = 0, set()
    while worker.poll() is None:
        try:
            peak = max(peak, _peak(worker.pid))
        except OSError:
            break
        seen.add(intake_report(acme, job)[1])
        time.sleep(0.2)
    assert worker.wait(60) == 0
    seconds = time.monotonic() - began
    print(f"\nintake: {PHOTOS:,} photos in {seconds:.0f} s with one kill, peak {peak / 2**20:.0f} MB")
    with organization_scope(acme.id):
        job.refresh_from_db()
        assert (job.state, job.preflight["usable"]) == (JobState.READY, PHOTOS)
        assert Task.objects.filter(job=job).count() == PHOTOS
    assert peak < MEMORY
    assert len(seen) > 10, "progress is to be seen while it runs"
