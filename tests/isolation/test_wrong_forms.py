"""Junk in every field of every form of the managers' pages: shown again with what is wrong, never a server error."""

import re
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from tests.isolation.test_pages import ADMIN, addresses, objects, owner_of
from tests.isolation.world import World

__all__ = ["objects"]  # a fixture

JUNK = [
    "",
    "\x00",
    "²",
    "x" * 20_000,
    "-1",
    "99999999999999999999",
    "not-an-id",
    "2026-13-45T99:99",
    "[]",
]
QUERIES = ["q=%00", "q=%FF", "p=-1", "p=99999999999999999999", "p=²", "o=99.-99", "o=x", "state=²", "job=no-id"]
FORMS = sorted(name for name in ADMIN if name.endswith(("_add", "_change", "_action", "_edit", "_offers")))


def _send(browser: Client, url: str, data: dict[str, str]) -> str:
    """What went wrong; empty if nothing did."""
    try:
        with transaction.atomic():
            response: Any = browser.post(url, data)
            transaction.set_rollback(True)
    except Exception as error:  # what would be a 500
        return f"{url} {str(data)[:100]}: {type(error).__name__}: {error}"[:300]
    return "" if response.status_code < 500 else f"{url}: {response.status_code}"


def _fields(browser: Client, url: str) -> set[str]:
    return set(re.findall(r'name="([\w-]+)"', browser.get(url).content.decode())) - {"csrfmiddlewaretoken"}


@pytest.mark.parametrize("name", FORMS)
def test_junk_in_a_form_is_answered(world: World, objects: dict[str, list[str]], name: str) -> None:
    route = ADMIN[name]
    browser = world.browser(*owner_of(route))
    urls = list(addresses(route, objects)) if route.parameters else [route.url({})]
    problems = []
    for url in urls:
        fields = _fields(browser, url)
        for number, junk in enumerate(JUNK):
            if number < 2:
                problems.append(_send(browser, url, dict.fromkeys(fields, junk)))
            # Different junk in each field: a check may be reached only behind one that another value passes.
            mixed = {field: JUNK[(number + place) % len(JUNK)] for place, field in enumerate(sorted(fields))}
            problems.append(_send(browser, url, mixed))
    if found := [problem for problem in problems if problem]:
        pytest.fail("\n".join(found), pytrace=False)


@pytest.mark.parametrize("name", sorted(name for name in ADMIN if name.endswith("_changelist")))
def test_junk_in_a_lists_address_is_answered(world: World, name: str) -> None:
    browser = world.browser(*owner_of(ADMIN[name]))
    for query in (
        "q=%00",
        "q=%FF",
        "p=-1",
        "p=99999999999999999999",
        "p=²",
        "o=99.-99",
        "o=x",
        "state=²",
        "job=not-an-id",
    ):
        assert browser.get(f"{ADMIN[name].url({})}?{query}").status_code < 500, query
