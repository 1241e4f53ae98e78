"""Events by post: Ground Truth's own shape, signed, in order, again after failures, switched off after days of them."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from labeling.services.jobs import pause_job, resume_job
from maskwright.audit.models import AuditEvent
from maskwright.core.models import OutboxMessage
from maskwright.core.scope import organization_scope
from maskwright.organizations.models import EventDelivery, EventSubscription
from maskwright.organizations.services import event_delivery
from maskwright.organizations.services.event_delivery import DELAYS, reconcile_deliveries
from tests.factories.inputs import run_messages
from tests.factories.jobs import make_job
from tests.factories.work import claim
from tests.factories.work import submit as submit_answer
from tests.labeling.subscribed import ALL, deliver, finish, log, row, send, subscribe
from tests.plugins.cast import Company
from tests.plugins.receiver import Receiver, serve


def test_a_job_that_ends_is_told_exactly_as_ground_truth_does(acme: Company, webhook: Receiver) -> None:
    made_subscription = subscribe(acme, webhook)
    made = finish(acme)
    assert webhook.got == []  # after the commit, by a worker process
    assert deliver(acme) == 1
    (got,) = webhook.got
    event = got.json
    moment = datetime.strptime(event.pop("time"), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert abs(datetime.now(UTC) - moment) < timedelta(minutes=1)
    assert len(event.pop("id")) == 36
    account = acme.organization.account_id
    assert event == {
        "version": "0",
        "detail-type": "SageMaker Ground Truth Labeling Job State Change",
        "source": "aws.sagemaker",
        "account": account,
        "region": "local",
        "resources": [f"arn:aws:sagemaker:local:{account}:labeling-job/{made.job.name}"],
        "detail": {"LabelingJobStatus": "Completed"},
    }
    at, _, signature = got.headers["X-Maskwright-Signature"].partition(",v1=")
    secret = made_subscription["secret"].encode()
    assert signature == hmac.new(secret, f"{at.removeprefix('t=')}.".encode() + got.body, hashlib.sha256).hexdigest()


def test_each_kind_is_told_to_those_that_asked_for_it(acme: Company, initech: Company, webhook: Receiver) -> None:
    other, end = serve()
    subscribe(acme, webhook, "task_ended", "job_changed")
    with pytest.MonkeyPatch.context() as patched:
        from django.conf import settings

        patched.setattr(settings, "WEBHOOK_ENDPOINTS", [webhook.host, other.host])
        subscribe(initech, other, *ALL)
        made = finish(acme, 2)
        deliver(acme)
        deliver(initech)
    end()
    told = [(got.json["detail-type"], got.json["detail"]) for got in webhook.got]
    assert [name for name, _ in told] == [
        "Maskwright Labeling Task State Change",
        "Maskwright Labeling Task State Change",
        "SageMaker Ground Truth Labeling Job State Change",
    ]
    assert sorted(detail["DatasetObjectId"] for _, detail in told[:2]) == ["0", "1"]
    first = next(detail for _, detail in told if detail.get("DatasetObjectId") == "0")
    assert first == {
        "LabelingJobName": made.job.name,
        "DatasetObjectId": "0",
        "SourceRef": made.tasks[0].data_object.source_ref,
        "TaskStatus": "Labeled",
    }
    assert other.got == []  # another organization's


def test_what_is_the_same_to_ground_truth_is_not_told(acme: Company, webhook: Receiver) -> None:
    subscribe(acme, webhook, "job_changed")
    made = make_job(acme)
    with organization_scope(acme.id):
        pause_job(job_id=made.id)
        resume_job(job_id=made.id)
        assert not EventDelivery.objects.exists()
    acme.client("manager").post(f"/api/v1/jobs/{made.id}/stop")
    deliver(acme)
    assert [got.json["detail"]["LabelingJobStatus"] for got in webhook.got] == ["Stopping"]


def test_a_failure_is_told_with_its_reason(acme: Company, webhook: Receiver) -> None:
    subscribe(acme, webhook, "task_ended")
    made = make_job(acme, objects=1, labelers=1)
    held = claim(acme.client("labeler")).json()
    impossible = {"kind": "impossible", "content": {"reason": "all black"}}
    assert submit_answer(acme.client("labeler"), held, impossible).status_code == 200
    for topic in ("work.item_answered", "task.consolidate"):
        run_messages(acme, topic)
    deliver(acme)
    detail = webhook.got[0].json["detail"]
    assert (detail["TaskStatus"], detail["FailureCode"]) == ("Failed", "impossible")
    assert "all black" in detail["FailureReason"] and detail["LabelingJobName"] == made.job.name


def test_what_fails_is_posted_again_in_order_under_the_same_delivery_and_nothing_is_skipped(
    acme: Company, webhook: Receiver
) -> None:
    subscription = subscribe(acme, webhook, "task_ended")
    finish(acme, 3)
    webhook.answer = lambda got: (503, {})
    deliver(acme)
    assert len(webhook.got) == 1  # the others wait behind it
    now = row(acme)
    assert now.failures == 1 and now.failing_since and now.last_error.endswith("status 503.")
    with organization_scope(acme.id):
        later = OutboxMessage.objects.get(topic="event.deliver", done_at=None)
        assert 3 < (later.next_at - timezone.now()).total_seconds() <= DELAYS[0]
    deliver(acme)
    assert row(acme).failures == 2
    webhook.answer = lambda got: (204, b"")
    deliver(acme)
    deliveries = [got.headers["X-Maskwright-Delivery"] for got in webhook.got]
    assert len(deliveries) == 5 and len(set(deliveries)) == 3 and len(set(deliveries[:3])) == 1
    now = row(acme)
    assert (now.failures, now.failing_since, now.last_error, now.retry_at) == (0, None, "", None)
    assert [(one["state"], one["attempts"]) for one in reversed(log(acme, subscription))] == [
        ("delivered", 3),
        ("delivered", 1),
        ("delivered", 1),
    ]


def test_a_redirect_is_not_followed_and_a_private_address_not_connected_to(
    acme: Company, webhook: Receiver, settings: Any
) -> None:
    subscribe(acme, webhook)
    trap, end = serve()
    webhook.answer, webhook.headers = (lambda got: (307, {})), {"Location": trap.url}
    finish(acme)
    deliver(acme)
    assert "status 307" in row(acme).last_error
    settings.WEBHOOK_ENDPOINTS = []  # the operator allows the address no more
    deliver(acme)
    end()
    assert len(webhook.got) == 1 and trap.got == []
    assert "private network" in row(acme).last_error or "https" in row(acme).last_error


def test_a_run_hands_over_when_its_time_is_up(acme: Company, webhook: Receiver, monkeypatch: Any) -> None:
    subscribe(acme, webhook)
    finish(acme)
    with monkeypatch.context() as patched:
        patched.setattr(event_delivery, "RUN_SECONDS", 0.0)
        deliver(acme)
    assert webhook.got == []
    deliver(acme)
    assert len(webhook.got) == 1


def test_an_address_at_which_nothing_arrives_for_days_is_switched_off_and_goes_on_when_switched_on(
    acme: Company, webhook: Receiver
) -> None:
    subscription = subscribe(acme, webhook, "task_ended")
    finish(acme)
    webhook.answer = lambda got: (500, {})
    deliver(acme)
    with organization_scope(acme.id):
        EventSubscription.objects.update(failing_since=timezone.now() - timedelta(days=4))
    deliver(acme)
    assert not row(acme).is_on
    with organization_scope(acme.id):
        assert AuditEvent.objects.filter(verb="event_subscription.gave_up").count() == 1
        assert reconcile_deliveries() == 0
    count = len(webhook.got)
    deliver(acme)
    finish(acme)  # not told, since it is off
    assert len(webhook.got) == count
    webhook.answer = lambda got: (200, {})
    assert send(acme, {"is_on": True}, f"/{subscription['id']}", "patch").json()["is_on"]
    deliver(acme)
    assert len(webhook.got) == count + 1 and [one["state"] for one in log(acme, subscription)] == ["delivered"]


def test_one_event_that_is_always_refused_gives_way_to_the_next(
    acme: Company, webhook: Receiver, monkeypatch: Any
) -> None:
    monkeypatch.setattr(event_delivery, "MOST_ATTEMPTS", 2)
    subscription = subscribe(acme, webhook, "task_ended")
    finish(acme, 2)
    refused: list[str] = []

    def first_never(got: Any) -> tuple[int, Any]:
        refused.append(got.headers["X-Maskwright-Delivery"])
        return (400 if got.headers["X-Maskwright-Delivery"] == refused[0] else 200), {}

    webhook.answer = first_never
    for _ in range(3):
        deliver(acme)
    assert [one["state"] for one in reversed(log(acme, subscription))] == ["failed", "delivered"]


def test_a_killed_process_posts_again_and_two_at_once_post_once(
    acme: Company, webhook: Receiver, monkeypatch: Any
) -> None:
    subscribe(acme, webhook)
    finish(acme)

    class Killed(BaseException):
        """As a SIGKILL: nothing of the run is caught or cleaned up."""

    def die(*args: Any) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(event_delivery, "_note", die)
        with pytest.raises(Killed):
            deliver(acme)
    assert len(webhook.got) == 1
    with organization_scope(acme.id), connection.cursor() as cursor:
        cursor.execute("UPDATE core_outboxmessage SET lease_until = NULL")
    deliver(acme)
    assert len(webhook.got) == 1  # the subscription is still taken by whoever was killed
    with organization_scope(acme.id):
        EventSubscription.objects.update(busy_until=timezone.now() - timedelta(seconds=1))
        OutboxMessage.objects.filter(topic="event.deliver").update(done_at=timezone.now())
        assert reconcile_deliveries() == 1  # even if the message was lost
    deliver(acme)
    first, second = (got.headers["X-Maskwright-Delivery"] for got in webhook.got)
    assert first == second
    deliver(acme)
    assert len(webhook.got) == 2
