"""The second chance of a failed test: named when it passes alone, and never given to what hunts for rare events."""

import os
import sys
from pathlib import Path

import pytest

from maskwright.supervise import second_chance

_PLUGIN = Path(__file__).resolve().parents[1] / "plugins" / "second_chance.py"
#: Fails while the file does not exist, and makes it: so it passes the second time.
_UNSTEADY = """
from pathlib import Path
def test_{name}():
    seen = Path(__file__).with_suffix(".seen{name}")
    seen.touch() if (was := seen.exists()) is False else None
    assert was
"""
_BROKEN = """
def test_{name}():
    assert False
"""


def _run(root: Path, **files: str) -> tuple[int, list[str]]:
    for place, text in files.items():
        file = root / f"{place.replace('__', '/')}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    (root / "pytest.ini").write_text("[pytest]\n")
    (root / "conftest.py").write_text(_PLUGIN.read_text())
    command = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:django")
    env = {"PATH": os.environ["PATH"]}
    return second_chance.run((*command, "tests"), command, root, env)


def test_what_passes_alone_is_named(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, unsteady = _run(tmp_path, tests__test_a=_UNSTEADY.format(name="a"), tests__test_b="def test_b(): pass")
    assert (code, unsteady) == (0, ["tests/test_a.py::test_a"])
    assert "once more, alone: tests/test_a.py::test_a" in capfd.readouterr().out


def test_what_fails_again_fails(tmp_path: Path) -> None:
    given = {"tests__test_a": _UNSTEADY.format(name="a"), "tests__test_b": _BROKEN.format(name="b")}
    assert _run(tmp_path, **given) == (1, [])


@pytest.mark.parametrize("folder", ["protocol", "faults", "isolation"])
def test_where_one_failure_is_a_finding_there_is_none(tmp_path: Path, folder: str) -> None:
    assert _run(tmp_path, **{f"tests__{folder}__test_a": _UNSTEADY.format(name="a")}) == (1, [])


def test_many_are_no_accident(tmp_path: Path) -> None:
    many = "".join(_UNSTEADY.format(name=f"n{number}") for number in range(second_chance.MOST + 1))
    assert _run(tmp_path, tests__test_a=many) == (1, [])


def test_what_is_not_a_failed_test_is_left_as_it_is(tmp_path: Path) -> None:
    assert _run(tmp_path, tests__test_a="this is no Python")[0] == 2
