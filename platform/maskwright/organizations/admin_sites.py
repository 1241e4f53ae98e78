"""Two admins: the managers' (scoped to their organization) and the operator's (organizations and their owners)."""

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from maskwright.organizations.actor import Actor
from maskwright.organizations.permissions import Permission, allows


class ManagerAdminSite(AdminSite):
    """Open to members who may see labeling jobs; `is_staff` plays no part, so no form can give access."""

    site_header = _("Maskwright")
    site_title = _("Maskwright")
    index_title = _("Labeling")
    site_url = "/"

    def has_permission(self, request: HttpRequest) -> bool:
        actor = getattr(request, "actor", None)
        return isinstance(actor, Actor) and allows(actor.role, Permission.JOBS_READ)


class OperatorAdminSite(AdminSite):
    """Who runs the installation: superusers only."""

    site_header = _("Maskwright operator")
    site_title = _("Maskwright operator")
    index_title = _("Organizations")
    site_url = None

    def has_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and getattr(request.user, "is_superuser", False))


operator_site = OperatorAdminSite(name="operator")
