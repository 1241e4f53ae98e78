"""Keep a lease alive while work goes on that must not stop for it: a thread says at intervals that we are still here.

The lease can then be short, so that what a killed process left is taken up soon, however long the work itself takes.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connections

logger = logging.getLogger(__name__)


@contextmanager
def heartbeat(renew: Callable[[], object], *, every: float) -> Iterator[None]:
    """Call `renew` every so many seconds, in a thread with database connections of its own, until the block ends.

    A renewal that fails is tried again at the next turn: the work goes on, and whoever takes it up after the lease
    finds that out by its own fencing.
    """
    ended = threading.Event()

    def beat() -> None:
        try:
            while not ended.wait(every):
                try:
                    renew()
                except Exception as error:  # the database may be away for a moment
                    logger.warning("A lease could not be renewed: %s", error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=beat, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
