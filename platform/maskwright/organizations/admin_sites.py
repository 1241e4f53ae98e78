"""Two admins: the managers' (scoped to their organization) and the operator's (organizations and their owners)."""

from collections.abc import Callable, Iterable
from typing import Any, NoReturn, cast

from django.conf import settings
from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from maskwright.accounts.models import User
from maskwright.accounts.second_factor import has_second_factor
from maskwright.organizations.actor import Actor
from maskwright.organizations.admin_base import ScopedModelAdmin
from maskwright.organizations.permissions import Permission, can

#: The parts of the side bar, in order; a page names its part by the key.
SECTIONS: dict[str, Promise | str] = {
    "work": _("Labeling"),
    "photos": _("Photos"),
    "people": _("People"),
    "money": _("Time and pay"),
    "programs": _("Programs"),
    "own": _("Your account"),
}

#: What the first page shows; `labeling` adds running jobs and what needs attention.
DashboardPart = Callable[[HttpRequest, Actor], dict[str, Any]]
_dashboard: list[DashboardPart] = []


def on_dashboard(part: DashboardPart) -> DashboardPart:
    """Register what an app adds to the context of the first page; called inside the organization's scope."""
    if part not in _dashboard:
        _dashboard.append(part)
    return part


def _deny(parameters: dict[str, Any]) -> NoReturn:
    """Say no to a role; at the address of an object not even whether there is such an object."""
    if "object_id" in parameters or "user_id" in parameters:
        raise Http404
    raise PermissionDenied


class ManagerAdminSite(AdminSite):
    """Open to members who may see labeling jobs; `is_staff` plays no part, so no form can give access."""

    site_header = _("Maskwright")
    site_title = _("Maskwright")
    index_title = _("Overview")
    index_template = "admin/manage/index.html"
    site_url = "/"

    def has_permission(self, request: HttpRequest) -> bool:
        actor = getattr(request, "actor", None)
        return isinstance(actor, Actor) and can(actor, Permission.JOBS_READ)

    def register(
        self, model_or_iterable: Any, admin_class: "type[ModelAdmin[Any]] | None" = None, **options: Any
    ) -> None:
        """Only scoped pages: what Django and packages register by themselves (users, groups, sites) stays away."""
        if admin_class is not None and issubclass(admin_class, ScopedModelAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Strangers sign in, people without a chosen organization choose one, everybody else is told no."""
        guarded = super().admin_view(view, cacheable)

        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if self.has_permission(request):
                return cast(HttpResponse, guarded(request, *args, **kwargs))
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path(), reverse("account_login"))
            if getattr(request, "actor", None) is None:
                query = urlencode({"next": request.get_full_path()})
                return HttpResponseRedirect(f"{reverse('organization_choose')}?{query}")
            _deny(kwargs)

        return inner

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Without Django's `r/<type>/<id>/`, which would tell of any row whether it exists."""
        return [one for one in super().get_urls() if getattr(one, "name", None) != "view_on_site"]

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"), reverse("account_login"))

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return HttpResponseRedirect(reverse("account_logout"))

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return HttpResponseRedirect(reverse("account_change_password"))

    def password_change_done(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return HttpResponseRedirect(reverse("admin:index"))

    def app_index(
        self, request: HttpRequest, app_label: str, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """Django's lists of models by app mean nothing to people here."""
        raise Http404

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        actor = getattr(request, "actor", None)
        assert isinstance(actor, Actor)
        context = {**self.each_context(request), "title": self.index_title, "actor": actor}
        for part in _dashboard:
            context.update(part(request, actor))
        request.current_app = self.name
        return TemplateResponse(request, self.index_template, context)

    def get_log_entries(self, request: HttpRequest) -> Any:
        return ()

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return {
            "site_title": self.site_title,
            "site_header": self.site_header,
            "site_url": self.site_url,
            "has_permission": self.has_permission(request),
            "is_popup": False,
            "is_nav_sidebar_enabled": True,
            "manage_nav": self._navigation(request),
            "organization_name": getattr(getattr(request, "actor", None), "organization_name", ""),
        }

    def _navigation(self, request: HttpRequest) -> list[dict[str, Any]]:
        found: dict[str, list[tuple[int, dict[str, Any]]]] = {key: [] for key in SECTIONS}
        for page in cast(Iterable[Any], self._registry.values()):
            entry = page.nav
            if entry is None or not page.has_view_permission(request):
                continue
            url = page.page_url("changelist")
            item = {"label": entry.label, "url": url, "current": request.path.startswith(url), "icon": page.icon}
            found[entry.section].append((entry.order, item))
        found["own"].append((9, {"label": _("What you can do"), "url": reverse("rights"), "icon": "member"}))
        return [
            {"title": title, "items": [item for _order, item in sorted(found[key], key=lambda pair: pair[0])]}
            for key, title in SECTIONS.items()
            if found[key]
        ]


class OperatorAdminSite(AdminSite):
    """Who runs the installation: superusers only."""

    site_header = _("Maskwright operator")
    site_title = _("Maskwright operator")
    index_title = _("Organizations")
    site_url = None

    def has_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and getattr(request.user, "is_superuser", False))

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Strangers sign in where everybody does, with its rate limits; everybody else is told no."""
        guarded = super().admin_view(view, cacheable)

        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if self.has_permission(request):
                assert isinstance(request.user, User)
                if settings.OPERATOR_SECOND_FACTOR and not has_second_factor(request.user):
                    return HttpResponseRedirect(reverse("mfa_activate_totp"))
                return cast(HttpResponse, guarded(request, *args, **kwargs))
            if request.user.is_authenticated:
                _deny(kwargs)
            return redirect_to_login(request.get_full_path(), reverse("account_login"))

        return inner

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Without Django's `r/<type>/<id>/`, which would tell of any tenant's row whether it exists."""
        return [one for one in super().get_urls() if getattr(one, "name", None) != "view_on_site"]

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return redirect_to_login(request.GET.get("next") or reverse("operator:index"), reverse("account_login"))

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return HttpResponseRedirect(reverse("account_logout"))

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return HttpResponseRedirect(reverse("account_change_password"))


operator_site = OperatorAdminSite(name="operator")

__all__ = ["SECTIONS", "ManagerAdminSite", "OperatorAdminSite", "on_dashboard", "operator_site"]
