"""Buckets and objects: bytes in files, names in SQLite. A reader never sees half of an object."""

import hashlib
import json
import os
import re
import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS bucket (name TEXT PRIMARY KEY, made TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS object (
  bucket TEXT NOT NULL, key TEXT NOT NULL, file TEXT NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL,
  modified TEXT NOT NULL, headers TEXT NOT NULL, PRIMARY KEY (bucket, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS upload (id TEXT PRIMARY KEY, bucket TEXT NOT NULL, key TEXT NOT NULL, headers TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS part (
  upload TEXT NOT NULL, number INTEGER NOT NULL, file TEXT NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL,
  PRIMARY KEY (upload, number));
"""
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{0,61}[a-z0-9]")
_LAST = "\U0010ffff"


class StoreError(Exception):
    """An answer in S3's words: its code and HTTP status."""

    def __init__(self, code: str, status: int, message: str) -> None:
        super().__init__(message)
        self.code, self.status = code, status


@dataclass(frozen=True)
class Stored:
    """`headers`: what came with it and goes out with it (type, metadata)."""

    key: str
    size: int
    etag: str
    modified: datetime
    headers: dict[str, str]
    path: Path


@dataclass(frozen=True)
class Written:
    """Bytes that lie in the folder and are named by nothing yet."""

    file: str
    size: int
    md5: str
    sha256: str


class Store:
    """One folder. Safe for several threads: each call opens the index for itself."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        (folder / "bytes").mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._index() as index:
            for statement in _SCHEMA.split(";"):
                index.execute(statement)

    # --- buckets --------------------------------------------------------------------------------------------------
    def make_bucket(self, name: str) -> None:
        """Raises StoreError when there is one, or the name cannot be one."""
        if len(name) < 2 or not _BUCKET.fullmatch(name):
            raise StoreError("InvalidBucketName", 400, "The specified bucket is not valid.")
        with self._index() as index:
            made = index.execute("INSERT OR IGNORE INTO bucket VALUES (?, ?)", (name, _now()))
            if not made.rowcount:
                raise StoreError("BucketAlreadyOwnedByYou", 409, "The bucket is there, and yours.")

    def buckets(self) -> list[tuple[str, datetime]]:
        with self._index() as index:
            rows = index.execute("SELECT name, made FROM bucket ORDER BY name").fetchall()
        return [(name, datetime.fromisoformat(made)) for name, made in rows]

    def require_bucket(self, name: str) -> None:
        with self._index() as index:
            _require(index, name)

    def remove_bucket(self, name: str) -> None:
        with self._index() as index:
            _require(index, name)
            if index.execute("SELECT 1 FROM object WHERE bucket = ? LIMIT 1", (name,)).fetchone():
                raise StoreError("BucketNotEmpty", 409, "The bucket you tried to delete is not empty.")
            index.execute("DELETE FROM bucket WHERE name = ?", (name,))

    # --- objects --------------------------------------------------------------------------------------------------
    def write(self, blocks: Iterable[bytes]) -> Written:
        """The bytes, complete and on the disk, under a name of their own."""
        file = secrets.token_hex(16)
        md5, sha256, size = hashlib.md5(usedforsecurity=False), hashlib.sha256(), 0
        path = self._path(file)
        try:
            with path.open("xb") as target:
                for block in blocks:
                    md5.update(block)
                    sha256.update(block)
                    size += len(block)
                    target.write(block)
                target.flush()
                os.fsync(target.fileno())
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return Written(file, size, md5.hexdigest(), sha256.hexdigest())

    def drop(self, written: Written) -> None:
        self._path(written.file).unlink(missing_ok=True)

    def name(self, bucket: str, key: str, written: Written, headers: dict[str, str], *, only_new: bool = False) -> None:
        """Make written bytes the object of that key; what was there is replaced at once, unless `only_new`."""
        self._put(bucket, key, written.file, written.size, written.md5, headers, only_new=only_new)

    def find(self, bucket: str, key: str) -> Stored:
        with self._index() as index:
            _require(index, bucket)
            row = index.execute(f"{_OBJECT} WHERE bucket = ? AND key = ?", (bucket, key)).fetchone()
        if row is None:
            raise StoreError("NoSuchKey", 404, "The specified key does not exist.")
        return self._stored(row)

    def page(self, bucket: str, prefix: str, after: str, limit: int) -> list[Stored]:
        """In the order of their keys, behind `after`."""
        with self._index() as index:
            _require(index, bucket)
            rows = index.execute(
                f"{_OBJECT} WHERE bucket = ? AND key >= ? AND key < ? AND key > ? ORDER BY key LIMIT ?",
                (bucket, prefix, prefix + _LAST, after, limit),
            ).fetchall()
        return [self._stored(row) for row in rows]

    def remove(self, bucket: str, key: str) -> None:
        """Whether or not it is there, as in S3."""
        with self._index() as index:
            _require(index, bucket)
            row = index.execute("SELECT file FROM object WHERE bucket = ? AND key = ?", (bucket, key)).fetchone()
            index.execute("DELETE FROM object WHERE bucket = ? AND key = ?", (bucket, key))
        if row is not None:
            self._path(row[0]).unlink(missing_ok=True)

    # --- uploads in parts -----------------------------------------------------------------------------------------
    def begin(self, bucket: str, key: str, headers: dict[str, str]) -> str:
        upload = secrets.token_hex(16)
        with self._index() as index:
            _require(index, bucket)
            index.execute("INSERT INTO upload VALUES (?, ?, ?, ?)", (upload, bucket, key, json.dumps(headers)))
        return upload

    def add_part(self, upload: str, number: int, written: Written) -> None:
        if not 1 <= number <= 10_000:
            raise StoreError("InvalidArgument", 400, "Part number must be an integer between 1 and 10000, inclusive.")
        with self._index() as index:
            _require_upload(index, upload)
            old = index.execute("SELECT file FROM part WHERE upload = ? AND number = ?", (upload, number)).fetchone()
            index.execute(
                "INSERT OR REPLACE INTO part VALUES (?, ?, ?, ?, ?)",
                (upload, number, written.file, written.size, written.md5),
            )
        if old is not None:
            self._path(old[0]).unlink(missing_ok=True)

    def complete(self, upload: str, parts: list[tuple[int, str]]) -> str:
        """Join the parts, in that order; the object's etag. The parts' etags must be those they were given."""
        with self._index() as index:
            bucket, key, headers = _require_upload(index, upload)
            rows = {
                number: (file, etag)
                for number, file, etag in index.execute(
                    "SELECT number, file, etag FROM part WHERE upload = ?", (upload,)
                )
            }
        numbers = [number for number, _ in parts]
        if numbers != sorted(set(numbers)):
            raise StoreError("InvalidPartOrder", 400, "The list of parts was not in ascending order.")
        if not parts or any(rows.get(number, ("", ""))[1] != etag for number, etag in parts):
            raise StoreError("InvalidPart", 400, "One or more of the specified parts could not be found.")
        written = self.write(_blocks(self._path(rows[number][0]) for number in numbers))
        digests = b"".join(bytes.fromhex(etag) for _, etag in parts)
        etag = f"{hashlib.md5(digests, usedforsecurity=False).hexdigest()}-{len(parts)}"
        self._put(bucket, key, written.file, written.size, etag, json.loads(headers))
        self.abort(upload)
        return etag

    def abort(self, upload: str) -> None:
        with self._index() as index:
            files = [row[0] for row in index.execute("SELECT file FROM part WHERE upload = ?", (upload,))]
            index.execute("DELETE FROM part WHERE upload = ?", (upload,))
            index.execute("DELETE FROM upload WHERE id = ?", (upload,))
        for file in files:
            self._path(file).unlink(missing_ok=True)

    # --- within ---------------------------------------------------------------------------------------------------
    def _put(
        self, bucket: str, key: str, file: str, size: int, etag: str, headers: dict[str, str], *, only_new: bool = False
    ) -> None:
        try:
            with self._index() as index:
                _require(index, bucket)
                old = index.execute("SELECT file FROM object WHERE bucket = ? AND key = ?", (bucket, key)).fetchone()
                if old is not None and only_new:
                    raise StoreError(
                        "PreconditionFailed", 412, "At least one of the pre-conditions you specified did not hold"
                    )
                values = (bucket, key, file, size, etag, _now(), json.dumps(headers))
                index.execute("INSERT OR REPLACE INTO object VALUES (?, ?, ?, ?, ?, ?, ?)", values)
        except StoreError:
            self._path(file).unlink(missing_ok=True)
            raise
        if old is not None:
            self._path(old[0]).unlink(missing_ok=True)

    @contextmanager
    def _index(self) -> Iterator[sqlite3.Connection]:
        """One transaction, taken for writing from its beginning, so that two never wait for each other in a circle."""
        index = sqlite3.connect(self._folder / "index.sqlite3", timeout=30, isolation_level=None)
        try:
            index.execute("PRAGMA journal_mode = WAL")
            index.execute("BEGIN IMMEDIATE")
            yield index
            index.execute("COMMIT")
        finally:
            index.close()

    def _path(self, file: str) -> Path:
        return self._folder / "bytes" / file

    def _stored(self, row: tuple[str, str, int, str, str, str]) -> Stored:
        key, file, size, etag, modified, headers = row
        return Stored(key, size, etag, datetime.fromisoformat(modified), json.loads(headers), self._path(file))


_OBJECT = "SELECT key, file, size, etag, modified, headers FROM object"


def _require(index: sqlite3.Connection, bucket: str) -> None:
    if index.execute("SELECT 1 FROM bucket WHERE name = ?", (bucket,)).fetchone() is None:
        raise StoreError("NoSuchBucket", 404, "The specified bucket does not exist")


def _require_upload(index: sqlite3.Connection, upload: str) -> tuple[str, str, str]:
    found = index.execute("SELECT bucket, key, headers FROM upload WHERE id = ?", (upload,)).fetchone()
    if found is None:
        raise StoreError("NoSuchUpload", 404, "The specified upload does not exist.")
    bucket, key, headers = found
    return bucket, key, headers


def _blocks(paths: Iterable[Path], size: int = 1 << 20) -> Iterator[bytes]:
    for path in paths:
        with path.open("rb") as source:
            while block := source.read(size):
                yield block


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
