"""Offers with terms: said as they are, answered with a reason, withdrawn, run out, made again."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from maskwright.core.scope import organization_scope
from tests.factories.jobs import MadeJob, make_job
from tests.plugins.cast import Company

TERMS = {
    "price_per_object": "0.1250",
    "currency": "EUR",
    "purchase_cap": "500.00",
    "quality_terms": "Edges within two pixels.",
    "minimum_gold_iou": "0.700",
}


def _post(client: Client, path: str, body: dict[str, Any] | None = None) -> Any:
    return client.post(f"/api/v1/{path}", body or {}, content_type="application/json")


def _offer(customer: Company, vendor: Company, made: MadeJob, **more: Any) -> Any:
    body = {"work_queue": str(made.queue.pk), "vendor": str(vendor.id), **more}
    return _post(customer.client("manager"), "grants", body)


def test_both_sides_read_the_same_terms(acme: Company, globex: Company) -> None:
    due = timezone.now() + timedelta(days=1)
    offered = _offer(acme, globex, make_job(acme), accept_by=due.isoformat(), **TERMS).json()
    seen = globex.client("manager").get(f"/api/v1/grants/{offered['id']}").json()
    for one in (offered, seen):
        assert {name: one[name] for name in TERMS} == TERMS and one["accept_by"] is not None


@pytest.mark.parametrize(
    ("wrong", "path", "code"),
    [
        ({"price_per_hour": "9"}, "price_per_hour", "two_prices"),
        ({"currency": ""}, "currency", "currency"),
        ({"currency": "eur"}, "currency", "currency"),
        ({"purchase_cap": "0"}, "purchase_cap", "negative"),
        ({"price_per_object": "-1"}, "price_per_object", "negative"),
        ({"minimum_gold_iou": "1.5"}, "minimum_gold_iou", "range"),
        ({"accept_by": "2020-01-01T00:00:00Z"}, "accept_by", "past"),
    ],
)
def test_impossible_terms_are_refused_by_field(
    acme: Company, globex: Company, wrong: dict[str, str], path: str, code: str
) -> None:
    answer = _offer(acme, globex, make_job(acme), **{**TERMS, **wrong})
    assert answer.status_code == 422
    assert [(one["path"], one["code"]) for one in answer.json()["fields"]] == [(path, code)]


def test_a_refusal_has_its_reason_and_the_work_can_be_offered_again(acme: Company, globex: Company) -> None:
    made = make_job(acme)
    first = _offer(acme, globex, made, **TERMS).json()["id"]
    assert _post(globex.client("manager"), f"grants/{first}/decline", {"reason": "Too cheap"}).status_code == 200
    read = acme.client("manager").get(f"/api/v1/grants/{first}").json()
    assert (read["state"], read["decline_reason"]) == ("declined", "Too cheap")
    again = _offer(acme, globex, made, **{**TERMS, "price_per_object": "0.2"})
    assert (again.status_code, again.json()["price_per_object"]) == (201, "0.2000")
    assert acme.client("manager").get(f"/api/v1/grants/{first}").json()["price_per_object"] == "0.1250"


def test_a_withdrawn_offer_takes_no_answer_and_an_answered_one_is_not_withdrawn(acme: Company, globex: Company) -> None:
    made = make_job(acme)
    customer, vendor = acme.client("manager"), globex.client("manager")
    offer = _offer(acme, globex, made).json()["id"]
    assert _post(vendor, f"grants/{offer}/withdraw").status_code == 404
    for _twice in range(2):
        assert _post(customer, f"grants/{offer}/withdraw").json()["state"] == "withdrawn"
    assert _post(vendor, f"grants/{offer}/accept").status_code == 409
    second = _offer(acme, globex, made).json()["id"]
    assert _post(vendor, f"grants/{second}/accept").status_code == 200
    assert _post(customer, f"grants/{second}/withdraw").status_code == 409


def test_an_offer_runs_out_at_its_deadline_and_makes_room_for_another(acme: Company, globex: Company) -> None:
    made = make_job(acme)
    with organization_scope(acme.id), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO workforce_workgrant (id, organization_id, vendor_id, work_queue_id, title, state, preview,"
            " version, created_at, currency, quality_terms, decline_reason, accept_by) VALUES (gen_random_uuid(), %s,"
            " %s, %s, '', 'offered', false, 1, now(), '', '', '', now() - interval '1 second') RETURNING id",
            [acme.id, globex.id, made.queue.pk],
        )
        [late] = cursor.fetchone()
    assert _post(globex.client("manager"), f"grants/{late}/accept").status_code == 409
    assert _offer(acme, globex, made).status_code == 201
    assert globex.client("manager").get(f"/api/v1/grants/{late}").json()["state"] == "expired"
