"""The world of the isolation tests: committed once for each module, so that sockets and requests see the same rows."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.db import connections
from pytest_django.plugin import DjangoDbBlocker

if TYPE_CHECKING:
    from tests.isolation.world import World


@pytest.fixture(scope="module")
def committed_module(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Like `committed`, for a whole module: real commits, emptied at its end."""
    from tests.plugins.database import empty_database

    with django_db_blocker.unblock():
        yield
        for alias in ("default", "ops"):
            connections[alias].close()
        empty_database()


@pytest.fixture(scope="module")
def world(committed_module: None) -> "World":
    from tests.isolation.world import build  # models can be imported once Django is set up, after this file

    return build()
