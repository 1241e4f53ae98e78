"""The composition root as an app, and the admin whose default site is the managers'."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class ManagerAdminConfig(AdminConfig):
    default_site = "maskwright.organizations.admin_sites.ManagerAdminSite"


class ConfigAppConfig(AppConfig):
    name = "maskwright.config"
    label = "config"

    def ready(self) -> None:
        from maskwright.config import checks, grants

        grants.connect()
        checks.connect()
