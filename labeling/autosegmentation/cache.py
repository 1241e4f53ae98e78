"""Decoded images by the SHA-256 of their file, so that the second click on a photo costs no decoding."""

from __future__ import annotations

import threading
from collections import OrderedDict

from .base import Pixels

DEFAULT_BYTES = 512 << 20


class ImageCache:
    """Least recently used images leave first. Holds at most `max_bytes`, or one larger image. Thread-safe."""

    def __init__(self, max_bytes: int = DEFAULT_BYTES) -> None:
        self._max_bytes = max_bytes
        self._images: OrderedDict[str, Pixels] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, sha256: str) -> Pixels | None:
        with self._lock:
            image = self._images.get(sha256)
            if image is not None:
                self._images.move_to_end(sha256)
            return image

    def put(self, sha256: str, image: Pixels) -> None:
        with self._lock:
            if sha256 in self._images:
                return
            self._images[sha256] = image
            self._bytes += image.nbytes
            while self._bytes > self._max_bytes and len(self._images) > 1:
                _, oldest = self._images.popitem(last=False)
                self._bytes -= oldest.nbytes
