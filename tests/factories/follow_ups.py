"""A job that is done, for those that go on from it, and what the worker processes do meanwhile."""

from typing import Any

import pytest
from django.test import Client

from labeling.models import DataObject, LabelingJob
from labeling.states import JobState
from maskwright.core.scope import organization_scope
from tests.factories.inputs import make_upload, order_job, photos, run_messages
from tests.factories.work import claim, flat_mask, submit
from tests.plugins.cast import Company


def take(company: Company, who: str = "labeler") -> tuple[Client, dict[str, Any]]:
    client = company.client(who)
    answer = claim(client)
    assert answer.status_code == 201, (answer.status_code, answer.headers.get("X-Reason"))
    return client, answer.json()


def work_through(company: Company) -> None:
    """What the worker processes do after answers."""
    for topic in ("work.item_answered", "task.consolidate", "job.finish", "job.publish", "queue.distribute"):
        run_messages(company, topic)


def start(company: Company, job: LabelingJob) -> LabelingJob:
    run_messages(company, "job.intake")
    run_messages(company, "queue.distribute")
    with organization_scope(company.id):
        job.refresh_from_db()
    assert job.state == JobState.IN_PROGRESS, (job.failure_reason, job.preflight)
    return job


@pytest.fixture
def first(acme: Company) -> LabelingJob:
    """A completed job: photo 0 is all cat (1), photo 1 all cup (2)."""
    upload = make_upload(acme, photos(2))
    job = order_job(acme, f"upload://{upload.pk}/", name="first", number_of_labelers=1, start_when_ready=True)
    start(acme, job)
    for _number in range(2):
        client, taken = take(acme)
        assert submit(client, taken, flat_mask(1 + index_in_job(acme, taken))).status_code == 200
    work_through(acme)
    with organization_scope(acme.id):
        job.refresh_from_db()
    assert job.state == JobState.COMPLETED
    return job


def index_in_job(company: Company, taken: dict[str, Any]) -> int:
    with organization_scope(company.id):
        return int(DataObject.objects.get(pk=taken["task"]["data_object"]["id"]).index)
