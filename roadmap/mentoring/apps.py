from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MentoringConfig(AppConfig):
    name = "roadmap.mentoring"
    label = "mentoring"
    verbose_name = _("Mentoring")

    def ready(self) -> None:
        from roadmap.portfolio import additions

        from . import receivers  # noqa: F401
        from .relation import letters as relation_letters
        from .reviews import letters as review_letters
        from .reviews.panel import review_panel
        from .sign_offs import letters as sign_off_letters

        relation_letters.register()
        review_letters.register()
        sign_off_letters.register()
        additions.register("review_panel", review_panel)
