"""A few failed tests are run once more alone: a machine that stood still for seconds is no defect of the product.

What passes then is named as unsteady in the summary, to be mended; what fails again fails the gate. Tests in which one
failure in a thousand runs is what they look for (races, faults, tenancy) are never given a second chance.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

#: More than so many are no accident.
MOST = 3
#: Folders whose tests hunt for what happens rarely.
NEVER = ("tests/protocol/", "tests/faults/", "tests/isolation/")


def run(
    command: tuple[str, ...], again: tuple[str, ...], folder: Path, env: Mapping[str, str]
) -> tuple[int, list[str]]:
    """Run pytest; the exit code in the end, and the tests that passed only when they were run again.

    `again` is the command without tests: what failed is appended to it.
    """
    with tempfile.TemporaryDirectory(prefix="maskwright-gate-") as scratch:
        file = Path(scratch) / "failed"
        given = {**env, "MASKWRIGHT_FAILED_TESTS": str(file)}
        code = subprocess.run(command, cwd=folder, env=given, check=False).returncode
        failed = file.read_text().split("\n")[:-1] if file.exists() else []
    if code != 1 or not 1 <= len(failed) <= MOST or any(name.startswith(NEVER) for name in failed):
        return code, []
    print(f"\n--- {len(failed)} failed; once more, alone: {', '.join(failed)}", flush=True)
    code = subprocess.run((*again, *failed), cwd=folder, env=dict(env), check=False).returncode
    return code, failed if code == os.EX_OK else []
