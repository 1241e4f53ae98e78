"""The reaper: ends leases that ran out, and items and queues whose time is over, within a second.

It reads as `ops` which organizations have something due, then works as `app` in each one's scope.
"""

import contextlib
import logging
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import DatabaseError, connections

from maskwright.core.scope import organization_scope
from workforce.services.availability import expire_unfinished
from workforce.services.expiry import end_stopping_queues, expire_due

logger = logging.getLogger(__name__)

PERIOD = 0.5  # seconds
BATCH = 500
#: A jump of the database's clock, or its return from an outage, ends many leases at once although their holders are
#: there. When so large a share of the live leases ends in one pass, they get time for a heartbeat first.
ALARM_SHARE = 0.2
ALARM_LEAST = 10
GRACE = 60.0  # seconds; heartbeats come twice as often
#: After a failure an organization is left alone for so long, so that it cannot hold up the others.
BACK_OFF = 5.0

_DUE = """
SELECT s.organization_id, count(*), count(*) FILTER (WHERE %s::timestamptz IS NULL OR s.expires_at >= %s::timestamptz)
FROM workforce_slot s JOIN workforce_workqueue q ON q.id = s.work_queue_id
WHERE s.state = 'claimed' AND s.expires_at < clock_timestamp() AND q.state IN ('open', 'stopping')
GROUP BY s.organization_id
"""
_LIVE = """
SELECT count(*) FROM workforce_slot s JOIN workforce_workqueue q ON q.id = s.work_queue_id
WHERE s.state = 'claimed' AND q.state IN ('open', 'stopping')
"""
_STOPPING = """
SELECT DISTINCT q.organization_id FROM workforce_workqueue q
WHERE q.state = 'stopping' AND (q.stop_at <= clock_timestamp() OR NOT EXISTS (
  SELECT 1 FROM workforce_slot s WHERE s.work_queue_id = q.id AND s.state = 'claimed'))
"""

_UNFINISHED = """
SELECT DISTINCT q.organization_id FROM workforce_workqueue q
WHERE q.state = 'open' AND q.availability_seconds IS NOT NULL AND EXISTS (
  SELECT 1 FROM workforce_slot s WHERE s.work_queue_id = q.id AND s.state = 'ready' AND s.stage = 'label'
    AND s.created_at < clock_timestamp() - q.availability_seconds * interval '1 second')
"""


@dataclass(frozen=True)
class _Due:
    organization_id: uuid.UUID
    leases: int
    fresh: int  # that ran out since the last pass


class Reaper:
    """One pass after another, in one thread."""

    def __init__(self) -> None:
        self._looked_at: datetime | None = None
        self._hold_until = 0.0
        self._left_alone: dict[uuid.UUID, float] = {}
        self._complained = False

    def run(self, ended: Callable[[], bool]) -> None:
        while not ended():
            started = time.monotonic()
            try:
                self.reap()
                self._complained = False
            except DatabaseError as error:
                self._drop_connections()
                if not self._complained:
                    logger.warning("The database does not answer; leases are ended when it does: %s", error)
                self._complained = True
            except Exception:
                logger.exception("A pass of the reaper failed")
                self._drop_connections()
            time.sleep(max(0.0, PERIOD - (time.monotonic() - started)))
        self._drop_connections()

    def reap(self) -> int:
        """One pass; how many leases, items and queues were ended."""
        due, unfinished, stopping = self._read()
        ended = 0
        for found in due:
            ended += self._in_scope(found.organization_id, partial(expire_due, limit=BATCH))
        for organization_id in unfinished:
            ended += self._in_scope(organization_id, expire_unfinished)
        for organization_id in stopping:
            ended += self._in_scope(organization_id, end_stopping_queues)
        return ended

    def _read(self) -> tuple[list[_Due], list[uuid.UUID], list[uuid.UUID]]:
        with connections["ops"].cursor() as cursor:
            cursor.execute(_UNFINISHED)
            unfinished = [row[0] for row in cursor.fetchall()]
            cursor.execute(_STOPPING)
            stopping = [row[0] for row in cursor.fetchall()]
            cursor.execute("SELECT clock_timestamp()")
            now: datetime = cursor.fetchone()[0]
            before, self._looked_at = self._looked_at, now
            cursor.execute(_DUE, [before, before])
            due = [_Due(*row) for row in cursor.fetchall()]
            fresh = sum(d.fresh for d in due)
            if fresh >= ALARM_LEAST:
                cursor.execute(_LIVE)
                self._raise_alarm(fresh, cursor.fetchone()[0])
        if time.monotonic() < self._hold_until:
            due, unfinished = [], []
        return due, unfinished, stopping

    def _raise_alarm(self, fresh: int, live: int) -> None:
        """Hold expiry for a while; who is still there renews his lease, who is not loses it after the grace."""
        if fresh <= ALARM_SHARE * live or time.monotonic() < self._hold_until:
            return
        self._hold_until = time.monotonic() + GRACE
        logger.critical(
            "%s of %s live leases would end at once. Has the database's clock jumped, or was it away? "
            "They get %.0f seconds to be renewed.",
            fresh,
            live,
            GRACE,
        )

    def _in_scope(self, organization_id: uuid.UUID, work: Callable[[], int]) -> int:
        if time.monotonic() < self._left_alone.get(organization_id, 0.0):
            return 0
        try:
            with organization_scope(organization_id):
                return work()
        except Exception:
            if not connections["default"].is_usable():
                raise
            logger.exception("Leases of organization %s could not be ended", organization_id)
            self._left_alone[organization_id] = time.monotonic() + BACK_OFF
            return 0

    @staticmethod
    def _drop_connections() -> None:
        for alias in ("ops", "default"):
            with contextlib.suppress(Exception):
                connections[alias].close()
