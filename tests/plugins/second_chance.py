"""Which tests failed, for the gate that runs them once more alone (`maskwright.supervise.second_chance`)."""

import os
from pathlib import Path
from typing import Any

import pytest


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    file = os.environ.get("MASKWRIGHT_FAILED_TESTS")
    if file and not hasattr(config, "workerinput"):
        stats = terminalreporter.stats
        failed = {report.nodeid for report in (*stats.get("failed", ()), *stats.get("error", ()))}
        Path(file).write_text("".join(f"{name}\n" for name in sorted(failed)))
