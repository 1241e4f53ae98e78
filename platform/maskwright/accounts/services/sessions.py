"""Ending sessions from outside: what is signed in somewhere else is so no more with the next request."""

import uuid

from django.db.models import Q
from django.utils import timezone

from maskwright.accounts.models import SignedInSession


def end_sessions(
    *, user_id: uuid.UUID, organization_id: uuid.UUID | None = None, except_session: str | None = None
) -> int:
    """End a person's sessions, of one organization or all, but for the one that asks; how many.

    Those in which no organization was chosen yet end, too: they could have become one of it. A request that is under
    way cannot bring its session back, because Django saves a session only over a row that is still there.
    """
    sessions = SignedInSession.objects.filter(user_id=user_id)
    if organization_id is not None:
        sessions = sessions.filter(Q(chosen=organization_id) | Q(chosen=None))
    if except_session:
        sessions = sessions.exclude(session_key=except_session)
    return sessions.delete()[0]


def delete_old_sessions() -> int:
    """Remove sessions that have run out; how many."""
    return SignedInSession.objects.filter(expire_date__lt=timezone.now()).delete()[0]
