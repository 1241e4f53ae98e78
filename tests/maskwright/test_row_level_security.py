"""The database itself keeps tenants apart, whatever the code above it forgets."""

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from maskwright.core.scope import ScopeError, organization_scope
from tests.plugins.cast import Company
from workforce.models import Workforce, WorkTeam


def _team(company: Company, name: str = "Team A") -> WorkTeam:
    with organization_scope(company.id):
        workforce = Workforce.objects.create(name=f"of {name}")
        return WorkTeam.objects.create(workforce=workforce, name=name)


def test_a_query_outside_a_scope_is_refused(acme: Company) -> None:
    with pytest.raises(ScopeError):
        WorkTeam.objects.count()


def test_raw_sql_sees_only_the_scopes_rows(acme: Company, globex: Company) -> None:
    team = _team(acme)
    with connection.cursor() as cursor:
        with organization_scope(acme.id):
            cursor.execute("SELECT id FROM workforce_workteam")
            assert cursor.fetchall() == [(team.pk,)]
        with organization_scope(globex.id):
            cursor.execute("SELECT id FROM workforce_workteam")
            assert cursor.fetchall() == []


def test_raw_sql_without_a_scope_sees_nothing(committed: None, acme: Company) -> None:
    _team(acme)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM workforce_workteam")
        assert cursor.fetchone() == (0,)


def test_a_row_of_another_tenant_cannot_be_written(acme: Company, globex: Company) -> None:
    with organization_scope(acme.id), pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        Workforce.objects.create(organization_id=globex.id, name="foreign")


def test_a_foreign_key_cannot_reach_into_another_tenant(acme: Company, globex: Company) -> None:
    foreign = _team(globex)
    with organization_scope(acme.id), pytest.raises(IntegrityError), transaction.atomic():
        WorkTeam.objects.create(workforce_id=foreign.workforce_id, name="crossing")


def test_nested_scopes_restore_the_outer_one(acme: Company, globex: Company) -> None:
    mine = _team(acme)
    with organization_scope(acme.id):
        with organization_scope(globex.id):
            assert not WorkTeam.objects.exists()
        assert WorkTeam.objects.get() == mine
