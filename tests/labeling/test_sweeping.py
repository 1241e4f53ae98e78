"""What nothing names any more is removed, and nothing else; also while the same bytes are stored again."""

import os
import threading
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from django.db import connections
from pytest_django.fixtures import Settings

from labeling.masks import sha256
from labeling.models import Annotation, ConsolidatedAnnotation, Draft, UploadedFile
from labeling.services import sweeping
from labeling.services.consolidation import consolidate_task
from labeling.services.sweeping import PARTS, sweep_storage
from maskwright.config.operations import sweep_all
from maskwright.core.models import OutboxMessage
from maskwright.core.objects import blob_store
from maskwright.core.objects.factory import blob_key
from maskwright.core.objects.local import LocalStore
from maskwright.core.scope import organization_scope
from tests.factories.inputs import run_messages
from tests.factories.jobs import MadeJob, make_job
from tests.factories.work import act, claim, flat_mask, index_of, mask_png, save_draft, submit
from tests.plugins.cast import Company
from tests.plugins.s3 import S3
from workforce.services.items import settle_item

DAY = 86400


def _sweep(company: Company) -> int:
    return sum(sweep_storage(organization_id=company.id, part=part) for part in range(len(PARTS)))


def _keep(company: Company, data: bytes, *, age: float = 2 * DAY, key: str = "") -> str:
    """Store bytes as they were stored so long ago (seconds)."""
    key = key or blob_key(company.id, sha256(data))
    blob_store().put(key, data)
    _make_old(key, age)
    return key


def _make_old(key: str, age: float = 2 * DAY) -> None:
    store = blob_store()
    assert isinstance(store, LocalStore)
    then = time.time() - age
    os.utime(store.root / key, (then, then))


def _make_all_old(company: Company) -> set[str]:
    keys = {item.key for item in blob_store().list(f"org/{company.id}/")}
    for key in keys:
        _make_old(key)
    return keys


def _work(acme: Company) -> MadeJob:
    """One of everything that is named: photos, answers of each kind, a draft, a consolidated mask and its heat."""
    made = make_job(acme, objects=2)
    for who, answer in (("labeler", flat_mask(1)), ("labeler2", flat_mask(2)), ("labeler3", {"kind": "empty"})):
        client = acme.client(who)
        while index_of(made, assignment := claim(client).json()):
            submit(client, assignment, mask_png(np.full((8, 12), 3, dtype=np.uint8)))
        assert submit(client, assignment, answer).status_code == 200
    with organization_scope(acme.id):
        settle_item(item_id=made.tasks[0].work_item_id)
    consolidate_task(organization_id=acme.id, task_id=made.tasks[0].pk)
    return made


def test_what_rows_name_stays_and_what_none_names_goes(acme: Company, initech: Company) -> None:
    _work(acme)
    made = make_job(acme, objects=1)
    client = acme.client("labeler")
    assignment = claim(client).json()
    assert save_draft(client, assignment, 1, flat_mask(1)).status_code == 200
    assert act(client, assignment, "draft/versions", flat_mask(3)).status_code == 201
    named = _make_all_old(acme)
    with organization_scope(acme.id):
        assert Draft.objects.exists() and ConsolidatedAnnotation.objects.exists()
        task, worker = made.tasks[0].pk, uuid.uuid4()
    orphans = [
        _keep(acme, b"a replaced upload"),
        _keep(acme, b"an older draft", key=f"org/{acme.id}/drafts/{task}/{worker}/{'a' * 64}"),
        _keep(acme, b"of a photo that is gone", key=f"org/{acme.id}/thumbnails/{'b' * 64}.jpg"),
    ]
    left_alone = {
        _keep(acme, b"stored an hour ago, its row not committed yet", age=3600),
        _keep(acme, b"not ours", key=f"org/{acme.id}/blobs/readme.txt"),
        _keep(acme, b"an output", key=f"org/{acme.id}/output/job/manifests/output/output.manifest"),
        _keep(initech, b"another tenant's"),
    }
    assert _sweep(acme) == len(orphans)
    assert _sweep(acme) == 0
    remaining = {item.key for item in blob_store().list("org/") if str(acme.id) in item.key}
    assert remaining == named | {key for key in left_alone if str(acme.id) in key}
    assert _sweep(initech) == 1


def test_the_bytes_of_a_replaced_upload_go_when_they_are_old(acme: Company) -> None:
    client = acme.client("manager")
    upload = client.post("/api/v1/uploads", {"name": "photos"}, content_type="application/json").json()["id"]
    for data in (b"one", b"two"):
        url = f"/api/v1/uploads/{upload}/files?name=a.png"
        assert client.put(url, data, content_type="application/octet-stream").status_code in (200, 201)
    assert _sweep(acme) == 0
    _make_all_old(acme)
    assert _sweep(acme) == 1
    assert not blob_store().exists(blob_key(acme.id, sha256(b"one")))
    assert blob_store().get(blob_key(acme.id, sha256(b"two"))) == b"two"


def test_many_are_swept_page_by_page_and_no_more_than_a_turn_may(
    acme: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = [_keep(acme, str(number).encode(), key=f"org/{acme.id}/blobs/{number:064x}") for number in range(10)]
    monkeypatch.setattr(sweeping, "PAGE", 3)
    monkeypatch.setattr(sweeping, "MOST", 7)
    assert [sweep_storage(organization_id=acme.id, part=part) for part in (1, 0, 0)] == [0, 7, 3]
    assert not any(blob_store().exists(key) for key in keys)


def test_the_hourly_sweep_reaches_every_organization(committed: None, acme: Company, initech: Company) -> None:
    """As role `ops` it reads which there are; the sweeping is done in each one's own scope, by messages."""
    for company in (acme, initech):
        _keep(company, b"orphan")
    assert sweep_all()["storage"] == 2
    for company in (acme, initech):
        with organization_scope(company.id):
            message = OutboxMessage.objects.get(topic="storage.sweep")
            message.payload = {"part": int(sha256(b"orphan")[0], 16)}
            message.save(update_fields=["payload"])
        assert run_messages(company, "storage.sweep") == 1
        assert not blob_store().exists(blob_key(company.id, sha256(b"orphan")))


def test_on_s3_too(acme: Company, s3: S3, settings: Settings) -> None:
    s3.client.create_bucket(Bucket="own")
    settings.MASKWRIGHT_STORAGE = "s3://own/data"
    settings.MASKWRIGHT_STORAGE_OPTIONS = {
        "access_key": "tester",
        "secret_key": "very-secret",
        "endpoint_url": s3.address,
    }
    made = make_job(acme, objects=1)
    orphan = blob_key(acme.id, sha256(b"orphan"))
    blob_store().put(orphan, b"orphan")
    age = datetime.now(UTC) - blob_store().modified(orphan)
    assert abs(age.total_seconds()) < 60
    assert _sweep(acme) == 0  # both are young
    settings.STORAGE_SWEEP_GRACE_SECONDS = 0
    assert _sweep(acme) == 1
    with organization_scope(acme.id):
        photo = UploadedFile.objects.get().sha256
    assert s3.keys("own") == [f"data/{blob_key(acme.id, photo)}"] and made


# --- The race -----------------------------------------------------------------------------------------------------


def _submits(acme: Company) -> tuple[str, Callable[[], Any]]:
    make_job(acme, objects=1)
    client = acme.client("labeler")
    assignment = claim(client).json()
    return blob_key(acme.id, sha256(flat_mask(2))), lambda: submit(client, assignment, flat_mask(2))


def _uploads(acme: Company) -> tuple[str, Callable[[], Any]]:
    client = acme.client("manager")
    upload = client.post("/api/v1/uploads", {"name": "photos"}, content_type="application/json").json()["id"]
    url = f"/api/v1/uploads/{upload}/files?name=a.png"
    key = blob_key(acme.id, sha256(b"photo"))
    return key, lambda: client.put(url, b"photo", content_type="application/octet-stream")


def _drafts(acme: Company) -> tuple[str, Callable[[], Any]]:
    """Undone strokes: the draft is what it was some drafts ago."""
    make_job(acme, objects=1)
    client = acme.client("labeler")
    assignment = claim(client).json()
    save_draft(client, assignment, 1, flat_mask(1))
    with organization_scope(acme.id):
        draft = Draft.objects.get()
    key = f"org/{acme.id}/drafts/{draft.task_id}/{draft.worker_id}/{sha256(flat_mask(2))}"
    return key, lambda: save_draft(client, assignment, 2, flat_mask(2))


def _consolidates(acme: Company) -> tuple[str, Callable[[], Any]]:
    made = make_job(acme, objects=1)
    for who in ("labeler", "labeler2", "labeler3"):
        submit(acme.client(who), claim(acme.client(who)).json(), {"kind": "empty"})
    with organization_scope(acme.id):
        settle_item(item_id=made.tasks[0].work_item_id)
    blank = mask_png(np.zeros((8, 12), dtype=np.uint8))
    task = made.tasks[0].pk
    return blob_key(acme.id, sha256(blank)), lambda: consolidate_task(organization_id=acme.id, task_id=task)


WRITERS = {"submit": _submits, "upload": _uploads, "draft": _drafts, "consolidation": _consolidates}


def _in_thread(work: Callable[[], Any]) -> threading.Thread:
    def run() -> None:
        try:
            work()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def _is_named(acme: Company, digest: str) -> bool:
    with organization_scope(acme.id):
        models: tuple[Any, ...] = (Annotation, UploadedFile, Draft, ConsolidatedAnnotation)
        return any(model.objects.filter(sha256=digest).exists() for model in models)


@pytest.mark.parametrize("writer", WRITERS)
def test_bytes_stored_again_while_the_sweeper_is_removing_them_stay(
    committed: None, acme: Company, monkeypatch: pytest.MonkeyPatch, writer: str
) -> None:
    """The sweeper has found that no row names them and that they are old; only the removing is left to do."""
    key, write = WRITERS[writer](acme)
    blob_store().put(key, b"the same bytes, of a time ago")
    _make_old(key)
    writers: list[threading.Thread] = []
    real = LocalStore.delete

    def delete(self: LocalStore, name: str) -> None:
        if name == key and not writers:
            writers.append(_in_thread(write))
            writers[0].join(timeout=2)  # without the lock it is done by now
        real(self, name)

    monkeypatch.setattr(LocalStore, "delete", delete)
    assert _sweep(acme) == 1
    writers[0].join(timeout=30)
    digest = key.rpartition("/")[2]
    assert _is_named(acme, digest)
    assert sha256(blob_store().get(key)) == digest


@pytest.mark.parametrize("writer", WRITERS)
def test_bytes_whose_row_is_not_committed_yet_stay(
    committed: None, acme: Company, monkeypatch: pytest.MonkeyPatch, settings: Settings, writer: str
) -> None:
    """Even without a grace: who stores holds the lock until his row is committed."""
    key, write = WRITERS[writer](acme)
    _make_all_old(acme)
    settings.STORAGE_SWEEP_GRACE_SECONDS = 0
    stored, go_on = threading.Event(), threading.Event()
    real = LocalStore.put_file

    def put_file(self: LocalStore, name: str, source: Any, **options: Any) -> None:
        real(self, name, source, **options)
        if name == key:
            stored.set()
            assert go_on.wait(30)

    monkeypatch.setattr(LocalStore, "put_file", put_file)
    thread = _in_thread(write)
    try:
        assert stored.wait(30)
        digest = key.rpartition("/")[2]
        assert not _is_named(acme, digest)
        _sweep(acme)
        assert blob_store().exists(key)
    finally:
        go_on.set()
        thread.join(timeout=30)
    _sweep(acme)
    assert _is_named(acme, digest)
    assert sha256(blob_store().get(key)) == digest
