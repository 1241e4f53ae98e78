from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    name = "maskwright.organizations"
    label = "organizations"
