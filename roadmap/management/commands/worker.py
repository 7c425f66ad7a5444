"""`manage.py worker`: runs jobs until it is told to stop."""

from typing import Any

from django.core.management.base import BaseCommand

from roadmap.web import worker


class Command(BaseCommand):
    help = "Runs jobs from the queue in Postgres until SIGTERM or Ctrl-C; unfinished ones are given back."
    # It waits for a database that is not there yet, so nothing may ask for it before.
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        worker.run()
