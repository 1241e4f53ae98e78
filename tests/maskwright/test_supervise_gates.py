"""`make test`: which gates it has, and that what could not run is said loudly and fails CI."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from maskwright.supervise import gates
from maskwright.supervise.gates import Gate, Result

ROOT = Path(__file__).resolve().parents[2]
Answer = Callable[..., int]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Answer:
    """`main` with gates that end with the given codes, on a machine with or without a browser and PostgreSQL 15."""

    @contextmanager
    def no_servers(**_: Any) -> Iterator[Any]:
        class Urls:
            app_url = owner_url = ops_url = superuser_url = redis_url = ""

        yield Urls()

    def run(target: str, *, browser: bool, oldest: bool = True, code: int = 0, ci: bool = False) -> int:
        def results(found: list[Gate], *_: Any) -> list[Result]:
            return [Result(gate, code, 0.0) for gate in found]

        monkeypatch.setattr(gates, "session_services", no_servers)
        monkeypatch.setattr(gates, "provide_browser", lambda: browser)
        monkeypatch.setattr(gates, "installed_postgres", lambda _: Path("/") if oldest else None)
        monkeypatch.setattr(gates, "run_gates", results)
        monkeypatch.setenv("CI", "1") if ci else monkeypatch.delenv("CI", raising=False)
        return gates.main(target)

    return run


def test_make_test_has_every_gate() -> None:
    names = [gate.name for gate in gates.gates_for("test", browser=True)]
    assert {
        "ruff",
        "ruff format",
        "import rules",
        "migrations",
        "mypy",
        "TypeScript",
        "TypeScript tests",
        "Python tests",
        "end-to-end tests",
    } <= set(names)


def test_without_a_browser_everything_else_runs_and_it_is_said(run: Answer, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("test", browser=False) == 0
    told = capsys.readouterr().out
    assert "NO CHROMIUM: the end-to-end tests DID NOT RUN" in told and "Python tests" in told


@pytest.mark.parametrize("target", ["test", "e2e"])
def test_without_a_browser_ci_fails(run: Answer, target: str) -> None:
    assert run(target, browser=False, ci=True) == 1
    assert run(target, browser=True, ci=True) == 0


def test_the_oldest_postgres_that_was_not_tested_is_said(run: Answer, capsys: pytest.CaptureFixture[str]) -> None:
    run("test", browser=True, oldest=False)
    assert "NO POSTGRESQL 15" in capsys.readouterr().out
    run("test", browser=True)
    assert "NO POSTGRESQL" not in capsys.readouterr().out


def test_one_gate_that_fails_fails_the_whole(run: Answer) -> None:
    assert run("test", browser=True, code=2) == 1


def test_ci_is_make_test_with_nothing_skipped() -> None:
    script = (ROOT / ".ci" / "run").read_text()
    assert "export CI=1" in script and script.rstrip().endswith("make test") and "set -euo pipefail" in script
