"""The environment of an installation that `make run` keeps alive: its children know addresses nobody else does."""

import json
from pathlib import Path


def running_environment(home: Path) -> dict[str, str] | None:
    """What the web process was started with; None when nothing runs on this data folder, or it is not ours to read.

    Needs /proc, so Linux only; elsewhere the answer is None.
    """
    try:
        pid = int(json.loads((home / "ready.json").read_text("utf-8"))["pids"]["web"])
        raw = Path(f"/proc/{pid}/environ").read_bytes()
    except (OSError, ValueError, KeyError, TypeError):
        return None
    pairs = (entry.partition("=") for entry in raw.decode("utf-8", "surrogateescape").split("\0") if entry)
    found = {name: value for name, _, value in pairs}
    # The process may have ended and its number may be another program's by now.
    if not found.get("DATABASE_URL") or Path(found.get("MASKWRIGHT_HOME", "")).resolve() != home.resolve():
        return None
    return found
