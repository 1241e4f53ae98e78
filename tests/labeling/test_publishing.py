"""The output manifest in the end holds every mask, in whatever order runs end and messages get lost."""

import uuid
from datetime import timedelta
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from django.utils import timezone

from labeling.models import ConsolidatedAnnotation, LabelingJob, Task
from labeling.services.consolidation import consolidate_task
from labeling.services.jobs import stop_job
from labeling.services.publishing import finish_job, publish_job
from labeling.services.reconcile import reconcile_organization
from labeling.services.tasks import start_consolidation
from labeling.storage.outputs import output_manifest_uri
from maskwright.core.models import OutboxMessage
from maskwright.core.objects import ObjectStoreError, blob_store
from maskwright.core.objects.local import LocalStore
from maskwright.core.scope import organization_scope
from tests.factories.inputs import run_messages
from tests.factories.jobs import MadeJob, make_job
from tests.factories.work import claim, mask_png, submit
from tests.plugins.cast import Company
from workforce.services.expiry import end_stopping_queues
from workforce.services.items import settle_item


@pytest.fixture
def made(acme: Company) -> MadeJob:
    """A job with one consolidated photo, every message of it lost."""
    job = make_job(acme, objects=1)
    for who in ("labeler", "labeler2", "labeler3"):
        client = acme.client(who)
        submit(client, claim(client).json(), mask_png(np.ones((8, 12), dtype=np.uint8)))
    with organization_scope(acme.id):
        settle_item(item_id=job.tasks[0].work_item_id)
    consolidate_task(organization_id=acme.id, task_id=job.tasks[0].pk)
    with organization_scope(acme.id):
        OutboxMessage.objects.all().delete()
        long_ago = timezone.now() - timedelta(minutes=5)
        ConsolidatedAnnotation.objects.update(creation_date=long_ago)
    return job


def _waiting(acme: Company) -> list[str]:
    with organization_scope(acme.id):
        return list(OutboxMessage.objects.filter(topic="job.publish").values_list("key", flat=True))


def _written_at(acme: Company, made: MadeJob, seconds: float) -> None:
    """The manifest's time, relative to the consolidation's."""
    with organization_scope(acme.id):
        created = ConsolidatedAnnotation.objects.get().created_at
        LabelingJob.objects.filter(pk=made.id).update(manifest_written_at=created + timedelta(seconds=seconds))


def test_a_run_that_ends_after_a_newer_one_asks_for_another(acme: Company, made: MadeJob) -> None:
    publish_job(organization_id=acme.id, job_id=made.id)
    assert _waiting(acme) == []
    _written_at(acme, made, 3600)
    publish_job(organization_id=acme.id, job_id=made.id)
    assert _waiting(acme) == [str(made.id)]


@pytest.mark.parametrize(("seconds", "again"), [(-5, True), (5, True), (90, False)])
def test_a_mask_that_the_manifest_may_lack_is_published_again(
    acme: Company, made: MadeJob, seconds: float, again: bool
) -> None:
    _written_at(acme, made, seconds)
    with organization_scope(acme.id):
        reconcile_organization()
    assert (_waiting(acme) == [str(made.id)]) is again


# --- Whoever sees an end finds the manifest -----------------------------------------------------------------------


def _manifest(acme: Company, made: MadeJob) -> list[bytes]:
    key = output_manifest_uri(made.job).removeprefix("maskwright://output/")
    return blob_store().get(f"org/{acme.id}/output/{key}").splitlines()


def _state(acme: Company, made: MadeJob) -> str:
    with organization_scope(acme.id):
        return str(LabelingJob.objects.get(pk=made.id).state)


def _finish_messages(acme: Company) -> int:
    with organization_scope(acme.id):
        return OutboxMessage.objects.filter(topic="job.finish", done_at=None).count()


def test_the_state_is_completed_only_once_the_manifest_is_whole(
    acme: Company, made: MadeJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every look at the state while the file is written, and after a write that fails, says `in progress`."""
    seen, real = [], LocalStore.put_file

    def watched(self: LocalStore, key: str, source: Any, **options: Any) -> None:
        seen.append(_state(acme, made))
        if len(seen) == 1:
            raise ObjectStoreError("The disk is full.")
        real(self, key, source, **options)
        seen.append(_state(acme, made))

    monkeypatch.setattr(LocalStore, "put_file", watched)
    with pytest.raises(ObjectStoreError):
        finish_job(organization_id=acme.id, job_id=made.id)
    assert _state(acme, made) == "in_progress"
    assert finish_job(organization_id=acme.id, job_id=made.id)
    assert seen == ["in_progress"] * 5  # two files, before and after
    assert _state(acme, made) == "completed"
    (line,) = _manifest(acme, made)
    assert b"answer-ref-metadata" in line


def test_an_older_manifest_never_replaces_the_last_one(
    acme: Company, made: MadeJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that read its lines earlier is still writing: the job waits for it, then writes its own and completes."""
    ended, real = [], LocalStore.put_file

    def slow(self: LocalStore, key: str, source: Any, **options: Any) -> None:
        if "intermediate" in key:
            real(self, key, source, **options)
            return
        monkeypatch.setattr(LocalStore, "put_file", real)
        ended.append(finish_job(organization_id=acme.id, job_id=made.id))
        real(self, key, BytesIO(b"older\n"), **options)

    monkeypatch.setattr(LocalStore, "put_file", slow)
    publish_job(organization_id=acme.id, job_id=made.id)
    assert (ended, _state(acme, made), _manifest(acme, made)) == ([False], "in_progress", [b"older"])
    assert _finish_messages(acme) == 1
    assert finish_job(organization_id=acme.id, job_id=made.id)
    assert b"answer-ref-metadata" in _manifest(acme, made)[0]


def test_the_lease_of_a_killed_writer_ends(acme: Company, made: MadeJob) -> None:
    with organization_scope(acme.id):
        held = {"manifest_run": uuid.uuid4(), "manifest_run_until": timezone.now() + timedelta(seconds=5)}
        LabelingJob.objects.filter(pk=made.id).update(**held)
    assert not finish_job(organization_id=acme.id, job_id=made.id)
    with organization_scope(acme.id):
        LabelingJob.objects.filter(pk=made.id).update(manifest_run_until=timezone.now() - timedelta(seconds=1))
    assert finish_job(organization_id=acme.id, job_id=made.id)


def test_a_job_whose_end_was_lost_is_found_by_the_reconciler(acme: Company, made: MadeJob) -> None:
    with organization_scope(acme.id):
        reconcile_organization()
    assert _finish_messages(acme) == 1
    run_messages(acme, "job.finish")
    assert _state(acme, made) == "completed"


def test_an_object_tried_again_while_the_last_manifest_is_written_keeps_the_job_going(
    acme: Company, made: MadeJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = LocalStore.put_file

    def again(self: LocalStore, key: str, source: Any, **options: Any) -> None:
        monkeypatch.setattr(LocalStore, "put_file", real)
        real(self, key, source, **options)
        with organization_scope(acme.id):
            start_consolidation(Task.objects.get(job_id=made.id))

    monkeypatch.setattr(LocalStore, "put_file", again)
    assert not finish_job(organization_id=acme.id, job_id=made.id)
    assert _state(acme, made) == "in_progress"


def test_a_stopped_job_has_the_masks_of_what_was_answered(acme: Company) -> None:
    """It is stopping until the answers that came in are consolidated and in its manifest."""
    made = make_job(acme, objects=2)
    client = acme.client("labeler")
    submit(client, claim(client).json(), mask_png(np.ones((8, 12), dtype=np.uint8)))
    with organization_scope(acme.id):
        stop_job(job_id=made.id)
        assert end_stopping_queues() == 1
    run_messages(acme, "job.finish")
    assert _state(acme, made) == "stopping"
    assert run_messages(acme, "task.consolidate") == 1
    with organization_scope(acme.id):
        OutboxMessage.objects.all().delete()  # and its end was lost
        reconcile_organization()
    run_messages(acme, "job.finish")
    assert _state(acme, made) == "stopped"
    assert sorted(b"answer-ref-metadata" in line for line in _manifest(acme, made)) == [False, True]
