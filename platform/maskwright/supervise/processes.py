"""Starting, finding and ending processes; free ports; files written in one piece."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from .errors import PortTaken

SERVER_PORTS = range(20_000, 32_000)
LAUNCHER = Path(__file__).with_name("launch.py")


def spawn(
    program: Sequence[str],
    *,
    output: IO[bytes],
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    death_signal: int = signal.SIGKILL,
    launch_options: Sequence[str] = (),
) -> subprocess.Popen[bytes]:
    """Start ``program`` in a process group of its own that ends when this process's calling thread ends.

    Call it from a thread that lives as long as the child should: the death signal follows the thread.
    """
    command = [sys.executable, "-I", "-S", str(LAUNCHER), "--parent", str(os.getpid())]
    command += ["--death-signal", str(int(death_signal)), *launch_options, "--", *program]
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        env=None if env is None else dict(env),
        cwd=cwd,
        start_new_session=True,
    )


def stop(process: subprocess.Popen[bytes], *, stop_signal: int = signal.SIGTERM, grace: float = 10.0) -> None:
    """Ask with ``stop_signal``, wait up to ``grace`` seconds, then kill the whole process group."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(stop_signal)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(grace)
    kill_group(process.pid)
    process.wait()


def kill_group(group: int) -> None:
    """Kill every member of a process group; fine when nobody is left."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def processes_in(folder: Path, program: str) -> list[int]:
    """Processes named ``program`` whose working directory is ``folder``.

    Empty where /proc does not exist; processes of other users are not seen.
    """
    found: list[int] = []
    proc = Path("/proc")
    if not proc.is_dir():
        return found
    wanted = os.path.realpath(folder)
    for entry in proc.iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                if str((entry / "cwd").readlink()) == wanted and (entry / "comm").read_text().strip() == program:
                    found.append(int(entry.name))
    return found


def wait_until(condition: Callable[[], bool], *, timeout: float, interval: float = 0.05) -> bool:
    """Poll ``condition`` until it holds; false when ``timeout`` seconds passed first."""
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() >= deadline:
            return False
        time.sleep(interval)
    return True


def port_is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen there now (a port in TIME_WAIT counts as free)."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A loopback port nobody listens on, below the range that kernels give to outgoing connections.

    Any client could take a port of that range while its server restarts, even a client that tries to reach
    that very server and connects to itself.
    """
    for port in random.sample(SERVER_PORTS, 200):
        if port_is_free(port):
            return port
    raise PortTaken(f"No free port found between {SERVER_PORTS[0]} and {SERVER_PORTS[-1]} on 127.0.0.1.")


def write_private(path: Path, text: str) -> None:
    """Write a file that only we may read, in one piece: a reader sees the old content or the new."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def tail(path: Path, lines: int = 20) -> str:
    """The last lines of a log, or an empty string when there is none."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - 16_384))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])
