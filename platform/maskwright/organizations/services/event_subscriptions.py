"""Subscriptions of an organization: where its events are posted. A secret goes out once."""

import secrets
import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from maskwright.audit.record import record
from maskwright.core.crypto import decrypt_json, encrypt_json
from maskwright.core.errors import Conflict, DomainError, FieldProblem, Invalid, NotFound
from maskwright.core.scope import current_scope
from maskwright.core.webhooks import check_webhook
from maskwright.organizations.models import EventDelivery, EventSubscription
from maskwright.organizations.models.event import TEST, EventKind
from maskwright.organizations.services.events import deliver_message, envelope

MOST = 20
_PURPOSE = "event subscription"


@dataclass(frozen=True)
class NewSubscription:
    """A subscription just saved. `secret`: where it has a new one; never readable again."""

    subscription: EventSubscription
    secret: str = ""


def subscription_list() -> QuerySet[EventSubscription]:
    owner = current_scope().organization_id
    return EventSubscription.objects.filter(organization_id=owner).order_by("name")


def subscription_detail(subscription_id: uuid.UUID) -> EventSubscription:
    found = subscription_list().filter(pk=subscription_id).first()
    if found is None:
        raise _not_found()
    return found


def delivery_log(subscription_id: uuid.UUID) -> QuerySet[EventDelivery]:
    """What was posted and what waits, newest first."""
    return EventDelivery.objects.filter(subscription=subscription_detail(subscription_id)).order_by("-id")


def save_subscription(
    *, subscription_id: uuid.UUID | None = None, name: str, url: str, kinds: Collection[str]
) -> NewSubscription:
    """Make a subscription, or change one; a new address gets a new secret. Raises Invalid, Conflict, NotFound."""
    stored = _locked(subscription_id) if subscription_id else None
    name, url, wanted = " ".join(name.split()), url.strip(), sorted(set(kinds))
    problems = []
    if not 1 <= len(name) <= 100 or "\0" in name:
        problems.append(FieldProblem("name", "bad_name", _("Give the subscription a name of 1 to 100 characters.")))
    others = subscription_list().filter(name=name)
    if (others.exclude(pk=stored.pk) if stored else others).exists():
        problems.append(_taken())
    try:
        check_webhook(url)
    except DomainError as error:
        problems.append(FieldProblem("url", "refused", error.message))
    if not wanted or set(wanted) - set(EventKind.values):
        message = _("Choose at least one of: %(known)s.") % {"known": ", ".join(EventKind.values)}
        problems.append(FieldProblem("kinds", "unknown_kind", message))
    if problems:
        raise Invalid(_("The subscription cannot be saved; each reason is listed."), fields=tuple(problems))
    if stored is None and subscription_list().count() >= MOST:
        raise Conflict(_("There are %(most)d subscriptions already. Remove one that is not used.") % {"most": MOST})
    subscription = stored or EventSubscription()
    secret = "" if stored is not None and stored.url == url else _renew(subscription)
    subscription.name, subscription.url, subscription.kinds = name, url, wanted
    if secret:
        _forget_failures(subscription)
    try:
        with transaction.atomic():
            subscription.save()
    except IntegrityError as error:  # somebody else took the name at the same moment
        raise Invalid(_("The subscription cannot be saved; each reason is listed."), fields=(_taken(),)) from error
    verb = "event_subscription.changed" if stored else "event_subscription.created"
    record(verb, "event_subscription", subscription.pk, name=name, url=url, kinds=wanted)
    return NewSubscription(subscription, secret)


def renew_subscription_secret(*, subscription_id: uuid.UUID) -> NewSubscription:
    subscription = _locked(subscription_id)
    secret = _renew(subscription)
    subscription.save(update_fields=["secret"])
    record("event_subscription.secret_renewed", "event_subscription", subscription.pk, name=subscription.name)
    return NewSubscription(subscription, secret)


def switch_subscription(*, subscription_id: uuid.UUID, is_on: bool) -> EventSubscription:
    """Off: what happens from now on is not posted, and what waits goes on waiting. On: it is posted at once."""
    subscription = _locked(subscription_id)
    if subscription.is_on != is_on:
        subscription.is_on = is_on
        if is_on:
            _forget_failures(subscription)
            subscription.activity_until = None
        subscription.save()
        verb = "event_subscription.switched_on" if is_on else "event_subscription.switched_off"
        record(verb, "event_subscription", subscription.pk, name=subscription.name)
        if is_on:
            deliver_message(subscription)
    return subscription


def remove_subscription(*, subscription_id: uuid.UUID) -> None:
    """Forget an address, its secret and its log."""
    subscription = _locked(subscription_id)
    record("event_subscription.removed", "event_subscription", subscription.pk, name=subscription.name)
    subscription.delete()


def send_test(*, subscription_id: uuid.UUID) -> EventDelivery:
    """Post an event that says nothing, before all that waits; the log says how it went."""
    subscription = _locked(subscription_id)
    if not subscription.is_on:
        raise Conflict(_("The subscription is switched off. Switch it on first."))
    subscription.retry_at = None
    subscription.save(update_fields=["retry_at"])
    body = envelope("Maskwright Test", source="maskwright", resources=[], detail={"Subscription": subscription.name})
    delivery = EventDelivery.objects.create(subscription=subscription, kind=TEST, body=body)
    record("event_subscription.tested", "event_subscription", subscription.pk, name=subscription.name)
    deliver_message(subscription, delay=0.0)
    return delivery


def secret_of_subscription(subscription: EventSubscription) -> str:
    """Raises SecretUnreadable."""
    return str(decrypt_json(bytes(subscription.secret), purpose=_PURPOSE)["secret"])


def _renew(subscription: EventSubscription) -> str:
    secret = secrets.token_urlsafe(32)
    subscription.secret = encrypt_json({"secret": secret}, purpose=_PURPOSE)
    return secret


def _forget_failures(subscription: EventSubscription) -> None:
    subscription.failing_since = subscription.retry_at = None
    subscription.failures, subscription.last_error = 0, ""


def _locked(subscription_id: uuid.UUID) -> EventSubscription:
    found = subscription_list().select_for_update().filter(pk=subscription_id).first()
    if found is None:
        raise _not_found()
    return found


def _not_found() -> NotFound:
    return NotFound(_("There is no such subscription."))


def _taken() -> FieldProblem:
    return FieldProblem("name", "name_taken", _("Another subscription has this name. Choose another one."))
