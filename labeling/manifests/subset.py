"""Which images of an input become data objects: those whose names match, and of these a random share.

As Ground Truth's automated set-up offers it. Nothing is drawn: an image's lot is a hash of the job and its address, so
that reading the input again, after a kill or a change of it, chooses the same ones.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

MAX_PATTERNS, MAX_PATTERN_CHARS = 50, 200


def read_patterns(text: str) -> list[str]:
    """A pattern a line; blank lines are none."""
    return [line.strip() for line in text.splitlines() if line.strip()]


@dataclass(frozen=True)
class Subset:
    """`patterns`: of file names as shells have them (`*`, `?`, `[a-z]`); `!` before one leaves out what it matches.

    A pattern matches the end of an address from a slash on: `*.png`, `night/*.jpg`, `2026-??-01/*`. `percent`: 1 to
    100.
    """

    patterns: Sequence[str] = ()
    percent: int = 100
    seed: str = ""
    _wanted: tuple[str, ...] = field(init=False, default=())
    _unwanted: tuple[str, ...] = field(init=False, default=())

    def __post_init__(self) -> None:
        object.__setattr__(self, "_wanted", tuple(_both([one for one in self.patterns if not one.startswith("!")])))
        object.__setattr__(self, "_unwanted", tuple(_both([one[1:] for one in self.patterns if one.startswith("!")])))

    def takes(self, source_ref: str) -> bool:
        """Whether the image is one of the job's. A line without an address is: its fault is to be told."""
        if not source_ref:
            return True
        path = source_ref.partition("://")[2].partition("/")[2] or source_ref
        if self._wanted and not _matches(path, self._wanted):
            return False
        return not _matches(path, self._unwanted) and (self.percent >= 100 or self._lot(source_ref) < self.percent)

    def _lot(self, source_ref: str) -> float:
        """0 to 100, evenly."""
        digest = hashlib.blake2b(f"{self.seed}\n{source_ref}".encode(errors="surrogatepass"), digest_size=8).digest()
        return int.from_bytes(digest) * 100 / 2**64


def _both(patterns: Sequence[str]) -> Iterator[str]:
    for pattern in patterns:
        yield pattern
        yield f"*/{pattern}"


def _matches(path: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(path, pattern) for pattern in patterns)
