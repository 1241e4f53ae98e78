"""A manager helps a member who cannot sign in any more: a link by which the member sets a new password."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from maskwright.accounts.models import User
from maskwright.accounts.services.passwords import password_link
from maskwright.audit.record import record
from maskwright.core.errors import NotAllowed, NotFound
from maskwright.core.scope import current_scope, organization_scope, unscoped
from maskwright.organizations.models import Membership
from maskwright.organizations.services.membership import require_owner_for


@dataclass(frozen=True)
class PasswordLink:
    """`url` works once and until `expires_at`; whoever has it takes the account over."""

    url: str
    expires_at: datetime


def create_password_link(*, membership_id: uuid.UUID) -> PasswordLink:
    """A one-time link for a member of the organization in scope.

    An account is more than a membership: where it also belongs to another organization, or runs the installation, a
    link would give one organization's manager what another gave. There only mail or the operator helps (NotAllowed).
    """
    membership = member_of_here_alone(membership_id)
    record("member.password_link", "membership", membership.pk)
    return issue_password_link(membership.user)


def member_of_here_alone(membership_id: uuid.UUID) -> Membership:
    """An active member whose account is nobody else's business. Raises NotFound, NotAllowed."""
    organization_id = current_scope().organization_id
    membership = (
        Membership.objects.select_related("user")
        .filter(pk=membership_id, organization_id=organization_id, is_active=True)
        .first()
    )
    if membership is None:
        raise NotFound(_("There is no such member."))
    require_owner_for(membership.role)
    if membership.user.is_superuser or _is_elsewhere(membership.user):
        raise NotAllowed(
            _(
                "This account is used outside of your organization as well. Its owner can reset the password by "
                "e-mail, or the operator of this installation can help."
            )
        )
    return membership


def issue_password_link(user: User) -> PasswordLink:
    """The link itself, for callers that may make one for anybody: the operator and commands."""
    return PasswordLink(password_link(user), timezone.now() + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT))


def _is_elsewhere(user: User) -> bool:
    """Whether the person is an active member of another organization; row-level security shows a person's own only."""
    here = current_scope().organization_id
    with organization_scope(here, user_id=user.pk), unscoped("a person's memberships in other organizations"):
        return Membership.objects.filter(user_id=user.pk, is_active=True).exclude(organization_id=here).exists()
