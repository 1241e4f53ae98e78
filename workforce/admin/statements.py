"""Statements: what vendors and labelers have to get, issued with a number, read by both sides, printed, as CSV."""

import uuid
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from maskwright.accounts.models import User
from maskwright.core.api.csv_files import csv_answer
from maskwright.core.scope import current_scope
from maskwright.organizations.actor import Actor
from maskwright.organizations.admin_base import NavEntry, ScopedModelAdmin
from maskwright.organizations.admin_filters import ChoiceFilter
from maskwright.organizations.admin_forms import Section, ServiceForm, utc_input
from maskwright.organizations.admin_html import badge, moment
from maskwright.organizations.models import Organization
from maskwright.organizations.permissions import Permission
from workforce.admin.money_words import money, open_sums, statement_rows
from workforce.models import Statement, StatementLine, WorkGrant
from workforce.services.balances import database_now, labeler_balances, vendor_balance
from workforce.services.statement_csv import COLUMNS, csv_rows
from workforce.services.statements import issue_labeler_statements, issue_vendor_statement
from workforce.states import GrantState, StatementKind

_EVERYBODY = "labelers"


class StatementKindFilter(ChoiceFilter):
    title = _("kind")
    parameter_name = "kind"
    field_path = "kind"

    def lookups(self, request: Any, model_admin: Any) -> Any:
        return StatementKind.choices


class IssueForm(ServiceForm):
    sections = (
        Section(
            _("New statements"),
            ("party", "until"),
            _("A statement has all that counts until then and stood in none before. It cannot be changed afterwards."),
        ),
    )
    paths = {"vendor": "party", "users": "party"}

    party = forms.ChoiceField(label=_("For whom"))
    until = forms.DateTimeField(
        label=_("Until (UTC)"), required=False, widget=utc_input(), help_text=_("Leave empty for now.")
    )

    def __init__(self, *args: Any, parties: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["party"].choices = parties  # type: ignore[attr-defined]


def open_parties() -> list[dict[str, Any]]:
    """Who has something to get that no statement has had: labelers by name, then vendors."""
    now, owner = database_now(), current_scope().organization_id
    balances = {user: balance.open_lines for user, balance in labeler_balances(until=now).items()}
    names = {user.pk: user.get_full_name() for user in User.objects.filter(pk__in=balances)}
    found = [
        {"value": str(user), "name": names[user], "kind": StatementKind.LABELER.label, "sum": open_sums(lines)}
        for user, lines in balances.items()
        if lines
    ]
    grants = WorkGrant.objects.filter(organization_id=owner).exclude(state=GrantState.OFFERED)
    vendors = Organization.objects.filter(pk__in=set(grants.values_list("vendor_id", flat=True)))
    for vendor in vendors.order_by("name"):
        lines = vendor_balance(customer_id=owner, vendor_id=vendor.pk, until=now).open_lines
        if lines:
            kind = StatementKind.VENDOR.label
            found.append({"value": f"vendor.{vendor.pk}", "name": vendor.name, "kind": kind, "sum": open_sums(lines)})
    return sorted(found, key=lambda one: (str(one["value"]).startswith("vendor"), str(one["name"]).lower()))


@admin.register(Statement)
class StatementAdmin(ScopedModelAdmin):
    read_permission = Permission.MONEY_READ
    write_permission = Permission.MONEY_MANAGE
    changes = False
    nav = NavEntry("money", 2, _("Statements"))
    icon = "statement"
    intro = _("What vendors and labelers get, with number and period. What was issued is never changed.")
    add_label = _("New statements")
    submit_label = _("Issue")
    empty_title = _("No statements yet")
    empty_text = _("Set prices, then issue statements when a period is over.")
    list_display = ("number_shown", "party_shown", "kind_badge", "period", "amount", "issued")
    list_display_links = ("number_shown",)
    list_filter = (StatementKindFilter,)
    ordering = ("-issued_at", "-number")
    change_form_template = "admin/manage/statement.html"
    change_list_template = "admin/manage/statements.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Those the organization issued, and those it got as a vendor."""
        return Statement.objects.order_by(*self.ordering)

    def extra_urls(self) -> list[URLPattern]:
        return [path("<uuid:object_id>/csv/", self.guarded(self.csv_view), name=self.url_name("csv"))]

    def csv_view(self, request: HttpRequest, object_id: uuid.UUID) -> HttpResponse:
        statement = self.object_or_404(request, object_id)
        return csv_answer(f"statement-{statement.number}", COLUMNS, csv_rows(statement))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        parties = open_parties() if self.has_view_permission(request) else []
        return super().changelist_view(request, {"open_parties": parties})

    @admin.display(description=_("number"), ordering="number")
    def number_shown(self, statement: Any) -> str:
        return str(statement.number)

    @admin.display(description=_("with"), ordering="party")
    def party_shown(self, statement: Any) -> str:
        return str(statement.party if _is_own(statement) else statement.issuer)

    @admin.display(description=_("kind"), ordering="kind")
    def kind_badge(self, statement: Any) -> str:
        if not _is_own(statement):
            return badge(_("from a customer"), "accent")
        return badge(StatementKind(statement.kind).label)

    @admin.display(description=_("period (UTC)"), ordering="period_to")
    def period(self, statement: Any) -> str:
        return f"{moment(statement.period_from, gettext('the beginning'))} – {moment(statement.period_to)}"

    @admin.display(description=_("amount"))
    def amount(self, statement: Any) -> str:
        return money(statement.total, statement.currency)

    @admin.display(description=_("issued (UTC)"), ordering="issued_at")
    def issued(self, statement: Any) -> str:
        return moment(statement.issued_at)

    def build_form(self, request: HttpRequest, obj: Any | None, data: Any = None, files: Any = None) -> ServiceForm:
        if obj is not None:
            return IssueForm(data, parties=[])
        parties = [(_EVERYBODY, gettext("all labelers who have something to get"))]
        parties += [(one["value"], f"{one['name']} ({one['sum']})") for one in open_parties()]
        return IssueForm(data, parties=parties, initial={"party": request.GET.get("party", _EVERYBODY)})

    def apply(self, request: HttpRequest, actor: Actor, obj: Any | None, form: ServiceForm) -> Any:
        party, until = form.cleaned_data["party"], form.cleaned_data["until"]
        kind, _dot, vendor = party.partition(".")
        if kind == "vendor":
            return issue_vendor_statement(vendor_id=uuid.UUID(vendor), until=until)
        users = None if party == _EVERYBODY else [uuid.UUID(party)]
        return issue_labeler_statements(user_ids=users, until=until)

    def response_saved(self, request: HttpRequest, obj: Any, added: bool) -> HttpResponse:
        told = ngettext("One statement was issued.", "%(count)d statements were issued.", len(obj))
        self.message_user(request, told % {"count": len(obj)})
        return HttpResponseRedirect(self.object_url(obj[0]) if len(obj) == 1 else self.page_url("changelist"))

    def page_context(self, request: HttpRequest, obj: Any | None, form: ServiceForm) -> dict[str, Any]:
        if obj is None:
            return {}
        lines = StatementLine.objects.filter(statement_id=obj.pk).order_by("position")
        facts = [
            (_("From"), obj.issuer),
            (_("For"), obj.party),
            (_("Period (UTC)"), self.period(obj)),
            (_("Issued (UTC)"), self.issued(obj)),
        ]
        return {
            "title": gettext("Statement %(number)s") % {"number": obj.number},
            "facts": facts,
            "lines": statement_rows(lines, obj.currency),
            "sum": money(obj.total, obj.currency),
            "csv_url": self.page_url("csv", obj.pk),
        }


def _is_own(statement: Statement) -> bool:
    return statement.organization_id == current_scope().organization_id
