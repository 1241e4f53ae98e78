"""Every message that is written finds its handler, and every handler is written to."""

import ast
from collections.abc import Iterator

from maskwright.core import outbox
from tests.architecture.test_layout import name_of, own_files


def _emitted() -> Iterator[tuple[str, str]]:
    """Each `Message("topic", ...)` in the sources with its place."""
    for path in own_files():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Message" and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield first.value, f"{name_of(path)}:{node.lineno}"


def test_every_message_has_a_handler() -> None:
    emitted = list(_emitted())
    assert len(emitted) > 5
    assert [(topic, place) for topic, place in emitted if topic not in outbox.topics()] == []


def test_every_handler_is_written_to() -> None:
    assert set(outbox.topics()) - {topic for topic, _ in _emitted()} == set()


def test_topics_go_to_known_queues_and_have_a_lease() -> None:
    from maskwright.config.celery import app

    queues = {queue.name for queue in app.conf.task_queues}
    assert {one.queue for one in outbox.topics().values()} <= queues
    assert all(one.lease >= 10 for one in outbox.topics().values())


def test_everything_beat_starts_and_the_publisher_sends_is_a_task_that_workers_load() -> None:
    from maskwright.config.celery import app

    app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert scheduled | {"maskwright.run_message"} <= set(app.tasks)
    assert scheduled == {"maskwright.reconcile", "maskwright.tell", "maskwright.sweep"}
