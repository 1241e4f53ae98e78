"""An object's history for people: audit events with names, actions in words, and details without ids."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from maskwright.audit.models import AuditEvent
from maskwright.core.wording import reword
from maskwright.organizations.models import Membership

#: Details whose values are codes and not names that people gave.
_CODES = frozenset({"to", "before", "code", "state", "role", "changed"})


@dataclass(frozen=True)
class HistoryRow:
    at: datetime
    who: str
    what: str
    details: str


def events_about(subjects: Sequence[uuid.UUID]) -> QuerySet[AuditEvent]:
    """Newest first; the ids are ascending in time."""
    return AuditEvent.objects.filter(subject_id__in=subjects).order_by("-created_at", "-id")


def describe(events: Iterable[AuditEvent]) -> list[HistoryRow]:
    """Names come from memberships alone, so that no account of another organization can show."""
    listed = list(events)
    people = {event.actor_id for event in listed if event.actor_kind == "user" and event.actor_id}
    names = {
        membership.user_id: membership.user.get_full_name()
        for membership in Membership.objects.filter(user_id__in=people).select_related("user")
    }
    return [HistoryRow(event.created_at, _who(event, names), _what(event), _details(event.data)) for event in listed]


def _who(event: AuditEvent, names: dict[Any, str]) -> str:
    if event.actor_kind == "user":
        return names.get(event.actor_id) or _("a former member")
    if event.actor_kind == "worker":
        return _("a labeler")
    return "Maskwright"


def _what(event: AuditEvent) -> str:
    return _(event.verb.replace(".", " ").replace("_", " "))


def _details(data: dict[str, Any]) -> str:
    parts = []
    for name, value in data.items():
        if value in (None, "", [], {}) or _is_id(value):
            continue
        text = _shown(value)[:200]
        parts.append(f"{_words(name)}: {_words(text) if name in _CODES else reword(text)}")
    return "; ".join(parts)


def _words(code: str) -> str:
    """A code in words (`history_words` has ours)."""
    return _(code.replace("_", " "))


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(_shown(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{_words(name)} {_shown(one)}" for name, one in value.items())
    return str(value)


def _is_id(value: Any) -> bool:
    try:
        uuid.UUID(str(value))
    except ValueError:
        return False
    return True
