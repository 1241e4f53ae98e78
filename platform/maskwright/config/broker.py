"""The sending end of the broker, for the publisher: every call ends within seconds, whatever the broker does."""

import json
import uuid
from collections.abc import Iterable
from typing import Any

import redis
from django.conf import settings
from kombu import Connection
from kombu.exceptions import OperationalError

from maskwright.config.celery import QUEUES, app
from maskwright.config.probes import CLIENT_LIMITS

TIMEOUT = 2.0
#: Lost together with the queues when the broker is wiped or restarted without its data.
MARKER = "maskwright:marker"

#: What a broker that is down, slow or restarting raises.
BrokerError = (OperationalError, redis.RedisError, OSError)


class Broker:
    """Sends messages to Celery's queues and looks into them. After an error, `close` and go on: it connects anew."""

    def __init__(self) -> None:
        self._redis = redis.Redis.from_url(settings.CELERY_BROKER_URL, **CLIENT_LIMITS)
        self._limits = {"socket_timeout": TIMEOUT, "socket_connect_timeout": TIMEOUT}
        self._connection: Connection | None = None
        self._producer: Any = None

    def send(self, message_id: uuid.UUID, organization_id: uuid.UUID, topic: str, queue: str) -> None:
        """Put one message into a queue. The task's id is the message's, so that it can be found there again."""
        ids = {"message_id": str(message_id), "organization_id": str(organization_id), "topic": topic}
        app.send_task(
            "maskwright.run_message",
            kwargs=ids,
            queue=queue,
            task_id=str(message_id),
            producer=self._open_producer(),
            retry=False,
            ignore_result=True,
        )

    def lengths(self) -> dict[str, int]:
        """How many messages each queue holds that no worker has taken."""
        with self._redis.pipeline(transaction=False) as pipeline:
            for name in QUEUES:
                pipeline.llen(name)
            return dict(zip(QUEUES, pipeline.execute(), strict=True))

    def waiting_in(self, queue: str) -> set[str]:
        """The ids of the messages a queue holds."""
        held: Iterable[Any] = self._redis.lrange(queue, 0, -1)
        return {json.loads(raw)["headers"]["id"] for raw in held}

    def was_wiped(self) -> bool:
        """Whether the broker lost its content since the last call (also true on the very first)."""
        return bool(self._redis.set(MARKER, "1", nx=True))

    def close(self) -> None:
        self._producer = None
        if self._connection is not None:
            connection, self._connection = self._connection, None
            connection.release()
        self._redis.connection_pool.disconnect()

    def _open_producer(self) -> Any:
        if self._producer is None:
            options = {**app.conf.broker_transport_options, **self._limits, "max_retries": 1}
            self._connection = app.connection_for_write(transport_options=options, connect_timeout=TIMEOUT)
            # Without this, kombu's own loop would retry for ever inside the first use.
            self._connection.ensure_connection(max_retries=1, interval_start=0)
            self._producer = app.amqp.Producer(self._connection.channel())
        return self._producer
