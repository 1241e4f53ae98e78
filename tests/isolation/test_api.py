"""Every route of the API x every stranger x acme's objects: not found; each with the right person succeeding."""

import json

import pytest
from django.test import Client

from maskwright.core.api.visibility import named_parameters
from tests.isolation.calls import CALLS, Answer, ask, call_of, url_of
from tests.isolation.routes import api_routes
from tests.isolation.world import STRANGERS, World

ROUTES = {route.name: route for route in api_routes()}
NAMING = {name: route for name, route in ROUTES.items() if route.parameters}
ANONYMOUS = Client()


def _is_right(answer: Answer, expected: int | None) -> bool:
    return 200 <= answer.status < 300 if expected is None else answer.status == expected


@pytest.mark.parametrize("name", sorted(ROUTES))
def test_the_right_person_succeeds(world: World, name: str) -> None:
    """The positive control: without it every denial below would also hold for a request that is simply broken."""
    route = ROUTES[name]
    for method in route.methods:
        call = call_of(route, method)
        answer = ask(world.client(*call.by), method, url_of(world, route, call), call, world)
        assert _is_right(answer, call.status), (method, answer.status, answer.text)


@pytest.mark.parametrize("name", sorted(NAMING))
def test_to_a_stranger_the_object_does_not_exist(world: World, name: str) -> None:
    route = NAMING[name]
    for method in route.methods:
        call = call_of(route, method)
        url = url_of(world, route, call)
        found = {}
        for company, role in STRANGERS:
            answer = ask(world.client(company, role), method, url, call, world)
            if answer.status != 404 or json.loads(answer.text)["code"] != "not_found":
                found[company, role] = (answer.status, answer.text)
        assert found == {}, (method, url)


@pytest.mark.parametrize("name", sorted(ROUTES))
def test_nobody_gets_in_without_signing_in(world: World, name: str) -> None:
    route = ROUTES[name]
    for method in route.methods:
        call = call_of(route, method)
        answer = ask(ANONYMOUS, method, url_of(world, route, call), call, world)
        assert (answer.status, json.loads(answer.text)["code"]) == (401, "not_signed_in"), method


@pytest.mark.parametrize("name", sorted(name for name, route in ROUTES.items() if "get" in route.methods))
def test_no_list_shows_a_stranger_anything_of_acmes(world: World, name: str) -> None:
    route = ROUTES[name]
    call = call_of(route, "get")
    shown = {who: ask(world.client(*who), "get", url_of(world, route, call), call, world).text for who in STRANGERS}
    # The address itself may stand in an answer again; everything else of acme's may not.
    secrets = world.secrets() - set(url_of(world, route, call).split("/"))
    leaks = {who: found for who, text in shown.items() if (found := {one for one in secrets if one in text})}
    assert leaks == {}


#: Lists in which acme's manager finds nothing of his own: what vendors and roles there are, jobs of others, pictures.
_NOTHING_OWN = {
    "vendors",
    "granted_jobs",
    "roles",
    "notice_choices",
    "notice_hook",
    "labeler_networks",
    "template_hosts",
    "second_factor",
    "functions_installed",
}


@pytest.mark.parametrize(
    "name", sorted(name for name, route in ROUTES.items() if "get" in route.methods and not route.parameters)
)
def test_each_list_shows_its_owner_something(world: World, name: str) -> None:
    """The control of the test above: the strings it looks for are there, for those they belong to."""
    call = call_of(ROUTES[name], "get")
    text = ask(world.client(*call.by), "get", url_of(world, ROUTES[name], call), call, world).text
    assert name in _NOTHING_OWN or any(one in text for one in world.secrets()), text


def test_every_route_has_a_name_of_its_own() -> None:
    names = [route.name for route in api_routes()]
    assert "" not in names
    assert len(names) == len(set(names))


def test_the_table_names_only_calls_there_are() -> None:
    assert {(name, method) for name, method in CALLS if method not in ROUTES[name].methods} == set()


def test_every_id_in_an_address_can_be_looked_up() -> None:
    """What is not registered in core/api/visibility.py answers 403 to a role, and so tells that the object exists."""
    used = {parameter for route in api_routes() for parameter in route.parameters if parameter.endswith("_id")}
    assert used - named_parameters() == set()
