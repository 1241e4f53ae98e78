"""Post what waits for a subscription: in order, one process at a time, and after a failure later and later.

An event is posted at least once, under the same delivery id each time. An address at which nothing arrived for days is
switched off, visibly; what waited is posted when it is switched on again.
"""

import json
import logging
import time
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Case, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_noop

from maskwright.audit.record import record
from maskwright.core.errors import DomainError
from maskwright.core.scope import current_scope, organization_scope
from maskwright.core.webhooks import TIMEOUT, WebhookFailed, post_signed
from maskwright.core.wording import in_stored_language
from maskwright.organizations.models import EventDelivery, EventSubscription
from maskwright.organizations.models.event import TEST, DeliveryState
from maskwright.organizations.services.event_subscriptions import secret_of_subscription
from maskwright.organizations.services.events import deliver_message

logger = logging.getLogger(__name__)

#: Seconds until the next attempt after the first, second, ... failure in a row; the last of them from then on.
DELAYS = (5.0, 15.0, 60.0, 300.0, 900.0, 1800.0, 3600.0)
#: One event is tried so often; then the next one's turn comes.
MOST_ATTEMPTS = 24
#: A run hands over after this long, so that no address keeps a worker process.
RUN_SECONDS = 30.0
KEPT = timedelta(days=30)
_LEASE = timedelta(seconds=TIMEOUT + 20)
_BUSY_AGAIN = 2.0


@dataclass(frozen=True)
class _Post:
    delivery_id: uuid.UUID
    url: str
    secret: str
    body: bytes


def deliver_events(*, organization_id: uuid.UUID, subscription_id: uuid.UUID) -> None:
    """Opens its own scopes; none is open while something is posted."""
    began = time.monotonic()
    if not _begin(organization_id, subscription_id):
        return
    goes_on = True
    while goes_on and time.monotonic() - began < RUN_SECONDS:
        with organization_scope(organization_id):
            post = _next(subscription_id)
        if post is None:
            break
        problem = _post(post)
        with organization_scope(organization_id):
            goes_on = _note(subscription_id, post.delivery_id, problem)
    with organization_scope(organization_id):
        _end(subscription_id)


def _begin(organization_id: uuid.UUID, subscription_id: uuid.UUID) -> bool:
    """Take the subscription, when it is on, due, and nobody else has it; else see to it that somebody comes again."""
    with organization_scope(organization_id):
        now = timezone.now()
        found = _locked(subscription_id)
        if found is None or not found.is_on:
            return False
        if found.retry_at is not None and found.retry_at > now:
            deliver_message(found, (found.retry_at - now).total_seconds())
            return False
        if found.busy_until is not None and found.busy_until > now:
            deliver_message(found, _BUSY_AGAIN)
            return False
        found.busy_until = now + _LEASE
        found.save(update_fields=["busy_until"])
        return True


def _end(subscription_id: uuid.UUID) -> None:
    found = _locked(subscription_id)
    if found is None:
        return
    found.busy_until = None
    found.save(update_fields=["busy_until"])
    if found.is_on and _waiting(subscription_id).exists():
        wait = (found.retry_at - timezone.now()).total_seconds() if found.retry_at else 0.0
        deliver_message(found, max(wait, 0.0))


def _locked(subscription_id: uuid.UUID) -> EventSubscription | None:
    found: EventSubscription | None = EventSubscription.objects.select_for_update().filter(pk=subscription_id).first()
    return found


def _waiting(subscription_id: uuid.UUID) -> Any:
    return EventDelivery.objects.filter(subscription_id=subscription_id, state=DeliveryState.WAITING)


def _next(subscription_id: uuid.UUID) -> _Post | None:
    """The oldest event that waits, or somebody's test of just now."""
    found = EventSubscription.objects.filter(pk=subscription_id, is_on=True).first()
    tests_first = Case(When(kind=TEST, then=Value(0)), default=Value(1))
    row = _waiting(subscription_id).order_by(tests_first, "id").first() if found is not None else None
    if found is None or row is None:
        return None
    try:
        secret = secret_of_subscription(found)
    except DomainError as error:  # noted as every other reason for which nothing arrives
        logger.warning("Events of subscription %s cannot be signed: %s", subscription_id, error.message)
        secret = ""
    return _Post(row.pk, found.url, secret, json.dumps(row.body, ensure_ascii=False).encode())


def _post(post: _Post) -> str:
    """The problem in words; "" when it arrived."""
    with in_stored_language():
        if not post.secret:
            return gettext_noop("The secret of this subscription cannot be read. Make a new one.")
        try:
            post_signed(post.url, post.secret, post.body, delivery=str(post.delivery_id))
        except (WebhookFailed, DomainError) as error:
            return str(getattr(error, "message", error)) or type(error).__name__
    return ""


def _note(subscription_id: uuid.UUID, delivery_id: uuid.UUID, problem: str) -> bool:
    """Keep how it went; whether to go on with the next event at once."""
    found = _locked(subscription_id)
    row = EventDelivery.objects.select_for_update().filter(pk=delivery_id).first()
    if found is None or row is None:
        return False
    now = timezone.now()
    row.attempts, row.error = row.attempts + 1, problem[:1024]
    if problem:
        row.state = DeliveryState.FAILED if row.attempts >= MOST_ATTEMPTS or row.kind == TEST else row.state
        _failed(found, now, problem)
    else:
        row.state, row.delivered_at = DeliveryState.DELIVERED, now
        found.last_delivered_at, found.last_error = now, ""
        found.failing_since = found.retry_at = None
        found.failures = 0
        found.busy_until = now + _LEASE
    row.save(update_fields=["attempts", "error", "state", "delivered_at"])
    found.save()
    return not problem


def _failed(found: EventSubscription, now: datetime, problem: str) -> None:
    found.failures += 1
    found.failing_since = found.failing_since or now
    found.last_error = problem[:1024]
    found.retry_at = now + timedelta(seconds=DELAYS[min(found.failures, len(DELAYS)) - 1])
    if now - found.failing_since >= timedelta(days=settings.EVENTS_GIVE_UP_DAYS):
        found.is_on = False
        record("event_subscription.gave_up", "event_subscription", found.pk, name=found.name, problem=problem[:300])


def reconcile_deliveries() -> int:
    """Write the messages of what waits in the organization in scope and is due; how many."""
    owner = current_scope().organization_id
    due = EventSubscription.objects.filter(
        Q(retry_at=None) | Q(retry_at__lte=timezone.now()),
        organization_id=owner,
        is_on=True,
        deliveries__state=DeliveryState.WAITING,
    ).distinct()
    for subscription in due:
        deliver_message(subscription)
    return len(due)


def sweep_deliveries() -> int:
    """Remove the log's entries that are older than `KEPT`, whatever became of them; how many."""
    owner = current_scope().organization_id
    old = EventDelivery.objects.filter(organization_id=owner, created_at__lt=timezone.now() - KEPT)
    return old.delete()[0]
