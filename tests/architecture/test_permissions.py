"""Every view says which permission it needs; every permission is asked for somewhere."""

import inspect
import re
import sys
from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.urls import get_resolver
from rest_framework.views import APIView

from labeling.api.base import ManagementView
from maskwright.organizations.admin_base import ScopedModelAdmin
from maskwright.organizations.admin_sites import operator_site
from maskwright.organizations.api.authentication import IsActor, ScopeAuthentication
from maskwright.organizations.permissions import ROLE_PERMISSIONS, Permission, Role
from tests.architecture.test_layout import own_files
from tests.isolation.routes import METHODS

#: (route, method) -> why any member may.
ANY_MEMBER = {
    ("organization_current", "get"): "who one is, and what one may",
    ("roles", "get"): "the same for everybody",
    ("tokens", "get"): "one's own",
    ("tokens", "post"): "one's own",
    ("token", "delete"): "one's own",
    ("socket_tickets", "post"): "opens the sockets that one's role may open",
    ("upload_file", "get"): "labelers see the pictures of their instructions; the view asks which",
}


def _views() -> Iterator[tuple[str, type[APIView]]]:
    def walk(resolver: Any, prefix: str) -> Iterator[tuple[str, type[APIView]]]:
        for entry in resolver.url_patterns:
            path = prefix + str(entry.pattern)
            if hasattr(entry, "url_patterns"):
                yield from walk(entry, path)
            elif path.startswith("api/v1/"):
                yield entry.name, entry.callback.view_class

    return walk(get_resolver(), "")


def _asks(view: type[APIView], method: str) -> bool:
    """Whether the method, or a helper of its class or module that it calls, calls `require`."""
    if issubclass(view, ManagementView):
        return True
    source = inspect.getsource(getattr(view, method))
    helpers = [getattr(view, name, None) for name in re.findall(r"self\.(\w+)\(", source)]
    module = sys.modules[view.__module__]
    helpers += [getattr(module, name, None) for name in re.findall(r"\b(_\w+)\(", source)]
    return any("require(" in text for text in [source, *map(inspect.getsource, filter(inspect.isfunction, helpers))])


def test_every_call_of_the_api_names_its_permission() -> None:
    calls = [(name, method, view) for name, view in _views() for method in METHODS if hasattr(view, method)]
    assert len(calls) > 50
    silent = {(name, method) for name, method, view in calls if not _asks(view, method)}
    assert silent == set(ANY_MEMBER)


def test_no_view_of_the_api_lets_anybody_in() -> None:
    for name, view in _views():
        assert view.permission_classes == [IsActor], name
        assert view.authentication_classes == [ScopeAuthentication], name


def test_the_managers_pages_name_their_permission() -> None:
    for page in admin.site._registry.values():
        assert isinstance(page, ScopedModelAdmin)
        assert page.read_permission in Permission
        assert page.write_permission is None or page.write_permission in Permission


def test_the_operators_pages_are_few() -> None:
    """What runs an installation: organizations and people, and none of a tenant's data."""
    assert {model._meta.label for model in operator_site._registry} == {"organizations.Organization", "accounts.User"}


def test_every_role_has_permissions_and_every_permission_a_role() -> None:
    assert set(ROLE_PERMISSIONS) == set(Role)
    assert set().union(*ROLE_PERMISSIONS.values()) == set(Permission)


def test_every_permission_is_asked_for() -> None:
    text = " ".join(path.read_text() for path in own_files() if path.name != "permissions.py")
    assert {one.name for one in Permission if f"Permission.{one.name}" not in text} == set()
