"""Is a port free, and who holds it if not: in words that say what to do."""

from __future__ import annotations

import contextlib
from pathlib import Path

from .errors import PortTaken
from .processes import port_is_free

_LISTENS = "0A"  # state of a listening socket in /proc/net/tcp


def require_free_port(port: int, host: str) -> None:
    """Raises ``PortTaken`` with the holder, as far as we may see it, and a port that is free."""
    if port_is_free(port, host):
        return
    free = next((other for other in range(port + 1, 65_536) if port_is_free(other, host)), port + 1)
    choose = f"choose a free port: `PORT={free} make run`."
    holder = port_holder(port)
    if holder is None:
        raise PortTaken(f"Port {port} is used by a program of another user. Nothing was changed; {choose}")
    pid, command = holder
    raise PortTaken(
        f"Port {port} is used by process {pid} ({command}). Nothing was changed. End that program "
        f"(`kill {pid}`), or {choose}"
    )


def port_holder(port: int) -> tuple[int, str] | None:
    """Process id and command of who listens there; None where /proc does not say (another user's, no Linux)."""
    inodes = _listening_inodes(port)
    if not inodes:
        return None
    targets = {f"socket:[{inode}]" for inode in inodes}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        # Processes end while we look, and others' we may not read.
        with contextlib.suppress(OSError):
            for descriptor in (entry / "fd").iterdir():
                with contextlib.suppress(OSError):
                    if str(descriptor.readlink()) in targets:
                        return int(entry.name), _command(entry)
    return None


def _listening_inodes(port: int) -> set[str]:
    found: set[str] = set()
    for table in ("tcp", "tcp6"):
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/net/{table}").read_text(encoding="ascii").splitlines()[1:]:
                parts = line.split()
                local, state, inode = parts[1], parts[3], parts[9]
                if state == _LISTENS and int(local.rpartition(":")[2], 16) == port:
                    found.add(inode)
    return found


def _command(entry: Path) -> str:
    """The command's first words (further ones may hold secrets); the bare name where there are none."""
    words = [word for word in (entry / "cmdline").read_bytes().decode("utf-8", "replace").split("\0") if word]
    return " ".join(words[:3])[:100] or (entry / "comm").read_text().strip()
