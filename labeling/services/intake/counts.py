"""The preflight report that grows with each chunk: `{usable, unusable, already_labeled, reasons, warnings}`.

`reasons` and `warnings` count by code. `already_labeled`: lines that carry the job's label attribute from an earlier
job and pass through to the output unchanged. `left_out`, `{count, names}`: files below a prefix that are no photos,
with the first addresses; it is not there when there are none.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

ALREADY_LABELED = "already_labeled"
LEFT_OUT_NAMED = 100


@dataclass
class Counts:
    usable: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)
    left_out: list[str] = field(default_factory=list)

    def added_to(self, report: dict[str, Any]) -> dict[str, Any]:
        """The job's report with these counts."""
        problems = Counter({code: n for code, n in self.reasons.items() if code != ALREADY_LABELED})
        return {
            "usable": report.get("usable", 0) + self.usable,
            "unusable": report.get("unusable", 0) + problems.total(),
            "already_labeled": report.get("already_labeled", 0) + self.reasons[ALREADY_LABELED],
            "reasons": dict(Counter(report.get("reasons", {})) + problems),
            "warnings": dict(Counter(report.get("warnings", {})) + self.warnings),
            **self._left_out(report.get("left_out") or {}),
        }

    def _left_out(self, before: dict[str, Any]) -> dict[str, Any]:
        """Nothing where nothing was left out."""
        count = before.get("count", 0) + len(self.left_out)
        if not count:
            return {}
        return {"left_out": {"count": count, "names": [*before.get("names", []), *self.left_out][:LEFT_OUT_NAMED]}}
