"""Answers: accepted once, kept when late, refused with reasons when wrong."""

import io
import uuid

import numpy as np
import pytest
from django.db import connection
from PIL import Image

from labeling.masks import sha256
from labeling.models import Annotation
from labeling.selectors.results import results
from labeling.services.consolidation import consolidate_task
from labeling.services.publishing import finish_job, publish_job
from labeling.storage.outputs import output_manifest_uri
from maskwright.core.objects import blob_store
from maskwright.core.objects.factory import blob_key
from maskwright.core.scope import organization_scope
from tests.factories.jobs import MadeJob, make_job
from tests.factories.work import act, claim, flat_mask, mask_png, submit
from tests.plugins.cast import Company
from workforce.services.expiry import end_stopping_queues, expire_due
from workforce.services.items import settle_item
from workforce.services.queues import move_queue
from workforce.states import QueueState


def _expire(company: Company) -> None:
    with organization_scope(company.id):
        with connection.cursor() as cursor:
            cursor.execute("UPDATE workforce_slot SET expires_at = clock_timestamp() WHERE state = 'claimed'")
        expire_due()


def test_an_accepted_answer_is_stored_by_its_digest(acme: Company) -> None:
    make_job(acme)
    client = acme.client("labeler")
    mask = flat_mask(1)
    reply = submit(client, claim(client).json(), mask)
    assert (reply.status_code, reply.json()["status"], reply.json()["sha256"]) == (200, "accepted", sha256(mask))
    assert blob_store().get(blob_key(acme.id, sha256(mask))) == mask
    with organization_scope(acme.id):
        assert str(Annotation.objects.get().pk) == reply.json()["annotation"]


def test_repeating_a_submit_gets_the_same_reply(acme: Company) -> None:
    make_job(acme)
    client = acme.client("labeler")
    body, key = claim(client).json(), uuid.uuid4()
    first = submit(client, body, flat_mask(1), key)
    again = submit(client, body, flat_mask(1), key)
    assert (again.status_code, again.json()) == (200, first.json())
    with organization_scope(acme.id):
        assert Annotation.objects.count() == 1


def test_the_same_key_with_other_bytes_is_refused(acme: Company) -> None:
    make_job(acme)
    client = acme.client("labeler")
    body, key = claim(client).json(), uuid.uuid4()
    submit(client, body, flat_mask(1), key)
    other = submit(client, body, flat_mask(2), key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_a_second_submit_with_a_new_key_is_told_that_it_is_done(acme: Company) -> None:
    make_job(acme)
    client = acme.client("labeler")
    body = claim(client).json()
    submit(client, body, flat_mask(1))
    second = submit(client, body, flat_mask(2))
    assert (second.status_code, second.json()["code"]) == (409, "claim_ended")


def test_a_late_answer_counts_when_nobody_took_the_slot(acme: Company) -> None:
    make_job(acme, objects=1, labelers=1)
    client = acme.client("labeler")
    body = claim(client).json()
    _expire(acme)
    assert submit(client, body, flat_mask(1)).status_code == 200
    assert claim(acme.client("labeler2")).status_code == 204


def test_a_late_answer_is_kept_when_somebody_took_the_slot(acme: Company) -> None:
    make_job(acme, objects=1, labelers=1)
    client, key = acme.client("labeler"), uuid.uuid4()
    body = claim(client).json()
    _expire(acme)
    other = claim(acme.client("labeler2")).json()
    late = submit(client, body, flat_mask(3), key)
    assert (late.status_code, late.json()["code"]) == (409, "lease_lost")
    assert submit(client, body, flat_mask(3), key).json()["annotation"] == late.json()["annotation"]
    with organization_scope(acme.id):
        kept = Annotation.objects.get(pk=late.json()["annotation"])
        assert kept.state == "late"
        assert blob_store().get(blob_key(acme.id, kept.sha256)) == flat_mask(3)
    assert submit(acme.client("labeler2"), other, flat_mask(1)).status_code == 200


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"not a png", "not_png"),
        (b"", "not_png"),
        (flat_mask(1, (4, 4)), "wrong_size"),
        (flat_mask(1)[:60], "truncated"),
        (mask_png(np.full((8, 12), 3, dtype=np.uint8)).replace(b"PLTE", b"PLTE"), None),
    ],
)
def test_a_wrong_mask_is_refused_with_its_reason_and_nothing_is_lost(
    acme: Company, body: bytes, code: str | None
) -> None:
    make_job(acme)
    client = acme.client("labeler")
    assignment = claim(client).json()
    reply = submit(client, assignment, body)
    if code is None:
        assert reply.status_code == 200
        return
    assert reply.status_code == 422
    assert [problem["code"] for problem in reply.json()["fields"]] == [code]
    assert submit(client, assignment, flat_mask(1)).status_code == 200


def test_all_that_is_wrong_with_a_mask_is_said_at_once(acme: Company) -> None:
    make_job(acme)
    client = acme.client("labeler")
    grey = io.BytesIO()
    Image.new("L", (4, 4), 250).save(grey, "PNG")
    reply = submit(client, claim(client).json(), grey.getvalue())
    assert reply.status_code == 422
    assert [problem["code"] for problem in reply.json()["fields"]] == ["wrong_size", "unknown_index"]
    assert all(problem["message"] in reply.json()["message"] for problem in reply.json()["fields"])


def test_a_reason_that_is_too_long_is_refused_and_not_cut(acme: Company) -> None:
    make_job(acme)
    client = acme.client("labeler")
    assignment = claim(client).json()
    reply = submit(client, assignment, {"kind": "impossible", "content": {"reason": "x" * 501}})
    assert reply.status_code == 422
    assert [(one["path"], one["code"]) for one in reply.json()["fields"]] == [("content.reason", "too_long")]
    assert submit(client, assignment, {"kind": "impossible", "content": {"reason": "x" * 500}}).status_code == 200


def test_another_content_type_is_told_what_is_taken(acme: Company) -> None:
    make_job(acme)
    client = acme.client("labeler")
    assignment = claim(client).json()
    headers = {"X-Fencing-Token": str(assignment["token"]), "Idempotency-Key": str(uuid.uuid4())}
    url = f"/api/v1/work/claims/{assignment['id']}/submit"
    reply = client.post(url, b"x", content_type="text/plain", headers=headers)
    assert (reply.status_code, reply.json()["code"]) == (415, "unsupported_media_type")
    assert reply.json()["message"].endswith("'text/plain'. Send image/png, application/json.")


def test_headers_are_asked_for(acme: Company) -> None:
    make_job(acme)
    client = acme.client("labeler")
    body = claim(client).json()
    url = f"/api/v1/work/claims/{body['id']}/submit"
    assert client.post(url, flat_mask(1), content_type="image/png").json()["code"] == "missing_fencing_token"
    assert act(client, body, "submit", flat_mask(1)).json()["code"] == "missing_idempotency_key"


def test_stopping_lets_live_claims_submit_until_the_grace_is_over(acme: Company) -> None:
    made = make_job(acme, objects=2, labelers=1)
    clients = [acme.client("labeler"), acme.client("labeler2")]
    bodies = [claim(client).json() for client in clients]
    with organization_scope(acme.id):
        move_queue(queue_id=made.queue.pk, to=QueueState.STOPPING)
    assert claim(acme.client("labeler3")).status_code == 204
    assert submit(clients[0], bodies[0], flat_mask(1)).status_code == 200
    with organization_scope(acme.id):
        assert end_stopping_queues() == 0
        with connection.cursor() as cursor:
            cursor.execute("UPDATE workforce_workqueue SET stop_at = clock_timestamp()")
    late = submit(clients[1], bodies[1], flat_mask(1))
    assert (late.status_code, late.json()["code"]) == (409, "lease_lost")
    with organization_scope(acme.id):
        assert end_stopping_queues() == 1


def _answer_all(acme: Company, made: MadeJob, masks: list[bytes | dict[str, object]]) -> None:
    for who, mask in zip(("labeler", "labeler2", "labeler3"), masks, strict=True):
        client = acme.client(who)
        assert submit(client, claim(client).json(), mask).status_code == 200
    with organization_scope(acme.id):
        settle_item(item_id=made.tasks[0].work_item_id)


def test_answers_become_a_consolidated_mask_and_a_manifest_line(acme: Company) -> None:
    made = make_job(acme, objects=1)
    rows = np.ones((8, 12), dtype=np.uint8)
    differing = rows.copy()
    differing[:, 6:] = 2
    _answer_all(acme, made, [mask_png(rows), mask_png(differing), mask_png(differing)])
    consolidate_task(organization_id=acme.id, task_id=made.tasks[0].pk)
    publish_job(organization_id=acme.id, job_id=made.id)
    with organization_scope(acme.id):
        made.tasks[0].refresh_from_db()
        assert made.tasks[0].state == "done"
        (line,) = [result.line() for result in results(made.job)]
    assert finish_job(organization_id=acme.id, job_id=made.id)
    with organization_scope(acme.id):
        made.job.refresh_from_db()
        assert made.job.state == "completed"
    key = output_manifest_uri(made.job).removeprefix("maskwright://output/")
    assert blob_store().get(f"org/{acme.id}/output/{key}") == line
    consolidated = acme.client("manager").get(f"/api/v1/objects/{made.tasks[0].data_object_id}/mask")
    assert consolidated.status_code == 200


def test_most_saying_impossible_fails_the_task_with_their_reasons(acme: Company) -> None:
    made = make_job(acme, objects=1)
    impossible: dict[str, object] = {"kind": "impossible", "content": {"reason": "black photo"}}
    _answer_all(acme, made, [impossible, impossible, {"kind": "empty"}])
    consolidate_task(organization_id=acme.id, task_id=made.tasks[0].pk)
    with organization_scope(acme.id):
        made.tasks[0].refresh_from_db()
    assert (made.tasks[0].state, made.tasks[0].failure_code) == ("failed", "impossible")
    assert "black photo" in made.tasks[0].failure_reason


def test_consolidating_twice_changes_nothing(acme: Company) -> None:
    made = make_job(acme, objects=1)
    _answer_all(acme, made, [flat_mask(1), flat_mask(1), flat_mask(2)])
    for _ in range(2):
        consolidate_task(organization_id=acme.id, task_id=made.tasks[0].pk)
    with organization_scope(acme.id):
        from labeling.models import ConsolidatedAnnotation

        assert ConsolidatedAnnotation.objects.count() == 1
