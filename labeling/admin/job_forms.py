"""The form that makes a labeling job."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from labeling.admin.job_fields import (
    RULES,
    VENDOR,
    Choices,
    choices_of,
    deadline_field,
    function_choices,
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
    upload_choices,
    window_field,
)
from labeling.consolidation import rule_names
from labeling.models import LabelSet, TaskTemplate
from labeling.services.jobs.rules import MAX_ATTRIBUTE, MAX_NAME
from labeling.states import TaskType
from maskwright.organizations.admin_forms import Section, ServiceForm
from workforce.admin import team_choices
from workforce.distribution import DEFAULT_POLICY

#: The one choice of a list that has nothing to choose; it does not pass as an answer.
NOTHING = ("", _("none yet"))


class JobForm(ServiceForm):
    sections = (
        Section(
            _("Job"),
            ("name", "source", "upload", "input_address", "input_filter", "sample_percent"),
        ),
        Section(_("Work"), ("label_set", "task_template", "work_team", "number_of_labelers", "start_when_ready")),
        Section(
            _("Review"),
            ("review_team", "review_percent"),
            _("A reviewer accepts a mask, repaints it, or sends answers back with comments."),
        ),
        Section(
            _("Qualification"),
            ("is_qualification", "qualification_skill", "qualification_percent"),
            _(
                "Everybody in the team labels each gold task of the job once, reads what was wrong after each, and "
                "earns a skill at the end. Its photos are for that alone: give them their right masks as gold tasks."
            ),
            folded=True,
        ),
        Section(
            _("More settings"),
            (
                "deadline",
                "time_limit_minutes",
                "max_concurrent",
                "policy",
                "required_skills",
                "gold_percent",
                "consolidation_rule",
                "pre_annotation_arn",
                "consolidation_arn",
                "output_address",
                "label_attribute_name",
                "task_type",
                "prior_attribute_name",
            ),
            folded=True,
        ),
    )
    paths = {
        "output_uri": "output_address",
        "label_set_id": "label_set",
        "task_template_id": "task_template",
        "work_team_id": "work_team",
        "review_team_id": "review_team",
        "review_share": "review_percent",
        "time_limit_seconds": "time_limit_minutes",
        "gold_rate": "gold_percent",
        "qualification_iou": "qualification_percent",
    }

    name = forms.CharField(
        label=_("Name"), max_length=MAX_NAME, help_text=_("Letters, digits and hyphens, such as street-1.")
    )
    source = forms.ChoiceField(
        label=_("Photos come from"),
        choices=[("upload", _("an upload")), ("address", _("an address in a storage connection"))],
        widget=forms.RadioSelect,
    )
    upload = forms.ChoiceField(label=_("Upload"), required=False)
    input_address = forms.CharField(
        label=_("Address"),
        required=False,
        max_length=1024,
        help_text=_(
            "A folder, ending in a slash, such as s3://bucket/photos/; or a manifest, such as s3://bucket/in.manifest."
        ),
    )
    input_filter = forms.CharField(
        label=_("Only photos named"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("A pattern a line, such as night/*.jpg; with ! before it what it matches is left out. Empty: all."),
    )
    sample_percent = forms.IntegerField(
        label=_("Share of them (%)"),
        required=False,
        min_value=1,
        max_value=100,
        initial=100,
        help_text=_("A random sample; the same photos whenever the input is read again."),
    )
    label_set = forms.TypedChoiceField(label=_("Label set"), coerce=uuid.UUID)
    task_template = forms.TypedChoiceField(label=_("Task template"), coerce=uuid.UUID)
    work_team = forms.ChoiceField(label=_("Work team"))
    number_of_labelers = labelers_field()
    review_team = review_team_field()
    review_percent = review_percent_field()
    time_limit_minutes = minutes_field(required=False, help_text=_("Leave empty to take the task template's."))
    max_concurrent = window_field()
    policy = policy_field()
    required_skills = skills_field()
    gold_percent = gold_percent_field()
    is_qualification = forms.BooleanField(label=_("This job is a qualification"), required=False)
    qualification_skill = forms.CharField(
        label=_("Skill that is earned"),
        max_length=63,
        required=False,
        help_text=_("Its level is the mean IoU reached."),
    )
    qualification_percent = qualification_percent_field()
    deadline = deadline_field()
    consolidation_rule = forms.ChoiceField(label=_("How answers become one mask"))
    pre_annotation_arn = forms.ChoiceField(
        label=_("Pre-annotation function"),
        required=False,
        help_text=_("Asked about each photo before labelers are. Owners connect functions under Functions."),
    )
    consolidation_arn = forms.ChoiceField(
        label=_("Consolidation function"),
        required=False,
        help_text=_("Makes the one mask in place of the rule above."),
    )
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
    task_type = forms.ChoiceField(
        label=_("What is asked"),
        choices=TaskType.choices,
        required=False,
        initial=TaskType.SEGMENTATION,
        help_text=_(
            "To adjust or verify, name the output manifest of an earlier job as the address. A verification's label "
            "set holds the verdicts."
        ),
    )
    prior_attribute_name = forms.CharField(
        label=_("Earlier label attribute"),
        required=False,
        max_length=MAX_ATTRIBUTE,
        help_text=_("Which label of the manifest's lines it is about. Leave empty where they have only one."),
    )
    start_when_ready = forms.BooleanField(
        label=_("Start by itself when the photos have been checked"),
        required=False,
        initial=True,
        help_text=_("Without a team of yours: when a vendor has accepted the job, too."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        uploads = upload_choices()
        set_choices(self, "upload", uploads or [NOTHING])
        self.fields["source"].initial = "upload" if uploads else "address"
        set_choices(self, "label_set", choices_of(LabelSet) or [NOTHING])
        set_choices(self, "task_template", choices_of(TaskTemplate) or [NOTHING])
        teams: Choices = [(str(pk), name) for pk, name in team_choices()]
        set_choices(self, "work_team", [*teams, (VENDOR, _("none: I offer the job to a vendor"))])
        set_review_teams(self, teams)
        for name in ("pre_annotation_arn", "consolidation_arn"):
            set_choices(self, name, function_choices())
        set_choices(self, "consolidation_rule", [(rule, RULES.get(rule, rule)) for rule in rule_names()])

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("source") == "upload" and not data.get("upload"):
            self.add_error("upload", gettext("Upload photos first, or name an address."))
        if data.get("source") == "address" and not data.get("input_address"):
            self.add_error("input_address", gettext("Name the folder or the manifest."))
        return data

    def _add_problem(self, problem: Any) -> None:
        if problem.path == "input_uri":
            self.add_error(
                "upload" if self.cleaned_data.get("source") == "upload" else "input_address", problem.message
            )
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
        )
        kind = data["task_type"] or TaskType.SEGMENTATION
        return {
            **{name: data[name] for name in (*names, "start_when_ready")},
            "input_uri": f"upload://{data['upload']}/" if data["source"] == "upload" else data["input_address"].strip(),
            "input_filter": data["input_filter"],
            "sample_percent": 100 if data["sample_percent"] is None else data["sample_percent"],
            "output_uri": data["output_address"],
            "label_set_id": data["label_set"],
            "task_template_id": data["task_template"],
            "work_team_id": None if team == VENDOR else uuid.UUID(team),
            "for_vendor": team == VENDOR,
            **review_arguments(data),
            "time_limit_seconds": seconds(data["time_limit_minutes"]),
            "policy": data["policy"] or DEFAULT_POLICY,
            "required_skills": skills_of(data["required_skills"]),
            "task_type": kind,
            "prior_attribute_name": data["prior_attribute_name"],
            "consolidation_rule": "" if kind == TaskType.VERIFICATION else data["consolidation_rule"],
            "pre_annotation_arn": data["pre_annotation_arn"],
            "consolidation_arn": data["consolidation_arn"],
            "gold_rate": share_of(data["gold_percent"], 0.1) if kind == TaskType.SEGMENTATION else None,
            "is_qualification": data["is_qualification"],
            "qualification_skill": data["qualification_skill"],
            "qualification_iou": share_of(data["qualification_percent"], 0.7),
        }
