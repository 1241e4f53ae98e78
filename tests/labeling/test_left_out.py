"""Files below a prefix that are no photos: counted once, named, all of them in a list to download."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from labeling.models import DataObject, LabelingJob, StorageConnection
from labeling.services.intake import reading, sources
from labeling.services.intake.context import IntakeRun
from maskwright.core.scope import organization_scope
from tests.factories.inputs import make_upload, order_job, photos, run_messages, write_photos
from tests.factories.work import bytes_of
from tests.plugins.cast import Company

OTHERS = 130


@pytest.fixture
def job(acme: Company, tmp_path: Path, settings: Settings) -> LabelingJob:
    """Two photos between other files: more of them than are named on a page."""
    settings.LOCAL_STORAGE_ROOTS = [str(tmp_path)]
    folder = tmp_path / "a"
    write_photos(folder / "m", 2)
    for number in range(OTHERS):
        (folder / f"notes-{number:03}.txt").write_text("no photo")
    (folder / "z <b>.mp4").write_text("a film")
    with organization_scope(acme.id):
        StorageConnection.objects.create(name="disk", kind="local", container=str(folder))
    return order_job(acme, f"file://{folder}/", output_uri=f"file://{folder}/out/")


def _preflight(company: Company, job: LabelingJob) -> Any:
    return company.client("manager").get(f"/api/v1/jobs/{job.pk}/preflight").json()


def test_they_are_counted_named_and_can_be_downloaded(acme: Company, job: LabelingJob) -> None:
    run_messages(acme, "job.intake")
    report = _preflight(acme, job)
    assert (report["usable"], report["lines"]) == (2, 2)
    assert report["left_out"]["count"] == OTHERS + 1
    assert report["left_out"]["names"][0] == f"{job.input_uri}notes-000.txt"
    assert len(report["left_out"]["names"]) == 100
    response = acme.client("manager").get(f"/api/v1/jobs/{job.pk}/preflight/left-out")
    rows = list(csv.reader(io.StringIO(bytes_of(response).decode())))
    assert rows[0] == ["address", "bytes"] and len(rows) == OTHERS + 2
    assert rows[-1] == [f"{job.input_uri}z <b>.mp4", "6"]
    page = acme.browser("manager").get(f"/manage/labeling/labelingjob/{job.pk}/change/").content.decode()
    assert f"{OTHERS + 1} files were left out" in page and "<li>notes-099.txt</li>" in page
    assert "notes-100.txt" not in page


def test_an_interrupted_reading_counts_each_of_them_once(
    acme: Company, job: LabelingJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "CHUNK", 1)
    monkeypatch.setattr(sources, "_OTHERS_AT_ONCE", 40)
    monkeypatch.setattr(IntakeRun, "is_over", lambda run: True)  # hands over after every chunk
    for _ in range(12):
        run_messages(acme, "job.intake")
    report = _preflight(acme, job)
    assert (report["state"], report["usable"], report["left_out"]["count"]) == ("ready", 2, OTHERS + 1)
    with organization_scope(acme.id):
        assert list(DataObject.objects.order_by("index").values_list("index", flat=True)) == [0, 1]


def test_a_manifest_and_a_clean_folder_leave_nothing_out(acme: Company) -> None:
    upload = make_upload(acme, {**photos(1), "in.manifest": b'{"source-ref": "upload://x/a.png"}\n'})
    job = order_job(acme, f"upload://{upload.pk}/in.manifest")
    run_messages(acme, "job.intake")
    assert _preflight(acme, job)["left_out"] == {"count": 0, "names": []}
    response = acme.client("manager").get(f"/api/v1/jobs/{job.pk}/preflight/left-out")
    assert (response.status_code, response.json()["code"]) == (404, "not_found")
