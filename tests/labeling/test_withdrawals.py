"""All answers of a person, or of a vendor's people, withdrawn: previewed, applied, labeled again by others, undone."""

import uuid
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from labeling.models import Annotation, ConsolidatedAnnotation, LabelingJob, Task, WithdrawnAnswer
from labeling.selectors.progress import job_progress
from labeling.services.withdrawal import apply
from maskwright.core.scope import organization_scope
from tests.factories.inputs import run_messages
from tests.factories.jobs import MadeJob, make_job, make_team
from tests.factories.work import claim, flat_mask, submit
from tests.plugins.cast import Company
from workforce.models import Claim, LedgerEntry, Slot, WorkerIdentity, WorkItem

VERDICT = {"kind": "review", "content": {"verdict": "accept"}}


def _post(client: Client, path: str, body: dict[str, Any] | None = None) -> Any:
    return client.post(f"/api/v1/{path}", body or {}, content_type="application/json")


def _answer_all(client: Client, index: int = 1, at_most: int = 100) -> int:
    """Answer what there is for a labeler; how many it was."""
    for number in range(at_most):
        held = claim(client)
        if held.status_code == 204:
            return number
        assert submit(client, held.json(), flat_mask(index)).status_code == 200
    return at_most


def _work_off(company: Company) -> None:
    run_messages(company, "work.item_answered")
    run_messages(company, "task.consolidate")
    run_messages(company, "job.publish")
    run_messages(company, "job.finish")


def _worker(company: Company, who: str) -> str:
    with organization_scope(company.id):
        return str(WorkerIdentity.objects.get(user=company.people[who]).worker_id)


def _withdraw(customer: Company, made: MadeJob, body: dict[str, Any]) -> Any:
    answer = _post(customer.client("manager"), f"jobs/{made.id}/withdrawals", body)
    if answer.status_code == 201:
        assert run_messages(customer, "withdrawal.apply") >= 1
        run_messages(customer, "withdrawal.apply")
    return answer


def _undo(customer: Company, made: MadeJob, withdrawal: str) -> None:
    path = f"jobs/{made.id}/withdrawals/{withdrawal}/undo"
    for _twice in range(2):
        assert _post(customer.client("manager"), path).status_code == 200
    run_messages(customer, "withdrawal.undo")


def _states(company: Company, model: Any, **filters: Any) -> list[str]:
    with organization_scope(company.id):
        return sorted(model.objects.filter(**filters).values_list("state", flat=True))


def _paid(company: Company, worker: str) -> int:
    """Answers that are paid for, by the ledger."""
    with organization_scope(company.id):
        entries = LedgerEntry.objects.filter(worker_id=worker, kind="object")
        return int(sum(entry.quantity for entry in entries))


def _lines(company: Company, made: MadeJob) -> int:
    """Labeled lines of the manifest."""
    answer: Any = company.client("manager").get(f"/api/v1/jobs/{made.id}/output/manifest")
    text = b"".join(answer.streaming_content)
    return text.count(b'"answer-ref":')


@pytest.fixture
def labeled(acme: Company) -> MadeJob:
    """Three photos, two answers of each, done."""
    made = make_job(acme, objects=3, labelers=2)
    for who, index in (("labeler", 1), ("labeler2", 2)):
        assert _answer_all(acme.client(who), index) == 3
    _work_off(acme)
    assert _states(acme, Task) == ["done"] * 3 and _lines(acme, made) == 3
    return made


def test_progress_counts_the_answers_of_others_in_the_new_round(acme: Company, labeled: MadeJob) -> None:
    assert _withdraw(acme, labeled, {"worker": _worker(acme, "labeler")}).status_code == 201
    with organization_scope(acme.id):
        shown = job_progress(labeled.id)
    assert (shown.answers, shown.wanted) == (3, 6)


def test_the_preview_says_what_will_happen_and_changes_nothing(acme: Company, labeled: MadeJob) -> None:
    worker = _worker(acme, "labeler")
    url = f"jobs/{labeled.id}/withdrawals/preview"
    seen = _post(acme.client("manager"), url, {"worker": worker}).json()
    assert {name: seen[name] for name in ("answers", "objects", "finished", "reviews", "people")} == {
        "answers": 3,
        "objects": 3,
        "finished": 3,
        "reviews": 0,
        "people": 1,
    }
    assert set(_states(acme, Annotation)) == {"accepted"} and _lines(acme, labeled) == 3
    for wrong in ({}, {"worker": str(uuid.uuid4())}, {"worker": worker, "grant": str(uuid.uuid4())}):
        assert _post(acme.client("manager"), url, wrong).status_code == 422
    assert _post(acme.client("labeler"), url, {"worker": worker}).status_code == 403


def test_withdrawn_answers_count_no_more_and_others_label_anew(acme: Company, labeled: MadeJob) -> None:
    worker = _worker(acme, "labeler")
    assert _withdraw(acme, labeled, {"worker": worker, "reason": "Careless"}).status_code == 201
    assert _states(acme, Annotation, worker_id=worker) == ["withdrawn"] * 3, "they stay stored"
    assert _states(acme, Annotation, state="accepted") == ["accepted"] * 3
    assert _states(acme, LabelingJob) == ["in_progress"], "a completed job goes on"
    assert (_states(acme, Task), _lines(acme, labeled), _paid(acme, worker)) == (["open"] * 3, 0, 0)
    assert claim(acme.client("labeler")).status_code == 204, "not he again"
    assert _answer_all(acme.client("labeler3"), 2) == 3
    _work_off(acme)
    assert (_states(acme, Task), _lines(acme, labeled)) == (["done"] * 3, 3)
    with organization_scope(acme.id):
        for result in ConsolidatedAnnotation.objects.filter(is_current=True):
            assert len(result.annotation_ids) == 2
            assert not Annotation.objects.filter(pk__in=result.annotation_ids, worker_id=worker).exists()


def test_what_is_withdrawn_already_is_not_withdrawn_twice(acme: Company, labeled: MadeJob) -> None:
    body = {"worker": _worker(acme, "labeler"), "key": str(uuid.uuid4())}
    first = _withdraw(acme, labeled, body).json()
    assert _post(acme.client("manager"), f"jobs/{labeled.id}/withdrawals", body).json()["id"] == first["id"]
    assert _withdraw(acme, labeled, {"worker": body["worker"]}).status_code == 409
    with organization_scope(acme.id):
        assert WithdrawnAnswer.objects.count() == 3
        assert Slot.objects.filter(state="ready").count() == 3


def test_only_what_was_given_in_a_time_is_withdrawn(acme: Company, labeled: MadeJob) -> None:
    worker = _worker(acme, "labeler")
    with organization_scope(acme.id):
        times = list(
            Annotation.objects.filter(worker_id=worker).order_by("submitted_at").values_list("submitted_at", flat=True)
        )
    since, until = times[1], times[1] + timedelta(microseconds=1)
    body = {"worker": worker, "since": since.isoformat(), "until": until.isoformat()}
    assert _withdraw(acme, labeled, body).status_code == 201
    assert _states(acme, Annotation, worker_id=worker) == ["accepted", "accepted", "withdrawn"]
    wrong = _withdraw(acme, labeled, {**body, "until": since.isoformat()})
    assert [one["code"] for one in wrong.json()["fields"]] == ["before_since"]


def test_an_undo_brings_masks_back_as_they_were(acme: Company, labeled: MadeJob) -> None:
    worker = _worker(acme, "labeler")
    with organization_scope(acme.id):
        before = set(ConsolidatedAnnotation.objects.filter(is_current=True).values_list("pk", flat=True))
    order = _withdraw(acme, labeled, {"worker": worker}).json()["id"]
    assert _paid(acme, worker) == 0
    _undo(acme, labeled, order)
    _work_off(acme)
    assert set(_states(acme, Annotation)) == {"accepted"}
    assert (_states(acme, Task), _lines(acme, labeled), _paid(acme, worker)) == (["done"] * 3, 3, 3)
    assert _states(acme, LabelingJob) == ["completed"]
    with organization_scope(acme.id):
        assert set(ConsolidatedAnnotation.objects.filter(is_current=True).values_list("pk", flat=True)) == before
        assert not Slot.objects.filter(state__in=["ready", "claimed"]).exists()
        assert not Claim.objects.filter(is_withdrawn=True).exists()
    listed = acme.client("manager").get(f"/api/v1/jobs/{labeled.id}/withdrawals").json()["results"]
    assert [(one["state"], one["answers"], one["restored"]) for one in listed] == [("undone", 3, 3)]
    again = _withdraw(acme, labeled, {"worker": worker})
    assert again.status_code == 201, "the same answers can be withdrawn anew"
    assert _paid(acme, worker) == 0


def test_an_undo_takes_no_place_that_somebody_has_answered(acme: Company, labeled: MadeJob) -> None:
    worker = _worker(acme, "labeler")
    order = _withdraw(acme, labeled, {"worker": worker}).json()["id"]
    third = acme.client("labeler3")
    assert _answer_all(third, 3, at_most=1) == 1
    held = claim(third).json()
    _undo(acme, labeled, order)
    assert submit(third, held, flat_mask(3)).status_code == 409, "his place is the old answer's again"
    _work_off(acme)
    assert _states(acme, Annotation, worker_id=worker) == ["accepted", "accepted", "withdrawn"]
    with organization_scope(acme.id):
        for item in WorkItem.objects.all():
            assert item.slots.filter(state="accepted").count() == 2
    assert _states(acme, Task) == ["done"] * 3


def test_reviews_of_withdrawn_answers_are_void_and_asked_anew(acme: Company) -> None:
    made = make_job(acme, objects=1, labelers=1, reviewers=("reviewer",))
    assert _answer_all(acme.client("labeler")) == 1
    _work_off(acme)
    reviewer = acme.client("reviewer")
    assert submit(reviewer, claim(reviewer).json(), VERDICT).status_code == 200
    _work_off(acme)
    assert _states(acme, Task) == ["done"]
    worker = _worker(acme, "labeler")
    preview = _post(acme.client("manager"), f"jobs/{made.id}/withdrawals/preview", {"worker": worker}).json()
    assert preview["reviews"] == 1
    order = _withdraw(acme, made, {"worker": worker}).json()["id"]
    assert _states(acme, Annotation) == ["void", "withdrawn"]
    _undo(acme, made, order)
    with organization_scope(acme.id):
        assert (Task.objects.get().review, Task.objects.get().state) == ("accepted", "done")
    assert set(_states(acme, Annotation)) == {"accepted"}
    _withdraw(acme, made, {"worker": worker})
    assert _answer_all(acme.client("labeler2")) == 1
    _work_off(acme)
    assert _states(acme, Task) == ["reviewing"]
    assert submit(reviewer, claim(reviewer).json(), VERDICT).status_code == 200
    _work_off(acme)
    assert _states(acme, Task) == ["done"]


def test_in_a_stopped_job_the_masks_are_made_of_what_is_left(acme: Company, labeled: MadeJob) -> None:
    with organization_scope(acme.id):
        LabelingJob.objects.update(state="stopped")
    _withdraw(acme, labeled, {"worker": _worker(acme, "labeler")})
    _work_off(acme)
    assert (_states(acme, Task), _lines(acme, labeled)) == (["done"] * 3, 3)
    with organization_scope(acme.id):
        assert {len(row.annotation_ids) for row in ConsolidatedAnnotation.objects.filter(is_current=True)} == {1}
    _withdraw(acme, labeled, {"worker": _worker(acme, "labeler2")})
    _work_off(acme)
    assert (_states(acme, Task), _lines(acme, labeled)) == (["failed"] * 3, 0)


def _lent(acme: Company, globex: Company, **terms: Any) -> tuple[MadeJob, str]:
    made = make_job(acme, objects=2, labelers=1, team=make_team(acme, []))
    body = {"vendor": str(globex.id), **terms}
    grant = str(_post(acme.client("manager"), f"jobs/{made.id}/grants", body).json()["id"])
    manager = globex.client("manager")
    assert _post(manager, f"grants/{grant}/accept").status_code == 200
    team = make_team(globex, [globex.people["labeler"], globex.people["labeler2"]])
    assert _post(manager, f"grants/{grant}/teams", {"team": str(team.pk)}).status_code == 201
    assert _answer_all(globex.client("labeler")) == 2
    _work_off(acme)
    return made, grant


def test_the_worst_day_of_a_vendor_is_withdrawn_by_its_customer(acme: Company, globex: Company) -> None:
    made, grant = _lent(acme, globex, price_per_object="0.125", currency="EUR")
    url = f"jobs/{made.id}/withdrawals/preview"
    seen = _post(acme.client("manager"), url, {"grant": grant}).json()
    assert (seen["answers"], seen["cost"]) == (2, {"EUR": "0.25"})
    assert _withdraw(acme, made, {"grant": grant}).status_code == 201
    assert _states(acme, Annotation) == ["withdrawn"] * 2
    assert _answer_all(globex.client("labeler2")) == 2


def test_a_vendors_manager_withdraws_his_own_people_and_nobody_else(acme: Company, globex: Company) -> None:
    made, _grant = _lent(acme, globex)
    with organization_scope(globex.id):
        worker = str(WorkerIdentity.objects.get(user=globex.people["labeler"]).worker_id)
    manager, path = globex.client("manager"), f"granted-jobs/{made.id}/withdrawals"
    assert _post(manager, f"{path}/preview", {"worker": worker}).json()["answers"] == 2
    other = _worker_of_own(acme, made)
    assert _post(manager, path, {"worker": other}).status_code == 422
    ordered = _post(manager, path, {"worker": worker}).json()
    assert run_messages(acme, "withdrawal.apply") == 1
    assert _states(acme, Annotation, worker_id=worker) == ["withdrawn"] * 2
    customer = acme.client("manager")
    assert _post(customer, f"jobs/{made.id}/withdrawals/{ordered['id']}/undo").status_code == 404, "who orders, undoes"
    assert _post(manager, f"{path}/{ordered['id']}/undo").status_code == 200
    assert run_messages(acme, "withdrawal.undo") == 1
    assert _states(acme, Annotation, worker_id=worker) == ["accepted"] * 2
    person = globex.people["labeler"]
    history = acme.browser("manager").get(f"/manage/labeling/labelingjob/{made.id}/history/").content.decode()
    assert "withdrawal applied" in history.lower() and person.username not in history


def _worker_of_own(acme: Company, made: MadeJob) -> str:
    with organization_scope(acme.id):
        from workforce.services.workers import ensure_worker

        return str(ensure_worker(user_id=acme.people["labeler"].pk, customer_id=acme.id).pk)


def test_a_submit_at_the_same_moment_is_in_or_out_never_half(committed: None, acme: Company) -> None:
    """Whatever the order: the slot, the answer and the ledger agree, and no object has an answer too many."""
    made = make_job(acme, objects=4, labelers=1)
    labeler = acme.client("labeler")
    assert _answer_all(labeler, at_most=1) == 1
    worker, held = _worker(acme, "labeler"), claim(labeler).json()
    assert _post(acme.client("manager"), f"jobs/{made.id}/withdrawals", {"worker": worker}).status_code == 201

    def send() -> None:
        submit(acme.client("labeler"), held, flat_mask(2))
        connections.close_all()

    thread = Thread(target=send)
    thread.start()
    run_messages(acme, "withdrawal.apply")
    thread.join()
    run_messages(acme, "withdrawal.apply")
    with organization_scope(acme.id):
        for annotation in Annotation.objects.select_related("slot"):
            assert (annotation.state == "accepted") == (annotation.slot.state == "accepted")
        assert Annotation.objects.filter(state="accepted").count() == 1, "given after the order, so it counts"
        assert not Slot.objects.filter(work_item__slots__state="accepted", state="ready").exists()
    assert _paid(acme, worker) == 1


def test_a_run_that_was_killed_goes_on_where_it_was(
    acme: Company, labeled: MadeJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = _worker(acme, "labeler")
    order = _post(acme.client("manager"), f"jobs/{labeled.id}/withdrawals", {"worker": worker}).json()["id"]
    whole, calls = apply._withdraw_from, []

    def killed_at_the_second(*arguments: Any) -> None:
        calls.append(arguments)
        if len(calls) == 2:
            raise SystemError("killed")
        whole(*arguments)

    monkeypatch.setattr(apply, "_withdraw_from", killed_at_the_second)
    with pytest.raises(SystemError):
        apply.apply_withdrawal(organization_id=acme.id, withdrawal_id=uuid.UUID(order), again=False)
    assert _states(acme, Annotation, worker_id=worker) == ["accepted", "accepted", "withdrawn"]
    monkeypatch.undo()
    run_messages(acme, "withdrawal.apply")
    assert _states(acme, Annotation, worker_id=worker) == ["withdrawn"] * 3
    with organization_scope(acme.id):
        assert WithdrawnAnswer.objects.count() == 3
        assert Slot.objects.filter(state="ready").count() == 3
    assert _paid(acme, worker) == 0
