"""An object that came to nothing is asked anew: new slots, each person once, the old answers kept, not counted."""

from typing import Any

import numpy as np
import pytest
from django.utils import timezone

from labeling.models import Annotation, ConsolidatedAnnotation, LabelingJob
from labeling.selectors.progress import job_progress
from labeling.services.consolidation import consolidate_task
from labeling.services.publishing import finish_job
from maskwright.core.scope import organization_scope
from tests.factories.jobs import MadeJob, make_job
from tests.factories.work import act, claim, flat_mask, mask_png, submit
from tests.plugins.cast import Company
from workforce.models import Slot, WorkItem, WorkQueue
from workforce.services.attention import give_up, put_back
from workforce.services.expiry import settle_declined
from workforce.services.items import settle_item
from workforce.services.queues import distribute

PEOPLE = ("labeler", "labeler2", "labeler3")
IMPOSSIBLE = {"kind": "impossible", "content": {"reason": "too dark"}}


def _answer(acme: Company, made: MadeJob, answers: dict[str, Any]) -> None:
    for who, answer in answers.items():
        client = acme.client(who)
        assert submit(client, claim(client).json(), answer).status_code == 200
    with organization_scope(acme.id):
        settle_item(item_id=made.tasks[0].work_item_id)
    consolidate_task(organization_id=acme.id, task_id=made.tasks[0].pk)


def _failed(acme: Company, objects: int = 1) -> MadeJob:
    made = make_job(acme, objects=objects, window=1)  # the first object alone is open, so that all answer it
    _answer(acme, made, {"labeler": IMPOSSIBLE, "labeler2": IMPOSSIBLE, "labeler3": flat_mask(3)})
    return made


def _retry(acme: Company, made: MadeJob) -> Any:
    return acme.client("manager").post(f"/api/v1/objects/{made.tasks[0].data_object_id}/retry")


def _detail(acme: Company, made: MadeJob) -> Any:
    return acme.client("manager").get(f"/api/v1/objects/{made.tasks[0].data_object_id}").json()


def test_the_same_people_answer_again_and_only_their_new_answers_count(acme: Company) -> None:
    made = _failed(acme)
    assert _detail(acme, made)["failure"]["code"] == "impossible"
    again = _retry(acme, made)
    assert (again.status_code, again.json()["state"], again.json()["answers"]) == (200, "open", 0)
    jobs = acme.client("labeler").get("/api/v1/work/overview").json()["jobs"]
    assert [job["waiting"] for job in jobs] == [1]
    with organization_scope(acme.id):
        progress = job_progress(made.id)
    assert (progress.answers, progress.wanted) == (0, 3)

    half = np.ones((8, 12), dtype=np.uint8)
    half[:, 6:] = 2
    _answer(acme, made, {"labeler": mask_png(half), "labeler2": flat_mask(1), "labeler3": mask_png(half)})
    detail = _detail(acme, made)
    assert (detail["state"], detail["answers"], len(detail["annotations"])) == ("done", 3, 6)
    assert [entry["round"] for entry in detail["annotations"]] == [1, 1, 1, 2, 2, 2]
    assert [entry["counted"] for entry in detail["annotations"]] == [False] * 3 + [True] * 3
    with organization_scope(acme.id):
        consolidated = ConsolidatedAnnotation.objects.get()
        counted = Annotation.objects.filter(task=made.tasks[0], slot__round=2).order_by("submitted_at")
        assert consolidated.annotation_ids == [str(annotation.pk) for annotation in counted]
        # Kept, though they count no more.
        assert set(Annotation.objects.filter(slot__round=1).values_list("state", flat=True)) == {"void"}


def test_within_a_round_nobody_gets_the_object_twice(acme: Company) -> None:
    made = _failed(acme)
    _retry(acme, made)
    client = acme.client("labeler")
    assert submit(client, claim(client).json(), flat_mask(1)).status_code == 200
    second = claim(client)
    assert (second.status_code, second["X-Reason"]) == (204, "done_all")
    other = acme.client("labeler2")
    act(other, claim(other).json(), "decline", {"reason": "still too dark"})
    assert claim(other).status_code == 204
    assert claim(acme.client("labeler3")).status_code == 201


def test_a_job_completed_meanwhile_goes_on_and_completes_again(acme: Company) -> None:
    made = _failed(acme)
    assert finish_job(organization_id=acme.id, job_id=made.id)
    with organization_scope(acme.id):
        WorkQueue.objects.filter(pk=made.queue.pk).update(deadline=timezone.now())
    assert _retry(acme, made).json()["state"] == "open"
    with organization_scope(acme.id):
        job = LabelingJob.objects.select_related("work_queue").get(pk=made.id)
        assert (job.state, job.ended_at, job.work_queue.state) == ("in_progress", None, "open")
        assert job.work_queue.deadline is None
    assert not finish_job(organization_id=acme.id, job_id=made.id)
    _answer(acme, made, dict.fromkeys(PEOPLE, flat_mask(1)))
    assert finish_job(organization_id=acme.id, job_id=made.id)
    with organization_scope(acme.id):
        assert LabelingJob.objects.get(pk=made.id).state == "completed"


def test_a_stopped_job_asks_nobody(acme: Company) -> None:
    made = _failed(acme)
    with organization_scope(acme.id):
        LabelingJob.objects.filter(pk=made.id).update(state="stopped")
    refused = _retry(acme, made)
    assert (refused.status_code, refused.json()["code"]) == (409, "move_refused")


def test_a_full_window_makes_the_new_round_wait_its_turn(acme: Company) -> None:
    made = _failed(acme, objects=2)
    with organization_scope(acme.id):
        assert distribute(queue_id=made.queue.pk) == 1  # the second is open now
        WorkQueue.objects.filter(pk=made.queue.pk).update(labelers_wanted=2)
    assert _retry(acme, made).json()["state"] == "waiting"
    with organization_scope(acme.id):
        item = WorkItem.objects.get(pk=made.tasks[0].work_item_id)
        assert (item.state, item.round, item.labelers_wanted) == ("waiting", 2, 2)


def test_who_declined_is_asked_again_when_nobody_answered(acme: Company) -> None:
    made = make_job(acme, objects=1)
    for _ in range(2):
        for who in PEOPLE:
            client = acme.client(who)
            act(client, claim(client).json(), "decline", {"reason": "unclear instructions"})
            with organization_scope(acme.id):
                settle_declined(item_id=made.tasks[0].work_item_id)
                state = WorkItem.objects.get(pk=made.tasks[0].work_item_id).state
            assert state == ("attention" if who == PEOPLE[-1] else "open")  # those of an earlier round count no more
        with organization_scope(acme.id):
            put_back(item_id=made.tasks[0].work_item_id)
    assert claim(acme.client("labeler")).status_code == 201


@pytest.mark.parametrize("end", ["answer", "claim"])
def test_an_answer_that_counts_or_is_being_made_is_not_lost_by_a_retry(acme: Company, end: str) -> None:
    made = make_job(acme, objects=1, labelers=2)
    first = acme.client("labeler")
    assignment = claim(first).json()
    if end == "answer":
        assert submit(first, assignment, flat_mask(1)).status_code == 200
    for who in ("labeler2", "labeler3"):
        client = acme.client(who)
        act(client, claim(client).json(), "decline", {"reason": "no"})
    with organization_scope(acme.id):
        settle_declined(item_id=made.tasks[0].work_item_id)
        give_up(item_id=made.tasks[0].work_item_id)
    assert _retry(acme, made).json()["state"] == "open"
    if end == "claim":
        assert submit(first, assignment, flat_mask(1)).status_code == 200
    with organization_scope(acme.id):
        assert set(Slot.objects.values_list("round", flat=True)) == {1}
    assert _detail(acme, made)["answers"] == 1
