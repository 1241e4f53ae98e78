from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    name = "maskwright.organizations"
    label = "organizations"

    def ready(self) -> None:
        from maskwright.organizations import operator_admin, tasks  # noqa: F401  # register pages and outbox topics
