"""What was found, and where."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Finding:
    """`file` is a key below the job's folder, `line` is 1-based and 0 where the finding is about the whole file.

    An error breaks a promise of the format; a warning is something a reader may live with.
    """

    file: str
    line: int
    code: str
    message: str
    severity: Severity = "error"

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.severity} {self.code}: {self.message}"

    def as_json(self) -> str:
        return json.dumps(
            {
                "file": self.file,
                "line": self.line,
                "severity": self.severity,
                "code": self.code,
                "message": self.message,
            },
            ensure_ascii=False,
        )
