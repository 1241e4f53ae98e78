"""Gold tasks: made of answers, results and masks, mixed in where nobody can tell, scored, and removed."""

import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from labeling.models import AnswerScore, ConsolidatedAnnotation, DataObject, GoldTask, LabelingJob, Task
from labeling.object_code import code_of
from labeling.services.quality.gold import make_gold, remove_gold
from labeling.states import GoldSource
from maskwright.core.errors import DomainError, Invalid
from maskwright.core.models import OutboxMessage
from maskwright.core.scope import organization_scope
from tests.factories.inputs import run_messages
from tests.factories.jobs import MadeJob, make_job
from tests.factories.work import act, bytes_of, claim, flat_mask, mask_png, submit
from tests.plugins.cast import Company
from workforce.models import Claim, Slot

JUDGING = (
    "work.item_answered",
    "work.person_declined",
    "answer.judge",
    "gold.score",
    "task.consolidate",
    "person.judge",
)


def judge(company: Company) -> None:
    """Let everything follow that follows answers."""
    while sum(run_messages(company, topic) for topic in JUDGING):
        pass


def gold_of(company: Company, made: MadeJob, origin: Task, mask: bytes | None = None) -> GoldTask:
    with organization_scope(company.id, user_id=company.people["manager"].pk):
        return make_gold(job_id=made.id, object_id=origin.data_object_id, mask=mask)


def set_rate(company: Company, made: MadeJob, rate: float) -> None:
    with organization_scope(company.id):
        LabelingJob.objects.filter(pk=made.id).update(gold_rate=rate)


def pool_of_golds(company: Company, made: MadeJob, count: int, truth: int = 1) -> list[GoldTask]:
    """Gold tasks of the photos of another job, whose masks are uploaded."""
    pool = make_job(company, objects=count, labelers=1, start=False, shade=180)
    return [gold_of(company, made, task, flat_mask(truth)) for task in pool.tasks]


def work(company: Company, who: str, made: MadeJob, count: int, answer: Callable[[dict[str, Any]], bytes]) -> list[str]:
    """Claim and submit so often, with everything that follows; the tasks' ids."""
    client, tasks = company.client(who), []
    for _ in range(count):
        given = claim(client, job=str(made.id))
        if given.status_code == 204:
            break
        assert submit(client, given.json(), answer(given.json())).status_code == 200
        tasks.append(given.json()["task"]["id"])
        judge(company)
    return tasks


def golds_among(company: Company, tasks: list[str]) -> list[str]:
    with organization_scope(company.id):
        known = {str(pk) for pk in GoldTask.objects.values_list("task_id", flat=True)}
    return [task for task in tasks if task in known]


def test_made_of_an_answer_a_result_and_a_mask(acme: Company) -> None:
    made = make_job(acme, objects=2, labelers=1)
    first = claim(acme.client("labeler")).json()
    annotation = submit(acme.client("labeler"), first, flat_mask(2)).json()["annotation"]
    judge(acme)
    other = make_job(acme, objects=3, labelers=1, shade=180)
    with organization_scope(acme.id, user_id=acme.people["manager"].pk):
        done = Task.objects.get(pk=first["task"]["id"])
        unlabeled = next(task for task in made.tasks if task.pk != done.pk)
        golds = [
            make_gold(job_id=other.id, annotation_id=uuid.UUID(annotation)),
            make_gold(job_id=made.id, object_id=done.data_object_id),
            make_gold(job_id=other.id, object_id=unlabeled.data_object_id, mask=flat_mask(3)),
        ]
        result = ConsolidatedAnnotation.objects.get(task=done)
    assert [one.source for one in golds] == [GoldSource.ANSWER, GoldSource.CONSOLIDATED, GoldSource.UPLOAD]
    assert golds[1].raster_sha256 == result.raster_sha256 == golds[0].raster_sha256
    with organization_scope(acme.id):
        copy = Task.with_gold.select_related("data_object").get(pk=golds[0].task_id).data_object
        assert copy.is_gold and 0 <= copy.index < 3, "its index is one of the job's"


@pytest.mark.parametrize(
    ("problem", "path"),
    [("nothing", "object"), ("unlabeled", "object"), ("no_mask", "object"), ("size", "mask"), ("index", "mask")],
)
def test_what_cannot_be_gold_says_why(acme: Company, problem: str, path: str) -> None:
    made, other = make_job(acme, objects=1, labelers=1), make_job(acme, objects=1, labelers=1, shade=180)
    own, theirs = made.tasks[0].data_object_id, other.tasks[0].data_object_id
    cases: dict[str, dict[str, Any]] = {
        "nothing": {},
        "unlabeled": {"object_id": own, "mask": flat_mask(1)},
        "no_mask": {"object_id": theirs},
        "size": {"object_id": theirs, "mask": flat_mask(1, (5, 5))},
        "index": {"object_id": theirs, "mask": flat_mask(1)},
    }
    wanted = cases[problem]
    if problem == "index":
        with organization_scope(acme.id):
            made.job.revisions.update(categories=[{"index": 2, "name": "cup", "color": "#1f77b4"}])
    with organization_scope(acme.id), pytest.raises(Invalid) as refused:
        make_gold(job_id=made.id, **wanted)
    assert [one.path for one in refused.value.fields] == [path]
    assert refused.value.fields[0].message
    with organization_scope(acme.id):
        assert not GoldTask.objects.exists()


def test_a_photo_is_gold_once_and_of_the_own_organization(acme: Company, initech: Company) -> None:
    made = make_job(acme, objects=1, labelers=1)
    [gold] = pool_of_golds(acme, made, 1)
    with organization_scope(acme.id):
        origin = Task.objects.get(work_item_id=gold.origin_item_id)
        with pytest.raises(Invalid, match="already"):
            make_gold(job_id=made.id, object_id=origin.data_object_id, mask=flat_mask(2))
    theirs = make_job(initech, objects=1)
    with organization_scope(initech.id):
        for job_id, object_id in ((made.id, theirs.tasks[0].data_object_id), (theirs.id, origin.data_object_id)):
            with pytest.raises(DomainError):
                make_gold(job_id=job_id, object_id=object_id, mask=flat_mask(1))


def test_gold_is_mixed_in_at_the_jobs_rate_and_never_twice(acme: Company) -> None:
    made = make_job(acme, objects=40, labelers=1)
    pool_of_golds(acme, made, 6)
    tasks = work(acme, "labeler", made, 26, lambda given: flat_mask(1))
    golds = golds_among(acme, tasks)
    assert len(tasks) == len(set(tasks)) == 26, "nothing comes twice"
    assert len(golds) >= 5, "the first ones come close together"
    assert tasks.index(golds[0]) <= 4
    set_rate(acme, made, 0)
    assert golds_among(acme, work(acme, "labeler2", made, 8, lambda given: flat_mask(1))) == []


def test_who_has_seen_the_photo_gets_no_gold_of_it(acme: Company) -> None:
    made = make_job(acme, objects=30, labelers=1)
    set_rate(acme, made, 1.0)
    first = claim(acme.client("labeler"), job=str(made.id)).json()
    assert submit(acme.client("labeler"), first, flat_mask(1)).status_code == 200
    judge(acme)
    with organization_scope(acme.id):
        origin = Task.objects.get(pk=first["task"]["id"])
    gold = gold_of(acme, made, origin)
    assert golds_among(acme, work(acme, "labeler", made, 8, lambda given: flat_mask(1))) == []
    assert golds_among(acme, work(acme, "labeler2", made, 8, lambda given: flat_mask(1))) == [str(gold.task_id)]


def test_an_answer_to_gold_is_scored_once(acme: Company) -> None:
    made = make_job(acme, objects=20, labelers=1)
    set_rate(acme, made, 1.0)
    truth = mask_png([[1] * 12] * 4 + [[2] * 12] * 4)
    pool = make_job(acme, objects=1, labelers=1, start=False, shade=180)
    gold_of(acme, made, pool.tasks[0], truth)
    work(acme, "labeler", made, 6, lambda given: flat_mask(1))
    with organization_scope(acme.id):
        score = AnswerScore.objects.get(kind="gold")
        assert (score.mean_iou, score.accuracy) == (0.25, 0.5)  # class 1: 48 of 96 pixels, class 2: none
        assert score.classes == {"1": [48, 96], "2": [0, 48]}
        assert score.confusions == [[2, 1, 48]]
        OutboxMessage.objects.filter(topic="gold.score").update(done_at=None, lease_until=None)
    run_messages(acme, "gold.score")
    with organization_scope(acme.id):
        assert AnswerScore.objects.filter(kind="gold").count() == 1


def test_agreement_is_kept_of_every_answer_that_made_a_result(acme: Company) -> None:
    made = make_job(acme, objects=1, labelers=3)
    for who, index in (("labeler", 1), ("labeler2", 1), ("labeler3", 2)):
        client = acme.client(who)
        assert submit(client, claim(client, job=str(made.id)).json(), flat_mask(index)).status_code == 200
    judge(acme)
    with organization_scope(acme.id):
        assert sorted(AnswerScore.objects.values_list("kind", "mean_iou")) == [
            ("agreement", 0.0),
            ("agreement", 1.0),
            ("agreement", 1.0),
        ]


def test_removed_gold_comes_to_nobody_and_what_counted_stays(acme: Company) -> None:
    made = make_job(acme, objects=30, labelers=1)
    set_rate(acme, made, 1.0)
    golds = pool_of_golds(acme, made, 2)
    given = golds_among(acme, work(acme, "labeler", made, 5, lambda given: flat_mask(1)))
    assert given
    with organization_scope(acme.id):
        for gold in golds:
            remove_gold(job_id=made.id, gold_id=gold.pk)
        kept = AnswerScore.objects.count()
        assert kept >= 1
        assert not Slot.objects.filter(work_item__state="gold", state="ready").exists()
    assert golds_among(acme, work(acme, "labeler2", made, 6, lambda given: flat_mask(1))) == []
    with organization_scope(acme.id):
        assert AnswerScore.objects.count() == kept


def test_gold_that_is_removed_while_it_is_in_hand_is_still_taken_and_scored(acme: Company) -> None:
    made = make_job(acme, objects=20, labelers=1)
    set_rate(acme, made, 1.0)
    [gold] = pool_of_golds(acme, made, 1)
    client = acme.client("labeler")
    for _ in range(6):
        held = claim(client, job=str(made.id)).json()
        if held["task"]["id"] == str(gold.task_id):
            break
        assert submit(client, held, flat_mask(1)).status_code == 200
        judge(acme)
    assert held["task"]["id"] == str(gold.task_id)
    with organization_scope(acme.id):
        remove_gold(job_id=made.id, gold_id=gold.pk)
    assert submit(client, held, flat_mask(1)).status_code == 200
    judge(acme)
    with organization_scope(acme.id):
        assert AnswerScore.objects.get().mean_iou == 1.0


def _shape(value: Any) -> Any:
    """The keys and types of an answer, without its values."""
    if isinstance(value, dict):
        return {key: _shape(inner) for key, inner in value.items()}
    return [_shape(inner) for inner in value] if isinstance(value, list) else type(value).__name__


def test_a_labeler_cannot_tell_gold_from_the_rest(acme: Company, django_assert_num_queries: Any) -> None:
    """Claims, photos, replies and counts of gold and of others have the same shape and move in the same way."""
    made = make_job(acme, objects=20, labelers=1)
    set_rate(acme, made, 1.0)
    golds = {str(one.task_id) for one in pool_of_golds(acme, made, 2)}
    client = acme.client("labeler")
    shapes: dict[bool, set[str]] = {True: set(), False: set()}
    before = client.get("/api/v1/work/overview").json()
    for number in range(1, 9):
        given = claim(client, job=str(made.id))
        held, is_gold = given.json(), given.json()["task"]["id"] in golds
        photo = client.get(held["image"]["url"])
        ahead = act(client, held, "next").json()
        size = len(bytes_of(photo))
        reply = submit(client, held, flat_mask(1))
        judge(acme)
        seen = client.get("/api/v1/work/overview").json()
        row, old = seen["jobs"][0], before["jobs"][0]
        moved = {
            "mine": row["mine"] - old["mine"],
            "total": row["total"] - old["total"],
            "submitted": seen["today"]["submitted"] - before["today"]["submitted"],
        }
        assert moved == {"mine": 1, "total": 0, "submitted": 1}, number
        address = held["image"]["url"].replace(held["id"], "<claim>")
        headers = sorted(photo.headers)
        shapes[is_gold].add(
            repr([_shape(held), _shape(reply.json()), _shape(ahead), address, headers, held["token"], size > 0])
        )
        before = seen
    assert len(shapes[True]) == 1
    assert shapes[True] == shapes[False]


def test_ids_and_index_of_gold_are_of_the_time_of_the_jobs_own(acme: Company) -> None:
    """Ids tell when they were made; gold that is made later must not say so."""
    made = make_job(acme, objects=20, labelers=1)
    time.sleep(0.05)
    golds = pool_of_golds(acme, made, 6)
    with organization_scope(acme.id):
        copies = [Task.with_gold.select_related("data_object").get(pk=gold.task_id) for gold in golds]
    for ids, own in (
        ([copy.pk for copy in copies], [task.pk for task in made.tasks]),
        ([copy.data_object_id for copy in copies], [task.data_object_id for task in made.tasks]),
    ):
        assert {one.int >> 80 for one in ids} <= {one.int >> 80 for one in own}
        assert all((one.version, one.variant) == (own[0].version, own[0].variant) for one in ids)
        assert len(set(ids)) == len(ids)
    assert {copy.data_object.index for copy in copies} <= set(range(20))


def test_nothing_that_a_labeler_reads_of_a_photo_is_twice_in_a_job(acme: Company) -> None:
    """A gold task borrows its place in the input, so the place is nothing he is told."""
    made = make_job(acme, objects=20, labelers=1)
    pool_of_golds(acme, made, 6)
    with organization_scope(acme.id):
        ids = list(DataObject.with_gold.filter(job=made.job).values_list("pk", flat=True))
    assert len({code_of(one) for one in ids}) == len(ids) == 26
    assert set(claim(acme.client("labeler")).json()["task"]["data_object"]) == {"id", "code"}


def test_a_claim_and_a_submit_cost_no_more_statements_with_gold(
    acme: Company, django_assert_max_num_queries: Any
) -> None:
    made = make_job(acme, objects=20, labelers=1)
    set_rate(acme, made, 1.0)
    pool_of_golds(acme, made, 2)
    client, seen = acme.client("labeler"), 0
    work(acme, "labeler", made, 1, lambda given: flat_mask(1))
    for _ in range(5):
        with django_assert_max_num_queries(20) as claiming:
            held = claim(client, job=str(made.id)).json()
        with django_assert_max_num_queries(20) as submitting:
            assert submit(client, held, flat_mask(1)).status_code == 200
        judge(acme)
        own = [_own(claiming), _own(submitting)]
        assert own[0] <= 8 and own[1] <= 10, own
        seen += len(golds_among(acme, [held["task"]["id"]]))
    assert seen


def _own(queries: Any) -> int:
    """Without what opens and closes the request's transaction and finds who asks."""
    aside = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "SELECT set_config", "SET ")
    return sum(
        1 for one in queries.captured_queries if not one["sql"].startswith(aside) and "accounts_" not in one["sql"]
    )


def test_a_manager_of_the_queue_does_not_see_gold_counted(acme: Company) -> None:
    made = make_job(acme, objects=4, labelers=1)
    set_rate(acme, made, 1.0)
    pool_of_golds(acme, made, 2)
    work(acme, "labeler", made, 6, lambda given: flat_mask(1))
    progress = acme.client("manager").get(f"/api/v1/jobs/{made.id}/progress").json()
    assert progress["total"] == 0 or progress["tasks"]["total"] == 4
    table = bytes_of(acme.client("manager").get(f"/api/v1/jobs/{made.id}/output/answers")).decode()
    with organization_scope(acme.id):
        golds = Claim.objects.filter(work_item__state="gold", state="submitted").count()
        everything = Claim.objects.filter(state="submitted").count()
    assert golds and len(table.strip().splitlines()) - 1 == everything - golds


def test_a_manager_finds_a_photo_by_what_labelers_call_it(acme: Company) -> None:
    made = make_job(acme, objects=3, labelers=1)
    found = claim(acme.client("labeler")).json()["task"]["data_object"]
    browser = acme.browser("manager")
    page: Any = browser.get(f"/manage/labeling/dataobject/?q={found['code'].upper()}")
    ids = [str(task.data_object_id) for task in made.tasks]
    assert [one for one in ids if f"/dataobject/{one}/" in page.content.decode()] == [found["id"]]
    assert found["code"] in browser.get(f"/manage/labeling/dataobject/{found['id']}/change/").content.decode()
