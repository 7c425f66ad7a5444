"""Writes the database's curriculum into the content files. See docs/content.md."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from roadmap.curriculum.dumper import dump
from roadmap.curriculum.files import CONTENT, ContentError


class Command(BaseCommand):
    help = "Writes the database's curriculum into the content files, to the byte as they were wherever nothing has changed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--content", type=Path, default=CONTENT, metavar="DIR", help="the folder of the content files (default: the repository's)"
        )
        parser.add_argument("--check", action="store_true", help="write nothing; exit status 1 where a file differs from the database")

    def handle(self, *args: Any, content: Path, check: bool, verbosity: int, **options: Any) -> None:
        try:
            content.mkdir(parents=True, exist_ok=True)
            paths = dump(content, check=check)
        except ContentError as error:
            for problem in error.problems:
                self.stderr.write(problem)
            raise CommandError("Nothing was written.") from error
        if verbosity >= 1:
            for path in paths:
                self.stdout.write(path)
            is_one = len(paths) == 1
            done = ("differs" if is_one else "differ") if check else "written"
            self.stdout.write(f"{len(paths)} {'file' if is_one else 'files'} {done}")
        if check and paths:
            raise CommandError("The files differ from the database.")
