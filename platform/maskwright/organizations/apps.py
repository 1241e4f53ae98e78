from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    name = "maskwright.organizations"
    label = "organizations"

    def ready(self) -> None:
        from maskwright.organizations import language, operator_admin, tasks  # noqa: F401  # register pages and topics

        language.connect()
