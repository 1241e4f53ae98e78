from django.apps import AppConfig


class LabelingConfig(AppConfig):
    name = "labeling"

    def ready(self) -> None:
        from labeling import tasks  # noqa: F401  # registers the outbox topics
        from labeling.services import work_handler

        work_handler.connect()
