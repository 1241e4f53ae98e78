"""The state machine: rounds of a small job, each step two operations at once."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.protocol import checks, operations
from tests.protocol.history import History
from tests.protocol.operations import OPERATIONS, Step
from tests.protocol.pairs import Pairs
from tests.protocol.world import LABELERS, OBJECTS, World

#: Before which of its statements the first of two operations stops for the second; 0: not at all. The scope has the
#: first three, a claim has eight and a submit a dozen.
STOPS = (0, 0, *range(4, 14))

# Of the jobs before; their rows stay, which costs less than to remove them.
END_OF_ROUND = """
WITH queue AS (UPDATE workforce_workqueue SET state = 'closed' WHERE state <> 'closed' RETURNING id),
  slot AS (
    UPDATE workforce_slot SET state = 'void', reserved_worker_id = NULL, reserved_until = NULL, reserved_claim_id = NULL
    WHERE state IN ('ready', 'claimed'))
UPDATE workforce_claim SET state = 'void' WHERE state = 'live'
"""


def _steps(names: Sequence[str]) -> st.SearchStrategy[Step]:
    return st.builds(
        Step,
        name=st.sampled_from(names),
        who=st.integers(0, 4),
        which=st.sampled_from([0, 0, 0, 1, 2]),
        variant=st.integers(0, 3),
    )


_any = _steps([name for name, (weight, _) in OPERATIONS.items() for _ in range(weight)])
_first = st.one_of(_steps(["claim"]), _any, _any)
_second = st.one_of(_steps(operations.DISTURBING), _any, _any)


class Protocol(RuleBasedStateMachine):
    """Made by `make_machine`, which gives it a world."""

    world: World
    history: History
    pairs: Pairs
    steps = 0
    #: What operations were answered, by name: whether the machine gets anywhere.
    outcomes: Counter[tuple[str, str]]

    @classmethod
    def begin_round(cls, objects: int = OBJECTS, labelers: int = LABELERS) -> None:
        cls.history.tamper(END_OF_ROUND, {})
        cls.world.begin(objects, labelers)

    @initialize(holders=st.integers(0, 4))
    def begin(self, holders: int) -> None:
        """A new job, of which so many people hold a photo already."""
        self.begin_round()
        for who in range(holders):
            operations.run(self.world, Step("claim", who, 0, 0), 0)
        self.history.new()

    @rule(first=_first, second=_second, same=st.booleans(), stop_before=st.sampled_from(STOPS))
    def both(self, first: Step, second: Step, same: bool, stop_before: int) -> None:
        if same:
            second = replace(second, who=first.who)
        cls = type(self)
        cls.steps += 1
        number = cls.steps * 2
        results: tuple[Any, Any] = self.pairs.run(
            lambda: operations.run(self.world, first, number),
            lambda: operations.run(self.world, second, number + 1),
            stop_before,
        )
        cls.outcomes.update(
            (step.name, type(result).__name__) for step, result in zip((first, second), results, strict=True)
        )
        checks.check(self.world, self.history, [(first, results[0]), (second, results[1])])
        if cls.steps % 4 == 0:
            checks.check_counts(self.world, self.history)
        if operations.is_over(self.world, self.history):
            self.begin(number % 5)

    @rule(seconds=st.sampled_from(operations.JUMPS), then=st.sampled_from(["expire", "end_stopping", None]))
    def time_passes(self, seconds: int, then: str | None) -> None:
        operations.jump(self.world, self.history, seconds)
        if then is not None:
            step = Step(then, 0, 0, 0)
            checks.check(self.world, self.history, [(step, operations.run(self.world, step, 1))])
        checks.check_rights(self.world, self.history)


def make_machine(world: World, history: History, pairs: Pairs) -> type[Protocol]:
    return type(
        "Bound", (Protocol,), {"world": world, "history": history, "pairs": pairs, "steps": 0, "outcomes": Counter()}
    )
