"""What every page of the managers' admin stands on: who may see and write, which rows there are, where pages are.

What a person may do is decided by the role of `request.actor` alone. Another organization's object is 404. Django's
own log of changes is neither written nor read: an object's history is its audit events.
"""

import uuid
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django.contrib import admin
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst

from maskwright.core.scope import current_scope
from maskwright.organizations.admin_actions import ObjectAction
from maskwright.organizations.admin_parts import NavEntry, may
from maskwright.organizations.permissions import Permission

if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[models.Model]
else:
    _ModelAdmin = admin.ModelAdmin


class ScopedAccess(_ModelAdmin):
    """Permissions, rows and addresses of `ScopedModelAdmin`, which has the pages."""

    read_permission: ClassVar[Permission] = Permission.JOBS_READ
    write_permission: ClassVar[Permission | None] = None
    can_add: ClassVar[bool] = True
    changes: ClassVar[bool] = True
    nav: ClassVar[NavEntry | None] = None
    object_actions: ClassVar[tuple[ObjectAction, ...]] = ()

    # --- who may ----------------------------------------------------------------------------------------------------
    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return may(request, self.read_permission)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.can_add and may(request, self.write_permission)

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.changes and may(request, self.write_permission)

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    # --- which rows -------------------------------------------------------------------------------------------------
    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Own rows only: what another organization granted to ours has pages of its own."""
        queryset = super().get_queryset(request)
        return queryset.filter(organization_id=current_scope().organization_id)

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Only what the page's filters name: no other column can be asked for, letter by letter or otherwise."""
        return any(getattr(one, "parameter_name", one) == lookup for one in self.get_list_filter(cast(Any, request)))

    def to_field_allowed(self, request: HttpRequest, to_field: str) -> bool:
        return False

    def object_or_404(self, request: HttpRequest, object_id: uuid.UUID) -> Any:
        found = self.get_queryset(request).filter(pk=object_id).first()
        if found is None:
            raise Http404
        return found

    def actions_of(self, request: HttpRequest, obj: Any) -> Sequence[ObjectAction]:
        return [a for a in self.object_actions if may(request, a.permission) and a.offered_for(obj)]

    @property
    def plural(self) -> str:
        """What the page is called where people see it."""
        return str(self.nav.label) if self.nav is not None else capfirst(str(self.opts.verbose_name_plural))

    # --- addresses --------------------------------------------------------------------------------------------------
    def url_name(self, page: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{page}"

    def page_url(self, page: str, *args: Any) -> str:
        return reverse(f"{self.admin_site.name}:{self.url_name(page)}", args=args)

    def object_url(self, obj: Any) -> str:
        return self.page_url("change", obj.pk)

    def guarded(self, view: Callable[..., HttpResponse]) -> Any:
        return self.admin_site.admin_view(view)

    def _respond(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        request.current_app = self.admin_site.name
        return TemplateResponse(request, template, context)

    # --- Django's own log of changes stays empty: audit events are the one history -----------------------------------
    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        return None
