"""AddTags, ListTags, DeleteTags; and the tags that a creation brings along."""

import uuid
from collections.abc import Sequence
from typing import Any

from labeling.models import LabelingJob, ResourceTag, TagOf, TaskUi, WorkforceDetail
from labeling.sagemaker.arns import PRIVATE, parse_arn
from labeling.sagemaker.errors import LimitExceeded, NotThere
from labeling.sagemaker.operation import Answer, Call, operation
from labeling.sagemaker.pages import list_page, with_token
from labeling.sagemaker.rules import unique_tags
from labeling.sagemaker.teams import find_team
from maskwright.core.scope import current_scope
from maskwright.organizations.permissions import Permission

MOST = 50
Tag = dict[str, str]


def put_tags(kind: TagOf, resource_id: uuid.UUID, tags: Sequence[Tag]) -> None:
    """Add tags or change their values. Raises LimitExceeded past MOST."""
    wanted = {tag["Key"]: tag["Value"] for tag in tags}
    there = set(ResourceTag.objects.filter(resource_id=resource_id).values_list("key", flat=True))
    if len(there | set(wanted)) > MOST:
        raise LimitExceeded(f"The number of tags on a resource must not exceed {MOST}.")
    for key, value in wanted.items():
        ResourceTag.objects.update_or_create(
            organization_id=current_scope().organization_id,
            resource_id=resource_id,
            key=key,
            defaults={"kind": kind, "value": value},
        )


def tags_of(resource_id: uuid.UUID) -> list[Tag]:
    rows = ResourceTag.objects.filter(resource_id=resource_id).order_by("key")
    return [{"Key": row.key, "Value": row.value} for row in rows]


def _found(call: Call) -> tuple[TagOf, uuid.UUID]:
    """The resource an ARN names, of the caller's organization. Raises NotThere."""
    text = call.request["ResourceArn"]
    arn = parse_arn(text)
    found: Any = None
    if arn is not None and arn.kind in TagOf.values:
        found = _LOOKUPS[TagOf(arn.kind)](arn.name)
    if arn is None or found is None:
        raise NotThere(f"The resource {text} does not exist.")
    return TagOf(arn.kind), found


def _job(name: str) -> uuid.UUID | None:
    mine = LabelingJob.objects.filter(organization_id=current_scope().organization_id, name__iexact=name)
    return mine.values_list("pk", flat=True).first()


def _team(name: str) -> uuid.UUID | None:
    crowd, _, rest = name.partition("/")
    team = find_team(rest) if crowd == PRIVATE else None
    return team.team.pk if team else None


def _workforce(name: str) -> uuid.UUID | None:
    return WorkforceDetail.objects.filter(name__iexact=name).values_list("workforce_id", flat=True).first()


def _task_ui(name: str) -> uuid.UUID | None:
    return TaskUi.objects.filter(name=name).values_list("pk", flat=True).first()


_LOOKUPS = {
    TagOf.LABELING_JOB: _job,
    TagOf.WORKTEAM: _team,
    TagOf.WORKFORCE: _workforce,
    TagOf.HUMAN_TASK_UI: _task_ui,
}


@operation(Permission.SETTINGS_MANAGE, writes=True, rules=[unique_tags])
def add_tags(call: Call) -> Answer:
    kind, resource_id = _found(call)
    put_tags(kind, resource_id, call.request["Tags"])
    return {"Tags": tags_of(resource_id)}


@operation(Permission.JOBS_READ)
def list_tags(call: Call) -> Answer:
    _kind, resource_id = _found(call)
    tags, token = list_page(
        call, tags_of(resource_id), key=lambda tag: (tag["Key"], tag["Key"]), descending=False, size=MOST
    )
    return with_token({"Tags": tags}, token)


@operation(Permission.SETTINGS_MANAGE, writes=True)
def delete_tags(call: Call) -> Answer:
    _kind, resource_id = _found(call)
    ResourceTag.objects.filter(resource_id=resource_id, key__in=call.request["TagKeys"]).delete()
    return {}
