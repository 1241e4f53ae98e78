"""Reads about an organization and its people."""

from typing import Any

from django.db.models import QuerySet

from maskwright.core.scope import current_scope
from maskwright.organizations.actor import Actor
from maskwright.organizations.models import Membership, Organization
from maskwright.organizations.permissions import Permission, Role, can


def organization_of(actor: Actor) -> dict[str, Any]:
    """The acting organization with the actor's role and permissions, each in words."""
    organization = Organization.objects.get(pk=actor.organization_id)
    return {
        "id": organization.pk,
        "name": organization.name,
        "slug": organization.slug,
        "account_id": organization.account_id,
        "is_vendor": organization.is_vendor,
        "user": actor.user_id,
        "username": actor.user.username,
        "role": actor.role,
        "role_name": Role(actor.role).label,
        "permissions": [{"code": one.value, "description": one.label} for one in Permission if can(actor, one)],
    }


def member_list(*, is_active: bool | None = None) -> QuerySet[Membership]:
    """The members of the organization in scope by user name, with their users."""
    members = Membership.objects.filter(organization_id=current_scope().organization_id)
    if is_active is not None:
        members = members.filter(is_active=is_active)
    return members.select_related("user").order_by("user__username")
