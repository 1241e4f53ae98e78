"""The three database roles, and what each may do.

``owner`` creates and migrates, ``app`` serves people (row-level security applies to it and it owns nothing),
``ops`` reads across organizations for the publisher, the reconciler and the reaper. The same statements serve
the embedded database, the test suite and an external server (``python -m maskwright.supervise
prepare-database``); PostgreSQL 15 is the minimum. Every statement may run again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

import psycopg
from psycopg import sql

from .errors import BadEnvironment

OWNER = "maskwright_owner"
APP = "maskwright_app"
OPS = "maskwright_ops"
DATABASE = "maskwright"

# Requests and tasks are short; a statement or an idle transaction beyond these holds locks others wait for.
APP_SETTINGS = {
    "statement_timeout": "15s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "30s",
}
OPS_SETTINGS = {
    "statement_timeout": "60s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "60s",
}
# A migration may rebuild a table for long, but must not queue everybody behind a lock it cannot get.
OWNER_SETTINGS = {"lock_timeout": "10s"}
EXTENSIONS = ("pg_trgm", "citext")


@dataclass(frozen=True)
class DatabaseAddress:
    """Where and as whom to connect. ``host`` may be a socket folder; port 0 means the default."""

    user: str
    password: str
    host: str
    port: int = 0
    name: str = DATABASE

    @property
    def url(self) -> str:
        """``postgresql://user:password@host:port/name``, or ``...@/name?host=/folder`` for a socket."""
        who = f"{quote(self.user, safe='')}:{quote(self.password, safe='')}"
        if self.host.startswith("/"):
            query = {"host": self.host} | ({"port": str(self.port)} if self.port else {})
            return f"postgresql://{who}@/{quote(self.name, safe='')}?{urlencode(query)}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        where = f"{host}:{self.port}" if self.port else host
        return f"postgresql://{who}@{where}/{quote(self.name, safe='')}"

    @classmethod
    def parse(cls, url: str) -> DatabaseAddress:
        parts = urlsplit(url)
        if parts.scheme not in {"postgresql", "postgres"} or not parts.username or len(parts.path) < 2:
            raise BadEnvironment(
                "A database address must read postgresql://user:password@host:port/name "
                "(or postgresql://user:password@/name?host=/socket/folder)."
            )
        query = parse_qs(parts.query)
        return cls(
            user=unquote(parts.username),
            password=unquote(parts.password or ""),
            host=query.get("host", [parts.hostname or "localhost"])[0],
            port=int(query.get("port", [str(parts.port or 0)])[0]),
            name=unquote(parts.path[1:]),
        )

    def as_role(self, user: str, password: str) -> DatabaseAddress:
        return replace(self, user=user, password=password)

    def in_database(self, name: str) -> DatabaseAddress:
        return replace(self, name=name)


@dataclass(frozen=True)
class RoleAddresses:
    """The same database as its owner, as the app and as operations."""

    owner: DatabaseAddress
    app: DatabaseAddress
    ops: DatabaseAddress


def connect(address: DatabaseAddress) -> psycopg.Connection[tuple[object, ...]]:
    """A connection in autocommit mode that gives up after five seconds."""
    return psycopg.connect(address.url, autocommit=True, connect_timeout=5)


def create_roles_and_database(
    superuser: DatabaseAddress, roles: RoleAddresses, *, owner_may_create_databases: bool = False
) -> None:
    """Make the three roles and the database, or bring existing ones to the state described above.

    ``superuser`` must be allowed to create roles with BYPASSRLS, that is a superuser. The test suite lets the
    owner create databases, and prepares the template so that each of those has the same grants.
    """
    with connect(superuser.in_database("postgres")) as connection:
        createdb = "CREATEDB" if owner_may_create_databases else "NOCREATEDB"
        _ensure_role(connection, roles.owner, f"NOBYPASSRLS {createdb}", OWNER_SETTINGS)
        _ensure_role(connection, roles.app, "NOBYPASSRLS NOCREATEDB", APP_SETTINGS)
        _ensure_role(connection, roles.ops, "BYPASSRLS NOCREATEDB", OPS_SETTINGS)
        name, owner = sql.Identifier(roles.owner.name), sql.Identifier(roles.owner.user)
        exists = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [roles.owner.name]).fetchone()
        if exists is None:
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'").format(name, owner)
            )
        connection.execute(sql.SQL("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC").format(name))
    for database in (roles.owner.name, *(["template1"] if owner_may_create_databases else [])):
        with connect(superuser.in_database(database)) as connection:
            _grant(connection, roles)


def _ensure_role(
    connection: psycopg.Connection[tuple[object, ...]],
    role: DatabaseAddress,
    attributes: str,
    settings: dict[str, str],
) -> None:
    name = sql.Identifier(role.user)
    found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role.user]).fetchone()
    verb = "CREATE" if found is None else "ALTER"
    connection.execute(
        sql.SQL(f"{verb} ROLE {{}} LOGIN NOSUPERUSER NOCREATEROLE NOREPLICATION {attributes} PASSWORD {{}}").format(
            name, sql.Literal(role.password)
        )
    )
    for setting, value in settings.items():
        connection.execute(
            sql.SQL("ALTER ROLE {} SET {} = {}").format(name, sql.Identifier(setting), sql.Literal(value))
        )


def _grant(connection: psycopg.Connection[tuple[object, ...]], roles: RoleAddresses) -> None:
    """Extensions, and the default privileges that give app and ops the owner's future tables."""
    for extension in EXTENSIONS:
        connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))
    owner = sql.Identifier(roles.owner.user)
    others = sql.SQL(", ").join([sql.Identifier(roles.app.user), sql.Identifier(roles.ops.user)])
    for statement in (
        "GRANT USAGE, CREATE ON SCHEMA public TO {owner}",
        "GRANT USAGE ON SCHEMA public TO {others}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {others}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT USAGE ON SEQUENCES TO {others}",
    ):
        # Only future tables: a grant on existing ones would undo what a migration took away (audit events).
        connection.execute(sql.SQL(statement).format(owner=owner, others=others))
