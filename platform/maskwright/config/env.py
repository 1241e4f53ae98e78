"""Reads and types the environment once. Everything else reads `django.conf.settings`."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

ROOT = Path(__file__).resolve().parents[3]


class EnvironmentProblem(RuntimeError):
    """A variable is missing or wrong; the message says which and what to set."""


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def flag(name: str, default: bool = False) -> bool:
    value = text(name).lower()
    if value in ("", "0", "false", "no", "off"):
        return default if value == "" else False
    if value in ("1", "true", "yes", "on"):
        return True
    raise EnvironmentProblem(f"{name}={value} is neither yes nor no. Use 1 or 0.")


def number(name: str, default: int) -> int:
    value = text(name, str(default))
    if not value.isdecimal():
        raise EnvironmentProblem(f"{name}={value} is no number.")
    return int(value)


def words(name: str) -> list[str]:
    return [part.strip() for part in text(name).split(",") if part.strip()]


def database(address: str, *, pool: bool) -> dict[str, Any]:
    """A Django database from `postgresql://user:password@host:port/name` or `...@/name?host=/socket/folder`."""
    parts = urlsplit(address)
    if parts.scheme not in ("postgresql", "postgres"):
        raise EnvironmentProblem(f"A database address must start with postgresql://, not {parts.scheme or 'nothing'}.")
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    options: dict[str, Any] = {"connect_timeout": 5}
    if sslmode := query.get("sslmode"):
        options["sslmode"] = sslmode
    if flag("DATABASE_PREPARE", True):
        # What `core.prepared` prepares is to keep its plan; nothing else is prepared.
        options["options"] = "-c plan_cache_mode=force_generic_plan"
    if pool:
        options["pool"] = {"min_size": 1, "max_size": number("DATABASE_POOL", 12), "timeout": 10}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host") or parts.hostname or "",
        "PORT": query.get("port") or (str(parts.port) if parts.port else ""),
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


@dataclass(frozen=True)
class Databases:
    default: str
    owner: str
    ops: str


def database_addresses() -> Databases:
    """The three roles' addresses. Without `DATABASE_URL` commands that need no database still run."""
    default = text("DATABASE_URL", "postgresql://maskwright_app@127.0.0.1:1/maskwright")
    return Databases(default, text("DATABASE_OWNER_URL", default), text("DATABASE_OPS_URL", default))


def home() -> Path:
    return Path(text("MASKWRIGHT_HOME", str(ROOT / ".maskwright"))).resolve()


def redis_address(base: str, index: int) -> str:
    """The same server with another database number; unix sockets carry it as `?db=`."""
    parts = urlsplit(base)
    if parts.scheme == "unix":
        return parts._replace(query=f"db={index}").geturl()
    return parts._replace(path=f"/{index}").geturl()


def secret_key(*, debug: bool) -> str:
    key = text("SECRET_KEY")
    if key:
        return key
    if debug:
        return "only-for-development-" + "x" * 32
    # No default that could be known: an unset key makes every process sign differently, which doctor reports.
    return secrets.token_urlsafe(48)
