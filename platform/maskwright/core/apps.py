from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "maskwright.core"
    label = "core"
