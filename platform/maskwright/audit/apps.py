from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "maskwright.audit"
    label = "audit"
