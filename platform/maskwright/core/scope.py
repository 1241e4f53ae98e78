"""The organization scope: which tenant's rows this piece of work may touch.

One context variable. It is opened by the request middleware, the task base, the consumer and the command base; it owns
the transaction that carries the setting row-level security reads (`set_config(..., true)`, so nothing survives on a
pooled connection). Nothing lazy may cross its end: a queryset evaluated later sees no row, and none can be
built outside.
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace

from django.db import connection, transaction


class ScopeError(RuntimeError):
    """A tenant row was asked for outside an organization scope: a programming error, never a user's."""


@dataclass(frozen=True)
class Scope:
    """`queues` and `customers` are those of the live grants by which `organization_id` works for others."""

    organization_id: uuid.UUID
    user_id: uuid.UUID | None = None
    grants: tuple[uuid.UUID, ...] = ()
    queues: tuple[uuid.UUID, ...] = ()
    customers: tuple[uuid.UUID, ...] = ()


_scope: ContextVar[Scope | None] = ContextVar("maskwright_scope", default=None)
_unscoped: ContextVar[str] = ContextVar("maskwright_unscoped", default="")

#: Called inside each newly opened scope that asks for it; reads what the organization was granted by others.
_grant_reader: Callable[[Scope], Scope] | None = None

_SETTINGS_SQL = (
    "SELECT set_config('app.org', %s, true), set_config('app.user', %s, true), set_config('app.grants', %s, true),"
    " set_config('app.queues', %s, true), set_config('app.customers', %s, true)"
)


def register_grant_reader(reader: Callable[[Scope], Scope]) -> None:
    """`workforce` registers how live grants are read; `core` knows nothing of its tables."""
    global _grant_reader
    _grant_reader = reader


def current_scope() -> Scope:
    scope = _scope.get()
    if scope is None:
        raise ScopeError(
            "No organization scope is open. Open one with organization_scope(organization_id), or, for work that "
            "belongs to no tenant, say why with unscoped('reason')."
        )
    return scope


def scope_or_none() -> Scope | None:
    return _scope.get()


def is_unscoped() -> bool:
    return bool(_unscoped.get())


def _join(ids: tuple[uuid.UUID, ...]) -> str:
    return ",".join(map(str, ids))


def _apply(scope: Scope | None) -> None:
    values = ["", "", "", "", ""]
    if scope is not None:
        user = str(scope.user_id) if scope.user_id else ""
        values = [str(scope.organization_id), user, *map(_join, (scope.grants, scope.queues, scope.customers))]
    with connection.cursor() as cursor:
        cursor.execute(_SETTINGS_SQL, values)


@contextmanager
def organization_scope(
    organization_id: uuid.UUID, *, user_id: uuid.UUID | None = None, with_grants: bool = False
) -> Iterator[Scope]:
    """Open a transaction in which only the rows of one organization (and what it was granted) can be seen.

    Nested scopes restore the outer one. `with_grants` also reads the live grants of a vendor organization.
    """
    outer = _scope.get()
    scope = Scope(organization_id, user_id)
    with transaction.atomic():
        _apply(scope)
        token = _scope.set(scope)
        try:
            if with_grants and _grant_reader is not None:
                scope = widen_scope(_grant_reader(scope))
            yield scope
        finally:
            _scope.reset(token)
        if outer is not None:
            _apply(outer)


def widen_scope(scope: Scope) -> Scope:
    """Replace the open scope by one that also carries live grants; its organization and user stay."""
    current = current_scope()
    widened = replace(scope, organization_id=current.organization_id, user_id=current.user_id)
    if widened.grants:
        _apply(widened)
    _scope.set(widened)
    return widened


def read_grants() -> Scope:
    """Read the live grants of the organization in scope and widen the scope by them."""
    if _grant_reader is None:
        return current_scope()
    return widen_scope(_grant_reader(current_scope()))


@contextmanager
def unscoped(reason: str) -> Iterator[None]:
    """Let tenant managers be built without a scope. Row-level security still hides every tenant row from `app`."""
    if not reason:
        raise ScopeError("unscoped() needs a reason.")
    token = _unscoped.set(reason)
    try:
        yield
    finally:
        _unscoped.reset(token)
