"""Whether a process that runs also works: what the supervisor asks now and then, to start again what hangs.

Each question is about one process alone: where a server it depends on is away, the answer is yes, because starting it
again would help nobody.
"""

from __future__ import annotations

import functools
import socket
import time
from pathlib import Path
from typing import Any

import psycopg
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from .roles import DatabaseAddress, connect

# `run_operations` leaves this key in the broker every two seconds; it lives for 15 (config/probes.py).
OPERATIONS_NOTE = "maskwright:operations"
# Beat writes its schedule after every task it starts, which is every 20 seconds.
OLDEST_SCHEDULE = 60.0


def worker_lives(redis_url: str) -> bool:
    """The worker answers a ping over the broker, as a task would reach it; its pool may be busy meanwhile."""
    if not broker_answers(redis_url):
        return True
    try:
        return bool(_celery(redis_url).control.ping(timeout=3, destination=[f"worker@{socket.gethostname()}"]))
    except (OSError, redis.RedisError):
        return True


@functools.cache
def _celery(redis_url: str) -> Any:
    from celery import Celery  # a second of loading, which nobody waits for here

    limits = {"socket_timeout": 5, "socket_connect_timeout": 5}
    return Celery("maskwright-probe", broker=redis_url, broker_transport_options=limits, set_as_current=False)


def beat_lives(schedule: Path, redis_url: str) -> bool:
    newest = max((file.stat().st_mtime for file in schedule.parent.glob(f"{schedule.name}*")), default=0.0)
    return time.time() - newest < OLDEST_SCHEDULE or not broker_answers(redis_url)


def operations_live(redis_url: str, database_url: str) -> bool:
    try:
        with redis.Redis.from_url(redis_url, socket_timeout=5, retry=Retry(NoBackoff(), 0)) as client:
            left = bool(client.exists(OPERATIONS_NOTE))
    except redis.RedisError:
        return True
    return left or not database_answers(database_url)


def broker_answers(redis_url: str) -> bool:
    try:
        with redis.Redis.from_url(redis_url, socket_timeout=5, retry=Retry(NoBackoff(), 0)) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def database_answers(url: str) -> bool:
    try:
        connect(DatabaseAddress.parse(url)).close()
    except psycopg.OperationalError:
        return False
    return True
