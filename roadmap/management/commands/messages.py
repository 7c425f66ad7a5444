"""`manage.py messages`: brings the strings of the interface into the translation catalogues, and lists those that wait for a translation."""

from typing import Any

from django.core.management.base import BaseCommand

from roadmap.web import catalogues


class Command(BaseCommand):
    help = "Writes locale/*/LC_MESSAGES/django.po anew from Python files and templates, keeping the translations."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        strings = catalogues.extracted()
        for path in catalogues.catalogues():
            missing = catalogues.update(path, strings)
            for message in missing:
                self.stdout.write(f"  {message.id if isinstance(message.id, str) else message.id[0]!r}")
            self.stdout.write(f"{path.parts[-3]}: {len(strings)} strings, {len(missing)} without a translation.")
