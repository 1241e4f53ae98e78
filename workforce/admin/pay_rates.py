"""What the organization pays its own people: rates that hold from a time on."""

import uuid
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
from maskwright.organizations.admin_forms import Section, ServiceForm
from maskwright.organizations.admin_html import moment
from maskwright.organizations.models import Membership
from maskwright.organizations.permissions import Permission
from workforce.admin.money_words import price
from workforce.models import PayRate, WorkQueue
from workforce.services.prices import set_rate
from workforce.services.statements import queue_titles
from workforce.states import QueueState, Stage

_UNITS = [("object", _("per accepted object")), ("hour", _("per hour")), ("none", _("nothing is paid"))]


class RateForm(ServiceForm):
    sections = (
        Section(
            _("Price"),
            ("unit", "amount", "currency", "stage"),
            _("Rework is free: an object that came back is paid once, and the time of doing it again is not."),
        ),
        Section(
            _("What it holds for"),
            ("work_queue", "user"),
            _(
                "The narrowest price wins: a person in a job, a person, a job, everybody. It holds for photos that are "
                "taken from now on."
            ),
        ),
    )
    paths = {"price_per_object": "amount", "price_per_hour": "amount"}

    unit = forms.ChoiceField(label=_("Paid"), choices=_UNITS)
    amount = forms.DecimalField(label=_("Price"), max_digits=10, decimal_places=4, min_value=0, required=False)
    currency = forms.CharField(label=_("Currency"), max_length=3, initial="EUR", required=False)
    stage = forms.ChoiceField(label=_("Work"), choices=Stage.choices)
    work_queue = forms.ChoiceField(label=_("Job"), required=False)
    user = forms.ChoiceField(label=_("Person"), required=False)

    def __init__(self, *args: Any, queues: list[tuple[str, str]], people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["work_queue"].choices = [("", _("every job")), *queues]  # type: ignore[attr-defined]
        self.fields["user"].choices = [("", _("everybody")), *people]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("unit") in ("object", "hour") and data.get("amount") is None and "amount" not in self.errors:
            self.add_error("amount", gettext("Write the price."))
        return data


@admin.register(PayRate)
class PayRateAdmin(ScopedModelAdmin):
    read_permission = Permission.MONEY_READ
    write_permission = Permission.MONEY_MANAGE
    changes = False
    nav = NavEntry("money", 3, _("Prices"))
    icon = "price"
    intro = _("What your people get. A new price holds for photos taken from then on and changes nothing before.")
    add_label = _("New price")
    empty_title = _("No prices yet")
    empty_text = _("Set one when people are paid by object or by hour. Time is measured in any case.")
    list_display = ("valid", "amount", "unit", "work", "job", "person")
    list_display_links = ("valid",)
    ordering = ("-valid_from", "-id")
    change_form_template = "admin/manage/facts_page.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("user").order_by(*self.ordering)

    def prepare_rows(self, request: HttpRequest, rows: list[Any]) -> None:
        titles = queue_titles({row.work_queue_id for row in rows if row.work_queue_id})
        for row in rows:
            row.job_title = titles.get(row.work_queue_id, "")

    @admin.display(description=_("from (UTC)"), ordering="valid_from")
    def valid(self, rate: Any) -> str:
        return moment(rate.valid_from)

    @admin.display(description=_("price"))
    def amount(self, rate: Any) -> str:
        found = rate.price_per_object if rate.price_per_object is not None else rate.price_per_hour
        return price(found, rate.currency)

    @admin.display(description=_("paid"))
    def unit(self, rate: Any) -> str:
        kind = "object" if rate.price_per_object is not None else "hour" if rate.price_per_hour is not None else "none"
        return str(dict(_UNITS)[kind])

    @admin.display(description=_("work"))
    def work(self, rate: Any) -> str:
        return str(Stage(rate.stage).label)

    @admin.display(description=_("job"))
    def job(self, rate: Any) -> str:
        if rate.work_queue_id is None:
            return gettext("every job")
        title = getattr(rate, "job_title", None)
        return str(title if title is not None else queue_titles([rate.work_queue_id])[rate.work_queue_id])

    @admin.display(description=_("person"))
    def person(self, rate: Any) -> str:
        return rate.user.get_full_name() if rate.user_id else gettext("everybody")

    def build_form(self, request: HttpRequest, obj: Any | None, data: Any = None, files: Any = None) -> ServiceForm:
        if obj is not None:
            return RateForm(data, queues=[], people=[])
        queues = WorkQueue.objects.exclude(state=QueueState.CLOSED).order_by("-created_at").values_list("pk", flat=True)
        titles = queue_titles(queues[:500])
        members = Membership.objects.filter(organization_id=current_scope().organization_id, is_active=True)
        people = [(str(one.user_id), one.user.get_full_name()) for one in members.select_related("user")]
        return RateForm(
            data,
            queues=sorted(((str(pk), title) for pk, title in titles.items()), key=lambda one: one[1].lower()),
            people=sorted(people, key=lambda one: one[1].lower()),
        )

    def apply(self, request: HttpRequest, actor: Actor, obj: Any | None, form: ServiceForm) -> Any:
        data = form.cleaned_data
        return set_rate(
            price_per_object=data["amount"] if data["unit"] == "object" else None,
            price_per_hour=data["amount"] if data["unit"] == "hour" else None,
            currency=data["currency"].upper(),
            work_queue_id=uuid.UUID(data["work_queue"]) if data["work_queue"] else None,
            user_id=uuid.UUID(data["user"]) if data["user"] else None,
            stage=data["stage"],
        )

    def saved_message(self, obj: Any, added: bool) -> str:
        return gettext("The price holds for photos taken from now on.")

    def page_context(self, request: HttpRequest, obj: Any | None, form: ServiceForm) -> dict[str, Any]:
        if obj is None:
            return {}
        facts = [
            (_("Price"), f"{self.amount(obj)} {self.unit(obj)}"),
            (_("From (UTC)"), self.valid(obj)),
            (_("Work"), self.work(obj)),
            (_("Job"), self.job(obj)),
            (_("Person"), self.person(obj)),
        ]
        return {"title": gettext("Price from %(at)s") % {"at": self.valid(obj)}, "facts": facts}
