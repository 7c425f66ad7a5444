"""`manage.py check_levels`: do marks say the same as the evidence behind them?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from roadmap.portfolio.evidence import disagreements, follow_evidence


class Command(BaseCommand):
    help = "Compares “shown” on marks with the confirmed evidence, which is the truth. Ends with an error where they disagree."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--repair", action="store_true", help="let the marks say what the evidence says")

    def handle(self, *args: Any, **options: Any) -> None:
        found = disagreements()
        if options["repair"]:
            for learner, skill in found:
                follow_evidence(learner=learner, skills=[skill])
            self.stdout.write(f"{len(found)} marks were brought into line with their evidence.")
        elif found:
            shown = ", ".join(f"learner {learner} skill {skill}" for learner, skill in found[:20])
            raise CommandError(f"{len(found)} marks disagree with their evidence ({shown}). Run it again with --repair to mend them.")
        else:
            self.stdout.write("Marks and evidence agree.")
