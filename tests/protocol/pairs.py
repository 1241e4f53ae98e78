"""Two operations at once, on two connections, in an order that can be had again: the first one stops before its n-th
statement until the second is through, or waits for a lock of the first."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection, connections

from maskwright.core.scope import organization_scope
from tests.plugins.cast import Company

#: Seconds between two looks at whether the second operation waits for a lock of the first.
LOOK = 0.01
#: Seconds after which something is wrong that is no lock.
LONGEST = 20
_WAITS = (
    "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')"
)
Operation = Callable[[], Any]


@contextmanager
def within(company: Company, operation: str, user_id: Any = None) -> Iterator[None]:
    """A transaction in the organization's scope whose rows the history ascribes to this operation."""
    with organization_scope(company.id, user_id=user_id, with_grants=True):
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.test_operation', %s, true)", [operation])
        yield


class _Stop:
    """Halts a thread's connection before its n-th statement."""

    def __init__(self, before: int, waits: Callable[[], bool]) -> None:
        self.left, self.waits = before, waits
        self.reached, self.go_on = threading.Event(), threading.Event()

    def __call__(self, execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        self.left -= 1
        if self.left == 0:
            self.reached.set()
            until = time.monotonic() + LONGEST
            # Not by time alone: on a busy machine the two would run side by side, in an order nobody can have again.
            while not self.go_on.wait(LOOK) and not self.waits() and time.monotonic() < until:
                pass
        return execute(sql, params, many, context)


class Pairs:
    """Two threads with a connection each, kept for the whole test."""

    def __init__(self) -> None:
        self._first, self._second = ThreadPoolExecutor(1), ThreadPoolExecutor(1)
        self._watch = psycopg.connect(**connection.get_connection_params(), autocommit=True)
        #: Whether the first of the last two had so many statements.
        self.stopped = False

    def run(self, first: Operation, second: Operation, stop_before: int) -> tuple[Any, Any]:
        """Results, or the exceptions raised. With `stop_before` 0 one runs after the other."""
        if stop_before == 0:
            done = _outcome(self._first.submit(first))
            return done, _outcome(self._second.submit(second))
        stop = _Stop(stop_before, self._one_waits)

        def stopping() -> Any:
            try:
                with connection.execute_wrapper(stop):
                    return first()
            finally:
                stop.reached.set()  # it had fewer statements

        begun = self._first.submit(stopping)
        stop.reached.wait(10)
        self.stopped = stop.left <= 0
        other = self._second.submit(second)
        other.add_done_callback(lambda _: stop.go_on.set())
        return _outcome(begun), _outcome(other)

    def _one_waits(self) -> bool:
        found = self._watch.execute(_WAITS).fetchone()
        return found is not None and bool(found[0])

    def close(self) -> None:
        self._watch.close()
        for thread in (self._first, self._second):
            thread.submit(connections.close_all).result()
            thread.shutdown()


def _outcome(future: Future[Any]) -> Any:
    try:
        return future.result(30)
    except Exception as error:
        return error
