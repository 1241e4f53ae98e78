"""The whole product on a data folder of its own: what `make run` starts, supervised in the same way."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import psycopg

from maskwright.supervise.processes import free_port, spawn, stop, tail, wait_until

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 120
# Nothing else of our environment: the addresses of pytest's own servers would look like a production set-up.
_KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "CI")
Found = TypeVar("Found")
_CAST = Path(__file__).with_name("cast_program.py")


class Stack:
    """One installation under `python -m maskwright.supervise run`; a context manager that ends and removes it."""

    def __init__(self, **settings: str) -> None:
        """`settings`: more environment variables."""
        self.folder = Path(tempfile.mkdtemp(prefix="mw-"))
        self.home = self.folder / "home"
        self.port = free_port()
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None
        self._people: _Caster | None = None

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def log(self) -> Path:
        return self.folder / "supervisor.log"

    def start(self) -> None:
        env = {name: os.environ[name] for name in _KEPT if name in os.environ}
        path = f"{ROOT / 'platform'}:{ROOT}"
        env |= {"MASKWRIGHT_HOME": str(self.home), "PORT": str(self.port), "DEMO": "0", "PYTHONPATH": path}
        with self.log.open("ab") as output:
            # It ends with us, so that a killed test run leaves nothing behind.
            self._process = spawn(
                [sys.executable, "-m", "maskwright.supervise", "run"],
                output=output,
                env=env | self._settings,
                cwd=ROOT,
                death_signal=signal.SIGTERM,
            )
        process = self._process
        wait_until(lambda: process.poll() is not None or self._is_ready(), timeout=START_SECONDS)
        if process.poll() is not None or not self._is_ready():
            self.stop()
            raise RuntimeError(f"The installation did not start. The end of {self.log}:\n{tail(self.log, 60)}")

    def stop(self) -> None:
        """End it as Ctrl-C would."""
        self._dismiss_caster()
        if self._process is not None:
            stop(self._process, stop_signal=signal.SIGINT, grace=60)
            self._process = None

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        if kind is None:
            shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def ready(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.home / "ready.json").read_text(encoding="utf-8"))
        return content

    @property
    def pids(self) -> dict[str, int]:
        pids: dict[str, int] = self.ready["pids"]
        return pids

    @property
    def environment(self) -> dict[str, str]:
        """What the supervisor gave to the web process: addresses and secrets of this installation."""
        raw = Path(f"/proc/{self.pids['web']}/environ").read_bytes()
        pairs = (entry.decode().partition("=") for entry in raw.split(b"\0") if entry)
        return {name: value for name, _, value in pairs}

    def database(self) -> "psycopg.Connection[Any]":
        """A connection that sees every organization's rows."""
        return psycopg.connect(self.environment["DATABASE_OPS_URL"], autocommit=True)

    def number_of(self, code: str) -> int:
        """A photo's number in its job's input, counted from 1, by what labelers call it."""
        with self.database() as connection:
            row = connection.execute(
                "SELECT index + 1 FROM labeling_dataobject WHERE right(replace(id::text, '-', ''), 6) = %s", [code]
            ).fetchone()
        assert row is not None, f"no photo is called {code}"
        return int(row[0])

    def kill(self, name: str) -> int:
        """`kill -9` one process; its supervisor starts it again. The id that was killed."""
        pid = self.pids[name]
        os.kill(pid, signal.SIGKILL)
        return pid

    def create_people(
        self, organization: str, people: Mapping[str, str], *, is_vendor: bool = False
    ) -> dict[str, dict[str, str]]:
        """Make an organization and its people ({username: role}); each with id, password and API token."""
        order = json.dumps({"organization": organization, "people": dict(people), "is_vendor": is_vendor})
        answer = self._caster().ask(order)
        if "made" not in answer:
            raise RuntimeError(f"The people could not be made:\n{answer.get('error', 'The process ended.')}")
        found: dict[str, dict[str, str]] = answer["made"]
        return found

    def _caster(self) -> "_Caster":
        """Started once: Django's set-up takes as long as a short test."""
        environment = self.environment
        if self._people is None or not self._people.fits(environment):
            self._dismiss_caster()
            self._people = _Caster(environment)
        return self._people

    def _dismiss_caster(self) -> None:
        if self._people is not None:
            self._people.end()
            self._people = None

    def logs(self) -> str:
        """The end of every log, for a failed test."""
        files = [self.log, *sorted((self.home / "logs").glob("*.log"))]
        return "\n".join(f"--- {file.name}\n{tail(file, 25)}" for file in files)

    def _is_ready(self) -> bool:
        return (self.home / "ready.json").exists()


class _Caster:
    """A process with the installation's environment that makes people (`cast_program`)."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = dict(environment)
        self._process = subprocess.Popen(
            [sys.executable, str(_CAST)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=self._environment,
            cwd=ROOT,
            text=True,
        )

    def fits(self, environment: Mapping[str, str]) -> bool:
        return self._process.poll() is None and self._environment == environment

    def ask(self, order: str) -> dict[str, Any]:
        """The answer; empty when the process ended."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(f"{order}\n")
        self._process.stdin.flush()
        for line in self._process.stdout:
            if line.startswith("{"):
                answer: dict[str, Any] = json.loads(line)
                return answer
        return {}

    def end(self) -> None:
        self._process.kill()
        self._process.communicate()


def eventually(look: Callable[[], Found | None], *, within: float, every: float = 0.1, what: str = "") -> Found:
    """The first true answer of `look`; AssertionError with what was seen last when time runs out."""
    deadline = time.monotonic() + within
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() >= deadline:
            raise AssertionError(f"{what or 'What was waited for'} did not come within {within:g} s; last: {found!r}")
        time.sleep(every)
