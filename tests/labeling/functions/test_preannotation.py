"""Pre-annotation: each photo is told to the job's function; what it says is kept, honoured, retried."""

import threading
import uuid
from typing import Any

import pytest
from django.db import connection

from labeling.models import DataObject, FunctionCall, LabelingFunction, LabelingJob, Task
from labeling.models.function import CallState
from labeling.services.intake import preannotation
from labeling.services.intake.preannotation import DELAYS, annotate_objects
from labeling.services.reconcile import reconcile_organization
from labeling.states import JobState
from maskwright.core.models import OutboxMessage
from maskwright.core.scope import organization_scope
from tests.factories.inputs import make_upload, order_job, photos, run_messages
from tests.labeling.functions.test_connecting import ARN, connect
from tests.plugins.cast import Company
from tests.plugins.receiver import Got, Receiver


def order(company: Company, count: int = 3, **changes: Any) -> LabelingJob:
    upload = make_upload(company, photos(count))
    return order_job(company, f"upload://{upload.pk}/", pre_annotation_arn=ARN, **changes)


def fresh(company: Company, job: LabelingJob) -> LabelingJob:
    with organization_scope(company.id):
        return LabelingJob.objects.get(pk=job.pk)


def calls(company: Company) -> list[FunctionCall]:
    with organization_scope(company.id):
        return list(FunctionCall.objects.order_by("index"))


def problems(company: Company) -> list[str]:
    with organization_scope(company.id):
        return list(DataObject.objects.order_by("index").values_list("problem_code", flat=True))


def now_due(company: Company) -> None:
    """As if the time until the next attempt had passed."""
    with organization_scope(company.id):
        FunctionCall.objects.update(next_at="2026-01-01T00:00:00Z")
        with connection.cursor() as cursor:
            cursor.execute("UPDATE core_outboxmessage SET next_at = clock_timestamp() WHERE done_at IS NULL")


def index_of(got: Got) -> int:
    return int(got.json["dataObject"]["source-ref"].rpartition("-")[2].partition(".")[0])


def test_each_photo_is_told_as_documented_and_its_task_input_is_kept(acme: Company, webhook: Receiver) -> None:
    connect(acme, webhook)
    webhook.answer = lambda got: (200, {"taskInput": {"n": index_of(got)}, "isHumanAnnotationRequired": "true"})
    job = order(acme)
    run_messages(acme, "job.intake")
    assert fresh(acme, job).state == JobState.READY
    sent = sorted((got.json for got in webhook.got), key=lambda event: str(event["dataObject"]))
    assert [set(event) for event in sent] == [{"version", "labelingJobArn", "dataObject"}] * 3
    assert sent[0]["version"] == "2018-10-16" and sent[0]["labelingJobArn"].endswith(f":labeling-job/{job.name}")
    with organization_scope(acme.id):
        assert Task.objects.filter(job=job).count() == 3
    kept = [(call.state, call.answer) for call in calls(acme)]
    assert kept == [("done", {"task_input": {"n": n}, "is_required": True}) for n in range(3)]


@pytest.mark.parametrize("word", [{"isHumanAnnotationRequired": False}, {"humanAnnotationRequired": "false"}])
def test_what_nobody_need_label_passes_on_unchanged(acme: Company, webhook: Receiver, word: dict[str, Any]) -> None:
    connect(acme, webhook)
    webhook.answer = lambda got: (200, word if index_of(got) == 1 else {"taskInput": {}})
    job = order(acme, start_when_ready=True)
    run_messages(acme, "job.intake")
    assert problems(acme) == ["", "not_required", ""]
    now = fresh(acme, job)
    assert (now.state, now.preflight["usable"], now.preflight["not_required"], now.preflight["unusable"]) == (
        JobState.IN_PROGRESS,
        2,
        1,
        0,
    )
    shown = acme.client("manager").get(f"/api/v1/jobs/{job.pk}/preflight").json()
    assert (shown["not_required"], shown["reasons"]) == (1, {})
    assert acme.client("manager").get(f"/api/v1/jobs/{job.pk}/progress").json()["total"] == 3
    with organization_scope(acme.id):
        assert Task.objects.filter(job=job).count() == 2


def test_a_job_of_which_nobody_need_label_anything_completes(acme: Company, webhook: Receiver) -> None:
    connect(acme, webhook)
    webhook.answer = lambda got: (200, {"isHumanAnnotationRequired": False})
    job = order(acme, start_when_ready=True)
    run_messages(acme, "job.intake")
    with organization_scope(acme.id):
        reconcile_organization()
    run_messages(acme, "job.finish")
    assert fresh(acme, job).state == JobState.COMPLETED


def test_an_answer_that_cannot_be_used_is_the_objects_own_failure(acme: Company, webhook: Receiver) -> None:
    connect(acme, webhook)
    answers: dict[int, tuple[int, Any]] = {
        0: (200, {"taskInput": {}}),
        1: (200, {"taskInput": "no"}),
        2: (400, {}),
        3: (200, b"<html>"),
    }
    webhook.answer = lambda got: answers[index_of(got)]
    job = order(acme, 4)
    run_messages(acme, "job.intake")
    assert problems(acme) == ["", *["function_refused"] * 3]
    with organization_scope(acme.id):
        said = list(DataObject.objects.order_by("index").values_list("problem", flat=True))
    assert "taskInput" in said[1] and "status 400" in said[2] and "no JSON" in said[3]
    now = fresh(acme, job)
    assert (now.state, now.preflight["usable"], now.preflight["reasons"]) == (
        JobState.READY,
        1,
        {"function_refused": 3},
    )


def test_a_function_that_does_not_answer_is_asked_again_later_and_then_the_job_goes_on(
    acme: Company, webhook: Receiver
) -> None:
    connect(acme, webhook)
    webhook.answer = lambda got: (503, {})
    job = order(acme, 30)
    run_messages(acme, "job.intake")
    now = fresh(acme, job)
    assert now.state == JobState.INITIALIZING and "status 503" in now.preflight["function_error"]
    assert len(webhook.got) == 4  # each thread's first; nobody else was tried
    page = acme.browser("manager").get(f"/manage/labeling/labelingjob/{job.pk}/change/").content.decode()
    assert "does not answer" in page and "status 503" in page
    with organization_scope(acme.id):
        later = OutboxMessage.objects.get(topic="job.intake", done_at=None)
        assert 0 < (later.next_at - later.created_at).total_seconds() < 5
    webhook.answer = lambda got: (200, {"taskInput": {}})
    now_due(acme)
    run_messages(acme, "job.intake")
    now = fresh(acme, job)
    assert (now.state, now.preflight["usable"], "function_error" in now.preflight) == (JobState.READY, 30, False)
    keys = [got.headers["Idempotency-Key"] for got in webhook.got]
    assert len(set(keys)) == 30 and len(keys) == 34  # the same key whenever the same is asked


def test_after_the_last_attempt_the_object_fails_with_the_reason_and_can_be_retried(
    acme: Company, webhook: Receiver
) -> None:
    connect(acme, webhook)
    webhook.answer = lambda got: (500 if index_of(got) == 1 else 200, {"taskInput": {}})
    job = order(acme, start_when_ready=True)
    for _ in range(len(DELAYS) + 1):
        run_messages(acme, "job.intake")
        now_due(acme)
    assert problems(acme) == ["", "function_unavailable", ""]
    assert fresh(acme, job).state == JobState.IN_PROGRESS
    assert calls(acme)[1].attempts == len(DELAYS) + 1
    webhook.answer = lambda got: (200, {"taskInput": {"second": True}})
    item = calls(acme)[1].data_object_id
    assert acme.client("manager").post(f"/api/v1/objects/{item}/retry").status_code in (200, 202)
    run_messages(acme, "object.recheck")
    with organization_scope(acme.id):
        assert preannotation.is_asking(job)
    assert run_messages(acme, "function.annotate") == 1
    assert problems(acme) == ["", "", ""]
    now = fresh(acme, job)
    assert (now.preflight["usable"], now.preflight["unusable"], now.preflight["reasons"]) == (3, 0, {})
    with organization_scope(acme.id):
        assert Task.objects.filter(job=job).count() == 3


def test_a_lost_message_of_a_retried_photo_is_written_again(acme: Company, webhook: Receiver) -> None:
    connect(acme, webhook)
    webhook.answer = lambda got: (200, {"taskInput": {}})
    job = order(acme, 1, start_when_ready=True)
    run_messages(acme, "job.intake")
    with organization_scope(acme.id):
        FunctionCall.objects.update(state=CallState.WAITING)
        reconcile_organization()
        assert OutboxMessage.objects.filter(topic="function.annotate", key=str(job.pk), done_at=None).count() == 1


def test_a_run_that_was_killed_is_repeated_under_the_same_keys_and_makes_each_task_once(
    acme: Company, webhook: Receiver, monkeypatch: Any
) -> None:
    connect(acme, webhook)
    webhook.answer = lambda got: (200, {"taskInput": {}})
    job = order(acme, 5)

    class Killed(BaseException):
        """As a SIGKILL: nothing of the run is caught or cleaned up."""

    def die(*args: Any) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(preannotation, "_write", die)  # after the answers, before they were kept
        with pytest.raises(Killed):
            run_messages(acme, "job.intake")
    with organization_scope(acme.id):
        with connection.cursor() as cursor:
            cursor.execute("UPDATE core_outboxmessage SET lease_until = NULL WHERE topic = 'job.intake'")
    run_messages(acme, "job.intake")
    assert fresh(acme, job).state == JobState.READY
    keys = [got.headers["Idempotency-Key"] for got in webhook.got]
    assert len(keys) == 10 and len(set(keys)) == 5
    with organization_scope(acme.id):
        assert Task.objects.filter(job=job).count() == 5


def test_two_runs_at_once_keep_each_answer_once(committed: None, request: Any, webhook: Receiver) -> None:
    acme: Company = request.getfixturevalue("acme")
    connect(acme, webhook)
    webhook.answer = lambda got: (200, {"taskInput": {"from": str(uuid.uuid4())}})
    job = order(acme, 20)
    with pytest.MonkeyPatch.context() as patched:  # intake without its third pass
        patched.setattr("labeling.services.intake.run.annotate_objects", lambda **_: 60.0)
        run_messages(acme, "job.intake")

    def run() -> None:
        try:
            annotate_objects(organization_id=acme.id, job_id=job.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {call.state for call in calls(acme)} == {"done"}
    with organization_scope(acme.id):
        assert Task.objects.filter(job=job).count() == 20


def test_a_job_that_was_stopped_meanwhile_gets_no_tasks(acme: Company, webhook: Receiver) -> None:
    connect(acme, webhook)
    job = order(acme, 2)

    def stop_first(got: Got) -> tuple[int, Any]:
        return 200, {"taskInput": {}}

    webhook.answer = stop_first
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("labeling.services.intake.run.annotate_objects", lambda **_: 60.0)
        run_messages(acme, "job.intake")
    assert acme.client("manager").post(f"/api/v1/jobs/{job.pk}/stop").status_code == 200
    assert annotate_objects(organization_id=acme.id, job_id=job.pk) is None
    assert webhook.got == []


def test_an_order_names_only_functions_that_are_connected(acme: Company, initech: Company, webhook: Receiver) -> None:
    connect(initech, webhook)
    upload = make_upload(acme, photos(1))
    from maskwright.core.errors import Invalid

    with pytest.raises(Invalid) as found:
        order_job(acme, f"upload://{upload.pk}/", pre_annotation_arn=ARN, consolidation_arn=f"{ARN}-2")
    assert [one.path for one in found.value.fields] == ["pre_annotation_arn", "consolidation_arn"]
    built_in = "arn:aws:lambda:eu-west-1:568282634449:function:PRE-SemanticSegmentation"
    job = order_job(acme, f"upload://{upload.pk}/", pre_annotation_arn=built_in)
    with organization_scope(acme.id):
        assert not LabelingFunction.objects.exists() and not hasattr(job, "functions")
