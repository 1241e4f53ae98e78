"""Where an organization scope ends, everything of it ends: on the pooled connection, in queries, in other tasks."""

import asyncio

import pytest
from django.conf import settings
from django.db import connection, connections

from maskwright.core.scope import ScopeError, organization_scope, scope_or_none
from maskwright.organizations.models import Membership
from tests.plugins.cast import Company

pytestmark = pytest.mark.usefixtures("committed")
_LEFT = "SELECT pg_backend_pid(), coalesce(current_setting('app.org', true), '')"


def _look() -> tuple[int, str]:
    with connection.cursor() as cursor:
        cursor.execute(_LEFT)
        pid, left = cursor.fetchone()
    return pid, left


def test_nothing_of_a_scope_stays_on_its_connection(acme: Company) -> None:
    with organization_scope(acme.id):
        inside = _look()
    assert inside[1] == str(acme.id)
    assert _look() == (inside[0], ""), "the same connection, and nothing on it"


def test_a_scope_that_broke_leaves_nothing_either(acme: Company) -> None:
    with pytest.raises(ZeroDivisionError), organization_scope(acme.id):
        pid, _ = _look()
        raise ZeroDivisionError
    assert _look() == (pid, "")
    assert scope_or_none() is None


def test_a_query_made_inside_and_read_outside_gets_nothing(acme: Company) -> None:
    with organization_scope(acme.id):
        lazy = Membership.objects.all()
        assert lazy.count() == 7
    assert list(lazy) == []
    with pytest.raises(ScopeError):
        Membership.objects.all()


async def test_two_tasks_of_one_loop_have_scopes_of_their_own(acme: Company, initech: Company) -> None:
    def names(company: Company) -> set[str]:
        with organization_scope(company.id):
            found = {str(one) for one in Membership.objects.values_list("organization_id", flat=True)}
        connections.close_all()
        return found

    both = await asyncio.gather(*(asyncio.to_thread(names, one) for one in (acme, initech) * 4))
    assert both == [{str(acme.id)}, {str(initech.id)}] * 4


def test_connections_come_from_a_pool_and_are_given_back() -> None:
    database = settings.DATABASES["default"]
    assert database["CONN_MAX_AGE"] == 0 and database["OPTIONS"]["pool"]["min_size"] >= 1
