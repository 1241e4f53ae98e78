"""Somebody arrives from an organization's identity provider: who may come in, as what, into which work teams.

An account made here belongs to the organization's provider alone. It is never joined to an account that exists already,
by no address and no name: else a provider that one organization runs could open another's.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.crypto import get_random_string
from django.utils.text import slugify
from django.utils.translation import gettext as _

from maskwright.accounts.models import User
from maskwright.core.errors import NotAllowed
from maskwright.core.scope import organization_scope
from maskwright.organizations.claims import Claims
from maskwright.organizations.models import IdentityProvider, Membership, Organization
from maskwright.organizations.models.identity_provider import Admits
from maskwright.organizations.permissions import Role
from maskwright.organizations.services.membership import add_member, change_member

#: From much to little: who is in several groups gets the first.
_ORDER = (Role.MANAGER, Role.REVIEWER, Role.AUDITOR, Role.LABELER)


@dataclass(frozen=True)
class GroupReader:
    """What an app above does with groups, in the organization's scope: which it knows, and a person's of today."""

    knows: Callable[[frozenset[str]], bool]
    arrived: Callable[[uuid.UUID, frozenset[str]], None]


_readers: list[GroupReader] = []


def register_group_reader(reader: GroupReader) -> None:
    if reader not in _readers:
        _readers.append(reader)


def account_for(organization: Organization, claims: Claims) -> User:
    """A new account, not saved yet; without password, so that it opens through the provider only."""
    user = User(
        username=_free_username(f"{slugify(claims.username)[:60] or 'person'}@{organization.slug}"),
        display_name=claims.name[:100],
    )
    if claims.email and claims.email_verified and not User.objects.filter(email__iexact=claims.email).exists():
        user.email = claims.email
    user.set_unusable_password()
    return user


def require_admitted(organization: Organization, provider: IdentityProvider, claims: Claims) -> None:
    """Raise NotAllowed, with what to ask for, unless the provider's people with these groups may come in."""
    if provider.admits == Admits.EVERYBODY or claims.groups & set(provider.role_groups):
        return
    with organization_scope(organization.pk):
        if any(reader.knows(claims.groups) for reader in _readers):
            return
    raise NotAllowed(
        _(
            "You are in no group that %(organization)s lets in. Ask whoever keeps your groups, or a manager of "
            "%(organization)s."
        )
        % {"organization": organization.name}
    )


def arrive(organization: Organization, provider: IdentityProvider, claims: Claims, user: User) -> None:
    """Member, role and teams as the groups say today. Raises NotAllowed for somebody who was deactivated."""
    with organization_scope(organization.pk):
        membership = Membership.objects.filter(user=user, organization_id=organization.pk).first()
        role = _role_by(provider, claims)
        if membership is None:
            add_member(user=user, role=role or provider.default_role)
        elif not membership.is_active:
            raise NotAllowed(
                _("You are no member of %(organization)s any more. A manager can take you in again.")
                % {"organization": organization.name}
            )
        elif role is not None and membership.role not in (role, Role.OWNER):
            change_member(membership_id=membership.pk, role=role)
        for reader in _readers:
            reader.arrived(user.pk, claims.groups)


def _role_by(provider: IdentityProvider, claims: Claims) -> str | None:
    """The role that the groups give; None where they say nothing about it."""
    found = {role for group, role in provider.role_groups.items() if group in claims.groups}
    return next((role for role in _ORDER if role in found), None)


def _free_username(wanted: str) -> str:
    name = wanted[:140]
    while User.objects.filter(username__iexact=name).exists():
        name = f"{wanted[:130]}-{get_random_string(4, 'abcdefghjkmnpqrstuvwxyz23456789')}"
    return name
