"""``make check``, ``test``, ``e2e``, ``soak``, ``bench``, ``simulate``: every gate runs, is timed, may fail the whole.

The servers that tests need are started once here; pytest finds them through ``MASKWRIGHT_TEST_SERVICES``.
Missing Chromium is installed where that is possible, said loudly where not, and fails under CI.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from . import second_chance
from .doctor import CHROMIUM_NAMES
from .errors import SupervisionError
from .external import OLDEST_SERVER
from .setup import FRONTEND, ROOT, find_npm
from .testing import installed_postgres, session_services

PYTHON = sys.executable
END_TO_END = "tests/end_to_end"


@dataclass(frozen=True)
class Gate:
    """One command with the name people read."""

    name: str
    command: tuple[str, ...]
    folder: Path = ROOT
    # Whether it gets the addresses of the servers as an application would. Tests do not: they start
    # installations of their own, which must not mistake these for a production environment.
    needs_addresses: bool = False
    #: pytest without tests, for the few that failed under load (`second_chance`); empty: there is none.
    again: tuple[str, ...] = ()


def static_gates() -> list[Gate]:
    """What needs no browser and little time, cheapest first."""
    npm = tuple(find_npm()[0])
    scripts = Path(PYTHON).parent
    return [
        Gate("ruff", (PYTHON, "-m", "ruff", "check", ".")),
        Gate("ruff format", (PYTHON, "-m", "ruff", "format", "--check", ".")),
        Gate("import rules", (str(scripts / "lint-imports"),)),
        Gate(
            "migrations",
            (PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"),
            needs_addresses=True,
        ),
        Gate("mypy", (PYTHON, "-m", "mypy")),
        Gate("TypeScript", (*npm, "run", "--silent", "check"), FRONTEND),
        Gate("TypeScript tests", (*npm, "test"), FRONTEND),
    ]


def gates_for(target: str, *, browser: bool) -> list[Gate]:
    """The gates of a make target; without a browser the end-to-end tests are left out."""
    pytest = (PYTHON, "-m", "pytest")
    # Each of the two has an installation and a browser of its own.
    in_two = ("-n", "2", "--dist", "loadfile")
    browser_tests = (*pytest, *in_two, "--durations=12", END_TO_END)
    end_to_end = [Gate("end-to-end tests", browser_tests, again=pytest)] if browser else []
    match target:
        case "check":
            return static_gates()
        case "test":
            # One more than most machines of CI have cores: tests wait for processes, leases and disks half of the time.
            in_three = ("-n", "3", "--dist", "worksteal")  # long tests come last in some folders: nobody waits for one
            without_browser = (*pytest, *in_three, "--durations=25", "tests", f"--ignore={END_TO_END}")
            return [*static_gates(), Gate("Python tests", without_browser, again=pytest), *end_to_end]
        case "e2e":
            return end_to_end
        case "soak":
            return [Gate("soak", (*pytest, "tests", "-m", "soak", "-p", "no:xdist", "-s"))]
        case "bench":
            # `make bench-editor` needs a browser, `make bench-autoseg` photos with masks; neither needs servers.
            others = {ROOT / "benchmarks" / f"bench_{name}.py" for name in ("editor", "next_photo", "autoseg")}
            files = sorted(set((ROOT / "benchmarks").glob("bench_*.py")) - others)
            return [Gate(file.stem, (PYTHON, str(file.relative_to(ROOT))), needs_addresses=True) for file in files]
        case "simulate":
            return [Gate("simulate", (PYTHON, "benchmarks/simulate.py"), needs_addresses=True)]
        case _:
            raise SupervisionError(f"There is no target {target!r}; see `make help`.")


def find_browser() -> str | None:
    return next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)


def provide_browser() -> bool:
    """Whether there is a Chromium, after installing Debian's package when we may."""
    if find_browser() is None and os.geteuid() == 0 and shutil.which("apt-get"):
        print("-> Installing Chromium for the end-to-end tests", flush=True)
        env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        install = ("apt-get", "install", "--yes", "--no-install-recommends", "-qq", "chromium")
        for command in (("apt-get", "update", "-qq"), install):
            subprocess.run(command, env=env, stdout=subprocess.DEVNULL, check=False)
    return find_browser() is not None


@dataclass(frozen=True)
class Result:
    """`unsteady`: tests that passed only when they were run again, alone."""

    gate: Gate
    code: int
    seconds: float
    unsteady: tuple[str, ...] = ()


def run_gates(gates: list[Gate], env: Mapping[str, str], addresses: Mapping[str, str]) -> list[Result]:
    """Run all gates, whatever the ones before them said."""
    results = []
    for gate in gates:
        print(f"\n=== {gate.name}", flush=True)
        started = time.monotonic()
        given = dict(env) | dict(addresses if gate.needs_addresses else {})
        unsteady: list[str] = []
        if gate.again:
            code, unsteady = second_chance.run(gate.command, gate.again, gate.folder, given)
        else:
            code = subprocess.run(gate.command, cwd=gate.folder, env=given, check=False).returncode
        results.append(Result(gate, code, time.monotonic() - started, tuple(unsteady)))
    return results


def main(target: str) -> int:
    if target == "dev":
        npm, env = find_npm()
        return subprocess.run([*npm, "run", "dev"], cwd=FRONTEND, env=env, check=False).returncode
    needs_browser = target in {"test", "e2e"}
    browser = provide_browser() if needs_browser else False
    started = time.monotonic()
    with session_services(durable=target in {"bench", "simulate"}) as services:
        addresses = {
            "DATABASE_URL": services.app_url,
            "DATABASE_OWNER_URL": services.owner_url,
            "DATABASE_OPS_URL": services.ops_url,
            "DATABASE_SUPERUSER_URL": services.superuser_url,
            "REDIS_URL": services.redis_url,
        }
        # After the start: it put the servers into our environment. npm may need a Node on the path.
        env = find_npm()[1] | {"PYTHONPATH": os.pathsep.join([str(ROOT / "platform"), str(ROOT)])}
        results = run_gates(gates_for(target, browser=browser), env, addresses)
    print("\n=== Summary")
    for result in results:
        print(f"  {'passed' if result.code == 0 else 'FAILED'}  {result.seconds:7.1f} s  {result.gate.name}")
        for name in result.unsteady:
            print(f"  !!! UNSTEADY, mend it: {name} failed, and passed alone")
    failed = [result.gate.name for result in results if result.code != 0]
    if target == "test" and installed_postgres(OLDEST_SERVER // 10_000) is None:
        print(f"\n  !!! NO POSTGRESQL {OLDEST_SERVER // 10_000} HERE: the oldest supported version WAS NOT TESTED.")
    if needs_browser and not browser:
        print("\n  !!! NO CHROMIUM: the end-to-end tests DID NOT RUN. Install it: apt-get install chromium")
        if target == "e2e" or os.environ.get("CI"):
            failed.append("end-to-end tests (no Chromium)")
    print(f"  {'all passed' if not failed else 'failed: ' + ', '.join(failed)}", end="")
    print(f" after {time.monotonic() - started:.0f} s")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
