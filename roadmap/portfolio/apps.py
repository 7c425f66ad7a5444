from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortfolioConfig(AppConfig):
    name = "roadmap.portfolio"
    label = "portfolio"
    verbose_name = _("Projects")

    def ready(self) -> None:
        from . import receivers  # noqa: F401
