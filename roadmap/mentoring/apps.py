from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MentoringConfig(AppConfig):
    name = "roadmap.mentoring"
    label = "mentoring"
    verbose_name = _("Mentoring")

    def ready(self) -> None:
        from roadmap.portfolio import additions

        from . import letters, receivers, review_letters, sign_off_letters  # noqa: F401
        from .review_panel import review_panel

        letters.register()
        review_letters.register()
        sign_off_letters.register()
        additions.register("review_panel", review_panel)
