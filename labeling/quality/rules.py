"""A rule: when a collector's measurement meets a condition, an action follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from labeling.quality.actions import ACTIONS
from labeling.quality.collectors import COLLECTORS
from labeling.quality.conditions import CONDITIONS
from labeling.quality.evidence import Evidence
from labeling.quality.measurement import Measurement
from labeling.wording import gettext_noop as _


class BrokenRuleError(ValueError):
    """`problems`: where -> what is wrong."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(problems.values()))
        self.problems = dict(problems)


@dataclass(frozen=True)
class Rule:
    """`at_least`: so many measured assignments before it says anything. Raises BrokenRuleError for what cannot work."""

    collector: str
    condition: str
    limit: float
    action: str
    at_least: int = 1
    collector_settings: Mapping[str, float] = field(default_factory=dict)
    action_settings: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        problems = {
            where: _("Choose one of: %(listed)s.") % {"listed": ", ".join(known)}
            for where, known in (("collector", COLLECTORS), ("condition", CONDITIONS), ("action", ACTIONS))
            if getattr(self, where) not in known
        }
        if not problems:
            problems = self._problems()
        if problems:
            raise BrokenRuleError(problems)

    def _problems(self) -> dict[str, str]:
        collector, found = COLLECTORS[self.collector], {}
        if CONDITIONS[self.condition].for_shares != collector.is_share:
            found["condition"] = _("This condition does not fit what is measured.")
        greatest = 1.0 if collector.is_share else 1000.0
        if not 0 < self.limit <= greatest:
            found["limit"] = _("Give a limit above 0 and up to %(greatest)s.") % {"greatest": f"{greatest:g}"}
        if not 1 <= self.at_least <= 200:
            found["at_least"] = _("Give a number from 1 to 200.")
        for name, value in self.collector_settings.items():
            usual = collector.settings.get(name)
            if usual is None:
                found[f"collector_settings.{name}"] = _("There is no such setting.")
            elif not usual[1] <= value <= usual[2]:
                found[f"collector_settings.{name}"] = _("Give a number from %(least)s to %(greatest)s.") % {
                    "least": f"{usual[1]:g}",
                    "greatest": f"{usual[2]:g}",
                }
        for name, problem in ACTIONS[self.action].problems(self.action_settings).items():
            found[f"action_settings.{name}"] = problem
        return found


def fires(rule: Rule, evidence: Sequence[Evidence]) -> Measurement | None:
    """The measurement that meets the rule's condition; None while it does not. `evidence` is newest first."""
    collector = COLLECTORS[rule.collector]
    settings = {name: usual for name, (usual, _least, _greatest) in collector.settings.items()}
    found = collector.measure(evidence, settings | dict(rule.collector_settings))
    if found is None or found.count < rule.at_least or not CONDITIONS[rule.condition].holds(found, rule.limit):
        return None
    return found


#: Of a new job: somebody whose IoU on gold tasks lies, with 95 % confidence, under one half is paused. Against
#: chance it looks at the interval, not at the mean, so three bad photos of a careful person do not trip it.
SPAM = Rule(
    collector="gold_iou",
    condition="certainly_under",
    limit=0.5,
    at_least=3,
    collector_settings={"last": 10},
    action="pause",
)
#: Of a new job, too: managers are told of who answers faster than a photo can be looked at, or declines all.
TOO_FAST = Rule(
    collector="too_fast", condition="reaches", limit=10, at_least=10, collector_settings={"seconds": 3}, action="tell"
)
DECLINES = Rule(collector="declines", condition="reaches", limit=5, at_least=5, action="tell")
USUAL: tuple[Rule, ...] = (SPAM, TOO_FAST, DECLINES)
