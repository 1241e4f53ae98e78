"""Human task UIs: worker task templates kept here; and RenderUiTemplate."""

import hashlib
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse

from labeling.frames import files_base
from labeling.models import ResourceTag, TagOf, TaskUi
from labeling.sagemaker.arns import parse_arn, task_ui_arn
from labeling.sagemaker.errors import InUse, NotThere
from labeling.sagemaker.operation import Answer, Call, operation
from labeling.sagemaker.operations.tags import put_tags
from labeling.sagemaker.pages import query_page, with_token
from labeling.sagemaker.rendering import render
from labeling.sagemaker.roles import check_role
from labeling.sagemaker.rules import exactly_one, unique_tags
from labeling.services.granted_files import access_for_preview
from maskwright.audit.record import record
from maskwright.organizations.permissions import Permission


def _there(name: str) -> TaskUi:
    found: TaskUi | None = TaskUi.objects.filter(name=name).first()
    if found is None:
        raise NotThere(f"The human task UI {name} does not exist.")
    return found


def task_ui_by_arn(text: str) -> TaskUi:
    """Raises NotThere."""
    arn = parse_arn(text)
    if arn is None or arn.kind != TagOf.HUMAN_TASK_UI:
        raise NotThere(f"The human task UI {text} does not exist.")
    return _there(arn.name)


@operation(Permission.SETTINGS_MANAGE, writes=True, rules=[unique_tags])
def create_human_task_ui(call: Call) -> Answer:
    given = call.request
    name, content = given["HumanTaskUiName"], given["UiTemplate"]["Content"]
    try:
        with transaction.atomic():
            row = TaskUi.objects.create(name=name, content=content, sha256=hashlib.sha256(content.encode()).hexdigest())
    except IntegrityError as error:
        raise InUse(f"The human task UI {name} exists already.") from error
    put_tags(TagOf.HUMAN_TASK_UI, row.pk, given.get("Tags", []))
    record("task_ui.created", "task_ui", row.pk, name=name)
    return {"HumanTaskUiArn": task_ui_arn(call.account, name)}


def _summary(account: str, row: TaskUi) -> dict[str, Any]:
    return {
        "HumanTaskUiName": row.name,
        "HumanTaskUiArn": task_ui_arn(account, row.name),
        "CreationTime": row.created_at,
    }


@operation(Permission.JOBS_READ)
def describe_human_task_ui(call: Call) -> Answer:
    row = _there(call.request["HumanTaskUiName"])
    template = {"Url": f"{settings.PUBLIC_URL}{reverse('sagemaker')}#{row.name}", "ContentSha256": row.sha256}
    return {**_summary(call.account, row), "HumanTaskUiStatus": "Active", "UiTemplate": template}


@operation(Permission.JOBS_READ)
def list_human_task_uis(call: Call) -> Answer:
    given = call.request
    rows = TaskUi.objects.all()
    if "CreationTimeAfter" in given:
        rows = rows.filter(created_at__gt=given["CreationTimeAfter"])
    if "CreationTimeBefore" in given:
        rows = rows.filter(created_at__lt=given["CreationTimeBefore"])
    page, token = query_page(
        call, rows, key="created_at", descending=given.get("SortOrder", "Descending") == "Descending"
    )
    return with_token({"HumanTaskUiSummaries": [_summary(call.account, row) for row in page]}, token)


@operation(Permission.SETTINGS_MANAGE, writes=True)
def delete_human_task_ui(call: Call) -> Answer:
    row = _there(call.request["HumanTaskUiName"])
    ResourceTag.objects.filter(resource_id=row.pk).delete()
    record("task_ui.deleted", "task_ui", row.pk, name=row.name)
    row.delete()
    return {}


@operation(Permission.JOBS_READ, rules=[exactly_one("", "UiTemplate", "HumanTaskUiArn")])
def render_ui_template(call: Call) -> Answer:
    """What is wrong with the template stands in `Errors`; its files may be read for some minutes."""
    given = call.request
    template = (
        given["UiTemplate"]["Content"] if "UiTemplate" in given else task_ui_by_arn(given["HumanTaskUiArn"]).content
    )
    check_role(given["RoleArn"])
    base = files_base(settings.PUBLIC_URL)
    access = access_for_preview(base=base, organization_id=call.organization_id, user_id=call.actor.user_id)
    return render(template, given["Task"]["Input"], access)
