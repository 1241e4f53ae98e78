"""A company with at least one row behind each page of its managers' admin; every name carries the company's mark."""

import uuid
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.db.models import Model

from labeling.services.functions import save_function
from labeling.services.label_sets import save_label_set
from labeling.services.storage_connections import save_storage_connection
from labeling.services.task_templates import save_task_template
from maskwright.accounts.models import ApiToken
from maskwright.core.scope import organization_scope
from maskwright.organizations.models import EventSubscription
from maskwright.organizations.services.access_keys import create_access_key
from maskwright.organizations.services.invitations import create_invitation
from maskwright.organizations.services.own_tokens import create_own_token
from tests.factories.jobs import CATEGORIES, make_job, make_team
from tests.factories.work import claim, flat_mask, submit
from tests.plugins.cast import Company
from workforce.services.prices import set_rate
from workforce.services.skills import set_skill
from workforce.services.statements import issue_labeler_statements


def furnish(company: Company, mark: str) -> dict[str, list[uuid.UUID]]:
    """Make the rows; the ids of everything the company's pages show, by model label."""
    people = [company.people[who] for who in ("labeler", "labeler2")]
    team = make_team(company, people, f"team {mark}")
    made = make_job(company, team=team, objects=2, labelers=1)
    with organization_scope(company.id, user_id=company.people["manager"].pk):
        type(made.job).objects.filter(pk=made.id).update(name=f"job-{mark}")
        set_rate(price_per_object=Decimal(1), currency="EUR")
    labeler = company.client("labeler")
    assert submit(labeler, claim(labeler).json(), flat_mask(1)).status_code == 200
    manager = company.people["manager"]
    with organization_scope(company.id, user_id=manager.pk):
        categories = [{**CATEGORIES[0], "name": f"cat {mark}", "description": f"fur {mark}"}]
        save_label_set(name=f"labels {mark}", description=f"about {mark}", categories=categories)
        save_task_template(name=f"template {mark}", title=f"title {mark}", instructions=f"instructions {mark}")
        save_storage_connection(name=f"storage {mark}", kind="s3", container=f"bucket-{mark}", credentials={})
        create_invitation(role="labeler", created_by=manager, email=f"{mark}@example.org")
        arn = f"arn:aws:lambda:us-east-1:123456789012:function:{mark}"
        save_function(arn=arn, kind="builtin", target="PassThrough", description=f"about {mark}")
        EventSubscription.objects.create(
            name=f"events {mark}", url=f"https://127.0.0.1:1/{mark}", kinds=["job_ended"], secret=b""
        )
        create_access_key(user=company.people["owner"], name=f"key {mark}")
        create_own_token(user=manager, name=f"token {mark}")
        issue_labeler_statements()
        set_skill(user_id=people[0].pk, name=f"skill {mark}", level=50)
        return {model._meta.label: ids_of(model, company) for model in pages()}


def pages() -> dict[type[Model], Any]:
    return dict(admin.site._registry)


def ids_of(model: type[Model], company: Company) -> list[uuid.UUID]:
    column = "vendor_id" if model._meta.label == "workforce.WorkGrant" else "organization_id"
    found = model._default_manager.filter(**{column: company.id})
    if model is ApiToken:  # everybody sees his own
        found = found.filter(user=company.people["manager"])
    return list(found.values_list("pk", flat=True))
