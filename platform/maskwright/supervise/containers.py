"""One process per container: ``python -m maskwright.supervise role <name>`` and ``health <name>``.

A container becomes the same command that ``make run`` supervises. The environment must be a production one
(docs/architecture.md); everything that is wrong with it is said at once before anything starts.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

import redis

from .environment import Installation, child_environment, read_installation
from .errors import BadEnvironment, SupervisionError
from .home import open_home
from .local_secrets import LocalSecrets
from .services import MODULE, answers_http, application_services, get, manage_command

INFERENCE_PORT = 8090
# Inside a container's own network; nothing is published to the host.
EVERY_ADDRESS = "0.0.0.0"  # noqa: S104 - see above
# Beat writes its schedule every three minutes.
OLDEST_SCHEDULE = 600.0
# `run_operations` leaves this key in the broker every second; it lives for seconds (config/probes.py).
OPERATIONS_NOTE = "maskwright:operations"
ROLES = ("web", "worker", "beat", "operations", "inference")
ONE_SHOT = ("migrate", "prepare")


def become(role: str, environ: Mapping[str, str], root: Path) -> int:
    """Replace this process by the role's program; returns an exit code only when that cannot be."""
    try:
        command, env = command_of(role, environ, root)
    except SupervisionError as error:
        print(f"The container cannot run {role!r}: {error}", file=sys.stderr)
        return 1
    return _replace_ourselves(command, env, root)


def _replace_ourselves(command: list[str], env: dict[str, str], root: Path) -> NoReturn:
    os.chdir(root)
    os.execvpe(command[0], command, env)  # noqa: S606 - a shell would be one process too many


def inference_port(environ: Mapping[str, str]) -> int:
    return int(environ.get("INFERENCE_PORT") or INFERENCE_PORT)


def command_of(role: str, environ: Mapping[str, str], root: Path) -> tuple[list[str], dict[str, str]]:
    """The program of a role and its environment."""
    if role not in (*ROLES, *ONE_SHOT):
        raise BadEnvironment(f"There is no role {role!r}; choose one of {', '.join((*ROLES, *ONE_SHOT))}.")
    environ = dict(environ) | {"MASKWRIGHT_ROLE": role}
    if role == "inference":
        # It has no database and no secrets, so it is not asked for them.
        path = os.pathsep.join([str(root / "platform"), str(root)])
        command = [sys.executable, str(root / "manage.py"), "run_inference", "--host", EVERY_ADDRESS]
        command += ["--port", str(inference_port(environ))]
        return command, dict(environ) | {"PYTHONPATH": path}
    installation = read_installation(environ, root)
    if not installation.production:
        raise BadEnvironment(
            "DATABASE_URL is not set. A container keeps no database of its own; see docker/compose.yml."
        )
    open_home(installation.home)
    env = child_environment(
        installation,
        LocalSecrets(installation.home),
        roles=installation.external_roles,
        redis_url=environ["REDIS_URL"],
        inference_port=inference_port(environ),
    )
    if role == "migrate":
        return manage_command(installation, "migrate", "--database=owner", "--no-input"), env
    if role == "prepare":
        return manage_command(installation, "prepare"), env
    services = {service.name: service for service in application_services(installation, env, inference_port(environ))}
    return list(services[role].command), env


def health(role: str, environ: Mapping[str, str], root: Path) -> int:
    """0 when the role in this container does its work, for HEALTHCHECK."""
    try:
        installation = read_installation(dict(environ) | {"MASKWRIGHT_ROLE": role}, root)
        return 0 if _is_healthy(role, installation) else 1
    except SupervisionError as error:
        print(error, file=sys.stderr)
        return 1


def _is_healthy(role: str, installation: Installation) -> bool:
    match role:
        case "web":
            return answers_http(installation, "/readyz")
        case "inference":
            return get("127.0.0.1", inference_port(installation.environ), "/healthz") == 200
        case "beat":
            files = (installation.home / "beat").glob("schedule*")
            return any(_is_fresh(file, OLDEST_SCHEDULE) for file in files)
        case "worker":
            return _worker_replies(installation)
        case "operations":
            return _operations_left_a_note(installation.environ.get("REDIS_URL", ""))
        case _:
            raise BadEnvironment(f"The role {role!r} has no health check.")


def _worker_replies(installation: Installation) -> bool:
    """Ask the worker over the broker, as a task would reach it."""
    name = f"worker@{socket.gethostname()}"
    command = [sys.executable, "-m", "celery", "-A", f"{MODULE}.celery", "inspect", "ping", "--timeout", "5"]
    path = os.pathsep.join([str(installation.root / "platform"), str(installation.root)])
    asked = subprocess.run(
        [*command, "--destination", name],
        cwd=installation.root,
        env=dict(installation.environ) | {"PYTHONPATH": path},
        capture_output=True,
        check=False,
    )
    return asked.returncode == 0


def _operations_left_a_note(redis_url: str) -> bool:
    try:
        with redis.Redis.from_url(redis_url, socket_timeout=5) as client:
            return bool(client.exists(OPERATIONS_NOTE))
    except (redis.RedisError, ValueError):
        return False


def _is_fresh(file: Path, oldest: float) -> bool:
    try:
        return time.time() - file.stat().st_mtime < oldest
    except FileNotFoundError:
        return False
