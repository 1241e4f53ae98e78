"""Worker activity for whoever subscribed, in the shape of CloudWatch's log events.

Found by looking at the claims once a minute: what is told costs the work itself nothing, and nothing is lost.
"""

import json
import uuid
from datetime import timedelta
from itertools import islice
from typing import Any

from django.utils import timezone

from maskwright.organizations.models import EventSubscription
from maskwright.organizations.models.event import EventKind
from maskwright.organizations.services.events import account_id, post_event, subscriptions_of
from workforce.services.worker_events import worker_events

LOG_GROUP = "/aws/sagemaker/groundtruth/WorkerActivity"
#: A transaction may commit that long after the time it wrote; what is younger waits for the next look.
_SETTLED = timedelta(seconds=30)
#: After a long absence not everything is read at once.
_AT_ONCE = timedelta(hours=6)
_EVENTS_EACH = 500
_NAMESPACE = uuid.UUID("0d3f1b5c-52a1-4f0e-8f0c-2c9a7c1d4e33")


def find_activity() -> int:
    """Tell the organization's subscriptions what happened since they were told last; how many posts that makes."""
    found = 0
    for subscription in subscriptions_of(EventKind.WORKER_ACTIVITY):
        locked = EventSubscription.objects.select_for_update().get(pk=subscription.pk)
        found += _tell(locked)
    return found


def _tell(subscription: EventSubscription) -> int:
    now = timezone.now()
    begin = subscription.activity_until or now - _SETTLED
    end = max(begin, min(now - _SETTLED, begin + _AT_ONCE))
    posts = 0
    if begin < end:
        events = worker_events(start=begin, end=end)
        while part := list(islice(events, _EVENTS_EACH)):
            post_event(EventKind.WORKER_ACTIVITY, _log(subscription, part), [subscription])
            posts += 1
    EventSubscription.objects.filter(pk=subscription.pk).update(activity_until=end)
    return posts


def _log(subscription: EventSubscription, events: list[dict[str, Any]]) -> dict[str, Any]:
    """What a CloudWatch subscription delivers, unpacked: each message is the event's JSON in a string."""
    return {
        "messageType": "DATA_MESSAGE",
        "owner": account_id(),
        "logGroup": LOG_GROUP,
        "logStream": "maskwright",
        "subscriptionFilters": [subscription.name],
        "logEvents": [_entry(event) for event in events],
    }


def _entry(event: dict[str, Any]) -> dict[str, Any]:
    message = json.dumps(event, separators=(",", ":"), ensure_ascii=False)
    identity = uuid.uuid5(_NAMESPACE, message)
    return {"id": identity.hex, "timestamp": int(event["event_timestamp"]) * 1000, "message": message}
