"""What is done to the installation while people work: processes killed, the broker wiped, messages lost."""

import random
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import psycopg
import redis

from tests.end_to_end.stack import Stack

PROCESSES = ("web", "worker", "beat", "operations", "valkey", "postgres")
WIPE, LOSE = "broker wiped", "messages lost"

# What is waiting in the outbox vanishes, as after a restore of a backup or a delivery to nobody.
_LOSE = "DELETE FROM core_outboxmessage WHERE done_at IS NULL AND dead_at IS NULL AND topic <> 'push'"


def plan(kills: int, seed: int) -> list[str]:
    """The order of events: every process at least once, one wipe of the broker, lost messages several times."""
    order = random.Random(seed)
    events = [*PROCESSES, *(order.choice(PROCESSES) for _ in range(max(0, kills - len(PROCESSES))))]
    events += [WIPE, *[LOSE] * max(2, kills // 5)]
    order.shuffle(events)
    return events


@dataclass
class Chaos:
    """Carries out a plan, spread evenly over the progress of the work."""

    stack: Stack
    events: list[str]
    done: Counter[str] = field(default_factory=Counter)
    last_kill: float = 0.0
    _killed: dict[str, int] = field(default_factory=dict)

    def run(self, progress: Callable[[], float], *, until: float) -> None:
        """`progress`: 0 to 1. Ends when all events are over, or at `until` (monotonic)."""
        for number, event in enumerate(self.events, start=1):
            while progress() < number / (len(self.events) + 1):
                if time.monotonic() > until:
                    return
                time.sleep(0.05)
            if self._happen(event):
                self.done[event] += 1

    def _happen(self, event: str) -> bool:
        """Whether it came about: a fault that hit nobody must not count as survived."""
        if event == LOSE:
            # Also the database may be away at this moment: then nothing is lost this time.
            with suppress(psycopg.Error, OSError):
                with self.stack.database() as connection:
                    connection.execute(_LOSE)
                    return True
            return False
        if event == WIPE:
            return self._wipe() and self._kill("valkey")
        return self._kill(event)

    def _wipe(self) -> bool:
        """Empty the broker; one that was killed a moment ago is waited for."""
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with suppress(redis.RedisError, OSError):
                redis.Redis.from_url(self.stack.environment["REDIS_URL"], socket_timeout=2).flushall()
                return True
            time.sleep(0.1)
        return False

    def _kill(self, name: str) -> bool:
        """The process that runs now; one that was killed before is waited for until it is started again."""
        deadline = time.monotonic() + 20
        while self.stack.pids.get(name) in (None, self._killed.get(name)) and time.monotonic() < deadline:
            time.sleep(0.05)
        with suppress(ProcessLookupError):
            self._killed[name] = self.stack.kill(name)
            self.last_kill = time.monotonic()
            return True
        return False
