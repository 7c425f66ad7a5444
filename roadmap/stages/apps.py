from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class StagesConfig(AppConfig):
    name = "roadmap.stages"
    label = "stages"

    def ready(self) -> None:
        post_migrate.connect(_let_editors_in, sender=self)


def _let_editors_in(sender: AppConfig, **options: Any) -> None:
    from .editors import let_edit

    let_edit(
        sender, ("stage", "advice", "skill", "donepoint", "prerequisite", "projectidea", "ideaskill", "rubricitem", "statement"), **options
    )
