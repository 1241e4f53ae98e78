"""Installed Python functions (entry points of the group `maskwright.functions`), each run in a child process.

The child knows nothing of this installation but what it is asked: no environment, no database. It answers one request
after the other, and is ended when it takes too long, says too much, or its caller is done.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import tempfile
import time
from importlib.metadata import entry_points
from types import TracebackType
from typing import Any

from labeling.functions.errors import FunctionRefused, FunctionUnavailable
from labeling.wording import gettext_noop as _

GROUP = "maskwright.functions"
MEMORY_BYTES = 2 << 30
_START = "import sys; sys.path[:0] = sys.argv[2:]; from labeling.functions.child import main; main(sys.argv[1])"


def installed_functions() -> list[str]:
    """Their names, as they may be mapped to ARNs."""
    return sorted({one.name for one in entry_points(group=GROUP)})


class FunctionProcess:
    """A child that runs one function. Use as a context manager, from one thread at a time."""

    def __init__(self, name: str, *, timeout: float, max_bytes: int) -> None:
        self._name, self._timeout, self._max_bytes = name, timeout, max_bytes
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> FunctionProcess:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def call(self, event: Any) -> Any:
        """What the function returned. Raises FunctionUnavailable (it failed, died or was too slow), FunctionRefused."""
        child = self._ensure_child()
        assert child.stdin is not None and child.stdout is not None
        until = time.monotonic() + self._timeout
        # Through a file: a pipe would block on a child that does not read.
        with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as request:
            json.dump(event, request)
            request.flush()
            try:
                child.stdin.write(f"{request.name}\n".encode())
                child.stdin.flush()
                line = self._line(child.stdout.fileno(), until)
            except (BrokenPipeError, EOFError):
                self.close()
                raise FunctionUnavailable(_("The process of the installed function ended by itself.")) from None
            except TimeoutError:
                self.close()
                message = _("The installed function did not answer within %(seconds)s seconds.")
                raise FunctionUnavailable(message % {"seconds": f"{self._timeout:g}"}) from None
        said = json.loads(line)
        if "error" in said:
            raise FunctionUnavailable(_("The installed function failed: %(error)s") % {"error": said["error"]})
        return said["answer"]

    def close(self) -> None:
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
            self._child = subprocess.Popen(
                [sys.executable, "-c", _START, self._name, *(one for one in sys.path if one)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={"PATH": os.defpath, "LANG": "C.UTF-8", "FUNCTION_MEMORY_BYTES": str(MEMORY_BYTES)},
                cwd=tempfile.gettempdir(),
                bufsize=0,
            )
        return self._child

    def _line(self, descriptor: int, until: float) -> bytes:
        parts: list[bytes] = []
        size = 0
        while not parts or not parts[-1].endswith(b"\n"):
            left = until - time.monotonic()
            if left <= 0 or not select.select([descriptor], [], [], left)[0]:
                raise TimeoutError
            part = os.read(descriptor, 1 << 20)
            if not part:
                raise EOFError
            parts.append(part)
            size += len(part)
            if size > self._max_bytes:
                self.close()
                message = _("The function's answer has more than %(most)s bytes.")
                raise FunctionRefused(message % {"most": f"{self._max_bytes:,}"})
        return b"".join(parts)
