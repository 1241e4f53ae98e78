"""The further pages of one labeling job: changing it while it runs, and its queue."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_protect

from labeling.admin.follow_up import follow_up_page
from labeling.admin.job_change_forms import JobChangeForm, change_initial
from labeling.admin.job_queue import move, queue_context
from labeling.admin.label_sets import JobCategoryFormSet, offer_colors
from labeling.admin.preview import preview_data
from labeling.admin.quality_pages import QualityPages
from labeling.admin.share_pages import CHANGEABLE, grants_of
from labeling.masks import DEFAULT_COLORS
from labeling.models import JobRevision, LabelingJob
from labeling.selectors.jobs import job_detail
from labeling.services.jobs import change_job
from maskwright.core.errors import Conflict
from maskwright.organizations.admin_base import FormPage, may
from maskwright.organizations.admin_forms import ServiceForm
from maskwright.organizations.permissions import Permission


class JobPages(QualityPages):
    """What `LabelingJobAdmin` has besides the list, the form and the console."""

    def extra_urls(self) -> list[URLPattern]:
        return [
            path("<uuid:object_id>/edit/", self.guarded(self.edit_view), name=self.url_name("edit")),
            path("<uuid:object_id>/queue/", self.guarded(self.queue_view), name=self.url_name("queue")),
            path("<uuid:object_id>/follow-up/", self.guarded(self.follow_up_view), name=self.url_name("follow_up")),
            *super().extra_urls(),
        ]

    # --- change a job that exists -----------------------------------------------------------------------------------
    def edit_view(self, request: HttpRequest, object_id: uuid.UUID) -> HttpResponse:
        return csrf_protect(self._edit_view)(request, object_id)

    def _edit_view(self, request: HttpRequest, object_id: uuid.UUID) -> HttpResponse:
        job = self.object_or_404(request, object_id)
        if not may(request, Permission.JOBS_MANAGE):
            raise PermissionDenied
        detail = job_detail(job.pk)
        page = FormPage(
            build=lambda data, files: _change_form(job, detail.revision, data),
            apply=lambda actor, form: _change(job, form),
            saved=lambda saved: self._back(request, job, gettext("Saved as revision %d.") % saved.revision),
            context=lambda form: {
                "preview": preview_data(categories=detail.revision.categories, template=_shown(detail.revision)),
                "colors": " ".join(DEFAULT_COLORS),
            },
            template="admin/manage/job_edit.html",
            title=gettext("Change %(name)s") % {"name": job.name},
            may_write=job.state in CHANGEABLE,
        )
        return self.form_page(request, job, page)

    def _back(self, request: HttpRequest, job: LabelingJob, message: str) -> HttpResponse:
        messages.success(request, message)
        return HttpResponseRedirect(self.object_url(job))

    # --- a job that goes on from it ---------------------------------------------------------------------------------
    def follow_up_view(self, request: HttpRequest, object_id: uuid.UUID) -> HttpResponse:
        return csrf_protect(self._follow_up_view)(request, object_id)

    def _follow_up_view(self, request: HttpRequest, object_id: uuid.UUID) -> HttpResponse:
        return follow_up_page(self, request, self.object_or_404(request, object_id))

    # --- the queue --------------------------------------------------------------------------------------------------
    def queue_view(self, request: HttpRequest, object_id: uuid.UUID) -> HttpResponse:
        return csrf_protect(self._queue_view)(request, object_id)

    def _queue_view(self, request: HttpRequest, object_id: uuid.UUID) -> HttpResponse:
        job = self.object_or_404(request, object_id)
        may_change = may(request, Permission.JOBS_MANAGE)
        if request.method == "POST":
            if not may_change:
                raise PermissionDenied
            return move(request, job, self.page_url("queue", job.pk))
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Queue of %(name)s") % {"name": job.name},
            "opts": self.opts,
            "page": self,
            "object": job,
            "may_change": may_change,
            **queue_context(job, names=may_change),
        }
        return self._respond(request, "admin/manage/job_queue.html", context)


def _shown(revision: JobRevision) -> dict[str, Any]:
    names = ("title", "instructions", "tools", "allow_empty", "allow_impossible", "require_full_coverage")
    return {name: getattr(revision, name) for name in names}


def _change_form(job: LabelingJob, revision: JobRevision, data: Any) -> JobChangeForm:
    table = JobCategoryFormSet(data, prefix="categories", initial=revision.categories)
    offer_colors(table, revision.categories)
    initial = change_initial(job.work_queue, revision, job)
    return JobChangeForm(
        data, table=table, initial=initial, team_id=job.work_queue.work_team_id, is_qualification=job.is_qualification
    )


def _change(job: LabelingJob, form: ServiceForm) -> LabelingJob:
    assert isinstance(form, JobChangeForm)
    if form.cleaned_data["seen"] != job.revision:
        raise Conflict(gettext("Somebody changed the job meanwhile. Open the page anew and make your changes there."))
    return change_job(job_id=job.pk, **form.arguments())


__all__ = ["CHANGEABLE", "JobPages", "grants_of"]
