"""Photos that nobody finishes while they are offered: `TaskAvailabilityLifetimeInSeconds`, which managers can lift."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from labeling.models import Task
from labeling.services.retries import retry_object
from maskwright.config.reaper import Reaper
from maskwright.core.scope import organization_scope
from tests.factories.aws import aws_client
from tests.factories.aws_jobs import fill, order, team_of
from tests.factories.inputs import run_messages
from tests.factories.jobs import MadeJob, make_job
from tests.factories.work import act, claim, flat_mask, submit
from tests.plugins.cast import Company
from tests.plugins.s3 import S3
from workforce.models import Slot, WorkItem, WorkQueue
from workforce.services.queues import move_queue
from workforce.states import QueueState

pytestmark = pytest.mark.usefixtures("committed")

HOUR = {"availability_seconds": 3600}


def _pass(company: Company, hours: float) -> None:
    """Time passes for all that is offered."""
    with organization_scope(company.id):
        for slot in Slot.objects.all():
            Slot.objects.filter(pk=slot.pk).update(created_at=slot.created_at - timedelta(hours=hours))


def _tasks(company: Company, made: MadeJob) -> list[Task]:
    with organization_scope(company.id):
        return list(Task.objects.filter(job=made.job).order_by("data_object__index"))


def test_a_photo_that_nobody_labeled_in_time_fails_and_can_be_tried_again(acme: Company) -> None:
    made = make_job(acme, objects=1, labelers=2, distribution=HOUR)
    assert Reaper().reap() == 0
    _pass(acme, 1.01)
    assert Reaper().reap() == 1
    (task,) = _tasks(acme, made)
    assert (task.state, task.failure_code) == ("failed", "expired")
    assert claim(acme.client("labeler")).status_code == 204
    with organization_scope(acme.id):
        retry_object(object_id=task.data_object_id)
    assert Reaper().reap() == 0
    assert claim(acme.client("labeler")).status_code == 201


def test_of_answers_that_are_in_a_label_is_made(acme: Company) -> None:
    made = make_job(acme, objects=2, labelers=2, distribution=HOUR)
    client = acme.client("labeler")
    assert submit(client, claim(client).json(), flat_mask(1)).status_code == 200
    _pass(acme, 2)
    assert Reaper().reap() == 2
    run_messages(acme, "task.consolidate")
    assert [(task.state, task.failure_code) for task in _tasks(acme, made)] == [("done", ""), ("failed", "expired")]
    assert Reaper().reap() == 0


def test_who_is_at_it_may_finish(acme: Company) -> None:
    made = make_job(acme, objects=1, labelers=2, distribution=HOUR)
    client = acme.client("labeler")
    assignment = claim(client).json()
    _pass(acme, 2)
    assert Reaper().reap() == 0
    assert submit(client, assignment, flat_mask(1)).status_code == 200
    assert Reaper().reap() == 1
    assert [task.state for task in _tasks(acme, made)] == ["consolidating"]


def test_an_assignment_that_was_let_go_of_is_over_too(acme: Company) -> None:
    made = make_job(acme, objects=1, labelers=1, distribution=HOUR)
    client = acme.client("labeler")
    assignment = claim(client).json()
    _pass(acme, 2)
    act(client, assignment, "release", {"hold": True})
    assert Reaper().reap() == 1
    assert [task.failure_code for task in _tasks(acme, made)] == ["expired"]


def test_no_time_passes_while_the_job_is_paused(acme: Company) -> None:
    made = make_job(acme, objects=1, distribution=HOUR)
    with organization_scope(acme.id):
        move_queue(queue_id=made.queue.pk, to=QueueState.PAUSED)
        WorkQueue.objects.update(paused_at=timezone.now() - timedelta(hours=2))
    _pass(acme, 2.5)
    assert Reaper().reap() == 0
    with organization_scope(acme.id):
        move_queue(queue_id=made.queue.pk, to=QueueState.OPEN)
    assert Reaper().reap() == 0
    _pass(acme, 0.6)
    assert Reaper().reap() == 1


def _change(company: Company, made: MadeJob, **changes: Any) -> Any:
    manager = company.client("manager")
    return manager.patch(f"/api/v1/jobs/{made.id}", changes, content_type="application/json")


def test_a_manager_lifts_it(acme: Company) -> None:
    made = make_job(acme, objects=1, distribution=HOUR)
    _pass(acme, 2)
    answer = _change(acme, made, availability_seconds=None)
    assert (answer.status_code, answer.json()["availability_seconds"]) == (200, None)
    assert Reaper().reap() == 0
    refused = _change(acme, made, availability_seconds=59)
    assert refused.status_code == 422
    assert "availability_seconds" in refused.content.decode()
    assert _change(acme, made, availability_seconds=400 * 86_400).status_code == 200


def test_thirty_days_are_the_default_of_a_script_and_a_manager_lifts_them(acme: Company, s3: S3) -> None:
    fill(s3, acme)
    aws = aws_client(acme)
    team = team_of(aws)
    aws.ok("CreateLabelingJob", order(team))
    request = order(team, "short")
    request["HumanTaskConfig"]["TaskAvailabilityLifetimeInSeconds"] = 60
    aws.ok("CreateLabelingJob", request)
    with organization_scope(acme.id):
        month, minute = WorkQueue.objects.order_by("labeling_job__name")
        assert (month.availability_seconds, minute.availability_seconds) == (2_592_000, 60)
        assert month.deadline is not None
        assert timedelta(days=29) < month.deadline - timezone.now() <= timedelta(days=30)
        job = month.labeling_job
    lifted = acme.client("manager").patch(
        f"/api/v1/jobs/{job.pk}", {"deadline": None, "availability_seconds": None}, content_type="application/json"
    )
    assert lifted.status_code == 200, lifted.content
    with organization_scope(acme.id):
        assert WorkQueue.objects.filter(pk=month.pk, availability_seconds=None, deadline=None).exists()
        assert WorkItem.objects.count() == 0
