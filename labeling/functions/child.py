"""The child of `entry_points.py`: loads one function and calls it with each request it is told of.

A line of standard input is the path of a request (JSON); a line of standard output `{"answer": ...}` or
`{"error": "..."}`. What the function itself prints goes nowhere.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from contextlib import suppress
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

GROUP = "maskwright.functions"


def main(name: str) -> None:
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    most = int(os.environ.pop("FUNCTION_MEMORY_BYTES", "0"))
    with suppress(ValueError, OSError):  # where the system knows no such limit
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    for line in sys.stdin:
        answers.write(json.dumps(_answer(name, line.rstrip("\n"))) + "\n")
        answers.flush()


def _answer(name: str, path: str) -> dict[str, Any]:
    try:
        (found,) = {one.name: one for one in entry_points(group=GROUP) if one.name == name}.values()
        answer = found.load()(json.loads(Path(path).read_text(encoding="utf-8")))
        return {"answer": json.loads(json.dumps(answer))}
    except Exception as error:  # whatever a function raises is its answer
        return {"error": f"{type(error).__name__}: {error}"[:500]}
