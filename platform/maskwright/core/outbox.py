"""The transactional outbox: write down what must happen after the commit, in the same commit.

`emit` adds a row. The publisher (role `ops`) sends due rows to Celery or to the channel layer; `run` executes one in a
worker. A message may be sent and started any number of times: `begin` lets one run at a time through, handlers are
idempotent, and `attempts` (committed before the work) turns a poison message into a visible failure.
"""

import json
import logging
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_noop

from maskwright.core.heartbeat import heartbeat
from maskwright.core.ids import uuid7
from maskwright.core.scope import organization_scope

logger = logging.getLogger(__name__)

CHANNEL = "maskwright_outbox"  # PostgreSQL NOTIFY: wakes the publisher, the poll is the truth
MAX_ATTEMPTS = 5
PUSH = "push"  # topic of hints for the channel layer

Handler = Callable[..., None]
DeadHandler = Callable[[dict[str, Any], str], None]


@dataclass(frozen=True)
class Topic:
    """How messages of one topic run. `lease` (seconds) is after how long a silent run counts as dead.

    With `heartbeat` the run is never silent while its process lives: the lease is renewed three times before it ends.
    """

    name: str
    handler: Handler
    queue: str
    lease: int
    transactional: bool
    on_dead: DeadHandler | None
    heartbeat: bool = False


_topics: dict[str, Topic] = {}


def handles(
    name: str,
    *,
    queue: str,
    lease: int = 30,
    transactional: bool = True,
    on_dead: DeadHandler | None = None,
    heartbeat: bool = False,
) -> Callable[[Handler], Handler]:
    """Register the handler of a topic.

    A transactional handler runs inside the organization's scope and commits together with the message's end; another
    one opens its own scopes (long work, committed in steps). `on_dead(payload, error)` makes a failure visible.
    """

    def register(handler: Handler) -> Handler:
        _topics[name] = Topic(name, handler, queue, lease, transactional, on_dead, heartbeat)
        return handler

    return register


def topic(name: str) -> Topic:
    return _topics[name]


def topics() -> dict[str, Topic]:
    return dict(_topics)


_EMIT_SQL = """
WITH added AS (
  INSERT INTO core_outboxmessage
    (id, organization_id, topic, key, payload, attempts, next_at, error, created_at)
  SELECT id, organization_id, topic, key, payload, 0, clock_timestamp() + delay * interval '1 second', '',
    clock_timestamp()
  FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::jsonb[], %s::float8[])
    AS m(id, organization_id, topic, key, payload, delay)
  ON CONFLICT (organization_id, topic, key)
    WHERE done_at IS NULL AND dead_at IS NULL AND started_at IS NULL AND NOT key = ''
    DO UPDATE SET created_at = core_outboxmessage.created_at
)
SELECT pg_notify(%s, '')
"""


@dataclass(frozen=True)
class Message:
    """A message to write. `key` coalesces: while an equal one has not started, this one adds nothing.

    Coalescing locks the waiting row until the transaction ends, so that it cannot start before what this transaction
    changed can be seen. Use keys for what one thing needs once; hot paths write messages without one.
    """

    topic: str
    organization_id: uuid.UUID
    payload: dict[str, Any]
    key: str = ""
    delay: float = 0.0


def emit(*messages: Message) -> None:
    """Write messages in the open transaction; one statement however many."""
    if not messages:
        return
    # Once each, and in one order everywhere: two transactions that wait for each other's rows do so in turn.
    distinct = {(m.organization_id, m.topic, m.key or id(m)): m for m in messages}
    ordered = sorted(distinct.values(), key=lambda m: (str(m.organization_id), m.topic, m.key))
    columns = (
        [uuid7() for _ in ordered],
        [m.organization_id for m in ordered],
        [m.topic for m in ordered],
        [m.key for m in ordered],
        [json.dumps(m.payload, default=str) for m in ordered],
        [m.delay for m in ordered],
    )
    with connection.cursor() as cursor:
        cursor.execute(_EMIT_SQL, [*columns, CHANNEL])


def push(organization_id: uuid.UUID, group: str, kind: str, **ids: Any) -> Message:
    """A hint `{type, version, data}` for everyone in a channel-layer group. Never carries data, only ids.

    Without a key: each transaction's hint goes out after its own commit, and none waits for another's. The publisher
    sends equal ones of a batch once.
    """
    data = {name: str(value) for name, value in ids.items()}
    return Message(PUSH, organization_id, {"group": group, "message": {"type": kind, "version": 1, "data": data}})


@dataclass(frozen=True)
class Started:
    topic: Topic
    payload: dict[str, Any]
    attempts: int


_BEGIN_SQL = """
UPDATE core_outboxmessage SET attempts = attempts + 1, started_at = clock_timestamp(),
  lease_until = clock_timestamp() + %s * interval '1 second',
  next_at = clock_timestamp() + (%s + 1) * interval '1 second'
WHERE id = %s AND done_at IS NULL AND dead_at IS NULL AND (lease_until IS NULL OR lease_until < clock_timestamp())
RETURNING payload, attempts
"""


def begin(message_id: uuid.UUID, organization_id: uuid.UUID, name: str) -> Started | None:
    """Count one start and take the message's lease, committed before the work; None when there is nothing to do."""
    found = topic(name)
    with organization_scope(organization_id), connection.cursor() as cursor:
        cursor.execute(_BEGIN_SQL, [found.lease, found.lease, message_id])
        row = cursor.fetchone()
    if row is None:
        return None
    payload = json.loads(row[0]) if isinstance(row[0], str) else row[0]
    started = Started(found, payload, row[1])
    if started.attempts > MAX_ATTEMPTS:
        _bury(
            message_id,
            organization_id,
            started,
            gettext_noop("The process that ran it was stopped or killed each time."),
        )
        return None
    return started


_RENEW_SQL = """
UPDATE core_outboxmessage SET lease_until = clock_timestamp() + %s * interval '1 second',
  next_at = clock_timestamp() + (%s + 1) * interval '1 second'
WHERE id = %s AND done_at IS NULL AND dead_at IS NULL AND lease_until IS NOT NULL
  AND (%s::int IS NULL OR attempts = %s)
"""


def renew(message_id: uuid.UUID, lease: int, *, attempts: int | None = None) -> None:
    """Extend the lease of a long run, inside the scope of one of its steps.

    With `attempts` only while no later start has taken the message over.
    """
    with connection.cursor() as cursor:
        cursor.execute(_RENEW_SQL, [lease, lease, message_id, attempts, attempts])


def _keep_alive(message_id: uuid.UUID, organization_id: uuid.UUID, started: "Started") -> None:
    with organization_scope(organization_id):
        renew(message_id, started.topic.lease, attempts=started.attempts)


def _finish(message_id: uuid.UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE core_outboxmessage SET done_at = clock_timestamp() WHERE id = %s", [message_id])


def _retry(message_id: uuid.UUID, organization_id: uuid.UUID, started: Started, error: str) -> None:
    if started.attempts >= MAX_ATTEMPTS:
        _bury(message_id, organization_id, started, error)
        return
    with organization_scope(organization_id), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE core_outboxmessage SET lease_until = NULL, error = %s,"
            " next_at = clock_timestamp() + %s * interval '1 second' WHERE id = %s AND attempts = %s",
            # A run whose lease ended speaks for itself alone, not for the one that took its message over.
            [error[:2000], 2.0**started.attempts - 1, message_id, started.attempts],
        )


def _bury(message_id: uuid.UUID, organization_id: uuid.UUID, started: Started, error: str) -> None:
    with organization_scope(organization_id):
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE core_outboxmessage SET dead_at = clock_timestamp(), error = %s WHERE id = %s",
                [error[:2000], message_id],
            )
        if started.topic.on_dead is not None:
            started.topic.on_dead(started.payload, error)


def _alive(message_id: uuid.UUID, organization_id: uuid.UUID, started: Started) -> AbstractContextManager[None]:
    if not started.topic.heartbeat:
        return nullcontext()
    return heartbeat(partial(_keep_alive, message_id, organization_id, started), every=started.topic.lease / 3)


def run(message_id: uuid.UUID, organization_id: uuid.UUID, name: str) -> bool:
    """Run one message. Returns whether it did the work; safe to call any number of times, from any process."""
    started = begin(message_id, organization_id, name)
    if started is None:
        return False
    try:
        if started.topic.transactional:
            with organization_scope(organization_id):
                started.topic.handler(**started.payload)
                _finish(message_id)
        else:
            with _alive(message_id, organization_id, started):
                started.topic.handler(organization_id=organization_id, message_id=message_id, **started.payload)
            with organization_scope(organization_id):
                _finish(message_id)
    except Exception as error:  # whatever a handler raises is recorded and tried again, never lost
        if transaction.get_connection().in_atomic_block:
            raise
        logger.exception("Outbox message %s (%s) failed, attempt %s", message_id, name, started.attempts)
        _retry(message_id, organization_id, started, f"{type(error).__name__}: {error}")
    return True
