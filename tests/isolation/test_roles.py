"""An auditor reads: every call of the API that changes something refuses him, and so does every form."""

import re

import pytest
from django.test import Client

from tests.architecture.test_permissions import ANY_MEMBER
from tests.isolation.calls import ask, call_of, url_of
from tests.isolation.routes import api_routes
from tests.isolation.test_pages import ADMIN, NOTHING, addresses, objects, owner_of, visit
from tests.isolation.world import World

__all__ = ["objects"]  # a fixture

OWN_PAGES = re.compile("apitoken|password")  # what is one's own
ROUTES = {route.name: route for route in api_routes()}
WRITES = [
    (name, method)
    for name, route in sorted(ROUTES.items())
    for method in route.methods
    if method != "get" and (name, method) not in ANY_MEMBER
]
FORMS = sorted(
    name for name in set(ADMIN) - NOTHING if re.search(r"_(add|change|action)$", name) and not OWN_PAGES.search(name)
)


@pytest.mark.parametrize(("name", "method"), WRITES)
def test_an_auditor_changes_nothing_by_the_api(world: World, name: str, method: str) -> None:
    route = ROUTES[name]
    call = call_of(route, method)
    answer = ask(world.client(call.by[0], "auditor"), method, url_of(world, route, call), call, world)
    assert answer.status in (403, 404), answer.text


@pytest.mark.parametrize("name", FORMS)
def test_an_auditor_changes_nothing_in_the_managers_pages(
    world: World, objects: dict[str, list[str]], name: str
) -> None:
    route = ADMIN[name]
    auditor: Client = world.browser(owner_of(route)[0], "auditor")
    for url in addresses(route, objects) if route.parameters else [route.url({})]:
        assert visit(auditor, "post", url)[0] in (403, 404, 405), url
