"""A job shared out: parts hold from the first photo on, change hands, come back, and nobody works on another's part."""

import uuid
from collections import Counter
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from maskwright.config.operations import reconcile_all
from maskwright.core.scope import organization_scope
from tests.factories.inputs import run_messages
from tests.factories.jobs import MadeJob, make_job, make_team
from tests.factories.work import act, claim, flat_mask, submit
from tests.plugins.cast import Company, make_company
from workforce.distribution.sharing import Part, deal
from workforce.models import Claim, Slot, WorkGrant, WorkItem, WorkQueue
from workforce.queue_view import queue_view


def _post(client: Client, path: str, body: dict[str, Any] | None = None) -> Any:
    return client.post(f"/api/v1/{path}", body or {}, content_type="application/json")


def _offer(customer: Company, vendor: Company, made: MadeJob, share: int | None, **more: Any) -> Any:
    body = {"vendor": str(vendor.id), "share": share, **more}
    return _post(customer.client("manager"), f"jobs/{made.id}/grants", body)


def _offered(customer: Company, vendor: Company, made: MadeJob, share: int | None, **more: Any) -> str:
    answer = _offer(customer, vendor, made, share, **more)
    assert answer.status_code == 201, answer.json()
    return str(answer.json()["id"])


def _staffed(vendor: Company, grant: str, *who: str) -> None:
    manager = vendor.client("manager")
    assert _post(manager, f"grants/{grant}/accept").status_code == 200
    team = make_team(vendor, [vendor.people[name] for name in who or ("labeler",)])
    assert _post(manager, f"grants/{grant}/teams", {"team": str(team.pk)}).status_code == 201


def _shares(customer: Company, made: MadeJob) -> dict[str, Any]:
    found: dict[str, Any] = customer.client("manager").get(f"/api/v1/jobs/{made.id}/shares").json()
    return found


def _percents(customer: Company, made: MadeJob) -> list[tuple[str, int]]:
    return [(part["kind"], part["percent"]) for part in _shares(customer, made)["parts"]]


def _slots(customer: Company, made: MadeJob, **states: Any) -> Counter[uuid.UUID]:
    with organization_scope(customer.id):
        return Counter(Slot.objects.filter(work_queue=made.queue, **states).values_list("audience_id", flat=True))


def _without_team(company: Company, objects: int, labelers: int = 1, **more: Any) -> MadeJob:
    made = make_job(company, objects=objects, labelers=labelers, start=False, **more)
    with organization_scope(company.id):
        type(made.queue).objects.filter(pk=made.queue.pk).update(work_team=None)
    return made


def _start(company: Company, made: MadeJob) -> None:
    assert _post(company.client("manager"), f"jobs/{made.id}/start").status_code == 200
    run_messages(company, "queue.distribute")


@pytest.fixture
def hooli(request: pytest.FixtureRequest, globex: Company) -> Company:
    return make_company("Hooli", is_vendor=True)


@given(st.lists(st.integers(1, 100), min_size=1, max_size=5), st.integers(1, 300))
def test_each_part_has_its_share_from_the_first_item_on(weights: list[int], count: int) -> None:
    percents = [weight * 100 // sum(weights) for weight in weights[:-1]]
    percents.append(100 - sum(percents))
    parts = [Part(number, percent) for number, percent in enumerate(percents)]
    dealt = deal(parts, count)
    for n in range(1, count + 1):
        counts = Counter(dealt[:n])
        for part in parts:
            due = part.percent * n / 100
            assert counts[part.key] < due + 1 + 1e-9
            assert n % 100 or counts[part.key] == due
    assert Counter(dealt) == {part.key: part.marked for part in parts if part.marked}


def test_a_share_of_60_and_one_of_40_hold_by_construction(acme: Company, globex: Company, hooli: Company) -> None:
    made = _without_team(acme, 10, labelers=2)
    first, second = _offered(acme, globex, made, 60), _offered(acme, hooli, made, 40)
    _staffed(globex, first)
    _staffed(hooli, second)
    _start(acme, made)
    assert _slots(acme, made) == {uuid.UUID(first): 12, uuid.UUID(second): 8}
    done: Counter[str] = Counter()
    for name, client in (("globex", globex.client("labeler")), ("hooli", hooli.client("labeler"))):
        while (held := claim(client)).status_code in (200, 201):
            assert submit(client, held.json(), flat_mask(1)).status_code == 200
            done[name] += 1
    assert done == {"globex": 6, "hooli": 4}
    assert _percents(acme, made) == [("vendor", 60), ("vendor", 40)]
    assert [part["answers"]["accepted"] for part in _shares(acme, made)["parts"]] == [6, 4]


def test_no_vendor_reads_of_the_other(acme: Company, globex: Company, hooli: Company) -> None:
    made = _without_team(acme, 10)
    _offered(acme, globex, made, 60), _offered(acme, hooli, made, 40)
    [seen] = globex.client("manager").get("/api/v1/grants").json()["results"]
    assert (seen["share"], "Hooli" in str(seen)) == (60, False)
    _staffed(globex, seen["id"])
    _start(acme, made)
    granted = globex.client("manager").get(f"/api/v1/granted-jobs/{made.id}").json()
    assert granted["tasks"]["total"] == 6, "its part alone"
    [job] = globex.client("labeler").get("/api/v1/work/overview").json()["jobs"]
    assert job["waiting"] == 6
    assert globex.client("manager").get(f"/api/v1/jobs/{made.id}/shares").status_code == 404


@pytest.mark.parametrize(("share", "code"), [(0, "range"), (101, "range"), (41, "too_much"), (None, "required")])
def test_an_impossible_share_is_refused(
    acme: Company, globex: Company, hooli: Company, share: int | None, code: str
) -> None:
    made = _without_team(acme, 4)
    _offered(acme, globex, made, 60)
    answer = _offer(acme, hooli, made, share)
    assert answer.status_code == 422
    assert [(one["path"], one["code"]) for one in answer.json()["fields"]] == [("share", code)]


def test_a_job_offered_as_a_whole_is_not_shared_out(acme: Company, globex: Company, hooli: Company) -> None:
    made = _without_team(acme, 4)
    _offered(acme, globex, made, None)
    assert _offer(acme, hooli, made, 40).status_code == 409


def test_the_own_team_keeps_the_rest_and_the_customer_moves_it(acme: Company, globex: Company) -> None:
    made = make_job(acme, objects=10, labelers=1)
    mine = acme.client("labeler")
    begun = claim(mine).json()
    grant = _offered(acme, globex, made, 30)
    assert _percents(acme, made) == [("own", 70), ("vendor", 30)]
    assert _slots(acme, made) == {acme.id: 7, uuid.UUID(grant): 3}
    assert submit(mine, begun, flat_mask(1)).status_code == 200  # what he held stays his
    manager = acme.client("manager")
    url = f"/api/v1/jobs/{made.id}/shares"
    too_much = manager.put(url, {"own": 71}, content_type="application/json")
    assert [one["code"] for one in too_much.json()["fields"]] == ["too_much"]
    assert manager.put(url, {"own": 20}, content_type="application/json").status_code == 200
    assert _percents(acme, made) == [("own", 20), ("vendor", 30), ("free", 50)]
    free = _slots(acme, made, state="ready")[made.queue.pk]
    assert free >= 4
    assert manager.put(url, {"own": 70}, content_type="application/json").status_code == 200
    assert _slots(acme, made, state="ready")[made.queue.pk] == 0


def test_a_vendor_reads_its_progress_with_names_and_a_forecast(acme: Company, globex: Company, hooli: Company) -> None:
    made = _without_team(acme, 40)
    grant, other = _offered(acme, globex, made, 50), _offered(acme, hooli, made, 50)
    _staffed(globex, grant)
    _start(acme, made)
    for _ in range(12):
        assert submit(globex.client("labeler"), claim(globex.client("labeler")).json(), flat_mask(1)).status_code == 200
    with organization_scope(acme.id):  # as if the twelve had taken the last half hour
        for number, one in enumerate(Claim.objects.order_by("claimed_at")):
            Claim.objects.filter(pk=one.pk).update(ended_at=timezone.now() - timedelta(minutes=2.4 * number))
    manager = globex.client("manager")
    read = manager.get(f"/api/v1/grants/{grant}/progress").json()
    assert (read["items"], read["missing"], read["answers"]["accepted"]) == (20, 8, 12)
    assert read["earliest"] < read["expected"]
    mine, theirs = _shares(acme, made)["parts"]
    assert (mine["grant"]["id"], mine["missing"], mine["earliest"] < mine["expected"]) == (grant, 8, True)
    assert (theirs["missing"], theirs["expected"]) == (20, None), "nobody works there yet"
    shown = acme.browser("manager").get(f"/manage/labeling/labelingjob/{made.id}/offers/").content.decode()
    assert mine["expected"][:10] in shown and "too early to say" in shown
    assert [(one["name"], one["answers"]["accepted"]) for one in read["people"]] == [
        (globex.people["labeler"].username, 12)
    ]
    assert manager.get(f"/api/v1/grants/{other}/progress").status_code == 404
    assert acme.client("manager").get(f"/api/v1/grants/{grant}/progress").status_code == 404
    assert hooli.client("manager").get(f"/api/v1/grants/{other}/progress").status_code == 404, "not accepted yet"


def test_a_declined_share_is_the_customers_again_and_is_offered_anew(
    acme: Company, globex: Company, hooli: Company
) -> None:
    made = _without_team(acme, 10)
    kept, lost = _offered(acme, globex, made, 60), _offered(acme, hooli, made, 40)
    _staffed(globex, kept)
    _start(acme, made)
    assert _post(hooli.client("manager"), f"grants/{lost}/decline", {"reason": "No people"}).status_code == 200
    assert run_messages(hooli, "work_grant.declined") == 1
    assert _percents(acme, made) == [("vendor", 60), ("free", 40)]
    assert _slots(acme, made) == {uuid.UUID(kept): 6, made.queue.pk: 4}
    with organization_scope(acme.id):
        starving = queue_view(WorkQueue.objects.get(pk=made.queue.pk)).starving
    assert [one.why for one in starving] == ["unassigned"] * 4
    while (held := claim(globex.client("labeler"))).status_code in (200, 201):
        assert submit(globex.client("labeler"), held.json(), flat_mask(1)).status_code == 200
    assert _slots(acme, made, state="ready") == {made.queue.pk: 4}, "its own 60 percent and no more"
    again = _offered(acme, hooli, made, 40)
    _staffed(hooli, again)
    assert claim(hooli.client("labeler")).status_code in (200, 201)
    assert _slots(acme, made, state="ready") == {uuid.UUID(again): 3}


def test_half_of_what_came_back_can_be_offered(acme: Company, globex: Company, hooli: Company) -> None:
    made = _without_team(acme, 10)
    first = _offered(acme, globex, made, 80)
    _staffed(globex, first)
    _start(acme, made)
    assert _post(acme.client("manager"), f"grants/{first}/revoke").status_code == 200
    again = _offered(acme, hooli, made, 50)
    assert _percents(acme, made) == [("vendor", 50), ("free", 50)]
    assert _slots(acme, made) == {uuid.UUID(again): 5, made.queue.pk: 5}


def test_after_a_revocation_answers_stay_and_the_rest_is_free(acme: Company, globex: Company, hooli: Company) -> None:
    made = _without_team(acme, 10)
    grant = _offered(acme, globex, made, 100)
    _staffed(globex, grant)
    _start(acme, made)
    labeler = globex.client("labeler")
    assert submit(labeler, claim(labeler).json(), flat_mask(1)).status_code == 200
    held = claim(labeler).json()
    assert _post(acme.client("manager"), f"grants/{grant}/revoke").status_code == 200
    assert submit(labeler, held, flat_mask(1)).status_code in (404, 409)
    assert _percents(acme, made) == [("free", 100)]
    assert _slots(acme, made, state="ready") == {made.queue.pk: 9}
    with organization_scope(acme.id):
        assert Slot.objects.filter(state="accepted").count() == 1
    again = _offered(acme, hooli, made, 100)
    _staffed(hooli, again)
    taken = claim(hooli.client("labeler")).json()
    assert act(hooli.client("labeler"), taken, "release").status_code == 204
    assert _slots(acme, made, state="ready") == {uuid.UUID(again): 9}


def test_an_answer_sent_back_after_the_revocation_is_the_new_vendors(
    acme: Company, globex: Company, hooli: Company
) -> None:
    made = _without_team(acme, 1, reviewers=("reviewer",))
    grant = _offered(acme, globex, made, 100)
    _staffed(globex, grant)
    _start(acme, made)
    labeler = globex.client("labeler")
    assert submit(labeler, claim(labeler).json(), flat_mask(1)).status_code == 200
    run_messages(acme, "work.item_answered"), run_messages(acme, "task.consolidate")
    assert _post(acme.client("manager"), f"grants/{grant}/revoke").status_code == 200
    again = _offered(acme, hooli, made, 100)
    _staffed(hooli, again)
    reviewer = acme.client("reviewer")
    verdict = {"kind": "review", "content": {"verdict": "return", "reason": "Edges"}}
    assert submit(reviewer, claim(reviewer).json(), verdict).status_code == 200
    run_messages(acme, "work.item_answered")
    assert claim(hooli.client("labeler")).status_code in (200, 201), "not kept for one who may not come back"


def test_the_sweep_ends_what_time_has_ended(committed: None, acme: Company, globex: Company) -> None:
    made = _without_team(acme, 4)
    grant = _offered(acme, globex, made, 60)
    other = _without_team(acme, 2)
    begun = _offered(acme, globex, other, 100)
    _staffed(globex, begun)
    _start(acme, other)
    held = claim(globex.client("labeler")).json()
    with organization_scope(acme.id):
        WorkGrant.objects.filter(pk=begun).update(expires_at="2020-01-01T00:00:00Z")
        WorkGrant.objects.filter(pk=grant).update(expires_at="2020-01-01T00:00:00Z")
    assert reconcile_all() >= 2
    reconcile_all()
    with organization_scope(acme.id):
        assert set(WorkGrant.objects.values_list("state", flat=True)) == {"expired"}
        assert WorkItem.objects.filter(work_queue=other.queue).exclude(audience_id=other.queue.pk).count() == 0
    assert _percents(acme, made) == [("free", 100)]
    assert submit(globex.client("labeler"), held, flat_mask(1)).status_code in (404, 409)


def test_a_share_that_changes_hands_under_claims_leaves_no_place_with_the_former(
    committed: None, acme: Company, globex: Company, hooli: Company
) -> None:
    """Whoever is faster: what the revoked vendor holds ends, and every free place is the new vendor's."""
    made = _without_team(acme, 12)
    grant = _offered(acme, globex, made, 100)
    _staffed(globex, grant, "labeler", "labeler2", "labeler3")
    _start(acme, made)

    def work(who: str) -> None:
        client = globex.client(who)
        try:
            while (held := claim(client)).status_code in (200, 201):
                if submit(client, held.json(), flat_mask(1)).status_code != 200:
                    return
        finally:
            connections.close_all()

    threads = [Thread(target=work, args=(who,)) for who in ("labeler", "labeler2", "labeler3")]
    for thread in threads:
        thread.start()
    assert _post(acme.client("manager"), f"grants/{grant}/revoke").status_code == 200
    again = _offered(acme, hooli, made, 100)
    for thread in threads:
        thread.join()
    run_messages(acme, "work_grant.revoked")
    with organization_scope(acme.id):
        free = Slot.objects.filter(work_queue=made.queue, state="ready")
        done = Slot.objects.filter(work_queue=made.queue, state="accepted").count()
        assert set(free.values_list("audience_id", flat=True)) <= {uuid.UUID(again)}
        assert free.count() + done == 12
        assert not Claim.objects.filter(state="live").exists()
