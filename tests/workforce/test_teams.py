"""Work teams by the console's API: who is in them decides what can be claimed, from that moment on."""

from typing import Any

import pytest
from django.test import Client

from maskwright.core.errors import Conflict
from maskwright.core.models import OutboxMessage
from maskwright.core.scope import organization_scope
from tests.factories.jobs import make_job, make_team
from tests.factories.work import act, claim
from tests.plugins.cast import Company
from workforce.models import Workforce
from workforce.services.teams import delete_work_team


def _post(client: Client, path: str, body: dict[str, Any]) -> Any:
    return client.post(f"/api/v1/{path}", body, content_type="application/json")


def _patch(client: Client, path: str, body: dict[str, Any]) -> Any:
    return client.patch(f"/api/v1/{path}", body, content_type="application/json")


def test_a_manager_makes_a_team_with_people(acme: Company) -> None:
    manager = acme.client("manager")
    labelers = [str(acme.people[who].pk) for who in ("labeler", "labeler2")]
    made = _post(manager, "teams", {"name": "  Street   crew ", "users": labelers})
    assert made.status_code == 201
    assert (made.json()["name"], made.json()["member_count"]) == ("Street crew", 2)
    members = manager.get(f"/api/v1/teams/{made.json()['id']}/members").json()
    assert [row["username"] for row in members["results"]] == ["acme-labeler", "acme-labeler2"]


def test_two_teams_share_one_private_workforce(acme: Company) -> None:
    manager = acme.client("manager")
    for name in ("one", "two"):
        assert _post(manager, "teams", {"name": name}).status_code == 201
    with organization_scope(acme.id):
        assert [(row.name, row.kind) for row in Workforce.objects.all()] == [("Private workforce", "private")]


@pytest.mark.parametrize("name", ["", "   ", "x" * 64])
def test_a_team_needs_a_usable_name(acme: Company, name: str) -> None:
    answer = _post(acme.client("manager"), "teams", {"name": name})
    assert answer.status_code == 422
    assert answer.json()["fields"][0]["path"] == "name"


def test_a_name_is_taken_once_whatever_its_case(acme: Company) -> None:
    manager = acme.client("manager")
    _post(manager, "teams", {"name": "Crew"})
    answer = _post(manager, "teams", {"name": "crew"})
    assert (answer.status_code, answer.json()["fields"][0]["code"]) == (422, "taken")


def test_a_team_is_renamed_and_keeps_its_own_name(acme: Company) -> None:
    manager = acme.client("manager")
    team = _post(manager, "teams", {"name": "Crew"}).json()["id"]
    assert _patch(manager, f"teams/{team}", {"name": "CREW", "description": "nights"}).status_code == 200
    assert manager.get(f"/api/v1/teams/{team}").json()["description"] == "nights"


def test_only_active_members_who_label_can_be_added(acme: Company, globex: Company) -> None:
    manager = acme.client("manager")
    team = _post(manager, "teams", {"name": "Crew"}).json()["id"]
    for who, status in (
        (acme.people["labeler"], 201),
        (acme.people["auditor"], 409),
        (globex.people["labeler"], 404),
    ):
        assert _post(manager, f"teams/{team}/members", {"user": str(who.pk)}).status_code == status


def test_adding_twice_changes_nothing(acme: Company) -> None:
    manager = acme.client("manager")
    team = _post(manager, "teams", {"name": "Crew"}).json()["id"]
    for _ in range(2):
        assert _post(manager, f"teams/{team}/members", {"user": str(acme.people["labeler"].pk)}).status_code == 201
    assert manager.get(f"/api/v1/teams/{team}").json()["member_count"] == 1


def test_who_is_taken_out_loses_his_claim_at_once(acme: Company) -> None:
    made = make_job(acme, objects=1, labelers=1)
    labeler = acme.client("labeler")
    assignment = claim(labeler).json()
    user = acme.people["labeler"].pk
    assert acme.client("manager").delete(f"/api/v1/teams/{made.team.pk}/members/{user}").status_code == 204
    assert act(labeler, assignment, "heartbeat").json()["code"] == "lease_lost"
    assert claim(labeler).headers["X-Reason"] == "no_jobs"
    taken = claim(acme.client("labeler2"))
    assert taken.status_code == 201 and taken.json()["token"] == assignment["token"] + 2


def test_who_is_in_another_team_of_the_job_keeps_what_he_can_still_reach(acme: Company) -> None:
    made = make_job(acme, objects=1)
    other = make_team(acme, [acme.people["labeler"]], "other")
    labeler = acme.client("labeler")
    assignment = claim(labeler).json()
    user = acme.people["labeler"].pk
    assert acme.client("manager").delete(f"/api/v1/teams/{other.pk}/members/{user}").status_code == 204
    assert act(labeler, assignment, "heartbeat").status_code == 200
    assert made.team != other


def test_a_team_with_jobs_stays(acme: Company) -> None:
    made = make_job(acme)
    with organization_scope(acme.id), pytest.raises(Conflict, match="1 job"):
        delete_work_team(work_team_id=made.team.pk)


def test_a_team_without_jobs_goes(acme: Company) -> None:
    team = make_team(acme, [acme.people["labeler"]])
    manager = acme.client("manager")
    assert manager.delete(f"/api/v1/teams/{team.pk}").status_code == 204
    assert manager.get(f"/api/v1/teams/{team.pk}").status_code == 404


def test_another_tenants_team_does_not_exist(acme: Company, initech: Company) -> None:
    team = make_team(acme, [acme.people["labeler"]])
    stranger, manager = initech.client("owner"), acme.client("owner")
    for path in (f"teams/{team.pk}", f"teams/{team.pk}/members"):
        assert stranger.get(f"/api/v1/{path}").status_code == 404
        assert manager.get(f"/api/v1/{path}").status_code == 200
    assert _patch(stranger, f"teams/{team.pk}", {"name": "mine"}).status_code == 404
    assert stranger.delete(f"/api/v1/teams/{team.pk}").status_code == 404
    user = acme.people["labeler"].pk
    assert stranger.delete(f"/api/v1/teams/{team.pk}/members/{user}").status_code == 404


def test_labelers_read_no_teams_and_reviewers_change_none(acme: Company) -> None:
    team = make_team(acme, [acme.people["labeler"]])
    assert acme.client("labeler").get("/api/v1/teams").status_code == 403
    reviewer = acme.client("reviewer")
    assert reviewer.get("/api/v1/teams").status_code == 200
    assert _patch(reviewer, f"teams/{team.pk}", {"name": "mine"}).status_code == 403
    assert reviewer.get(f"/api/v1/teams/{team.pk}/members").status_code == 403


def test_a_list_costs_the_same_however_many_teams(acme: Company, django_assert_max_num_queries: Any) -> None:
    for number in range(12):
        make_team(acme, [acme.people["labeler"]], f"team {number}")
    manager = acme.client("manager")
    with django_assert_max_num_queries(9):
        answer = manager.get("/api/v1/teams?limit=10").json()
    assert (answer["count"], len(answer["results"])) == (12, 10)


def test_a_new_member_of_a_team_is_told_of_its_open_jobs(acme: Company) -> None:
    made = make_job(acme, team=make_team(acme, []))
    user = acme.people["labeler"].pk
    body = {"user": str(user)}
    assert _post(acme.client("manager"), f"teams/{made.team.pk}/members", body).status_code == 201
    with organization_scope(acme.id):
        groups = [row.payload["group"] for row in OutboxMessage.objects.filter(topic="push")]
    assert f"user.{user}" in groups
