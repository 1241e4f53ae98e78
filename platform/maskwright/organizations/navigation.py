"""What the header of every page shows: where one is, where one may go."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from maskwright.accounts.models import User
from maskwright.organizations.actor import Actor
from maskwright.organizations.language import languages
from maskwright.organizations.middleware import memberships_in
from maskwright.organizations.models import Organization
from maskwright.organizations.permissions import Permission, Role, can


def nav(request: HttpRequest) -> dict[str, Any]:
    """The context processor; reads the database only where a template asks."""
    return {"nav": SimpleLazyObject(lambda: _navigation(request))}


def _navigation(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {"organizations": [], "languages": languages()}
    actor = getattr(request, "actor", None)
    return {
        "organization": {"id": str(actor.organization_id), "name": actor.organization_name} if actor else None,
        "organizations": organizations_of(request, user),
        "can_work": isinstance(actor, Actor) and can(actor, Permission.WORK_DO),
        "can_manage": isinstance(actor, Actor) and can(actor, Permission.JOBS_READ),
        "is_operator": user.is_superuser,
        "languages": languages(),
    }


def organizations_of(request: HttpRequest, user: User) -> list[dict[str, str]]:
    """The organizations a person may choose in this session, by name, with his role in words."""
    roles = {membership.organization_id: membership.role for membership in memberships_in(request, user)}
    found = Organization.objects.filter(pk__in=roles, is_active=True).order_by("name")
    return [{"id": str(one.pk), "name": one.name, "role": str(Role(roles[one.pk]).label)} for one in found]
