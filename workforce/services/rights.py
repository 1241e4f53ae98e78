"""When a member's right to label ends, so do his claims, in the same transaction."""

import uuid

from django.utils.translation import gettext_noop

from maskwright.core.scope import current_scope, read_grants
from maskwright.organizations.models import Membership, Organization
from maskwright.organizations.permissions import Permission, allows
from maskwright.organizations.services.invitation_places import register_places
from maskwright.organizations.services.membership import on_rights_changed
from workforce.models import WorkerIdentity
from workforce.services.expiry import withdraw_claims
from workforce.services.invited import InvitationPlaces
from workforce.services.teams import leave_all_teams


def may_label(user_id: uuid.UUID) -> bool:
    """Whether the person labels in the organization in scope: account, organization and membership active, by role."""
    organization_id = current_scope().organization_id
    if not Organization.objects.filter(pk=organization_id, is_active=True).exists():
        return False
    roles = Membership.objects.filter(
        organization_id=organization_id, user_id=user_id, is_active=True, user__is_active=True
    ).values_list("role", flat=True)
    return any(allows(role, Permission.WORK_DO) for role in roles)


def withdraw_member(user_id: uuid.UUID) -> None:
    """End all claims of a member of the organization in scope, also those he holds for customers, unless he may go
    on labeling: a labeler who becomes a reviewer keeps the photo he is painting."""
    if may_label(user_id):
        return
    read_grants()
    workers = list(WorkerIdentity.objects.filter(user_id=user_id).values_list("worker_id", flat=True))
    if workers:
        withdraw_claims(reason=gettext_noop("The member's right to label ended."), worker_ids=workers)


def connect() -> None:
    on_rights_changed(leave_all_teams)
    on_rights_changed(withdraw_member)
    register_places(InvitationPlaces())
