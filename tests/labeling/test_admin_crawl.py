"""The isolation of the managers' admin, page by page: nothing of a stranger in any byte, his objects are 404."""

import uuid
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client

from maskwright.core.scope import organization_scope
from maskwright.organizations.admin_base import ScopedModelAdmin
from tests.factories.admin import furnish, ids_of, pages
from tests.plugins.cast import Company

MINE, FOREIGN = "aardvark", "zzyzx"


@dataclass
class World:
    acme: Company
    initech: Company
    mine: dict[str, list[uuid.UUID]]
    foreign: dict[str, list[uuid.UUID]]
    secrets: set[str] = field(default_factory=set)


@pytest.fixture
def world(acme: Company, initech: Company) -> World:
    made = World(acme, initech, furnish(acme, MINE), furnish(initech, FOREIGN))
    made.secrets = {FOREIGN, "initech", "Initech"}
    made.secrets |= {str(pk) for found in made.foreign.values() for pk in found}
    return made


def addresses(page: ScopedModelAdmin, objects: list[uuid.UUID]) -> list[str]:
    """Every address of a page: its list in all variants, the form, and each object's pages."""
    found = [page.page_url("changelist")]
    variants = ["o=1", "o=-2", "p=2", "e=1", "all=", "q=a", f"q={FOREIGN}"]
    names: list[Any] = list(page.list_filter)
    for name in (one.parameter_name for one in names):
        variants += [f"{name}={value}" for value in ("active", "open", "failed", FOREIGN)]
    found += [f"{found[0]}?{variant}" for variant in variants]
    found.append(page.page_url("add"))
    for pk in objects:
        found += object_addresses(page, pk)
    return found


def object_addresses(page: ScopedModelAdmin, pk: uuid.UUID) -> list[str]:
    actions = [page.page_url("action", pk, action.name) for action in page.object_actions]
    of_object = [url for url in page.extra_urls() if "object_id" in str(url.pattern)]
    extra = [page.page_url(str(url.name).removeprefix(page.url_name("")), pk) for url in of_object]
    return [page.page_url("change", pk), page.page_url("history", pk), *actions, *extra]


def body(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode("utf-8", "replace")


def visit(browser: Client, url: str) -> Any:
    response: Any = browser.get(url)
    assert response.status_code in (200, 302, 403), f"{url}: {response.status_code}"
    return response


def crawl(company: Company, made: dict[str, list[uuid.UUID]]) -> dict[str, str]:
    """What the company's manager is shown at every address of every page he may open."""
    browser = company.browser("manager")
    shown = {"/manage/": body(visit(browser, "/manage/"))}
    for page in pages().values():
        for url in addresses(page, made[page.model._meta.label]):
            # What one searched for stands in the search field and in links again; that is no leak.
            shown[url] = body(visit(browser, url)).replace(f'value="{FOREIGN}"', "").replace(f"={FOREIGN}", "")
    return shown


def test_every_page_has_rows_to_crawl(world: World) -> None:
    empty = [label for label, found in world.foreign.items() if not found]
    assert set(empty) <= {"workforce.WorkGrant"}  # offers cross tenants by design; they have tests of their own


def test_no_byte_of_a_stranger_shows_on_any_page(world: World) -> None:
    shown = crawl(world.acme, world.mine)
    leaks = {url: found for url, text in shown.items() if (found := {one for one in world.secrets if one in text})}
    assert leaks == {}
    assert sum(MINE in text for text in shown.values()) > 10


def test_the_strangers_own_manager_is_shown_all_of_it(world: World) -> None:
    """The positive control: each string is on a page of its owner's, so that its absence elsewhere says something."""
    everything = "".join(crawl(world.initech, world.foreign).values())
    assert {one for one in world.secrets if one not in everything} == set()


def test_a_strangers_object_is_not_found_by_anybody_else(world: World) -> None:
    browser = world.acme.browser("manager")
    own = [world.initech.browser(who) for who in ("manager", "owner")]  # tokens are a person's, access keys an owner's
    browser.get("/manage/organizations/invitation/add/")
    token = {"csrfmiddlewaretoken": browser.cookies["csrftoken"].value}
    for page in pages().values():
        for pk in world.foreign[page.model._meta.label]:
            for url in object_addresses(page, pk):
                assert browser.get(url).status_code == 404, url
                assert browser.post(url, token).status_code == 404, url
            assert 200 in [one.get(page.page_url("change", pk)).status_code for one in own]
        assert browser.get(page.page_url("change", uuid.uuid4())).status_code == 404
    with organization_scope(world.initech.id):
        assert {model._meta.label: ids_of(model, world.initech) for model in pages()} == world.foreign
