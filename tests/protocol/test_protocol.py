"""The task protocol keeps its invariants whatever happens at once; and these tests find it when one is broken."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.errors import Flaky
from hypothesis.stateful import run_state_machine_as_test

from tests.protocol.bugs import BUGS, seeded
from tests.protocol.checks import Violation
from tests.protocol.history import recorded
from tests.protocol.machine import Protocol, make_machine
from tests.protocol.pairs import Pairs
from tests.protocol.sweep import sweep
from tests.protocol.world import make_world

ROUND = 50  # steps


@pytest.fixture
def machine(committed: None) -> Iterator[type[Protocol]]:
    pairs = Pairs()
    try:
        with recorded() as history:
            yield make_machine(make_world(), history, pairs)
    finally:
        pairs.close()


def run(
    machine: type[Protocol], steps: int, *, phases: tuple[Phase, ...] = (Phase.generate, Phase.shrink), **more: Any
) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=steps // 20,
            stateful_step_count=ROUND,
            deadline=None,
            database=None,
            phases=phases,
            suppress_health_check=list(HealthCheck),
            **more,
        ),
    )


@pytest.mark.timeout(300)
def test_the_invariants_hold(machine: type[Protocol]) -> None:
    run(machine, 1_000, derandomize=True)
    print(sorted(machine.outcomes.items()))
    assert machine.steps > 1_000


@pytest.mark.timeout(300)
def test_the_invariants_hold_whatever_comes_between_two_statements(machine: type[Protocol]) -> None:
    assert sweep(machine, every=3) > 100


@pytest.mark.soak
@pytest.mark.timeout(1200)
def test_the_invariants_hold_between_any_two_statements(machine: type[Protocol]) -> None:
    pairs = sweep(machine)
    print(f"\n{pairs} pairs of operations, each before every statement of the other, no violation")
    assert pairs > 300


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_the_invariants_hold_for_long(machine: type[Protocol]) -> None:
    while machine.steps < 50_000:  # pairs
        run(machine, 10_000)
    print(f"\n{machine.steps} pairs of operations, no violation")


@pytest.mark.timeout(120)
@pytest.mark.parametrize("bug", BUGS)
def test_a_seeded_bug_is_found(machine: type[Protocol], bug: str) -> None:
    with seeded(bug), pytest.raises((Violation, Flaky)):
        sweep(machine, BUGS[bug][1])
        run(machine, 1_000, phases=(Phase.generate,), derandomize=True)
    print(f"found after {machine.steps} steps")
