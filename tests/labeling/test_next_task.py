"""Stop and resume later, and what comes next: places kept for one person, and how they end."""

from typing import Any

import pytest

from maskwright.core.scope import organization_scope
from maskwright.organizations.models import Membership
from tests.factories.jobs import MadeJob, make_job, make_team, photo
from tests.factories.work import act, bytes_of, claim, flat_mask, index_of, save_draft, submit
from tests.plugins.cast import Company
from workforce.models import Slot, TeamMember
from workforce.services.expiry import expire_due
from workforce.services.grants import accept_grant, offer_grant, revoke_grant, staff_grant
from workforce.services.queues import move_queue
from workforce.services.rights import withdraw_member
from workforce.states import QueueState


@pytest.fixture
def made(acme: Company) -> MadeJob:
    return make_job(acme, objects=2, labelers=1)


def _slots(company: Company, **fields: Any) -> None:
    with organization_scope(company.id):
        Slot.objects.filter(reserved_worker__isnull=False).update(**fields)


def _next(company: Company, who: str, assignment: dict[str, Any]) -> Any:
    return act(company.client(who), assignment, "next")


# --- stop and resume later ------------------------------------------------------------------------------------------
def test_a_held_place_waits_for_its_labeler_with_his_draft(acme: Company) -> None:
    make_job(acme, objects=1, labelers=1)
    labeler, other = acme.client("labeler"), acme.client("labeler2")
    assignment = claim(labeler).json()
    save_draft(labeler, assignment, 1, flat_mask(2))
    reply = act(labeler, assignment, "release", {"hold": True})
    assert (reply.status_code, set(reply.json())) == (200, {"kept_until"})
    nothing = claim(other)
    assert (nothing.status_code, nothing.headers["X-Reason"]) == (204, "all_claimed")
    jobs = labeler.get("/api/v1/work/overview").json()["jobs"]
    assert jobs[0]["kept_until"][:19] == reply.json()["kept_until"][:19]
    assert other.get("/api/v1/work/overview").json()["jobs"][0]["kept_until"] is None
    again = claim(labeler).json()
    assert again["task"] == assignment["task"]
    assert again["draft"]["seq"] == 1
    assert submit(labeler, assignment, flat_mask(1)).status_code == 409, "the token of the claim before is old"


def test_a_place_that_is_only_released_is_anybodys(acme: Company) -> None:
    make_job(acme, objects=1, labelers=1)
    assignment = claim(acme.client("labeler")).json()
    assert act(acme.client("labeler"), assignment, "release").status_code == 204
    assert claim(acme.client("labeler2")).json()["task"] == assignment["task"]


def test_a_held_place_is_anybodys_after_its_time(acme: Company) -> None:
    make_job(acme, objects=1, labelers=1, distribution={"hold_seconds": 120})
    assignment = claim(acme.client("labeler")).json()
    act(acme.client("labeler"), assignment, "release", {"hold": True})
    with organization_scope(acme.id):
        slot = Slot.objects.get()
        assert slot.reserved_until is not None
        assert 0 < (slot.reserved_until - slot.created_at).total_seconds() < 180
    assert claim(acme.client("labeler2")).status_code == 204
    _slots(acme, reserved_until="2026-01-01T00:00:00Z")
    assert claim(acme.client("labeler2")).status_code == 201


def test_the_end_of_the_job_ends_what_was_kept(acme: Company) -> None:
    made = make_job(acme, objects=2, labelers=1)
    held, open_one = claim(acme.client("labeler")).json(), claim(acme.client("labeler2")).json()
    act(acme.client("labeler"), held, "release", {"hold": True})
    with organization_scope(acme.id):
        move_queue(queue_id=made.queue.pk, to=QueueState.STOPPING)
        assert sorted(Slot.objects.values_list("state", "reserved_until")) == [("claimed", None), ("void", None)]
    reply = act(acme.client("labeler2"), open_one, "release", {"hold": True})
    assert (reply.status_code, reply.json()) == (200, {"kept_until": None})


def test_what_was_kept_for_somebody_whose_right_ended_is_anybodys(acme: Company) -> None:
    make_job(acme, objects=1, labelers=1)
    assignment = claim(acme.client("labeler")).json()
    act(acme.client("labeler"), assignment, "release", {"hold": True})
    with organization_scope(acme.id):
        Membership.objects.filter(user=acme.people["labeler"]).update(is_active=False)
        withdraw_member(acme.people["labeler"].pk)
    assert claim(acme.client("labeler2")).status_code == 201


# --- what comes next ------------------------------------------------------------------------------------------------
def test_the_next_task_is_told_ahead_and_is_what_he_gets(acme: Company, made: MadeJob) -> None:
    client = acme.client("labeler")
    assignment = claim(client).json()
    told = _next(acme, "labeler", assignment)
    assert told.status_code == 200
    body = told.json()
    assert body["task"]["id"] != assignment["task"]["id"]
    assert bytes_of(client.get(body["image"]["url"])) == photo(12, 8, 40 + index_of(made, body))
    assert _next(acme, "labeler", assignment).json()["id"] == body["id"], "one place, however often he asks"
    submit(client, assignment, flat_mask(1))
    assert claim(client).json()["task"] == body["task"]


def test_the_photo_of_the_next_task_closes_with_the_claim_and_the_reservation(acme: Company, made: MadeJob) -> None:
    client = acme.client("labeler")
    assignment = claim(client).json()
    url = _next(acme, "labeler", assignment).json()["image"]["url"]
    assert acme.client("labeler2").get(url).status_code == 404
    assert acme.client("manager").get(url).status_code == 404
    _slots(acme, reserved_until="2026-01-01T00:00:00Z")
    assert client.get(url).status_code == 404
    act(client, assignment, "heartbeat", {})
    assert client.get(url).status_code == 200, "the heartbeat renews it"
    with organization_scope(acme.id):
        move_queue(queue_id=made.queue.pk, to=QueueState.PAUSED)
    assert client.get(url).status_code == 404
    with organization_scope(acme.id):
        move_queue(queue_id=made.queue.pk, to=QueueState.OPEN)
        TeamMember.objects.filter(user=acme.people["labeler"]).delete()
    assert client.get(url).status_code == 404, "rights are read at each call"
    with organization_scope(acme.id):
        TeamMember.objects.create(work_team=made.team, user=acme.people["labeler"])
    assert client.get(url).status_code == 200
    act(client, assignment, "release")
    assert client.get(url).status_code == 404


def test_a_reservation_starves_nobody(acme: Company, made: MadeJob) -> None:
    body = _next(acme, "labeler", claim(acme.client("labeler")).json()).json()
    taken = claim(acme.client("labeler2"))
    assert taken.status_code == 201
    assert taken.json()["task"] == body["task"], "nothing else was left"


def test_others_get_what_is_not_reserved_first(acme: Company) -> None:
    make_job(acme, objects=12, labelers=1)
    body = _next(acme, "labeler", claim(acme.client("labeler")).json()).json()
    other, seen = acme.client("labeler2"), []
    for _ in range(11):
        assignment = claim(other).json()
        seen.append(assignment["task"]["id"])
        submit(other, assignment, flat_mask(1))
    assert seen.index(body["task"]["id"]) == 10


def test_a_reservation_of_a_claim_that_ran_out_does_not_live_on(acme: Company, made: MadeJob) -> None:
    assignment = claim(acme.client("labeler")).json()
    body = _next(acme, "labeler", assignment).json()
    with organization_scope(acme.id):
        Slot.objects.filter(state="claimed").update(expires_at="2026-01-01T00:00:00Z")
        assert expire_due() == 1
    assert acme.client("labeler").get(body["image"]["url"]).status_code == 404
    assert act(acme.client("labeler"), assignment, "heartbeat", {}).status_code == 409
    assert _next(acme, "labeler", assignment).status_code == 409


def test_there_is_nothing_next_at_the_end(acme: Company) -> None:
    make_job(acme, objects=1, labelers=1)
    assert _next(acme, "labeler", claim(acme.client("labeler")).json()).status_code == 204


def test_a_vendors_labeler_sees_the_next_photo_until_the_grant_ends(acme: Company, globex: Company) -> None:
    made = make_job(acme, objects=2, labelers=1)
    with organization_scope(acme.id):
        grant = offer_grant(queue_id=made.queue.pk, vendor_id=globex.id, title="x")
    team = make_team(globex, [globex.people["labeler"]])
    with organization_scope(globex.id):
        accept_grant(grant_id=grant.pk)
        staff_grant(grant_id=grant.pk, work_team_id=team.pk)
    client = globex.client("labeler")
    body = act(client, claim(client).json(), "next").json()
    assert client.get(body["image"]["url"]).status_code == 200
    assert globex.client("manager").get(body["image"]["url"]).status_code == 404
    with organization_scope(acme.id):
        revoke_grant(grant_id=grant.pk)
    assert client.get(body["image"]["url"]).status_code == 404
