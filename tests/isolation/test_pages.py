"""Every page: the managers' admin, the operator's, the portal, sign-in; each x every stranger."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib import admin
from django.db import transaction
from django.test import Client

from tests.isolation.routes import Route, all_routes
from tests.isolation.world import ROLES, STRANGERS, World, admin_objects, make_operator

PAGES = [route for route in all_routes() if not route.template.startswith("/api/v1/")]
ADMIN = {route.name: route for route in PAGES if route.name.startswith("admin:") and route.name != "admin:"}
OPERATOR = {route.name: route for route in PAGES if route.name.startswith("operator:") and route.name != "operator:"}
OF_OBJECTS = sorted(name for name, route in ADMIN.items() if "object_id" in route.parameters)
ANONYMOUS = Client()

#: Pages for everybody, signed in or not: they show nothing of any organization.
#: Programs' own address: tests/labeling/sagemaker.
PROGRAMS = {"sagemaker", "sagemaker_bare"}
OPEN = {"healthz", "readyz", "schema", "invitation_accept"}
#: A person's own page of one object: `test_a_persons_own_statement_is_nobody_elses`.
OWN_OBJECT = {"my_statement"}
#: Pages of task templates for frames, and the files they are granted: `test_pages_for_frames_*`, test_frames.py.
FRAMES = {"frame", "job_frame", "preview_frame"}
GRANTED = {"granted_file"}
#: Sends whoever asks back to the page he was on, in the language he chose: tests/maskwright/test_languages.py.
BACK = {"language"}
#: A person's own pages, for whoever is signed in.
OWN = {"start", "work", "organization_choose", "rights", "my_time", "my_pay", "my_quality", "my_notices", "my_settings"}
#: Sign-in and the like, of django-allauth: a person's own account.
ACCOUNT = ("account_", "mfa_", "socialaccount_", "openid_connect_", "sso")
#: Former addresses of django-allauth's, without a name: they lead to those above.
MOVED = "/accounts/social/"
#: Django's catch-all of an admin and its lists of models by app: nothing is there.
NOTHING = {"admin:", "operator:", "admin:app_list", "operator:app_list"}
#: Pages of an admin that show nothing of anybody.
EMPTY = {"login", "logout", "password_change", "password_change_done", "jsi18n", "autocomplete"}


def test_every_page_is_known() -> None:
    """A new address belongs to a group above, and with it gets its tests, or the build fails."""
    known = OPEN | PROGRAMS | OWN | OWN_OBJECT | FRAMES | GRANTED | BACK | NOTHING | set(ADMIN) | set(OPERATOR)
    strange = [route for route in PAGES if route.name not in known and not route.name.startswith(ACCOUNT)]
    assert [route for route in strange if not route.template.startswith(MOVED)] == []


def visit(client: Client, method: str, url: str) -> tuple[int, str, str]:
    """Status, text and address of a redirect; what the call did is undone."""
    with transaction.atomic():
        response: Any = getattr(client, method)(url)
        content = b"".join(response.streaming_content) if response.streaming else response.content
        transaction.set_rollback(True)
    return response.status_code, content.decode("utf-8", "replace"), response.headers.get("Location", "")


@pytest.fixture(scope="module")
def objects(world: World) -> dict[str, list[str]]:
    """`app_model` -> ids. Received grants are the vendor's page, everything else is acme's."""
    found = admin_objects(world.acme)
    found["workforce_workgrant"] = admin_objects(world.globex)["workforce_workgrant"]
    return {name: [str(pk) for pk in ids] for name, ids in found.items()}


def model_of(route: Route) -> str:
    return "_".join(route.name.removeprefix("admin:").split("_")[:2])


#: Pages for owners alone.
_OWNERS = {"organizations_accesskey", "labeling_labelingfunction", "organizations_eventsubscription"}


def owner_of(route: Route) -> tuple[str, str]:
    if model_of(route) in _OWNERS:
        return ("acme", "owner")
    return ("globex" if model_of(route) == "workforce_workgrant" else "acme", "manager")


def addresses(route: Route, objects: dict[str, list[str]]) -> Iterator[str]:
    """The route for one object, and for each of its actions; other parameters are unknown and fail."""
    model = model_of(route)
    page: Any = next(page for one, page in admin.site._registry.items() if f"{one._meta.label_lower}" == _label(model))
    names = [action.name for action in page.object_actions] if "name" in route.parameters else [""]
    assert set(route.parameters) <= {"object_id", "name"}, f"Say what the parameters of {route.template} stand for."
    assert objects[model], f"The world has no {model}; make one in tests/isolation/world.py."
    for name in names:
        yield route.url({"object_id": objects[model][0], "name": name})


def _label(model: str) -> str:
    return model.replace("_", ".", 1)


@pytest.mark.parametrize("name", OF_OBJECTS)
def test_a_managers_page_of_an_object_is_not_there_for_strangers(
    world: World, objects: dict[str, list[str]], name: str
) -> None:
    route = ADMIN[name]
    for url in addresses(route, objects):
        for method in ("get", "post"):
            found = {who: visit(world.browser(*who), method, url)[0] for who in STRANGERS}
            assert {who: status for who, status in found.items() if status != 404} == {}, (method, url)
        status = visit(world.browser(*owner_of(route)), "get", url)[0]
        assert status in (200, 302), f"the control fails: {url} is {status} for its owner"


@pytest.mark.parametrize("name", sorted(set(ADMIN) - set(OF_OBJECTS) - NOTHING))
def test_a_managers_list_shows_strangers_nothing(world: World, name: str) -> None:
    url = ADMIN[name].url({})
    for company, role in STRANGERS:
        status, text, location = visit(world.browser(company, role), "get", url)
        assert status in (200, 302, 403), (company, role, status)
        assert {one for one in world.secrets() if one in text + location} == set(), (company, role)


@pytest.mark.parametrize("name", sorted(name for name in ADMIN if name.endswith("_changelist")))
def test_a_managers_list_shows_its_owner_the_rows(world: World, objects: dict[str, list[str]], name: str) -> None:
    """The control of the test above."""
    company, who = owner_of(ADMIN[name])
    text = visit(world.browser(company, who), "get", ADMIN[name].url({}))[1]
    assert any(pk in text for pk in objects[model_of(ADMIN[name])])


@pytest.mark.parametrize("name", sorted((set(ADMIN) | set(OPERATOR)) - NOTHING))
def test_who_is_not_signed_in_is_sent_to_the_sign_in(world: World, objects: dict[str, list[str]], name: str) -> None:
    route = (ADMIN | OPERATOR)[name]
    for url in addresses(route, objects) if name in OF_OBJECTS else [operator_url(world, route)]:
        status, _, location = visit(ANONYMOUS, "get", url)
        assert status == 302
        assert location.startswith("/accounts/"), location
        if name.rpartition(":")[2] not in EMPTY:
            assert location.startswith(f"/accounts/login/?next={quote(url)}")


@pytest.fixture(scope="module")
def operator(world: World) -> Client:
    client = Client()
    client.force_login(make_operator())
    return client


def operator_url(world: World, route: Route) -> str:
    person, company = str(world.acme.people["manager"].pk), str(world.acme.id)
    values = {"object_id": company if "organization" in route.name else person, "user_id": person}
    assert set(route.parameters) <= set(values), f"Say what the parameters of {route.template} stand for."
    return route.url(values)


@pytest.mark.parametrize("name", sorted(set(OPERATOR) - NOTHING))
def test_the_operators_pages_are_the_operators_alone(world: World, operator: Client, name: str) -> None:
    route = OPERATOR[name]
    url = operator_url(world, route)
    if name.rpartition(":")[2] not in EMPTY:
        for company, role in [*STRANGERS, *(("acme", role) for role in ROLES)]:
            for method in ("get", "post"):
                status = visit(world.browser(company, role), method, url)[0]
                assert status == (404 if route.parameters else 403), (company, role, method)
    # Organizations and people are never deleted, so those pages are closed to the operator too.
    expected = (403,) if name.endswith("_delete") else (200, 302, 403) if name.endswith("autocomplete") else (200, 302)
    acts = name.endswith(("password_link", "second_factor"))
    assert visit(operator, "post" if acts else "get", url)[0] in expected


def test_a_persons_own_pages_show_nothing_of_others(world: World) -> None:
    for name in sorted(OWN):
        url = next(route for route in PAGES if route.name == name).url({})
        for who in STRANGERS:
            status, text, _ = visit(world.browser(*who), "get", url)
            assert status in (200, 302)
            assert {one for one in world.secrets() if one in text} == set()
    assert "Acme Vision" in visit(world.browser("acme", "labeler"), "get", "/organizations/choose/")[1]


def test_a_persons_own_statement_is_nobody_elses(world: World) -> None:
    """Also not his manager's, who has a page of his own for it."""
    url = f"/work/pay/{world.parameters['statement_id']}/"
    for who in [*STRANGERS, ("acme", "labeler2"), ("acme", "manager")]:
        assert visit(world.browser(*who), "get", url)[0] == 404, who
    assert visit(world.browser("acme", "labeler"), "get", url)[0] == 200


def test_pages_for_frames_are_not_there_for_strangers(world: World) -> None:
    """That they are there for whom they belong to: tests/labeling/test_frames.py."""
    urls = [f"/work/frames/{world.parameters['claim_id']}/", f"/work/frames/jobs/{world.parameters['job_id']}/"]
    for url in [*urls, f"/work/frames/previews/{world.parameters['claim_id']}/", "/work/files/a/b"]:
        for who in STRANGERS:
            status, text, _ = visit(world.browser(*who), "get", url)
            assert status in (403, 404), (url, who)
            assert {one for one in world.secrets() if one in text} == set()
        assert visit(ANONYMOUS, "get", url)[0] == 404


def test_nobody_chooses_an_organization_he_is_not_in(world: World) -> None:
    browser = world.browser("initech", "manager")
    browser.post("/organizations/choose/", {"organization": str(world.acme.id)})
    assert browser.session["organization_id"] == str(world.initech.id)
    current = browser.get("/api/v1/organizations/current").json()
    assert current["id"] == str(world.initech.id)


def test_a_session_that_names_another_organization_gets_nothing_of_it(world: World) -> None:
    browser = world.initech.browser("owner")
    session = browser.session
    session["organization_id"] = str(world.acme.id)
    session.save()
    answer = browser.get(f"/api/v1/jobs/{world.parameters['job_id']}")
    assert answer.status_code in (401, 403, 404)
    assert {one for one in world.secrets() if one in json.dumps(answer.json())} == set()
