"""The form that changes a labeling job."""

import uuid
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from labeling.admin.job_fields import (
    RULES,
    Choices,
    deadline_field,
    gold_percent_field,
    labelers_field,
    minutes_field,
    policy_field,
    qualification_percent_field,
    review_arguments,
    review_percent_field,
    review_team_field,
    seconds,
    set_choices,
    set_review_teams,
    share_of,
    skills_field,
    skills_of,
    skills_text,
    window_field,
)
from labeling.admin.task_templates import TOOL_NAMES
from labeling.consolidation import rule_names
from labeling.models import JobRevision, LabelingJob
from labeling.services.task_templates import TOOLS
from maskwright.organizations.admin_forms import Section, ServiceForm
from workforce.admin import team_choices
from workforce.models import WorkQueue


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
            (
                "work_team",
                "number_of_labelers",
                "consolidation_rule",
                "time_limit_minutes",
                "max_concurrent",
                "deadline",
                "priority",
                "policy",
                "required_skills",
                "gold_percent",
                "hold_hours",
                "max_open_claims",
                "max_declines",
                "idle_seconds",
                "availability_hours",
            ),
        ),
        Section(
            _("Review"),
            ("review_team", "review_percent"),
            _("Counts for masks that are finished from now on."),
        ),
    )
    table_path = "categories"
    paths = {
        "work_team_id": "work_team",
        "review_team_id": "review_team",
        "review_share": "review_percent",
        "time_limit_seconds": "time_limit_minutes",
        "availability_seconds": "availability_hours",
        "gold_rate": "gold_percent",
        "qualification_iou": "qualification_percent",
    }

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
    consolidation_rule = forms.ChoiceField(
        label=_("How answers become one mask"), help_text=_("Counts for masks that are made from now on.")
    )
    time_limit_minutes = minutes_field()
    max_concurrent = window_field()
    deadline = deadline_field()
    review_team = review_team_field()
    review_percent = review_percent_field()
    priority = forms.IntegerField(
        label=_("Priority"),
        min_value=-1000,
        max_value=1000,
        help_text=_("A team with several jobs gets photos of the one with the highest number first."),
    )

    policy = policy_field()
    required_skills = skills_field()
    gold_percent = gold_percent_field()
    qualification_skill = forms.CharField(label=_("Skill that is earned"), max_length=63, required=False)
    qualification_percent = qualification_percent_field()
    hold_hours = forms.FloatField(
        label=_("Hours a photo is kept for who stops and resumes later"), min_value=0.02, max_value=168, required=False
    )
    max_open_claims = forms.IntegerField(
        label=_("Open photos of one person, in all jobs"), min_value=1, max_value=20, required=False
    )
    max_declines = forms.IntegerField(
        label=_("Declines until a photo needs attention"),
        min_value=1,
        max_value=50,
        required=False,
        help_text=_("Leave empty for as many as labelers per photo."),
    )
    idle_seconds = forms.IntegerField(
        label=_("Seconds without activity that still count as worked"),
        min_value=10,
        max_value=900,
        required=False,
        help_text=_("What is longer between two strokes, clicks or keys counts as a pause."),
    )

    availability_hours = forms.FloatField(
        label=_("Hours for which a photo is offered"),
        min_value=0.02,
        required=False,
        help_text=_("Then it ends with the answers that are in, or fails. Leave empty for as long as it takes."),
    )

    def __init__(self, *args: Any, team_id: uuid.UUID | None, is_qualification: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_qualification:
            earned = Section(_("Qualification"), ("qualification_skill", "qualification_percent"))
            self.sections = (*self.sections, earned)  # type: ignore[misc, assignment]  # this form's own
        teams: Choices = [(str(pk), name) for pk, name in team_choices()]
        set_choices(self, "work_team", teams, None if team_id else _("none: vendors only"))
        set_review_teams(self, teams)
        set_choices(self, "consolidation_rule", [(rule, RULES.get(rule, rule)) for rule in rule_names()])

    def collect_rows(self) -> list[forms.Form]:
        return list(self.table.ordered_forms) if self.table is not None else []

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        kept = ("title", "instructions", "tools", "allow_empty", "allow_impossible", "require_full_coverage")
        fields = ("index", "name", "color", "key", "description")
        team = {"work_team_id": uuid.UUID(data["work_team"])} if data["work_team"] else {}
        return {
            **{name: data[name] for name in (*kept, "number_of_labelers", "max_concurrent", "deadline", "priority")},
            "time_limit_seconds": seconds(data["time_limit_minutes"]),
            "policy": data["policy"] or None,
            "required_skills": skills_of(data["required_skills"]),
            "gold_rate": share_of(data["gold_percent"], 0.1),
            **_earned(data),
            "hold_seconds": round(data["hold_hours"] * 3600) if data["hold_hours"] else None,
            "max_open_claims": data["max_open_claims"],
            "max_declines": data["max_declines"],
            "idle_seconds": data["idle_seconds"],
            "availability_seconds": round(data["availability_hours"] * 3600) if data["availability_hours"] else None,
            "consolidation_rule": data["consolidation_rule"],
            "categories": [{name: row.cleaned_data.get(name) for name in fields} for row in self.rows()],
            **team,
            **review_arguments(data),
        }


def _earned(data: dict[str, Any]) -> dict[str, Any]:
    if not data["qualification_skill"]:
        return {}
    iou = share_of(data["qualification_percent"], 0.7)
    return {"qualification_skill": data["qualification_skill"], "qualification_iou": iou}


def _hours(given: int | None) -> str:
    return f"{given / 3600:.9g}" if given is not None else ""


def change_initial(queue: WorkQueue, revision: JobRevision, job: LabelingJob) -> dict[str, Any]:
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
        "policy": queue.policy,
        "required_skills": skills_text(queue.required_skills),
        "gold_percent": f"{job.gold_rate * 100:g}",
        "qualification_skill": job.qualification_skill,
        "qualification_percent": f"{job.qualification_iou * 100:g}",
        "hold_hours": f"{queue.hold_seconds / 3600:g}",
        "max_open_claims": queue.max_open_claims,
        "max_declines": queue.max_declines,
        "idle_seconds": queue.idle_seconds,
        "availability_hours": _hours(queue.availability_seconds),
        "review_team": str(queue.review_team_id or ""),
        "review_percent": f"{job.review_share * 100:g}" if queue.review_team_id else "100",
        "consolidation_rule": job.consolidation_rule,
    }
