"""The data folder: made with tight modes, held by one supervisor at a time, with what it publishes."""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from .errors import AlreadyRunning, FolderUnusable
from .processes import write_private


def open_home(home: Path) -> Path:
    """Make the data folder when it is missing; raises ``FolderUnusable`` when we cannot write in it."""
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe = home / f".probe.{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise FolderUnusable(
            f"The data folder {home} cannot be written ({error.strerror}). Choose another with "
            "MASKWRIGHT_HOME=/a/folder/of/yours, or run as the user who owns it."
        ) from error
    return home


class HomeLock:
    """Held while a supervisor runs; the kernel frees it however the process ends."""

    def __init__(self, home: Path, address: str) -> None:
        self._path = home / "supervisor.lock"
        self._address = address
        self._file: IO[str] | None = None

    def __enter__(self) -> Self:
        file = self._path.open("a+", encoding="utf-8")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            holder = _read_holder(file.read())
            file.close()
            raise AlreadyRunning(
                f"Maskwright already runs on {self._path.parent}{holder}. Stop that one first (Ctrl-C there) "
                "or start a second installation with another MASKWRIGHT_HOME and another PORT."
            ) from error
        file.truncate(0)
        file.write(json.dumps({"pid": os.getpid(), "address": self._address}))
        file.flush()
        self._file = file
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.truncate(0)
            self._file.close()


def _read_holder(text: str) -> str:
    try:
        holder = json.loads(text)
        return f": {holder['address']}, process {holder['pid']}"
    except (ValueError, KeyError, TypeError):
        return ""


class ReadyFile:
    """``ready.json`` (mode 600): there exactly while the installation is up, so that scripts can drive it."""

    def __init__(self, home: Path) -> None:
        self.path = home / "ready.json"
        self._demo_path = home / "demo.json"

    def demo(self) -> dict[str, Any]:
        """What ``manage.py prepare`` wrote: accounts, jobs, ``aws``; empty without a demo."""
        try:
            demo = json.loads(self._demo_path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            demo = {}
        return {"accounts": demo.get("accounts", []), "jobs": demo.get("jobs", []), "aws": demo.get("aws", {})}

    def write(self, address: str, pids: dict[str, int]) -> None:
        content = {"address": address, "pids": pids} | self.demo()
        write_private(self.path, json.dumps(content, indent=2) + "\n")

    def remove(self) -> None:
        self.path.unlink(missing_ok=True)
