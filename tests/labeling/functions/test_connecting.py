"""Connecting functions to ARNs: for owners, each problem named, secrets once, never while a job uses it."""

import uuid
from typing import Any

import pytest

from labeling.functions.calling import target_of
from labeling.models import JobFunctions, LabelingFunction, LabelingJob
from labeling.services.functions import find_function
from labeling.states import JobState
from maskwright.audit.models import AuditEvent
from maskwright.core.scope import organization_scope
from tests.factories.admin_client import post, submit
from tests.factories.inputs import run_messages
from tests.factories.jobs import make_job
from tests.plugins.cast import Company
from tests.plugins.receiver import Receiver

ARN = "arn:aws:lambda:us-east-1:123456789012:function:check-labels"


def _send(company: Company, body: dict[str, Any], path: str = "", method: str = "post", who: str = "owner") -> Any:
    send = getattr(company.client(who), method)
    return send(f"/api/v1/functions{path}", body, content_type="application/json")


def connect(company: Company, webhook: Receiver, arn: str = ARN, **more: Any) -> dict[str, Any]:
    answer = _send(company, {"arn": arn, "kind": "webhook", "target": webhook.url, **more})
    assert answer.status_code == 201, answer.json()
    found: dict[str, Any] = answer.json()
    return found


def _codes(answer: Any) -> dict[str, str]:
    assert answer.status_code == 422, answer.content
    return {one["path"]: one["code"] for one in answer.json()["fields"]}


def test_a_webhook_gets_a_secret_that_is_shown_once_and_signs(acme: Company, webhook: Receiver) -> None:
    made = connect(acme, webhook)
    shown = acme.client("owner").get(f"/api/v1/functions/{made['id']}").json()
    assert len(made["secret"]) > 30 and "secret" not in shown and made["secret"] not in str(shown)
    with organization_scope(acme.id):
        row = LabelingFunction.objects.get()
        assert made["secret"].encode() not in bytes(row.secret) and target_of(row).secret == made["secret"]
        assert [one.verb for one in AuditEvent.objects.filter(subject_id=row.pk)] == ["labeling_function.created"]
    again = _send(acme, {}, f"/{made['id']}/secret").json()["secret"]
    assert again and again != made["secret"]


def test_a_new_address_gets_a_new_secret_and_other_changes_keep_it(acme: Company, webhook: Receiver) -> None:
    made = connect(acme, webhook)
    same = {"arn": ARN, "kind": "webhook", "target": webhook.url, "timeout_seconds": 60}
    kept = _send(acme, same, f"/{made['id']}", "put").json()
    assert (kept["secret"], kept["timeout_seconds"]) == ("", 60)
    moved = _send(acme, {**same, "target": f"{webhook.url}&b=2"}, f"/{made['id']}", "put").json()
    assert moved["secret"] and moved["secret"] != made["secret"]


def test_each_problem_is_named_at_once(acme: Company, webhook: Receiver) -> None:
    connect(acme, webhook)
    wrong = {"arn": "check", "kind": "webhook", "target": "https://10.0.0.1/", "timeout_seconds": 0, "batch_size": 999}
    assert _codes(_send(acme, wrong)) == {
        "arn": "bad_arn",
        "target": "refused",
        "timeout_seconds": "out_of_range",
        "batch_size": "out_of_range",
    }
    assert _codes(_send(acme, {"arn": ARN, "kind": "magic", "target": "x"})) == {
        "arn": "arn_taken",
        "kind": "unknown_kind",
    }
    for kind in ("builtin", "entry_point"):
        assert _codes(_send(acme, {"arn": f"{ARN}-2", "kind": kind, "target": "none"})) == {"target": "unknown"}


def test_functions_are_the_owners_alone(acme: Company, initech: Company, webhook: Receiver) -> None:
    made = connect(acme, webhook)
    for who in ("manager", "auditor", "labeler"):
        assert acme.client(who).get("/api/v1/functions").status_code == 403
        assert acme.browser(who).get("/manage/labeling/labelingfunction/").status_code == 403
    assert initech.client("owner").get(f"/api/v1/functions/{made['id']}").status_code == 404
    assert _send(initech, {"arn": ARN, "kind": "builtin", "target": "PassThrough"}).status_code == 201
    with organization_scope(initech.id):
        assert find_function(ARN).kind == "builtin"  # type: ignore[union-attr]


def test_a_version_of_a_function_finds_the_function(acme: Company, webhook: Receiver) -> None:
    connect(acme, webhook)
    connect(acme, webhook, f"{ARN}:blue")
    with organization_scope(acme.id):
        assert [getattr(find_function(arn), "arn", "") for arn in (ARN, f"{ARN}:3", f"{ARN}:blue", f"{ARN}s")] == [
            ARN,
            ARN,
            f"{ARN}:blue",
            "",
        ]


def test_a_function_that_a_job_uses_is_not_removed(acme: Company, webhook: Receiver) -> None:
    made, job = connect(acme, webhook), make_job(acme).job
    with organization_scope(acme.id):
        JobFunctions.objects.create(job=job, pre_arn=ARN, pre_function_id=uuid.UUID(made["id"]))
    refused = _send(acme, {}, f"/{made['id']}", "delete")
    assert refused.status_code == 409 and job.name in refused.json()["message"]
    with organization_scope(acme.id):
        LabelingJob.objects.filter(pk=job.pk).update(state=JobState.STOPPED)
    assert _send(acme, {}, f"/{made['id']}", "delete").status_code == 204
    with organization_scope(acme.id):
        kept = JobFunctions.objects.get()
        assert (kept.pre_arn, kept.pre_function_id) == (ARN, None)


@pytest.mark.parametrize(("status", "problem"), [(200, ""), (500, "The webhook's server answered with status 500.")])
def test_trying_a_function_says_how_it_went(acme: Company, webhook: Receiver, status: int, problem: str) -> None:
    made = connect(acme, webhook)
    webhook.answer = lambda got: (status, {"taskInput": {}})
    assert _send(acme, {}, f"/{made['id']}/try").status_code == 202
    assert webhook.got == []  # not in the request, which is a transaction
    assert run_messages(acme, "function.try") == 1
    shown = acme.client("owner").get(f"/api/v1/functions/{made['id']}").json()
    assert shown["last_error"] == problem and shown["last_called_at"]
    assert webhook.got[0].json["dataObject"]["source-ref"].startswith("s3://")


def test_the_page_shows_a_new_secret_once_and_tries_and_removes(acme: Company, webhook: Receiver) -> None:
    browser, base = acme.browser("owner"), "/manage/labeling/labelingfunction/"
    values = {"arn": ARN, "kind": "webhook", "target": webhook.url, "timeout_seconds": "30", "batch_size": "10"}
    made = submit(browser, f"{base}add/", **values)
    assert made.status_code == 200 and "The webhook&#x27;s secret" in made.content.decode()
    with organization_scope(acme.id):
        row = LabelingFunction.objects.get()
        secret = target_of(row).secret
    assert secret in made.content.decode()
    page = browser.get(f"{base}{row.pk}/change/").content.decode()
    assert webhook.url.replace("&", "&amp;") in page and secret not in page
    post(browser, f"{base}{row.pk}/do/try/")
    assert run_messages(acme, "function.try") == 1
    assert "Works." in browser.get(f"{base}{row.pk}/change/").content.decode()
    post(browser, f"{base}{row.pk}/do/remove/")
    with organization_scope(acme.id):
        assert not LabelingFunction.objects.exists()
