"""Every pair of operations that meet at one photo, the second before each statement of the first: in full, not drawn.

The random machine finds what takes a long story; a race takes two operations and one exact moment, which is rarer by
chance than it costs to try them all.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.protocol import checks, operations
from tests.protocol.machine import Protocol
from tests.protocol.operations import Step

#: No operation has more statements.
MOST = 30


@dataclass(frozen=True)
class Scene:
    """How things stand before: `objects` photos of which `labelers` answers are wanted, and what was done."""

    name: str
    objects: int
    labelers: int
    before: tuple[Step | int, ...]  # an int lets so many seconds pass


def _claim(who: int) -> Step:
    return Step("claim", who, 0, 0)


def _own(name: str, who: int, variant: int = 0) -> Step:
    return Step(name, who, 0, variant)


_EXPIRE = Step("expire", 0, 0, 0)
SCENES = {
    "open": Scene("open", 2, 2, (_claim(0), _claim(3))),
    "due": Scene("due", 1, 1, (_claim(0), 70)),
    "stale": Scene("stale", 1, 1, (_claim(0), 70, _EXPIRE, _claim(1))),
    "passed on": Scene("passed on", 1, 1, (_claim(0), 70, _EXPIRE, _claim(1), _own("release", 1))),
    "answered": Scene("answered", 1, 2, (_claim(0), _own("submit", 0))),
    "given": Scene("given", 1, 2, (_claim(0), _own("submit", 0), _claim(1))),
    "late": Scene("late", 1, 2, (_claim(0), _claim(1), 70, _EXPIRE)),
    "withdrawn": Scene("withdrawn", 1, 2, (_claim(0), _own("submit", 0), _claim(1), Step("withdraw", 0, 0, 0))),
    "stopped": Scene("stopped", 2, 1, (_claim(0), _claim(1), Step("stop", 0, 0, 0), 400)),
}
_OF_0 = tuple(_own(name, 0) for name in ("submit", "heartbeat", "release", "decline", "draft", "reserve"))
_MANAGERS = tuple(
    Step(name, 0, 0, 0) for name in ("expire", "pause", "stop", "leave", "dismiss", "revoke", "withdraw", "settle")
)
_OTHERS = (_claim(1), _claim(2), _own("submit", 0), _own("submit", 0, 1), _own("release", 0), _own("submit", 1))

#: What meets what. Whoever loses time, place or rights does so while he claims or submits.
RACES: dict[str, list[tuple[Step, Step]]] = {
    "open": [(first, second) for first in (_claim(2), _claim(4), _own("submit", 0)) for second in _OTHERS + _MANAGERS]
    + [(_claim(who), Step(name, who, 0, 0)) for who in (2, 4) for name in ("leave", "dismiss")],
    "due": [(_own("submit", 0), second) for second in (_EXPIRE, _claim(1), *_MANAGERS[1:4])]
    + [(_EXPIRE, second) for second in (_own("heartbeat", 0), _own("submit", 0), _own("release", 0))],
    "stale": [(first, _own("submit", 1)) for first in _OF_0] + [(_own("submit", 1), first) for first in _OF_0[:3]],
    "passed on": [(_own("submit", 0), second) for second in (_claim(1), _EXPIRE)],
    "answered": [(_claim(0), _claim(1))],
    "given": [(Step("repeat", 0, 0, 0), second) for second in (_own("submit", 0), *_MANAGERS[2:6])],
    # One of the two is given the other's place; his answer is late.
    "late": [(_claim(who), _own("submit", who)) for who in (0, 1)]
    + [(_own("submit", who), _claim(who)) for who in (0, 1)],
    "withdrawn": [(_claim(2), Step("undo", 0, 0, 0)), (_own("submit", 1), Step("undo", 0, 0, 0))],
    "stopped": [(_own("submit", 0), Step("end_stopping", 0, 0, 0)), (Step("end_stopping", 0, 0, 0), _claim(0))],
}


def sweep(machine: type[Protocol], scenes: Iterable[str] = RACES, *, every: int = 1) -> int:
    """Raises checks.Violation; how many pairs were run. With `every` 3 each third moment, in a third of the time."""
    return sum(
        1 for scene in scenes for first, second in RACES[scene] for _ in _moments(machine, scene, first, second, every)
    )


def _moments(machine: type[Protocol], scene: str, first: Step, second: Step, every: int) -> Iterator[int]:
    """The pair at every moment: until the first one has no statement left before which to stop."""
    for stop_before in range(4, MOST, every):
        _set(machine, SCENES[scene])
        number = 100 * stop_before
        results: tuple[Any, Any] = machine.pairs.run(
            lambda number=number: operations.run(machine.world, first, number),  # type: ignore[misc]
            lambda number=number: operations.run(machine.world, second, number + 1),  # type: ignore[misc]
            stop_before,
        )
        machine.steps += 1
        checks.check(machine.world, machine.history, [(first, results[0]), (second, results[1])])
        if second.name in ("leave", "dismiss", "revoke"):
            checks.check_rights(machine.world, machine.history)
        if stop_before == 4:
            checks.check_counts(machine.world, machine.history)
        yield stop_before
        if not machine.pairs.stopped:
            return


def _set(machine: type[Protocol], scene: Scene) -> None:
    machine.begin_round(objects=scene.objects, labelers=scene.labelers)
    for done in scene.before:
        if isinstance(done, int):
            operations.jump(machine.world, machine.history, done)
        else:
            operations.run(machine.world, done, 0)
    machine.history.new()
