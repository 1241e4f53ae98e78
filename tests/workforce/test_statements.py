"""Prices and statements: what counts is paid at the price of its time, stated once, and never changed."""

import csv
import io
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from maskwright.core.scope import organization_scope
from tests.factories.jobs import MadeJob, make_job, make_team
from tests.factories.work import act, claim, flat_mask, submit
from tests.labeling.test_reviews import give_verdict, settle
from tests.plugins.cast import Company
from tests.workforce.test_activity import beat, pass_time
from workforce.ledger import Entry, Price, Rate, RateBook, charge, collect, total
from workforce.models import LedgerEntry, PayRate, Statement, StatementLine, Worker, WorkerIdentity, WorkItem, WorkQueue
from workforce.services.grants import accept_grant, offer_grant, staff_grant
from workforce.services.items import take_back
from workforce.services.terms import OfferTerms


def post(client: Client, path: str, body: dict[str, Any]) -> Any:
    return client.post(f"/api/v1/{path}", body, content_type="application/json")


def rate(company: Company, **body: Any) -> dict[str, Any]:
    answer = post(company.client("manager"), "pay-rates", {"currency": "EUR", **body})
    assert answer.status_code == 201, answer.json()
    return dict(answer.json())


def old_rate(company: Company, **prices: Any) -> None:
    """A rate that held before the test began: claims are dated back to let time pass."""
    with organization_scope(company.id):
        PayRate.objects.create(valid_from="2020-01-01T00:00:00Z", currency="EUR", **prices)


def issue(company: Company, **body: Any) -> list[dict[str, Any]]:
    answer = post(company.client("manager"), "statements", body)
    assert answer.status_code == 201, answer.json()
    return list(answer.json())


def answer_one(company: Company, made: MadeJob, who: str = "labeler", seconds: float = 0) -> None:
    client = company.client(who)
    body = claim(client, job=str(made.id)).json()
    if seconds:
        pass_time(company, seconds)
        beat(client, body)
    assert submit(client, body, flat_mask(1)).status_code == 200


def grant_work(acme: Company, globex: Company, made: MadeJob, **terms: Any) -> str:
    team = make_team(globex, [globex.people["labeler"], globex.people["labeler2"]])
    with organization_scope(acme.id, user_id=acme.people["manager"].pk):
        offered = offer_grant(
            queue_id=made.queue.pk, vendor_id=globex.id, title="cups", terms=OfferTerms(currency="EUR", **terms)
        )
    with organization_scope(globex.id, user_id=globex.people["manager"].pk, with_grants=True):
        accept_grant(grant_id=offered.pk)
        staff_grant(grant_id=offered.pk, work_team_id=team.pk)
    return str(offered.pk)


def take_back_all(company: Company, made: MadeJob) -> None:
    with organization_scope(company.id):
        for item in WorkItem.objects.filter(work_queue=made.queue):
            slots = list(item.slots.filter(state="accepted").values_list("pk", flat=True))
            take_back(item_id=item.pk, slot_ids=slots, reserve_seconds=None)


def test_a_statement_has_each_answer_once_and_the_next_one_takes_off_what_came_back(acme: Company) -> None:
    made = make_job(acme, objects=3, labelers=1)
    rate(acme, price_per_object="0.1250")
    answer_one(acme, made)
    answer_one(acme, made)
    (first,) = issue(acme)
    assert (first["total"], first["party"], first["period_from"]) == ("0.25", "acme-labeler", None)
    assert post(acme.client("manager"), "statements", {}).status_code == 422  # nothing is left to state
    take_back_all(acme, made)
    answer_one(acme, made)
    (second,) = issue(acme)
    assert (second["total"], second["period_from"]) == ("-0.12", first["period_to"])
    assert [one["number"][-4:] for one in (first, second)] == ["0001", "0002"]
    lines = acme.client("manager").get(f"/api/v1/statements/{second['id']}").json()["lines"]
    assert [(line["quantity"], line["unit_price"], line["title"]) for line in lines] == [
        ("-1", "0.1250", made.job.name)
    ]


def test_a_changed_price_holds_for_work_taken_from_then_on_and_changes_nothing_issued(acme: Company) -> None:
    made = make_job(acme, objects=4, labelers=1)
    rate(acme, price_per_object="1")
    answer_one(acme, made)
    (first,) = issue(acme)
    client = acme.client("labeler")
    held = claim(client).json()  # taken at 1
    rate(acme, price_per_object="3")
    submit(client, held, flat_mask(1))
    answer_one(acme, made)
    (second,) = issue(acme)
    assert (first["total"], second["total"]) == ("1.00", "4.00")
    again = acme.client("manager").get(f"/api/v1/statements/{first['id']}").json()
    assert again["total"] == "1.00"
    past = post(
        acme.client("manager"),
        "pay-rates",
        {"currency": "EUR", "price_per_object": "9", "valid_from": "2020-01-01T00:00:00Z"},
    )
    assert [one["path"] for one in past.json()["fields"]] == ["valid_from"]


def test_hours_are_paid_without_rework(acme: Company) -> None:
    made = make_job(acme, objects=1, labelers=1, reviewers=("reviewer",))
    with organization_scope(acme.id):
        WorkQueue.objects.update(idle_seconds=900)
    old_rate(acme, price_per_hour=Decimal(18))
    answer_one(acme, made, seconds=600)
    settle(acme, made)
    give_verdict(acme, made, verdict="return", to="same", reason="More ears.")
    answer_one(acme, made, seconds=300)
    with organization_scope(acme.id):
        free = sum(row.quantity for row in LedgerEntry.objects.filter(kind="time", is_rework=True))
    assert free >= 300
    (statement,) = issue(acme)
    assert Decimal("3.00") <= Decimal(statement["total"]) < Decimal("3.20")  # ten minutes, and what the test took


def test_vendor_and_customer_read_the_same_statement_and_nobody_else_does(
    acme: Company, globex: Company, initech: Company
) -> None:
    made = make_job(acme, objects=3, labelers=1)
    grant_work(acme, globex, made, price_per_object=Decimal("0.40"))
    rate(globex, price_per_object="0.20", work_queue=None)
    answer_one(globex, made)
    answer_one(globex, made, "labeler2")
    with organization_scope(acme.id):
        codes = set(Worker.objects.values_list("code", flat=True))
    (bill,) = issue(acme, vendor=str(globex.id))
    assert (bill["total"], bill["side"], bill["party"]) == ("0.80", "issued", "Globex Labeling")
    got = globex.client("manager").get(f"/api/v1/statements/{bill['id']}").json()
    assert (got["side"], got["total"]) == ("received", "0.80")
    assert {line["worker"] for line in got["lines"]} == codes
    assert initech.client("manager").get(f"/api/v1/statements/{bill['id']}").status_code == 404
    # What the vendor pays its people is the vendor's business alone.
    pay = issue(globex)
    assert sorted(one["total"] for one in pay) == ["0.20", "0.20"]
    assert acme.client("manager").get(f"/api/v1/statements/{pay[0]['id']}").status_code == 404
    own = globex.client("labeler").get("/api/v1/work/pay").json()
    assert [one["total"] for one in own["statements"]] == ["0.20"]
    others = next(one["id"] for one in pay if one["party"] == "globex-labeler2")
    assert globex.client("labeler").get(f"/api/v1/work/statements/{others}").status_code == 404
    assert globex.client("labeler").get(f"/api/v1/statements/{others}").status_code == 403


def test_a_revoked_vendor_keeps_what_he_earned_and_still_reads_it(acme: Company, globex: Company) -> None:
    made = make_job(acme, objects=3, labelers=1)
    grant = grant_work(acme, globex, made, price_per_object=Decimal("0.40"))
    answer_one(globex, made)
    assert post(acme.client("manager"), f"grants/{grant}/revoke", {}).status_code == 200
    open_there = globex.client("manager").get(f"/api/v1/open-amounts?customer={acme.id}").json()
    open_here = acme.client("manager").get(f"/api/v1/open-amounts?vendor={globex.id}").json()
    assert open_there[0]["totals"] == open_here[0]["totals"] == {"EUR": "0.40"}
    issue(acme, vendor=str(globex.id))
    take_back_all(acme, made)  # the customer withdraws the work afterwards
    (credit,) = issue(acme, vendor=str(globex.id))
    assert credit["total"] == "-0.40"


def test_no_more_is_bought_than_the_purchase_cap(acme: Company, globex: Company) -> None:
    made = make_job(acme, objects=3, labelers=1)
    grant_work(acme, globex, made, price_per_object=Decimal("0.40"), purchase_cap=Decimal("1.00"))
    for _ in range(2):
        answer_one(globex, made)
    (first,) = issue(acme, vendor=str(globex.id))
    answer_one(globex, made)
    (second,) = issue(acme, vendor=str(globex.id))
    assert (first["total"], second["total"]) == ("0.80", "0.20")


def test_replaying_the_log_gives_what_was_issued_to_the_cent(acme: Company) -> None:
    made = make_job(acme, objects=4, labelers=2)
    old_rate(acme, price_per_hour=Decimal("13.37"), user=acme.people["labeler2"])
    for price, who, seconds in (("0.3333", "labeler", 0), ("0.1111", "labeler2", 45), ("0.7777", "labeler", 0)):
        rate(acme, price_per_object=price)
        answer_one(acme, made, who, seconds=seconds)
        issue(acme)
    take_back_all(acme, made)
    answer_one(acme, made, "labeler2", seconds=31)
    issue(acme)
    with organization_scope(acme.id):
        entries = [
            Entry(
                row.claim_id,
                row.work_queue_id,
                row.worker_id,
                row.work_grant_id,
                row.stage,
                row.kind,
                row.quantity,
                row.is_rework,
                row.taken_at,
            )
            for row in LedgerEntry.objects.order_by("at")
        ]
        book = RateBook(
            Rate(r.work_queue_id, r.user_id, r.stage, r.valid_from, _price(r)) for r in PayRate.objects.all()
        )
        person = dict(WorkerIdentity.objects.values_list("worker_id", "user_id"))
        replayed = total(charge(collect(entries), lambda work: book.price_of(work, person[work.worker_id])))
        assert replayed == sum(Statement.objects.values_list("total", flat=True)) != 0
        assert replayed == sum(StatementLine.objects.values_list("amount", flat=True))


def _price(row: PayRate) -> Price | None:
    if row.price_per_object is not None:
        return Price("object", row.price_per_object, row.currency)
    return Price("hour", row.price_per_hour, row.currency) if row.price_per_hour is not None else None


@pytest.mark.parametrize("table", ["workforce_statement", "workforce_statementline", "workforce_payrate"])
def test_nothing_that_was_issued_or_agreed_is_changed(acme: Company, table: str) -> None:
    made = make_job(acme, objects=1, labelers=1)
    rate(acme, price_per_object="1")
    answer_one(acme, made)
    issue(acme)
    with (
        organization_scope(acme.id),
        pytest.raises(DatabaseError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE {table} SET created_at = now()")


def test_csv_has_numbers_as_numbers_and_text_never_as_a_formula(acme: Company) -> None:
    made = make_job(acme, objects=1, labelers=1)
    with organization_scope(acme.id):
        type(made.job).objects.filter(pk=made.id).update(name="=SUM(A1)")
    rate(acme, price_per_object="2.5")
    answer_one(acme, made)
    (statement,) = issue(acme)
    answer = acme.client("manager").get(f"/api/v1/statements/{statement['id']}/csv")
    assert answer["Content-Disposition"] == f'attachment; filename="statement-{statement["number"]}.csv"'
    (row,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert (row["amount"], row["quantity"], row["title"]) == ("2.50", "1", "'=SUM(A1)")


def test_worker_events_have_ground_truths_names_and_hide_the_person(acme: Company) -> None:
    make_job(acme, objects=2, labelers=1)
    client = acme.client("labeler")
    submit(client, claim(client).json(), flat_mask(1))
    act(client, claim(client).json(), "decline", {"reason": "I know her."})
    answer = acme.client("manager").get("/api/v1/worker-events?file=csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["event_type"] for row in rows] == ["TasksAccepted", "TasksSubmitted", "TasksAccepted", "TasksDeclined"]
    assert rows[1]["task_submitted_time"].endswith(" UTC 2026") or "UTC" in rows[1]["task_submitted_time"]
    assert rows[0]["task_submitted_time"] == "" and rows[3]["task_declined_time"]
    assert str(acme.people["labeler"].pk) not in answer.content.decode()


@pytest.mark.parametrize("who", ["reviewer", "labeler"])
def test_money_is_for_managers_and_auditors(acme: Company, who: str) -> None:
    assert acme.client(who).get("/api/v1/statements").status_code == 403
    assert acme.client("auditor").get("/api/v1/statements").status_code == 200
    assert post(acme.client("auditor"), "pay-rates", {}).status_code == 403
