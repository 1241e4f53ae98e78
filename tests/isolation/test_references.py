"""Ids inside of a body: another tenant's are refused as if they did not exist, one's own are taken.

Which fields hold ids is read from the OpenAPI schema, so that a new one fails until it has a line here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator

from labeling.services.label_sets import save_label_set
from labeling.services.task_templates import save_task_template
from maskwright.core.scope import organization_scope
from tests.factories.inputs import make_upload, photos, run_messages
from tests.factories.jobs import CATEGORIES, make_job, make_team
from tests.factories.work import claim, flat_mask, submit
from tests.isolation.calls import Call, ask
from tests.isolation.world import World
from workforce.models import Claim
from workforce.services.grants import accept_grant, offer_grant, staff_grant
from workforce.services.prices import set_rate

#: Fields that name what is no tenant's: every organization may name every vendor, and makes keys of its own.
GLOBAL = {
    ("/api/v1/jobs/{job_id}/withdrawals", "post", "key"),
    ("/api/v1/granted-jobs/{job_id}/withdrawals", "post", "key"),
    ("/api/v1/grants", "post", "vendor"),
    ("/api/v1/jobs/{job_id}/grants", "post", "vendor"),
    ("/api/v1/statements", "post", "vendor"),
    # A rule that the job does not have is a new one, with an id of its own.
    ("/api/v1/jobs/{job_id}/quality/rules", "put", "rules.id"),
}
REFUSED = (404, 422)


@dataclass(frozen=True)
class Reference:
    """`by` sends `body`, which is right, to `url`; then again with acme's id in the field."""

    by: tuple[str, str]
    url: str
    body: dict[str, Any]
    acmes: Any


Key = tuple[str, str, str]
_MANAGER = ("initech", "manager")


@pytest.fixture(scope="module")
def references(world: World) -> dict[Key, Reference]:
    initech, acme = world.initech, world.parameters
    team = str(make_team(initech, [initech.people["labeler"]]).pk)
    free = str(make_team(initech, []).pk)
    made = make_job(initech, objects=6, labelers=1)
    upload = make_upload(initech, photos(1))
    with organization_scope(initech.id):
        labels = save_label_set(name="labels", categories=CATEGORIES)
        template = save_task_template(name="template", title="Paint")
    person = str(initech.people["labeler2"].pk)
    order = {
        "name": "ordered",
        "input_uri": f"upload://{upload.pk}/",
        "label_set_id": str(labels.pk),
        "task_template_id": str(template.pk),
        "work_team_id": team,
    }
    with organization_scope(initech.id):
        set_rate(price_per_object=Decimal(1), currency="EUR")
    paid = initech.client("labeler")
    answered = claim(paid, job=str(made.id)).json()
    annotation = submit(paid, answered, flat_mask(1)).json()["annotation"]
    for topic in ("work.item_answered", "task.consolidate"):
        assert run_messages(initech, topic) == 1
    checked = f"/api/v1/jobs/{make_job(initech, objects=1, start=False, shade=180).id}/gold"
    price = {"price_per_object": "1", "currency": "EUR"}
    claims = [claim(initech.client(who), job=str(made.id)).json() for who in ("labeler2", "labeler3")]
    held = [one["id"] for one in claims]
    payee = str(initech.people["labeler"].pk)
    begun = {answered["task"]["id"], *(one["task"]["id"] for one in claims)}
    open_object = next(str(task.data_object_id) for task in made.tasks if str(task.pk) not in begun)
    with organization_scope(initech.id):
        worker = str(Claim.objects.get(pk=held[0]).worker_id)
    reassign = f"/api/v1/jobs/{made.id}/queue/reassign"
    acmes_upload = f"upload://{world.ids['complete_upload']}/"
    jobs, job, members = "/api/v1/jobs", "/api/v1/jobs/{job_id}", "/api/v1/teams/{team_id}/members"
    follow_ups, previews = "/api/v1/jobs/{job_id}/follow-ups", "/api/v1/template-previews"
    again = {key: order[key] for key in ("input_uri", "label_set_id", "task_template_id", "work_team_id")}
    again |= {"how": "clone", "name": "again"}
    staffing, rates = "/api/v1/grants/{grant_id}/teams", "/api/v1/pay-rates"
    invitations = "/api/v1/organizations/current/invitations"
    offer = {"work_queue": str(made.queue.pk), "vendor": str(world.hooli.id)}
    grant = staffing.format(grant_id=acme["grant_id"])
    return _withdrawals(world) | {
        (jobs, "post", "input_uri"): Reference(_MANAGER, jobs, order, acmes_upload),
        (jobs, "post", "label_set_id"): Reference(_MANAGER, jobs, order, acme["label_set_id"]),
        (jobs, "post", "task_template_id"): Reference(_MANAGER, jobs, order, acme["template_id"]),
        (jobs, "post", "work_team_id"): Reference(_MANAGER, jobs, order, acme["team_id"]),
        **{
            (follow_ups, "post", field): Reference(_MANAGER, follow_ups.format(job_id=made.id), again, acme[theirs])
            for field, theirs in (
                ("label_set_id", "label_set_id"),
                ("task_template_id", "template_id"),
                ("work_team_id", "team_id"),
            )
        },
        (follow_ups, "post", "input_uri"): Reference(_MANAGER, follow_ups.format(job_id=made.id), again, acmes_upload),
        (previews, "post", "label_set_id"): Reference(
            _MANAGER, previews, {"template": "<p>Paint</p>", "label_set_id": str(labels.pk)}, acme["label_set_id"]
        ),
        (job, "patch", "work_team_id"): Reference(
            _MANAGER, job.format(job_id=made.id), {"work_team_id": free}, acme["team_id"]
        ),
        (jobs, "post", "review_team_id"): Reference(
            _MANAGER, jobs, order | {"review_team_id": team, "review_share": 0.5}, acme["team_id"]
        ),
        (job, "patch", "review_team_id"): Reference(
            _MANAGER, job.format(job_id=made.id), {"review_team_id": free}, acme["team_id"]
        ),
        ("/api/v1/teams", "post", "users"): Reference(
            _MANAGER, "/api/v1/teams", {"name": "more", "users": [person]}, [acme["user_id"]]
        ),
        (members, "post", "user"): Reference(_MANAGER, members.format(team_id=team), {"user": person}, acme["user_id"]),
        ("/api/v1/grants", "post", "work_queue"): Reference(_MANAGER, "/api/v1/grants", offer, world.ids["queue"]),
        (invitations, "post", "work_team"): Reference(
            _MANAGER, invitations, {"role": "labeler", "work_team": team}, acme["team_id"]
        ),
        (invitations, "post", "work_teams"): Reference(
            _MANAGER, invitations, {"role": "labeler", "work_teams": [team]}, [acme["team_id"]]
        ),
        (rates, "post", "work_queue"): Reference(
            _MANAGER, rates, price | {"work_queue": str(made.queue.pk)}, world.ids["queue"]
        ),
        (rates, "post", "user"): Reference(_MANAGER, rates, price | {"user": person}, acme["user_id"]),
        ("/api/v1/statements", "post", "users"): Reference(
            _MANAGER, "/api/v1/statements", {"users": [payee]}, [acme["user_id"]]
        ),
        ("/api/v1/jobs/{job_id}/queue/reassign", "post", "claim"): Reference(
            _MANAGER, reassign, {"claim": held[0]}, acme["claim_id"]
        ),
        ("/api/v1/jobs/{job_id}/queue/reassign", "post", "worker"): Reference(
            _MANAGER, reassign, {"claim": held[1], "worker": worker}, world.ids["worker"]
        ),
        ("/api/v1/objects/{object_id}/keep", "post", "worker"): Reference(
            _MANAGER, f"/api/v1/objects/{open_object}/keep", {"worker": worker}, world.ids["worker"]
        ),
        ("/api/v1/jobs/{job_id}/gold", "post", "annotation"): Reference(
            _MANAGER, checked, {"annotation": annotation}, acme["annotation_id"]
        ),
        ("/api/v1/jobs/{job_id}/gold", "post", "object"): Reference(
            _MANAGER, checked, {"object": answered["task"]["data_object"]["id"]}, acme["object_id"]
        ),
        ("/api/v1/jobs/{job_id}/pauses", "post", "worker"): Reference(
            _MANAGER, f"/api/v1/jobs/{made.id}/pauses", {"worker": worker, "reason": "why"}, world.ids["worker"]
        ),
        ("/api/v1/skills", "post", "user"): Reference(
            _MANAGER, "/api/v1/skills", {"user": person, "name": "cups", "level": 50}, acme["user_id"]
        ),
        # A vendor with a live grant staffs it with its own teams only.
        (staffing, "post", "team"): Reference(
            ("globex", "manager"), grant, {"team": world.ids["globex_team"]}, acme["team_id"]
        ),
        ("/api/v1/work/claims", "post", "job"): Reference(
            ("initech", "labeler"), "/api/v1/work/claims", {"job": str(made.id)}, acme["job_id"]
        ),
    }


def _withdrawals(world: World) -> dict[Key, Reference]:
    """A job of initech's on which globex has answered: each side names the labeler and the grant."""
    initech, globex = world.initech, world.globex
    lent = make_job(initech, objects=1, labelers=1, team=make_team(initech, []))
    crew = make_team(globex, [globex.people["labeler3"]])
    with organization_scope(initech.id):
        grant = offer_grant(queue_id=lent.queue.pk, vendor_id=globex.id)
    with organization_scope(globex.id, with_grants=True):
        accept_grant(grant_id=grant.pk)
        staff_grant(grant_id=grant.pk, work_team_id=crew.pk)
    labeler = globex.client("labeler3")
    assert submit(labeler, claim(labeler).json(), flat_mask(1)).status_code == 200
    with organization_scope(initech.id):
        worker = str(Claim.objects.get(work_queue=lent.queue).worker_id)
    found: dict[Key, Reference] = {}
    for by, jobs in ((_MANAGER, "jobs"), (("globex", "manager"), "granted-jobs")):
        for tail in ("withdrawals", "withdrawals/preview"):
            path, url = f"/api/v1/{jobs}/{{job_id}}/{tail}", f"/api/v1/{jobs}/{lent.id}/{tail}"
            found[path, "post", "worker"] = Reference(by, url, {"worker": worker}, world.ids["worker"])
            found[path, "post", "grant"] = Reference(by, url, {"grant": str(grant.pk)}, world.parameters["grant_id"])
    return found


def _send(world: World, key: Key, reference: Reference, body: dict[str, Any]) -> tuple[int, str]:
    call = Call(body=lambda _: body)
    answer = ask(world.client(*reference.by), key[1], reference.url, call, world)
    return answer.status, answer.headers.get("X-Reason", answer.text)


def test_ones_own_are_taken(world: World, references: dict[Key, Reference]) -> None:
    answers = {key: _send(world, key, one, one.body) for key, one in references.items()}
    assert {
        key: answer for key, answer in answers.items() if not 200 <= answer[0] < 300 or (answer[0] == 204 and answer[1])
    } == {}


def test_acmes_are_refused(world: World, references: dict[Key, Reference]) -> None:
    answers = {key: _send(world, key, one, {**one.body, key[2]: one.acmes}) for key, one in references.items()}
    assert {key: answer for key, answer in answers.items() if answer[0] not in REFUSED} == {}


def test_every_id_in_a_body_is_tried(references: dict[Key, Reference]) -> None:
    missing = set(_id_fields()) - GLOBAL - set(references)
    assert not missing, "Say in tests/isolation/test_references.py how each of these is sent."


def _id_fields() -> Iterator[Key]:
    schema: dict[str, Any] = SchemaGenerator().get_schema(public=True)
    found: list[Key] = []
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            for content in operation.get("requestBody", {}).get("content", {}).values():
                found += [(path, method, name) for name in _uuids(content["schema"], schema, "")]
    assert len(found) > 5
    yield from found


def _uuids(node: dict[str, Any], schema: dict[str, Any], path: str) -> Iterator[str]:
    while "$ref" in node:
        node = schema["components"]["schemas"][node["$ref"].rpartition("/")[2]]
    if node.get("format") == "uuid":
        yield path
    for name, below in node.get("properties", {}).items():
        yield from _uuids(below, schema, f"{path}.{name}".strip("."))
    parts: list[dict[str, Any]] = [*node.get("allOf", []), *node.get("oneOf", []), *node.get("anyOf", [])]
    for part in [*parts, *([node["items"]] if "items" in node else [])]:
        yield from _uuids(part, schema, path)
