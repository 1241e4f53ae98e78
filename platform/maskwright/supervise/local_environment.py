"""Lets ``manage.py`` in a second terminal reach the installation that ``make run`` keeps alive.

The supervisor leaves the addresses and keys it gave to its children in ``environment.json`` (mode 600) of the
data folder. Standard library only and quick to import: every ``manage.py`` passes here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, MutableMapping
from pathlib import Path

FILE = "environment.json"
# What the supervisor decides; anything else is the business of whoever calls.
NAMES = (
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "DATABASE_OPS_URL",
    "REDIS_URL",
    "MASKWRIGHT_HOME",
    "MASKWRIGHT_STORAGE",
    "INFERENCE_URL",
    "PORT",
    "PUBLIC_URL",
    "ALLOWED_HOSTS",
    "SECRET_KEY",
    "DEMO",
    "PRODUCTION",
)
# What only some installations have.
SOMETIMES = ("DEMO_S3_URL", "DEMO_S3_SECRET", "STORAGE_ENDPOINTS")


def leave(home: Path, env: Mapping[str, str]) -> None:
    """Write down what the children of this data folder got."""
    from .processes import write_private

    left = {name: env[name] for name in NAMES} | {name: env[name] for name in SOMETIMES if name in env}
    write_private(home / FILE, json.dumps(left, indent=1) + "\n")


def adopt(environ: MutableMapping[str, str], root: Path) -> bool:
    """Fill what ``environ`` lacks from the data folder it means; true when there was something to take.

    An environment with a ``DATABASE_URL`` of its own is complete and stays as it is. A file that is missing or
    belongs to somebody else leaves everything as it was: the command then says which server it misses.
    """
    if environ.get("DATABASE_URL"):
        return False
    home = Path(environ.get("MASKWRIGHT_HOME") or root / ".maskwright").expanduser()
    try:
        left = json.loads((home / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    for name, value in left.items():
        environ.setdefault(name, value)
    return True
