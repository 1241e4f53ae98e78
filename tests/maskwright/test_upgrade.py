"""An installation of an earlier commit, with somebody at work, is migrated: his claim stays live and submits."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg.conninfo
import pytest

ROOT = Path(__file__).resolve().parents[2]
TRIES = 10
PROGRAM = Path(__file__).with_name("upgrade_programs.py")
MIGRATIONS = ("labeling/migrations/*.py", "workforce/migrations/*.py", "platform/maskwright/*/migrations/*.py")


def git(*arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, check=True).stdout


@pytest.fixture
def before(tmp_path: Path) -> Path:
    """The tree as it was just before the newest migration came; of those that started at all."""
    try:
        added = git("log", "--diff-filter=A", "--format=%H", f"-{TRIES}", "--", *MIGRATIONS).decode().split()
        archives = {commit: git("archive", f"{commit}^") for commit in added[:1]}
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"There is no history to upgrade from (a shallow clone, or no git here): {error}")
    for number, commit in enumerate(added):
        folder = tmp_path / f"before-{number}"
        folder.mkdir()
        archive = archives.get(commit) or git("archive", f"{commit}^")
        subprocess.run(["tar", "-x", "-C", str(folder)], input=archive, check=True)
        # Between two commits of a day's work there may be a tree that nobody could have installed.
        env = os.environ | {"PYTHONPATH": f"{folder / 'platform'}:{folder}"}
        command = [sys.executable, "manage.py", "check"]
        if subprocess.run(command, cwd=folder, env=env, capture_output=True, check=False).returncode == 0:
            return folder
    pytest.fail(f"None of the trees before the last {TRIES} migrations starts.")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A database of its own for the installation that is upgraded."""
    name = f"maskwright_upgrade_{os.getpid()}"
    owner = psycopg.conninfo.conninfo_to_dict(os.environ["DATABASE_OWNER_URL"])["user"]
    with psycopg.connect(os.environ["MASKWRIGHT_TEST_SUPERUSER_URL"], autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {name}")
        server.execute(f"CREATE DATABASE {name} OWNER {owner}")
    addresses = {}
    for variable in ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_OPS_URL"):
        before, _, query = os.environ[variable].partition("?")
        addresses[variable] = before.rpartition("/")[0] + f"/{name}" + ("?" + query if query else "")
    storage = f"file://{tmp_path}/objects"
    return dict(os.environ) | addresses | {"MASKWRIGHT_HOME": str(tmp_path), "MASKWRIGHT_STORAGE": storage}


def run(tree: Path, environment: dict[str, str], *arguments: str, given: str = "") -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=tree,
        env=environment | {"PYTHONPATH": f"{tree / 'platform'}:{tree}"},
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout


def test_a_claim_made_before_the_newest_migration_submits_after_it(before: Path, environment: dict[str, str]) -> None:
    migrate = ("manage.py", "migrate", "--database=owner", "--no-input", "--skip-checks")
    run(before, environment, *migrate, "--verbosity=0")
    held = run(before, environment, str(PROGRAM), "claim").splitlines()[-1]

    assert "Applying" in run(ROOT, environment, *migrate), "there is something to upgrade"

    answer: dict[str, Any] = json.loads(run(ROOT, environment, str(PROGRAM), "submit", given=held).splitlines()[-1])
    assert answer["heartbeat"] == 200
    first, second = answer["submits"]
    assert (first[0], first[1]["status"]) == (200, "accepted")
    assert second == first, "the same again is answered the same"
