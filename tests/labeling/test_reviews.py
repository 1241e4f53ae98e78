"""Review: accept, repaint, send back; who may, who may not, and what comes of it."""

from typing import Any

import numpy as np
import pytest

from labeling.masks import decode_mask
from labeling.models import Annotation, ConsolidatedAnnotation, LabelingJob, Task
from labeling.services.consolidation import consolidate_task
from labeling.services.jobs import stop_job
from labeling.services.publishing import finish_job
from labeling.services.reviews import is_sampled
from maskwright.core.ids import uuid7
from maskwright.core.scope import organization_scope
from tests.factories.jobs import MadeJob, make_job
from tests.factories.work import act, claim, flat_mask, submit
from tests.plugins.cast import Company
from workforce.models import Slot, WorkItem, WorkQueue
from workforce.services.expiry import end_stopping_queues
from workforce.services.items import settle_item
from workforce.services.teams import add_team_member, remove_team_member

LABELERS = ("labeler", "labeler2", "labeler3")


def answer_all(company: Company, made: MadeJob, index: dict[str, int] | None = None, people: Any = LABELERS) -> None:
    """Each of the people labels one photo of the job; then Celery's part is done."""
    for who in people:
        client = company.client(who)
        response = submit(client, claim(client).json(), flat_mask((index or {}).get(who, 1)))
        assert response.status_code == 200
    settle(company, made)


def settle(company: Company, made: MadeJob) -> None:
    for task in made.tasks:
        with organization_scope(company.id):
            settle_item(item_id=task.work_item_id)
        consolidate_task(organization_id=company.id, task_id=task.pk)


def task_of(company: Company, made: MadeJob) -> Task:
    with organization_scope(company.id):
        return Task.objects.get(pk=made.tasks[0].pk)


def give_verdict(company: Company, made: MadeJob, who: str = "reviewer", **content: Any) -> dict[str, Any]:
    client = company.client(who)
    assignment: dict[str, Any] = claim(client).json()
    response = submit(client, assignment, {"kind": "review", "content": content})
    assert response.status_code == 200, response.json()
    settle(company, made)
    return assignment


def result_mask(company: Company, made: MadeJob) -> tuple[np.ndarray[Any, Any], ConsolidatedAnnotation]:
    with organization_scope(company.id):
        row = ConsolidatedAnnotation.objects.get(task=made.tasks[0], is_current=True)
        item = made.tasks[0].data_object
    png = b"".join(company.client("manager").get(f"/api/v1/objects/{item.pk}/mask"))
    return decode_mask(png, width=12, height=8, known_indices=[1, 2, 3]).indices, row


@pytest.fixture
def made(acme: Company) -> MadeJob:
    return make_job(acme, objects=1, reviewers=("reviewer",))


def test_a_result_waits_for_its_review_and_counts_when_accepted(acme: Company, made: MadeJob) -> None:
    answer_all(acme, made)
    manager = acme.client("manager")
    manifest = f"/api/v1/jobs/{made.id}/output/manifest"
    assert task_of(acme, made).state == "reviewing"
    assert b"answer-ref" not in b"".join(manager.get(manifest))
    assert finish_job(organization_id=acme.id, job_id=made.id) is False
    give_verdict(acme, made, verdict="accept")
    assert (task_of(acme, made).state, task_of(acme, made).review) == ("done", "accepted")
    assert b"answer-ref" in b"".join(manager.get(manifest))
    assert finish_job(organization_id=acme.id, job_id=made.id) is True


def test_the_reviewer_has_result_answers_and_disagreement_as_layers_without_names(acme: Company, made: MadeJob) -> None:
    answer_all(acme, made, {"labeler3": 2})
    client = acme.client("reviewer")
    assignment = claim(client).json()
    sheet = assignment["review"]
    assert (assignment["stage"], assignment["rework"], sheet["round"]) == ("review", None, 1)
    assert [answer["name"] for answer in sheet["answers"]] == ["A", "B", "C"]
    assert set(sheet["answers"][0]) == {"id", "name", "kind", "reason", "url"}
    masks = [client.get(answer["url"]) for answer in sheet["answers"]]
    assert {response.content for response in masks} == {flat_mask(1), flat_mask(2)}
    merged = client.get(sheet["consolidated"]["url"]).content
    assert (decode_mask(merged, width=12, height=8, known_indices=[1, 2, 3]).indices == 1).all()
    assert client.get(sheet["disagreement"]["url"]).headers["Content-Type"] == "image/png"
    assert client.get(f"/api/v1/work/claims/{assignment['id']}/layers/{uuid7()}").status_code == 404
    act(client, assignment, "release")
    assert client.get(sheet["consolidated"]["url"]).status_code == 409


def test_a_labeler_sees_no_layer_of_anybody(acme: Company) -> None:
    made = make_job(acme, objects=1)
    answer_all(acme, made, people=("labeler", "labeler2"))
    client = acme.client("labeler3")
    assignment = claim(client).json()
    assert (assignment["stage"], assignment["review"], assignment["rework"]) == ("label", None, None)
    with organization_scope(acme.id):
        other = Annotation.objects.first()
    assert other is not None
    for layer in ("consolidated", "disagreement", str(other.pk)):
        assert client.get(f"/api/v1/work/claims/{assignment['id']}/layers/{layer}").status_code == 404


def test_a_repainted_mask_stands_instead_of_the_vote(acme: Company, made: MadeJob) -> None:
    answer_all(acme, made)
    client = acme.client("reviewer")
    assert submit(client, claim(client).json(), flat_mask(3)).status_code == 200
    settle(acme, made)
    indices, row = result_mask(acme, made)
    assert (indices == 3).all()
    assert (row.rule, task_of(acme, made).state, task_of(acme, made).review) == ("reviewed/1", "done", "accepted")
    with organization_scope(acme.id):
        assert ConsolidatedAnnotation.objects.filter(task=made.tasks[0]).count() == 2, "the vote is kept as a version"


def test_returned_answers_go_back_to_their_labelers_with_the_comments(acme: Company, made: MadeJob) -> None:
    answer_all(acme, made, {"labeler3": 2})
    client = acme.client("reviewer")
    assignment = claim(client).json()
    wrong = next(a for a in assignment["review"]["answers"] if client.get(a["url"]).content == flat_mask(2))
    comments = [{"x": 3.0, "y": 4.5, "text": "This is the cat, not the cup."}]
    content = {"verdict": "return", "annotations": [wrong["id"]], "to": "same", "comments": comments}
    assert submit(client, assignment, {"kind": "review", "content": content}).status_code == 200
    settle(acme, made)
    assert (task_of(acme, made).state, task_of(acme, made).review) == ("open", "returned")

    for who in ("labeler", "labeler2", "reviewer"):
        assert claim(acme.client(who)).status_code == 204, f"{who} has an answer that counts, or reviewed it"
    labeler = acme.client("labeler3")
    again = claim(labeler).json()
    assert again["rework"]["mine"] is True
    assert again["rework"]["history"][0]["comments"] == comments
    assert labeler.get(again["rework"]["previous"]["url"]).content == flat_mask(2)
    assert submit(labeler, again, flat_mask(1)).status_code == 200
    settle(acme, made)
    assert task_of(acme, made).state == "reviewing"
    give_verdict(acme, made, verdict="accept")
    indices, row = result_mask(acme, made)
    assert (indices == 1).all()
    assert (len(row.annotation_ids), task_of(acme, made).state) == (3, "done")
    with organization_scope(acme.id):
        states = sorted(Annotation.objects.filter(stage="label").values_list("state", flat=True))
    assert states == ["accepted", "accepted", "accepted", "returned"], "every version is kept"


def test_returned_to_another_labeler_it_is_offered_to_who_did_not_answer(acme: Company) -> None:
    made = make_job(acme, objects=1, labelers=1, reviewers=("reviewer",))
    answer_all(acme, made, people=("labeler",))
    give_verdict(acme, made, verdict="return", to="other", reason="The ears are missing.")
    other = claim(acme.client("labeler2")).json()
    assert (other["rework"]["mine"], other["rework"]["previous"]) == (False, None)
    assert other["rework"]["history"][0]["reason"] == "The ears are missing."


def test_a_place_kept_for_its_labeler_is_offered_to_nobody_else_until_its_time(acme: Company) -> None:
    made = make_job(acme, objects=1, labelers=1, reviewers=("reviewer",))
    answer_all(acme, made, people=("labeler",))
    give_verdict(acme, made, verdict="return", to="same", reason="Again, please.")
    response = claim(acme.client("labeler2"))
    assert (response.status_code, response.headers["X-Reason"]) == (204, "all_claimed")
    with organization_scope(acme.id):
        kept = Slot.objects.get(state="ready")
        assert kept.reserved_until is not None
        assert response.headers["X-Reason-Until"][:19] == kept.reserved_until.isoformat()[:19]
        Slot.objects.filter(pk=kept.pk).update(reserved_until="2026-01-01T00:00:00Z")
    assert claim(acme.client("labeler2")).status_code == 201


def test_nobody_reviews_his_own_work(acme: Company) -> None:
    made = make_job(acme, objects=1, labelers=1, reviewers=("manager", "reviewer"))
    with organization_scope(acme.id):
        from workforce.models import TeamMember

        TeamMember.objects.create(work_team=made.team, user=acme.people["manager"])
    answer_all(acme, made, people=("manager",))
    response = claim(acme.client("manager"))
    assert (response.status_code, response.headers["X-Reason"]) == (204, "done_all")
    assert claim(acme.client("reviewer")).json()["stage"] == "review"


def test_a_labeler_in_a_review_team_reviews_nothing(acme: Company) -> None:
    made = make_job(acme, objects=1, labelers=1, reviewers=("labeler2", "reviewer"))
    answer_all(acme, made, people=("labeler",))
    assert claim(acme.client("labeler2")).status_code == 204
    assert claim(acme.client("reviewer")).status_code == 201


def test_a_review_goes_with_the_review_team_not_with_any_other(acme: Company) -> None:
    made = make_job(acme, objects=1, labelers=1, reviewers=("reviewer",))
    reviewer = acme.people["reviewer"].pk
    with organization_scope(acme.id):
        add_team_member(work_team_id=made.team.pk, user_id=reviewer)
    answer_all(acme, made, people=("labeler",))
    client = acme.client("reviewer")
    review = claim(client).json()
    assert review["stage"] == "review"
    with organization_scope(acme.id):
        remove_team_member(work_team_id=made.team.pk, user_id=reviewer)
    assert act(client, review, "heartbeat").status_code == 200, "he left those who label"
    with organization_scope(acme.id):
        team = WorkQueue.objects.get(pk=made.queue.pk).review_team_id
        assert team is not None
        remove_team_member(work_team_id=team, user_id=reviewer)
    assert act(client, review, "heartbeat").json()["code"] == "lease_lost"
    assert claim(client).status_code == 204


@pytest.mark.parametrize(
    ("content", "paths"),
    [
        ({"verdict": "perhaps"}, ["content.verdict"]),
        ({"verdict": "return"}, ["content.reason"]),
        ({"verdict": "return", "reason": "No.", "to": "nobody"}, ["content.to"]),
        ({"verdict": "return", "reason": "No.", "annotations": ["x"]}, ["content.annotations"]),
        ({"verdict": "return", "reason": "No.", "annotations": [str(uuid7())]}, ["content.annotations"]),
        ({"verdict": "accept", "comments": [{"x": 1, "text": "?"}]}, ["content.comments.0"]),
        ({"verdict": "accept", "comments": [{"x": 1, "y": 99, "text": "?"}]}, ["content.comments.0"]),
        ({"verdict": "accept", "comments": [{"x": 1, "y": 1, "text": " "}]}, ["content.comments.0.text"]),
        ({"verdict": 1, "reason": 2, "comments": 3}, ["content.verdict", "content.reason", "content.comments"]),
    ],
)
def test_a_wrong_verdict_is_told_all_that_is_wrong(
    acme: Company, made: MadeJob, content: dict[str, Any], paths: list[str]
) -> None:
    answer_all(acme, made)
    client = acme.client("reviewer")
    response = submit(client, claim(client).json(), {"kind": "review", "content": content})
    assert response.status_code == 422
    assert [problem["path"] for problem in response.json()["fields"]] == paths


def test_a_verdict_is_no_answer_and_an_answer_no_verdict(acme: Company, made: MadeJob) -> None:
    labeler = acme.client("labeler")
    assignment = claim(labeler).json()
    verdict = {"kind": "review", "content": {"verdict": "accept"}}
    assert submit(labeler, assignment, verdict).status_code == 422
    act(labeler, assignment, "release")
    answer_all(acme, made)
    reviewer = acme.client("reviewer")
    assert submit(reviewer, claim(reviewer).json(), {"kind": "empty", "content": {}}).status_code == 422


def test_the_sampled_share_is_reviewed_and_the_rest_done_at_once(acme: Company) -> None:
    made = make_job(acme, objects=40, labelers=1, reviewers=("reviewer",), review_share=0.5)
    client = acme.client("labeler")
    for _ in made.tasks:
        submit(client, claim(client).json(), flat_mask(1))
    settle(acme, made)
    with organization_scope(acme.id):
        states = dict(Task.objects.filter(job=made.job).values_list("pk", "state"))
    expected = {task.pk: "reviewing" if is_sampled(task.pk, 0.5) else "done" for task in made.tasks}
    assert states == expected
    assert 5 < list(states.values()).count("reviewing") < 35


def test_a_stopped_job_waits_for_no_reviewer(acme: Company, made: MadeJob) -> None:
    answer_all(acme, made)
    with organization_scope(acme.id):
        stop_job(job_id=made.id)
        assert end_stopping_queues() == 1
    assert finish_job(organization_id=acme.id, job_id=made.id) is True
    with organization_scope(acme.id):
        job = LabelingJob.objects.get(pk=made.id)
        assert (job.state, task_of(acme, made).state, task_of(acme, made).review) == ("stopped", "done", "skipped")


def test_a_repeated_submit_of_a_returned_answer_gets_the_same_reply(acme: Company) -> None:
    made = make_job(acme, objects=1, labelers=1, reviewers=("reviewer",))
    client, key = acme.client("labeler"), uuid7()
    assignment = claim(client).json()
    first = submit(client, assignment, flat_mask(1), key)
    settle(acme, made)
    give_verdict(acme, made, verdict="return", to="other", reason="No.")
    assert submit(client, assignment, flat_mask(1), key).json() == first.json()


def test_reviews_do_not_fill_the_window(acme: Company) -> None:
    made = make_job(acme, objects=2, labelers=1, window=1, reviewers=("reviewer",))
    answer_all(acme, made, people=("labeler",))
    with organization_scope(acme.id):
        from workforce.services.queues import distribute

        distribute(queue_id=made.queue.pk)
        stages = sorted(WorkItem.objects.filter(state="open").values_list("stage", flat=True))
    assert stages == ["label", "review"]
