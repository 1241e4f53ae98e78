"""Fields and choices that the forms of labeling jobs share."""

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from labeling.models import Upload
from labeling.models.function import FunctionKind
from labeling.models.upload import UploadPurpose
from labeling.services.functions.connecting import function_list
from labeling.services.jobs.rules import MAX_LABELERS
from labeling.services.task_templates import MAX_SECONDS, MIN_SECONDS
from maskwright.core.scope import current_scope
from maskwright.organizations.admin_forms import utc_input
from workforce.distribution import DEFAULT_POLICY, POLICIES

RULES = {
    "expectation-maximization": _("Expectation maximization: each person's word counts by how right it was so far"),
    "majority": _("Majority: each pixel gets the category most labelers gave it"),
    "single": _("Single: the first answer counts as it is"),
}
VENDOR = "vendor"
MAX_CHOICES = 200
Choices = list[tuple[str, Any]]


def choices_of(model: type[Any], order: str = "name") -> Choices:
    rows = model.objects.filter(organization_id=current_scope().organization_id).order_by(order)
    return [(str(pk), name) for pk, name in rows.values_list("pk", "name")[:MAX_CHOICES]]


def function_choices() -> Choices:
    """The functions that are called, by name; "" is none of them."""
    rows = function_list().exclude(kind=FunctionKind.BUILTIN)[:MAX_CHOICES]
    return [("", gettext("none")), *((row.arn, row.description or str(row)) for row in rows)]


def upload_choices() -> Choices:
    """Complete uploads, the newest first."""
    owner = current_scope().organization_id
    complete = Upload.objects.filter(organization_id=owner, purpose=UploadPurpose.PHOTOS, completed_at__isnull=False)
    rows = complete.order_by("-id")[:MAX_CHOICES]
    return [(str(one.pk), f"{one.name} ({one.created_at:%Y-%m-%d})") for one in rows]


def set_choices(form: forms.Form, name: str, choices: Choices, empty: Any = None) -> None:
    field: Any = form.fields[name]
    field.choices = choices if empty is None else [("", empty), *choices]


def minutes_field(*, required: bool = True, help_text: Any = "") -> forms.FloatField:
    return forms.FloatField(
        label=_("Minutes for one photo"),
        min_value=MIN_SECONDS / 60,
        max_value=MAX_SECONDS / 60,
        required=required,
        help_text=help_text,
        widget=forms.NumberInput(attrs={"step": "any"}),
    )


def labelers_field() -> forms.IntegerField:
    return forms.IntegerField(
        label=_("Labelers per photo"),
        min_value=1,
        max_value=MAX_LABELERS,
        initial=3,
        help_text=_("So many people answer each photo; then their answers become one mask."),
    )


def window_field() -> forms.IntegerField:
    return forms.IntegerField(
        label=_("Photos open at once"),
        min_value=1,
        max_value=settings.MAX_CONCURRENT_TASKS,
        initial=1000,
        help_text=_("Further photos open as answers come in."),
    )


def policy_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("In which order photos are given out"),
        choices=[(policy.name, policy.label) for policy in POLICIES.values()],
        required=False,
        initial=DEFAULT_POLICY,
    )


def deadline_field() -> forms.DateTimeField:
    return forms.DateTimeField(label=_("Deadline (UTC)"), required=False, widget=utc_input())


def review_team_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Review team"),
        required=False,
        help_text=_("Its members who are reviewers or managers look at finished masks. Nobody reviews his own."),
    )


def review_percent_field() -> forms.FloatField:
    return forms.FloatField(
        label=_("Masks to review, in percent"),
        min_value=0,
        max_value=100,
        required=False,
        initial=100,
        help_text=_("100: each mask waits for a reviewer. Less: a sample, drawn anew for each job."),
        widget=forms.NumberInput(attrs={"step": "any"}),
    )


def skills_field() -> forms.CharField:
    return forms.CharField(
        label=_("Skills that labelers need"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One a line with its least level, such as: cats 60. Others are not offered the photos."),
    )


def skills_of(text: str) -> dict[str, int]:
    """The lines as skill -> level; a level that is missing or no number becomes one that the service refuses."""
    found: dict[str, int] = {}
    for line in text.splitlines():
        name, _space, level = line.strip().rpartition(" ")
        if line.strip():
            found[name.rstrip(":= ") or line.strip()] = int(level) if level.isdecimal() and name else 0
    return found


def skills_text(skills: dict[str, int]) -> str:
    return "\n".join(f"{name} {level}" for name, level in sorted(skills.items()))


def gold_percent_field() -> forms.FloatField:
    return forms.FloatField(
        label=_("Gold tasks, in percent of a person's photos"),
        min_value=0,
        max_value=100,
        required=False,
        initial=10,
        help_text=_("Counts once the job has gold tasks; the first few come closer together."),
        widget=forms.NumberInput(attrs={"step": "any"}),
    )


def qualification_percent_field() -> forms.FloatField:
    return forms.FloatField(
        label=_("Mean IoU that earns it, in percent"),
        min_value=0,
        max_value=100,
        required=False,
        initial=70,
        widget=forms.NumberInput(attrs={"step": "any"}),
    )


def share_of(percent: float | None, usual: float) -> float:
    return usual if percent is None else percent / 100


def set_review_teams(form: forms.Form, teams: Choices) -> None:
    set_choices(form, "review_team", teams, _("nobody: masks count without a review"))


def review_arguments(data: dict[str, Any]) -> dict[str, Any]:
    """The service's arguments: without a team nothing is reviewed, whatever the share says."""
    team, percent = data["review_team"], data["review_percent"]
    share = 1.0 if percent is None else percent / 100
    return {"review_team_id": uuid.UUID(team) if team else None, "review_share": share if team else 0.0}


def seconds(minutes: float | None) -> int | None:
    return round(minutes * 60) if minutes is not None else None
