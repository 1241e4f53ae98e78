"""Worker activity by post, the pages of subscriptions, their periodic passes."""

import json
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from labeling.models import Task
from labeling.services.events import tell_of_task
from labeling.states import TaskState
from maskwright.config import operations
from maskwright.core.models import OutboxMessage
from maskwright.core.scope import organization_scope
from maskwright.organizations.models import EventDelivery, EventSubscription
from maskwright.organizations.services.event_delivery import sweep_deliveries
from tests.factories.admin_client import post
from tests.factories.inputs import run_messages
from tests.factories.jobs import make_job
from tests.labeling.subscribed import ALL, deliver, finish, row, send, subscribe
from tests.plugins.cast import Company
from tests.plugins.receiver import Receiver
from workforce.services.activity_events import find_activity
from workforce.services.grants import accept_grant, offer_grant


def test_worker_activity_is_told_in_cloudwatchs_shape_once(acme: Company, webhook: Receiver) -> None:
    subscribe(acme, webhook, "worker_activity", name="activity")
    with organization_scope(acme.id):
        EventSubscription.objects.update(activity_until=timezone.now() - timedelta(minutes=5))
    made = finish(acme)
    with organization_scope(acme.id):
        assert find_activity() == 0  # too young: a transaction may yet commit
        EventSubscription.objects.update(activity_until=timezone.now() - timedelta(minutes=5))
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE workforce_claim SET claimed_at = claimed_at - interval '2 minutes',"
                " ended_at = ended_at - interval '1 minute'"
            )
        assert find_activity() == 1
        assert find_activity() == 0
    deliver(acme)
    body = webhook.got[0].json
    account = acme.organization.account_id
    assert (body["messageType"], body["owner"], body["logGroup"], body["subscriptionFilters"]) == (
        "DATA_MESSAGE",
        account,
        "/aws/sagemaker/groundtruth/WorkerActivity",
        ["activity"],
    )
    events = [json.loads(entry["message"]) for entry in body["logEvents"]]
    assert [event["event_type"] for event in events] == ["TasksAccepted", "TasksSubmitted"]
    assert events[1]["labeling_job_arn"] == f"arn:aws:sagemaker:local:{account}:labeling-job/{made.job.name}"
    assert body["logEvents"][0]["timestamp"] == int(events[0]["event_timestamp"]) * 1000
    assert len({entry["id"] for entry in body["logEvents"]}) == 2


def test_what_a_vendor_brings_about_is_told_by_the_customer(acme: Company, globex: Company, webhook: Receiver) -> None:
    subscribe(acme, webhook, "task_ended")
    made = make_job(acme, objects=1)
    with organization_scope(acme.id, user_id=acme.people["manager"].pk):
        grant = offer_grant(queue_id=made.queue.pk, vendor_id=globex.id, title="work")
        Task.objects.update(state=TaskState.FAILED, failure_code="declined")
        task = Task.objects.get()
    with organization_scope(globex.id, user_id=globex.people["manager"].pk, with_grants=True):
        accept_grant(grant_id=grant.pk)
    with organization_scope(globex.id, with_grants=True):
        tell_of_task(task, TaskState.FAILED)
    assert run_messages(acme, "task.tell") == 1
    deliver(acme)
    assert webhook.got[0].json["detail"]["FailureCode"] == "declined"


def test_a_test_is_posted_before_what_waits_and_the_page_shows_how_it_went(acme: Company, webhook: Receiver) -> None:
    browser, base = acme.browser("owner"), "/manage/organizations/eventsubscription/"
    browser.get(f"{base}add/")
    token = {"csrfmiddlewaretoken": browser.cookies["csrftoken"].value}
    values = {"name": "our server", "url": webhook.url, "kinds": ["job_ended", "task_ended"]}
    made = browser.post(f"{base}add/", {**values, **token})
    subscription = row(acme)
    assert made.status_code == 200 and "subscription&#x27;s secret" in made.content.decode()
    finish(acme)
    url = f"{base}{subscription.pk}/"
    webhook.answer = lambda got: (500, {})
    post(browser, f"{url}do/test/")
    deliver(acme)
    assert webhook.got[0].json["detail-type"] == "Maskwright Test"
    page = browser.get(f"{url}change/").content.decode()
    assert "answered with status 500" in page and "waiting" in page and "failing" in page
    webhook.answer = lambda got: (200, {})
    post(browser, f"{url}do/test/")
    deliver(acme)
    assert "delivered" in browser.get(f"{url}change/").content.decode()
    post(browser, f"{url}do/switch-off/")
    assert not row(acme).is_on
    assert send(acme, {}, f"/{subscription.pk}/test").status_code == 409
    post(browser, f"{url}do/remove/")
    with organization_scope(acme.id):
        assert not EventSubscription.objects.exists() and not EventDelivery.objects.exists()


def test_subscriptions_are_the_owners_alone_and_each_problem_is_named(acme: Company, webhook: Receiver) -> None:
    made = subscribe(acme, webhook)
    assert "secret" not in acme.client("owner").get(f"/api/v1/event-subscriptions/{made['id']}").json()
    for who in ("manager", "auditor", "labeler"):
        assert acme.client(who).get("/api/v1/event-subscriptions").status_code == 403
    wrong = send(acme, {"name": "ours", "url": "https://169.254.169.254/", "kinds": ["everything"]})
    assert {one["path"]: one["code"] for one in wrong.json()["fields"]} == {
        "name": "name_taken",
        "url": "refused",
        "kinds": "unknown_kind",
    }
    moved = send(acme, {**made, "url": f"{webhook.url}&b=2"}, f"/{made['id']}", "put").json()
    assert moved["secret"] and moved["secret"] != made["secret"]


def test_the_log_is_kept_for_thirty_days(acme: Company, webhook: Receiver) -> None:
    subscribe(acme, webhook)
    finish(acme)
    with organization_scope(acme.id):
        assert sweep_deliveries() == 0
        EventDelivery.objects.update(created_at=timezone.now() - timedelta(days=31))
        assert sweep_deliveries() == 1


def test_the_periodic_passes_find_subscriptions(committed: None, request: Any, webhook: Receiver) -> None:
    acme: Company = request.getfixturevalue("acme")
    subscribe(acme, webhook, *ALL)
    finish(acme)
    with organization_scope(acme.id):
        OutboxMessage.objects.filter(topic="event.deliver").update(done_at=timezone.now())
        EventDelivery.objects.filter(kind="task_ended").update(created_at=timezone.now() - timedelta(days=31))
    assert operations.sweep_all()["events"] == 1
    operations.tell_all()
    assert row(acme).activity_until is not None
    operations.reconcile_all()
    assert deliver(acme) == 1 and len(webhook.got) == 1
