"""From a job's input to data objects and tasks."""

import json
import struct
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from pytest_django.fixtures import Settings

from labeling.models import DataObject, LabelingJob, StorageConnection, Task
from labeling.services.intake import context, reading
from labeling.services.intake import photos as photo_pass
from labeling.states import JobState
from maskwright.core.scope import organization_scope
from tests.factories.inputs import jpeg, make_upload, order_job, photos, run_messages, write_photos
from tests.factories.jobs import photo
from tests.plugins.cast import Company
from workforce.models import WorkItem, WorkQueue
from workforce.states import QueueState


def _taken_in(company: Company, job: LabelingJob) -> LabelingJob:
    assert run_messages(company, "job.intake") == 1
    with organization_scope(company.id):
        job.refresh_from_db()
    return job


def _objects(company: Company, job: LabelingJob) -> list[DataObject]:
    with organization_scope(company.id):
        return list(DataObject.objects.filter(job=job).order_by("index"))


def test_an_uploaded_folder_becomes_tasks(acme: Company) -> None:
    upload = make_upload(acme, photos(3))
    job = _taken_in(acme, order_job(acme, f"upload://{upload.pk}/"))
    assert (job.state, job.intake_lines) == (JobState.READY, 3)
    assert job.preflight["usable"] == 3
    with organization_scope(acme.id):
        tasks = list(Task.objects.filter(job=job).select_related("data_object", "work_item"))
        assert [(t.data_object.index, t.work_item.position) for t in tasks] == [(0, 0), (1, 1), (2, 2)]
        assert {t.work_item.labelers_wanted for t in tasks} == {3}
    first = _objects(acme, job)[0]
    assert (first.width, first.height, first.format) == (12, 8, "PNG")
    assert first.line == f'{{"source-ref":"upload://{upload.pk}/photo-0000.png"}}'


def test_a_job_starts_by_itself_when_its_photos_are_checked(acme: Company) -> None:
    upload = make_upload(acme, photos(1))
    job = _taken_in(acme, order_job(acme, f"upload://{upload.pk}/", start_when_ready=True))
    assert job.state == JobState.IN_PROGRESS
    with organization_scope(acme.id):
        assert WorkQueue.objects.get(pk=job.work_queue_id).state == QueueState.OPEN


def test_a_local_folder_is_read_through_its_connection(acme: Company, tmp_path: Path, settings: Settings) -> None:
    settings.LOCAL_STORAGE_ROOTS = [str(tmp_path)]
    write_photos(tmp_path / "a" / "deep", 2)
    (tmp_path / "a" / "notes.txt").write_text("no photo")
    (tmp_path / "a" / ".hidden.png").write_bytes(photo(4, 4))
    with organization_scope(acme.id):
        StorageConnection.objects.create(name="disk", kind="local", container=str(tmp_path / "a"))
    job = _taken_in(acme, order_job(acme, f"file://{tmp_path}/a/", output_uri=f"file://{tmp_path}/a/out"))
    assert job.state == JobState.READY
    assert [o.source_ref for o in _objects(acme, job)] == [
        f"file://{tmp_path}/a/deep/photo-0000.png",
        f"file://{tmp_path}/a/deep/photo-0001.png",
    ]


def test_results_below_the_prefix_are_no_photos(acme: Company, tmp_path: Path, settings: Settings) -> None:
    settings.LOCAL_STORAGE_ROOTS = [str(tmp_path)]
    write_photos(tmp_path / "a", 1)
    write_photos(tmp_path / "a" / "out" / "older-job", 2)
    with organization_scope(acme.id):
        StorageConnection.objects.create(name="disk", kind="local", container=str(tmp_path / "a"))
    job = _taken_in(acme, order_job(acme, f"file://{tmp_path}/a/", output_uri=f"file://{tmp_path}/a/out/"))
    assert len(_objects(acme, job)) == 1


def _bomb() -> bytes:
    """A few bytes that claim to be 8000 x 8000 pixels."""
    whole = bytearray(photo(4, 4))
    whole[16:24] = struct.pack(">II", 8000, 8000)  # IHDR's width and height
    whole[29:33] = struct.pack(">I", zlib.crc32(whole[12:29]))
    return bytes(whole)


def test_each_unusable_photo_has_its_own_reason(acme: Company) -> None:
    sixteen, gif = BytesIO(), BytesIO()
    Image.new("I;16", (8, 8)).save(sixteen, "PNG")
    Image.new("L", (8, 8)).save(gif, "GIF")
    whole = photo(60, 60)
    files = {
        "a-good.png": photo(12, 8),
        "b-cmyk.jpg": jpeg(8, 8, mode="CMYK"),
        "c-deep.png": sixteen.getvalue(),
        "d-cut.png": whole[: len(whole) - 30],
        "e-lies.png": jpeg(8, 8),
        "f-text.jpg": b"not a picture at all",
        "g-film.gif": gif.getvalue(),
        "h-wide.png": photo(9000, 1),
        "i-empty.png": b"",
        "j-bomb.png": _bomb(),
    }
    upload = make_upload(acme, files)
    job = _taken_in(acme, order_job(acme, f"upload://{upload.pk}/"))
    found = {o.source_ref.rpartition("/")[2]: o.problem_code for o in _objects(acme, job)}
    assert found == {
        "a-good.png": "",
        "b-cmyk.jpg": "cmyk",
        "c-deep.png": "sixteen_bit",
        "d-cut.png": "truncated",
        "e-lies.png": "wrong_extension",
        "f-text.jpg": "not_an_image",
        "g-film.gif": "unsupported_format",
        "h-wide.png": "too_large_side",
        "i-empty.png": "empty",
        "j-bomb.png": "bomb",
    }
    assert all(o.problem for o in _objects(acme, job) if o.problem_code)
    assert (job.preflight["usable"], job.preflight["unusable"]) == (1, 9)
    assert job.preflight["reasons"]["cmyk"] == 1


def test_too_many_bytes_are_refused_before_they_are_read(acme: Company, settings: Settings) -> None:
    settings.IMAGE_MAX_BYTES = 1000
    noise = BytesIO()
    Image.effect_noise((60, 60), 80).save(noise, "PNG")
    upload = make_upload(acme, {"a.png": photo(4, 4), "b.png": noise.getvalue()})
    job = _taken_in(acme, order_job(acme, f"upload://{upload.pk}/"))
    assert job.preflight["reasons"] == {"too_many_bytes": 1}


def test_a_job_without_a_usable_photo_fails_with_a_sentence(acme: Company) -> None:
    upload = make_upload(acme, {"a.png": b"nothing"})
    job = _taken_in(acme, order_job(acme, f"upload://{upload.pk}/"))
    assert job.state == JobState.FAILED
    assert "None of the 1 photos can be used" in job.failure_reason
    with organization_scope(acme.id):
        assert WorkQueue.objects.get(pk=job.work_queue_id).state == QueueState.DRAFT


def test_broken_lines_become_objects_with_their_reason(acme: Company) -> None:
    upload = make_upload(acme, photos(2))
    ref = f"upload://{upload.pk}/photo-0000.png"
    lines = [
        json.dumps({"source-ref": ref, "split": "train", "score": 1.0}),
        "{broken",
        "",
        json.dumps({"split": "x"}),
        json.dumps({"source-ref": f"upload://{upload.pk}/gone.png"}),
        json.dumps({"source-ref": "s3://other-bucket/a.png"}),
        '{"source-ref":"s3://b/a.png","source-ref":"s3://b/b.png"}',
        json.dumps({"source-ref": ref}),
        'a\0b "nul" \xff',
    ]
    manifest = "\r\n".join(lines).encode("latin-1")
    place = make_upload(acme, {"list.manifest": manifest})
    job = _taken_in(acme, order_job(acme, f"upload://{place.pk}/list.manifest"))
    assert [(o.index, o.problem_code) for o in _objects(acme, job)] == [
        (0, ""),
        (1, "broken_json"),
        (3, "missing_source_ref"),
        (4, "object_missing"),
        (5, "address_unusable"),
        (6, "duplicate_key"),
        (7, ""),
        (8, "bad_utf8"),
    ]
    kept = ["".join(o.line.split("\ufffd")) for o in _objects(acme, job)]
    assert kept == [line.replace("\0", "").replace("\xff", "") for line in lines if line]  # each its own, not the next
    assert job.preflight["warnings"] == {"blank_line": 1, "duplicate_source_ref": 1}
    assert "storage connection" in _objects(acme, job)[4].problem


def test_lines_that_have_the_label_already_pass_through(acme: Company) -> None:
    upload = make_upload(acme, photos(2))
    done = {"source-ref": f"upload://{upload.pk}/photo-0000.png", "mine-ref": "s3://b/mask.png"}
    todo = {"source-ref": f"upload://{upload.pk}/photo-0001.png"}
    place = make_upload(acme, {"m.jsonl": f"{json.dumps(done)}\n{json.dumps(todo)}\n".encode()})
    job = order_job(acme, f"upload://{place.pk}/m.jsonl", label_attribute_name="mine-ref")
    job = _taken_in(acme, job)
    assert (job.preflight["usable"], job.preflight["unusable"], job.preflight["already_labeled"]) == (1, 0, 1)
    with organization_scope(acme.id):
        assert WorkItem.objects.filter(work_queue_id=job.work_queue_id).count() == 1


def test_running_a_finished_intake_again_changes_nothing(acme: Company) -> None:
    upload = make_upload(acme, photos(2))
    job = _taken_in(acme, order_job(acme, f"upload://{upload.pk}/"))
    with organization_scope(acme.id):
        from labeling.services.jobs.create import intake_message
        from maskwright.core.outbox import emit

        emit(intake_message(job))
    job = _taken_in(acme, job)
    assert (job.state, job.preflight["usable"], len(_objects(acme, job))) == (JobState.READY, 2, 2)


@pytest.mark.parametrize("kind", ["gone", "unknown"])
def test_a_storage_that_went_away_fails_the_job_at_once(acme: Company, kind: str) -> None:
    place = make_upload(acme, {"m.manifest": b'{"source-ref":"s3://b/a.png"}\n'})
    job = order_job(acme, f"upload://{place.pk}/m.manifest")
    with organization_scope(acme.id):
        if kind == "gone":
            place.files.all().delete()
        else:
            LabelingJob.objects.filter(pk=job.pk).update(input_uri="s3://nobody-has-this/m.manifest")
    job = _taken_in(acme, job)
    assert job.state == JobState.FAILED
    assert job.failure_reason


def test_a_long_intake_hands_over_to_itself(acme: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each run does one chunk here; a new message goes on, and no start is counted as a failure."""
    monkeypatch.setattr(context, "RUN_SECONDS", 0.0)
    monkeypatch.setattr(reading, "CHUNK", 2)
    monkeypatch.setattr(photo_pass, "CHUNK", 2)
    upload = make_upload(acme, photos(9))
    job = order_job(acme, f"upload://{upload.pk}/")
    runs = 0
    while run_messages(acme, "job.intake"):
        runs += 1
    with organization_scope(acme.id):
        job.refresh_from_db()
        assert (job.state, job.preflight["usable"]) == (JobState.READY, 9)
        assert Task.objects.filter(job=job).count() == 9
    assert runs > 8
