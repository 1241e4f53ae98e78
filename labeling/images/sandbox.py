"""Decode untrusted images in a child process that may use only so much memory and time (`labeling.bounded`)."""

from __future__ import annotations

import atexit
import os
import struct
import threading
from typing import cast

from labeling.bounded import BoundedProcess, ChildEnded
from labeling.wording import gettext_noop as _

from .errors import ImageError, ImageErrorCode

MEMORY_BYTES = 1 << 30
"""Address space beyond what the idle child uses: 8192 x 8192 progressive JPEG needs about 700 MB."""

CPU_SECONDS = 20
WALL_SECONDS = 60


class DecoderProcess(BoundedProcess):
    """A child that decodes. Use as a context manager, from one thread at a time."""

    def __init__(
        self,
        *,
        memory_bytes: int = MEMORY_BYTES,
        cpu_seconds: int = CPU_SECONDS,
        wall_seconds: float = WALL_SECONDS,
    ) -> None:
        super().__init__(
            "labeling.images.decoder_process",
            memory_bytes=memory_bytes,
            cpu_seconds=cpu_seconds,
            wall_seconds=wall_seconds,
        )

    def verify(self, data: bytes, *, thumbnail_side: int = 0) -> bytes:
        """Decode all pixels; with `thumbnail_side` the JPEG thumbnail is returned, else nothing.

        Raises ImageError: `truncated`, or `bomb` when the child ran out of memory or time.
        """
        try:
            header, body = self.ask(struct.pack("<I", thumbnail_side), data)
        except ChildEnded:
            message = _("Decoding the image takes more memory or time than allowed. Export it again, without options.")
            raise ImageError("bomb", message) from None
        if "code" in header:
            raise ImageError(cast(ImageErrorCode, header["code"]), header["message"])
        return body


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
