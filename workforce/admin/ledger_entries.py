"""The ledger: every entry of time and of answers that count, and how time is corrected."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from maskwright.core.scope import current_scope
from maskwright.organizations.actor import Actor
from maskwright.organizations.admin_base import NavEntry, ScopedModelAdmin
from maskwright.organizations.admin_filters import ChoiceFilter
from maskwright.organizations.admin_forms import Section, ServiceForm
from maskwright.organizations.admin_html import badge, moment
from maskwright.organizations.permissions import Permission
from workforce.admin.money_words import clock
from workforce.models import LedgerEntry
from workforce.people import own_people
from workforce.services.activity import correct_time
from workforce.services.statements import queue_titles
from workforce.states import EntryKind, EntryReason, Stage

_COLORS = {EntryReason.WITHDRAWN: "danger", EntryReason.TAKEN_BACK: "warning", EntryReason.CORRECTED: "accent"}


class EntryKindFilter(ChoiceFilter):
    title = _("kind")
    parameter_name = "kind"
    field_path = "kind"

    def lookups(self, request: Any, model_admin: Any) -> Any:
        return EntryKind.choices


class EntryReasonFilter(ChoiceFilter):
    title = _("reason")
    parameter_name = "reason"
    field_path = "reason"

    def lookups(self, request: Any, model_admin: Any) -> Any:
        return EntryReason.choices


class CorrectionForm(ServiceForm):
    sections = (
        Section(
            _("Correct the time of this photo"),
            ("seconds", "note"),
            _("Another entry is added; this one stays. Statements that were issued stay, the next has the difference."),
        ),
    )

    seconds = forms.DecimalField(
        label=_("Seconds"), max_digits=9, decimal_places=3, help_text=_("With a minus: taken off.")
    )
    note = forms.CharField(label=_("Why"), max_length=500)


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ScopedModelAdmin):
    read_permission = Permission.MONEY_READ
    write_permission = Permission.MONEY_MANAGE
    can_add = False
    nav = NavEntry("money", 4, _("Time and answers"))
    icon = "history"
    intro = _("What was worked and what of it counts, as it happened. Entries are added, never changed.")
    empty_title = _("Nothing was worked yet")
    empty_text = _("Entries appear as people label.")
    list_display = ("when", "who", "job", "what", "amount", "reason_badge", "note")
    list_display_links = ("when",)
    list_filter = (EntryKindFilter, EntryReasonFilter)
    ordering = ("-at", "-id")
    change_form_template = "admin/manage/ledger_entry.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Of the organization's own work, and of its people's at customers."""
        return LedgerEntry.objects.select_related("worker").order_by(*self.ordering)

    def prepare_rows(self, request: HttpRequest, rows: list[Any]) -> None:
        titles = queue_titles({row.work_queue_id for row in rows})
        people = own_people(row.worker_id for row in rows)
        for row in rows:
            row.job_title = titles[row.work_queue_id]
            row.person = people.get(row.worker_id) or row.worker.code

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_own = obj is None or obj.organization_id == current_scope().organization_id
        return super().has_change_permission(request, obj) and is_own

    @admin.display(description=_("at (UTC)"), ordering="at")
    def when(self, entry: Any) -> str:
        return moment(entry.at)

    @admin.display(description=_("labeler"))
    def who(self, entry: Any) -> str:
        return str(getattr(entry, "person", entry.worker.code))

    @admin.display(description=_("job"))
    def job(self, entry: Any) -> str:
        title = getattr(entry, "job_title", None)
        return str(title if title is not None else queue_titles([entry.work_queue_id])[entry.work_queue_id])

    @admin.display(description=_("work"))
    def what(self, entry: Any) -> str:
        stage = str(Stage(entry.stage).label)
        return gettext("%(stage)s, again after it came back") % {"stage": stage} if entry.is_rework else stage

    @admin.display(description=_("amount"))
    def amount(self, entry: Any) -> str:
        return clock(entry.quantity) if entry.kind == EntryKind.TIME else f"{entry.quantity:+.0f}"

    @admin.display(description=_("reason"))
    def reason_badge(self, entry: Any) -> str:
        return badge(EntryReason(entry.reason).label, _COLORS.get(entry.reason, ""))

    def build_form(self, request: HttpRequest, obj: Any | None, data: Any = None, files: Any = None) -> ServiceForm:
        return CorrectionForm(data)

    def apply(self, request: HttpRequest, actor: Actor, obj: Any | None, form: ServiceForm) -> Any:
        assert obj is not None
        data = form.cleaned_data
        return correct_time(claim_id=obj.claim_id, seconds=data["seconds"], note=data["note"])

    def saved_message(self, obj: Any, added: bool) -> str:
        return gettext("The correction was added.")

    def history_subjects(self, obj: Any) -> Any:
        return [obj.worker_id]

    def page_context(self, request: HttpRequest, obj: Any | None, form: ServiceForm) -> dict[str, Any]:
        assert obj is not None
        facts = [
            (_("At (UTC)"), moment(obj.at)),
            (_("Labeler"), self.who(obj)),
            (_("Job"), self.job(obj)),
            (_("Work"), self.what(obj)),
            (_("Amount"), self.amount(obj)),
            (_("Reason"), self.reason_badge(obj)),
            (_("Note"), obj.note or "–"),
        ]
        return {"title": gettext("Entry of %(at)s") % {"at": moment(obj.at)}, "facts": facts}
