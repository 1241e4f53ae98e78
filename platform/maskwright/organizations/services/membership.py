"""Organizations and their people: make, add, change, remove."""

import secrets
import uuid
from collections.abc import Callable

from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from maskwright.accounts.models import User
from maskwright.audit.record import record
from maskwright.core.errors import Conflict, FieldProblem, Invalid, NotAllowed, NotFound
from maskwright.core.outbox import emit, push
from maskwright.core.scope import current_scope, organization_scope
from maskwright.organizations.models import Membership, Organization
from maskwright.organizations.permissions import Role
from maskwright.organizations.services.ending import end_access, end_invitations

#: What other apps do when somebody's rights end (claims, sockets); called in the transaction of the change.
_on_rights_changed: list[Callable[[uuid.UUID], None]] = []


def on_rights_changed(callback: Callable[[uuid.UUID], None]) -> None:
    _on_rights_changed.append(callback)


def create_organization(*, name: str, is_vendor: bool = False, owner: User | None = None) -> Organization:
    """Make an organization and, when given, its owner's membership. Names are unique on an installation."""
    name = name.strip()
    if not name:
        raise Invalid(
            _("Give the organization a name."), fields=(FieldProblem("name", "required", _("A name is needed.")),)
        )
    if Organization.objects.filter(name__iexact=name).exists():
        raise Conflict(_("There is an organization named %(name)s already. Choose another name.") % {"name": name})
    slug = slugify(name)[:50] or "organization"
    if Organization.objects.filter(slug=slug).exists():
        slug = f"{slug}-{secrets.token_hex(3)}"
    account_id = str(secrets.randbelow(9 * 10**11) + 10**11)
    organization = Organization.objects.create(name=name, slug=slug, account_id=account_id, is_vendor=is_vendor)
    with organization_scope(organization.pk, user_id=owner.pk if owner else None):
        record("organization.created", "organization", organization.pk, name=name)
        if owner is not None:
            add_member(user=owner, role=Role.OWNER)
    return organization


def add_member(*, user: User, role: str) -> Membership:
    """Give a person a role in the organization in scope; a removed member comes back with the new role."""
    if role not in Role.values:
        raise Invalid(
            _("There is no role %(role)s. Roles are: %(known)s.") % {"role": role, "known": ", ".join(Role.values)}
        )
    membership = Membership.objects.filter(user=user).first()
    if membership is None:
        membership = Membership.objects.create(user=user, role=role)
        record("member.added", "membership", membership.pk, user=user.pk, role=role)
        return membership
    if membership.is_active:
        raise Conflict(_("%(name)s is a member already.") % {"name": user.get_full_name()})
    _change(membership, role=role, is_active=True)
    record("member.added", "membership", membership.pk, user=user.pk, role=role)
    return membership


def acting_role() -> str:
    """The role of who acts in the scope; a scope without a person (command, operator) acts as an owner."""
    scope = current_scope()
    if scope.user_id is None:
        return Role.OWNER
    roles = Membership.objects.filter(
        organization_id=scope.organization_id, user_id=scope.user_id, is_active=True
    ).values_list("role", flat=True)
    return roles.first() or ""


def require_owner_for(role: str) -> None:
    """Only owners make, change or end owners: else a manager could give himself what he was not given."""
    if role == Role.OWNER and acting_role() != Role.OWNER:
        raise NotAllowed(_("Only an owner can make, change or remove an owner. Ask one."))


def change_member(*, membership_id: uuid.UUID, role: str | None = None, is_active: bool | None = None) -> Membership:
    """Change role or state; what is the same already changes nothing.

    Raises NotAllowed where an owner is needed, Conflict for the last active owner: an organization without owner could
    not be mended. When rights end, sessions, tokens, team places, claims and the links he made end with them, sockets
    close.
    """
    organization_id = current_scope().organization_id
    # All owners are locked, in one order, so that two of them cannot end each other at the same moment.
    owners = list(
        Membership.objects.select_for_update()
        .filter(organization_id=organization_id, role=Role.OWNER, is_active=True)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    membership = (
        Membership.objects.select_for_update().filter(pk=membership_id, organization_id=organization_id).first()
    )
    if membership is None:
        raise NotFound(_("There is no such member."))
    new_role = role or membership.role
    new_active = membership.is_active if is_active is None else is_active
    if new_role not in Role.values:
        raise Invalid(
            _("There is no role %(role)s. Roles are: %(known)s.") % {"role": new_role, "known": ", ".join(Role.values)}
        )
    if (new_role, new_active) == (membership.role, membership.is_active):
        return membership
    require_owner_for(membership.role)
    require_owner_for(new_role)
    if owners == [membership.pk] and not (new_role == Role.OWNER and new_active):
        raise Conflict(_("This is the last owner. Make somebody else an owner first."))
    _change(membership, role=new_role, is_active=new_active)
    if not new_active:
        end_access(user_id=membership.user_id, organization_id=organization_id)
    end_invitations(user_id=membership.user_id, organization_id=organization_id, role=new_role, is_active=new_active)
    record("member.changed", "membership", membership.pk, role=new_role, is_active=new_active)
    rights_changed(membership.user_id)
    emit(push(organization_id, f"user.{membership.user_id}", "session.ended"))
    return membership


def rights_changed(user_id: uuid.UUID) -> None:
    """Tell the apps above, in the scope of the organization concerned."""
    for callback in _on_rights_changed:
        callback(user_id)


def _change(membership: Membership, *, role: str, is_active: bool) -> None:
    membership.deactivated_at = None if is_active else membership.deactivated_at or timezone.now()
    membership.role, membership.is_active = role, is_active
    membership.version += 1
    membership.save(update_fields=["role", "is_active", "version", "deactivated_at"])
