"""Access keys of the SageMaker API: made by an owner, shown once, rotated, switched off, ended; and found by their id.

A secret is kept encrypted, because a signature can only be checked by making it again.
"""

import hashlib
import secrets
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from maskwright.accounts.models import ApiToken, User
from maskwright.audit.record import record
from maskwright.core.crypto import decrypt_json, encrypt_json
from maskwright.core.errors import Conflict, FieldProblem, Invalid, NotAllowed, NotFound, NotSignedIn
from maskwright.core.scope import current_scope
from maskwright.organizations.models import AccessKey
from maskwright.organizations.permissions import Permission

PURPOSE = "access-key"
LASTING, TEMPORARY = "AKIA", "ASIA"
MOST = 20
#: Seconds a temporary key may live; the default is an hour, as everywhere.
MIN_SESSION, MAX_SESSION = 900, 129_600
#: Hours for which the former key goes on working after a rotation.
MAX_OVERLAP_HOURS = 24 * 90
_ID_CHARS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_TOUCH_AFTER = timedelta(minutes=5)


@dataclass(frozen=True)
class NewKey:
    """A key just made, with what is never readable again."""

    key: AccessKey
    secret: str
    session_token: str = ""


def access_key_list() -> QuerySet[AccessKey]:
    """The lasting keys of the organization in scope that have not ended, newest first."""
    organization_id = current_scope().organization_id
    keys = AccessKey.objects.filter(organization_id=organization_id, parent=None, ended_at=None)
    return keys.select_related("user").order_by("-created_at")


def create_access_key(
    *,
    user: User,
    name: str,
    scopes: Collection[str] | None = None,
    expires_at: datetime | None = None,
    made_with: uuid.UUID | None = None,
) -> NewKey:
    """Make a key that acts as `user`. `scopes`: permissions it is limited to; None: all that his role has.

    `made_with`: the API token of a script that asks for it; the key ends with it and may do no more. Raises Invalid,
    Conflict when there are MOST keys already, NotAllowed, NotSignedIn.
    """
    problems = []
    name = name.strip()
    if not 1 <= len(name) <= 100 or "\0" in name:
        problems.append(FieldProblem("name", "bad_name", _("Say in 1 to 100 characters what the key is for.")))
    if expires_at is not None and expires_at <= timezone.now():
        problems.append(FieldProblem("expires_at", "bad_time", _("That time is over. Choose a later one, or none.")))
    if unknown := sorted(set(scopes or ()) - set(Permission.values)):
        message = _("There is no scope %(scopes)s.") % {"scopes": ", ".join(unknown)}
        problems.append(FieldProblem("scopes", "unknown_scope", message))
    if problems:
        raise Invalid(_("The access key cannot be made; each reason is listed."), fields=tuple(problems))
    if access_key_list().count() >= MOST:
        raise Conflict(_("There are %(most)d access keys already. End one that is not used.") % {"most": MOST})
    made = _insert(
        user_id=user.pk,
        name=name,
        scopes=_within_token(scopes, made_with),
        expires_at=expires_at,
        api_token_id=made_with,
    )
    record("access_key.created", "access_key", made.key.pk, name=name, key_id=made.key.key_id)
    return made


def rotate_access_key(*, access_key_id: uuid.UUID, overlap_hours: int = 24) -> NewKey:
    """A new key in place of one, with its name and scopes. The former works for `overlap_hours` more."""
    if not 0 <= overlap_hours <= MAX_OVERLAP_HOURS:
        message = _("Choose 0 to %(most)d hours.") % {"most": MAX_OVERLAP_HOURS}
        problem = FieldProblem("overlap_hours", "out_of_range", message)
        raise Invalid(_("The access key cannot be rotated like this."), fields=(problem,))
    old = _locked(access_key_id)
    made = _insert(
        user_id=old.user_id,
        name=old.name,
        scopes=old.scopes,
        expires_at=old.expires_at,
        api_token_id=old.api_token_id,
    )
    until = timezone.now() + timedelta(hours=overlap_hours)
    old.expires_at = until if old.expires_at is None else min(until, old.expires_at)
    old.save(update_fields=["expires_at"])
    record("access_key.rotated", "access_key", old.pk, name=old.name, key_id=made.key.key_id)
    record("access_key.created", "access_key", made.key.pk, name=made.key.name, key_id=made.key.key_id)
    return made


def switch_access_key(*, access_key_id: uuid.UUID, works: bool) -> AccessKey:
    """Switch a key off for now, or on again; temporary keys made of it follow."""
    key = _locked(access_key_id)
    if works != (key.disabled_at is None):
        key.disabled_at = None if works else timezone.now()
        key.save(update_fields=["disabled_at"])
        record("access_key.changed", "access_key", key.pk, name=key.name, works=works)
    return key


def end_access_key(*, access_key_id: uuid.UUID) -> None:
    """End a key for good, with the temporary keys made of it."""
    key = _locked(access_key_id)
    AccessKey.objects.filter(Q(pk=key.pk) | Q(parent=key), ended_at=None).update(ended_at=timezone.now())
    record("access_key.ended", "access_key", key.pk, name=key.name, key_id=key.key_id)


def create_session(*, access_key_id: uuid.UUID, seconds: int = 3600, scopes: Collection[str] | None = None) -> NewKey:
    """A temporary key (ASIA…) with a session token, which never does more, nor lives longer, than its key."""
    problems = []
    if not MIN_SESSION <= seconds <= MAX_SESSION:
        message = _("Choose %(least)d to %(most)d seconds.") % {"least": MIN_SESSION, "most": MAX_SESSION}
        problems.append(FieldProblem("seconds", "out_of_range", message))
    key = _locked(access_key_id)
    if scopes is not None and key.scopes is not None and (wider := sorted(set(scopes) - set(key.scopes))):
        message = _("The access key itself may not do this: %(scopes)s.") % {"scopes": ", ".join(wider)}
        problems.append(FieldProblem("scopes", "wider", message))
    if problems:
        raise Invalid(_("The temporary key cannot be made; each reason is listed."), fields=tuple(problems))
    until = timezone.now() + timedelta(seconds=seconds)
    token = secrets.token_urlsafe(96)
    made = _insert(
        prefix=TEMPORARY,
        user_id=key.user_id,
        name=key.name,
        scopes=key.scopes if scopes is None else sorted(set(scopes)),
        expires_at=until if key.expires_at is None else min(until, key.expires_at),
        api_token_id=key.api_token_id,
        parent=key,
        session_hash=_hash(token),
    )
    record("access_key.session_created", "access_key", key.pk, name=key.name, key_id=made.key.key_id)
    return NewKey(made.key, made.secret, token)


def end_access_keys(*, user_id: uuid.UUID, organization_id: uuid.UUID) -> None:
    """End all keys of a person in one organization, when the person leaves it."""
    AccessKey.objects.filter(user_id=user_id, organization_id=organization_id, ended_at=None).update(
        ended_at=timezone.now()
    )


def find_access_key(key_id: str) -> AccessKey | None:
    """The key of that id with its active user, whether or not it has run out; None when it does not work (any more).

    Asked before any organization is known.
    """
    now = timezone.now()
    working = Q(disabled_at=None, ended_at=None)
    parent = Q(parent=None) | Q(parent__disabled_at=None, parent__ended_at=None)
    token = Q(api_token=None) | Q(api_token__revoked_at=None, api_token__expires_at__gt=now)
    found = AccessKey.objects.select_related("user", "organization").filter(
        working, parent, token, key_id=key_id, user__is_active=True, organization__is_active=True
    )
    return found.first()


def is_working(key: AccessKey) -> bool:
    """Neither switched off nor ended nor run out."""
    in_time = key.expires_at is None or key.expires_at > timezone.now()
    return key.disabled_at is None and key.ended_at is None and in_time


def touch_access_key(key: AccessKey) -> None:
    """Remember that a key was used, to five minutes; with a temporary key also the one it was made of."""
    now = timezone.now()
    if key.last_used_at is None or now - key.last_used_at > _TOUCH_AFTER:
        AccessKey.objects.filter(Q(pk=key.pk) | Q(pk=key.parent_id)).update(last_used_at=now)


def secret_of(key: AccessKey) -> str:
    """The secret that signs. Raises SecretUnreadable when the installation lost the key that encrypted it."""
    return str(decrypt_json(bytes(key.secret), purpose=PURPOSE)["secret"])


def session_matches(key: AccessKey, token: str) -> bool:
    """Whether a request carries the session token its key demands: none for lasting keys."""
    given = _hash(token) if token else ""
    return secrets.compare_digest(given, key.session_hash)


def _insert(*, prefix: str = LASTING, **values: Any) -> NewKey:
    secret = secrets.token_urlsafe(30)
    key = AccessKey.objects.create(
        organization_id=current_scope().organization_id,
        key_id=prefix + "".join(secrets.choice(_ID_CHARS) for _place in range(16)),
        secret=encrypt_json({"secret": secret}, purpose=PURPOSE),
        **values,
    )
    return NewKey(key, secret)


def _within_token(scopes: Collection[str] | None, made_with: uuid.UUID | None) -> list[str] | None:
    """The scopes the key gets: none wider than those of the API token that asks. Locks the token."""
    wanted = None if scopes is None else sorted(set(scopes))
    if made_with is None:
        return wanted
    token = ApiToken.objects.select_for_update().filter(pk=made_with, revoked_at=None).first()
    if token is None:
        raise NotSignedIn(_("The API token was revoked just now. Sign in and make a new one."))
    if token.scopes is None:
        return wanted
    if wanted is not None and (wider := sorted(set(wanted) - set(token.scopes))):
        raise NotAllowed(
            _("This API token cannot make an access key that may do more than itself: %(scopes)s.")
            % {"scopes": ", ".join(wider)}
        )
    return sorted(token.scopes) if wanted is None else wanted


def _locked(access_key_id: uuid.UUID) -> AccessKey:
    found = (
        AccessKey.objects.select_for_update()
        .filter(pk=access_key_id, organization_id=current_scope().organization_id, parent=None, ended_at=None)
        .first()
    )
    if found is None:
        raise NotFound(_("There is no such access key."))
    return found


def _hash(token: str) -> str:
    # A session token has 768 random bits, so a plain hash is enough.
    return hashlib.sha256(token.encode()).hexdigest()
