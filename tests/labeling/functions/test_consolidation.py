"""Consolidation functions: asked in batches with the documented payload; their masks become the results, checked."""

import json
from typing import Any

import numpy as np
import pytest
from django.db import connection

from labeling.models import ConsolidatedAnnotation, FunctionCall, LabelingFunction
from labeling.services.functions import consolidating
from labeling.services.intake.preannotation import DELAYS
from labeling.services.reconcile import reconcile_organization
from labeling.states import TaskState
from maskwright.core.models import OutboxMessage
from maskwright.core.objects import blob_store
from maskwright.core.scope import organization_scope
from tests.factories.inputs import run_messages
from tests.factories.jobs import CATEGORIES, make_job
from tests.factories.work import claim, flat_mask, submit
from tests.labeling.functions.answered import (
    ATTRIBUTE,
    answer,
    answered,
    first_workers,
    inline,
    mask_of,
    payload_of,
    png,
    run_function,
    says,
    stored,
    tasks,
    use,
)
from tests.labeling.functions.test_preannotation import now_due
from tests.plugins.cast import Company
from tests.plugins.receiver import Receiver


def test_answers_are_asked_about_together_with_the_documented_payload(acme: Company, webhook: Receiver) -> None:
    made = answered(acme, webhook, 3)
    webhook.answer = says(first_workers)
    assert run_function(acme) == 1
    (got,) = webhook.got
    event = got.json
    assert set(event) == {
        "version",
        "labelingJobArn",
        "labelCategories",
        "labelAttributeName",
        "roleArn",
        "payload",
        "outputConfig",
    }
    assert (event["version"], event["labelAttributeName"]) == ("2018-10-16", ATTRIBUTE)
    assert event["labelCategories"] == [category["name"] for category in CATEGORIES]
    assert event["labelingJobArn"].endswith(f":labeling-job/{made.job.name}")
    items = payload_of(got)
    assert [item["datasetObjectId"] for item in items] == ["0", "1", "2"]
    assert items[0]["dataObject"] == {"s3Uri": made.tasks[0].data_object.source_ref}
    said = json.loads(items[0]["annotations"][0]["annotationData"]["content"])
    assert said["crowd-semantic-segmentation"]["inputImageProperties"] == {"height": 8, "width": 12}
    assert [json.loads(one) for one in stored(acme, made, "consolidation-request")] == [items]
    assert event["payload"]["s3Uri"].startswith(f"maskwright://output/{made.job.name}/annotations/")
    assert [task.state for task in tasks(acme, made)] == [TaskState.DONE] * 3
    assert len(stored(acme, made, "consolidation-response")) == 3


def test_a_large_payload_is_named_and_not_sent(acme: Company, webhook: Receiver, monkeypatch: Any) -> None:
    monkeypatch.setattr(consolidating, "MOST_INLINE", 10)
    answered(acme, webhook, 1)
    run_function(acme)
    assert set(webhook.got[0].json["payload"]) == {"s3Uri"}


def test_batches_are_as_large_as_the_function_says(acme: Company, webhook: Receiver) -> None:
    answered(acme, webhook, 5, batch_size=2)
    webhook.answer = says(first_workers)
    run_function(acme)
    assert [len(payload_of(got)) for got in webhook.got] == [2, 2, 1]


def test_the_functions_mask_and_its_own_metadata_are_the_result(acme: Company, webhook: Receiver) -> None:
    made = answered(acme, webhook, 1)
    color_map = {
        "0": {"class-name": "BACKGROUND", "hex-color": "#ffffff", "confidence": 0.75},
        "7": {"class-name": "vase", "hex-color": "#112233", "confidence": 0.75},
    }
    metadata = {"internal-color-map": color_map, "type": "mine", "my-model": "v3"}
    mask = inline(png(np.full((8, 12), 7)))
    webhook.answer = says(lambda *_: {ATTRIBUTE: mask, f"{ATTRIBUTE}-metadata": metadata})
    run_function(acme)
    (task,) = tasks(acme, made)
    assert (task.state, mask_of(acme, task)) == (TaskState.DONE, [3])  # by its name, whatever its index there
    line = json.loads(acme.client("manager").get(f"/api/v1/jobs/{made.id}/output/manifest").getvalue())
    written = line[f"{ATTRIBUTE}-metadata"]
    assert (written["my-model"], written["type"]) == ("v3", "groundtruth/semantic-segmentation")
    assert written["internal-color-map"]["3"] == {"class-name": "vase", "hex-color": "#ff7f0e", "confidence": 0.75}
    assert written["maskwright"]["rule"] == "function" and written["maskwright"]["rule-version"] == "check-labels"


def test_a_mask_may_be_named_by_its_address_in_a_storage_of_the_organizations(
    acme: Company, initech: Company, webhook: Receiver
) -> None:
    made = answered(acme, webhook, 2)
    for company, index in ((acme, 2), (initech, 3)):
        key = f"org/{company.id}/output/made/mask.png"
        blob_store().put(key, png(np.full((8, 12), index)))
    addresses = {"0": "maskwright://output/made/mask.png", "1": "s3://somebody-elses/mask.png"}
    webhook.answer = says(lambda identity, _: {ATTRIBUTE: addresses[identity]})
    run_function(acme)
    first, second = tasks(acme, made)
    assert (first.state, mask_of(acme, first)) == (TaskState.DONE, [2])
    assert (second.state, second.failure_code) == (TaskState.FAILED, "function_refused")
    assert "cannot be read" in second.failure_reason and "No storage connection" in second.failure_reason


def test_a_coloured_mask_is_read_by_its_colours(acme: Company, webhook: Receiver) -> None:
    made = answered(acme, webhook, 1)
    pixels = np.full((8, 12, 3), 255, dtype=np.uint8)
    pixels[:4] = (1, 2, 3)
    mask = inline(png(pixels, "RGB"), {"cup": {"color": "#010203"}})
    webhook.answer = says(lambda *_: {ATTRIBUTE: mask})
    run_function(acme)
    assert mask_of(acme, tasks(acme, made)[0]) == [0, 2]


WRONG: list[tuple[Any, str]] = [
    ({}, "has no “answer-ref”"),
    ({ATTRIBUTE: {"what": 1}}, "neither the address of a mask"),
    ({ATTRIBUTE: inline(png(np.full((4, 4), 1)))}, "the image 12 x 8"),
    ({ATTRIBUTE: inline(png(np.full((8, 12), 9)))}, "class indices that the label set does not have"),
    ({ATTRIBUTE: inline(b"no png")}, "is not a PNG"),
    ({ATTRIBUTE: inline(png(np.zeros((8, 12, 3)), "RGB"))}, "a colour that stands for no class: #000000"),
    ({ATTRIBUTE: {"labeledImage": {"pngImageData": "???"}}}, "no base64"),
    (
        {
            ATTRIBUTE: inline(png(np.full((8, 12), 1))),
            f"{ATTRIBUTE}-metadata": {"internal-color-map": {"1": {"class-name": "dog"}}},
        },
        "do not have: dog",
    ),
    ({ATTRIBUTE: inline(png(np.full((8, 12), 1))), "more": "x" * 200_000}, "more than 100,000 characters"),
]


@pytest.mark.parametrize(("content", "words"), WRONG, ids=[words for _, words in WRONG])
def test_a_label_that_does_not_fit_is_that_objects_failure_and_nobody_elses(
    acme: Company, webhook: Receiver, content: Any, words: str
) -> None:
    made = answered(acme, webhook, 2)
    webhook.answer = says(lambda identity, rows: content if identity == "0" else first_workers(identity, rows))
    run_function(acme)
    wrong, right = tasks(acme, made)
    assert (wrong.state, wrong.failure_code, right.state) == (TaskState.FAILED, "function_refused", TaskState.DONE)
    assert words in wrong.failure_reason
    with organization_scope(acme.id):
        assert sorted(FunctionCall.objects.values_list("state", flat=True)) == ["done", "failed"]


def test_what_makes_the_function_say_no_is_found_by_asking_one_at_a_time(acme: Company, webhook: Receiver) -> None:
    made = answered(acme, webhook, 3)
    good = says(first_workers)
    webhook.answer = lambda got: (400, {}) if any(i["datasetObjectId"] == "1" for i in payload_of(got)) else good(got)
    run_function(acme)
    assert [task.state for task in tasks(acme, made)] == [TaskState.DONE, TaskState.FAILED, TaskState.DONE]
    assert "status 400" in tasks(acme, made)[1].failure_reason


def test_a_function_that_does_not_answer_is_asked_again_and_then_the_object_fails_and_can_be_retried(
    acme: Company, webhook: Receiver
) -> None:
    made = answered(acme, webhook, 2)
    webhook.answer = lambda got: (503, {})
    run_function(acme)
    assert [task.state for task in tasks(acme, made)] == [TaskState.CONSOLIDATING] * 2
    with organization_scope(acme.id):
        later = OutboxMessage.objects.get(topic="function.consolidate", done_at=None)
        assert later.next_at > later.created_at
        assert "status 503" in LabelingFunction.objects.get().last_error
    good = says(first_workers)
    webhook.answer = lambda got: (500, {}) if any(i["datasetObjectId"] == "1" for i in payload_of(got)) else good(got)
    for _ in range(len(DELAYS)):
        now_due(acme)
        run_function(acme)
    first, second = tasks(acme, made)
    assert (first.state, second.state, second.failure_code) == (
        TaskState.DONE,
        TaskState.FAILED,
        "function_unavailable",
    )
    assert "status 500" in second.failure_reason
    webhook.answer = good
    assert acme.client("manager").post(f"/api/v1/objects/{second.data_object_id}/retry").status_code in (200, 202)
    run_messages(acme, "task.consolidate")
    run_function(acme)
    assert tasks(acme, made)[1].state == TaskState.DONE


class Killed(BaseException):
    """As a SIGKILL: nothing of the run is caught or cleaned up."""


@pytest.mark.parametrize("step", ["_call", "_settle", "note_call"])
def test_a_killed_run_is_repeated_under_the_same_key_with_the_same_result(
    acme: Company, webhook: Receiver, monkeypatch: Any, step: str
) -> None:
    made = answered(acme, webhook, 2)
    webhook.answer = says(first_workers)

    def die(*args: Any) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(consolidating, step, die)
        with pytest.raises(Killed):
            run_function(acme)
    with organization_scope(acme.id), connection.cursor() as cursor:
        cursor.execute("UPDATE core_outboxmessage SET lease_until = NULL")
    run_messages(acme, "function.consolidate")
    assert [task.state for task in tasks(acme, made)] == [TaskState.CONSOLIDATING] * 2  # the dead run may yet answer
    now_due(acme)
    run_function(acme)
    assert [task.state for task in tasks(acme, made)] == [TaskState.DONE] * 2
    keys = [got.headers["Idempotency-Key"] for got in webhook.got]
    assert len(set(keys)) == 1
    with organization_scope(acme.id):
        assert ConsolidatedAnnotation.objects.count() == 2


def test_lost_messages_are_written_again(acme: Company, webhook: Receiver) -> None:
    made = answered(acme, webhook, 2)
    webhook.answer = says(first_workers)
    with organization_scope(acme.id):
        OutboxMessage.objects.filter(topic__in=["function.consolidate", "task.consolidate"]).update(
            done_at="2026-01-01T00:00:00Z"
        )
        reconcile_organization()
        written = OutboxMessage.objects.filter(done_at=None).values_list("topic", flat=True)
        assert "function.consolidate" in written and "task.consolidate" not in written
    run_function(acme)
    assert [task.state for task in tasks(acme, made)] == [TaskState.DONE] * 2


def test_an_answer_to_an_older_generation_changes_nothing(acme: Company, webhook: Receiver, monkeypatch: Any) -> None:
    made = answered(acme, webhook, 1)
    call = consolidating._call

    def newer(*arguments: Any) -> Any:
        with organization_scope(acme.id), connection.cursor() as cursor:
            cursor.execute("UPDATE labeling_task SET generation = generation + 1")
        return call(*arguments)

    monkeypatch.setattr(consolidating, "_call", newer)
    webhook.answer = says(first_workers)
    run_function(acme)
    assert tasks(acme, made)[0].state == TaskState.CONSOLIDATING
    with organization_scope(acme.id):
        assert not ConsolidatedAnnotation.objects.exists()
        assert not FunctionCall.objects.filter(state="waiting").exists()


def test_a_reviewers_own_mask_stands_over_the_functions(acme: Company, webhook: Receiver) -> None:
    made = make_job(acme, objects=1, labelers=1, reviewers=("reviewer",))
    use(acme, webhook, made)
    answer(acme, made, 1)
    webhook.answer = says(first_workers)
    run_function(acme)
    assert tasks(acme, made)[0].state == TaskState.REVIEWING
    held = claim(acme.client("reviewer"), job=str(made.id)).json()
    assert submit(acme.client("reviewer"), held, flat_mask(2)).status_code == 200
    run_messages(acme, "work.item_answered")
    run_messages(acme, "task.consolidate")
    (task,) = tasks(acme, made)
    assert (task.state, mask_of(acme, task), len(webhook.got)) == (TaskState.DONE, [2], 1)
