"""The forms of a labeling job: make one, change one, offer one to a vendor."""

import uuid
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from labeling.admin.task_templates import TOOL_NAMES
from labeling.consolidation import rule_names
from labeling.models import JobRevision, LabelSet, TaskTemplate, Upload
from labeling.services.jobs.rules import MAX_ATTRIBUTE, MAX_LABELERS, MAX_NAME
from labeling.services.task_templates import MAX_SECONDS, MIN_SECONDS, TOOLS
from maskwright.core.scope import current_scope
from maskwright.organizations.admin_forms import Section, ServiceForm, utc_input
from workforce.admin import team_choices
from workforce.models import WorkQueue
from workforce.selectors import vendor_list

RULES = {
    "majority": _("Majority: each pixel gets the category most labelers gave it"),
    "single": _("Single: the first answer counts as it is"),
}
VENDOR = "vendor"
MAX_CHOICES = 200
Choices = list[tuple[str, Any]]


def choices_of(model: type[Any], order: str = "name") -> Choices:
    rows = model.objects.filter(organization_id=current_scope().organization_id).order_by(order)
    return [(str(pk), name) for pk, name in rows.values_list("pk", "name")[:MAX_CHOICES]]


def upload_choices() -> Choices:
    """Complete uploads, the newest first."""
    rows = Upload.objects.filter(organization_id=current_scope().organization_id, completed_at__isnull=False).order_by(
        "-id"
    )[:MAX_CHOICES]
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


def deadline_field() -> forms.DateTimeField:
    return forms.DateTimeField(label=_("Deadline (UTC)"), required=False, widget=utc_input())


def seconds(minutes: float | None) -> int | None:
    return round(minutes * 60) if minutes is not None else None


class JobForm(ServiceForm):
    sections = (
        Section(_("Job"), ("name",)),
        Section(
            _("Photos"),
            ("upload", "input_address"),
            _("Choose an upload, or name an address in one of your storage connections."),
        ),
        Section(_("What to do"), ("label_set", "task_template")),
        Section(
            _("Who and how"), ("work_team", "number_of_labelers", "time_limit_minutes", "max_concurrent", "deadline")
        ),
        Section(_("Results"), ("consolidation_rule", "output_address", "label_attribute_name")),
        Section(_("Then"), ("start_when_ready",)),
    )
    paths = {
        "output_uri": "output_address",
        "label_set_id": "label_set",
        "task_template_id": "task_template",
        "work_team_id": "work_team",
        "time_limit_seconds": "time_limit_minutes",
    }

    name = forms.CharField(
        label=_("Name"), max_length=MAX_NAME, help_text=_("Letters, digits and hyphens, such as street-1.")
    )
    upload = forms.ChoiceField(label=_("Upload"), required=False)
    input_address = forms.CharField(
        label=_("Or an address"),
        required=False,
        max_length=1024,
        help_text=_(
            "A folder, ending in a slash, such as s3://bucket/photos/; or a manifest, such as s3://bucket/in.manifest."
        ),
    )
    label_set = forms.TypedChoiceField(label=_("Label set"), coerce=uuid.UUID)
    task_template = forms.TypedChoiceField(label=_("Task template"), coerce=uuid.UUID)
    work_team = forms.ChoiceField(label=_("Work team"))
    number_of_labelers = labelers_field()
    time_limit_minutes = minutes_field(required=False, help_text=_("Leave empty to take the task template's."))
    max_concurrent = window_field()
    deadline = deadline_field()
    consolidation_rule = forms.ChoiceField(label=_("How answers become one mask"))
    output_address = forms.CharField(
        label=_("Where results go"),
        required=False,
        max_length=1024,
        help_text=_("Leave empty for this installation's own storage. Or a folder such as s3://bucket/results/."),
    )
    label_attribute_name = forms.CharField(
        label=_("Label attribute"),
        required=False,
        max_length=MAX_ATTRIBUTE,
        help_text=_("Its name in the output manifest. Leave empty for the job's name with -ref."),
    )
    start_when_ready = forms.BooleanField(
        label=_("Start by itself when the photos have been checked"), required=False, initial=True
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "upload", upload_choices(), _("none: I name an address"))
        set_choices(self, "label_set", choices_of(LabelSet))
        set_choices(self, "task_template", choices_of(TaskTemplate))
        teams: Choices = [(str(pk), name) for pk, name in team_choices()]
        set_choices(self, "work_team", [*teams, (VENDOR, _("none: I offer the job to a vendor"))])
        set_choices(self, "consolidation_rule", [(rule, RULES.get(rule, rule)) for rule in rule_names()])

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if not data.get("upload") and not data.get("input_address"):
            self.add_error("upload", gettext("Choose an upload, or name an address."))
        if data.get("upload") and data.get("input_address"):
            self.add_error("input_address", gettext("There is an upload chosen too. Take one of the two."))
        return data

    def _add_problem(self, problem: Any) -> None:
        if problem.path == "input_uri":
            self.add_error("upload" if self.cleaned_data.get("upload") else "input_address", problem.message)
        else:
            super()._add_problem(problem)

    def arguments(self) -> dict[str, Any]:
        """The service's arguments."""
        data = self.cleaned_data
        team = data["work_team"]
        names = (
            "name",
            "label_attribute_name",
            "number_of_labelers",
            "max_concurrent",
            "deadline",
            "consolidation_rule",
        )
        return {
            **{name: data[name] for name in (*names, "start_when_ready")},
            "input_uri": f"upload://{data['upload']}/" if data["upload"] else data["input_address"].strip(),
            "output_uri": data["output_address"],
            "label_set_id": data["label_set"],
            "task_template_id": data["task_template"],
            "work_team_id": None if team == VENDOR else uuid.UUID(team),
            "for_vendor": team == VENDOR,
            "time_limit_seconds": seconds(data["time_limit_minutes"]),
        }


class JobChangeForm(ServiceForm):
    sections = (
        Section(
            _("What labelers read"),
            ("title", "instructions"),
            _("Whoever is at work keeps what he began with; everything counts for photos taken from now on."),
        ),
        Section(_("What they may do"), ("tools", "allow_empty", "allow_impossible", "require_full_coverage")),
        Section(
            _("Categories"),
            (),
            _("Colours, keys and order can change, categories can be added. Names and indices stay: masks hold them."),
            template="admin/manage/categories.html",
        ),
        Section(
            _("Who and how"),
            ("work_team", "number_of_labelers", "time_limit_minutes", "max_concurrent", "deadline", "priority"),
        ),
    )
    table_path = "categories"
    paths = {"work_team_id": "work_team", "time_limit_seconds": "time_limit_minutes"}

    seen = forms.IntegerField(widget=forms.HiddenInput)
    title = forms.CharField(label=_("Title"), max_length=128)
    instructions = forms.CharField(
        label=_("Instructions"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "class": "mw-mono"}),
        help_text=_("Markdown, as in the task template."),
    )
    tools = forms.MultipleChoiceField(
        label=_("Tools"),
        choices=[(tool, TOOL_NAMES.get(tool, tool)) for tool in TOOLS],
        widget=forms.CheckboxSelectMultiple,
    )
    allow_empty = forms.BooleanField(label=_("“Nothing to label here” is an answer"), required=False)
    allow_impossible = forms.BooleanField(label=_("“Cannot be labeled, because …” is an answer"), required=False)
    require_full_coverage = forms.BooleanField(label=_("Every pixel must get a category"), required=False)
    work_team = forms.ChoiceField(label=_("Work team"), required=False)
    number_of_labelers = labelers_field()
    time_limit_minutes = minutes_field()
    max_concurrent = window_field()
    deadline = deadline_field()
    priority = forms.IntegerField(
        label=_("Priority"),
        min_value=-1000,
        max_value=1000,
        help_text=_("A team with several jobs gets photos of the one with the highest number first."),
    )

    def __init__(self, *args: Any, team_id: uuid.UUID | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams: Choices = [(str(pk), name) for pk, name in team_choices()]
        set_choices(self, "work_team", teams, None if team_id else _("none: vendors only"))

    def rows(self) -> list[forms.Form]:
        return list(self.table.ordered_forms) if self.table is not None else []

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        kept = ("title", "instructions", "tools", "allow_empty", "allow_impossible", "require_full_coverage")
        fields = ("index", "name", "color", "key", "description")
        team = {"work_team_id": uuid.UUID(data["work_team"])} if data["work_team"] else {}
        return {
            **{name: data[name] for name in (*kept, "number_of_labelers", "max_concurrent", "deadline", "priority")},
            "time_limit_seconds": seconds(data["time_limit_minutes"]),
            "categories": [{name: row.cleaned_data.get(name) for name in fields} for row in self.rows()],
            **team,
        }


def change_initial(queue: WorkQueue, revision: JobRevision) -> dict[str, Any]:
    """What the form of a change begins with."""
    content = ("title", "instructions", "tools", "allow_empty", "allow_impossible", "require_full_coverage")
    deadline: datetime | None = queue.deadline
    return {
        **{name: getattr(revision, name) for name in content},
        "seen": revision.number,
        "work_team": str(queue.work_team_id or ""),
        "number_of_labelers": queue.labelers_wanted,
        "time_limit_minutes": f"{queue.time_limit_seconds / 60:g}",
        "max_concurrent": queue.window,
        "deadline": deadline,
        "priority": queue.priority,
    }


class OfferForm(ServiceForm):
    sections = (
        Section(
            _("Offer"),
            ("vendor", "title", "preview", "starts_at", "expires_at"),
            _(
                "The vendor sees the title only until it accepts; then instructions and counts. Its labelers see one "
                "photo at a time; you see them by a number. You can end it at any moment."
            ),
        ),
    )

    vendor = forms.TypedChoiceField(label=_("Vendor"), coerce=uuid.UUID)
    title = forms.CharField(label=_("What is offered"), max_length=128, help_text=_("Read before it is accepted."))
    preview = forms.BooleanField(label=_("The vendor's managers may look at photos"), required=False)
    starts_at = forms.DateTimeField(label=_("From (UTC)"), required=False, widget=utc_input())
    expires_at = forms.DateTimeField(label=_("Until (UTC)"), required=False, widget=utc_input())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "vendor", [(str(vendor.pk), vendor.name) for vendor in vendor_list()])
