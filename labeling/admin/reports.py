"""Reports with charts: all jobs, or one of them, in a period; every figure stands in a table, too."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from labeling.selectors.reports import REPORT_COLUMNS, Figures, Report, report, report_rows
from maskwright.core.api.csv_files import csv_answer
from maskwright.core.charts import Point, bars, columns
from maskwright.organizations.admin_base import NavEntry, ScopedModelAdmin, may
from maskwright.organizations.permissions import Permission
from workforce.admin.money_words import clock
from workforce.models.report import WorkReport
from workforce.services.statements import queue_titles

_DAYS, _LONGEST, _SHOWN = 30, 366, 15


class PeriodForm(forms.Form):
    start = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}))
    end = forms.DateField(label=_("To, this day included"), widget=forms.DateInput(attrs={"type": "date"}))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "start" in data and "end" in data:
            if data["start"] > data["end"]:
                self.add_error("end", gettext("The end must come after the start."))
            elif data["end"] - data["start"] > timedelta(days=_LONGEST):
                self.add_error("start", gettext("Choose a year at most."))
        return data


@admin.register(WorkReport)
class ReportAdmin(ScopedModelAdmin):
    can_add = False
    changes = False
    nav = NavEntry("money", 1, _("Reports"))
    icon = "report"

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self._page(request, None, gettext("Reports"))

    def change_view(self, request: HttpRequest, object_id: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        queue = self.object_or_404(request, object_id)
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self._page(request, queue, queue_titles([queue.pk])[queue.pk])

    def _page(self, request: HttpRequest, queue: Any | None, title: str) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        today = timezone.now().astimezone(UTC).date()
        initial = {"start": today - timedelta(days=_DAYS - 1), "end": today}
        given = request.GET if "start" in request.GET or "end" in request.GET else None
        form = PeriodForm(given, initial=initial)
        days = form.cleaned_data if given is not None and form.is_valid() else initial
        start = datetime.combine(days["start"], time(), UTC)
        end = datetime.combine(days["end"] + timedelta(days=1), time(), UTC)
        queue_id: uuid.UUID | None = queue.pk if queue else None
        found = report(start=start, end=end, queue_id=queue_id, names=may(request, Permission.JOBS_MANAGE))
        if request.GET.get("file") == "csv":
            return csv_answer(f"report-{days['start']}-{days['end']}", REPORT_COLUMNS, report_rows(found))
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "page": self,
            "object": queue,
            "form": form,
            "report": found,
            "csv_query": f"?start={days['start']}&end={days['end']}&file=csv",
            "facts": _facts(found),
            "days_chart": _days_chart(found, days["start"], days["end"]),
            "groups": _groups(found, None if queue else lambda key: self.page_url("change", key)),
            "classes_chart": bars(
                [Point(one.label, (one.agreement,)) for one in found.classes[:_SHOWN]],
                title=gettext("Agreement by category"),
                most=1,
                percent=True,
            ),
        }
        return self._respond(request, "admin/manage/report.html", context)


def percent(share: float | None) -> str:
    return "–" if share is None else f"{share * 100:.1f} %"


def _facts(found: Report) -> list[tuple[Any, str]]:
    whole = found.whole
    return [
        (_("Answers"), str(whole.answers)),
        (_("Accepted"), percent(whole.acceptance)),
        (_("Time of an answer, median"), clock(whole.seconds) if whole.seconds is not None else "–"),
        (_("Active time"), clock(whole.total_seconds)),
        (_("Agreement"), percent(whole.agreement)),
    ]


def _days_chart(found: Report, first: Any, last: Any) -> Any:
    by_day = {one.key: one for one in found.days}
    points = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        one = by_day.get(day.isoformat())
        points.append(Point(f"{day:%m-%d}", (one.accepted, one.not_counted) if one else (0, 0)))
    return columns(points, title=gettext("Answers by day"))


def _groups(found: Report, job_url: Callable[[str], str] | None) -> list[dict[str, Any]]:
    """Tables by person, team, job and day; `job_url` (of a job's own report) is None where all is of one job."""
    named = [
        (gettext("Labelers"), gettext("Labeler"), found.labelers),
        (gettext("Work teams"), gettext("Work team"), found.teams),
    ]
    if job_url:
        named.append((gettext("Jobs"), gettext("Job"), found.jobs))
    named.append((gettext("Days"), gettext("Day (UTC)"), found.days))
    return [
        {
            "title": title,
            "head": head,
            "chart": None if figures is found.days else _time_chart(title, figures),
            "rows": [
                {
                    "label": one.label,
                    "url": job_url(one.key) if job_url and figures is found.jobs else "",
                    "answers": one.answers,
                    "acceptance": percent(one.acceptance),
                    "seconds": "–" if one.seconds is None else clock(one.seconds),
                    "total": clock(one.total_seconds),
                    "agreement": percent(one.agreement),
                }
                for one in figures
            ],
        }
        for title, head, figures in named
        if figures
    ]


def _time_chart(title: str, figures: list[Figures]) -> Any:
    points = [Point(one.label, (one.seconds,)) for one in figures[:_SHOWN]]
    named = gettext("%(title)s: median seconds of an answer") % {"title": title}
    return bars(points, title=named)
