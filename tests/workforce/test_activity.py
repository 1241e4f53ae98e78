"""Active time: the server's clock counts it, once for a person, up to the job's cut-off; rows are only added."""

import threading
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.test import Client

from maskwright.core.errors import Invalid, NotFound
from maskwright.core.scope import organization_scope
from tests.factories.jobs import MadeJob, make_job
from tests.factories.work import act, claim, flat_mask, submit
from tests.labeling.test_reviews import answer_all, give_verdict
from tests.plugins.cast import Company
from workforce.models import Claim, LedgerEntry
from workforce.services.activity import correct_time


def pass_time(company: Company, seconds: float) -> None:
    """As if so many seconds had gone by since the claims were taken and the last signs of activity."""
    with organization_scope(company.id), connection.cursor() as cursor:
        move = f"interval '{seconds} seconds'"
        cursor.execute(f"UPDATE workforce_claim SET claimed_at = claimed_at - {move} WHERE state = 'live'")
        cursor.execute(
            f"UPDATE workforce_activityclock SET counted_until = counted_until - {move}, since = since - {move}"
        )


def beat(client: Client, assignment: dict[str, Any], active: float = 1.0) -> None:
    assert act(client, assignment, "heartbeat", {"active_seconds": active}).status_code == 200


def counted(company: Company, kind: str = "time", **filters: Any) -> float:
    with organization_scope(company.id):
        return float(sum(row.quantity for row in LedgerEntry.objects.filter(kind=kind, **filters)))


def set_idle(made: MadeJob, company: Company, seconds: int) -> None:
    change = {"idle_seconds": seconds}
    answer = company.client("manager").patch(f"/api/v1/jobs/{made.id}", change, content_type="application/json")
    assert answer.status_code == 200, answer.json()


@pytest.mark.parametrize("told", [0.1, 3000])
def test_the_server_counts_whatever_the_client_tells(acme: Company, told: float) -> None:
    make_job(acme)
    client = acme.client("labeler")
    body = claim(client).json()
    pass_time(acme, 25)
    beat(client, body, told)
    assert 25 <= counted(acme) < 35
    with organization_scope(acme.id):
        assert Claim.objects.get().active_seconds == pytest.approx(counted(acme), abs=0.01)


def test_without_a_sign_of_activity_nothing_is_counted_and_the_pause_is_cut_off(acme: Company) -> None:
    made = make_job(acme)
    set_idle(made, acme, 30)
    client = acme.client("labeler")
    body = claim(client).json()
    for _ in range(3):
        pass_time(acme, 20)
        beat(client, body, 0)
    assert counted(acme) == 0
    beat(client, body)
    assert counted(acme) == pytest.approx(30, abs=0.1)


def test_two_tabs_count_once(acme: Company) -> None:
    first, second = make_job(acme), make_job(acme)
    client = acme.client("labeler")
    tabs = [claim(client, job=str(made.id)).json() for made in (first, second)]
    pass_time(acme, 20)
    for body in (*tabs, *tabs):
        beat(client, body)
    assert 20 <= counted(acme) < 25
    pass_time(acme, 10)
    beat(client, tabs[1])
    assert 30 <= counted(acme) < 40


def test_two_tabs_that_beat_in_the_same_instant_count_once(committed: None, acme: Company) -> None:
    made = [make_job(acme), make_job(acme)]
    client = acme.client("labeler")
    tabs = [claim(client, job=str(one.id)).json() for one in made]
    beat(client, tabs[0])
    before = counted(acme)
    pass_time(acme, 40)
    gate = threading.Barrier(2)

    def tab(body: dict[str, Any]) -> None:
        mine = acme.client("labeler")
        gate.wait()
        beat(mine, body)
        connections.close_all()

    threads = [threading.Thread(target=tab, args=(body,)) for body in tabs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 40 <= counted(acme) - before < 60


def test_a_paused_job_counts_nothing(acme: Company) -> None:
    made = make_job(acme)
    client = acme.client("labeler")
    body = claim(client).json()
    assert acme.client("manager").post(f"/api/v1/jobs/{made.id}/pause").status_code == 200
    pass_time(acme, 20)
    beat(client, body)
    assert counted(acme) == 0


def test_an_answer_counts_while_it_stands_and_its_rework_is_marked(acme: Company) -> None:
    made = make_job(acme, objects=1, labelers=1, reviewers=("reviewer",))
    answer_all(acme, made, people=("labeler",))
    assert counted(acme, "object", stage="label") == 1
    give_verdict(acme, made, verdict="return", to="same", reason="The ears are missing.")
    assert counted(acme, "object", stage="label") == 0
    assert counted(acme, "object", stage="review") == 1  # a review is work, whatever it says
    client = acme.client("labeler")
    again = claim(client).json()
    pass_time(acme, 30)
    beat(client, again)
    assert submit(client, again, flat_mask(1)).status_code == 200
    assert counted(acme, "object", stage="label") == 1
    assert counted(acme, "time", is_rework=True) >= 30 and counted(acme, "time", is_rework=False) == 0


def test_withdrawn_work_counts_no_time_until_that_is_undone(acme: Company) -> None:
    make_job(acme, objects=1, labelers=1)
    client = acme.client("labeler")
    body = claim(client).json()
    pass_time(acme, 30)
    beat(client, body)
    submit(client, body, flat_mask(1))
    worked = counted(acme)
    for is_withdrawn, left in ((True, 0), (False, worked), (True, 0)):
        with organization_scope(acme.id):
            Claim.objects.update(is_withdrawn=is_withdrawn)
        assert counted(acme) == pytest.approx(left)
    with organization_scope(acme.id):
        reasons = list(LedgerEntry.objects.filter(kind="time").order_by("at").values_list("reason", flat=True))
    assert reasons == ["worked", "withdrawn", "restored", "withdrawn"]


@pytest.mark.parametrize(
    "change", ["UPDATE workforce_ledgerentry SET quantity = 9", "DELETE FROM workforce_ledgerentry"]
)
def test_rows_are_never_changed(acme: Company, change: str) -> None:
    make_job(acme, objects=1, labelers=1)
    submit(acme.client("labeler"), claim(acme.client("labeler")).json(), flat_mask(1))
    with (
        organization_scope(acme.id),
        pytest.raises(DatabaseError, match="counter-entry"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)


def test_a_correction_is_another_entry_with_a_reason_and_takes_no_more_than_there_is(
    acme: Company, initech: Company
) -> None:
    make_job(acme)
    client = acme.client("labeler")
    body = claim(client).json()
    pass_time(acme, 40)
    beat(client, body)
    manager = acme.client("manager")
    url = f"/api/v1/claims/{body['id']}/corrections"
    wrong = manager.post(url, {"seconds": "-100", "note": ""}, content_type="application/json")
    assert [one["code"] for one in wrong.json()["fields"]] == ["required", "too_many"]
    right = manager.post(url, {"seconds": "-30", "note": "The phone rang."}, content_type="application/json")
    assert right.status_code == 201, right.json()
    assert 10 <= counted(acme) < 20
    with organization_scope(initech.id), pytest.raises(NotFound):
        correct_time(claim_id=body["id"], seconds=Decimal(1), note="Not mine.")
    with organization_scope(acme.id), pytest.raises(Invalid):
        correct_time(claim_id=body["id"], seconds=Decimal(0), note="Nothing.")
    denied = acme.client("labeler").post(url, {"seconds": "9", "note": "More."}, content_type="application/json")
    assert denied.status_code == 403
