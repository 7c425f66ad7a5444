"""`manage.py rebuild_tallies`: counts all marks anew, for instance after rows were restored without their triggers."""

from typing import Any

from django.core.management.base import BaseCommand

from roadmap.progress import rollups


class Command(BaseCommand):
    help = "Counts anew how many learners stand where with each skill."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"All marks on {rollups.rebuild()} skills counted anew.")
