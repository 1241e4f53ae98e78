"""An idle open editor: the next photo opens by itself within two seconds, without a click or a reload."""

import re
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.end_to_end.browser import Person
from tests.end_to_end.client import photo

SECONDS = 2.0
ONE = {"one.png": photo(7)}


@pytest.fixture
def cast(make_cast: Callable[..., Any]) -> Any:
    return make_cast(labelers=2)


def wait_idle(person: Person, heading: str) -> None:
    """Sign in, press Start once, and read why there is nothing."""
    person.sign_in()
    person.start_working()
    expect(person.page.get_by_role("heading", name=re.compile(heading))).to_be_visible()
    expect(person.page.get_by_text("Live", exact=True)).to_be_visible()


def opened(person: Person, *, within: float = 60) -> float:
    """When the photo is there to paint, by the clock of this machine (the server's too)."""
    expect(person.editor.root.get_by_test_id("coverage")).to_be_visible(timeout=within * 1000)
    return time.time()


def test_after_the_job_starts(cast: Any, browser: Browser) -> None:
    manager = cast.client("manager")
    job = manager.order_job("waiting", ONE, cast.ids("labeler1"), number_of_labelers=1)
    person = cast.at_browser(browser, "labeler1")
    wait_idle(person, "has not started yet")
    began = time.time()
    manager.start_job(job)
    assert opened(person) - began <= SECONDS


def test_after_somebody_releases_his_photo(cast: Any, browser: Browser) -> None:
    person, other, claim = _all_claimed(cast, browser)
    began = time.time()
    other.release(claim)
    assert opened(person) - began <= SECONDS


def test_after_somebody_elses_time_is_over(cast: Any, browser: Browser) -> None:
    person, _, claim = _all_claimed(cast, browser)
    expired = datetime.fromisoformat(claim["expires_at"]).timestamp()
    assert 0 <= opened(person) - expired <= SECONDS


def _all_claimed(cast: Any, browser: Browser) -> Any:
    """One photo, which labeler2's program holds, while labeler1 waits at his browser."""
    manager, other = cast.client("manager"), cast.client("labeler2")
    job = manager.order_job("waiting", ONE, cast.ids("labeler1", "labeler2"), number_of_labelers=1)
    manager.start_job(job)
    claim = other.wait_for_claim(job)
    person = cast.at_browser(browser, "labeler1")
    wait_idle(person, r"All photos are with other labelers until \d")
    return person, other, claim
