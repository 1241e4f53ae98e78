"""Taking, keeping and giving back an assignment."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from labeling.models import DraftVersion
from maskwright.core.scope import organization_scope
from tests.factories.jobs import make_job
from tests.factories.work import act, bytes_of, claim, flat_mask, mask_png, save_draft, submit
from tests.plugins.cast import Company
from workforce.models import WorkItem
from workforce.services.expiry import expire_due
from workforce.services.queues import move_queue
from workforce.states import QueueState


def _expire(company: Company) -> None:
    with organization_scope(company.id):
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE workforce_slot SET expires_at = clock_timestamp() - interval '1 second' WHERE state = 'claimed'"
            )
        assert expire_due() == 1


def test_a_claim_has_the_fixed_shape(acme: Company) -> None:
    made = make_job(acme, objects=1)
    response = claim(acme.client("labeler"))
    assert response.status_code == 201
    body = response.json()
    names = "id token expires_at seconds_left task image categories template revision"
    names += " paused stopping draft frame stage feedback task_type prior verdicts review rework"
    assert set(body) == set(names.split())
    assert body["token"] == 1
    assert body["task"]["job"] == {"id": str(made.id), "name": made.job.name}
    assert body["image"] == {"url": f"/api/v1/work/claims/{body['id']}/image", "width": 12, "height": 8}
    assert body["categories"][0] == {"index": 1, "name": "cat", "color": "#2ca02c", "key": "1", "description": ""}
    assert body["draft"] is None
    assert 3590 < body["seconds_left"] <= 3600


def test_asking_again_returns_the_live_claim(acme: Company) -> None:
    make_job(acme)
    client = acme.client("labeler")
    first = claim(client)
    again = claim(client)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["id"] == first.json()["id"]


def test_nobody_gets_the_same_object_twice(acme: Company) -> None:
    make_job(acme, objects=2, labelers=3)
    client = acme.client("labeler")
    seen = set()
    for _ in range(2):
        body = claim(client).json()
        seen.add(body["task"]["id"])
        assert submit(client, body, flat_mask(1)).status_code == 200
    assert len(seen) == 2
    response = claim(client)
    assert (response.status_code, response.headers["X-Reason"]) == (204, "done_all")


def test_more_people_than_slots_are_told_until_when(acme: Company) -> None:
    make_job(acme, objects=1, labelers=1)
    taken = claim(acme.client("labeler"))
    response = claim(acme.client("labeler2"))
    assert (response.status_code, response.headers["X-Reason"]) == (204, "all_claimed")
    assert response.headers["X-Reason-Until"][:19] == taken.json()["expires_at"][:19]


def test_why_there_is_no_work(acme: Company, initech: Company) -> None:
    assert claim(acme.client("labeler")).headers["X-Reason"] == "no_jobs"
    made = make_job(acme, start=False)
    assert claim(acme.client("labeler")).headers["X-Reason"] == "not_started"
    with organization_scope(acme.id):
        move_queue(queue_id=made.queue.pk, to=QueueState.OPEN)
        move_queue(queue_id=made.queue.pk, to=QueueState.PAUSED)
    assert claim(acme.client("labeler")).headers["X-Reason"] == "job_paused"
    assert claim(initech.client("labeler")).headers["X-Reason"] == "no_jobs"


def test_another_tenants_job_is_not_found(acme: Company, initech: Company) -> None:
    made = make_job(acme)
    assert claim(initech.client("labeler"), job=str(made.id)).status_code == 404
    assert claim(acme.client("labeler"), job=str(made.id)).status_code == 201


def test_another_persons_claim_is_not_found(acme: Company, initech: Company) -> None:
    make_job(acme)
    body = claim(acme.client("labeler")).json()
    for stranger in (acme.client("labeler2"), initech.client("labeler")):
        assert act(stranger, body, "heartbeat").status_code == 404
        assert submit(stranger, body, flat_mask(1)).status_code == 404
        assert stranger.get(body["image"]["url"]).status_code == 404
    assert act(acme.client("labeler"), body, "heartbeat").status_code == 200


def test_a_role_that_may_not_label_is_refused(acme: Company) -> None:
    make_job(acme)
    response = claim(acme.client("auditor"))
    assert (response.status_code, response.json()["code"]) == (403, "not_allowed")


def test_an_expired_claim_goes_to_the_next_person(acme: Company) -> None:
    make_job(acme, objects=1, labelers=1)
    first = claim(acme.client("labeler")).json()
    _expire(acme)
    second = claim(acme.client("labeler2"))
    assert second.status_code == 201
    assert second.json()["token"] == first["token"] + 1
    lost = act(acme.client("labeler"), first, "heartbeat")
    assert (lost.status_code, lost.json()["code"]) == (409, "lease_lost")


def test_a_stale_holder_can_neither_release_nor_decline(acme: Company) -> None:
    make_job(acme, objects=1, labelers=1)
    first = claim(acme.client("labeler")).json()
    _expire(acme)
    second = claim(acme.client("labeler2")).json()
    assert act(acme.client("labeler"), first, "release").status_code == 409
    assert act(acme.client("labeler"), first, "decline").status_code == 409
    assert act(acme.client("labeler2"), second, "heartbeat").status_code == 200


def test_the_draft_survives_expiry_for_the_same_person(acme: Company) -> None:
    make_job(acme, objects=5, labelers=1)
    client = acme.client("labeler")
    first = claim(client).json()
    assert save_draft(client, first, 3, flat_mask(2)).json()["seq"] == 3
    _expire(acme)
    again = claim(client).json()
    assert again["task"]["id"] == first["task"]["id"]
    assert again["draft"]["seq"] == 3
    assert client.get(again["draft"]["url"]).content == flat_mask(2)


def test_a_draft_is_never_given_to_somebody_else(acme: Company) -> None:
    make_job(acme, objects=1, labelers=1)
    client = acme.client("labeler")
    body = claim(client).json()
    save_draft(client, body, 1, flat_mask(2))
    act(client, body, "release")
    other = claim(acme.client("labeler2")).json()
    assert other["draft"] is None
    assert acme.client("labeler2").get(f"/api/v1/work/claims/{other['id']}/draft").status_code == 404


def test_a_draft_that_goes_on_from_another_one_overwrites_nothing(acme: Company) -> None:
    """Two windows: what one saved is not replaced by the other, whose number may be greater, until it has seen it."""
    make_job(acme)
    client = acme.client("labeler")
    assignment = claim(client).json()
    assert save_draft(client, assignment, 1, flat_mask(1), base=0).status_code == 200
    assert save_draft(client, assignment, 2, flat_mask(2), base=1).status_code == 200
    late = save_draft(client, assignment, 9, flat_mask(3), base=1)
    assert (late.status_code, late.json()["code"]) == (409, "stale_draft")
    assert client.get(f"/api/v1/work/claims/{assignment['id']}/draft").content == flat_mask(2)
    assert save_draft(client, assignment, 9, flat_mask(3), base=2).status_code == 200
    again = save_draft(client, assignment, 12, flat_mask(3), base=2)
    assert again.json()["seq"] == 9, "the same bytes are there already"


def test_an_answer_that_goes_on_from_another_draft_is_not_taken(acme: Company) -> None:
    make_job(acme)
    client = acme.client("labeler")
    assignment = claim(client).json()
    save_draft(client, assignment, 4, flat_mask(1))
    key = {"Idempotency-Key": "0199c3f0-5b7e-7a31-8a55-3f6a4f0e9b12"}
    late = act(client, assignment, "submit", flat_mask(2), **key, **{"X-Draft-Base": "3"})
    assert (late.status_code, late.json()["code"]) == (409, "stale_draft")
    assert act(client, assignment, "submit", flat_mask(2), **key, **{"X-Draft-Base": "x"}).status_code == 422
    assert act(client, assignment, "submit", flat_mask(2), **key, **{"X-Draft-Base": "4"}).status_code == 200


def test_an_older_draft_is_refused(acme: Company) -> None:
    make_job(acme)
    client = acme.client("labeler")
    body = claim(client).json()
    save_draft(client, body, 5, flat_mask(2))
    stale = save_draft(client, body, 4, flat_mask(1))
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_draft")
    assert client.get(f"/api/v1/work/claims/{body['id']}/draft").content == flat_mask(2)


def test_a_declined_object_is_never_seen_again_and_needs_attention_when_all_decline(acme: Company) -> None:
    made = make_job(acme, objects=1, labelers=2)
    for who in ("labeler", "labeler2"):
        body = claim(acme.client(who)).json()
        assert act(acme.client(who), body, "decline", {"reason": "too dark"}).status_code == 204
        assert claim(acme.client(who)).status_code == 204
    with organization_scope(acme.id):
        from workforce.services.expiry import settle_declined

        settle_declined(item_id=made.tasks[0].work_item_id)
        made.tasks[0].refresh_from_db()
        item = WorkItem.objects.get(pk=made.tasks[0].work_item_id)
    assert (made.tasks[0].state, item.state) == ("open", "attention")
    assert "too dark" in item.attention_reason


def test_the_photo_is_served_while_the_claim_lives(acme: Company) -> None:
    make_job(acme)
    client = acme.client("labeler")
    body = claim(client).json()
    photo = client.get(body["image"]["url"])
    assert photo.status_code == 200
    assert photo.headers["Content-Type"] == "image/png"
    assert bytes_of(photo)[:8] == b"\x89PNG\r\n\x1a\n"
    act(client, body, "release")
    assert client.get(body["image"]["url"]).status_code == 409


def test_pausing_freezes_the_clock_and_takes_answers(acme: Company) -> None:
    made = make_job(acme)
    client = acme.client("labeler")
    body = claim(client).json()
    with organization_scope(acme.id):
        move_queue(queue_id=made.queue.pk, to=QueueState.PAUSED)
    frozen = [act(client, body, "heartbeat").json() for _ in range(2)]
    assert frozen[0]["paused"] and frozen[0]["seconds_left"] == frozen[1]["seconds_left"]
    assert save_draft(client, body, 1, flat_mask(1)).status_code == 200
    with organization_scope(acme.id), connection.cursor() as cursor:
        cursor.execute("UPDATE workforce_workqueue SET paused_at = paused_at - interval '1 hour'")
        cursor.execute("SELECT deadline_at FROM workforce_slot WHERE state = 'claimed'")
        before = cursor.fetchone()[0]
        move_queue(queue_id=made.queue.pk, to=QueueState.OPEN)
        cursor.execute("SELECT deadline_at FROM workforce_slot WHERE state = 'claimed'")
        assert 3599 < (cursor.fetchone()[0] - before).total_seconds() < 3660
    assert submit(client, body, flat_mask(1)).status_code == 200


def test_active_seconds_are_capped_by_real_time(acme: Company) -> None:
    make_job(acme)
    client = acme.client("labeler")
    body = claim(client).json()
    act(client, body, "heartbeat", {"active_seconds": 3000})
    with organization_scope(acme.id), connection.cursor() as cursor:
        cursor.execute("SELECT active_seconds FROM workforce_claim")
        assert cursor.fetchone()[0] < 60


def _statements(act: Callable[[], Any]) -> int:
    """Statements of a request; the savepoints stand in for BEGIN and COMMIT, which are not counted."""
    with CaptureQueriesContext(connection) as captured:
        act()
    return len([query for query in captured if "SAVEPOINT" not in query["sql"]])


def test_a_claim_costs_at_most_eight_statements(acme: Company) -> None:
    make_job(acme)
    client: Client = acme.client("labeler")
    act(client, claim(client).json(), "release")  # the first claim also makes the worker
    assert _statements(lambda: claim(client)) <= 8


def test_a_submit_costs_at_most_ten_statements(acme: Company) -> None:
    make_job(acme)
    client = acme.client("labeler")
    body = claim(client).json()
    assert _statements(lambda: submit(client, body, flat_mask(1))) <= 10


def _versions(client: Client, assignment: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(f"/api/v1/work/claims/{assignment['id']}/draft/versions").json()["results"]
    return found


def test_what_lost_against_another_window_can_be_brought_back(acme: Company) -> None:
    make_job(acme)
    client = acme.client("labeler")
    assignment = claim(client).json()
    firefox = {
        "X-Window": "browser:1",
        "User-Agent": "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0",
    }
    save_draft(client, assignment, 1, flat_mask(1), base=0, **firefox)
    refused = save_draft(client, assignment, 2, flat_mask(2), base=0).json()
    assert refused["code"] == "stale_draft"
    theirs = refused["draft"]
    assert (theirs["seq"], theirs["window"], theirs["device"]) == (1, "browser:1", "Firefox, Windows")
    assert datetime.fromisoformat(theirs["saved_at"]) <= timezone.now()

    # This window's stays: the other's is kept. Then the other way round: this window's is kept before it goes.
    assert save_draft(client, assignment, 2, flat_mask(2), base=1, **{"X-Draft-Keep": "replaced"}).status_code == 200
    kept = act(client, assignment, "draft/versions", flat_mask(3), **{"X-Window": "browser:2"})
    assert kept.status_code == 201
    assert [one["window"] for one in _versions(client, assignment)] == ["browser:2", "browser:1"]
    assert [client.get(one["url"]).content for one in _versions(client, assignment)] == [flat_mask(3), flat_mask(1)]

    # Brought back and painted over: the version's bytes stay.
    assert save_draft(client, assignment, 3, flat_mask(1), base=2).status_code == 200
    assert save_draft(client, assignment, 4, flat_mask(0), base=3).status_code == 200
    assert client.get(_versions(client, assignment)[1]["url"]).content == flat_mask(1)

    # They are one person's, and go with the answer.
    url = _versions(client, assignment)[0]["url"]
    assert acme.client("labeler2").get(url).status_code == 404
    assert submit(client, assignment, flat_mask(0)).status_code == 200
    with organization_scope(acme.id):
        assert not DraftVersion.objects.exists()
    assert client.get(url).status_code == 409


def test_of_the_versions_the_newest_twenty_stay(acme: Company) -> None:
    make_job(acme)
    client = acme.client("labeler")
    assignment = claim(client).json()
    masks = [mask_png([[at % 4] * 12] * 3 + [[at // 4 % 4] * 12] * 3 + [[at // 16] * 12] * 2) for at in range(22)]
    for body in masks:
        assert act(client, assignment, "draft/versions", body).status_code == 201
    assert act(client, assignment, "draft/versions", masks[20]).status_code == 201  # again: the same version, newest
    found = [client.get(one["url"]).content for one in _versions(client, assignment)]
    assert (len(found), found[0], found[1]) == (20, masks[20], masks[21])
    assert masks[0] not in found
    assert act(client, assignment, "draft/versions", flat_mask(1, (3, 3))).status_code == 422
    assert act(client, assignment, "draft/versions", masks[0], **{"X-Window": "<b>"}).status_code == 422
