"""What an installation runs: the two embedded servers and the five processes of Maskwright."""

from __future__ import annotations

import http.client
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import redis

from .environment import ANY_ADDRESS, Installation
from .group import Service
from .lives import beat_lives, operations_live, worker_lives
from .postgres import EmbeddedPostgres
from .valkey import EmbeddedValkey

MODULE = "maskwright.config"
WORKER_PROCESSES = 2


def postgres_service(server: EmbeddedPostgres, root: Path) -> Service:
    return Service(
        name="postgres",
        command=tuple(server.command),
        cwd=root,
        prepare=server.prepare,
        answers=server.answers,
        lives=server.answers,
        stage=0,
        # SIGINT: end sessions, write everything, stop. SIGTERM would wait for every client to leave.
        stop_signal=signal.SIGINT,
        death_signal=signal.SIGINT,
        grace=30,
        launch_options=server.launch_options,
    )


def valkey_service(server: EmbeddedValkey, root: Path) -> Service:
    return Service(
        name="valkey",
        command=tuple(server.command),
        cwd=root,
        prepare=server.prepare,
        answers=server.answers,
        lives=server.answers,
        stage=0,
        death_signal=signal.SIGTERM,
    )


def application_services(
    installation: Installation, env: Mapping[str, str], inference_port: int, demo_s3_port: int | None = None
) -> list[Service]:
    """Web, worker, beat, operations, inference and the demo's storage, each with the same environment."""
    root, python = installation.root, sys.executable
    celery = (python, "-m", "celery", "-A", f"{MODULE}.celery")
    manage = (python, str(root / "manage.py"))
    schedule = installation.home / "beat" / "schedule"
    schedule.parent.mkdir(exist_ok=True, mode=0o700)
    web: tuple[str, ...] = (
        *(python, "-m", "uvicorn", f"{MODULE}.asgi:application"),
        *("--host", installation.host, "--port", str(installation.port), "--workers", "1"),
        # Open sockets would hold the stop up; clients reconnect by themselves.
        *("--timeout-graceful-shutdown", "3", "--no-server-header"),
    )
    # Whose word on the client's address counts. Without a proxy nobody's: anybody could send the headers.
    proxies = installation.trusted_proxies
    web += ("--proxy-headers", "--forwarded-allow-ips", proxies) if proxies else ("--no-proxy-headers",)
    worker: tuple[str, ...] = (
        *celery,
        "worker",
        "--concurrency",
        str(WORKER_PROCESSES),
        "--loglevel",
        "INFO",
    )
    worker += ("--hostname", "worker@%h", "--without-gossip", "--without-mingle")
    # No pid file: the supervisor already makes sure that there is one.
    beat = (*celery, "beat", "--schedule", str(schedule), "--pidfile", "", "--loglevel", "INFO")
    services = {
        "web": web,
        "worker": worker,
        "beat": beat,
        "operations": (*manage, "run_operations"),
    }
    if not installation.environ.get("INFERENCE_URL"):
        services["inference"] = (*manage, "run_inference", "--port", str(inference_port))
    if demo_s3_port is not None:
        services["storage"] = (*manage, "run_demo_s3", "--port", str(demo_s3_port))
    host, port = _host_and_port(env["INFERENCE_URL"])
    answers = {
        "web": lambda: answers_http(installation, "/readyz"),
        "inference": lambda: get(host, port, "/healthz") == 200,
    }
    if demo_s3_port is not None:
        answers["storage"] = lambda: get("127.0.0.1", demo_s3_port, "/healthz") == 200
    # Only what a process answers by itself: web's readiness would blame it for an outage of the database.
    broker = env["REDIS_URL"]
    lives = {
        "web": lambda: answers_http(installation, "/healthz"),
        "inference": answers["inference"],
        "worker": lambda: worker_lives(broker),
        "beat": lambda: beat_lives(schedule, broker),
        "operations": lambda: operations_live(broker, env["DATABASE_OPS_URL"]),
    }
    if demo_s3_port is not None:
        lives["storage"] = answers["storage"]
    if installation.embeds_valkey:  # another server may forbid the question
        answers["worker"] = lambda: worker_listens(env["REDIS_URL"])
    return [
        Service(
            name=name,
            command=command,
            cwd=root,
            env=env,
            answers=answers.get(name),
            lives=lives.get(name),
        )
        for name, command in services.items()
    ]


def answers_http(installation: Installation, path: str) -> bool:
    """Whether our web server answers ``path`` with 200, asked as a proxy in front of it would ask."""
    # "::" accepts IPv4 as well.
    host = "127.0.0.1" if installation.host in ANY_ADDRESS else installation.host
    headers = {"Host": installation.probe_host, "X-Forwarded-Proto": installation.address.split(":", 1)[0]}
    return get(host, installation.port, path, headers) == 200


def get(host: str, port: int, path: str, headers: Mapping[str, str] | None = None) -> int | None:
    """The status of a plain GET; None when nobody answers."""
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", path, headers=dict(headers or {}))
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def worker_listens(redis_url: str) -> bool:
    """Whether somebody waits for tasks on the broker: only a worker that is up blocks on its queues."""
    try:
        with redis.Redis.from_url(redis_url, socket_timeout=5) as client:
            return any(peer.get("cmd") == "brpop" for peer in client.client_list())
    except redis.RedisError:
        return False


def _host_and_port(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "127.0.0.1", parts.port or (443 if parts.scheme == "https" else 80)


def manage_command(installation: Installation, *arguments: str) -> list[str]:
    return [sys.executable, os.fspath(installation.root / "manage.py"), *arguments]
