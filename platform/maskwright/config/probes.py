"""What `/readyz` and `manage.py doctor` look at: database, migrations, broker, outbox.

The web role cannot see the outbox (row-level security, no organization in scope), so the operations process, which
can, leaves a short-lived note in the broker every second; no note means that nobody sends the outbox.
"""

import json
import logging
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

import redis
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, connection, connections
from django.db.migrations.executor import MigrationExecutor
from redis.backoff import NoBackoff
from redis.retry import Retry

logger = logging.getLogger(__name__)

NOTE_KEY = "maskwright:operations"
NOTE_SECONDS = 15
#: A message nobody has started for so long, while none at all gets done, means that no worker works.
STUCK_SECONDS = 120
#: One try on a connection that may be from before a restart, one on a new one; redis-py's own default waits in between.
CLIENT_LIMITS: dict[str, Any] = {
    "socket_timeout": 2,
    "socket_connect_timeout": 2,
    "retry": Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,)),
}


@dataclass(frozen=True)
class OperationsNote:
    """What the operations process saw. Ages in seconds by the database's clock; None when there is no such row."""

    waiting: int
    oldest_waiting: float | None
    last_done: float | None

    @property
    def stuck(self) -> bool:
        idle = self.last_done is None or self.last_done > STUCK_SECONDS
        return idle and self.oldest_waiting is not None and self.oldest_waiting > STUCK_SECONDS


@lru_cache(maxsize=1)
def broker_client() -> redis.Redis:
    """A client that gives up soon: a broker that accepts and stays silent must not hold a request."""
    return redis.Redis.from_url(settings.CELERY_BROKER_URL, **CLIENT_LIMITS)


def leave_note(note: OperationsNote) -> None:
    """Called by the operations process; errors are the caller's."""
    broker_client().set(NOTE_KEY, json.dumps(asdict(note)), ex=NOTE_SECONDS)


def _database() -> str | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return None


_migrated = False


def pending_migrations(alias: str = DEFAULT_DB_ALIAS) -> list[str]:
    executor = MigrationExecutor(connections[alias])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def _migrations() -> str | None:
    """Read once it is so: what is applied stays applied for this process's code."""
    global _migrated
    if not _migrated and (pending := pending_migrations()):
        return f"{len(pending)} migrations are not applied; run `manage.py migrate --database=owner`"
    _migrated = True
    return None


def _broker() -> str | None:
    broker_client().ping()
    return None


def _outbox() -> str | None:
    raw = broker_client().get(NOTE_KEY)
    if raw is None:
        return "no operations process; start `manage.py run_operations`"
    note = OperationsNote(**json.loads(raw))
    if note.stuck:
        return f"{note.waiting} messages wait, the oldest for {note.oldest_waiting:.0f} s; is a worker running?"
    return None


_PARTS: dict[str, Callable[[], str | None]] = {
    "database": _database,
    "migrations": _migrations,
    "broker": _broker,
    "outbox": _outbox,
}


def readiness() -> dict[str, str | None]:
    """Each part with None, or what is wrong and what to do. Details of errors go to the log, not to strangers."""
    found: dict[str, str | None] = {}
    started = time.monotonic()
    for name, look in _PARTS.items():
        try:
            found[name] = look()
        except (Error, redis.RedisError) as error:
            logger.warning("Probe of the %s failed after %.1f s: %s", name, time.monotonic() - started, error)
            found[name] = "does not answer"
    return found
