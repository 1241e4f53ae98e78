"""Notices: of available and of returned work, by each person's choice, once, together, in working hours, signed."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from maskwright.core.errors import Invalid
from maskwright.core.models import OutboxMessage
from maskwright.core.scope import organization_scope
from maskwright.core.webhooks import WebhookFailed, check_webhook
from tests.factories.jobs import MadeJob, make_job
from tests.factories.work import claim
from tests.labeling.test_reviews import answer_all, give_verdict
from tests.plugins.cast import Company
from workforce.models import Notice, TeamSchedule
from workforce.services.hours import Hours
from workforce.services.notice_delivery import deliver
from workforce.services.notices import find_notices

ALL_WEEK = [{"weekday": day, "begin": "00:00", "end": "24:00"} for day in range(7)]


def _put(client: Client, path: str, body: dict[str, Any]) -> Any:
    return client.put(f"/api/v1/{path}", body, content_type="application/json")


def choose(company: Company, who: str = "labeler", kind: str = "returned", **ways: bool) -> None:
    answer = _put(company.client(who), "work/notices/choices", {"choices": [{"kind": kind, **ways}]})
    assert answer.status_code == 200, answer.json()


def find(company: Company) -> int:
    with organization_scope(company.id, with_grants=True):
        return find_notices()


def told(company: Company, who: str = "labeler") -> list[str]:
    rows = company.client(who).get("/api/v1/work/notices").json()["results"]
    return sorted(row["kind"] for row in rows)


def send_back(company: Company, objects: int = 1) -> MadeJob:
    """A job of which the labeler's only answers all came back."""
    made = make_job(company, objects=objects, labelers=1, reviewers=("reviewer",))
    for _ in range(objects):
        answer_all(company, made, people=("labeler",))
        give_verdict(company, made, verdict="return", to="same", reason="The ears are missing.")
    return made


def run_delivery(company: Company, who: str = "labeler") -> None:
    deliver(organization_id=company.id, user_id=company.people[who].pk)


def test_people_who_are_not_at_work_are_told_once_that_there_is_work(acme: Company) -> None:
    make_job(acme)
    claim(acme.client("labeler2"))  # he is at work already
    assert find(acme) == 2
    assert (told(acme), told(acme, "labeler2"), told(acme, "labeler3")) == (["available"], [], ["available"])
    assert find(acme) == 0
    assert acme.client("labeler").post("/api/v1/work/notices").json() == {"read": 1}
    assert find(acme) == 0  # what he has read is not told again


def test_each_answer_that_came_back_is_told_to_its_labeler_alone(acme: Company, initech: Company) -> None:
    send_back(acme, 2)
    find(acme)
    assert told(acme) == ["returned", "returned"]
    assert "returned" not in told(acme, "labeler2") and told(initech) == []
    find(acme)
    assert told(acme) == ["returned", "returned"]


def test_fifty_notices_are_one_mail_and_it_goes_out_once(acme: Company) -> None:
    choose(acme, by_mail=True)
    made = send_back(acme, 1)
    with organization_scope(acme.id):
        person = acme.people["labeler"]
        Notice.objects.bulk_create(
            Notice(
                organization_id=acme.id,
                user=person,
                kind="returned",
                key=f"more.{number}",
                work_queue_id=made.queue.pk,
                title=made.job.name,
                to_mail=True,
            )
            for number in range(49)
        )
    find(acme)
    with organization_scope(acme.id):
        assert OutboxMessage.objects.filter(topic="notice.deliver", done_at=None).count() == 1
    run_delivery(acme)
    run_delivery(acme)  # as after a redelivery
    (sent,) = mail.outbox
    assert sent.to == [person.email] and "50 answers came back" in sent.body and "/work/settings/" in sent.body


def test_who_wants_no_mail_gets_none_and_who_wants_nothing_here_sees_nothing(acme: Company) -> None:
    choose(acme, in_app=False, by_mail=False)
    send_back(acme)
    find(acme)
    run_delivery(acme)
    assert mail.outbox == [] and told(acme) == []


def test_outside_of_the_teams_hours_nobody_is_told_and_within_them_he_is(acme: Company) -> None:
    made = make_job(acme)
    url = f"teams/{made.team.pk}/hours"
    closed = (datetime.now(UTC).weekday() + 3) % 7
    hours = [{"weekday": closed, "begin": "08:00", "end": "09:00"}]
    assert _put(acme.client("manager"), url, {"time_zone": "UTC", "hours": hours}).status_code == 200
    assert find(acme) == 0
    assert _put(acme.client("manager"), url, {"time_zone": "Asia/Tokyo", "hours": ALL_WEEK}).status_code == 200
    assert find(acme) == 3


def test_a_delivery_outside_of_the_hours_is_put_off_until_they_begin(acme: Company) -> None:
    choose(acme, by_mail=True)
    made = send_back(acme)
    find(acme)
    closed = (datetime.now(UTC).weekday() + 3) % 7
    hours = [{"weekday": closed, "begin": "08:00", "end": "09:00"}]
    _put(acme.client("manager"), f"teams/{made.team.pk}/hours", {"time_zone": "UTC", "hours": hours})
    with organization_scope(acme.id), connection.cursor() as cursor:
        cursor.execute("UPDATE core_outboxmessage SET done_at = now() WHERE topic = 'notice.deliver'")
    run_delivery(acme)
    with organization_scope(acme.id):
        later = OutboxMessage.objects.get(topic="notice.deliver", done_at=None)
    assert mail.outbox == [] and (later.next_at - datetime.now(UTC)).total_seconds() > 86400


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"time_zone": "Mars/Base", "hours": []}, "unknown"),
        ({"time_zone": "UTC", "hours": [{"weekday": 1, "begin": "9", "end": "17:00"}]}, "bad_span"),
        ({"time_zone": "UTC", "hours": [{"weekday": 1, "begin": "17:00", "end": "09:00"}]}, "bad_span"),
    ],
)
def test_impossible_hours_are_refused(acme: Company, body: dict[str, Any], code: str) -> None:
    made = make_job(acme)
    answer = _put(acme.client("manager"), f"teams/{made.team.pk}/hours", body)
    assert answer.status_code == 422 and [one["code"] for one in answer.json()["fields"]] == [code]
    denied = _put(acme.client("labeler"), f"teams/{made.team.pk}/hours", {"time_zone": "UTC", "hours": []})
    assert denied.status_code == 403


def test_hours_that_were_refused_are_still_in_the_form(acme: Company) -> None:
    made = make_job(acme)
    browser, url = acme.browser("manager"), f"/manage/workforce/workteam/{made.team.pk}/hours/"
    browser.get(url)
    typed = {"time_zone": "Europe/Berlin", "begin.0": "08:15", "end.0": "16:45", "begin.2": "17:00", "end.2": "09:00"}
    answer: Any = browser.post(url, {**typed, "csrfmiddlewaretoken": browser.cookies["csrftoken"].value})
    text = answer.content.decode()
    assert answer.status_code == 200 and "Wednesday: Write from and to" in text
    assert all(f'value="{clock}"' in text for clock in ("08:15", "16:45", "17:00", "09:00"))
    assert "<option selected>Europe/Berlin</option>" in text
    with organization_scope(acme.id):
        assert not TeamSchedule.objects.exists()


@pytest.mark.parametrize(
    ("now", "is_open", "opens"),
    [
        ("2026-03-27T07:30:00+00:00", True, "2026-03-27T07:30:00+00:00"),  # Friday, 08:30 in Berlin
        ("2026-03-27T18:00:00+00:00", False, "2026-03-30T06:00:00+00:00"),  # Monday 08:00, after the change to summer
        ("2026-03-29T12:00:00+00:00", False, "2026-03-30T06:00:00+00:00"),
        ("2026-03-30T05:59:00+00:00", False, "2026-03-30T06:00:00+00:00"),
    ],
)
def test_hours_follow_the_teams_own_clock(now: str, is_open: bool, opens: str) -> None:
    hours = Hours("Europe/Berlin", tuple((day, 8 * 60, 17 * 60) for day in range(5)))
    at = datetime.fromisoformat(now)
    assert (hours.is_open(at), hours.next_opening(at)) == (is_open, datetime.fromisoformat(opens))


class _Receiver(BaseHTTPRequestHandler):
    got: list[tuple[dict[str, str], bytes]]
    answer = 200

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        type(self).got.append((dict(self.headers), body))
        self.send_response(type(self).answer)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


@pytest.fixture
def receiver(settings: Any) -> Iterator[tuple[str, type[_Receiver]]]:
    handler = type("Receiver", (_Receiver,), {"got": []})
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    settings.WEBHOOK_ENDPOINTS = [f"127.0.0.1:{server.server_port}"]
    yield f"http://127.0.0.1:{server.server_port}/hook?a=1", handler
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_webhook_is_signed_tried_again_under_the_same_delivery_and_then_done(
    acme: Company, receiver: tuple[str, type[_Receiver]]
) -> None:
    url, handler = receiver
    secret = _put(acme.client("labeler"), "work/notices/hook", {"url": url}).json()["secret"]
    choose(acme, by_webhook=True)
    send_back(acme)
    find(acme)
    handler.answer = 503
    with pytest.raises(WebhookFailed):  # the outbox tries again
        run_delivery(acme)
    assert acme.client("labeler").get("/api/v1/work/notices/hook").json()["problem"].endswith("with status 503.")
    handler.answer = 204
    run_delivery(acme)
    run_delivery(acme)
    (first, _), (second, body) = handler.got
    assert first["X-Maskwright-Delivery"] == second["X-Maskwright-Delivery"] == json.loads(body)["delivery"]
    at, _, made = second["X-Maskwright-Signature"].partition(",v1=")
    expected = hmac.new(secret.encode(), f"{at.removeprefix('t=')}.".encode() + body, hashlib.sha256).hexdigest()
    assert made == expected
    assert [one["kind"] for one in json.loads(body)["notices"]] == ["returned"]


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://user:word@example.org/",
        "ftp://example.org/",
        "https://",
        "https://localhost:5432/",
        "https://exa mple.org/",
    ],
)
def test_no_webhook_leads_into_a_private_network(url: str) -> None:
    with pytest.raises(Invalid):
        check_webhook(url)


def test_what_cannot_reach_a_person_cannot_be_chosen(acme: Company) -> None:
    body = {"choices": [{"kind": "returned", "by_webhook": True}]}
    answer = _put(acme.client("labeler"), "work/notices/choices", body)
    assert answer.status_code == 422 and answer.json()["fields"][0]["path"] == "by_webhook"
