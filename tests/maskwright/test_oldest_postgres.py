"""PostgreSQL 15, the oldest we support: all migrations from nothing, what keeps tenants apart, claims and submits.

Debian 12 has it as a package (`apt-get install postgresql-15`). Where no machine of ours had one, this test would be
skipped and the summary of `make test` would say so in capitals.
"""

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from maskwright.supervise.external import OLDEST_SERVER
from maskwright.supervise.roles import DatabaseAddress, connect
from maskwright.supervise.testing import ENVIRONMENT_NAME, installed_postgres, start_services

ROOT = Path(__file__).resolve().parents[2]
VERSION = OLDEST_SERVER // 10_000
#: These migrate a database of their own from nothing, by the same plugin as the whole suite.
TESTS = (
    "tests/architecture/test_database.py",
    "tests/maskwright/test_row_level_security.py",
    "tests/workforce/test_pulse.py",
    "tests/labeling/test_work_contract.py",
    "tests/labeling/test_work_submit.py",
)


@pytest.mark.timeout(600)
def test_the_oldest_supported_version_migrates_isolates_and_takes_work() -> None:
    binaries = installed_postgres(VERSION)
    if binaries is None:
        pytest.skip(f"NO POSTGRESQL {VERSION} ON THIS MACHINE: the oldest supported version was not tested.")
    with start_services(binaries=binaries) as services:
        with connect(DatabaseAddress.parse(services.superuser_url)) as server:
            assert server.info.server_version // 10_000 == VERSION
        # Nothing of this session: its addresses are those of the other server.
        env = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        env |= {ENVIRONMENT_NAME: json.dumps(asdict(services.urls))}
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", *TESTS],
            cwd=ROOT,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert " passed" in done.stdout and "skipped" not in done.stdout


def test_a_version_that_is_not_there_is_not_found() -> None:
    assert installed_postgres(7) is None
