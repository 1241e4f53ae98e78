"""Calling what stands behind an ARN: over HTTP and in a child process; whatever the other side does."""

import hashlib
import hmac
import time
from pathlib import Path
from typing import Any

import pytest

from labeling.functions import entry_points as installed
from labeling.functions.calling import Caller, Target
from labeling.functions.errors import FunctionError, FunctionRefused, FunctionUnavailable
from maskwright.core.scope import organization_scope
from maskwright.core.webhooks import call_signed
from tests.plugins.cast import Company
from tests.plugins.receiver import Receiver, serve


def _call(webhook: Receiver, event: Any = None, timeout: float = 5.0, key: str = "key-1") -> Any:
    with Caller(Target("webhook", webhook.url, "hush", timeout)) as caller:
        return caller.call(event or {"a": 1}, key=key)


def _problem(webhook: Receiver, timeout: float = 5.0) -> FunctionError:
    with pytest.raises(FunctionError) as found:
        _call(webhook, timeout=timeout)
    return found.value


def test_a_webhook_is_asked_signed_and_under_the_same_key_when_it_is_asked_again(webhook: Receiver) -> None:
    webhook.answer = lambda got: (200, {"echo": got.json})
    assert _call(webhook, {"ü": [1]}) == {"echo": {"ü": [1]}}
    _call(webhook, {"ü": [1]})
    first, second = webhook.got
    assert first.path == "/hook?a=1" and first.headers["Content-Type"] == "application/json"
    for name in ("Idempotency-Key", "X-Maskwright-Delivery"):
        assert first.headers[name] == second.headers[name] == "key-1"
    at, _, made = first.headers["X-Maskwright-Signature"].partition(",v1=")
    signed = hmac.new(b"hush", f"{at.removeprefix('t=')}.".encode() + first.body, hashlib.sha256).hexdigest()
    assert made == signed and abs(int(at.removeprefix("t=")) - time.time()) < 60


@pytest.mark.parametrize("status", [500, 502, 503, 429, 408])
def test_a_server_that_is_busy_is_asked_again_later(webhook: Receiver, status: int) -> None:
    webhook.answer = lambda got: (status, {})
    assert isinstance(_problem(webhook), FunctionUnavailable)


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 404, 422])
def test_a_server_that_says_no_and_one_that_sends_elsewhere_are_not_asked_again(webhook: Receiver, status: int) -> None:
    elsewhere, end = serve()
    webhook.headers = {"Location": elsewhere.url}
    webhook.answer = lambda got: (status, {})
    problem = _problem(webhook)
    end()
    assert isinstance(problem, FunctionRefused) and f"status {status}" in problem.message
    assert elsewhere.got == []


def test_a_server_that_speaks_byte_by_byte_is_left_after_the_time_limit(webhook: Receiver) -> None:
    webhook.answer = lambda got: (200, {"long": "x" * 100})
    webhook.drip = 0.1
    began = time.monotonic()
    problem = _problem(webhook, timeout=1.0)
    assert isinstance(problem, FunctionUnavailable) and "within 1 seconds" in problem.message
    assert time.monotonic() - began < 3


def test_a_server_that_says_nothing_is_left_after_the_time_limit(webhook: Receiver) -> None:
    def slow(got: Any) -> tuple[int, Any]:
        time.sleep(2)
        return 200, {}

    webhook.answer = slow
    began = time.monotonic()
    assert isinstance(_problem(webhook, timeout=0.5), FunctionUnavailable)
    assert time.monotonic() - began < 1.5


def test_an_answer_that_is_too_long_or_no_json_is_refused(webhook: Receiver, monkeypatch: Any) -> None:
    webhook.answer = lambda got: (200, b"<html>")
    assert isinstance(_problem(webhook), FunctionRefused)
    monkeypatch.setattr("labeling.functions.calling.MOST_ANSWER", 1000)
    webhook.answer = lambda got: (200, {"long": "x" * 5000})
    assert "more than 1000 bytes" in _problem(webhook).message


def test_a_private_address_is_never_connected_to(settings: Any) -> None:
    trap, end = serve()
    settings.WEBHOOK_ENDPOINTS = []
    for url in (trap.url, trap.url.replace("http:", "https:"), trap.url.replace("127.0.0.1", "localhost")):
        with pytest.raises(FunctionUnavailable):
            with Caller(Target("webhook", url, "hush", 2)) as caller:
                caller.call({}, key="k")
    end()
    assert trap.got == []


def test_nothing_is_called_inside_of_a_scope(acme: Company, webhook: Receiver) -> None:
    """A scope is a transaction, which a slow answer would hold open."""
    with organization_scope(acme.id), pytest.raises(RuntimeError, match="outside of any"):
        call_signed(webhook.url, "hush", b"{}", delivery="d")
    assert webhook.got == []


MODULE = """
import os, time

def echo(event):
    print("this goes nowhere")
    return {"event": event, "environment": sorted(os.environ)}

def raises(event):
    raise ValueError("no good")

def dies(event):
    os._exit(3)

def hangs(event):
    time.sleep(60)

def long(event):
    return "x" * 5000

def odd(event):
    return {1, 2}

counter = 0

def counts(event):
    global counter
    counter += 1
    return counter
"""


@pytest.fixture
def functions(tmp_path: Path, monkeypatch: Any) -> None:
    """An installed distribution with functions, as pip would put it there."""
    (tmp_path / "their_functions.py").write_text(MODULE)
    info = tmp_path / "their_functions-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: their-functions\nVersion: 1.0\n")
    names = ("echo", "raises", "dies", "hangs", "long", "odd", "counts")
    lines = [f"{name} = their_functions:{name}" for name in names]
    (info / "entry_points.txt").write_text("[maskwright.functions]\n" + "\n".join(lines) + "\n")
    monkeypatch.syspath_prepend(str(tmp_path))


def _run(name: str, timeout: float = 20.0, times: int = 1) -> Any:
    with installed.FunctionProcess(name, timeout=timeout, max_bytes=4000) as process:
        return [process.call({"ü": 1}) for _ in range(times)][-1]


def test_an_installed_function_gets_the_event_and_nothing_of_this_installation(functions: None) -> None:
    assert "echo" in installed.installed_functions()
    said = _run("echo")
    assert said["event"] == {"ü": 1}
    assert not {"SECRET_KEY", "DATABASE_URL", "HOME"} & set(said["environment"])


def test_one_process_answers_many_calls(functions: None) -> None:
    assert _run("counts", times=3) == 3


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("raises", "ValueError: no good"),
        ("dies", "ended by itself"),
        ("odd", "not JSON serializable"),
        ("missing", "failed"),
    ],
)
def test_an_installed_function_that_fails_is_asked_again_later(functions: None, name: str, words: str) -> None:
    with pytest.raises(FunctionUnavailable) as found:
        _run(name)
    assert words in found.value.message


def test_an_installed_function_that_hangs_is_ended(functions: None) -> None:
    began = time.monotonic()
    with pytest.raises(FunctionUnavailable, match="within 2 seconds"):
        _run("hangs", timeout=2)
    assert time.monotonic() - began < 5


def test_an_installed_function_that_says_too_much_is_refused(functions: None) -> None:
    with pytest.raises(FunctionRefused, match="more than 4,000 bytes"):
        _run("long")
