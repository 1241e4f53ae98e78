"""Roles, database and grants on a PostgreSQL server of your own (15 or newer)."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping

import psycopg

from .environment import DATABASE_VARIABLES
from .errors import BadEnvironment, ServerFailed, SupervisionError
from .roles import DatabaseAddress, RoleAddresses, connect, create_roles_and_database

OLDEST_SERVER = 150_000


def prepare_database(environ: Mapping[str, str], *, patience: float = 60.0) -> int:
    """Bring the server behind DATABASE_SUPERUSER_URL to what the three role addresses promise; the exit code.

    Waits up to ``patience`` seconds for the server, since containers start together.
    """
    try:
        _prepare(environ, patience)
    except SupervisionError as error:
        print(f"The database cannot be prepared: {error}", file=sys.stderr)
        return 1
    print("The database, its roles and grants are in place.")
    return 0


def _prepare(environ: Mapping[str, str], patience: float) -> None:
    names = ("DATABASE_SUPERUSER_URL", *DATABASE_VARIABLES)
    missing = [name for name in names if not environ.get(name)]
    if missing:
        raise BadEnvironment(f"{', '.join(missing)} must be set to postgresql:// addresses.")
    superuser, app, owner, ops = (DatabaseAddress.parse(environ[name]) for name in names)
    if len({app.user, owner.user, ops.user, superuser.user}) != 4:
        raise BadEnvironment("The superuser, the app, the owner and operations must be four different users.")
    if len({app.name, owner.name, ops.name}) != 1:
        raise BadEnvironment("DATABASE_URL, DATABASE_OWNER_URL and DATABASE_OPS_URL must name the same database.")
    _wait_for(superuser.in_database("postgres"), patience)
    create_roles_and_database(superuser, RoleAddresses(owner=owner, app=app, ops=ops))


def _wait_for(address: DatabaseAddress, patience: float) -> None:
    deadline = time.monotonic() + patience
    while True:
        try:
            with connect(address) as connection:
                version = connection.info.server_version
        except psycopg.OperationalError as error:
            if time.monotonic() > deadline:
                raise ServerFailed(
                    f"{address.host} does not answer ({error}). Check DATABASE_SUPERUSER_URL and that the server runs."
                ) from error
            time.sleep(1)
            continue
        if version < OLDEST_SERVER:
            raise ServerFailed(f"The server is version {version // 10_000}; PostgreSQL 15 is the minimum.")
        return
