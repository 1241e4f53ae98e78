"""The preflight report that grows with each chunk: `{usable, unusable, already_labeled, reasons, warnings}`.

`reasons` and `warnings` count by code. `already_labeled`: lines that carry the job's label attribute from an earlier
job and pass through to the output unchanged; `not_required`: those that the pre-annotation function says nobody need
label, which pass through as well. `function_error`: why that function does not answer just now. `not_chosen`: images
that the job's filter or sample leaves out, which are no objects of it. `left_out`, `{count, names}`: files below a
prefix that are no photos, with the first addresses. The last four are not there when there is nothing to say.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

ALREADY_LABELED = "already_labeled"
NOT_REQUIRED = "not_required"
NOT_CHOSEN = "not_chosen"
LEFT_OUT_NAMED = 100
#: What is added up to the number of objects.
TOTALS = ("usable", "unusable", ALREADY_LABELED, NOT_REQUIRED)


def moved(report: dict[str, Any], before: str, after: str) -> dict[str, Any]:
    """The report after one object went from one problem's code to another; "" is none."""
    found = {**report, "reasons": dict(report.get("reasons", {}))}
    for code, change in ((before, -1), (after, 1)):
        place = "usable" if not code else code if code in (NOT_REQUIRED, ALREADY_LABELED) else "unusable"
        found[place] = max(found.get(place, 0) + change, 0)
        if place == "unusable":
            found["reasons"][code] = found["reasons"].get(code, 0) + change
    found["reasons"] = {code: number for code, number in found["reasons"].items() if number > 0}
    return found


@dataclass
class Counts:
    usable: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)
    left_out: list[str] = field(default_factory=list)
    not_chosen: int = 0

    def added_to(self, report: dict[str, Any]) -> dict[str, Any]:
        """The job's report with these counts."""
        problems = Counter({code: n for code, n in self.reasons.items() if code != ALREADY_LABELED})
        return {
            "usable": report.get("usable", 0) + self.usable,
            "unusable": report.get("unusable", 0) + problems.total(),
            "already_labeled": report.get("already_labeled", 0) + self.reasons[ALREADY_LABELED],
            **{name: report[name] for name in (NOT_REQUIRED, "function_error") if name in report},
            "reasons": dict(Counter(report.get("reasons", {})) + problems),
            "warnings": dict(Counter(report.get("warnings", {})) + self.warnings),
            **self._not_chosen(report.get(NOT_CHOSEN, 0)),
            **self._left_out(report.get("left_out") or {}),
        }

    def _not_chosen(self, before: int) -> dict[str, int]:
        return {NOT_CHOSEN: before + self.not_chosen} if before + self.not_chosen else {}

    def _left_out(self, before: dict[str, Any]) -> dict[str, Any]:
        """Nothing where nothing was left out."""
        count = before.get("count", 0) + len(self.left_out)
        if not count:
            return {}
        return {"left_out": {"count": count, "names": [*before.get("names", []), *self.left_out][:LEFT_OUT_NAMED]}}
