"""A zip archive that is written front to back, into a file or straight into a response.

Only one entry can be open in a zip; formats whose one file grows with every object collect it in a temporary
file (`Spool`) and add it at the end.
"""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from datetime import UTC, datetime
from typing import IO, Protocol

_SPOOL_IN_MEMORY = 1 << 20


class Sink(Protocol):
    """Where an archive goes; need not be seekable."""

    def write(self, data: bytes, /) -> int: ...

    def flush(self) -> None: ...

    def close(self) -> None: ...


class Archive:
    """Entries get the job's time, so that the same content gives the same archive."""

    def __init__(self, out: Sink, folder: str, created_at: datetime) -> None:
        self._zip = zipfile.ZipFile(out, "w")
        self._folder = folder
        # A zip knows no time zone and no years before 1980.
        moment = created_at.astimezone(UTC)
        self._date = (max(1980, moment.year), moment.month, moment.day, moment.hour, moment.minute, moment.second)

    def add(self, name: str, data: bytes, *, compress: bool = False) -> None:
        """A whole file. PNG files are not compressed again."""
        self._zip.writestr(self._info(name, compress), data)

    def add_file(self, name: str, content: IO[bytes]) -> None:
        """A compressed file of any length, from its current position."""
        with self._zip.open(self._info(name, True), "w", force_zip64=True) as entry:
            shutil.copyfileobj(content, entry, 1 << 20)

    def close(self) -> None:
        self._zip.close()

    def _info(self, name: str, compress: bool) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(f"{self._folder}/{name}", self._date)
        info.compress_type = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
        info.external_attr = 0o644 << 16
        return info


class Spool(tempfile.SpooledTemporaryFile[bytes]):
    """Bytes that grow piece by piece, on disk when there are many. Use as a context manager, or close it."""

    def __init__(self) -> None:
        super().__init__(max_size=_SPOOL_IN_MEMORY)

    def rewound(self) -> Spool:
        """Itself, to be read from the start."""
        self.seek(0)
        return self

    def extend(self, other: Spool) -> None:
        """Append all of another spool."""
        shutil.copyfileobj(other.rewound(), self, 1 << 20)


class Outlet:
    """A sink whose bytes are taken out as they come: turns a zip writer into a stream."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes, /) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """What was written can still be taken."""

    def take(self) -> bytes:
        """Everything written since the last call."""
        parts, self._parts = self._parts, []
        return b"".join(parts)
