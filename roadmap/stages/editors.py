"""The group of those who edit content, and nothing else."""

from collections.abc import Iterable
from typing import Any

from django.apps import AppConfig
from django.contrib.auth.management import create_permissions

EDITORS = "Editors"


def let_edit(app: AppConfig, models: Iterable[str], **options: Any) -> None:
    """Gives the group, made if need be, what the workshop asks for to edit these models. Runs after each migration."""
    _give(app, options, content_type__model__in=models)


def let_look(app: AppConfig, models: Iterable[str], **options: Any) -> None:
    """The same for models that the group reads and never edits."""
    _give(app, options, codename__in=[f"view_{model}" for model in models])


def _give(app: AppConfig, options: dict[str, Any], **which: Any) -> None:
    from django.contrib.auth.models import Group, Permission

    create_permissions(app, verbosity=0, **{name: options[name] for name in ("using", "apps") if name in options})
    group, _made = Group.objects.get_or_create(name=EDITORS)
    group.permissions.add(*Permission.objects.filter(content_type__app_label=app.label, **which))
