"""What is wrong with an installation, and what to do about it.

Each check is a function that answers one ``Finding``. The checks here need neither Django nor a running
installation; ``manage.py doctor`` passes its own (migrations, storage) to ``examine`` as well. Nothing is
changed, only looked at (storage checks write and remove one small file).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path

import psycopg
import redis

from . import postgres, valkey
from .environment import Installation, read_installation
from .errors import MissingBinary, SupervisionError
from .processes import port_is_free
from .roles import DatabaseAddress, connect

GIGABYTE = 10**9
WANTED_FREE_SPACE = 2 * GIGABYTE
NEEDED_FREE_SPACE = GIGABYTE // 10
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")


class Verdict(StrEnum):
    """``warning`` works now but needs attention; ``wrong`` does not work."""

    FINE = "ok"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """What a check saw, and for anything but ``FINE`` what to do."""

    subject: str
    verdict: Verdict
    seen: str
    to_do: str = ""


Check = Callable[[], Finding]


def examine(checks: Iterable[tuple[str, Check]]) -> list[Finding]:
    """Run every check; one that fails itself becomes a finding, so that the others still run."""
    findings = []
    for subject, check in checks:
        try:
            findings.append(check())
        except Exception as error:  # a broken check must not hide the other findings
            findings.append(
                Finding(subject, Verdict.WRONG, f"the check itself failed: {error!r}", "Report this as a bug.")
            )
    return findings


def report(findings: Iterable[Finding]) -> str:
    """The findings as text for people, worst to do last in each line."""
    signs = {Verdict.FINE: "ok     ", Verdict.WARNING: "WARNING", Verdict.WRONG: "WRONG  "}
    lines = []
    for finding in findings:
        lines.append(f"{signs[finding.verdict]} {finding.subject}: {finding.seen}")
        if finding.to_do:
            lines.append(f"        -> {finding.to_do}")
    return "\n".join(lines)


def exit_code(findings: Iterable[Finding]) -> int:
    return int(any(finding.verdict is Verdict.WRONG for finding in findings))


def standard_checks(installation: Installation, *, running: bool) -> list[tuple[str, Check]]:
    """The checks of this module; ``running`` adds those of the servers that the environment names."""
    environ = installation.environ
    checks: list[tuple[str, Check]] = [
        ("Python", check_python),
        ("Data folder", lambda: check_folder(installation.home)),
        ("Disk space", lambda: check_disk(installation.home)),
        ("Frontend", lambda: check_frontend(installation.root)),
        ("Chromium", check_chromium),
    ]
    if installation.embeds_postgres:
        checks.append(("Embedded PostgreSQL", check_postgres_binaries))
    if installation.embeds_valkey:
        checks.append(("Embedded Valkey", check_valkey_binary))
    if running:
        checks += [(name, partial(check_role, name, environ)) for name in installation.databases]
        checks.append(("Broker", lambda: check_broker(environ.get("REDIS_URL", ""))))
    else:
        checks.append(("Port", lambda: check_port(installation)))
    return checks


def check_python() -> Finding:
    """An older Python could not even read this module, so only tell which one runs, and where."""
    return Finding("Python", Verdict.FINE, f"{sys.version.split()[0]} in {sys.prefix}")


def check_folder(home: Path) -> Finding:
    """The data folder is ours, writable, and closed to others."""
    subject = "Data folder"
    if not home.exists():
        return Finding(subject, Verdict.FINE, f"{home} is made at the first start")
    if not os.access(home, os.W_OK | os.X_OK):
        return Finding(
            subject,
            Verdict.WRONG,
            f"{home} is not writable",
            "Run as its owner or choose another MASKWRIGHT_HOME.",
        )
    if home.stat().st_mode & 0o066:
        return Finding(subject, Verdict.WARNING, f"others can look into {home}", f"Run `chmod 700 {home}`.")
    return Finding(subject, Verdict.FINE, str(home))


def check_disk(home: Path) -> Finding:
    existing = next(folder for folder in (home, *home.parents) if folder.exists())
    free = shutil.disk_usage(existing).free
    seen = f"{free / GIGABYTE:.1f} GB free under {existing}"
    if free < WANTED_FREE_SPACE:
        verdict = Verdict.WRONG if free < NEEDED_FREE_SPACE else Verdict.WARNING
        return Finding("Disk space", verdict, seen, "Free some space or move MASKWRIGHT_HOME: 2 GB at least.")
    return Finding("Disk space", Verdict.FINE, seen)


def check_frontend(root: Path) -> Finding:
    manifest = root / "frontend" / "dist" / ".vite" / "manifest.json"
    if not manifest.exists():
        return Finding("Frontend", Verdict.WRONG, "the editor is not built", "Run `make setup`.")
    return Finding("Frontend", Verdict.FINE, "built")


def check_chromium() -> Finding:
    """Only the end-to-end tests need a browser on this machine."""
    found = next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)
    if found is None:
        return Finding(
            "Chromium",
            Verdict.WARNING,
            "not installed; end-to-end tests cannot run",
            "Run `apt-get install chromium` as root.",
        )
    return Finding("Chromium", Verdict.FINE, found)


def check_postgres_binaries() -> Finding:
    return _check_binary("Embedded PostgreSQL", postgres.binary_folder)


def check_valkey_binary() -> Finding:
    return _check_binary("Embedded Valkey", valkey.binary)


def _check_binary(subject: str, find: Callable[[], Path]) -> Finding:
    try:
        return Finding(subject, Verdict.FINE, str(find()))
    except MissingBinary as error:
        return Finding(subject, Verdict.WRONG, "the program is missing", str(error))


def check_port(installation: Installation) -> Finding:
    port = installation.port
    if not port_is_free(port, installation.host):
        return Finding(
            "Port",
            Verdict.WARNING,
            f"something listens on {port}",
            f"Fine if that is Maskwright; else start with PORT={port + 1} or end the other program.",
        )
    return Finding("Port", Verdict.FINE, f"{port} is free")


def check_role(variable: str, environ: Mapping[str, str]) -> Finding:
    """The address answers, and its role has exactly the rights it should have."""
    subject = f"Database ({variable})"
    url = environ.get(variable)
    if not url:
        return Finding(subject, Verdict.WRONG, "not set", f"Set {variable}, or use `make run`, which sets it.")
    try:
        with connect(DatabaseAddress.parse(url)) as connection:
            row = connection.execute(
                "SELECT current_user, rolsuper, rolbypassrls,"
                " (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                "  WHERE c.relowner = r.oid AND n.nspname = 'public')"
                " FROM pg_roles r WHERE rolname = current_user"
            ).fetchone()
    except (psycopg.OperationalError, SupervisionError) as error:
        return Finding(
            subject,
            Verdict.WRONG,
            f"does not answer: {str(error).strip()}",
            "Check that the server runs and that address, user and password are right.",
        )
    if row is None:
        return Finding(subject, Verdict.WRONG, "the role is not in pg_roles", "Run prepare-database again.")
    user, superuser, bypasses, owned = row
    repair = "Run `python -m maskwright.supervise prepare-database`, or give this address its own role."
    if superuser:
        return Finding(subject, Verdict.WRONG, f"{user} is a superuser: no organization is protected", repair)
    if bool(bypasses) != (variable == "DATABASE_OPS_URL"):
        state = "bypasses" if bypasses else "does not bypass"
        return Finding(subject, Verdict.WRONG, f"{user} {state} row-level security", repair)
    if variable != "DATABASE_OWNER_URL" and owned:
        return Finding(subject, Verdict.WRONG, f"{user} owns {owned} tables, which it must not", repair)
    return Finding(subject, Verdict.FINE, f"answers as {user}")


def check_broker(url: str) -> Finding:
    """Valkey or Redis answers and never drops messages for want of memory."""
    if not url:
        return Finding("Broker", Verdict.WRONG, "REDIS_URL is not set", "Set it, or use `make run`.")
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=3, socket_timeout=3) as client:
            policy = str(client.info("memory").get("maxmemory_policy", "noeviction"))
    except (redis.RedisError, ValueError) as error:
        return Finding("Broker", Verdict.WRONG, f"does not answer: {error}", "Check REDIS_URL and the server.")
    if policy != "noeviction":
        return Finding(
            "Broker",
            Verdict.WARNING,
            f"evicts keys ({policy})",
            "Set maxmemory-policy noeviction on the server.",
        )
    return Finding("Broker", Verdict.FINE, "answers")


def main(environ: Mapping[str, str], root: Path) -> int:
    """`make doctor`: `manage.py doctor`, or what keeps it from starting; the exit code."""
    try:
        read_installation(environ, root)
    except SupervisionError as error:
        # Django's settings would end on it with a trace.
        print(report([Finding("Environment", Verdict.WRONG, "not usable", str(error))]))
        return 1
    command = [sys.executable, str(root / "manage.py"), "doctor"]
    return subprocess.run(command, cwd=root, env=dict(environ), check=False).returncode
