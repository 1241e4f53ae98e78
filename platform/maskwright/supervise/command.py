"""``make run``: start everything in order, say when it is ready, keep it alive, end it cleanly."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import FrameType

from .environment import Installation, child_environment, read_installation
from .errors import StepFailed, SupervisionError
from .group import Group
from .home import HomeLock, ReadyFile, open_home
from .local_environment import leave
from .local_secrets import LocalSecrets
from .logs import LogFolder
from .ports import require_free_port
from .postgres import EmbeddedPostgres
from .processes import spawn, tail
from .roles import RoleAddresses
from .services import application_services, manage_command, postgres_service, valkey_service
from .valkey import EmbeddedValkey

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class _Ended(Exception):
    """Somebody asked us to end while we were still starting."""


def say(line: str) -> None:
    print(line, flush=True)


def run(environ: Mapping[str, str], root: Path) -> int:
    """Run an installation until a signal ends it; the exit code. Errors are printed with what to do."""
    ending, hurry = threading.Event(), threading.Event()

    def on_signal(number: int, frame: FrameType | None) -> None:
        (hurry if ending.is_set() else ending).set()

    previous = {number: signal.signal(number, on_signal) for number in SIGNALS}
    try:
        installation = read_installation(environ, root)
        if not installation.home.exists():  # a start that cannot be leaves no folder behind
            require_free_port(installation.port, installation.host)
        open_home(installation.home)
        with HomeLock(installation.home, installation.address):
            return _run_locked(installation, ending, hurry)
    except SupervisionError as error:
        print(f"\nMaskwright cannot run: {error}", file=sys.stderr, flush=True)
        return 1
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _run_locked(installation: Installation, ending: threading.Event, hurry: threading.Event) -> int:
    require_free_port(installation.port, installation.host)
    ready = ReadyFile(installation.home)
    ready.remove()
    announced = False

    def publish() -> None:
        if announced:
            ready.write(installation.address, {"supervisor": os.getpid()} | group.pids)

    def report(line: str) -> None:
        say(f"{time.strftime('%H:%M:%S')} {line}")

    group = Group(LogFolder(installation.home / "logs"), report, publish)
    try:
        _start(installation, group, ending)
        announced = True
        publish()
        _greet(installation, ready)
        group.watch(ending)
    except _Ended:
        pass
    finally:
        ready.remove()
        say("Stopping ...")
        started = time.monotonic()
        group.stop(hurry)
        say(f"Stopped after {time.monotonic() - started:.1f} s; all data is kept in {installation.home}")
    return 0


def _start(installation: Installation, group: Group, ending: threading.Event) -> None:
    secrets = LocalSecrets(installation.home)
    with _step("Database and broker"):
        roles, redis_url = _start_servers(installation, group, ending)
    inference_port = secrets.port("inference_port")
    demo_s3_port = secrets.port("demo_s3_port") if installation.demo else None
    env = child_environment(
        installation,
        secrets,
        roles=roles,
        redis_url=redis_url,
        inference_port=inference_port,
        demo_s3_port=demo_s3_port,
    )
    leave(installation.home, env)
    with _step("Database migrations"):
        _manage(installation, group, env, ending, "migrate", "--database=owner", "--no-input", "--verbosity=1")
    services = application_services(installation, env, inference_port, demo_s3_port)
    people = "operator and demo" if installation.demo else "operator"
    with _step(f"{', '.join(service.name for service in services)}; {people}"):
        # Side by side: most of a start is loading code, and none of it waits for the other.
        for service in services:
            group.start(service)
        _manage(installation, group, env, ending, "prepare")
        for service in services:
            if service.answers is not None:
                group.wait_for([service.name], _or_ended(ending, service.answers), timeout=120)


def _start_servers(installation: Installation, group: Group, ending: threading.Event) -> tuple[RoleAddresses, str]:
    """Start what is embedded; the addresses of the database's roles and of the broker."""
    services = []
    if installation.embeds_postgres:
        postgres = EmbeddedPostgres(installation.home)
        services.append(postgres_service(postgres, installation.root))
    if installation.embeds_valkey:
        valkey = EmbeddedValkey(installation.home)
        services.append(valkey_service(valkey, installation.root))
    for service in services:
        group.start(service)
    for service in services:
        if service.answers is not None:
            group.wait_for([service.name], _or_ended(ending, service.answers), timeout=120)
    roles = postgres.create_roles() if installation.embeds_postgres else installation.external_roles
    return roles, valkey.url if installation.embeds_valkey else installation.environ["REDIS_URL"]


def _or_ended(ending: threading.Event, condition: Callable[[], bool]) -> Callable[[], bool]:
    def check() -> bool:
        if ending.is_set():
            raise _Ended
        return condition()

    return check


def _manage(
    installation: Installation, group: Group, env: Mapping[str, str], ending: threading.Event, *arguments: str
) -> None:
    """Run one management command; its output goes to a log whose end is shown when it fails."""
    name = arguments[0]
    if ending.is_set():
        raise _Ended
    with group.logs.open(name) as output:
        # In a session of its own, so that Ctrl-C does not cut a migration in half.
        process = spawn(
            manage_command(installation, *arguments),
            output=output,
            env=env,
            cwd=installation.root,
            death_signal=signal.SIGTERM,
        )
        while process.poll() is None:
            group.tick()
            time.sleep(0.05)
    if process.returncode != 0:
        log = group.logs.path(name)
        raise StepFailed(f"`manage.py {' '.join(arguments)}` failed. The end of its log {log}:\n{tail(log, 30)}")
    if ending.is_set():
        raise _Ended


@contextlib.contextmanager
def _step(title: str) -> Iterator[None]:
    """Show a step and how long it took."""
    say(f"-> {title} ...")
    started = time.monotonic()
    yield
    say(f"   done in {time.monotonic() - started:.1f} s")


def _greet(installation: Installation, ready: ReadyFile) -> None:
    accounts = ready.demo()["accounts"]
    if accounts:
        width = max(len(account.get("username", "")) for account in accounts)
        say("\nSign-ins of this data folder (also in ready.json, with API tokens):")
        for account in accounts:
            who = f"{account.get('username', ''):<{width}}  {account.get('password', '')}"
            say(f"  {who}  {account.get('role', '')} of {account.get('organization') or 'the installation'}")
    say(f"\nData: {installation.home}   Logs: {installation.home / 'logs'}   Stop: Ctrl-C")
    say(f"Maskwright is ready: {installation.address}")
