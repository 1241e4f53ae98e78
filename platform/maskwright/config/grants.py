"""After each migrate by the owner: what the roles `app` and `ops` may do with the tables."""

from typing import Any

from django.conf import settings
from django.db import connections
from django.db.models.signals import post_migrate

_SQL = """
GRANT USAGE ON SCHEMA public TO "{role}";
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO "{role}";
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO "{role}";
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO "{role}";
REVOKE UPDATE, DELETE, TRUNCATE ON audit_auditevent FROM "{role}";
REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM "{role}";
"""


def grant_roles(**kwargs: Any) -> None:
    if kwargs.get("using") != "owner":
        return
    owner = settings.DATABASES["owner"]["USER"]
    roles = {settings.DATABASES[alias]["USER"] for alias in ("default", "ops")} - {owner, ""}
    with connections["owner"].cursor() as cursor:
        for role in sorted(roles):
            cursor.execute(_SQL.format(role=role.replace('"', "")))


def connect() -> None:
    from django.apps import apps

    # The signal comes after all migrations, once for each app that has models; `config` has none, so `core` stands in.
    post_migrate.connect(grant_roles, sender=apps.get_app_config("core"), dispatch_uid="maskwright.grants")
