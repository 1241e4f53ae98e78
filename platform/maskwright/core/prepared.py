"""Statements of the hot path whose plan the database server keeps, once for each connection.

A claim's statement takes PostgreSQL several times longer to plan than to run: row-level security adds its conditions to
each of a dozen tables. Prepared, it is planned once. A kept plan does not know this call's values, and the first one is
often made while the tables are nearly empty, so it is made to go by the indexes alone: right for statements that find
few rows by key, which is all that belongs here. PostgreSQL makes a new one after each ANALYZE of a table.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from django.conf import settings
from django.db import connection
from django.db.backends.utils import CursorWrapper

#: What each connection has planned already. Those of the pool live for an hour and end with their process.
_planned: WeakKeyDictionary[psycopg.Connection[Any], set[str]] = WeakKeyDictionary()

_PLANNER = (
    "SELECT set_config('enable_seqscan', %(on)s, true), set_config('enable_hashjoin', %(on)s, true),"
    " set_config('enable_mergejoin', %(on)s, true)"
)
_PARAMETER = re.compile(r"%\((\w+)\)s|%%")


@dataclass(frozen=True)
class _Statement:
    prepare: str
    execute: str
    name: str


@lru_cache
def _statement(sql: str) -> _Statement:
    numbers: dict[str, int] = {}

    def place(found: re.Match[str]) -> str:
        return f"${numbers.setdefault(found[1], len(numbers) + 1)}" if found[1] else "%"

    body = _PARAMETER.sub(place, sql)
    name = f"maskwright_{sha256(body.encode()).hexdigest()[:24]}"
    values = ", ".join(f"%({parameter})s" for parameter in numbers)
    return _Statement(f"PREPARE {name} AS {body}", f"EXECUTE {name} ({values})" if values else f"EXECUTE {name}", name)


def execute_prepared(cursor: CursorWrapper, sql: str, values: Mapping[str, Any]) -> None:
    """Run `sql` (with `%(name)s` parameters) in the open transaction; its text must be one of a few.

    PREPARE is no part of a transaction: it outlives a rollback. `DATABASE_PREPARE=0` runs the statement as it is, for
    poolers that hand each transaction to another server connection.
    """
    if not settings.DATABASE_PREPARE:
        cursor.execute(sql, values)
        return
    statement = _statement(sql)
    held: psycopg.Connection[Any] = connection.connection
    planned = _planned.setdefault(held, set())
    if statement.name in planned:
        cursor.execute(statement.execute, values)
        return
    held.execute(_PLANNER, {"on": "off"})
    held.execute(statement.prepare)
    planned.add(statement.name)
    cursor.execute(statement.execute, values)  # the plan is made now
    held.execute(_PLANNER, {"on": "on"})
