"""Operations: publisher, reaper, reconciler and sweeper. Only these use the role `ops`, and they read ids with it.

`run_operations` is one process with publisher and reaper. `reconcile_all` and `sweep_all` are called by beat in a
Celery worker, so that repair does not depend on the process that may be what broke.
"""

import contextlib
import logging
import threading
import time
import uuid
from collections.abc import Callable
from functools import partial

import redis
from django.db import DatabaseError, connections

from labeling.services import reconcile as labeling_reconcile
from labeling.services.jobs.lifecycle import stop_job
from labeling.services.sweeping import sweep_message
from maskwright.accounts.services.sessions import delete_old_sessions
from maskwright.accounts.services.tickets import delete_old_tickets
from maskwright.config.probes import OperationsNote, leave_note
from maskwright.config.publisher import RESEND, Publisher
from maskwright.config.reaper import Reaper
from maskwright.core.errors import DomainError
from maskwright.core.outbox import PUSH, emit
from maskwright.core.scope import organization_scope
from maskwright.organizations.services.event_delivery import KEPT, reconcile_deliveries, sweep_deliveries
from workforce.services import reconcile as workforce_reconcile
from workforce.services.activity_events import find_activity
from workforce.services.grants import settle_offers
from workforce.services.notices import find_notices

logger = logging.getLogger(__name__)

NOTE_PERIOD = 2.0  # seconds
PUBLISHER_SILENT = 10.0  # seconds without a successful pass, and no note is left
KEEP_DONE = "1 day"
KEEP_DEAD = "90 days"
SWEEP_BATCH = 5000
SWEEP_PERIOD = 3600  # seconds; as beat has it

_WAITING = """
SELECT count(*), extract(epoch FROM clock_timestamp() - min(created_at))::float8 FROM core_outboxmessage
WHERE done_at IS NULL AND dead_at IS NULL AND attempts = 0 AND topic <> %s
  AND next_at <= clock_timestamp() + %s * interval '1 second'
"""
_LAST_DONE = """
SELECT extract(epoch FROM clock_timestamp() - max(done_at))::float8 FROM core_outboxmessage WHERE done_at IS NOT NULL
"""
_BUSY_ORGANIZATIONS = """
SELECT organization_id FROM workforce_workqueue WHERE state <> 'closed'
UNION SELECT organization_id FROM labeling_labelingjob WHERE state NOT IN ('stopped', 'completed', 'failed')
UNION SELECT organization_id FROM labeling_task WHERE state = 'consolidating'
UNION SELECT organization_id FROM labeling_labelingjob WHERE ended_at > clock_timestamp() - interval '1 hour'
"""
_SUBSCRIBED = "SELECT DISTINCT organization_id FROM organizations_eventsubscription WHERE is_on"
_OLD_EVENTS = f"""
SELECT DISTINCT organization_id FROM organizations_eventdelivery
WHERE created_at < clock_timestamp() - interval '{KEPT.days} days'
"""
_TEAMS = "SELECT DISTINCT organization_id FROM workforce_teammember"
_ORGANIZATIONS = "SELECT id FROM organizations_organization"
# Offers nobody answered in time, grants that are over, shares whose offer is open no more.
_ENDED_GRANTS = """
SELECT organization_id FROM workforce_workgrant
WHERE (state = 'offered' AND accept_by <= clock_timestamp())
  OR (state IN ('offered', 'accepted') AND expires_at <= clock_timestamp())
UNION SELECT s.organization_id FROM workforce_workshare s JOIN workforce_workgrant g ON g.id = s.audience_id
WHERE g.state NOT IN ('offered', 'accepted')
"""
_OVERDUE = """
SELECT j.organization_id, j.id FROM labeling_labelingjob j JOIN workforce_workqueue q ON q.id = j.work_queue_id
WHERE j.state IN ('in_progress', 'paused') AND q.deadline <= clock_timestamp()
"""
_SWEEP = {
    "done": f"done_at < clock_timestamp() - interval '{KEEP_DONE}'",
    "dead": f"dead_at < clock_timestamp() - interval '{KEEP_DEAD}'",
}


class Operations:
    """The process: publisher and reaper in a thread each, and a note in the broker while they work."""

    def __init__(self) -> None:
        self._end = threading.Event()
        self._published_at = 0.0
        self._threads = [
            threading.Thread(target=self._publish, name="publisher"),
            threading.Thread(target=self._reap, name="reaper"),
        ]

    def stop(self) -> None:
        """May be called from a signal handler."""
        self._end.set()

    def run(self) -> bool:
        """Work until `stop`; false when a thread died by itself, so that the supervisor starts the process again."""
        for thread in self._threads:
            thread.start()
        try:
            while not self._end.wait(NOTE_PERIOD) and all(thread.is_alive() for thread in self._threads):
                if time.monotonic() - self._published_at < PUBLISHER_SILENT:
                    _leave_note()
            return self._end.is_set()
        finally:
            self._end.set()
            for thread in self._threads:
                thread.join(timeout=10)
            connections["ops"].close()

    def _publish(self) -> None:
        publisher = Publisher()
        try:
            publisher.run(self._end.is_set, self._beat)
        finally:
            publisher.close()

    def _reap(self) -> None:
        Reaper().run(self._end.is_set)

    def _beat(self) -> None:
        self._published_at = time.monotonic()


def read_note() -> OperationsNote:
    """How the outbox stands, read as `ops`."""
    with connections["ops"].cursor() as cursor:
        cursor.execute(_WAITING, [PUSH, RESEND + 1])
        waiting, oldest = cursor.fetchone()
        cursor.execute(_LAST_DONE)
        return OperationsNote(waiting, oldest, cursor.fetchone()[0])


def _leave_note() -> None:
    try:
        leave_note(read_note())
    except (DatabaseError, redis.RedisError) as error:
        logger.debug("No note could be left: %s", error)
        with contextlib.suppress(Exception):
            connections["ops"].close()


def reconcile_all() -> int:
    """Write the messages that were lost before they were written, for every organization with work under way.

    Also stops jobs whose deadline has passed. Returns how many messages and moves were made; running it twice is
    harmless, because messages with a key are coalesced and handlers are idempotent.
    """
    made = 0
    for organization_id in _read_ids(_BUSY_ORGANIZATIONS):
        for reconcile in (workforce_reconcile.reconcile_organization, labeling_reconcile.reconcile_organization):
            made += _in_scope(organization_id, reconcile)
    for organization_id in _read_ids(_SUBSCRIBED):
        made += _in_scope(organization_id, reconcile_deliveries)
    for organization_id in _read_ids(_ENDED_GRANTS):
        made += _in_scope(organization_id, settle_offers)
    with connections["ops"].cursor() as cursor:
        cursor.execute(_OVERDUE)
        overdue = cursor.fetchall()
    for organization_id, job_id in overdue:
        made += _in_scope(organization_id, partial(_stop_overdue, job_id))
    connections["ops"].close()
    return made


def tell_all() -> int:
    """Find what people and subscriptions of each organization are to be told; how many notices and posts were added."""
    made = sum(_in_scope(one, find_notices, with_grants=True) for one in _read_ids(_TEAMS))
    made += sum(_in_scope(one, find_activity) for one in _read_ids(_SUBSCRIBED))
    connections["ops"].close()
    return made


def _stop_overdue(job_id: uuid.UUID) -> int:
    stop_job(job_id=job_id)
    logger.info("Job %s was stopped: its deadline has passed", job_id)
    return 1


def _read_ids(sql: str) -> list[uuid.UUID]:
    with connections["ops"].cursor() as cursor:
        cursor.execute(sql)
        return [row[0] for row in cursor.fetchall()]


def _in_scope(organization_id: uuid.UUID, work: Callable[[], int], *, with_grants: bool = False) -> int:
    """One organization's failure must not keep the others from being repaired."""
    try:
        with organization_scope(organization_id, with_grants=with_grants):
            return work()
    except DomainError as error:
        # Somebody made the same move a moment earlier.
        logger.info("Nothing to repair in organization %s: %s", organization_id, error)
    except DatabaseError:
        raise
    except Exception:
        logger.exception("Organization %s could not be reconciled", organization_id)
    return 0


def sweep_all() -> dict[str, int]:
    """Remove what is of no use any more: handled messages after a day, dead ones after 90, ended sessions, tickets.

    What lies unnamed in the storage is swept by a message for each organization, so that no organization's storage
    holds up the others; `removed["storage"]` is how many were written.
    """
    removed = {name: _sweep_outbox(condition) for name, condition in _SWEEP.items()}
    removed["sessions"] = delete_old_sessions()
    removed["tickets"] = delete_old_tickets()
    removed["events"] = sum(_in_scope(one, sweep_deliveries) for one in _read_ids(_OLD_EVENTS))
    turn = int(time.time() // SWEEP_PERIOD)
    removed["storage"] = sum(_in_scope(one, partial(_ask_to_sweep, one, turn)) for one in _read_ids(_ORGANIZATIONS))
    logger.info("Swept: %s", ", ".join(f"{count} {name}" for name, count in removed.items()))
    return removed


def _ask_to_sweep(organization_id: uuid.UUID, turn: int) -> int:
    emit(sweep_message(organization_id, turn))
    return 1


def _sweep_outbox(condition: str) -> int:
    """In batches, each its own transaction, so that the table is never locked for long."""
    total = 0
    with connections["ops"].cursor() as cursor:
        while True:
            cursor.execute(
                f"DELETE FROM core_outboxmessage WHERE id IN (SELECT id FROM core_outboxmessage WHERE {condition}"
                f" LIMIT {SWEEP_BATCH})"
            )
            removed: int = cursor.rowcount
            total += removed
            if removed < SWEEP_BATCH:
                break
    connections["ops"].close()
    return total
