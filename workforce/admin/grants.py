"""For vendors: the work that customers offer, and which teams do it."""

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.formats import localize
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_protect

from maskwright.core.scope import current_scope
from maskwright.organizations.actor import Actor
from maskwright.organizations.admin_actions import ObjectAction
from maskwright.organizations.admin_base import NavEntry, ScopedModelAdmin, actor_of, may
from maskwright.organizations.admin_filters import ChoiceFilter
from maskwright.organizations.admin_forms import Section, ServiceForm
from maskwright.organizations.admin_html import badge, moment
from maskwright.organizations.admin_sites import on_dashboard
from maskwright.organizations.admin_widgets import PickMany, PickRow, picked_first
from maskwright.organizations.permissions import Permission
from workforce.admin.teams import team_choices
from workforce.handlers import Agreement
from workforce.models import GrantStaffing, WorkGrant
from workforce.selectors import GrantRow, grant_rows, team_list
from workforce.services.grants import accept_grant, decline_grant, staff_grant, unstaff_grant
from workforce.states import GrantState
from workforce.vendor_console import vendor_console

#: `labeling` says what the granted work is: more context for the page of a live grant, read in the vendor's scope.
GrantedWork = Callable[[WorkGrant], dict[str, Any]]
_granted_work: list[GrantedWork] = []


def describe_granted_work(describe: GrantedWork) -> GrantedWork:
    if describe not in _granted_work:
        _granted_work.append(describe)
    return describe


#: `labeling` has the page on which a vendor's manager withdraws answers of his own people.
WithdrawalPage = Callable[[ScopedModelAdmin, HttpRequest, WorkGrant], HttpResponse]
_withdrawal_pages: list[WithdrawalPage] = []


def withdrawals_by(page: WithdrawalPage) -> WithdrawalPage:
    _withdrawal_pages[:] = [page]
    return page


SHOWN_OFFERS = 5
_GRANT_COLORS = {GrantState.OFFERED: "warning", GrantState.ACCEPTED: "success"}


class GrantStateFilter(ChoiceFilter):
    title = _("state")
    parameter_name = "state"
    field_path = "state"

    def lookups(self, request: Any, model_admin: Any) -> Any:
        return GrantState.choices


class StaffingForm(ServiceForm):
    sections = (
        Section(
            _("Who works on it"),
            ("teams",),
            _("People of the chosen teams get photos of this work, one at a time. The customer sees them by a number."),
        ),
    )

    teams = forms.MultipleChoiceField(label=_("Work teams"), required=False, widget=PickMany(noun=_("teams")))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams: Any = team_list()  # annotated, which the type does not tell
        counts = {team.pk: team.member_count for team in teams}
        choices = [(str(pk), PickRow(name, _people(counts.get(pk, 0)))) for pk, name in team_choices()]
        picked = {str(pk) for pk in (self.initial or {}).get("teams", ())}
        self.fields["teams"].choices = picked_first(choices, picked)  # type: ignore[attr-defined]


def _people(count: int) -> str:
    return ngettext("one person", "%(count)d people", count) % {"count": count}


def _terms(grant: WorkGrant) -> list[tuple[Any, Any]]:
    """What was agreed, or is offered; a term that nobody set is not shown."""
    facts = [
        (_("Share of the job"), "" if grant.share is None else f"{grant.share} %"),
        (_("Price per accepted object"), _money(grant.price_per_object, grant.currency)),
        (_("Price per hour"), _money(grant.price_per_hour, grant.currency)),
        (_("Bought up to"), _money(grant.purchase_cap, grant.currency)),
        (_("Answer by (UTC)"), grant.accept_by and moment(grant.accept_by, "")),
        (_("Quality terms"), grant.quality_terms),
        (_("Least IoU on gold objects"), "" if grant.minimum_gold_iou is None else str(grant.minimum_gold_iou)),
        (_("Reason of the refusal"), grant.decline_reason),
    ]
    return [(label, value) for label, value in facts if value]


def _money(amount: Any, currency: str) -> str:
    return "" if amount is None else f"{localize(amount)} {currency}"


def agreement_words(found: Agreement | None) -> str:
    if found is None:
        return "–"
    return gettext("%(percent)s %% of %(count)s") % {"percent": f"{found.value * 100:.0f}", "count": found.answers}


def _accept(request: HttpRequest, actor: Actor, grant: WorkGrant) -> str:
    accept_grant(grant_id=grant.pk)
    return gettext("Accepted. Choose which of your teams work on it.")


def _decline(request: HttpRequest, actor: Actor, grant: WorkGrant) -> str:
    decline_grant(grant_id=grant.pk, reason=request.POST.get("reason", "").replace("\x00", ""))
    return gettext("The offer was declined.")


def _is_offered(grant: WorkGrant) -> bool:
    return grant.state == GrantState.OFFERED


@admin.register(WorkGrant)
class ReceivedGrantAdmin(ScopedModelAdmin):
    """The vendor's side of grants. The customer's side is on the page of his job."""

    read_permission = Permission.JOBS_READ
    write_permission = Permission.TEAMS_MANAGE
    can_add = False
    nav = NavEntry("work", 9, _("Work for customers"))
    icon = "offer"
    intro = _("Offers and running work of all your customers. Accept an offer, then say which teams do it.")
    empty_title = _("No offers yet")
    empty_text = _("When a customer offers you a labeling job it appears here.")
    list_display = ("offer", "customer", "state_badge", "staffed", "until")
    list_display_links = ("offer",)
    list_filter = (GrantStateFilter,)
    ordering = ("-created_at",)
    change_form_template = "admin/manage/grant.html"
    change_list_template = "admin/manage/grants.html"
    object_actions = (
        ObjectAction("accept", _("Accept"), Permission.TEAMS_MANAGE, _accept, available=_is_offered, style="primary"),
        ObjectAction(
            "decline",
            _("Decline"),
            Permission.TEAMS_MANAGE,
            _decline,
            confirm=_("The customer is told. You cannot take the offer afterwards; he can make another."),
            available=_is_offered,
            asks=_("Reason, for the customer"),
        ),
    )

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) and actor_of(request).is_vendor

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_open = obj is None or obj.state == GrantState.ACCEPTED
        return super().has_change_permission(request, obj) and actor_of(request).is_vendor and is_open

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return WorkGrant.objects.filter(vendor_id=current_scope().organization_id).order_by(*self.ordering)

    def extra_urls(self) -> list[URLPattern]:
        return [
            path(
                "<uuid:object_id>/withdrawals/", self.guarded(self.withdrawals_view), name=self.url_name("withdrawals")
            )
        ]

    def withdrawals_view(self, request: HttpRequest, object_id: uuid.UUID) -> HttpResponse:
        return csrf_protect(self._withdrawals_view)(request, object_id)

    def _withdrawals_view(self, request: HttpRequest, object_id: uuid.UUID) -> HttpResponse:
        grant = self.object_or_404(request, object_id)
        if not (may(request, Permission.JOBS_MANAGE) and _row(grant).is_live):
            raise Http404
        return _withdrawal_pages[0](self, request, grant)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        context: dict[str, Any] = {}
        if actor_of(request).is_vendor:
            context = {
                "console": (console := vendor_console()),
                "labelers": [(one, agreement_words(one.agreement)) for one in console.labelers],
                "may_change": may(request, Permission.TEAMS_MANAGE),
                "may_read_money": may(request, Permission.MONEY_READ),
            }
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def prepare_rows(self, request: HttpRequest, rows: list[Any]) -> None:
        for row, grant in zip(grant_rows(rows), rows, strict=True):
            grant.row = row

    @admin.display(description=_("work"))
    def offer(self, grant: Any) -> str:
        return grant.title or gettext("labeling job")

    @admin.display(description=_("customer"))
    def customer(self, grant: Any) -> str:
        return str(_row(grant).customer_name)

    @admin.display(description=_("state"), ordering="state")
    def state_badge(self, grant: Any) -> str:
        return badge(GrantState(grant.state).label, _GRANT_COLORS.get(grant.state, ""))

    @admin.display(description=_("teams"))
    def staffed(self, grant: Any) -> str:
        return ", ".join(name for _pk, name in _row(grant).teams) or "–"

    @admin.display(description=_("until (UTC)"), ordering="expires_at")
    def until(self, grant: Any) -> str:
        return moment(grant.expires_at, gettext("no end"))

    def build_form(self, request: HttpRequest, obj: Any | None, data: Any = None, files: Any = None) -> ServiceForm:
        assert obj is not None
        return StaffingForm(data, initial={"teams": [str(pk) for pk in _staffing(obj)]})

    def apply(self, request: HttpRequest, actor: Actor, obj: Any | None, form: ServiceForm) -> Any:
        assert obj is not None
        wanted = {uuid.UUID(value) for value in form.cleaned_data["teams"]}
        present = set(_staffing(obj))
        for team_id in sorted(wanted - present):
            staff_grant(grant_id=obj.pk, work_team_id=team_id)
        for team_id in sorted(present - wanted):
            unstaff_grant(grant_id=obj.pk, work_team_id=team_id)
        return obj

    def saved_message(self, obj: Any, added: bool) -> str:
        return gettext("Saved: the chosen teams work on it from now on.")

    def page_context(self, request: HttpRequest, obj: Any | None, form: ServiceForm) -> dict[str, Any]:
        assert obj is not None
        preview = _("you may look at photos") if obj.preview else _("only a labeler sees the photo he works on")
        facts = [
            (_("Customer"), self.customer(obj)),
            (_("State"), self.state_badge(obj)),
            (_("From (UTC)"), moment(obj.starts_at, gettext("now"))),
            (_("Until (UTC)"), self.until(obj)),
            (_("Photos"), preview),
            *_terms(obj),
        ]
        is_live = _row(obj).is_live
        context = {
            "title": self.offer(obj),
            "facts": facts,
            "is_accepted": obj.state == GrantState.ACCEPTED,
            "may_withdraw": is_live and may(request, Permission.JOBS_MANAGE),
        }
        if is_live:
            for describe in _granted_work:
                context.update(describe(obj))
        return context


@on_dashboard
def offers(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    """Offers that wait for an answer, on the first page of a vendor."""
    if not actor.is_vendor:
        return {"offers": []}
    waiting = WorkGrant.objects.filter(vendor_id=actor.organization_id, state=GrantState.OFFERED)
    rows = grant_rows(list(waiting.order_by("-created_at")[:SHOWN_OFFERS]))
    urls = [reverse("admin:workforce_workgrant_change", args=[row.grant.pk]) for row in rows]
    return {"offers": list(zip(rows, urls, strict=True)), "is_vendor": True}


def _row(grant: Any) -> GrantRow:
    return grant.row if hasattr(grant, "row") else grant_rows([grant])[0]


def _staffing(grant: WorkGrant) -> Sequence[uuid.UUID]:
    staffings = GrantStaffing.objects.filter(work_grant_id=grant.pk, organization_id=current_scope().organization_id)
    return list(staffings.values_list("work_team_id", flat=True))
