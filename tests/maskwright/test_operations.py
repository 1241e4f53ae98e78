"""The outbox's way out: the publisher on real PostgreSQL and Valkey."""

import base64
import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import redis
from django.conf import settings
from django.utils import timezone

from maskwright.config.celery import QUEUES
from maskwright.config.publisher import Publisher
from maskwright.core import outbox
from maskwright.core.models import OutboxMessage
from maskwright.core.outbox import MAX_ATTEMPTS, Message, emit, push
from maskwright.core.scope import organization_scope
from tests.plugins.cast import Company
from tests.plugins.sockets import Browser, hear, opened, run

pytestmark = pytest.mark.usefixtures("committed", "broker")

TOPIC = "queue.distribute"


@pytest.fixture
def broker() -> Iterator[redis.Redis]:
    client = redis.Redis.from_url(settings.CELERY_BROKER_URL)
    client.flushdb()
    yield client
    client.flushdb()
    client.close()


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    made = Publisher()
    yield made
    made.close()


@contextmanager
def publishing() -> Iterator[None]:
    """A publisher at work in a thread, as in the operations process."""
    end = threading.Event()

    def work() -> None:
        publisher = Publisher()
        publisher.run(end.is_set)
        publisher.close()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        end.set()
        thread.join()


def until(condition: Callable[[], Any], within: float = 5.0) -> None:
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.02)


def write(company: Company, *, topic: str = TOPIC, key: str = "", **payload: Any) -> uuid.UUID:
    """Emit one message and return its id."""
    with organization_scope(company.id):
        emit(Message(topic, company.id, payload or {"queue_id": str(uuid.uuid4())}, key=key))
        return OutboxMessage.objects.latest("created_at").pk


def make_due(company: Company, message_id: uuid.UUID) -> None:
    """Let the time pass after which a message is sent again, its lease included."""
    with organization_scope(company.id):
        past = timezone.now() - timedelta(seconds=1)
        OutboxMessage.objects.filter(pk=message_id).update(next_at=past)
        OutboxMessage.objects.filter(pk=message_id, lease_until__isnull=False).update(lease_until=past)


def queued(broker: redis.Redis, queue: str = "distribute") -> list[dict[str, Any]]:
    """What a worker would be called with, from the queue as it lies in the broker."""
    found = []
    for raw in broker.lrange(queue, 0, -1):
        found.append(json.loads(base64.b64decode(json.loads(raw)["body"]))[1])
    return found


# --- Publisher ----------------------------------------------------------------------------------------------------


def test_a_message_lands_in_the_queue_of_its_topic(acme: Company, broker: redis.Redis, publisher: Publisher) -> None:
    message_id = write(acme)
    publisher.publish_due()
    assert queued(broker) == [{"message_id": str(message_id), "organization_id": str(acme.id), "topic": TOPIC}]
    assert all(not broker.llen(name) for name in QUEUES if name != "distribute")


def test_nothing_is_sent_before_the_commit(acme: Company, broker: redis.Redis, publisher: Publisher) -> None:
    with organization_scope(acme.id):
        emit(Message(TOPIC, acme.id, {"queue_id": str(uuid.uuid4())}))
        publisher.publish_due()
        assert queued(broker) == []
    publisher.publish_due()
    assert len(queued(broker)) == 1


def test_a_commit_wakes_the_publisher(acme: Company, broker: redis.Redis) -> None:
    with publishing():
        until(lambda: broker.exists("maskwright:marker"))
        time.sleep(0.2)
        write(acme)
        started = time.monotonic()
        until(lambda: queued(broker))
        assert time.monotonic() - started < 0.3  # the poll alone would take up to half a second


def test_a_delayed_message_waits(acme: Company, broker: redis.Redis, publisher: Publisher) -> None:
    with organization_scope(acme.id):
        emit(Message(TOPIC, acme.id, {"queue_id": str(uuid.uuid4())}, delay=0.5))
    publisher.publish_due()
    assert queued(broker) == []
    time.sleep(0.6)
    publisher.publish_due()
    assert len(queued(broker)) == 1


def test_a_message_that_still_waits_in_its_queue_is_not_sent_twice(
    acme: Company, broker: redis.Redis, publisher: Publisher
) -> None:
    message_id = write(acme)
    publisher.publish_due()
    make_due(acme, message_id)
    publisher.publish_due()
    assert len(queued(broker)) == 1


def test_a_message_that_its_queue_lost_is_sent_again(acme: Company, broker: redis.Redis, publisher: Publisher) -> None:
    message_id = write(acme)
    publisher.publish_due()
    broker.delete("distribute")
    publisher.publish_due()
    assert queued(broker) == []  # not due yet: a worker may hold it
    make_due(acme, message_id)
    publisher.publish_due()
    assert [message["message_id"] for message in queued(broker)] == [str(message_id)]


def test_a_wiped_broker_gets_everything_again_at_once(acme: Company, broker: redis.Redis, publisher: Publisher) -> None:
    sent = {str(write(acme)) for _ in range(3)}
    publisher.publish_due()
    broker.flushdb()
    publisher.publish_due()
    assert {message["message_id"] for message in queued(broker)} == sent


def test_a_started_message_is_left_alone_while_its_lease_lives(
    acme: Company, broker: redis.Redis, publisher: Publisher
) -> None:
    message_id = write(acme)
    assert outbox.begin(message_id, acme.id, TOPIC) is not None
    publisher.publish_due()
    assert queued(broker) == []
    with organization_scope(acme.id):  # nor when the database's clock jumped ahead for a moment
        OutboxMessage.objects.update(next_at=timezone.now() - timedelta(seconds=1))
    publisher.publish_due()
    assert queued(broker) == []


def test_a_message_that_kills_its_process_is_dead_after_five_starts(
    acme: Company, broker: redis.Redis, publisher: Publisher
) -> None:
    message_id = write(acme)
    for _ in range(MAX_ATTEMPTS):
        publisher.publish_due()
        assert len(queued(broker)) == 1
        broker.delete("distribute")  # a worker takes it, ...
        assert outbox.begin(message_id, acme.id, TOPIC) is not None
        make_due(acme, message_id)  # ... is killed, and the lease runs out
    publisher.publish_due()
    assert outbox.begin(message_id, acme.id, TOPIC) is None
    make_due(acme, message_id)
    broker.delete("distribute")
    publisher.publish_due()
    assert queued(broker) == []
    with organization_scope(acme.id):
        message = OutboxMessage.objects.get(pk=message_id)
    assert message.dead_at is not None and message.attempts == MAX_ATTEMPTS + 1 and message.error


def test_the_publisher_goes_on_after_its_database_connection_was_cut(
    acme: Company, broker: redis.Redis, as_superuser: Callable[[str], Any]
) -> None:
    with publishing():
        until(lambda: broker.exists("maskwright:marker"))
        cut = as_superuser(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            f" WHERE usename = '{settings.DATABASES['ops']['USER']}' AND datname = current_database()"
        )
        assert cut
        write(acme)
        until(lambda: queued(broker))


def test_a_silent_broker_holds_the_publisher_for_seconds_only(
    acme: Company, broker: redis.Redis, publisher: Publisher
) -> None:
    write(acme)
    # The broker accepts and does not answer: every client but the pausing one waits.
    broker.execute_command("CLIENT", "PAUSE", "4000", "ALL")
    started = time.monotonic()
    publisher.publish_due()
    assert 1.5 < time.monotonic() - started < 3.5
    until(lambda: not publisher.publish_due() or queued(broker), within=30)
    until(lambda: publisher.publish_due() and queued(broker), within=30)


async def test_a_push_reaches_the_browser(acme: Company) -> None:
    browser = await run(lambda: Browser(acme, "labeler"))
    group = f"user.{acme.people['labeler'].pk}"
    claim_id = uuid.uuid4()
    async with opened("/ws/work/", browser.headers()) as socket:
        with publishing():
            await run(lambda: _push(acme, group, "work.claim_ended", claim=claim_id))
            expected = {"type": "work.claim_ended", "version": 1, "data": {"claim": str(claim_id)}}
            assert await hear(socket) == expected
            assert await socket.receive_nothing(1.3)
    assert await run(lambda: _pushes_left(acme)) == 0


def _push(company: Company, group: str, kind: str, **ids: Any) -> None:
    with organization_scope(company.id):
        emit(push(company.id, group, kind, **ids))


def _pushes_left(company: Company) -> int:
    with organization_scope(company.id):
        return OutboxMessage.objects.filter(topic=outbox.PUSH).count()
