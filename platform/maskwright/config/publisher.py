"""The publisher: sends due outbox rows to Celery, and pushes to the channel layer.

The rows are the truth. A row is due again 30 s after it was sent, as long as nobody has started it; a row that is
still in its queue is not sent twice, so a slow worker is not flooded, and one that a lost broker forgot is.
"""

import asyncio
import contextlib
import json
import logging
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from channels.layers import get_channel_layer
from django.db import DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from maskwright.config.broker import Broker, BrokerError
from maskwright.core.outbox import CHANNEL, PUSH, topics

logger = logging.getLogger(__name__)

POLL = 0.5  # seconds; NOTIFY only makes it sooner
BATCH = 200
RESEND = 30.0  # seconds until a message nobody started is sent again
#: A queue with so many messages gets no more for now: the rest waits in the database, where it is safe.
FULL = 1000
PUSH_TIMEOUT = 2.0

_CLAIM = """
UPDATE core_outboxmessage o SET next_at = clock_timestamp() + %s * interval '1 second'
FROM (
  SELECT id FROM core_outboxmessage
  WHERE done_at IS NULL AND dead_at IS NULL AND next_at <= clock_timestamp()
    AND (lease_until IS NULL OR lease_until < clock_timestamp()) AND topic <> ALL (%s)
  ORDER BY next_at LIMIT %s FOR UPDATE SKIP LOCKED
) due
WHERE o.id = due.id
RETURNING o.id, o.organization_id, o.topic, o.payload
"""
_DUE_AGAIN = """
UPDATE core_outboxmessage SET next_at = clock_timestamp() + %s * interval '1 second'
WHERE id = ANY (%s) AND done_at IS NULL AND dead_at IS NULL AND (lease_until IS NULL OR lease_until < clock_timestamp())
"""


@dataclass(frozen=True)
class Row:
    id: uuid.UUID
    organization_id: uuid.UUID
    topic: str
    payload: dict[str, Any]


class Publisher:
    """One pass after another, in one thread with a database connection of its own. Nothing here blocks for long."""

    def __init__(self) -> None:
        self._broker = Broker()
        self._database: BaseDatabaseWrapper | None = None
        self._loop = asyncio.Runner()
        self._sent: dict[uuid.UUID, float] = {}  # what this process sent, and when (monotonic)
        self._trouble: set[str] = set()

    def run(self, ended: Callable[[], bool], beat: Callable[[], None] = lambda: None) -> None:
        """Work until `ended()`; `beat` is called after each pass that reached database and broker."""
        wait = 0.0
        while not ended():
            try:
                if wait:
                    time.sleep(wait)
                sent_all = self.publish_due()
                if self._trouble.isdisjoint({"broker", "database"}):
                    beat()
                wait = 0.0
                if sent_all:
                    self._wait_for_news()
                self._mended("database")
            except (psycopg.Error, DatabaseError) as error:
                wait = self._broken("database", error)
            except Exception:
                # A bug in one pass must not end the process on which everybody's work depends.
                logger.exception("A pass of the publisher failed")
                wait = 1.0

    def close(self) -> None:
        self._drop_database()
        self._broker.close()
        with contextlib.suppress(Exception):
            self._loop.run(asyncio.wait_for(get_channel_layer().flush(), PUSH_TIMEOUT))
        self._loop.close()

    def publish_due(self) -> bool:
        """One pass; whether everything due was handled (false: go on at once)."""
        full = self._full_topics()
        rows = self._claim(full)
        pushes = [row for row in rows if row.topic == PUSH]
        messages = [row for row in rows if row.topic != PUSH]
        if pushes:
            self._push(pushes)
        if messages:
            self._send(messages)
        return len(rows) < BATCH

    # --- Database -------------------------------------------------------------------------------------------------

    def _open_database(self) -> BaseDatabaseWrapper:
        if self._database is None:
            database = connections.create_connection("ops")
            database.connect()
            with database.cursor() as cursor:
                cursor.execute(f"LISTEN {CHANNEL}")
            self._database = database
        return self._database

    def _drop_database(self) -> None:
        if self._database is not None:
            database, self._database = self._database, None
            with contextlib.suppress(Exception):
                database.close()

    def _execute(self, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        with self._open_database().cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall() if cursor.description else []

    def _wait_for_news(self) -> None:
        """Until something is emitted, at most half a second."""
        connection = self._open_database().connection
        for _ in connection.notifies(timeout=POLL, stop_after=1):
            pass

    def _claim(self, without: list[str]) -> list[Row]:
        found = self._execute(_CLAIM, [RESEND, without, BATCH])
        return [Row(i, org, topic, _json(payload)) for i, org, topic, payload in found]

    # --- Celery ---------------------------------------------------------------------------------------------------

    def _full_topics(self) -> list[str]:
        """Topics whose queue takes nothing more now: full, or the broker is away (its rows wait where they are)."""
        try:
            lengths = self._broker.lengths()
            if self._broker.was_wiped():
                self._recall()
        except BrokerError as error:
            self._broken("broker", error)
            return sorted(topics())
        self._mended("broker")
        return sorted(name for name, topic in topics().items() if lengths.get(topic.queue, 0) >= FULL)

    def _recall(self) -> None:
        """The broker lost what it held: all that was sent lately and is not started is due again at once."""
        now = time.monotonic()
        lately = [message_id for message_id, sent in self._sent.items() if now - sent <= RESEND]
        self._sent.clear()
        if lately:
            logger.warning("The broker lost its content; %s messages are sent again.", len(lately))
            self._execute(_DUE_AGAIN, [0, lately])

    def _send(self, rows: list[Row]) -> None:
        failed: list[uuid.UUID] = []
        held: dict[str, set[str]] = {}
        for position, row in enumerate(rows):
            topic = topics().get(row.topic)
            if topic is None:
                logger.error("No handler for outbox topic %s: is this process older than the others?", row.topic)
                continue
            try:
                if row.id in self._sent:
                    if topic.queue not in held:
                        held[topic.queue] = self._broker.waiting_in(topic.queue)
                    if str(row.id) in held[topic.queue]:
                        continue
                self._broker.send(row.id, row.organization_id, row.topic, topic.queue)
                self._sent[row.id] = time.monotonic()
            except BrokerError as error:
                self._broken("broker", error)
                failed = [rest.id for rest in rows[position:]]
                break
        if failed:
            self._execute(_DUE_AGAIN, [1, failed])
        self._forget_old()

    def _forget_old(self) -> None:
        if len(self._sent) > 20 * FULL:
            oldest_kept = time.monotonic() - 10 * RESEND
            self._sent = {message_id: sent for message_id, sent in self._sent.items() if sent > oldest_kept}

    # --- Channel layer --------------------------------------------------------------------------------------------

    def _push(self, rows: list[Row]) -> None:
        """Send hints; one that cannot be sent is dropped, because what it hints at is in the database."""
        try:
            distinct = {json.dumps(row.payload, sort_keys=True): row.payload for row in rows}
            self._loop.run(self._group_send(list(distinct.values())))
            self._mended("channel layer")
        except Exception as error:  # redis raises many kinds; all mean that it is not there
            self._broken("channel layer", error)
            with contextlib.suppress(Exception):
                self._loop.run(asyncio.wait_for(get_channel_layer().flush(), PUSH_TIMEOUT))
        self._execute("DELETE FROM core_outboxmessage WHERE id = ANY (%s)", [[row.id for row in rows]])

    @staticmethod
    async def _group_send(payloads: list[dict[str, Any]]) -> None:
        layer = get_channel_layer()
        async with asyncio.timeout(PUSH_TIMEOUT):
            for payload in payloads:
                hint = {"type": "hint", "group": payload["group"], "message": payload["message"]}
                await layer.group_send(payload["group"], hint)

    # --- Trouble --------------------------------------------------------------------------------------------------

    def _broken(self, what: str, error: BaseException) -> float:
        """Say so once, drop the connection, and return for how long to leave it alone (seconds)."""
        if what not in self._trouble:
            logger.warning("The %s does not answer; going on as soon as it does: %s", what, error)
        self._trouble.add(what)
        if what == "database":
            self._drop_database()
        elif what == "broker":
            self._broker.close()
        return POLL

    def _mended(self, what: str) -> None:
        if what in self._trouble:
            logger.info("The %s answers again.", what)
        self._trouble.discard(what)


def _json(value: Any) -> dict[str, Any]:
    return dict(json.loads(value)) if isinstance(value, str) else dict(value)
