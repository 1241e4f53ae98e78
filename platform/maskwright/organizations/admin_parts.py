"""What the pages of the managers' admin are made of: their place, their list, one form, and who looks at them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise

from maskwright.organizations.actor import Actor
from maskwright.organizations.admin_forms import ServiceForm
from maskwright.organizations.permissions import Permission, can


@dataclass(frozen=True)
class NavEntry:
    """Where a page stands in the side bar; sections keep the order of `admin_sites.SECTIONS`."""

    section: str
    order: int
    label: str | Promise


@dataclass(frozen=True)
class FormPage:
    """One form on one page: how it is made, which service takes it, and what follows."""

    build: Callable[[Any, Any], ServiceForm]
    apply: Callable[[Actor, ServiceForm], Any]
    saved: Callable[[Any], HttpResponse]
    context: Callable[[ServiceForm], dict[str, Any]]
    template: str
    title: str
    may_write: bool


def actor_of(request: HttpRequest) -> Actor:
    """The acting member; the site has refused everybody else before a page is asked."""
    actor = getattr(request, "actor", None)
    if not isinstance(actor, Actor):
        raise PermissionDenied
    return actor


def may(request: HttpRequest, permission: Permission | None) -> bool:
    actor = getattr(request, "actor", None)
    return permission is not None and isinstance(actor, Actor) and can(actor, permission)


class RowsChangeList(ChangeList):
    """A change list that lets the page add what its rows show, in one query for all of them."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows = list(self.result_list)
        cast(Any, self.model_admin).prepare_rows(request, rows)
        self.result_list = cast(Any, rows)
        self.first = (self.page_num - 1) * self.list_per_page + 1
        self.last = self.first + len(rows) - 1
