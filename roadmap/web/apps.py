from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "roadmap.web"
    label = "web"

    def ready(self) -> None:
        from . import checks, security_log  # noqa: F401
