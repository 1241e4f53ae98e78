from django.apps import AppConfig


class WorkforceConfig(AppConfig):
    name = "workforce"

    def ready(self) -> None:
        from maskwright.core.scope import register_grant_reader
        from maskwright.core.socket import register_pulse_reader
        from workforce import tasks  # noqa: F401  # registers the outbox topics
        from workforce.grants import read_live_grants
        from workforce.services import rights, team_groups
        from workforce.services.pulse import read_pulses

        register_grant_reader(read_live_grants)
        register_pulse_reader(read_pulses)
        rights.connect()
        team_groups.connect()
