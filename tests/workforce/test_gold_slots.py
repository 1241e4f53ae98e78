"""Gold items beside a queue, and people who are paused: what a claim, the next place and the counts make of it."""

import uuid
from typing import Any

import pytest

from labeling.models import DataObject, Task
from labeling.states import TaskState
from maskwright.core.ids import uuid7
from maskwright.core.scope import organization_scope
from tests.factories.inputs import run_messages
from tests.factories.jobs import MadeJob, make_job
from tests.factories.work import act, bytes_of, claim, flat_mask, submit
from tests.plugins.cast import Company
from workforce.models import Slot, Worker, WorkPause, WorkQueue
from workforce.services import gold, pauses
from workforce.services.expiry import expire_due
from workforce.services.workers import ensure_worker


@pytest.fixture
def made(acme: Company) -> MadeJob:
    return make_job(acme, objects=4, labelers=1)


def _worker(company: Company, who: str) -> uuid.UUID:
    with organization_scope(company.id):
        return ensure_worker(user_id=company.people[who].pk, customer_id=company.id).pk


def _gold_task(company: Company, made: MadeJob) -> Task:
    """A gold task with the photo of the job's last object."""
    with organization_scope(company.id):
        photo = DataObject.objects.get(pk=made.tasks[-1].data_object_id)
        photo.pk, photo.is_gold, photo.index = uuid7(), True, 0
        photo.save(force_insert=True)
        item = gold.add_gold_item(queue=WorkQueue.objects.get(pk=made.queue.pk), item_id=uuid7())
        task: Task = Task.with_gold.create(
            job=made.job, work_queue=made.queue, data_object=photo, work_item=item, state=TaskState.GOLD
        )
    return task


def _keep(company: Company, task: Task, worker_id: uuid.UUID) -> bool:
    with organization_scope(company.id):
        return gold.keep_gold(item_id=task.work_item_id, worker_id=worker_id)


def _outstanding(company: Company, made: MadeJob, worker_id: uuid.UUID) -> bool:
    with organization_scope(company.id):
        return gold.is_outstanding(queue_id=made.queue.pk, worker_id=worker_id)


def _shape(value: Any) -> Any:
    """The keys and types of an answer, without its values."""
    if isinstance(value, dict):
        return {key: _shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_shape(inner) for inner in value]
    return type(value).__name__


def test_a_gold_task_looks_like_any_other_and_comes_after_what_is_prepared(acme: Company, made: MadeJob) -> None:
    labeler = acme.client("labeler")
    ordinary = claim(labeler).json()
    prepared = act(labeler, ordinary, "next").json()
    task = _gold_task(acme, made)
    assert _keep(acme, task, _worker(acme, "labeler"))
    assert submit(labeler, ordinary, flat_mask(1)).status_code == 200

    second = claim(labeler).json()
    assert second["task"] == prepared["task"], "gold does not push out what the client has fetched"
    ahead = act(labeler, second, "next").json()
    assert ahead["task"]["id"] == str(task.pk), "gold is fetched ahead, too"
    assert _shape(ahead) == _shape(prepared)
    assert ahead["image"]["url"].replace(ahead["id"], "") == prepared["image"]["url"].replace(
        prepared["id"], ""
    ).replace(ordinary["id"], second["id"])
    assert bytes_of(labeler.get(ahead["image"]["url"]))
    plain = labeler.get(second["image"]["url"])
    assert submit(labeler, second, flat_mask(1)).status_code == 200

    third = claim(labeler).json()
    assert third["task"]["id"] == str(task.pk)
    assert _shape(third) == _shape(ordinary)
    assert (third["token"], third["image"]["url"]) == (
        ordinary["token"],
        ordinary["image"]["url"].replace(ordinary["id"], third["id"]),
    )
    golden = labeler.get(third["image"]["url"])
    assert (golden.status_code, set(golden.headers)) == (200, set(plain.headers))
    assert golden.headers["Content-Type"] == plain.headers["Content-Type"]
    assert bytes_of(plain) and bytes_of(golden)
    reply = submit(labeler, third, flat_mask(2))
    assert (reply.status_code, _shape(reply.json())) == (200, _shape(submit_of(acme)))
    run_messages(acme, "work.item_answered")
    with organization_scope(acme.id):
        assert Task.with_gold.get(pk=task.pk).state == TaskState.GOLD, "it is never consolidated"


def submit_of(company: Company) -> dict[str, Any]:
    """The reply to an ordinary answer."""
    other = company.client("labeler2")
    reply: dict[str, Any] = submit(other, claim(other).json(), flat_mask(1)).json()
    return reply


def test_gold_is_kept_for_one_person_and_given_to_nobody_else(acme: Company) -> None:
    made = make_job(acme, objects=1, labelers=1)
    task = _gold_task(acme, made)
    mine, others = _worker(acme, "labeler"), _worker(acme, "labeler2")
    assert _keep(acme, task, mine)
    other = acme.client("labeler2")
    assert submit(other, claim(other).json(), flat_mask(1)).status_code == 200
    nothing = claim(other)
    assert (nothing.status_code, nothing.headers["X-Reason"]) == (204, "done_all")
    assert claim(acme.client("labeler")).json()["task"]["id"] == str(task.pk)
    with organization_scope(acme.id):
        assert gold.had_items(item_ids=[task.work_item_id], worker_id=mine) == {task.work_item_id}
        assert gold.had_items(item_ids=[task.work_item_id], worker_id=others) == set()


def test_gold_counts_nowhere(acme: Company, made: MadeJob) -> None:
    manager, labeler = acme.client("manager"), acme.client("labeler")
    addresses = [f"/api/v1/jobs/{made.id}/{part}" for part in ("progress", "objects", "queue")]
    worker = _worker(acme, "labeler")
    before = [manager.get(address).json() for address in addresses]
    overview = acme.client("labeler2").get("/api/v1/work/overview").json()
    task = _gold_task(acme, made)
    assert _keep(acme, task, worker)
    assert [manager.get(address).json() for address in addresses] == before
    seen = acme.client("labeler2").get("/api/v1/work/overview").json()
    assert seen["jobs"][0]["waiting"] == overview["jobs"][0]["waiting"]
    assignment = claim(labeler).json()
    assert assignment["task"]["id"] == str(task.pk)
    assert submit(labeler, assignment, flat_mask(1)).status_code == 200
    assert manager.get(addresses[0]).json()["answers"] == before[0]["answers"] == {"accepted": 0, "wanted": 4}


def test_a_lost_gold_task_comes_back_to_its_person_and_a_declined_one_does_not(acme: Company, made: MadeJob) -> None:
    labeler, worker = acme.client("labeler"), _worker(acme, "labeler")
    task = _gold_task(acme, made)
    assert _keep(acme, task, worker)
    first = claim(labeler).json()
    assert first["task"]["id"] == str(task.pk)
    assert _outstanding(acme, made, worker), "it is in his hands"
    with organization_scope(acme.id):
        Slot.objects.filter(work_item=task.work_item_id).update(expires_at="2020-01-01T00:00:00Z")
        assert expire_due() == 1
    assert _outstanding(acme, made, worker), "kept for him again"
    again = claim(labeler).json()
    assert again["task"]["id"] == str(task.pk)
    assert act(labeler, again, "decline", {"reason": "blurred"}).status_code == 204
    run_messages(acme, "work.item_declined")
    assert not _outstanding(acme, made, worker)
    assert claim(labeler).json()["task"]["id"] != str(task.pk)


def test_ordinary_work_is_what_the_person_himself_could_be_given(acme: Company) -> None:
    """Gold is only made beside it: who was told that there is nothing would not be told of gold that comes after."""
    made = make_job(acme, objects=2, labelers=2)
    labeler, worker, other = acme.client("labeler"), _worker(acme, "labeler"), acme.client("labeler2")

    def has_work() -> bool:
        with organization_scope(acme.id):
            return gold.has_ordinary_work(queue_id=made.queue.pk, worker_id=worker)

    assert has_work()
    assert submit(labeler, claim(labeler).json(), flat_mask(1)).status_code == 200
    held = claim(other).json()
    assert act(other, held, "next").status_code == 200
    assert has_work(), "what is only fetched ahead for somebody else is given to him in the end"
    assert submit(labeler, claim(labeler).json(), flat_mask(1)).status_code == 200
    assert claim(labeler).status_code == 204
    with organization_scope(acme.id):
        assert Slot.objects.filter(work_queue=made.queue.pk, state="ready").exists(), "somebody else's photo is free"
    assert not has_work()


def test_gold_in_hand_is_taken_when_its_job_completes_meanwhile(acme: Company) -> None:
    made = make_job(acme, objects=1, labelers=1)
    task = _gold_task(acme, made)
    assert _keep(acme, task, _worker(acme, "labeler"))
    labeler, other = acme.client("labeler"), acme.client("labeler2")
    golden = claim(labeler).json()
    assert golden["task"]["id"] == str(task.pk)
    assert submit(other, claim(other).json(), flat_mask(1)).status_code == 200
    for topic in ("work.item_answered", "task.consolidate", "job.finish"):
        run_messages(acme, topic)
    assert acme.client("manager").get(f"/api/v1/jobs/{made.id}").json()["state"] == "completed"
    assert submit(labeler, golden, flat_mask(2)).status_code == 200


# --- pauses --------------------------------------------------------------------------------------------------------


def _pause(company: Company, made: MadeJob, worker_id: uuid.UUID, until: str | None = None) -> WorkPause:
    with organization_scope(company.id, user_id=company.people["manager"].pk):
        pauses.pause_person(queue_id=made.queue.pk, worker_id=worker_id, reason="12 % on 4 gold tasks")
        WorkPause.objects.update(until=until)
        return WorkPause.objects.get()


def test_who_is_paused_finishes_what_he_holds_and_reads_why_there_is_no_more(acme: Company, made: MadeJob) -> None:
    labeler, worker = acme.client("labeler"), _worker(acme, "labeler")
    assignment = claim(labeler).json()
    prepared = act(labeler, assignment, "next").json()
    _pause(acme, made, worker)
    assert act(labeler, assignment, "next").status_code in (204, 404), "nothing more is prepared"
    assert labeler.get(prepared["image"]["url"]).status_code == 404
    with organization_scope(acme.id):
        assert not Slot.objects.filter(reserved_worker=worker).exists(), "what was kept for him is free at once"
    assert submit(labeler, assignment, flat_mask(1)).status_code == 200
    nothing = claim(labeler)
    assert (nothing.status_code, nothing.headers["X-Reason"]) == (204, "paused")
    with organization_scope(acme.id):
        found = pauses.own_pause(acme.people["labeler"].pk, made.queue.pk)
        assert found is not None and found.reason == "12 % on 4 gold tasks"
        assert [one.worker_id for one in pauses.standing_pauses(made.queue.pk)] == [worker]
        assert pauses.end_pause(queue_id=made.queue.pk, worker_id=worker)
        assert not pauses.end_pause(queue_id=made.queue.pk, worker_id=worker)
    assert claim(labeler).status_code == 201


def test_a_pause_is_of_one_job_and_ends_by_itself(acme: Company, made: MadeJob) -> None:
    labeler, worker = acme.client("labeler"), _worker(acme, "labeler")
    second = make_job(acme, team=made.team, objects=1, labelers=1)
    _pause(acme, made, worker)
    assert claim(labeler).json()["task"]["job"]["id"] == str(second.id)
    assert claim(acme.client("labeler2")).json()["task"]["job"]["id"] == str(made.id), "the others go on"
    with organization_scope(acme.id):
        WorkPause.objects.update(until="2020-01-01T00:00:00Z")
        assert pauses.own_pause(acme.people["labeler"].pk) is None
    assert claim(labeler, job=str(made.id)).status_code == 201


def test_a_pause_is_made_once_with_the_later_end_and_of_own_labelers_alone(acme: Company, initech: Company) -> None:
    made = make_job(acme, objects=1, labelers=1)
    worker = _worker(acme, "labeler")
    _pause(acme, made, worker, until="2100-01-01T00:00:00Z")
    with organization_scope(acme.id):
        again = pauses.pause_person(queue_id=made.queue.pk, worker_id=worker, reason="again")
        assert again.until is None, "until somebody ends it is later than any day"
        assert WorkPause.objects.count() == 1
    with organization_scope(initech.id):
        assert not WorkPause.objects.exists()
        assert not Worker.objects.exists()
        with pytest.raises(Exception, match="no such labeler"):
            pauses.pause_person(queue_id=made.queue.pk, worker_id=worker, reason="theirs")
