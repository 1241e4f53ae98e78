"""The composition root as an app, and the admin whose default site is the managers'."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class ManagerAdminConfig(admin_apps.AdminConfig):
    default = False
    default_site = "maskwright.organizations.admin_sites.ManagerAdminSite"


class ConfigAppConfig(AppConfig):
    default = True
    name = "maskwright.config"
    label = "config"

    def ready(self) -> None:
        from maskwright.config import checks, grants

        grants.connect()
        checks.connect()
