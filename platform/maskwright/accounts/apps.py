from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "maskwright.accounts"
    label = "accounts"

    def ready(self) -> None:
        from allauth.mfa.signals import authenticator_added

        from maskwright.accounts.second_factor import end_other_sessions

        authenticator_added.connect(end_other_sessions, dispatch_uid="maskwright.second_factor")
