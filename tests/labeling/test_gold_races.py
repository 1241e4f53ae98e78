"""Gold tasks under racing people, with real commits: each comes once to each, and nobody misses one."""

import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connections

from labeling.models import Annotation, GoldTask
from labeling.services.quality.judging import judge_person
from maskwright.core.scope import organization_scope
from tests.factories.jobs import make_job
from tests.factories.work import claim, flat_mask, submit
from tests.labeling.test_gold import pool_of_golds, set_rate
from tests.labeling.test_qualification import qualification
from tests.plugins.cast import Company
from workforce.models import Slot, Worker

PEOPLE = ("labeler", "labeler2", "labeler3")


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    def guarded(call: Callable[[], Any]) -> Any:
        try:
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(guarded, call) for call in calls]]


def test_in_a_qualification_each_gets_each_photo_once(committed: None, acme: Company) -> None:
    made = qualification(acme, count=4)

    def person(who: str) -> Callable[[], list[str]]:
        def work() -> list[str]:
            client, tasks = acme.client(who), []
            while (given := claim(client, job=str(made.id))).status_code in (200, 201):
                tasks.append(given.json()["task"]["id"])
                assert submit(client, given.json(), flat_mask(1)).status_code == 200
            assert given.headers["X-Reason"] == "done_all"
            return tasks

        return work

    found = at_once(*(person(who) for who in PEOPLE))
    with organization_scope(acme.id):
        golds = {str(pk) for pk in GoldTask.objects.values_list("task_id", flat=True)}
        answers = Counter(Annotation.objects.values_list("worker_id", "task_id"))
    assert [set(tasks) for tasks in found] == [golds] * 3, "nobody is told that he is done before he is"
    assert [len(tasks) for tasks in found] == [4, 4, 4]
    assert set(answers.values()) == {1}


def test_one_gold_task_is_kept_for_a_person_however_often_he_is_looked_at(committed: None, acme: Company) -> None:
    made = make_job(acme, objects=20, labelers=1)
    set_rate(acme, made, 1.0)
    pool_of_golds(acme, made, 6)
    client = acme.client("labeler")
    for _ in range(3):
        assert submit(client, claim(client, job=str(made.id)).json(), flat_mask(1)).status_code == 200
    with organization_scope(acme.id):
        worker: uuid.UUID = Worker.objects.get().pk

    def look() -> None:
        with organization_scope(acme.id):
            judge_person(job_id=made.id, worker_id=worker)

    at_once(*[look] * 6)
    with organization_scope(acme.id):
        assert Slot.objects.filter(work_item__state="gold", reserved_worker_id=worker).count() == 1
