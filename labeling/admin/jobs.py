"""Labeling jobs: create one, and the console of one that exists."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from labeling.admin.console import console_context
from labeling.admin.job_forms import NOTHING, JobForm
from labeling.admin.job_pages import CHANGEABLE, JobPages, grants_of
from labeling.admin.words import job_badge
from labeling.models import LabelingJob
from labeling.selectors.jobs import job_list, job_rows
from labeling.services.jobs import create_job, pause_job, preflight_job, resume_job, start_job, stop_job
from labeling.states import JobState
from maskwright.organizations.actor import Actor
from maskwright.organizations.admin_actions import ObjectAction
from maskwright.organizations.admin_base import NavEntry, may
from maskwright.organizations.admin_filters import ChoiceFilter
from maskwright.organizations.admin_forms import ServiceForm
from maskwright.organizations.admin_html import moment
from maskwright.organizations.permissions import Permission
from workforce.selectors import grant_rows


class JobStateFilter(ChoiceFilter):
    title = _("state")
    parameter_name = "state"
    field_path = "state"

    def lookups(self, request: Any, model_admin: Any) -> Any:
        return JobState.choices


def _start(request: HttpRequest, actor: Actor, job: LabelingJob) -> str:
    started = start_job(job_id=job.pk)
    if started.state == JobState.INITIALIZING:
        return gettext("The job starts by itself as soon as its photos have been checked.")
    if started.work_queue.work_team_id is None:
        return gettext("The job runs. Its vendor's teams get photos as soon as the vendor has chosen them.")
    return gettext("The job runs. Its team gets the first photos now.")


def _pause(request: HttpRequest, actor: Actor, job: LabelingJob) -> str:
    pause_job(job_id=job.pk)
    return gettext("The job is paused. Open work is kept, its clock stands still.")


def _resume(request: HttpRequest, actor: Actor, job: LabelingJob) -> str:
    resume_job(job_id=job.pk)
    return gettext("The job goes on.")


def _stop(request: HttpRequest, actor: Actor, job: LabelingJob) -> str:
    stop_job(job_id=job.pk)
    return gettext("The job is being stopped.")


def _check_again(request: HttpRequest, actor: Actor, job: LabelingJob) -> str:
    preflight_job(job_id=job.pk)
    return gettext("The photos are being checked again.")


def _in(*states: JobState) -> Any:
    return lambda job: job.state in states


@admin.register(LabelingJob)
class LabelingJobAdmin(JobPages):
    write_permission = Permission.JOBS_MANAGE
    nav = NavEntry("work", 1, _("Labeling jobs"))
    icon = "job"
    intro = _("A job gives photos to a team and turns its answers into masks.")
    add_label = _("New labeling job")
    submit_label = _("Create the job")
    empty_title = _("No labeling job yet")
    empty_text = _("Bring photos, make a label set and a task template, then create a job for a work team.")
    list_display = ("name", "state_badge", "progress", "team", "labelers", "deadline", "created")
    list_filter = (JobStateFilter,)
    search_fields = ("name",)
    search_help_text = _("Name")
    ordering = ("-created_at", "-id")
    change_form_template = "admin/manage/job_form.html"
    object_actions = (
        ObjectAction(
            "start",
            _("Start"),
            Permission.JOBS_MANAGE,
            _start,
            available=lambda job: (
                job.state == JobState.READY or (job.state == JobState.INITIALIZING and not job.start_when_ready)
            ),
            style="primary",
        ),
        ObjectAction(
            "resume", _("Resume"), Permission.JOBS_MANAGE, _resume, available=_in(JobState.PAUSED), style="primary"
        ),
        ObjectAction("pause", _("Pause"), Permission.JOBS_MANAGE, _pause, available=_in(JobState.IN_PROGRESS)),
        ObjectAction(
            "check",
            _("Check the photos again"),
            Permission.JOBS_MANAGE,
            _check_again,
            available=_in(JobState.FAILED),
            style="primary",
        ),
        ObjectAction(
            "stop",
            _("Stop"),
            Permission.JOBS_MANAGE,
            _stop,
            confirm=_(
                "The job ends for good and cannot be started again. Whoever is at work has a few minutes to submit. "
                "What is done stays and can be downloaded. To interrupt it only, pause it instead."
            ),
            available=_in(*CHANGEABLE),
            style="danger",
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return job_list().select_related("label_set", "task_template", "created_by")

    def prepare_rows(self, request: HttpRequest, rows: list[Any]) -> None:
        for row in job_rows(rows):
            row.job.row = row  # type: ignore[attr-defined]  # for this page

    @admin.display(description=_("state"), ordering="state")
    def state_badge(self, job: LabelingJob) -> str:
        return job_badge(job.state)

    @admin.display(description=_("photos done"))
    def progress(self, job: Any) -> str:
        done, total = job.row.done, job.row.total
        return format_html(
            '<span class="manage-meter"><progress class="mw-progress" max="{}" value="{}"></progress>'
            '<span class="mw-number mw-small">{} / {}</span></span>',
            max(total, 1),
            done,
            f"{done:,}",
            f"{total:,}",
        )

    @admin.display(description=_("team"))
    def team(self, job: Any) -> str:
        team = job.work_queue.work_team
        return team.name if team is not None else gettext("vendors")

    @admin.display(description=_("labelers"))
    def labelers(self, job: Any) -> str:
        return str(job.work_queue.labelers_wanted)

    @admin.display(description=_("deadline (UTC)"))
    def deadline(self, job: Any) -> str:
        return moment(job.work_queue.deadline)

    @admin.display(description=_("created (UTC)"), ordering="created_at")
    def created(self, job: LabelingJob) -> str:
        return moment(job.created_at)

    # --- create -----------------------------------------------------------------------------------------------------
    def build_form(self, request: HttpRequest, obj: Any | None, data: Any = None, files: Any = None) -> ServiceForm:
        chosen = request.GET.get("upload")
        return JobForm(data, initial={"upload": chosen, "source": "upload"} if chosen else None)

    def apply(self, request: HttpRequest, actor: Actor, obj: Any | None, form: ServiceForm) -> Any:
        assert isinstance(form, JobForm)
        return create_job(actor_user_id=actor.user_id, **form.arguments())

    def saved_message(self, obj: Any, added: bool) -> str:
        if obj.work_queue.work_team_id is None:
            text = gettext("%(name)s was created. Its photos are being checked. Offer it to a vendor meanwhile.")
        else:
            text = gettext("%(name)s was created. Its photos are being checked.")
        return text % {"name": obj.name}

    def page_context(self, request: HttpRequest, obj: Any | None, form: ServiceForm) -> dict[str, Any]:
        return {"missing": [(label, reverse(f"admin:labeling_{url}_add")) for label, url in form_needs(form)]}

    # --- the console of one job -------------------------------------------------------------------------------------
    def changeform_view(
        self,
        request: HttpRequest,
        object_id: Any = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if object_id is None:
            return super().changeform_view(request, object_id, form_url, extra_context)
        job = self.object_or_404(request, object_id)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        context = {
            **self.admin_site.each_context(request),
            "title": job.name,
            "opts": self.opts,
            "page": self,
            "object": job,
            "object_actions": self.actions_of(request, job),
            "may_manage": may(request, Permission.JOBS_MANAGE),
            "may_change": may(request, Permission.JOBS_MANAGE) and job.state in CHANGEABLE,
            **console_context(job, grant_rows(grants_of(job))),
        }
        return self._respond(request, "admin/manage/job.html", context)

    def history_subjects(self, obj: Any) -> Sequence[uuid.UUID]:
        return [obj.pk, *(grant.pk for grant in grants_of(obj))]


def form_needs(form: ServiceForm) -> list[tuple[Any, str]]:
    """What the organization has not made yet and a job cannot do without: its name, and the page that makes it."""
    needs = {"label_set": (_("a label set"), "labelset"), "task_template": (_("a task template"), "tasktemplate")}
    fields: Any = form.fields
    return [need for name, need in needs.items() if fields[name].choices == [NOTHING]]
