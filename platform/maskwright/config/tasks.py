"""What Celery runs: one task for every outbox message, and the periodic ones that beat starts."""

import uuid

from maskwright.config import operations
from maskwright.config.celery import app
from maskwright.core import outbox


@app.task(name="maskwright.run_message")
def run_message(*, message_id: str, organization_id: str, topic: str) -> bool:
    return outbox.run(uuid.UUID(message_id), uuid.UUID(organization_id), topic)


@app.task(name="maskwright.reconcile")
def reconcile() -> None:
    operations.reconcile_all()


@app.task(name="maskwright.tell")
def tell() -> None:
    operations.tell_all()


@app.task(name="maskwright.sweep")
def sweep() -> None:
    operations.sweep_all()
