"""What can be wrong with one line of a manifest. Every problem names its line and says what to do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

ProblemCode = Literal[
    "bad_utf8",
    "broken_json",
    "not_an_object",
    "duplicate_key",
    "line_too_long",
    "attribute_too_long",
    "bad_attribute_name",
    "missing_source_ref",
    "bad_source_ref",
    "duplicate_source_ref",
    "blank_line",
]


@dataclass(frozen=True)
class ManifestProblem:
    """A finding about line `number` (1-based).

    `severity` "error": the line is not usable and no ManifestLine is given for it. "warning": it is usable,
    or it is blank and stands for no data object. `raw`, of errors only: the line as it came, without its line end.
    """

    number: int
    code: ProblemCode
    message: str
    severity: Literal["error", "warning"] = "error"
    raw: bytes = field(default=b"", repr=False, compare=False)


@dataclass(frozen=True)
class OutputProblem:
    """A way in which a mask and its output record disagree."""

    code: str
    message: str


class LabelConfigError(ValueError):
    """A label category configuration file that cannot be used.

    `problems` has every reason, as (code, sentence).
    """

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__(" ".join(sentence for _, sentence in problems))
        self.problems = problems
