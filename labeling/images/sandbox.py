"""Decode untrusted images in a child process that may use only so much memory and time.

One child decodes many images, because starting Python costs more than decoding a photo; it is replaced when
it dies, which is what a bomb makes it do. Linux and macOS.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import cast

from labeling.wording import gettext_noop as _

from .errors import ImageError, ImageErrorCode

MEMORY_BYTES = 1 << 30
"""Address space beyond what the idle child uses: 8192 x 8192 progressive JPEG needs about 700 MB."""

CPU_SECONDS = 20
WALL_SECONDS = 60

_START = "import sys; sys.path.insert(0, sys.argv[1]); from labeling.images.decoder_process import main; main()"
_ROOT = str(Path(__file__).resolve().parents[2])


class DecoderProcess:
    """A child that decodes. Use as a context manager, from one thread at a time."""

    def __init__(
        self,
        *,
        memory_bytes: int = MEMORY_BYTES,
        cpu_seconds: int = CPU_SECONDS,
        wall_seconds: float = WALL_SECONDS,
    ) -> None:
        self._limits = (memory_bytes, cpu_seconds)
        self._wall_seconds = wall_seconds
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> DecoderProcess:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def verify(self, data: bytes, *, thumbnail_side: int = 0) -> bytes:
        """Decode all pixels; with `thumbnail_side` the JPEG thumbnail is returned, else nothing.

        Raises ImageError: `truncated`, or `bomb` when the child ran out of memory or time.
        """
        child = self._ensure_child()
        if child.stdin is None or child.stdout is None:
            raise RuntimeError("the decoder was started without pipes")
        try:
            child.stdin.write(struct.pack("<QI", len(data), thumbnail_side) + data)
            child.stdin.flush()
            answer = _read_answer(child.stdout.fileno(), time.monotonic() + self._wall_seconds)
        except (BrokenPipeError, EOFError, TimeoutError):
            self.close()
            message = _("Decoding the image takes more memory or time than allowed. Export it again, without options.")
            raise ImageError("bomb", message) from None
        header, body = answer
        if "code" in header:
            raise ImageError(cast(ImageErrorCode, header["code"]), header["message"])
        return body

    def close(self) -> None:
        """End the child; the next `verify` starts a new one."""
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
            # No environment: the child needs no secret, and decodes what strangers send.
            self._child = subprocess.Popen(
                [sys.executable, "-I", "-c", _START, _ROOT, *limits],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={"OPENBLAS_NUM_THREADS": "1"},
                bufsize=0,
            )
        return self._child


def _read_answer(descriptor: int, deadline: float) -> tuple[dict[str, str], bytes]:
    lengths = struct.unpack("<II", _read_exactly(descriptor, 8, deadline))
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


_lock = threading.Lock()
_shared: dict[int, DecoderProcess] = {}


def verify_decodes(data: bytes, *, thumbnail_side: int = 0) -> bytes:
    """`DecoderProcess.verify` with one child per process of ours, started when first needed.

    Threads take turns. A forked process gets a child of its own.
    """
    with _lock:
        decoder = _shared.get(os.getpid())
        if decoder is None:
            decoder = DecoderProcess()
            _shared[os.getpid()] = decoder
            atexit.register(decoder.close)
        return decoder.verify(data, thumbnail_side=thumbnail_side)
