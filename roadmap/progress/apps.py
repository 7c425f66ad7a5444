from django.apps import AppConfig


class ProgressConfig(AppConfig):
    name = "roadmap.progress"
    label = "progress"

    def ready(self) -> None:
        from . import receivers  # noqa: F401
