"""What happened to slots, claims and annotations: every version of every row, by triggers that only these tests have.

Each version names the operation whose transaction wrote it (`app.test_operation`, set by `pairs.within`), the
database's clock and the state of the slot's queue as that statement saw it.
"""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from django.conf import settings

TABLES = ("workforce_slot", "workforce_claim", "labeling_annotation")

_CREATE = """
CREATE TABLE test_history (
  number bigserial PRIMARY KEY, table_name text, row_id uuid, operation text, queue_state text, at timestamptz,
  before jsonb, after jsonb);
CREATE FUNCTION test_history_write() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE row_ jsonb := to_jsonb(coalesce(NEW, OLD));
BEGIN
  INSERT INTO test_history (table_name, row_id, operation, queue_state, at, before, after)
  VALUES (TG_TABLE_NAME, (row_ ->> 'id')::uuid, current_setting('app.test_operation', true),
    (SELECT state FROM workforce_workqueue WHERE id = (row_ ->> 'work_queue_id')::uuid), clock_timestamp(),
    CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END, CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END);
  RETURN NULL;
END $$;
""" + "".join(
    f"CREATE TRIGGER test_history AFTER INSERT OR UPDATE OR DELETE ON {table}"
    " FOR EACH ROW EXECUTE FUNCTION test_history_write();\n"
    for table in TABLES
)
_DROP = "".join(f"DROP TRIGGER IF EXISTS test_history ON {table};\n" for table in TABLES) + (
    "DROP FUNCTION IF EXISTS test_history_write(); DROP TABLE IF EXISTS test_history;"
)


@dataclass(frozen=True)
class Version:
    """A row before and after one statement; `before` is None for a new row, `after` for one that was deleted."""

    number: int
    table: str
    row_id: uuid.UUID
    operation: str
    queue_state: str
    at: Any
    before: dict[str, Any] | None
    after: dict[str, Any] | None

    def __str__(self) -> str:
        old, new = self.before or {}, self.after or {}
        changed = {key: (old.get(key), new.get(key)) for key in {**old, **new} if old.get(key) != new.get(key)}
        return f"#{self.number} {self.table} {self.row_id} by {self.operation or '?'}: {changed}"


class History:
    """Reads what is new since it was asked last; also the eye that sees all rows, past row-level security."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection
        self._seen = 0

    def new(self) -> list[Version]:
        found = self.connection.execute(
            "SELECT number, table_name, row_id, operation, queue_state, at, before, after FROM test_history"
            " WHERE number > %s ORDER BY number",
            [self._seen],
        ).fetchall()
        self._seen = found[-1][0] if found else self._seen
        return [Version(*row) for row in found]

    def rows(self, sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql, values).fetchall()

    def tamper(self, sql: str, values: dict[str, Any]) -> None:
        """Change rows without a trace in the history: how a test lets time pass."""
        with self.connection.transaction():
            self.connection.execute("SET LOCAL session_replication_role = replica")
            self.connection.execute(sql, values)


@contextmanager
def recorded() -> Iterator[History]:
    name = settings.DATABASES["default"]["NAME"]
    with psycopg.connect(os.environ["MASKWRIGHT_TEST_SUPERUSER_URL"], dbname=name, autocommit=True) as connection:
        connection.execute(_DROP)
        connection.execute(_CREATE)
        try:
            yield History(connection)
        finally:
            connection.execute(_DROP)
