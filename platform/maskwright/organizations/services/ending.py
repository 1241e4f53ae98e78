"""What ends together with a member's rights, in one transaction: sessions, tokens, access keys, links for others."""

import uuid

from django.utils import timezone

from maskwright.accounts.services.sessions import end_sessions
from maskwright.accounts.services.tokens import revoke_tokens
from maskwright.audit.record import record
from maskwright.organizations.models import Invitation
from maskwright.organizations.permissions import Permission, allows
from maskwright.organizations.services.access_keys import end_access_keys


def end_access(*, user_id: uuid.UUID, organization_id: uuid.UUID) -> None:
    """A membership ended: nothing that was signed in here, or could sign in here, goes on."""
    end_sessions(user_id=user_id, organization_id=organization_id)
    revoke_tokens(user_id=user_id, organization_id=organization_id)
    end_access_keys(user_id=user_id, organization_id=organization_id)


def end_invitations(*, user_id: uuid.UUID, organization_id: uuid.UUID, role: str, is_active: bool) -> None:
    """Links made by somebody who may invite no more stop working: else he would come back by his own."""
    if is_active and allows(role, Permission.MEMBERS_MANAGE):
        return
    open_ones = Invitation.objects.select_for_update().filter(
        organization_id=organization_id, created_by_id=user_id, revoked_at=None
    )
    for invitation in open_ones:
        Invitation.objects.filter(pk=invitation.pk).update(revoked_at=timezone.now())
        record("invitation.revoked", "invitation", invitation.pk)
