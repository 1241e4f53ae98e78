"""Tenants that must not see each other, built once for a module; every kind of object exists at `acme`.

`acme` is the customer, all of whose names carry MARK; `globex` is a vendor with a live grant for acme's second job and
an offer for the third; `initech` (a customer) and `hooli` (a vendor) have nothing to do with either.
"""

import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.core.cache import cache
from django.test import Client

from labeling.models import Annotation, LabelingFunction, LabelingJob, QualityEvent, StorageConnection, Upload
from labeling.services.label_sets import save_label_set
from labeling.services.quality.gold import make_gold
from labeling.services.task_templates import save_task_template
from labeling.services.withdrawal import Selection, order_withdrawal
from maskwright.accounts.models import User
from maskwright.core.scope import organization_scope
from maskwright.organizations.models import EventSubscription, Membership
from maskwright.organizations.services.access_keys import create_access_key
from maskwright.organizations.services.identity_provider import Terms, set_identity_provider
from maskwright.organizations.services.invitations import create_invitation
from maskwright.organizations.services.own_tokens import create_own_token
from tests.factories.admin import ids_of
from tests.factories.inputs import make_upload, photos, run_messages
from tests.factories.jobs import CATEGORIES, MadeJob, make_job, make_team
from tests.factories.work import act, claim, flat_mask, save_draft, submit
from tests.plugins.cast import Company, make_company
from workforce.models import Notice, Slot, Worker
from workforce.services.grants import accept_grant, offer_grant, staff_grant
from workforce.services.pauses import pause_person
from workforce.services.prices import set_rate
from workforce.services.skills import set_skill
from workforce.services.statements import issue_labeler_statements
from workforce.services.workers import ensure_worker

MARK = "aardvark"
ROLES = ("labeler", "reviewer", "auditor", "manager", "owner")
#: Who must see nothing of acme's: every role of another customer, and people of a vendor without a grant.
STRANGERS = (*(("initech", role) for role in ROLES), ("hooli", "manager"), ("hooli", "labeler"))


@dataclass
class World:
    acme: Company
    globex: Company
    initech: Company
    hooli: Company
    #: A route's parameter -> the id of acme's object (or what else stands there).
    parameters: dict[str, str] = field(default_factory=dict)
    #: Ids that routes and bodies need besides.
    ids: dict[str, str] = field(default_factory=dict)
    claim: dict[str, Any] = field(default_factory=dict)
    _clients: dict[tuple[str, str], Client] = field(default_factory=dict)
    _browsers: dict[tuple[str, str], Client] = field(default_factory=dict)

    def company(self, name: str) -> Company:
        found = getattr(self, name)
        assert isinstance(found, Company)
        return found

    def client(self, company: str, who: str) -> Client:
        """The person's API token; one client each, since making one loads the middleware anew."""
        if (company, who) not in self._clients:
            self._clients[company, who] = self.company(company).client(who)
        return self._clients[company, who]

    def browser(self, company: str, who: str) -> Client:
        """The person's session. CSRF is not what is tested here, so forms need no token."""
        if (company, who) not in self._browsers:
            browser = self.company(company).browser(who)
            browser.handler.enforce_csrf_checks = False
            self._browsers[company, who] = browser
        return self._browsers[company, who]

    def secrets(self) -> set[str]:
        """What no stranger may be shown: acme's names, people and ids."""
        people = {user.username for user in self.acme.people.values()} | {"Acme Vision"}
        people |= {user.email for user in self.acme.people.values()}
        found = {MARK, *people, *self.parameters.values(), *self.ids.values(), str(self.acme.id)}
        return found - {self.ids["globex_team"], self.ids["vendor"], "photo-0000.png"}


def build() -> World:
    cache.clear()
    world = World(
        make_company("Acme Vision"),
        make_company("Globex Labeling", is_vendor=True),
        make_company("Initech"),
        make_company("Hooli", is_vendor=True),
    )
    acme = world.acme
    team = make_team(acme, [acme.people["labeler"], acme.people["labeler2"]], f"team {MARK}")
    made = _worked_on(acme, make_job(acme, team=team, objects=3, labelers=1), world)
    granted, offered = make_job(acme, team=team, labelers=1), make_job(acme, team=team)
    _mark(acme, made, granted, offered)
    _library(acme, world)
    _people(acme, world)
    _vendor(world, granted, offered)
    _quality(acme, made, world)
    world.parameters |= {"job_id": str(made.id), "team_id": str(team.pk), "layer": "consolidated"}
    world.ids["review"] = _reviewed(acme)
    world.ids["withdrawn_job"], world.parameters["withdrawal_id"] = _withdrawn(acme, world.ids["worker"])
    world.ids |= {
        "queue": str(made.queue.pk),
        "granted_job": str(granted.id),
        "granted_queue": str(granted.queue.pk),
        "granted_object": str(granted.tasks[0].data_object_id),
        "offered_job": str(offered.id),
        "task": str(made.tasks[0].pk),
    }
    return world


def _worked_on(acme: Company, made: MadeJob, world: World) -> MadeJob:
    """Object 0 is answered and consolidated; the labeler holds another with a draft."""
    labeler = acme.client("labeler")
    with organization_scope(acme.id):
        for queue_id in (None, made.queue.pk):
            set_rate(price_per_object=Decimal("0.25"), currency="EUR", work_queue_id=queue_id)
    answered = claim(labeler).json()
    act(labeler, answered, "heartbeat", {"active_seconds": 1})
    assert submit(labeler, answered, flat_mask(1)).status_code == 200
    run_messages(acme, "work.item_answered")
    assert run_messages(acme, "task.consolidate") == 1
    with organization_scope(acme.id, user_id=acme.people["manager"].pk):
        world.ids["notice"] = str(
            Notice.objects.create(
                user=acme.people["labeler"], kind="available", key="world", work_queue_id=made.queue.pk, title=MARK
            ).pk
        )
        world.parameters["statement_id"] = str(issue_labeler_statements()[0].pk)
    world.claim = claim(labeler).json()
    assert save_draft(labeler, world.claim, 1, flat_mask(2)).status_code == 200
    world.parameters["version_id"] = act(labeler, world.claim, "draft/versions", flat_mask(3)).json()["id"]
    world.parameters["slot_id"] = act(labeler, world.claim, "next").json()["id"]
    with organization_scope(acme.id):  # kept for as long as the tests of a module take
        world.ids["worker"] = str(Worker.objects.get().pk)
        Slot.objects.filter(pk=world.parameters["slot_id"]).update(reserved_until="2100-01-01T00:00:00Z")
    with organization_scope(acme.id):
        annotation = Annotation.objects.get()
    world.parameters |= {
        "object_id": answered["task"]["data_object"]["id"],
        "annotation_id": str(annotation.pk),
        "claim_id": world.claim["id"],
    }
    return made


def _quality(acme: Company, made: MadeJob, world: World) -> None:
    """A gold task, somebody whom a rule paused, and a skill."""
    pool = make_job(acme, team=made.team, objects=1, labelers=1, start=False, shade=180)
    _mark(acme, pool)
    person = acme.people["labeler2"]
    with organization_scope(acme.id, user_id=acme.people["manager"].pk):
        gold = make_gold(job_id=made.id, object_id=pool.tasks[0].data_object_id, mask=flat_mask(1))
        worker = ensure_worker(user_id=person.pk, customer_id=acme.id)
        event = QualityEvent.objects.create(
            job=made.job,
            rule_id=uuid.uuid4(),
            rule={"collector": "declines", "condition": "reaches", "limit": 5, "action": "tell"},
            worker=worker,
            value=5,
            low=5,
            high=5,
            count=5,
            at="2026-01-01T00:00:00Z",
        )
        pause_person(queue_id=made.queue.pk, worker_id=worker.pk, reason=f"because {MARK}")
        skill = set_skill(user_id=person.pk, name=f"skill {MARK}", level=50)
    world.parameters |= {
        "gold_id": str(gold.pk),
        "event_id": str(event.pk),
        "worker_id": str(worker.pk),
        "skill_id": str(skill.pk),
    }


def _reviewed(acme: Company) -> str:
    """The claim of a reviewer who has a result of another job before him."""
    made = make_job(acme, objects=1, labelers=1, reviewers=("reviewer",))
    answered = claim(acme.client("labeler"), job=str(made.id)).json()
    assert submit(acme.client("labeler"), answered, flat_mask(1)).status_code == 200
    run_messages(acme, "work.item_answered")
    assert run_messages(acme, "task.consolidate") == 1
    _mark(acme, made)
    return str(claim(acme.client("reviewer")).json()["id"])


def _withdrawn(acme: Company, worker: str) -> tuple[str, str]:
    """A job of which the labeler's only answer is withdrawn, and the withdrawal."""
    made = make_job(acme, objects=1, labelers=1)
    _mark(acme, made)
    held = claim(acme.client("labeler"), job=str(made.id)).json()
    assert submit(acme.client("labeler"), held, flat_mask(1)).status_code == 200
    with organization_scope(acme.id, user_id=acme.people["manager"].pk):
        order = order_withdrawal(Selection(made.id, uuid.UUID(worker)), reason=f"because {MARK}")
    assert run_messages(acme, "withdrawal.apply") == 1
    return str(made.id), str(order.pk)


def _mark(acme: Company, *jobs: MadeJob) -> None:
    with organization_scope(acme.id):
        for made in jobs:
            LabelingJob.objects.filter(pk=made.id).update(name=f"{MARK}-{made.id.hex[-8:]}")


def _library(acme: Company, world: World) -> None:
    upload = make_upload(acme, photos(1), complete=False)
    with organization_scope(acme.id, user_id=acme.people["manager"].pk):
        Upload.objects.filter(pk=upload.pk).update(name=f"photos {MARK}")
        labels = save_label_set(name=f"labels {MARK}", description=f"about {MARK}", categories=CATEGORIES)
        template = save_task_template(name=f"template {MARK}", title=f"title {MARK}", instructions=f"paint {MARK}")
        connection = StorageConnection.objects.create(name=f"bucket {MARK}", kind="local", container=f"/srv/{MARK}")
    complete = make_upload(acme, photos(1))
    world.parameters |= {
        "label_set_id": str(labels.pk),
        "template_id": str(template.pk),
        "connection_id": str(connection.pk),
        "upload_id": str(upload.pk),
        "name": "photo-0000.png",
    }
    world.ids["complete_upload"] = str(complete.pk)


def _people(acme: Company, world: World) -> None:
    manager = acme.people["manager"]
    with organization_scope(acme.id, user_id=manager.pk):
        invitation, secret = create_invitation(role="labeler", created_by=manager, email=f"{MARK}@example.org")
        token, _ = create_own_token(user=manager, name=f"token {MARK}")
        owner = acme.people["owner"]
        key = create_access_key(user=owner, name=f"key {MARK}").key
        function = LabelingFunction.objects.create(
            arn=f"arn:aws:lambda:us-east-1:123456789012:function:{MARK}",
            kind="webhook",
            target=f"https://127.0.0.1:1/{MARK}",
        )
        subscription = EventSubscription.objects.create(
            name=f"events {MARK}", url=f"https://127.0.0.1:1/{MARK}", kinds=["job_ended"], secret=b""
        )
        issuer = f"https://127.0.0.1:1/{MARK}"  # nobody answers there, at once
        set_identity_provider(Terms(issuer, "client", "secret", {}, "openid", "everybody", "labeler", {}))
        membership = Membership.objects.get(user=acme.people["labeler2"])
    world.parameters |= {
        "invitation_id": str(invitation.pk),
        "token_id": str(token.pk),
        "access_key_id": str(key.pk),
        "function_id": str(function.pk),
        "subscription_id": str(subscription.pk),
        "membership_id": str(membership.pk),
        "user_id": str(acme.people["labeler2"].pk),
        "secret": secret,
    }
    world.ids["newcomer"] = str(acme.people["reviewer"].pk)


def _vendor(world: World, granted: MadeJob, offered: MadeJob) -> None:
    acme, globex = world.acme, world.globex
    with organization_scope(acme.id, user_id=acme.people["manager"].pk):
        live = offer_grant(queue_id=granted.queue.pk, vendor_id=globex.id, title=f"grant {MARK}")
        waiting = offer_grant(queue_id=offered.queue.pk, vendor_id=globex.id, title=f"offer {MARK}")
    team = make_team(globex, [globex.people["labeler"]])
    spare = make_team(globex, [globex.people["labeler2"]])
    with organization_scope(globex.id, user_id=globex.people["manager"].pk, with_grants=True):
        accept_grant(grant_id=live.pk)
        staff_grant(grant_id=live.pk, work_team_id=team.pk)
    world.parameters["grant_id"] = str(live.pk)
    world.ids |= {
        "offer": str(waiting.pk),
        "staffed_team": str(team.pk),
        "globex_team": str(spare.pk),
        "vendor": str(world.hooli.id),
    }


def admin_objects(company: Company) -> dict[str, list[uuid.UUID]]:
    """`app_model` -> ids of the company's rows behind each page of the managers' admin."""
    found = {}
    for model in admin.site._registry:
        with organization_scope(company.id, user_id=company.people["manager"].pk), suppress(LookupError):
            found[f"{model._meta.app_label}_{model._meta.model_name}"] = ids_of(model, company)
    return found


def make_operator() -> User:
    return User.objects.create_superuser("operator", "operator@example.org", "correct horse battery")
