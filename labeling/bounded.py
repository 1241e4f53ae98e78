"""Work on what strangers sent, in a child process that may use only so much memory and time.

One child does one piece after the other, because starting Python costs more than most pieces; it is replaced when it
dies, which is what a bomb makes it do. Linux and macOS.

The child's module has a `main` that calls `serve` with the function that does the work.
"""

from __future__ import annotations

import json
import os
import resource
import select
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

Header = dict[str, Any]
_START = "import sys; sys.path.insert(0, sys.argv[1]); from {} import main; main()"
_ROOT = str(Path(__file__).resolve().parents[1])


_READY = b"ready\n"
_START_SECONDS = 60


class ChildEnded(Exception):
    """The child took more memory or time than it may, and is gone. The next `ask` starts a new one."""


class BoundedProcess:
    """A child that answers. Use as a context manager, from one thread at a time.

    `memory_bytes` is address space beyond what the idle child uses; the seconds are those of one answer.
    """

    def __init__(self, module: str, *, memory_bytes: int, cpu_seconds: int, wall_seconds: float) -> None:
        self._module = module
        self._limits = (memory_bytes, cpu_seconds)
        self._wall_seconds = wall_seconds
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def ask(self, *request: bytes) -> tuple[Header, bytes]:
        """Send a request, in parts, and wait for its answer. Raises ChildEnded."""
        child = self._ensure_child()
        if child.stdin is None or child.stdout is None:
            raise RuntimeError("the child was started without pipes")
        try:
            for part in (struct.pack("<Q", sum(map(len, request))), *request):
                child.stdin.write(part)
            return _read_answer(child.stdout.fileno(), time.monotonic() + self._wall_seconds)
        except (BrokenPipeError, EOFError, TimeoutError):
            self.close()
            raise ChildEnded from None

    def close(self) -> None:
        """End the child; the next `ask` starts a new one."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.wait()
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    pipe.close()

    def _ensure_child(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            self.close()
            limits = [str(limit) for limit in self._limits]
            # No environment: the child needs no secret, and works on what strangers send.
            self._child = subprocess.Popen(
                [sys.executable, "-I", "-c", _START.format(self._module), _ROOT, *limits],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={"OPENBLAS_NUM_THREADS": "1"},
                bufsize=0,
            )
            self._wait_until_ready(self._child)
        return self._child

    def _wait_until_ready(self, child: subprocess.Popen[bytes]) -> None:
        """A child that cannot even start is a broken installation, never a bomb."""
        assert child.stdout is not None
        try:
            _read_exactly(child.stdout.fileno(), len(_READY), time.monotonic() + _START_SECONDS)
        except (EOFError, TimeoutError):
            self.close()
            raise RuntimeError(f"{self._module} does not start; import it to see why") from None


def _read_answer(descriptor: int, deadline: float) -> tuple[Header, bytes]:
    lengths = struct.unpack("<QQ", _read_exactly(descriptor, 16, deadline))
    header = json.loads(_read_exactly(descriptor, lengths[0], deadline))
    return header, _read_exactly(descriptor, lengths[1], deadline)


def _read_exactly(descriptor: int, length: int, deadline: float) -> bytes:
    parts: list[bytes] = []
    while length:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([descriptor], [], [], left)[0]:
            raise TimeoutError
        part = os.read(descriptor, min(length, 1 << 20))
        if not part:
            raise EOFError
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def serve(answer: Callable[[bytes], tuple[Header, bytes]]) -> None:
    """The child's side: limit itself, then answer until the input ends."""
    memory_bytes, cpu_seconds = int(sys.argv[2]), int(sys.argv[3])
    _limit(resource.RLIMIT_AS, _address_space() + memory_bytes)
    _limit(resource.RLIMIT_CORE, 0)
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    answers.write(_READY)
    answers.flush()
    while head := requests.read(8):
        # The limit counts from the start of the process, so it moves with every request.
        used = resource.getrusage(resource.RUSAGE_SELF)
        _limit(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + 1 + cpu_seconds)
        header, body = answer(requests.read(struct.unpack("<Q", head)[0]))
        text = json.dumps(header).encode()
        answers.write(struct.pack("<QQ", len(text), len(body)) + text + body)
        answers.flush()


def _limit(kind: int, soft: int) -> None:
    hard = resource.getrlimit(kind)[1]
    resource.setrlimit(kind, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def _address_space() -> int:
    """Bytes of address space in use; a guess where /proc is missing."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except OSError:
        return 1 << 30
    return pages * resource.getpagesize()
