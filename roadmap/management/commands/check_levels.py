"""`manage.py check_levels`: do marks say the same as the evidence and the sign-offs behind them?"""

from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from roadmap.mentoring.sign_offs import services as sign_offs
from roadmap.portfolio import evidence

# What marks follow: its name, where they disagree with it, and how one is brought into line.
_TRUTHS: tuple[tuple[str, Callable[[], list[tuple[int, int]]], Callable[..., None]], ...] = (
    ("evidence", evidence.disagreements, evidence.follow_evidence),
    ("sign-offs", sign_offs.disagreements, sign_offs.follow_sign_offs),
)


class Command(BaseCommand):
    help = (
        "Compares “shown” on marks with the confirmed evidence and “confirmed” with the sign-offs, which are the truth. "
        "Ends with an error where they disagree."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--repair", action="store_true", help="let the marks say what the evidence and the sign-offs say")

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = []
        for name, disagreements, follow in _TRUTHS:
            found = disagreements()
            if options["repair"]:
                for learner, skill in found:
                    follow(learner=learner, skills=[skill])
                self.stdout.write(f"{len(found)} marks were brought into line with their {name}.")
            elif found:
                shown = ", ".join(f"learner {learner} skill {skill}" for learner, skill in found[:20])
                wrong.append(f"{len(found)} marks disagree with their {name} ({shown}).")
            else:
                self.stdout.write(f"Marks and {name} agree.")
        if wrong:
            raise CommandError(f"{' '.join(wrong)} Run it again with --repair to mend them.")
