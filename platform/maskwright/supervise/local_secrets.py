"""Secrets and ports that one data folder keeps between runs, in one JSON file of mode 600."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

from .errors import FolderUnusable
from .processes import free_port, port_is_free, write_private


class LocalSecrets:
    """The file ``secrets.json`` of a data folder. Values are made once and then stay.

    They are written before they are used, so that a crash never leaves a server with a password nobody knows.
    The file is read again for each unknown name: several objects of one process share it.
    """

    def __init__(self, home: Path) -> None:
        self._path = home / "secrets.json"
        self._values = self._load()

    def secret(self, name: str, size: int = 24) -> str:
        """A random URL-safe value of ``size`` bytes, the same on every run."""
        if name not in self._values:
            self._values = self._load()
        if name not in self._values:
            self._store(name, secrets.token_urlsafe(size))
        return self._values[name]

    def port(self, name: str) -> int:
        """A loopback port for ``name``: the one of the last run while it is free, else a new one."""
        self._values = self._load()
        known = self._values.get(name)
        if known is not None and port_is_free(int(known)):
            return int(known)
        port = free_port()
        self._store(name, str(port))
        return port

    def _load(self) -> dict[str, str]:
        try:
            stored = json.loads(self._path.read_text(encoding="utf-8"))
            return {str(name): str(value) for name, value in stored.items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, AttributeError) as error:
            raise FolderUnusable(
                f"{self._path} cannot be read ({error}). Run as the user who owns the folder, or restore the "
                "file from a backup: it holds the database passwords of this folder."
            ) from error

    def _store(self, name: str, value: str) -> None:
        self._values = self._load() | {name: value}
        write_private(self._path, json.dumps(self._values, indent=1, sort_keys=True) + "\n")
