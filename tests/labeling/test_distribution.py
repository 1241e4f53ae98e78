"""Policies of distribution, turns of queues, skills, caps: through the work API, on the database."""

import pkgutil
import random
from collections import Counter
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from labeling.models import DataObject
from maskwright.core.scope import organization_scope
from tests.factories.jobs import MadeJob, make_job
from tests.factories.work import act, claim, flat_mask, submit
from tests.plugins.cast import Company
from workforce import distribution
from workforce.distribution import POLICIES, RULES, effective_priority
from workforce.distribution.ageing import AGEING_SECONDS
from workforce.models import PersonSkill, WorkQueue
from workforce.services import claim_sql
from workforce.services.queues import change_queue

LABELERS = ("labeler", "labeler2", "labeler3")


def _answer(company: Company, who: str, **body: Any) -> int:
    """Label one photo; its index."""
    client = company.client(who)
    assignment = claim(client, **body).json()
    assert submit(client, assignment, flat_mask(1)).status_code == 200
    with organization_scope(company.id):
        return DataObject.objects.get(pk=assignment["task"]["data_object"]["id"]).index


def test_breadth_first_gives_every_object_its_first_answer_before_a_second(acme: Company) -> None:
    make_job(acme, objects=9, labelers=3, distribution={"policy": "breadth_first"})
    order = [_answer(acme, LABELERS[turn % 3]) for turn in range(27)]
    assert sorted(order[:9]) == list(range(9))
    assert Counter(order) == dict.fromkeys(range(9), 3)
    # From then on by one at most, but for what the asking person has answered himself.
    spread = [Counter(dict.fromkeys(range(9), 0)) + Counter(order[: end + 1]) for end in range(9, 27)]
    assert all(max(counts.values()) - min(counts.values()) <= 2 for counts in spread)


def test_breadth_first_gives_back_a_released_first_answer_first(acme: Company) -> None:
    make_job(acme, objects=4, labelers=2, distribution={"policy": "breadth_first"})
    client = acme.client("labeler")
    released = claim(client).json()
    for _ in range(3):
        _answer(acme, "labeler2")
    act(client, released, "release")
    again = claim(acme.client("labeler3")).json()
    assert again["task"] == released["task"]


def test_depth_first_finishes_what_is_begun(acme: Company) -> None:
    make_job(acme, objects=9, labelers=3, distribution={"policy": "depth_first"})
    order = [_answer(acme, LABELERS[turn % 3]) for turn in range(27)]
    assert [len(set(order[start : start + 3])) for start in range(0, 27, 3)] == [1] * 9


def test_a_running_job_can_change_its_policy(acme: Company) -> None:
    made = make_job(acme, objects=6, labelers=2)
    begun = {_answer(acme, "labeler") for _ in range(3)}
    response = acme.client("manager").patch(
        f"/api/v1/jobs/{made.id}", {"policy": "depth_first"}, content_type="application/json"
    )
    assert (response.status_code, response.json()["policy"]) == (200, "depth_first")
    assert {_answer(acme, "labeler2") for _ in range(3)} == begun


def test_wrong_settings_are_told_all_at_once(acme: Company) -> None:
    made = make_job(acme)
    settings = {
        "policy": "lottery",
        "hold_seconds": 1,
        "max_open_claims": 0,
        "max_declines": 0,
        "required_skills": {"cats": 101},
    }
    response = acme.client("manager").patch(f"/api/v1/jobs/{made.id}", settings, content_type="application/json")
    assert response.status_code == 422
    paths = [problem["path"] for problem in response.json()["fields"]]
    assert paths == ["policy", "hold_seconds", "max_open_claims", "max_declines", "required_skills.cats"]


# --- turns ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("seed", range(5))
def test_no_queue_starves_however_many_stand_before_it(seed: int) -> None:
    """Virtual time: queues of any priority that never run dry; one claim every few seconds, for a week."""
    dice = random.Random(seed)
    priorities = [dice.randint(-5, 5) for _ in range(6)]
    served, longest, now = [0.0] * 6, [0.0] * 6, 0.0
    while now < 7 * 86400:
        now += dice.expovariate(1 / 20)
        turn = max(range(6), key=lambda one: (effective_priority(priorities[one], now - served[one]), -one))
        longest[turn] = max(longest[turn], now - served[turn])
        served[turn] = now
    top = max(priorities)
    for priority, waited, last in zip(priorities, longest, served, strict=True):
        # The bound of ageing.py, and as many turns more as there are queues that may be due at the same time.
        assert max(waited, now - last) <= (top - priority + 1) * AGEING_SECONDS + 6 * 200
    assert longest[priorities.index(min(priorities))] > 0


def test_the_higher_priority_goes_first_until_the_other_has_waited_long_enough(acme: Company) -> None:
    low = make_job(acme, objects=5, labelers=1)
    high = make_job(acme, objects=5, labelers=1, team=low.team)
    with organization_scope(acme.id):
        change_queue(queue_id=high.queue.pk, priority=2)

    def turn() -> str:
        client = acme.client("labeler")
        assignment = claim(client).json()
        submit(client, assignment, flat_mask(1))
        return "high" if assignment["task"]["job"]["id"] == str(high.id) else "low"

    assert turn() == "high"
    _age(acme, low, 1.5 * AGEING_SECONDS)
    assert turn() == "high"
    _age(acme, low, 2 * AGEING_SECONDS)
    assert (turn(), turn()) == ("low", "high"), "once served it waits anew"


def _age(company: Company, made: MadeJob, seconds: float) -> None:
    with organization_scope(company.id), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE workforce_slot SET created_at = created_at - %s * interval '1 second' WHERE work_queue_id = %s",
            [seconds, made.queue.pk],
        )


# --- skills and caps ------------------------------------------------------------------------------------------------
def test_a_job_that_requires_a_skill_goes_to_who_has_it(acme: Company) -> None:
    make_job(acme, objects=1, labelers=1, distribution={"required_skills": {"cats": 50}})
    response = claim(acme.client("labeler"))
    assert (response.status_code, response.headers["X-Reason"]) == (204, "skills_missing")
    with organization_scope(acme.id):
        skill = PersonSkill.objects.create(user=acme.people["labeler"], name="Cats", level=49)
    assert claim(acme.client("labeler")).status_code == 204
    with organization_scope(acme.id):
        PersonSkill.objects.filter(pk=skill.pk).update(level=50)
    assert claim(acme.client("labeler")).status_code == 201


def test_who_has_too_many_open_is_told_so(acme: Company) -> None:
    jobs = [make_job(acme, objects=1, labelers=1, distribution={"max_open_claims": 2}) for _ in range(3)]
    client = acme.client("labeler")
    first, second = (claim(client, job=str(made.id)) for made in jobs[:2])
    assert (first.status_code, second.status_code) == (201, 201)
    third = claim(client, job=str(jobs[2].id))
    assert (third.status_code, third.headers["X-Reason"]) == (204, "too_many_open")
    assert claim(client, job=str(jobs[0].id)).json()["id"] == first.json()["id"], "what he holds he gets again"
    submit(client, first.json(), flat_mask(1))
    assert claim(client, job=str(jobs[2].id)).status_code == 201


# --- cost -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("policy", sorted(POLICIES))
def test_a_claim_costs_at_most_eight_statements_by_any_policy(acme: Company, policy: str) -> None:
    make_job(acme, distribution={"policy": policy, "required_skills": {"cats": 1}})
    with organization_scope(acme.id):
        PersonSkill.objects.create(user=acme.people["labeler"], name="cats", level=1)
    client = acme.client("labeler")
    act(client, claim(client).json(), "release")  # the first claim also makes the worker
    with CaptureQueriesContext(connection) as captured:
        assert claim(client).status_code == 201
    assert len([query for query in captured if "SAVEPOINT" not in query["sql"]]) <= 8


def test_every_policy_is_an_order_of_its_own(acme: Company) -> None:
    labels = Counter(str(policy.label) for policy in POLICIES.values())
    assert set(labels.values()) == {1}
    with organization_scope(acme.id):
        assert WorkQueue(policy="first_in").policy in POLICIES


def test_each_policy_and_rule_stands_in_a_file_of_its_own_and_in_the_claims_statements() -> None:
    """What is not in a registry is not in the statements, which are made of these alone."""
    assert set(POLICIES) == {"first_in", "breadth_first", "depth_first"}
    assert set(RULES) == {"priority_with_ageing", "skill_match", "shares"}
    assert all(rule.sql in claim_sql.ELIGIBLE for rule in RULES.values())
    assert all(f"{policy.name}_{len(policy.arms) - 1}" in claim_sql.TAKE for policy in POLICIES.values())
    parts = {module.name for module in pkgutil.iter_modules(distribution.__path__)}
    assert parts == {*POLICIES, "ageing", "skill_match", "sharing", "policy", "forecast"}
