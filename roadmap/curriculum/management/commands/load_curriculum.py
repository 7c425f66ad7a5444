"""Brings the content files into the database. See docs/content.md."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from roadmap.curriculum.files import CONTENT, ContentError
from roadmap.curriculum.loader import load
from roadmap.curriculum.merge import Conflict
from roadmap.curriculum.sections import kinds

# So that a script sees that something is left to settle. Everything else was loaded.
CONFLICTS = 2


class Command(BaseCommand):
    help = "Brings the content files into the database: all or nothing, twice is once, and never over what an editor has changed there."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--content", type=Path, default=CONTENT, metavar="DIR", help="the folder of the content files (default: the repository's)"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, and change nothing")
        parser.add_argument("--take", choices=["file", "database"], help="settle every conflict for this side")

    def handle(self, *args: Any, content: Path, dry_run: bool, take: Any, verbosity: int, **options: Any) -> None:
        try:
            report = load(content, take=take, dry_run=dry_run)
        except ContentError as error:
            for problem in error.problems:
                self.stderr.write(problem)
            raise CommandError(
                f"Nothing was loaded: {len(error.problems)} mistake{'' if len(error.problems) == 1 else 's'} in the content."
            ) from error
        if verbosity >= 2:
            for line in report.lines:
                self.stdout.write(line)
        for conflict in report.conflicts:
            self.stdout.write(_told(conflict))
        if verbosity >= 1:
            self.stdout.write(str(report))
        if report.conflicts:
            raise CommandError(
                "Conflicts are left; all else was loaded. Settle them with --take file or --take database.", returncode=CONFLICTS
            )


def _told(conflict: Conflict) -> str:
    entry = conflict.entry
    return "\n".join(
        (
            f"Conflict: {entry.path}, {kinds()[entry.kind].noun} {entry.key}: `{conflict.field}` was changed in the file and, differently, in the database. The database's stands.",
            f"  before:   {_shown(conflict.before)}",
            f"  file:     {_shown(conflict.in_file)}",
            f"  database: {_shown(conflict.in_database)}",
        )
    )


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
