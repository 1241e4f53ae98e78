"""Invitations: a link that can be copied, with a role, an end and a number of seats."""

import hashlib
import secrets
import uuid
from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from maskwright.accounts.models import User
from maskwright.audit.record import record
from maskwright.core.errors import Conflict, Invalid, NotFound
from maskwright.core.scope import current_scope, organization_scope
from maskwright.organizations.models import Invitation, Membership
from maskwright.organizations.permissions import Role
from maskwright.organizations.services.membership import add_member

#: `workforce` adds the accepted person to the invitation's work team; called in the organization's scope.
_on_accepted: list[Callable[[User, uuid.UUID | None], None]] = []


def on_accepted(callback: Callable[[User, uuid.UUID | None], None]) -> None:
    _on_accepted.append(callback)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def create_invitation(
    *, role: str, created_by: User | None, email: str = "", seats: int = 1, days: int = 14, work_team_id: uuid.UUID | None = None
) -> tuple[Invitation, str]:
    """Return the invitation and the secret that belongs in its link, which is not readable again."""
    if role not in Role.values:
        raise Invalid(f"There is no role {role}. Roles are: {', '.join(Role.values)}.")
    if not 1 <= seats <= 1000 or not 1 <= days <= 90:
        raise Invalid("An invitation has 1 to 1000 seats and lives 1 to 90 days.")
    secret = secrets.token_urlsafe(24)
    invitation = Invitation.objects.create(
        organization_id=current_scope().organization_id,
        role=role,
        email=email.strip(),
        seats=seats,
        work_team_id=work_team_id,
        hash=_hash(secret),
        created_by=created_by,
        expires_at=timezone.now() + timedelta(days=days),
    )
    record("invitation.created", "invitation", invitation.pk, role=role, seats=seats)
    return invitation, secret


def find_invitation(secret: str) -> Invitation:
    """The invitation of a link while it can be used; NotFound, with the reason, otherwise."""
    invitation = Invitation.objects.select_related("organization").filter(hash=_hash(secret)).first()
    if invitation is None or invitation.revoked_at is not None or not invitation.organization.is_active:
        raise NotFound("This invitation does not exist any more. Ask for a new one.")
    if invitation.expires_at <= timezone.now():
        raise NotFound("This invitation has run out. Ask for a new one.")
    if invitation.used >= invitation.seats:
        raise NotFound("All seats of this invitation are taken. Ask for a new one.")
    return invitation


def accept_invitation(*, secret: str, user: User) -> Membership:
    """Join the organization; accepting again as a member changes nothing and takes no seat."""
    with transaction.atomic():
        invitation = find_invitation(secret)
        Invitation.objects.select_for_update().get(pk=invitation.pk)
        invitation = find_invitation(secret)
        if invitation.email and invitation.email.lower() != user.email.lower():
            raise Conflict(f"This invitation is for {invitation.email}. Sign in with that address.")
        with organization_scope(invitation.organization_id, user_id=user.pk):
            membership = Membership.objects.filter(user=user, is_active=True).first()
            if membership is not None:
                return membership
            membership = add_member(user=user, role=invitation.role)
            Invitation.objects.filter(pk=invitation.pk).update(used=invitation.used + 1)
            for callback in _on_accepted:
                callback(user, invitation.work_team_id)
    return membership


def revoke_invitation(*, invitation_id: uuid.UUID) -> None:
    scope = current_scope()
    changed = Invitation.objects.filter(
        pk=invitation_id, organization_id=scope.organization_id, revoked_at=None
    ).update(revoked_at=timezone.now())
    if not changed:
        raise NotFound("There is no such open invitation.")
    record("invitation.revoked", "invitation", invitation_id)
