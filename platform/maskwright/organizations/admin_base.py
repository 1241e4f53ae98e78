"""The base of every page of the managers' admin.

Rows come through the scoped manager; what a person may do is decided by the role of `request.actor` alone; every write
is a service call whose refusal becomes form errors. Another organization's object is 404. Django's own log of changes
is neither written nor read: an object's history is its audit events.
"""

import uuid
from collections.abc import Sequence
from typing import Any, ClassVar, cast

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_protect

from maskwright.core.errors import DomainError
from maskwright.organizations.actor import Actor
from maskwright.organizations.admin_access import ScopedAccess
from maskwright.organizations.admin_forms import ServiceForm
from maskwright.organizations.admin_history import describe, events_about
from maskwright.organizations.admin_parts import FormPage, NavEntry, RowsChangeList, actor_of, may

HISTORY_PER_PAGE = 50


class ScopedModelAdmin(ScopedAccess):
    """Subclasses say who may read and write, which form is shown, and which service takes it.

    `write_permission = None` is a page that nobody edits. `changes = False` shows existing rows read-only (things that
    are made once). `object_actions` are the buttons of one object.
    """

    icon: ClassVar[str] = ""
    intro: ClassVar[str | Promise] = ""
    add_label: ClassVar[str | Promise] = ""
    submit_label: ClassVar[str | Promise] = ""
    empty_title: ClassVar[str | Promise] = ""
    empty_text: ClassVar[str | Promise] = ""

    actions = None
    list_per_page = 50
    list_max_show_all = 0
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    view_on_site = False
    preserve_filters = False
    change_list_template = "admin/manage/list.html"
    change_form_template = "admin/manage/form.html"

    def prepare_rows(self, request: HttpRequest, rows: list[Any]) -> None:
        """Add to the rows of a list page what its columns show besides the rows' own fields."""

    # --- the form ---------------------------------------------------------------------------------------------------
    def build_form(self, request: HttpRequest, obj: Any | None, data: Any = None, files: Any = None) -> ServiceForm:
        raise NotImplementedError

    def apply(self, request: HttpRequest, actor: Actor, obj: Any | None, form: ServiceForm) -> Any:
        """Hand a valid form to a service and return the object."""
        raise NotImplementedError

    def page_context(self, request: HttpRequest, obj: Any | None, form: ServiceForm) -> dict[str, Any]:
        return {}

    def saved_message(self, obj: Any, added: bool) -> str:
        return _("%(name)s was added.") % {"name": obj} if added else _("%(name)s was saved.") % {"name": obj}

    def response_saved(self, request: HttpRequest, obj: Any, added: bool) -> HttpResponse:
        messages.success(request, self.saved_message(obj, added))
        return HttpResponseRedirect(self.object_url(obj))

    def extra_urls(self) -> list[URLPattern]:
        return []

    def get_urls(self) -> list[URLPattern]:
        return [
            path("", self.guarded(self.changelist_view), name=self.url_name("changelist")),
            path("add/", self.guarded(self.add_view), name=self.url_name("add")),
            *self.extra_urls(),
            path("<uuid:object_id>/history/", self.guarded(self.history_view), name=self.url_name("history")),
            path("<uuid:object_id>/do/<slug:name>/", self.guarded(self.action_view), name=self.url_name("action")),
            path("<uuid:object_id>/change/", self.guarded(self.change_view), name=self.url_name("change")),
        ]

    # --- pages ------------------------------------------------------------------------------------------------------
    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return RowsChangeList

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        may_change = self.has_change_permission(request)
        context = {"title": self.plural, "page": self, "has_change_permission": may_change, **(extra_context or {})}
        return super().changelist_view(request, cast(Any, context))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: Any = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        return csrf_protect(self._form_view)(request, object_id)

    def _form_view(self, request: HttpRequest, object_id: uuid.UUID | None) -> HttpResponse:
        obj = None if object_id is None else self.object_or_404(request, object_id)
        may_write = self.has_add_permission(request) if obj is None else self.has_change_permission(request, obj)
        if not may_write and (obj is None or not self.has_view_permission(request, obj)):
            raise PermissionDenied
        add_title = str(self.add_label) or _("New %(name)s") % {"name": self.opts.verbose_name}
        page = FormPage(
            build=lambda data, files: self.build_form(request, obj, data, files),
            apply=lambda actor, form: self.apply(request, actor, obj, form),
            saved=lambda saved: self.response_saved(request, saved, obj is None),
            context=lambda form: self.page_context(request, obj, form),
            template=str(self.change_form_template),
            title=add_title if obj is None else str(obj),
            may_write=may_write,
        )
        return self.form_page(request, obj, page)

    def form_page(self, request: HttpRequest, obj: Any | None, page: "FormPage") -> HttpResponse:
        """Show a form, or hand it to its service; a refusal shows in the form, with nothing written."""
        actor = actor_of(request)
        if request.method == "POST":
            if not page.may_write:
                raise PermissionDenied
            form = page.build(request.POST, request.FILES)
            if form.is_valid():
                try:
                    with transaction.atomic():
                        saved = page.apply(actor, form)
                    return page.saved(saved)
                except DomainError as error:
                    form.add_domain_error(error)
        else:
            form = page.build(None, None)
        if not page.may_write:
            form.make_read_only()
        context = {
            **self.admin_site.each_context(request),
            "title": page.title,
            "opts": self.opts,
            "page": self,
            "object": obj,
            "form": form,
            "may_write": page.may_write,
            "object_actions": [] if obj is None else self.actions_of(request, obj),
            **page.context(form),
        }
        return self._respond(request, page.template, context)

    def history_view(
        self, request: HttpRequest, object_id: Any, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        obj = self.object_or_404(request, object_id)
        if not self.has_view_permission(request, obj):
            raise PermissionDenied
        paginator = Paginator(events_about(self.history_subjects(obj)), HISTORY_PER_PAGE)
        part = paginator.get_page(request.GET.get("p"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("History of %(name)s") % {"name": obj},
            "opts": self.opts,
            "page": self,
            "object": obj,
            "part": part,
            "rows": describe(part.object_list),
        }
        return self._respond(request, "admin/manage/history.html", context)

    def history_subjects(self, obj: Any) -> Sequence[uuid.UUID]:
        """The ids whose audit events make the object's history."""
        return [obj.pk]

    def action_view(self, request: HttpRequest, object_id: uuid.UUID, name: str) -> HttpResponse:
        return csrf_protect(self._action_view)(request, object_id, name)

    def _action_view(self, request: HttpRequest, object_id: uuid.UUID, name: str) -> HttpResponse:
        actor = actor_of(request)
        obj = self.object_or_404(request, object_id)
        action = next((one for one in self.object_actions if one.name == name), None)
        if action is None:
            raise Http404
        if not may(request, action.permission):
            raise PermissionDenied
        if request.method != "POST":
            context = {**self.admin_site.each_context(request), "title": f"{action.label}: {obj}", "opts": self.opts}
            return self._respond(
                request, "admin/manage/confirm.html", {**context, "page": self, "object": obj, "action": action}
            )
        try:
            with transaction.atomic():
                result = action.run(request, actor, obj)
            if isinstance(result, HttpResponse):
                return result
            if result:
                messages.success(request, str(result))
        except DomainError as error:
            messages.error(request, error.message)
        return HttpResponseRedirect(self.after_action_url(request, obj, name))

    def secret_page(
        self,
        request: HttpRequest,
        *,
        title: str,
        label: str,
        secret: str,
        lead: str,
        beside: Sequence[tuple[str, str]] = (),
    ) -> HttpResponse:
        """The answer to the POST that made a secret: the one time it is shown. It enters no message and no session.

        `beside`: label and value of what is copied along with it.
        """
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "page": self,
            "lead": lead,
            "secret": secret,
            "secret_label": label,
            "beside": beside,
        }
        return self._respond(request, "admin/manage/secret.html", context)

    def after_action_url(self, request: HttpRequest, obj: Any, name: str) -> str:
        """The object's page, or the list when the action removed it."""
        is_there = self.get_queryset(request).filter(pk=obj.pk).exists()
        return self.object_url(obj) if is_there else self.page_url("changelist")


__all__ = ["FormPage", "NavEntry", "ScopedModelAdmin", "actor_of", "may"]
