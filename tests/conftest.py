"""Real PostgreSQL and Valkey for the whole session and a database of its own for each test process."""

import os
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
for entry in (str(ROOT), str(ROOT / "platform")):
    if entry not in sys.path:
        sys.path.insert(0, entry)


def pytest_configure(config: pytest.Config) -> None:
    """Start the servers before Django reads its settings: the controller's are shared by the xdist workers."""
    from maskwright.supervise.testing import session_services

    services = session_services()
    config.add_cleanup(services.stop)
    home = tempfile.mkdtemp(prefix="maskwright-home-")
    os.environ.update(
        DATABASE_URL=services.app_url,
        DATABASE_OWNER_URL=services.owner_url,
        DATABASE_OPS_URL=services.ops_url,
        MASKWRIGHT_TEST_SUPERUSER_URL=services.superuser_url,
        REDIS_URL=services.redis_url,
        MASKWRIGHT_HOME=home,
        MASKWRIGHT_STORAGE=f"file://{home}/objects",
        SECRET_KEY="only-for-tests-" + "x" * 40,
        DJANGO_SETTINGS_MODULE="maskwright.config.settings",
        DATABASE_POOL="16",
    )
    import django
    from django.conf import settings

    django.setup()
    # Passwords are hashed hundreds of times in the suite; how hard that is, is not what is tested.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # The test processes share the server; what one counts or clears is not the others'.
    settings.CACHES["default"]["KEY_PREFIX"] = f"test-{os.getpid()}"
    # These import models, which is possible only now.
    servers = ("s3", "gcs", "azure", "identity_server", "receiver", "awscli")
    for plugin in ("database", "cast", "order", *servers, "second_chance"):
        config.pluginmanager.import_plugin(f"tests.plugins.{plugin}")
