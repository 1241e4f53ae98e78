"""Throw-away servers for the test suite: a fast embedded PostgreSQL and Valkey in a temporary folder.

``start_services`` starts a pair. ``session_services`` is for a test session under pytest-xdist: call it in
``pytest_configure``; the controller (which pytest configures first) starts the servers and tells the workers,
which inherit its environment, where they are; only the controller's ``stop`` ends them.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from .errors import ServerFailed
from .postgres import EmbeddedPostgres
from .processes import spawn, stop, tail, wait_until
from .valkey import EmbeddedValkey

ENVIRONMENT_NAME = "MASKWRIGHT_TEST_SERVICES"


@dataclass(frozen=True)
class ServiceUrls:
    """Where the test servers are: the superuser's database is ``postgres``, the others' ``maskwright``."""

    superuser_url: str
    owner_url: str
    app_url: str
    ops_url: str
    redis_url: str


class TestServices:
    """Running (or attached) servers; a context manager that ends what it started."""

    __test__ = False  # pytest would otherwise try to collect a class with this name

    def __init__(self, urls: ServiceUrls, processes: list[subprocess.Popen[bytes]], folder: Path | None) -> None:
        self.urls = urls
        self._processes = processes
        self._folder = folder

    @property
    def superuser_url(self) -> str:
        return self.urls.superuser_url

    @property
    def owner_url(self) -> str:
        return self.urls.owner_url

    @property
    def app_url(self) -> str:
        return self.urls.app_url

    @property
    def ops_url(self) -> str:
        return self.urls.ops_url

    @property
    def redis_url(self) -> str:
        return self.urls.redis_url

    def stop(self) -> None:
        """End the servers and remove their folder. Leaves another process's alone; may run twice."""
        _end(self._processes)
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            if os.environ.get(ENVIRONMENT_NAME) == json.dumps(asdict(self.urls)):
                del os.environ[ENVIRONMENT_NAME]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def installed_postgres(version: int) -> Path | None:
    """The programs of a PostgreSQL of that major version on this machine, however it was installed; None without."""
    folders = [Path(f"/usr/lib/postgresql/{version}/bin"), Path(f"/usr/pgsql-{version}/bin")]
    if asked := shutil.which("pg_config"):
        answer = subprocess.run([asked, "--bindir"], capture_output=True, text=True, check=False)
        folders.append(Path(answer.stdout.strip()))
    folders += [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    for folder in folders:
        programs = [folder / name for name in ("postgres", "initdb")]
        if all(os.access(program, os.X_OK) for program in programs):
            told = subprocess.run([programs[0], "--version"], capture_output=True, text=True, check=False).stdout
            if f" {version}." in told:
                return folder
    return None


def start_services(*, durable: bool = False, binaries: Path | None = None) -> TestServices:
    """Start a PostgreSQL, with roles and database made, and a Valkey; about a second.

    ``durable`` keeps the settings of a real installation (fsync, append-only file), for measurements. ``binaries``
    is the folder of another PostgreSQL's programs.
    """
    folder = Path(tempfile.mkdtemp(prefix="maskwright-test-"))
    processes: list[subprocess.Popen[bytes]] = []
    try:
        postgres = EmbeddedPostgres(folder, fast=not durable, binaries=binaries)
        postgres.prepare()
        valkey = EmbeddedValkey(folder, fast=not durable)
        valkey.prepare()
        with (folder / "postgres.log").open("ab") as log:
            # SIGQUIT ends all of PostgreSQL at once; nothing here has to be kept.
            processes.append(
                spawn(
                    postgres.command,
                    output=log,
                    cwd=folder,
                    death_signal=signal.SIGQUIT,
                    launch_options=postgres.launch_options,
                )
            )
        with (folder / "valkey.log").open("ab") as log:
            processes.append(spawn(valkey.command, output=log, cwd=folder))
        _wait(postgres, processes[0], folder / "postgres.log")
        _wait(valkey, processes[1], folder / "valkey.log")
        roles = postgres.create_roles(owner_may_create_databases=True)
    except BaseException:
        _end(processes)
        shutil.rmtree(folder, ignore_errors=True)
        raise
    urls = ServiceUrls(postgres.superuser.url, roles.owner.url, roles.app.url, roles.ops.url, valkey.url)
    return TestServices(urls, processes, folder)


def session_services(*, durable: bool = False) -> TestServices:
    """The servers of this test session: those of the controller when it started some, else new ones."""
    known = os.environ.get(ENVIRONMENT_NAME)
    if known is not None:
        return TestServices(ServiceUrls(**json.loads(known)), [], None)
    services = start_services(durable=durable)
    os.environ[ENVIRONMENT_NAME] = json.dumps(asdict(services.urls))
    return services


def _wait(server: EmbeddedPostgres | EmbeddedValkey, process: subprocess.Popen[bytes], log: Path) -> None:
    if not wait_until(lambda: process.poll() is not None or server.answers(), timeout=60) or process.poll() is not None:
        raise ServerFailed(f"A test server does not answer. The end of its log:\n{tail(log)}")


def _end(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        stop(process, stop_signal=signal.SIGQUIT if process is processes[0] else signal.SIGTERM, grace=10)
    processes.clear()
