"""Databases of the test session: migrated once as a template, cloned for each worker, emptied after real commits."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from pytest_django.plugin import DjangoDbBlocker

_TEMPLATE = "maskwright_template"
_KEPT = "('django_migrations', 'django_content_type', 'auth_permission')"


def _superuser() -> psycopg.Connection[Any]:
    return psycopg.connect(os.environ["MASKWRIGHT_TEST_SUPERUSER_URL"], autocommit=True)


def _close_pool(alias: str) -> None:
    connection: Any = connections[alias]  # PostgreSQL's, which has a pool
    connection.close_pool()


def _use_database(name: str) -> None:
    for alias in connections:
        connections[alias].close()
        _close_pool(alias)
        connections[alias].settings_dict["NAME"] = name
        settings.DATABASES[alias]["NAME"] = name


def create_database(name: str) -> None:
    """Make a migrated database by cloning the template, which the first process builds."""
    with _superuser() as server:
        server.execute("SELECT pg_advisory_lock(4711)")
        exists = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [_TEMPLATE]).fetchone()
        if not exists:
            server.execute(f"CREATE DATABASE {_TEMPLATE} OWNER {settings.DATABASES['owner']['USER']}")
            _use_database(_TEMPLATE)
            call_command("migrate", database="owner", verbosity=0)
            connections["owner"].close()
        server.execute(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE} OWNER {settings.DATABASES['owner']['USER']}")
        # A test may begin its transaction and then wait for a storage server to start.
        for role in {settings.DATABASES[alias]["USER"] for alias in connections}:
            server.execute(f"ALTER ROLE {role} IN DATABASE {name} SET idle_in_transaction_session_timeout = '10min'")


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    # From the environment, not from xdist's fixture: the long tests run without xdist.
    name = f"maskwright_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
    with django_db_blocker.unblock():
        create_database(name)
        _use_database(name)
    yield
    with django_db_blocker.unblock():
        for alias in connections:
            connections[alias].close()
            _close_pool(alias)


@pytest.fixture(scope="session")
def database_urls(django_db_setup: None) -> dict[str, str]:
    """Addresses of this worker's database for other processes: DATABASE_URL, DATABASE_OWNER_URL, DATABASE_OPS_URL."""
    found = {}
    for alias, variable in (("default", "DATABASE_URL"), ("owner", "DATABASE_OWNER_URL"), ("ops", "DATABASE_OPS_URL")):
        address = os.environ[variable]
        name = settings.DATABASES[alias]["NAME"]
        before, _, query = address.partition("?")
        found[variable] = before.rsplit("/", 1)[0] + "/" + name + ("?" + query if query else "")
    return found


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Real commits, seen by other connections and processes; all rows are removed afterwards."""
    with django_db_blocker.unblock():
        yield
        for alias in ("default", "ops"):
            connections[alias].close()
        empty_database()


def empty_database() -> None:
    """Delete all rows of the tables that have any.

    TRUNCATE would make new files for every table that refers to one of them, which is all of them and takes ten times
    as long. As a replica applies changes: without triggers and keys, since nothing stays that could refer to anything.
    """
    with psycopg.connect(
        os.environ["MASKWRIGHT_TEST_SUPERUSER_URL"], dbname=settings.DATABASES["default"]["NAME"]
    ) as server:
        server.execute("SET LOCAL session_replication_role = replica")
        found = server.execute(
            f"SELECT c.oid::regclass::text FROM pg_class c WHERE c.relkind = 'r'"
            f" AND c.relnamespace = 'public'::regnamespace AND c.relname NOT IN {_KEPT} AND pg_relation_size(c.oid) > 0"
        ).fetchall()
        server.execute("; ".join(f"DELETE FROM {table}" for (table,) in found))


@pytest.fixture
def as_superuser(django_db_setup: None) -> Callable[[str], list[tuple[Any, ...]]]:
    """Run a query past row-level security, to see what is really stored."""

    def query(sql: str) -> list[tuple[Any, ...]]:
        address = os.environ["MASKWRIGHT_TEST_SUPERUSER_URL"]
        name = settings.DATABASES["default"]["NAME"]
        with psycopg.connect(address, dbname=name) as connection:
            return connection.execute(sql).fetchall()

    return query
