"""Where the organization has its events posted; pages for owners. A secret is shown once."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from maskwright.core.wording import reword
from maskwright.organizations.actor import Actor
from maskwright.organizations.admin_actions import ObjectAction
from maskwright.organizations.admin_base import NavEntry, ScopedModelAdmin
from maskwright.organizations.admin_forms import Section, ServiceForm
from maskwright.organizations.admin_html import badge, moment
from maskwright.organizations.models import EventSubscription
from maskwright.organizations.models.event import TEST, DeliveryState, EventKind
from maskwright.organizations.permissions import Permission
from maskwright.organizations.services import event_subscriptions as services

_SHOWN = 50
_COLORS = {DeliveryState.DELIVERED: "success", DeliveryState.FAILED: "danger"}


class SubscriptionForm(ServiceForm):
    sections = (
        Section(
            _("Subscription"),
            ("name", "url", "kinds"),
            _("Each event is posted as JSON and signed, so that your server knows that it comes from here."),
        ),
    )

    name = forms.CharField(label=_("Name"), max_length=100)
    url = forms.CharField(label=_("Address (https)"), max_length=500)
    kinds = forms.MultipleChoiceField(
        label=_("What is posted"),
        choices=EventKind.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one kind of event.")},
    )


def _test(request: HttpRequest, actor: Actor, subscription: EventSubscription) -> str:
    services.send_test(subscription_id=subscription.pk)
    return gettext("A test is on its way. How it went stands below within a minute.")


def _switch(is_on: bool, said: Any) -> Any:
    def run(request: HttpRequest, actor: Actor, subscription: EventSubscription) -> str:
        services.switch_subscription(subscription_id=subscription.pk, is_on=is_on)
        return str(said)

    return run


def _renew(request: HttpRequest, actor: Actor, subscription: EventSubscription) -> HttpResponse:
    page = admin.site._registry[EventSubscription]
    assert isinstance(page, EventSubscriptionAdmin)
    return page.made_page(request, services.renew_subscription_secret(subscription_id=subscription.pk))


def _remove(request: HttpRequest, actor: Actor, subscription: EventSubscription) -> str:
    services.remove_subscription(subscription_id=subscription.pk)
    return gettext("The subscription was removed.")


@admin.register(EventSubscription)
class EventSubscriptionAdmin(ScopedModelAdmin):
    read_permission = Permission.INTEGRATIONS_MANAGE
    write_permission = Permission.INTEGRATIONS_MANAGE
    nav = NavEntry("programs", 2, _("Events"))
    icon = "event"
    intro = _("Your own programs hear of labeling jobs, photos and labelers: events are posted to an address of yours.")
    add_label = _("New subscription")
    empty_title = _("Nobody is told of events")
    empty_text = _("Subscribe an address when a program of yours is to go on once a job has ended.")
    list_display = ("name", "url", "state", "delivered")
    ordering = ("name",)
    change_form_template = "admin/manage/event_subscription.html"
    object_actions = (
        ObjectAction(
            "test",
            _("Send a test"),
            Permission.INTEGRATIONS_MANAGE,
            _test,
            available=lambda subscription: subscription.is_on,
        ),
        ObjectAction(
            "secret",
            _("New secret"),
            Permission.INTEGRATIONS_MANAGE,
            _renew,
            confirm=_("The former secret signs nothing any more. Give the new one to your server at once."),
        ),
        ObjectAction(
            "switch-off",
            _("Switch off"),
            Permission.INTEGRATIONS_MANAGE,
            _switch(False, _("Nothing is posted until the subscription is switched on.")),
            confirm=_("What happens from now on is not posted. What waits is posted once it is on again."),
            available=lambda subscription: subscription.is_on,
        ),
        ObjectAction(
            "switch-on",
            _("Switch on"),
            Permission.INTEGRATIONS_MANAGE,
            _switch(True, _("The subscription is on; what waits is posted now.")),
            available=lambda subscription: not subscription.is_on,
            style="primary",
        ),
        ObjectAction(
            "remove",
            _("Remove"),
            Permission.INTEGRATIONS_MANAGE,
            _remove,
            confirm=_("The address, its secret and its log are forgotten."),
            style="danger",
        ),
    )

    @admin.display(description=_("state"))
    def state(self, subscription: EventSubscription) -> str:
        if not subscription.is_on:
            return badge(_("switched off"))
        return badge(_("failing"), "danger") if subscription.failing_since else badge(_("on"), "success")

    @admin.display(description=_("last delivered (UTC)"), ordering="last_delivered_at")
    def delivered(self, subscription: EventSubscription) -> str:
        return moment(subscription.last_delivered_at, gettext("never"))

    def build_form(self, request: HttpRequest, obj: Any | None, data: Any = None, files: Any = None) -> ServiceForm:
        initial: dict[str, Any] = {"kinds": [EventKind.JOB_ENDED]}
        if obj is not None:
            initial = {"name": obj.name, "url": obj.url, "kinds": obj.kinds}
        return SubscriptionForm(data, initial=initial)

    def apply(self, request: HttpRequest, actor: Actor, obj: Any | None, form: ServiceForm) -> Any:
        made = services.save_subscription(subscription_id=obj.pk if obj is not None else None, **form.cleaned_data)
        made.subscription.made = made  # type: ignore[attr-defined]  # for this one answer
        return made.subscription

    def response_saved(self, request: HttpRequest, obj: Any, added: bool) -> HttpResponse:
        made: services.NewSubscription = obj.made
        return self.made_page(request, made) if made.secret else super().response_saved(request, obj, added)

    def made_page(self, request: HttpRequest, made: services.NewSubscription) -> HttpResponse:
        return self.secret_page(
            request,
            title=gettext("The subscription's secret"),
            label=gettext("Secret"),
            secret=made.secret,
            lead=gettext("Your server checks with it that an event comes from here."),
            beside=[(gettext("Address"), made.subscription.url)],
        )

    def page_context(self, request: HttpRequest, obj: Any | None, form: ServiceForm) -> dict[str, Any]:
        if obj is None:
            return {}
        facts = [
            (_("State"), self.state(obj)),
            (_("Last delivered (UTC)"), self.delivered(obj)),
            (_("Failing since (UTC)"), moment(obj.failing_since)),
            (_("Last problem"), reword(obj.last_error) or "–"),
            (_("Tried again (UTC)"), moment(obj.retry_at) if obj.is_on else "–"),
        ]
        rows = [
            {
                "at": moment(row.created_at),
                "kind": _("test") if row.kind == TEST else EventKind(row.kind).label,
                "state": badge(DeliveryState(row.state).label, _COLORS.get(DeliveryState(row.state), "")),
                "attempts": row.attempts,
                "error": reword(row.error),
            }
            for row in services.delivery_log(obj.pk).defer("body")[:_SHOWN]
        ]
        return {"facts": facts, "deliveries": rows}
