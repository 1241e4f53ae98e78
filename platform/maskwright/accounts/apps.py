from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "maskwright.accounts"
    label = "accounts"
