"""System checks: with real servers, refuse to start on settings that would be unsafe."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from maskwright.config import env


def production_settings(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Servers of one's own (`PRODUCTION=1`, which `supervise` sets when DATABASE_URL came from outside)."""
    if not env.flag("PRODUCTION"):
        return []
    problems: list[CheckMessage] = []
    if settings.DEBUG:
        problems.append(Error("DEBUG is on. Unset DEBUG.", id="maskwright.E001"))
    if len(env.text("SECRET_KEY")) < 32:
        hint = "Set SECRET_KEY to at least 32 random characters, the same for all processes."
        problems.append(Error("There is no secret key of your own.", hint=hint, id="maskwright.E002"))
    if not env.words("ALLOWED_HOSTS"):
        hint = "Set ALLOWED_HOSTS to the names people use, separated by commas."
        problems.append(Error("There are no allowed hosts.", hint=hint, id="maskwright.E003"))
    if "*" in settings.ALLOWED_HOSTS:
        problems.append(Error("ALLOWED_HOSTS allows every host. Name them.", id="maskwright.E004"))
    if not env.text("MASKWRIGHT_STORAGE"):
        hint = "Set MASKWRIGHT_STORAGE, for example s3://bucket/prefix or file:///folder."
        problems.append(Error("There is no storage address.", hint=hint, id="maskwright.E005"))
    users = [settings.DATABASES[alias]["USER"] for alias in ("default", "owner", "ops")]
    if len(set(users)) < 3:
        hint = "Set DATABASE_URL, DATABASE_OWNER_URL and DATABASE_OPS_URL with three different roles."
        problems.append(Error("The database roles are not separate.", hint=hint, id="maskwright.E006"))
    return problems


def connect() -> None:
    register(production_settings, Tags.security)
