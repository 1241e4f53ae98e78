"""How good people are in a job, for its managers: scores, what rules did, the rules, and gold tasks."""

import uuid
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_protect

from labeling.admin.gold_form import GoldForm, make_golds
from labeling.admin.people import People
from labeling.admin.quality_rows import agreed_words, event_row, person_row
from labeling.admin.rule_forms import RulesForm, rule_table
from labeling.admin.share_pages import CHANGEABLE, SharePages, grants_of
from labeling.models import LabelingJob, QualityRule
from labeling.selectors import quality
from labeling.services.jobs import change_job
from labeling.services.quality.gold import remove_gold
from labeling.services.quality.ruling import add_usual, lacks_usual_rules, rules_of, save_rules
from labeling.services.quality.running import undo_event
from labeling.services.quality.usual import PARTS
from labeling.services.quality.words import rule_words
from labeling.states import GoldSource
from maskwright.core.errors import DomainError, Invalid
from maskwright.organizations.admin_base import FormPage, may
from maskwright.organizations.admin_html import thumbnail
from maskwright.organizations.permissions import Permission
from workforce.models import Worker
from workforce.selectors import grant_rows
from workforce.services.pauses import end_pause, pause_person

_SHOWN = 50


class QualityPages(SharePages):
    def extra_urls(self) -> list[URLPattern]:
        return [
            path("<uuid:object_id>/quality/", self.guarded(self.quality_view), name=self.url_name("quality")),
            path("<uuid:object_id>/gold/", self.guarded(self.gold_view), name=self.url_name("gold")),
            path("<uuid:object_id>/rules/", self.guarded(self.rules_view), name=self.url_name("rules")),
            *super().extra_urls(),
        ]

    # --- people -----------------------------------------------------------------------------------------------------
    def quality_view(self, request: HttpRequest, object_id: uuid.UUID) -> HttpResponse:
        return csrf_protect(self._quality_view)(request, object_id)

    def _quality_view(self, request: HttpRequest, object_id: uuid.UUID) -> HttpResponse:
        job = self.object_or_404(request, object_id)
        may_change = may(request, Permission.JOBS_MANAGE)
        if request.method == "POST":
            if not may_change:
                raise PermissionDenied
            return self._do(request, job)
        rules = rules_of(job.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Quality of people in %(name)s") % {"name": job.name},
            "opts": self.opts,
            "page": self,
            "object": job,
            "may_change": may_change,
            **_people(request, job),
            "rules": [(rule_words({name: getattr(row, name) for name in PARTS}), row.is_active) for row in rules],
            "lacks_usual": lacks_usual_rules(rules),
            "gold_percent": f"{job.gold_rate * 100:g}",
        }
        return self._respond(request, "admin/manage/job_quality.html", context)

    def _do(self, request: HttpRequest, job: LabelingJob) -> HttpResponse:
        """What a button of the page says."""
        given = request.POST
        try:
            match given.get("action"):
                case "undo":
                    undo_event(job_id=job.pk, event_id=_id(given.get("subject", "")))
                    messages.success(request, gettext("Undone. The rule does not act again on what it has looked at."))
                case "lift":
                    end_pause(queue_id=job.work_queue_id, worker_id=_id(given.get("subject", "")))
                    messages.success(request, gettext("The pause is over; the person gets photos again."))
                case "pause":
                    _pause(job, given)
                    messages.success(request, gettext("Paused. What the person holds may be finished."))
                case "usual":
                    add_usual(job_id=job.pk)
                    messages.success(
                        request, gettext("The usual rules were added. They look at people after each answer.")
                    )
                case "rate":
                    change_job(job_id=job.pk, gold_rate=_share(given.get("percent", "")))
                    messages.success(request, gettext("Saved. It counts for photos taken from now on."))
                case _:
                    raise Invalid(gettext("Choose what to do."))
        except DomainError as error:
            messages.error(request, error.fields[0].message if error.fields else error.message)
        return HttpResponseRedirect(self.page_url("quality", job.pk))

    # --- gold tasks -------------------------------------------------------------------------------------------------
    def gold_view(self, request: HttpRequest, object_id: uuid.UUID) -> HttpResponse:
        return csrf_protect(self._gold_view)(request, object_id)

    def _gold_view(self, request: HttpRequest, object_id: uuid.UUID) -> HttpResponse:
        job = self.object_or_404(request, object_id)
        if not may(request, Permission.JOBS_MANAGE):  # reviewers label, too, and must not know them
            raise PermissionDenied
        if request.method == "POST" and "remove" in request.POST:
            return self._remove_gold(request, job)
        page = FormPage(
            build=lambda data, files: GoldForm(data, files, job=job),
            apply=lambda actor, form: make_golds(job, form),
            saved=lambda count: self._made(request, job, count),
            context=lambda form: {"golds": [_gold_row(job, row) for row in quality.gold_rows(job.pk)]},
            template="admin/manage/job_gold.html",
            title=gettext("Gold tasks of %(name)s") % {"name": job.name},
            may_write=True,
        )
        return self.form_page(request, job, page)

    def _made(self, request: HttpRequest, job: LabelingJob, count: int) -> HttpResponse:
        messages.success(request, gettext("Gold tasks made: %(count)s.") % {"count": count})
        return HttpResponseRedirect(self.page_url("gold", job.pk))

    def _remove_gold(self, request: HttpRequest, job: LabelingJob) -> HttpResponse:
        try:
            remove_gold(job_id=job.pk, gold_id=_id(request.POST["remove"]))
            messages.success(request, gettext("Removed. Nobody gets it any more; scores stay."))
        except DomainError as error:
            messages.error(request, error.message)
        return HttpResponseRedirect(self.page_url("gold", job.pk))

    # --- rules ------------------------------------------------------------------------------------------------------
    def rules_view(self, request: HttpRequest, object_id: uuid.UUID) -> HttpResponse:
        return csrf_protect(self._rules_view)(request, object_id)

    def _rules_view(self, request: HttpRequest, object_id: uuid.UUID) -> HttpResponse:
        job = self.object_or_404(request, object_id)
        if not may(request, Permission.JOBS_MANAGE):
            raise PermissionDenied
        rows: list[QualityRule] = rules_of(job.pk)
        page = FormPage(
            build=lambda data, files: RulesForm(data, table=rule_table(data, rows)),
            apply=lambda actor, form: save_rules(job_id=job.pk, rules=form.sent_rules()),  # type: ignore[attr-defined]
            saved=lambda saved: self._saved_rules(request, job),
            context=lambda form: {},
            template="admin/manage/job_rules.html",
            title=gettext("Rules about people in %(name)s") % {"name": job.name},
            may_write=True,
        )
        return self.form_page(request, job, page)

    def _saved_rules(self, request: HttpRequest, job: LabelingJob) -> HttpResponse:
        messages.success(request, gettext("The rules were saved. They look at people after each answer."))
        return HttpResponseRedirect(self.page_url("quality", job.pk))


def _people(request: HttpRequest, job: LabelingJob) -> dict[str, Any]:
    people = quality.job_people(job.pk)
    events = list(quality.events_of(job.pk)[:_SHOWN])
    workers = {one.pk: one for one in Worker.objects.filter(pk__in=[one.worker_id for one in people])}
    names = People(request, [*workers.values(), *(event.worker for event in events)])
    grants = grant_rows(grants_of(job))
    vendors = {row.grant.vendor_id: row.vendor_name for row in grants}
    agreed = {row.grant.vendor_id: row.grant.minimum_gold_iou for row in grants if row.is_live}
    classes = quality.class_names([job.pk]).get(job.pk, {})
    return {
        "people": [
            {
                **person_row(one, classes),
                "name": names.text(workers[one.worker_id]),
                "code": one.code,
                "who": vendors.get(one.vendor_id, "") if one.vendor_id else gettext("own people"),
                "agreed": agreed_words(one, agreed.get(one.vendor_id) if one.vendor_id else None),
                "url": reverse("admin:workforce_worker_change", args=[one.worker_id]),
            }
            for one in people
            if one.worker_id in workers
        ],
        "events": [{**event_row(event), "name": names.text(event.worker)} for event in events],
        "may_pause": job.state in CHANGEABLE,
    }


def _gold_row(job: LabelingJob, row: quality.GoldRow) -> dict[str, Any]:
    item = row.gold.task.data_object
    origin = row.origin_id
    return {
        "id": row.gold.pk,
        "thumbnail": thumbnail(reverse("object_thumbnail", args=[origin])) if origin else "",
        "url": reverse("admin:labeling_dataobject_change", args=[origin]) if origin else "",
        "mask_url": reverse("job_gold_mask", args=[job.pk, row.gold.pk]),
        "name": item.source_ref.rpartition("/")[2],
        "source": GoldSource(row.gold.source).label,
        "answers": row.answers,
        "mean": "–" if row.mean_iou is None else f"{row.mean_iou * 100:.0f} %",
        "removed_at": row.gold.removed_at,
    }


def _pause(job: LabelingJob, given: Any) -> None:
    reason = given.get("reason", "").strip()
    if not reason:
        raise Invalid(gettext("Say why; the person reads it."))
    hours = given.get("hours", "").strip()
    try:
        until = timezone.now() + timedelta(hours=float(hours)) if hours else None
    except (ValueError, OverflowError):
        raise Invalid(gettext("Give 1 to 2160 hours, or none: then a manager ends the pause.")) from None
    pause_person(queue_id=job.work_queue_id, worker_id=_id(given.get("subject", "")), reason=reason[:500], until=until)


def _share(text: str) -> float:
    try:
        return float(text.replace(",", ".")) / 100
    except ValueError:
        raise Invalid(gettext("Give a percentage from 0 to 100.")) from None


def _id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Invalid(gettext("Choose what to do.")) from None
