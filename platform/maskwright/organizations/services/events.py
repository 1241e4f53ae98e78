"""Events in the shape of EventBridge's, written down in the transaction of what they tell of."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from maskwright.core.outbox import Message, emit
from maskwright.core.scope import current_scope
from maskwright.organizations.models import EventDelivery, EventSubscription, Organization

#: What happens within so many seconds goes out in one go.
GATHER_SECONDS = 1.0


def subscriptions_of(*kinds: str) -> list[EventSubscription]:
    """Those of the organization in scope that are on and want at least one of the kinds."""
    owner = current_scope().organization_id
    return list(EventSubscription.objects.filter(organization_id=owner, is_on=True, kinds__overlap=list(kinds)))


def account_id() -> str:
    """The 12 digits of the organization in scope."""
    return str(Organization.objects.values_list("account_id", flat=True).get(pk=current_scope().organization_id))


def envelope(
    detail_type: str,
    *,
    source: str,
    resources: Sequence[str],
    detail: Mapping[str, Any],
    at: datetime | None = None,
) -> dict[str, Any]:
    """An event as EventBridge delivers it."""
    moment = (at or timezone.now()).astimezone(UTC)
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": detail_type,
        "source": source,
        "account": account_id(),
        "time": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": settings.SAGEMAKER_REGION,
        "resources": list(resources),
        "detail": dict(detail),
    }


def post_event(kind: str, body: dict[str, Any], subscriptions: Collection[EventSubscription]) -> None:
    """Have an event posted to each of the subscriptions, after the commit."""
    owner = current_scope().organization_id
    EventDelivery.objects.bulk_create(
        [EventDelivery(organization_id=owner, subscription=one, kind=kind, body=body) for one in subscriptions]
    )
    for one in subscriptions:
        deliver_message(one)


def deliver_message(subscription: EventSubscription, delay: float = GATHER_SECONDS) -> None:
    """Have what waits for a subscription posted."""
    identity = str(subscription.pk)
    owner = subscription.organization_id
    emit(Message("event.deliver", owner, {"subscription_id": identity}, key=identity, delay=delay))
