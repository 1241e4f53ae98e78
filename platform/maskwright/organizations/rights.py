"""The table of permissions as people read it: what one's own role may do, and each other one."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from maskwright.organizations.actor import Actor
from maskwright.organizations.permissions import Permission, Role, allows, can


@dataclass(frozen=True)
class RoleRights:
    """A role with what it may do, in the order of the table."""

    code: str
    name: str
    permissions: list[Permission]

    def in_words(self) -> str:
        return "; ".join(str(one.label) for one in self.permissions)


def roles() -> list[RoleRights]:
    return [RoleRights(one.value, str(one.label), [p for p in Permission if allows(one, p)]) for one in Role]


def role_choices(codes: list[str]) -> list[tuple[str, Any]]:
    """Choices of a form, each with what the role may do."""
    return [
        (
            one.code,
            format_html('<span>{} <span class="mw-muted mw-small">{}</span></span>', one.name, one.in_words()),
        )
        for one in roles()
        if one.code in codes
    ]


@require_safe
@never_cache
@login_required
def rights_page(request: HttpRequest) -> HttpResponse:
    """`/organizations/rights/`: what you can do here, and whom to ask for the rest."""
    actor = getattr(request, "actor", None)
    if not isinstance(actor, Actor):
        return redirect("organization_choose")
    table = roles()
    context = {
        "role": Role(actor.role).label,
        "organization": actor.organization_name,
        "may": [one.label for one in Permission if can(actor, one)],
        "may_not": [one.label for one in Permission if not can(actor, one)],
        "roles": [(one.name, one.code == actor.role) for one in table],
        "rows": [
            (one.label, [(one in role.permissions, role.code == actor.role) for role in table]) for one in Permission
        ],
        "title": _("What you can do"),
    }
    return TemplateResponse(request, "organizations/rights.html", context)
