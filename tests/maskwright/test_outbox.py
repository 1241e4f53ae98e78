"""The outbox: coalescing without losing what a later transaction needs, runs counted before the work."""

import threading
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection, connections
from django.utils import timezone

from maskwright.core import outbox
from maskwright.core.models import OutboxMessage
from maskwright.core.outbox import Message, emit, push
from maskwright.core.scope import organization_scope
from tests.plugins.cast import Company

Rows = Callable[[str], list[tuple[Any, ...]]]


def _message(company: Company, key: str = "queue-1") -> Message:
    return Message("queue.distribute", company.id, {"queue_id": str(uuid.uuid4())}, key=key)


def test_equal_keys_are_written_once_and_messages_without_key_each(acme: Company) -> None:
    with organization_scope(acme.id), connection.cursor() as cursor:
        emit(_message(acme), _message(acme), _message(acme, "queue-2"))
        emit(_message(acme))
        emit(push(acme.id, "job.1", "job.progress", job=1), push(acme.id, "job.1", "job.progress", job=1))
        cursor.execute("SELECT topic, count(*) FROM core_outboxmessage GROUP BY topic ORDER BY topic")
        assert cursor.fetchall() == [("push", 2), ("queue.distribute", 2)]


def test_a_message_cannot_start_before_the_last_one_who_needs_it_has_committed(
    committed: None, acme: Company, as_superuser: Rows
) -> None:
    """Otherwise the run would not see the second transaction's change, and nothing would tell of it again."""
    with organization_scope(acme.id):
        emit(_message(acme))
    (row,) = as_superuser("SELECT id FROM core_outboxmessage WHERE topic = 'queue.distribute'")
    begun: list[object] = []

    def begin() -> None:
        begun.append(outbox.begin(row[0], acme.id, "queue.distribute"))
        connections.close_all()

    thread = threading.Thread(target=begin)
    with organization_scope(acme.id):
        emit(_message(acme))
        thread.start()
        thread.join(timeout=0.5)
        assert begun == []
    thread.join(timeout=10)
    assert len(begun) == 1 and begun[0] is not None


def test_once_started_an_equal_message_is_a_new_one(committed: None, acme: Company, as_superuser: Rows) -> None:
    with organization_scope(acme.id):
        emit(_message(acme))
    (row,) = as_superuser("SELECT id FROM core_outboxmessage WHERE topic = 'queue.distribute'")
    assert outbox.begin(row[0], acme.id, "queue.distribute") is not None
    assert outbox.begin(row[0], acme.id, "queue.distribute") is None
    with organization_scope(acme.id):
        emit(_message(acme))
    assert as_superuser("SELECT count(*) FROM core_outboxmessage WHERE topic = 'queue.distribute'") == [(2,)]


def test_a_message_that_never_finishes_is_dead_after_five_starts(
    committed: None, acme: Company, as_superuser: Rows
) -> None:
    with organization_scope(acme.id):
        emit(_message(acme))
    (row,) = as_superuser("SELECT id FROM core_outboxmessage WHERE topic = 'queue.distribute'")
    starts = 0
    for _ in range(8):
        if outbox.begin(row[0], acme.id, "queue.distribute") is not None:
            starts += 1
        with organization_scope(acme.id), connection.cursor() as cursor:
            cursor.execute("UPDATE core_outboxmessage SET lease_until = clock_timestamp() - interval '1 second'")
    assert starts == outbox.MAX_ATTEMPTS
    assert as_superuser("SELECT dead_at IS NOT NULL FROM core_outboxmessage WHERE topic = 'queue.distribute'") == [
        (True,)
    ]


def test_a_run_with_a_heartbeat_is_left_alone_however_long_it_takes(
    committed: None, acme: Company, monkeypatch: Any
) -> None:
    """Three times its lease long; and its failure says nothing about the run that took its message over."""
    began, go_on = threading.Event(), threading.Event()

    def handler(**payload: Any) -> None:
        began.set()
        assert go_on.wait(30)
        raise RuntimeError("in the end it failed")

    topic = outbox.Topic("slow", handler, "export", 1, False, None, heartbeat=True)
    monkeypatch.setitem(outbox._topics, "slow", topic)
    with organization_scope(acme.id):
        emit(Message("slow", acme.id, {}))
        message_id = OutboxMessage.objects.get(topic="slow").pk

    def run() -> None:
        outbox.run(message_id, acme.id, "slow")
        connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    assert began.wait(10)
    time.sleep(3)
    assert outbox.begin(message_id, acme.id, "slow") is None
    with organization_scope(acme.id):  # as if its process had been halted
        OutboxMessage.objects.filter(pk=message_id).update(lease_until=timezone.now() - timedelta(seconds=1))
        later = outbox.begin(message_id, acme.id, "slow")
    assert later is not None and later.attempts == 2
    go_on.set()
    thread.join(timeout=30)
    with organization_scope(acme.id):
        message = OutboxMessage.objects.get(pk=message_id)
        assert message.lease_until is not None and message.error == ""
