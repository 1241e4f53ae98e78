"""A customer lets a vendor work: offered, accepted, staffed, revoked; each side sees its own part only."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.utils import timezone

from maskwright.core.scope import organization_scope
from tests.factories.jobs import MadeJob, make_job, make_team
from tests.factories.work import act, claim, flat_mask, submit
from tests.plugins.cast import Company
from workforce.services.grants import withdraw_revoked
from workforce.states import GrantState


def _post(client: Client, path: str, body: dict[str, Any] | None = None) -> Any:
    return client.post(f"/api/v1/{path}", body or {}, content_type="application/json")


def _offer(customer: Company, vendor: Company, made: MadeJob, **more: Any) -> Any:
    body = {"work_queue": str(made.queue.pk), "vendor": str(vendor.id), "title": "Street photos", **more}
    return _post(customer.client("manager"), "grants", body)


def _granted(customer: Company, vendor: Company, made: MadeJob, *who: str) -> str:
    """An accepted grant, staffed with these people of the vendor."""
    grant: str = _offer(customer, vendor, made).json()["id"]
    manager = vendor.client("manager")
    assert _post(manager, f"grants/{grant}/accept").status_code == 200
    team = make_team(vendor, [vendor.people[one] for one in who])
    assert _post(manager, f"grants/{grant}/teams", {"team": str(team.pk)}).status_code == 201
    return grant


def test_an_offer_shows_the_vendor_its_title_and_nothing_of_the_work(acme: Company, globex: Company) -> None:
    made = make_job(acme)
    offered = _offer(acme, globex, made)
    assert (offered.status_code, offered.json()["state"]) == (201, "offered")
    seen = globex.client("manager").get("/api/v1/grants?side=received").json()["results"]
    assert [(row["title"], row["customer"]["name"], row["state"]) for row in seen] == [
        ("Street photos", "Acme Vision", "offered")
    ]
    with organization_scope(globex.id, with_grants=True), connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM workforce_workqueue), (SELECT count(*) FROM labeling_labelingjob)")
        assert cursor.fetchone() == (0, 0)


def test_only_vendors_other_than_oneself_can_be_offered_work(acme: Company, initech: Company, globex: Company) -> None:
    made = make_job(acme)
    for company, code in ((acme, "own"), (initech, "not_found")):
        answer = _offer(acme, company, made)
        assert (answer.status_code, answer.json()["fields"][0]["code"]) == (422, code)
    vendors = acme.client("manager").get("/api/v1/vendors").json()["results"]
    assert vendors == [{"id": str(globex.id), "name": "Globex Labeling"}]


def test_an_end_in_the_past_and_a_second_offer_are_refused(acme: Company, globex: Company) -> None:
    made = make_job(acme)
    past = (timezone.now() - timedelta(minutes=1)).isoformat()
    assert _offer(acme, globex, made, expires_at=past).json()["fields"][0]["path"] == "expires_at"
    assert _offer(acme, globex, made).status_code == 201
    assert _offer(acme, globex, made).status_code == 409


def test_a_staffed_labeler_works_for_the_customer_under_a_pseudonym(acme: Company, globex: Company) -> None:
    made = make_job(acme, objects=1, labelers=1)
    _granted(acme, globex, made, "labeler")
    labeler = globex.client("labeler")
    taken = claim(labeler)
    assert taken.status_code == 201
    assert submit(labeler, taken.json(), flat_mask(1)).status_code == 200
    # As stored: everything is the customer's, and nothing of it names the person.
    with connection.cursor() as cursor, organization_scope(acme.id):
        cursor.execute(
            "SELECT a.organization_id, c.organization_id, w.vendor_id, w.code FROM labeling_annotation a"
            " JOIN workforce_claim c ON c.id = a.claim_id JOIN workforce_worker w ON w.id = a.worker_id"
        )
        [(annotation_owner, claim_owner, vendor, code)] = cursor.fetchall()
        assert (annotation_owner, claim_owner, vendor) == (acme.id, acme.id, globex.id)
        assert code.startswith("vendor.")
        cursor.execute("SELECT count(*) FROM workforce_workeridentity")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT actor_kind, actor_id::text FROM audit_auditevent WHERE verb LIKE 'claim%'")
        rows = cursor.fetchall()
        assert rows and all(kind == "worker" for kind, _ in rows)
        assert str(globex.people["labeler"].pk) not in {actor for _, actor in rows}


def test_who_is_not_on_a_staffed_team_gets_nothing(acme: Company, globex: Company) -> None:
    _granted(acme, globex, make_job(acme), "labeler")
    assert claim(globex.client("labeler2")).headers["X-Reason"] == "no_jobs"
    assert claim(globex.client("labeler")).status_code == 201


def test_a_team_taken_off_a_grant_loses_its_claims(acme: Company, globex: Company) -> None:
    grant = _granted(acme, globex, make_job(acme), "labeler")
    labeler, manager = globex.client("labeler"), globex.client("manager")
    assignment = claim(labeler).json()
    [team] = manager.get(f"/api/v1/grants/{grant}").json()["teams"]
    assert manager.delete(f"/api/v1/grants/{grant}/teams/{team['id']}").status_code == 204
    assert act(labeler, assignment, "heartbeat").json()["code"] == "lease_lost"
    assert claim(labeler).headers["X-Reason"] == "no_jobs"


def test_a_revoked_grant_ends_everything_at_once(acme: Company, globex: Company) -> None:
    made = make_job(acme, objects=1, labelers=1)
    grant = _granted(acme, globex, made, "labeler")
    labeler = globex.client("labeler")
    assignment = claim(labeler).json()
    assert labeler.get(assignment["image"]["url"]).status_code == 200
    revoked = _post(acme.client("manager"), f"grants/{grant}/revoke")
    assert (revoked.status_code, revoked.json()["state"]) == (200, "revoked")
    assert labeler.get(assignment["image"]["url"]).status_code == 404
    for action in ("heartbeat", "release"):
        assert act(labeler, assignment, action).status_code in (404, 409)
    assert submit(labeler, assignment, flat_mask(1)).status_code in (404, 409)
    assert claim(labeler).headers["X-Reason"] == "no_jobs"
    # The photo goes to somebody else, with a token the old holder does not have.
    taken = claim(acme.client("labeler"))
    assert taken.status_code == 201 and taken.json()["token"] > assignment["token"] + 1
    with organization_scope(acme.id), connection.cursor() as cursor:
        cursor.execute("SELECT state FROM workforce_claim WHERE id = %s", [assignment["id"]])
        assert cursor.fetchone() == ("withdrawn",)


def test_a_claim_that_slipped_past_a_revoke_is_withdrawn_by_the_second_look(acme: Company, globex: Company) -> None:
    made = make_job(acme)
    grant = _granted(acme, globex, made, "labeler")
    assert claim(globex.client("labeler")).status_code == 201
    # The revoke of somebody who did not see the claim: the row alone.
    with organization_scope(acme.id), connection.cursor() as cursor:
        cursor.execute("UPDATE workforce_workgrant SET state = 'revoked', revoked_at = now() WHERE id = %s", [grant])
        assert withdraw_revoked(grant_id=UUID(grant)) == 1
        assert withdraw_revoked(grant_id=UUID(grant)) == 0


def test_other_vendors_and_the_customers_own_people_go_on(acme: Company, globex: Company) -> None:
    made = make_job(acme)
    grant = _granted(acme, globex, made, "labeler")
    own = acme.client("labeler")
    assignment = claim(own).json()
    _post(acme.client("manager"), f"grants/{grant}/revoke")
    assert act(own, assignment, "heartbeat").status_code == 200


def test_a_declined_or_revoked_offer_cannot_be_accepted(acme: Company, globex: Company) -> None:
    manager = globex.client("manager")
    declined = _offer(acme, globex, make_job(acme)).json()["id"]
    assert _post(manager, f"grants/{declined}/decline").json()["state"] == "declined"
    assert _post(manager, f"grants/{declined}/accept").status_code == 409
    revoked = _offer(acme, globex, make_job(acme)).json()["id"]
    _post(acme.client("manager"), f"grants/{revoked}/revoke")
    assert _post(manager, f"grants/{revoked}/accept").status_code == 409


def test_a_grant_that_has_not_begun_or_is_over_opens_nothing(acme: Company, globex: Company) -> None:
    later = (timezone.now() + timedelta(hours=1)).isoformat()
    grant = _offer(acme, globex, make_job(acme), starts_at=later).json()["id"]
    manager = globex.client("manager")
    accepted = _post(manager, f"grants/{grant}/accept").json()
    assert (accepted["state"], accepted["is_live"]) == ("accepted", False)
    team = make_team(globex, [globex.people["labeler"]])
    assert _post(manager, f"grants/{grant}/teams", {"team": str(team.pk)}).status_code == 201
    assert claim(globex.client("labeler")).headers["X-Reason"] == "no_jobs"
    with organization_scope(acme.id), connection.cursor() as cursor:
        cursor.execute("UPDATE workforce_workgrant SET starts_at = now() - interval '1 hour' WHERE id = %s", [grant])
    assert claim(globex.client("labeler")).status_code == 201
    with organization_scope(acme.id), connection.cursor() as cursor:
        cursor.execute("UPDATE workforce_workgrant SET expires_at = now() - interval '1 second' WHERE id = %s", [grant])
    assert claim(globex.client("labeler2")).headers["X-Reason"] == "no_jobs"


def test_the_customer_reads_no_name_of_the_vendors_people_or_teams(acme: Company, globex: Company) -> None:
    made = make_job(acme)
    grant = _granted(acme, globex, made, "labeler")
    claim(globex.client("labeler"))
    seen = acme.client("owner").get(f"/api/v1/grants/{grant}")
    assert seen.json()["teams"] == []
    assert "globex-labeler" not in seen.content.decode()
    assert len(globex.client("manager").get(f"/api/v1/grants/{grant}").json()["teams"]) == 1


def test_a_stranger_sees_and_moves_no_grant(acme: Company, globex: Company, initech: Company) -> None:
    grant = _offer(acme, globex, make_job(acme)).json()["id"]
    stranger = initech.client("owner")
    assert stranger.get(f"/api/v1/grants/{grant}").status_code == 404
    for action in ("accept", "decline", "revoke", "teams"):
        assert _post(stranger, f"grants/{grant}/{action}", {"team": grant}).status_code == 404
    # Nor can a side do what is the other side's.
    assert _post(acme.client("owner"), f"grants/{grant}/accept").status_code == 404
    assert _post(globex.client("owner"), f"grants/{grant}/revoke").status_code == 404
    assert _offer(initech, globex, make_job(acme)).status_code == 404


def test_a_grant_takes_the_vendors_own_teams_only(acme: Company, globex: Company) -> None:
    grant = _offer(acme, globex, make_job(acme)).json()["id"]
    manager = globex.client("manager")
    mine, foreign = make_team(globex, []), make_team(acme, [])
    assert _post(manager, f"grants/{grant}/teams", {"team": str(mine.pk)}).status_code == 409
    _post(manager, f"grants/{grant}/accept")
    assert _post(manager, f"grants/{grant}/teams", {"team": str(foreign.pk)}).status_code == 404
    assert _post(manager, f"grants/{grant}/teams", {"team": str(mine.pk)}).status_code == 201


@pytest.mark.parametrize(
    "change",
    [
        "state = 'accepted', preview = true",
        "work_queue_id = gen_random_uuid(), state = 'accepted'",
        "expires_at = now() + interval '1 year'",
        "state = 'revoked'",
    ],
)
def test_raw_sql_lets_a_vendor_only_answer_an_offer(acme: Company, globex: Company, change: str) -> None:
    _offer(acme, globex, make_job(acme))
    with organization_scope(globex.id, with_grants=True):
        with pytest.raises(ProgrammingError, match="only accept or decline"), transaction.atomic():
            _execute(f"UPDATE workforce_workgrant SET {change}")
        _execute("UPDATE workforce_workgrant SET state = 'accepted'")


@pytest.mark.parametrize(
    "change", ["price_per_object = 9, currency = 'EUR'", "accept_by = now()", "quality_terms = 'x'", "title = 'x'"]
)
def test_raw_sql_changes_no_terms_of_an_offer_on_either_side(acme: Company, globex: Company, change: str) -> None:
    _offer(acme, globex, make_job(acme))
    for company in (acme, globex):
        with organization_scope(company.id, with_grants=True):
            with pytest.raises(ProgrammingError, match=r"terms|only accept or decline"), transaction.atomic():
                _execute(f"UPDATE workforce_workgrant SET {change}")


def test_raw_sql_lets_a_vendor_give_a_reason_only_with_a_refusal(acme: Company, globex: Company) -> None:
    _offer(acme, globex, make_job(acme))
    with organization_scope(globex.id, with_grants=True):
        for change in ("decline_reason = 'x'", "state = 'accepted', decline_reason = 'x'"):
            with pytest.raises(ProgrammingError, match="only accept or decline"), transaction.atomic():
                _execute(f"UPDATE workforce_workgrant SET {change}")
        _execute("UPDATE workforce_workgrant SET state = 'declined', decline_reason = 'too cheap'")


def test_raw_sql_lets_no_vendor_grant_itself_a_queue(acme: Company, globex: Company) -> None:
    made = make_job(acme)
    insert = (
        "INSERT INTO workforce_workgrant"
        " (id, organization_id, vendor_id, work_queue_id, title, state, preview, version, created_at, currency,"
        " quality_terms, decline_reason)"
        f" VALUES (gen_random_uuid(), '{acme.id}', '{globex.id}', '{made.queue.pk}', '', 'accepted', false, 1, now(),"
        " '', '', '')"
    )
    with organization_scope(globex.id), pytest.raises(ProgrammingError, match="row-level"), transaction.atomic():
        _execute(insert)
    with organization_scope(acme.id):
        _execute(insert)


def test_raw_sql_under_a_revoked_grant_reads_and_writes_nothing(acme: Company, globex: Company) -> None:
    made = make_job(acme)
    grant = _granted(acme, globex, made, "labeler")
    tables = ("workforce_workqueue", "workforce_slot", "workforce_claim", "labeling_labelingjob", "labeling_annotation")
    counts = " + ".join(f"(SELECT count(*) FROM {table})" for table in tables)
    with organization_scope(globex.id, with_grants=True):
        assert _execute(f"SELECT {counts}")[0][0] > 0
    _post(acme.client("manager"), f"grants/{grant}/revoke")
    with organization_scope(globex.id, with_grants=True):
        assert _execute(f"SELECT {counts}") == [(0,)]
        assert _execute("SELECT state FROM workforce_workgrant") == [(GrantState.REVOKED,)]


def _execute(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []
