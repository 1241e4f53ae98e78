"""Prepared statements: same answers as ordinary ones, planned once for each connection, by the indexes."""

import uuid
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from maskwright.core.prepared import execute_prepared
from maskwright.core.scope import organization_scope
from tests.plugins.cast import Company
from workforce.services import claim_sql

pytestmark = pytest.mark.django_db(databases=["default", "owner"])

_ECHO = "SELECT %(text)s::text || '%%', %(ids)s::uuid[], %(number)s::int, %(text)s::text, %(nothing)s::int IS NULL"


def ask(sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        execute_prepared(cursor, sql, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


@pytest.mark.parametrize("prepare", [True, False])
@pytest.mark.parametrize("text", ["plain", 'it\'s "quoted"; $1 \\ %s %% -- ü'])
def test_values_arrive_as_they_are(acme: Company, settings: Settings, text: str, prepare: bool) -> None:
    settings.DATABASE_PREPARE = prepare
    ids = [uuid.uuid4(), uuid.uuid4()]
    for number in (1, 2**31 - 1):
        asked = {"text": text, "ids": ids, "number": number, "nothing": None}
        assert ask(_ECHO, asked) == [(text + "%", ids, number, text, True)]


def test_it_is_planned_once_and_survives_a_rollback(acme: Company) -> None:
    sql = f"SELECT %(number)s::int + {uuid.uuid4().int % 10**6}"

    def known() -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE %s",
                ["%" + sql.partition("+")[2] + "%"],
            )
            found: list[tuple[Any, ...]] = cursor.fetchall()
            return found

    with pytest.raises(DatabaseError), transaction.atomic():
        ask(sql, {"number": 1})
        ask("SELECT 1 / %(zero)s::int", {"zero": 0})
    for number in range(7):
        assert ask(sql, {"number": number}) == [(number + int(sql.partition("+")[2]),)]
    assert known() == [(8, 0)]


def test_one_statement_each_time(acme: Company) -> None:
    ask("SELECT %(number)s::int * 3", {"number": 1})
    with CaptureQueriesContext(connection) as captured:
        ask("SELECT %(number)s::int * 3", {"number": 2})
    assert len(captured) == 1


def test_the_settings_of_the_planner_are_as_before(acme: Company) -> None:
    with organization_scope(acme.id):
        ask("SELECT %(number)s::int * 5", {"number": 1})
        with connection.cursor() as cursor:
            for name in ("enable_seqscan", "enable_hashjoin", "enable_mergejoin"):
                cursor.execute(f"SHOW {name}")
                assert cursor.fetchone() == ("on",)


def test_a_plan_made_on_empty_tables_goes_by_the_index(acme: Company) -> None:
    """Where the planner was left alone, it would read all of a small table, and go on doing so when it has grown."""
    with organization_scope(acme.id), connection.cursor() as cursor:
        values: dict[str, Any] = {"org": acme.id, "user": uuid.uuid4(), "queue": None, "grants": [], "may_review": True}
        execute_prepared(cursor, claim_sql.ELIGIBLE, values)
        cursor.execute("SELECT name FROM pg_prepared_statements WHERE statement LIKE '%%AS is_skilled%%'")
        (name,) = cursor.fetchone()
        cursor.execute(f"EXPLAIN EXECUTE {name} (NULL, NULL, NULL, NULL, NULL)")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Index" in plan
    assert "Seq Scan" not in plan
