"""What the check must remember across files, in a database on disk: a million objects take no memory."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

_TABLES = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE mask (key TEXT PRIMARY KEY, line INTEGER, metadata BLOB) WITHOUT ROWID;
CREATE TABLE labeled (line INTEGER PRIMARY KEY);
CREATE TABLE answered (line INTEGER PRIMARY KEY);
"""


class Notes:
    """Use as a context manager; the file goes with it."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="verify-output-")
        self._database = sqlite3.connect(Path(self._folder.name) / "notes", isolation_level=None)
        self._database.executescript(_TABLES)
        self._database.execute("BEGIN")

    def __enter__(self) -> Notes:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()
        self._folder.cleanup()

    def mask(self, key: str, line: int, metadata: object) -> int:
        """Note a label's mask; the line that named it before, 0 when none did."""
        earlier = self._database.execute("SELECT line FROM mask WHERE key = ?", (key,)).fetchone()
        if earlier is None:
            self._database.execute("INSERT INTO mask VALUES (?, ?, ?)", (key, line, digest(metadata)))
        return int(earlier[0]) if earlier else 0

    def find_mask(self, key: str) -> tuple[int, bytes] | None:
        """The line that names a mask, and the digest of its metadata."""
        found = self._database.execute("SELECT line, metadata FROM mask WHERE key = ?", (key,)).fetchone()
        return (int(found[0]), bytes(found[1])) if found else None

    def labeled(self, line: int) -> None:
        self._database.execute("INSERT OR IGNORE INTO labeled VALUES (?)", (line,))

    def answered(self, line: int) -> None:
        self._database.execute("INSERT OR IGNORE INTO answered VALUES (?)", (line,))

    def never_answered(self) -> Iterator[int]:
        """Lines with a label by people for which no answer lies there."""
        rows = self._database.execute("SELECT line FROM labeled EXCEPT SELECT line FROM answered ORDER BY 1")
        return (int(row[0]) for row in rows)


def digest(value: object) -> bytes:
    """Equal for equal JSON, however it is written."""
    return hashlib.blake2b(json.dumps(value, sort_keys=True).encode(), digest_size=16).digest()
