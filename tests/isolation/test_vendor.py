"""A vendor with a live grant: what each side is shown, over everything that can be read."""

import json
from typing import Any

import pytest
from django.contrib import admin
from django.db import transaction
from django.test import Client

from maskwright.core.scope import organization_scope
from tests.factories.work import claim, flat_mask, submit
from tests.isolation.calls import Call, ask, call_of
from tests.isolation.routes import api_routes
from tests.isolation.world import World
from workforce.models import Worker

_READS = [route for route in api_routes() if "get" in route.methods]


@pytest.fixture(scope="module")
def worked(world: World) -> dict[str, Any]:
    """A labeler of the vendor answered one photo of the granted job and holds the other."""
    labeler = world.client("globex", "labeler")
    answered = claim(labeler).json()
    assert answered["task"]["job"]["id"] == world.ids["granted_job"]
    reply = submit(labeler, answered, flat_mask(1)).json()
    held: dict[str, Any] = claim(labeler).json()
    return {"answered": answered, "held": held, "annotation": reply["annotation"]}


def _dump(world: World, company: str, who: str, values: dict[str, str]) -> dict[str, tuple[int, str]]:
    """Status and text of every GET of the API with these ids; addresses themselves are taken out of the text."""
    found = {}
    for route in _READS:
        url = route.url(world.parameters | values)
        answer = ask(world.client(company, who), "get", url, call_of(route, "get"), world)
        found[url] = (answer.status, answer.text)
    return found


def _granted(world: World, worked: dict[str, Any]) -> dict[str, str]:
    """The ids of everything the grant is about."""
    return {
        "job_id": world.ids["granted_job"],
        "object_id": worked["answered"]["task"]["data_object"]["id"],
        "annotation_id": worked["annotation"],
        "claim_id": worked["held"]["id"],
        "team_id": world.ids["staffed_team"],
    }


def test_the_vendors_manager_is_shown_no_storage_and_no_answer(world: World, worked: dict[str, Any]) -> None:
    dump = _dump(world, "globex", "manager", _granted(world, worked))
    text = " ".join(text for status, text in dump.values() if status == 200)
    forbidden = ["upload://", "maskwright://", "s3://", "photo-0", "output.manifest", "sha256", worked["annotation"]]
    people = [word for user in world.acme.people.values() for word in (user.username, user.email)]
    assert {word for word in [*forbidden, *people] if word in text} == set()
    # The control: the job is there, under what the vendor may see of it, and the customer sees the rest.
    assert dump[f"/api/v1/granted-jobs/{world.ids['granted_job']}"][0] == 200
    customers = " ".join(text for _, text in _dump(world, "acme", "manager", _granted(world, worked)).values())
    assert {word for word in ("upload://", "maskwright://", worked["annotation"]) if word not in customers} == set()


def test_nothing_of_the_granted_job_opens_by_the_customers_addresses(world: World, worked: dict[str, Any]) -> None:
    values = world.parameters | _granted(world, worked)
    for route in api_routes():
        if not {"job_id", "object_id", "annotation_id"} & set(route.parameters) or route.name.startswith("granted_job"):
            continue
        for method in route.methods:
            call = call_of(route, method)
            status = ask(world.client("globex", "manager"), method, route.url(values), call, world).status
            assert status == 404, (method, route.template)


def test_a_vendors_labeler_sees_the_photo_of_his_live_claim_alone(world: World, worked: dict[str, Any]) -> None:
    labeler = world.client("globex", "labeler")

    def status(url: str, client: Client = labeler) -> int:
        return ask(client, "get", url, Call(), world).status

    assert status(worked["held"]["image"]["url"]) == 200
    assert status(worked["answered"]["image"]["url"]) == 409  # his own, but over
    assert status(f"/api/v1/work/claims/{world.parameters['claim_id']}/image") == 404
    for who in ("labeler2", "manager"):
        assert status(worked["held"]["image"]["url"], world.client("globex", who)) == 404
    for item in (worked["held"], worked["answered"]):
        assert status(f"/api/v1/objects/{item['task']['data_object']['id']}/image") in (403, 404)


def test_the_customer_is_never_shown_who_the_vendors_people_are(world: World, worked: dict[str, Any]) -> None:
    """API and admin, everything an owner and a manager of acme can read."""
    people = world.globex.people.values()
    names = {word for user in people for word in (user.username, user.email, str(user.pk))}
    with organization_scope(world.acme.id):
        pseudonym = Worker.objects.get(vendor_id=world.globex.id).code
    seen = ""
    for who in ("owner", "manager"):
        shown = {url: text for url, (_, text) in _dump(world, "acme", who, _granted(world, worked)).items()}
        shown |= _admin_pages(world, who)
        assert {(url, name) for url, text in shown.items() for name in names if name in text} == set()
        seen += " ".join(shown.values())
    # The controls: the answer is shown, under a pseudonym; and the employer does see who it is.
    assert pseudonym in seen
    members = world.client("globex", "manager").get("/api/v1/organizations/current/members").content.decode()
    assert all(user.username in members for user in people)


def _admin_pages(world: World, who: str) -> dict[str, str]:
    """Every list of the managers' admin, and every page of every row in it."""
    browser, shown = world.browser("acme", who), {}
    pages: Any = admin.site._registry.values()
    for page in pages:
        urls = [page.page_url("changelist")]
        with organization_scope(world.acme.id, user_id=world.acme.people[who].pk):
            rows = list(page.model._default_manager.values_list("pk", flat=True)[:3])
        of_object = [url for url in page.extra_urls() if "object_id" in str(url.pattern)]
        extra = [url.name.removeprefix(page.url_name("")) for url in of_object]
        urls += [page.page_url(name, pk) for pk in rows for name in ("change", "history", *extra)]
        for url in urls:
            with transaction.atomic():
                response: Any = browser.get(url)
                shown[url] = response.content.decode("utf-8", "replace")
                transaction.set_rollback(True)
    assert len(shown) > 30
    return shown


def test_neither_vendor_knows_of_the_other(world: World) -> None:
    """Also not how many there are."""
    with organization_scope(world.acme.id, user_id=world.acme.people["manager"].pk), transaction.atomic():
        offered = world.client("acme", "manager").post(
            f"/api/v1/jobs/{world.ids['offered_job']}/grants",
            {"vendor": str(world.hooli.id), "title": "to hooli"},
            content_type="application/json",
        )
    assert offered.status_code == 201
    mine, theirs = (
        json.loads(world.client(company, "manager").get("/api/v1/grants").content) for company in ("globex", "hooli")
    )
    assert theirs["count"] == 1
    assert mine["count"] == 2
    assert "hooli" not in json.dumps(mine).lower()
    assert "globex" not in json.dumps(theirs).lower()
    assert json.loads(world.client("acme", "manager").get("/api/v1/grants").content)["count"] == 3
