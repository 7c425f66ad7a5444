from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ResourcesConfig(AppConfig):
    name = "roadmap.resources"
    label = "resources"

    def ready(self) -> None:
        post_migrate.connect(_let_editors_in, sender=self)


def _let_editors_in(sender: AppConfig, **options: Any) -> None:
    from roadmap.stages.editors import let_edit

    let_edit(sender, ("resource", "resourceskill"), **options)
