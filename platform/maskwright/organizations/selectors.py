"""Reads about an organization and its people."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import BooleanField, Case, Exists, OuterRef, Q, QuerySet, When

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


def member_list(*, is_active: bool | None = None) -> QuerySet[Any]:
    """The members of the organization in scope by user name, with their users."""
    members = Membership.objects.filter(organization_id=current_scope().organization_id)
    if is_active is not None:
        members = members.filter(is_active=is_active)
    return with_second_factor(members).select_related("user").order_by("user__username")


def with_second_factor(members: QuerySet[Membership]) -> QuerySet[Any]:
    """Each with `has_second_factor`."""
    elsewhere = Q(user__password__startswith=UNUSABLE_PASSWORD_PREFIX)
    own = Authenticator.objects.filter(user_id=OuterRef("user_id"), type=Authenticator.Type.TOTP)
    return members.annotate(
        has_second_factor=Case(When(elsewhere, then=True), default=Exists(own), output_field=BooleanField())
    )


def members_without_second_factor() -> int:
    """How many active members of the organization in scope have none."""
    members: QuerySet[Any] = member_list(is_active=True)
    return members.filter(has_second_factor=False).count()
