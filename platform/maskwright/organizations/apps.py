from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    name = "maskwright.organizations"
    label = "organizations"

    def ready(self) -> None:
        from allauth.account.signals import user_logged_in

        from maskwright.organizations import language, operator_admin, tasks  # noqa: F401  # register pages and topics
        from maskwright.organizations.oidc_adapter import bind_session

        language.connect()
        user_logged_in.connect(bind_session, dispatch_uid="maskwright.sso")
