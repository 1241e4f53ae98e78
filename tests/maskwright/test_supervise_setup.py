"""Set-up does only what changed inputs demand, finds Node without one on the path, and says what is missing."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from maskwright.supervise import setup

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout whose frontend counts its installs and builds instead of doing them for seconds."""
    frontend = tmp_path / "frontend"
    (frontend / "src").mkdir(parents=True)
    (frontend / "src" / "main.ts").write_text("export {};")
    (frontend / "package.json").write_text(
        '{"name": "x", "version": "1.0.0", "private": true, "scripts": {"build":'
        ' "mkdir -p dist/.vite && echo {} > dist/.vite/manifest.json && echo built >> ../builds"}}'
    )
    lock = '{"name": "x", "version": "1.0.0", "lockfileVersion": 3, "packages": {"": {"name": "x"}}}'
    (frontend / "package-lock.json").write_text(lock)
    monkeypatch.setattr(setup, "ROOT", tmp_path)
    monkeypatch.setattr(setup, "FRONTEND", frontend)
    return tmp_path


def builds(checkout: Path) -> int:
    return len((checkout / "builds").read_text().split())


def test_the_frontend_is_built_once_and_again_only_after_a_change(checkout: Path) -> None:
    assert setup.build_frontend()
    assert not setup.build_frontend()
    assert builds(checkout) == 1
    (checkout / "frontend" / "src" / "main.spec.ts").write_text("a test changes no build")
    assert not setup.build_frontend()
    (checkout / "frontend" / "src" / "main.ts").write_text("export const changed = 1;")
    assert setup.build_frontend()
    shutil.rmtree(checkout / "frontend" / "dist")
    assert setup.build_frontend()
    assert builds(checkout) == 3


def test_a_build_that_fails_is_not_remembered(checkout: Path) -> None:
    package = checkout / "frontend" / "package.json"
    good = package.read_text()
    package.write_text(good.replace("mkdir", "false; exit 3; mkdir"))
    with pytest.raises(setup.SetupFailed, match="code 3"):
        setup.build_frontend()
    package.write_text(good)
    assert setup.build_frontend()


def test_without_node_on_the_path_the_one_of_the_wheel_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for tool in ("sh", "env"):
        (tmp_path / tool).symlink_to(shutil.which(tool) or "")
    monkeypatch.setenv("PATH", str(tmp_path))
    npm, env = setup.find_npm()
    answer = subprocess.run([*npm, "exec", "--call", "node --version"], env=env, capture_output=True, text=True)
    assert re.match(r"v2[2-9]\.", answer.stdout), answer.stderr


def test_an_old_python_says_which_one_is_wanted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(setup.SetupFailed, match=r"3\.11 or newer"):
        setup.continue_with_newer_python()


def test_an_environment_of_a_python_that_went_away_counts_as_none(tmp_path: Path) -> None:
    python = tmp_path / "bin" / "python"
    assert setup.version_of(python) == ""
    python.parent.mkdir()
    python.symlink_to("/no/such/python3")
    assert setup.version_of(python) == ""
    assert setup.version_of(Path(sys.executable)) == sys.version


def test_the_lock_is_complete_hashed_and_names_no_address() -> None:
    text = (ROOT / "requirements.lock").read_text()
    assert "://" not in text
    entries = re.split(r"^(?=[a-zA-Z0-9])", text, flags=re.MULTILINE)[1:]
    assert len(entries) > 50
    for entry in entries:
        assert "==" in entry.split("\n")[0]
        assert "--hash=sha256:" in entry


def test_make_help_lists_the_targets_that_people_are_told_about() -> None:
    answer = subprocess.run(["make", "-s", "help"], cwd=ROOT, capture_output=True, text=True, env=os.environ)
    listed = set(re.findall(r"make (\w+)", answer.stdout))
    assert {"run", "test", "check", "setup", "soak", "bench", "doctor"} <= listed
