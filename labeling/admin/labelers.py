"""Labelers: how good each is, in all jobs one may read about; a customer's, or a vendor's own people at customers."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from labeling.admin.people import People
from labeling.admin.quality_rows import event_row, person_row
from labeling.selectors import quality
from maskwright.core.scope import current_scope
from maskwright.organizations.admin_base import NavEntry, ScopedModelAdmin, may
from maskwright.organizations.admin_html import badge
from maskwright.organizations.permissions import Permission
from workforce.models import PersonSkill, Worker, WorkerIdentity
from workforce.services.statements import queue_titles
from workforce.states import SkillSource
from workforce.vendor_console import names_of_own

_EVENTS = 50


@admin.register(Worker)
class LabelerAdmin(ScopedModelAdmin):
    can_add = False
    changes = False
    nav = NavEntry("people", 4, _("Quality of people"))
    icon = "report"
    intro = _("How well each labeler does on gold tasks, and how far his answers agree with the results.")
    empty_title = _("Nobody has labeled yet")
    empty_text = _("Whoever takes a photo appears here, with his scores as soon as there are any.")
    list_display = ("labeler", "employer", "answers", "gold", "agreement", "state")
    list_display_links = ("labeler",)
    search_fields = ("code",)
    search_help_text = _("Pseudonym")
    ordering = ("code",)

    @property
    def plural(self) -> str:
        return gettext("Quality of people")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return quality.readable_workers()

    def prepare_rows(self, request: HttpRequest, rows: list[Any]) -> None:
        found: dict[Any, list[quality.PersonQuality]] = {}
        for one in quality.person_jobs(row.pk for row in rows):
            found.setdefault(one.worker_id, []).append(one)
        names, own = People(request, rows), self._own_names(request, rows)
        pauses = quality.paused_workers(row.pk for row in rows)
        for row in rows:
            row.jobs = found.get(row.pk, [])
            row.whole = quality.whole(row.jobs)
            row.shown_name = own.get(row.pk) or names.cell(row)
            row.is_paused = row.pk in pauses

    @staticmethod
    def _own_names(request: HttpRequest, rows: list[Any]) -> dict[Any, str]:
        """A vendor's own people at its customers."""
        owner = current_scope().organization_id
        theirs = [row.pk for row in rows if row.organization_id != owner]
        return names_of_own(theirs) if theirs and may(request, Permission.JOBS_MANAGE) else {}

    @admin.display(description=_("labeler"), ordering="code")
    def labeler(self, worker: Any) -> Any:
        return worker.shown_name

    @admin.display(description=_("from"))
    def employer(self, worker: Any) -> str:
        if worker.organization_id != current_scope().organization_id:
            return gettext("own people, for a customer")
        return gettext("a vendor") if worker.vendor_id else gettext("own people")

    @admin.display(description=_("answers"))
    def answers(self, worker: Any) -> str:
        return f"{sum(one.answers for one in worker.jobs):,}"

    @admin.display(description=_("gold tasks"))
    def gold(self, worker: Any) -> str:
        return _share(worker.whole.gold, worker.whole.golds)

    @admin.display(description=_("agreement"))
    def agreement(self, worker: Any) -> str:
        return _share(worker.whole.agreement, worker.whole.compared)

    @admin.display(description=_("state"))
    def state(self, worker: Any) -> str:
        return badge(_("paused"), "warning") if worker.is_paused else ""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: Any = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if object_id is None or not self.has_view_permission(request):
            raise PermissionDenied
        worker = self.object_or_404(request, object_id)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        jobs = quality.person_jobs([worker.pk])
        names = quality.job_names(one.job_id for one in jobs)
        classes = quality.class_names(one.job_id for one in jobs)
        own = self._own_names(request, [worker])
        context = {
            **self.admin_site.each_context(request),
            "title": own.get(worker.pk) or People(request, [worker]).text(worker),
            "opts": self.opts,
            "page": self,
            "object": worker,
            "object_actions": [],
            "facts": [(_("Pseudonym"), worker.code), (_("From"), self.employer(worker))],
            "jobs": [
                {
                    **person_row(one, classes.get(one.job_id, {})),
                    "name": names.get(one.job_id) or gettext("labeling job"),
                    "job_id": one.job_id,
                    "is_own": worker.organization_id == current_scope().organization_id,
                }
                for one in jobs
            ],
            "pauses": _pauses(worker),
            "events": [event_row(event) for event in quality.events_about([worker.pk])[:_EVENTS]],
            "skills": _skills(worker) if may(request, Permission.TEAMS_MANAGE) else None,
        }
        return self._respond(request, "admin/manage/labeler.html", context)


def _share(found: Any, count: int) -> str:
    return "–" if found is None else f"{found.value * 100:.0f} % ({count})"


def _pauses(worker: Worker) -> list[dict[str, Any]]:
    found = list(quality.pauses_of([worker.pk]))
    titles = queue_titles({one.work_queue_id for one in found})
    return [{"pause": one, "title": titles[one.work_queue_id]} for one in found]


def _skills(worker: Worker) -> dict[str, Any] | None:
    """Of one's own person; a vendor's people have their skills from the vendor."""
    owner = current_scope().organization_id
    identity = WorkerIdentity.objects.filter(organization_id=owner, worker_id=worker.pk).first()
    if identity is None:
        return None
    rows = PersonSkill.objects.filter(organization_id=owner, user_id=identity.user_id).order_by("name")
    return {
        "user_id": identity.user_id,
        "rows": [(one, SkillSource(one.source).label) for one in rows],
    }
