"""Whatever is killed: each acknowledged answer is stored, counted once and in the output; no slot is held twice."""

import pytest

from tests.end_to_end.stack import Stack
from tests.faults.campaign import LEASE, Outcome, run_campaign
from tests.faults.chaos import LOSE, PROCESSES, WIPE, plan

SEED = 20261124
#: Seconds between two runs of the reconciler; less than an installation's 20, or the tests would mostly wait for it.
RECONCILE = 4


def run(
    submits: int,
    events: list[str],
    *,
    time_limit: float,
    heal_limit: float = 60.0,
    slow: float = 0.1,
    settings: str = "",
) -> Outcome:
    variables = {"CLAIM_LEASE_SECONDS": str(round(LEASE)), "RECONCILE_SECONDS": str(RECONCILE)}
    if settings:
        variables["DJANGO_SETTINGS_MODULE"] = f"tests.faults.{settings}"
    with Stack(**variables) as stack:
        outcome = run_campaign(
            stack,
            submits=submits,
            events=events,
            seed=SEED,
            time_limit=time_limit,
            heal_limit=heal_limit,
            slow=slow,
        )
        print(f"\n{outcome.figures}")
        for problem in outcome.violations[:20]:
            print(f"  {problem}")
        if outcome.violations and not settings:
            print(stack.logs())
    return outcome


@pytest.mark.timeout(420)
def test_ledger_storage_database_and_output_agree_after_kills() -> None:
    outcome = run(200, plan(9, SEED), time_limit=240)
    assert outcome.violations == []
    assert {*PROCESSES, WIPE} <= set(outcome.faults)


@pytest.mark.timeout(240)
def test_the_same_check_fails_without_fencing() -> None:
    outcome = run(32, [], time_limit=25, heal_limit=1, slow=0.4, settings="settings_without_fencing")
    assert any("had lost the slot" in problem for problem in outcome.violations)


@pytest.mark.timeout(240)
def test_the_same_check_fails_without_the_reconciler() -> None:
    outcome = run(32, [LOSE] * 4, time_limit=15, heal_limit=3 * RECONCILE, settings="settings_without_reconciler")
    assert any("not completed" in problem for problem in outcome.violations)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_two_thousand_submits() -> None:
    outcome = run(2000, plan(60, SEED), time_limit=3000)
    assert outcome.violations == []
    assert {*PROCESSES, WIPE, LOSE} <= set(outcome.faults)
    assert len(outcome.ledger.accepted) == 2000
