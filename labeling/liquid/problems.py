"""What is wrong with a template, with its place."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from labeling.wording import gettext_noop as _

Code = Literal[
    "too_large",
    "wrong_input",
    "syntax",
    "unknown_filter",
    "unknown_tag",
    "failed",
    "too_deep",
    "too_many_loops",
    "too_much_output",
    "too_much_memory",
    "too_slow",
]


@dataclass(frozen=True)
class Problem:
    """`line` and `column` are 1-based; 0 where the template as a whole is meant. `text`: the place as it is written."""

    code: Code
    message: str
    line: int = 0
    column: int = 0
    text: str = ""

    @property
    def sentence(self) -> str:
        """The message with its line."""
        if not self.line:
            return self.message
        return _("Line %(line)s: %(message)s") % {"line": self.line, "message": self.message}

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class TemplateError(Exception):
    """A template that could not be rendered."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.sentence)
        self.problem = problem
