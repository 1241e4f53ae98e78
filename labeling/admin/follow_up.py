"""The page from which a job is gone on from: cloned, chained, adjusted or verified."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from labeling.admin.job_fields import VENDOR, Choices, choices_of, labelers_field, set_choices
from labeling.models import LabelingJob, LabelSet
from labeling.services.jobs import FollowUp, follow_up_counts, follow_up_job
from labeling.services.jobs.rules import MAX_NAME
from labeling.states import TaskType
from maskwright.organizations.actor import Actor
from maskwright.organizations.admin_base import FormPage, may
from maskwright.organizations.admin_forms import Section, ServiceForm
from maskwright.organizations.permissions import Permission
from workforce.admin import team_choices
from workforce.models import WorkQueue


class FollowUpForm(ServiceForm):
    sections = (
        Section(_("What is to be done"), ("how", "verdicts")),
        Section(_("New job"), ("name", "work_team", "number_of_labelers", "start_when_ready")),
    )
    paths = {
        "work_team_id": "work_team",
        "label_set_id": "verdicts",
        "input_uri": "how",
        "label_attribute_name": "name",
    }

    how = forms.ChoiceField(label=_("This job's output"), widget=forms.RadioSelect)
    verdicts = forms.ChoiceField(
        label=_("Of a verification: the possible verdicts"),
        required=False,
        help_text=_("A label set whose categories are verdicts, such as clear and blurry."),
    )
    name = forms.CharField(label=_("Name"), max_length=MAX_NAME)
    work_team = forms.ChoiceField(label=_("Work team"))
    number_of_labelers = labelers_field()
    start_when_ready = forms.BooleanField(
        label=_("Start by itself when the photos have been checked"), required=False, initial=True
    )

    def __init__(self, data: Any, *, job: LabelingJob) -> None:
        queue = WorkQueue.objects.get(pk=job.work_queue_id)
        team = str(queue.work_team_id) if queue.work_team_id else VENDOR
        initial = {"work_team": team, "number_of_labelers": queue.labelers_wanted}
        super().__init__(data, initial=initial)
        set_choices(self, "how", _ways(job))
        set_choices(self, "verdicts", choices_of(LabelSet), _("good or bad"))
        teams: Choices = [(str(pk), name) for pk, name in team_choices()]
        set_choices(self, "work_team", [*teams, (VENDOR, _("none: I offer the job to a vendor"))])

    def arguments(self) -> dict[str, Any]:
        """The service's arguments."""
        data = self.cleaned_data
        team = data["work_team"]
        found: dict[str, Any] = {name: data[name] for name in ("how", "name", "number_of_labelers", "start_when_ready")}
        found |= {"work_team_id": None if team == VENDOR else uuid.UUID(team), "for_vendor": team == VENDOR}
        if data["how"] == FollowUp.VERIFY and data["verdicts"]:
            found["label_set_id"] = uuid.UUID(data["verdicts"])
        return found


def _ways(job: LabelingJob) -> Choices:
    """What can be made of it, with the number of photos that it would ask about."""
    counts, ways = follow_up_counts(job), [FollowUp.CLONE]
    if job.manifest_written_at is not None:
        ways = [FollowUp.CHAIN, FollowUp.CLONE]
        ways += [] if job.task_type == TaskType.VERIFICATION else [FollowUp.ADJUST, FollowUp.VERIFY]
    words = gettext("%(way)s (%(count)d photos)")
    return [(str(way), words % {"way": way.label, "count": counts.to_label(way)}) for way in ways]


def follow_up_page(page: Any, request: HttpRequest, job: LabelingJob) -> HttpResponse:
    """`page`: the job's pages, of which this is one."""
    if not may(request, Permission.JOBS_MANAGE):
        raise PermissionDenied
    form_page = FormPage(
        build=lambda data, files: FollowUpForm(data, job=job),
        apply=lambda actor, form: _make(actor, job, form),
        saved=lambda made: _made(page, request, made),
        context=lambda form: {"counts": follow_up_counts(job)},
        template="admin/manage/job_follow_up.html",
        title=gettext("Go on from %(name)s") % {"name": job.name},
        may_write=True,
    )
    found: HttpResponse = page.form_page(request, job, form_page)
    return found


def _make(actor: Actor, job: LabelingJob, form: ServiceForm) -> LabelingJob:
    assert isinstance(form, FollowUpForm)
    return follow_up_job(actor_user_id=actor.user_id, job_id=job.pk, **form.arguments())


def _made(page: Any, request: HttpRequest, made: LabelingJob) -> HttpResponse:
    messages.success(request, gettext("%(name)s was created. Its photos are being checked.") % {"name": made.name})
    return HttpResponseRedirect(page.object_url(made))
