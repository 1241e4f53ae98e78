"""A job's queue for its managers: what it shows, and what they can do in it."""

from typing import Any

import pytest
from django.urls import reverse

from labeling.models import Task
from maskwright.core.scope import organization_scope
from tests.factories.jobs import MadeJob, make_job
from tests.factories.work import act, claim, flat_mask, submit
from tests.plugins.cast import Company
from workforce.distribution.forecast import BUCKET_SECONDS, forecast
from workforce.models import Claim, WorkItem
from workforce.services.expiry import settle_declined


def _view(company: Company, made: MadeJob) -> dict[str, Any]:
    response = company.client("manager").get(f"/api/v1/jobs/{made.id}/queue")
    assert response.status_code == 200, response.content
    body: dict[str, Any] = response.json()
    return body


def _post(company: Company, path: str, **body: Any) -> Any:
    return company.client("manager").post(f"/api/v1/{path}", body, content_type="application/json")


def _decline(company: Company, made: MadeJob, *people: str) -> None:
    for who in people:
        client = company.client(who)
        act(client, claim(client).json(), "decline", {"reason": f"too dark for {who}"})
    with organization_scope(company.id):
        for task in made.tasks:
            settle_declined(item_id=task.work_item_id)


def test_it_shows_what_waits_and_who_holds_what(acme: Company) -> None:
    made = make_job(acme, objects=3, labelers=2, window=2)
    assignment = claim(acme.client("labeler")).json()
    held = claim(acme.client("labeler2")).json()
    act(acme.client("labeler2"), held, "release", {"hold": True})
    view = _view(acme, made)
    assert [view[key] for key in ("unopened", "ready", "claimed", "kept", "missing")] == [1, 3, 1, 1, 6]
    (row,) = view["held"]
    assert (row["claim_id"], row["data_object"]["id"]) == (assignment["id"], assignment["task"]["data_object"]["id"])
    assert row["since"] < row["expires_at"] < row["deadline_at"]
    assert len(view["people"]) == 2
    assert acme.client("labeler").get(f"/api/v1/jobs/{made.id}/queue").status_code == 403


def test_it_says_why_something_starves(acme: Company) -> None:
    made = make_job(acme, objects=1, labelers=3, distribution={"max_declines": 5})
    assert _view(acme, made)["starving"] == []
    for who in ("labeler", "labeler2"):
        submit(acme.client(who), claim(acme.client(who)).json(), flat_mask(1))
    _decline(acme, made, "labeler3")
    assert [row["why"] for row in _view(acme, made)["starving"]] == ["nobody_left"]
    skilled = make_job(acme, objects=1, distribution={"required_skills": {"cats": 1}})
    assert [row["why"] for row in _view(acme, skilled)["starving"]] == ["nobody_skilled"]


def test_too_many_declines_wait_for_a_manager_who_puts_it_back(acme: Company) -> None:
    made = make_job(acme, objects=1, labelers=1, distribution={"max_declines": 2})
    _decline(acme, made, "labeler")
    assert _view(acme, made)["attention"] == []
    _decline(acme, made, "labeler2")
    (row,) = _view(acme, made)["attention"]
    assert "too dark for labeler" in row["reason"]
    assert claim(acme.client("labeler3")).status_code == 204
    path = f"objects/{row['data_object']['id']}"
    assert _post(acme, f"{path}/put-back").status_code == 204
    assert _view(acme, made)["attention"] == []
    assert _post(acme, f"{path}/put-back").status_code == 409
    assignment = claim(acme.client("labeler")).json()
    assert submit(acme.client("labeler"), assignment, flat_mask(1)).status_code == 200


def test_or_gives_it_up_with_a_reason(acme: Company) -> None:
    made = make_job(acme, objects=1, labelers=1, distribution={"max_declines": 1})
    _decline(acme, made, "labeler")
    path = f"objects/{made.tasks[0].data_object_id}/give-up"
    assert _post(acme, path, reason="The photo is broken.").status_code == 204
    with organization_scope(acme.id):
        task = Task.objects.get(pk=made.tasks[0].pk)
        assert (task.state, task.failure_code, task.failure_reason) == ("failed", "declined", "The photo is broken.")
        assert WorkItem.objects.get(pk=task.work_item_id).state == "failed"


def _worker(company: Company, assignment: dict[str, Any]) -> str:
    with organization_scope(company.id):
        return str(Claim.objects.get(pk=assignment["id"]).worker_id)


def test_a_claim_is_given_to_somebody_else(acme: Company) -> None:
    made = make_job(acme, objects=2, labelers=1)
    first, second = acme.client("labeler"), acme.client("labeler2")
    taken, other = claim(first).json(), claim(second).json()
    body = {"claim": taken["id"], "worker": _worker(acme, other)}
    assert _post(acme, f"jobs/{made.id}/queue/reassign", **body).status_code == 204
    assert submit(first, taken, flat_mask(1)).status_code == 409
    assert claim(first).status_code == 204, "it is kept for the other"
    submit(second, other, flat_mask(1))
    assert claim(second).json()["task"] == taken["task"]
    assert _post(acme, f"jobs/{made.id}/queue/reassign", **body).status_code == 409, "it is over"


def test_a_place_is_kept_for_a_chosen_person(acme: Company) -> None:
    made = make_job(acme, objects=1, labelers=1)
    assignment = claim(acme.client("labeler2")).json()
    act(acme.client("labeler2"), assignment, "release")
    path = f"objects/{made.tasks[0].data_object_id}/keep"
    assert _post(acme, path, worker=_worker(acme, assignment)).status_code == 204
    assert claim(acme.client("labeler")).status_code == 204
    assert claim(acme.client("labeler2")).status_code == 201
    assert _post(acme, path, worker=_worker(acme, assignment)).status_code == 409, "no place is free"


def test_the_admins_page_does_the_same(acme: Company) -> None:
    made = make_job(acme, objects=2, labelers=1, distribution={"max_declines": 1})
    _decline(acme, made, "labeler")
    held = claim(acme.client("labeler2")).json()
    browser = acme.browser("manager")
    browser.handler.enforce_csrf_checks = False
    url = reverse("admin:labeling_labelingjob_queue", args=[made.id])
    page = browser.get(url).content.decode()
    assert "too dark for labeler" in page
    given = {"opened_under": str(acme.id), "subject": held["id"], "worker": "", "action": "reassign"}
    assert browser.post(url, given, follow=True).status_code == 200
    assert submit(acme.client("labeler2"), held, flat_mask(1)).status_code == 409
    with organization_scope(acme.id):
        item = WorkItem.objects.get(state="attention")
        photo = Task.objects.get(work_item_id=item.pk).data_object_id
    browser.post(url, {"opened_under": str(acme.id), "subject": str(photo), "action": "put_back"})
    assert _view(acme, made)["attention"] == []
    assert "Choose what to do" in browser.post(url, {**given, "action": "x"}, follow=True).content.decode()


@pytest.mark.parametrize("buckets", [[], [9], [5, 5], [1, 2, 3]])
def test_no_forecast_from_too_little(buckets: list[int]) -> None:
    assert forecast(buckets, 100) is None


def test_the_forecast_follows_the_real_speed_and_its_spread() -> None:
    even, uneven, erratic = forecast([10] * 6, 60), forecast([5, 15] * 3, 60), forecast([30, 0, 0, 0], 60)
    assert even is not None and uneven is not None and erratic is not None
    assert even.expected == even.earliest == even.latest == pytest.approx(6 * BUCKET_SECONDS)
    assert uneven.expected == pytest.approx(6 * BUCKET_SECONDS)
    assert uneven.latest is not None
    assert uneven.earliest < uneven.expected < uneven.latest
    assert erratic.latest is None
    assert forecast([10] * 6, 0) is None
