"""What the task protocol promises about clocks, drafts, the window and the acknowledgement, clause by clause."""

import uuid
from datetime import datetime
from typing import Any

import pytest
from django.db import connection

from labeling.masks import sha256
from labeling.models import Annotation, Draft
from maskwright.core.objects import ObjectStoreError
from maskwright.core.objects.local import LocalStore
from maskwright.core.scope import organization_scope
from tests.factories.jobs import MadeJob, make_job, make_team
from tests.factories.work import act, claim, flat_mask, save_draft, submit
from tests.plugins.cast import Company
from workforce.models import Claim, Slot, WorkItem, WorkQueue
from workforce.services.expiry import end_stopping_queues, withdraw_claims
from workforce.services.grants import accept_grant, offer_grant, revoke_grant, staff_grant
from workforce.services.items import settle_item
from workforce.services.queues import distribute, move_queue
from workforce.states import QueueState


def _expires(reply: Any) -> datetime:
    return datetime.fromisoformat(reply.json()["expires_at"])


def test_the_lease_renews_up_to_the_templates_limit_and_not_beyond(acme: Company) -> None:
    make_job(acme, lease_seconds=60, time_limit_seconds=600)
    client = acme.client("labeler")
    body = claim(client).json()
    first = _expires(act(client, body, "heartbeat"))
    with organization_scope(acme.id), connection.cursor() as cursor:
        cursor.execute("UPDATE workforce_slot SET expires_at = expires_at - interval '30 s' WHERE state = 'claimed'")
    assert _expires(act(client, body, "heartbeat")) >= first
    with organization_scope(acme.id), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE workforce_slot SET deadline_at = clock_timestamp() + interval '20 s' WHERE state = 'claimed'"
            " RETURNING deadline_at"
        )
        deadline = cursor.fetchone()[0]
    renewed = act(client, body, "heartbeat")
    assert _expires(renewed) == deadline
    assert 0 < renewed.json()["seconds_left"] <= 20


def test_stopping_ends_renewal_and_voids_what_was_not_sent(acme: Company) -> None:
    made = make_job(acme, objects=1, labelers=1)
    client = acme.client("labeler")
    body = claim(client).json()
    with organization_scope(acme.id):
        stopping = move_queue(queue_id=made.queue.pk, to=QueueState.STOPPING, grace_seconds=120)
        stopping.refresh_from_db()
    for _ in range(2):
        assert _expires(act(client, body, "heartbeat")) == stopping.stop_at
    with organization_scope(acme.id):
        WorkQueue.objects.filter(pk=made.queue.pk).update(stop_at=stopping.created_at)
        assert end_stopping_queues() == 1
        assert Claim.objects.get(pk=body["id"]).state == "void"
        assert Slot.objects.get(work_queue=made.queue).state == "void"
    assert submit(client, body, flat_mask(1)).json()["code"] == "lease_lost"


@pytest.mark.parametrize("how", ["release", "withdraw"])
def test_the_draft_is_kept_for_the_same_person_after(acme: Company, how: str) -> None:
    made = make_job(acme, objects=1, labelers=1)
    client = acme.client("labeler")
    first = claim(client).json()
    save_draft(client, first, 3, flat_mask(2))
    if how == "release":
        assert act(client, first, "release").status_code == 204
    else:
        with organization_scope(acme.id):
            assert withdraw_claims(reason="a test", queue_id=made.queue.pk) == 1
        assert act(client, first, "heartbeat").json()["code"] == "lease_lost"
    again = claim(client).json()
    assert again["id"] != first["id"] and again["draft"]["seq"] == 3
    assert client.get(again["draft"]["url"]).content == flat_mask(2)


def test_a_vendors_draft_waits_for_the_same_person_under_a_new_grant(acme: Company, globex: Company) -> None:
    made, client = make_job(acme, objects=1, labelers=1), globex.client("labeler")
    team = make_team(globex, [globex.people["labeler"]])
    grant = _grant(acme, globex, made, team.pk)
    first = claim(client).json()
    save_draft(client, first, 3, flat_mask(2))
    with organization_scope(acme.id):
        revoke_grant(grant_id=grant)
    # As the editor is told: there is no such assignment, for every call, and nothing is taken any more.
    for reply in (act(client, first, "heartbeat"), save_draft(client, first, 4, flat_mask(1))):
        assert (reply.status_code, reply.json()["code"]) == (404, "not_found")
    assert submit(client, first, flat_mask(1)).status_code == 404
    with organization_scope(acme.id):
        assert not Annotation.objects.exists() and Draft.objects.get().seq == 3
    _grant(acme, globex, made, team.pk)
    assert claim(client).json()["draft"]["seq"] == 3


def _grant(customer: Company, vendor: Company, made: MadeJob, team: uuid.UUID) -> uuid.UUID:
    with organization_scope(customer.id):
        grant = offer_grant(queue_id=made.queue.pk, vendor_id=vendor.id)
    with organization_scope(vendor.id):
        accept_grant(grant_id=grant.pk)
    with organization_scope(vendor.id, with_grants=True):
        staff_grant(grant_id=grant.pk, work_team_id=team)
    found: uuid.UUID = grant.pk
    return found


def test_an_answer_under_another_token_has_no_effect(acme: Company) -> None:
    make_job(acme, objects=1, labelers=1)
    client = acme.client("labeler")
    body = claim(client).json()
    for token in (body["token"] - 1, body["token"] + 1):
        stale = {**body, "token": token}
        assert submit(client, stale, flat_mask(1)).json()["code"] == "lease_lost"
        for action in ("heartbeat", "release", "decline"):
            assert act(client, stale, action).json()["code"] == "lease_lost"
        assert save_draft(client, stale, 1, flat_mask(1)).json()["code"] == "lease_lost"
    assert submit(client, body, flat_mask(1)).status_code == 200


def test_the_window_is_refilled_with_each_answer_not_in_batches(acme: Company) -> None:
    made = make_job(acme, objects=5, labelers=1, window=2)
    for answered in range(4):
        with organization_scope(acme.id):
            assert WorkItem.objects.filter(state="open").count() == min(2, 5 - answered)
        body = claim(acme.client("labeler")).json()
        assert submit(acme.client("labeler"), body, flat_mask(1)).status_code == 200
        with organization_scope(acme.id):
            settle_item(item_id=Claim.objects.get(pk=body["id"]).work_item_id)
            distribute(queue_id=made.queue.pk)


def test_what_could_not_be_stored_is_not_acknowledged_and_may_be_sent_again(
    acme: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_job(acme)
    client = acme.client("labeler")
    client.raise_request_exception = False
    body, key = claim(client).json(), uuid.uuid4()
    real = LocalStore.put

    def failing(store: LocalStore, *args: Any, **kwargs: Any) -> Any:
        raise ObjectStoreError("no space left")

    monkeypatch.setattr(LocalStore, "put", failing)
    assert submit(client, body, flat_mask(1), key).status_code >= 500
    with organization_scope(acme.id):
        assert not Annotation.objects.exists()
        assert Claim.objects.get(pk=body["id"]).state == "live"
    monkeypatch.setattr(LocalStore, "put", real)
    accepted = submit(client, body, flat_mask(1), key)
    assert (accepted.status_code, accepted.json()["sha256"]) == (200, sha256(flat_mask(1)))


def test_whoever_is_at_work_when_a_job_stops_is_told_how_long_he_may_submit(acme: Company) -> None:
    made = make_job(acme, objects=1)
    client = acme.client("labeler")
    assignment = claim(client).json()
    assert (assignment["stopping"], assignment["seconds_left"] > 3000) == (False, True)
    with organization_scope(acme.id):
        move_queue(queue_id=made.queue.pk, to=QueueState.STOPPING, grace_seconds=300)
    for told in (act(client, assignment, "heartbeat", {}).json(), claim(client).json()):
        assert told["stopping"] is True
        assert 290 < told["seconds_left"] <= 300
