"""Probes, the start page's redirects, error answers, and the content security policy of the editor's page."""

from collections.abc import Iterator
from io import StringIO

import pytest
import redis
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client

from maskwright.accounts.models import User
from maskwright.config import probes
from maskwright.config.management.commands import generate_messages
from maskwright.config.probes import OperationsNote, leave_note
from tests.plugins.cast import PASSWORD, Company


@pytest.fixture
def broker() -> Iterator[redis.Redis]:
    client = redis.Redis.from_url(settings.CELERY_BROKER_URL)
    client.delete(probes.NOTE_KEY)
    yield client
    client.delete(probes.NOTE_KEY)
    client.close()


def test_healthz_asks_nothing(client: Client) -> None:
    # Without a database fixture any query would fail.
    assert client.get("/healthz").status_code == 200


@pytest.mark.django_db
def test_readyz_is_ready_when_everything_answers(client: Client, broker: redis.Redis) -> None:
    leave_note(OperationsNote(waiting=3, oldest_waiting=2.0, last_done=1.0))
    answer = client.get("/readyz")
    assert answer.json() == {
        "ready": True,
        "parts": dict.fromkeys(["database", "migrations", "broker", "outbox"], "ok"),
    }
    assert answer.status_code == 200


@pytest.mark.django_db
def test_a_readyz_that_is_asked_while_we_start_fills_no_log(
    client: Client, broker: redis.Redis, caplog: pytest.LogCaptureFixture
) -> None:
    """Who waits for a start asks twenty times a second; each 503 would stand in the log as an error."""
    assert client.get("/readyz").status_code == 503
    assert [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")] == []


@pytest.mark.django_db
def test_readyz_says_that_no_operations_process_runs(client: Client, broker: redis.Redis) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "run_operations" in answer.json()["parts"]["outbox"]
    assert answer.json()["parts"]["database"] == "ok"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("oldest", "last_done", "ready"), [(300.0, 250.0, False), (300.0, 5.0, True), (5.0, None, True)]
)
def test_an_outbox_is_stuck_when_old_messages_wait_and_none_is_done(
    client: Client, broker: redis.Redis, oldest: float, last_done: float | None, ready: bool
) -> None:
    leave_note(OperationsNote(waiting=3, oldest_waiting=oldest, last_done=last_done))
    assert client.get("/readyz").json()["ready"] is ready


@pytest.mark.django_db
def test_readyz_names_a_broker_that_is_away(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    away = redis.Redis(port=1, **probes.CLIENT_LIMITS)
    monkeypatch.setattr(probes, "broker_client", lambda: away)
    parts = client.get("/readyz").json()["parts"]
    assert (parts["broker"], parts["database"]) == ("does not answer", "ok")


@pytest.mark.parametrize(
    ("who", "target"), [("labeler", "/work/"), ("manager", "/manage/"), ("owner", "/manage/"), ("auditor", "/manage/")]
)
def test_the_start_page_leads_to_ones_own_work(acme: Company, who: str, target: str) -> None:
    assert acme.browser(who).get("/").headers["Location"] == target


def test_strangers_sign_in_first_and_come_back(client: Client) -> None:
    for path in ("/", "/work/"):
        assert client.get(path).headers["Location"] == f"/accounts/login/?next={path}"


@pytest.mark.django_db
def test_who_is_in_no_organization_chooses_one_and_the_operator_operates(client: Client) -> None:
    client.force_login(User.objects.create_user("nobody", "", PASSWORD))
    assert client.get("/").headers["Location"] == "/organizations/choose/"
    assert client.get("/work/").headers["Location"] == "/organizations/choose/"
    client.force_login(User.objects.create_superuser("operator", "", PASSWORD))
    assert client.get("/").headers["Location"] == "/operator/"


def test_only_the_editors_page_may_compile_webassembly(acme: Company) -> None:
    browser = acme.browser("labeler")
    work = browser.get("/work/").headers["Content-Security-Policy"]
    other = browser.get("/accounts/password/change/").headers["Content-Security-Policy"]
    assert "'wasm-unsafe-eval'" in work and "'wasm-unsafe-eval'" not in other
    assert "script-src 'self'" in work and "'unsafe-eval'" not in work


@pytest.mark.parametrize("path", ["/accounts/login/", "/nowhere/", "/work/", "/manage/"])
def test_the_policy_is_enforced_on_every_page(acme: Company, path: str) -> None:
    headers = acme.browser("manager").get(path).headers
    policy = dict(part.strip().partition(" ")[::2] for part in headers["Content-Security-Policy"].split(";"))
    assert "Content-Security-Policy-Report-Only" not in headers
    assert policy["script-src"].replace(" 'wasm-unsafe-eval'", "") == "'self'"
    assert policy["worker-src"] == "'self' blob:"
    assert (policy["object-src"], policy["base-uri"], policy["frame-ancestors"]) == ("'none'", "'none'", "'none'")


def test_an_unknown_address_is_told_in_the_askers_language(acme: Company) -> None:
    page = acme.browser("labeler").get("/nowhere/")
    assert (page.status_code, page.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    answer = acme.client("labeler").get("/api/v1/nowhere")
    assert answer.status_code == 404
    assert answer.json() == {
        "code": "not_found",
        "message": "There is nothing at this address, or it is not yours to see.",
        "fields": [],
        "request_id": answer.headers["X-Request-Id"],
    }


def test_a_bug_is_answered_in_the_one_shape_without_its_details(acme: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_: object) -> str:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("maskwright.organizations.api.socket_tickets.create_ticket", broken)
    client = acme.client("labeler")
    client.raise_request_exception = False
    answer = client.post("/api/v1/socket-tickets")
    assert answer.status_code == 500
    assert answer.json()["code"] == "server_error" and "secret detail" not in answer.content.decode()


def test_a_socket_ticket_needs_somebody(client: Client) -> None:
    assert client.post("/api/v1/socket-tickets").status_code == 401


@pytest.mark.django_db
def test_the_schema_describes_the_work_api(client: Client) -> None:
    text = client.get("/api/schema/").content.decode()
    assert "/api/v1/work/claims" in text and "/api/v1/socket-tickets" in text


def test_the_message_types_of_the_frontend_are_up_to_date() -> None:
    call_command("generate_messages", "--check", stdout=StringIO())


def test_outdated_message_types_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    path = settings.ROOT / "frontend" / "src" / "shared" / "nothing.generated.ts"
    monkeypatch.setattr(generate_messages, "PATH", path)
    with pytest.raises(CommandError, match="generate_messages"):
        call_command("generate_messages", "--check", stdout=StringIO())
    assert not path.exists()
