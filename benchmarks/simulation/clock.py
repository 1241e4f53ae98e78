"""The database's clock in the hands of the simulation.

The statements of the product call `clock_timestamp()`, `now()` and `statement_timestamp()` without a schema; a schema
that the application's role finds before PostgreSQL's own has them as functions of one setting. Only new connections of
that role in this database are touched.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, connections

_NAMES = ("clock_timestamp", "now", "statement_timestamp", "transaction_timestamp")
BEGINNING = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


class Clock:
    """Seconds since the beginning; what the database says when asked."""

    def __init__(self) -> None:
        self.seconds = 0.0
        role, owner = settings.DATABASES["default"]["USER"], connections["owner"]
        with owner.cursor() as cursor:
            cursor.execute("CREATE SCHEMA IF NOT EXISTS simulation")
            cursor.execute(f"GRANT USAGE ON SCHEMA simulation TO {role}")
            for name in _NAMES:
                cursor.execute(
                    f"CREATE OR REPLACE FUNCTION simulation.{name}() RETURNS timestamptz LANGUAGE sql STABLE"
                    " AS $$ SELECT current_setting('simulation.now')::timestamptz $$"
                )
        self._use()

    def _use(self) -> None:
        """One connection for all, so that its settings stay."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('search_path', 'simulation, pg_catalog, public', false)")
        self.set(self.seconds)

    def set(self, seconds: float) -> None:
        self.seconds = seconds
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('simulation.now', %s, false)", [self.now.isoformat()])

    @property
    def now(self) -> datetime:
        return BEGINNING + timedelta(seconds=self.seconds)

    def read(self) -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            return cursor.fetchone()[0]

    def close(self) -> None:
        connection.close()
        with connections["owner"].cursor() as cursor:
            cursor.execute("DROP SCHEMA IF EXISTS simulation CASCADE")
