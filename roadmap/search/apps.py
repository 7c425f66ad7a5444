from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SearchConfig(AppConfig):
    name = "roadmap.search"
    label = "search"

    def ready(self) -> None:
        post_migrate.connect(_let_editors_look, sender=self)


def _let_editors_look(sender: AppConfig, **options: Any) -> None:
    from roadmap.stages.editors import let_look

    let_look(sender, ("unanswered",), **options)
