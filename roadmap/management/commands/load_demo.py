"""`manage.py load_demo`: people at different heights of the climb, to look around with."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from roadmap import demo
from roadmap.curriculum import snapshot


class Command(BaseCommand):
    help = "Makes the demo people, once, and prints how to sign in as them. Production refuses them: their password is public."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the people as JSON and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("Demo people have a public password, so production refuses them. Use a development database.")
        curriculum = snapshot.current()
        if not curriculum.skills:
            raise CommandError("There is no curriculum to climb yet. Load it first: manage.py load_curriculum")
        made = demo.load(curriculum)
        attached = demo.attach_samples(curriculum)
        demo.introduce(curriculum)
        people = demo.people()
        if options["json"]:
            self.stdout.write(json.dumps({"people": people}, indent=2, ensure_ascii=False))
            return
        self.stdout.write(f"{made} demo people were made." if made else "The demo people are there already; nothing was changed.")
        if attached:
            self.stdout.write(f"{attached} sample repositories were attached and read.")
        width, longest = (max(len(person[column]) for person in people) for column in ("role", "email"))
        for person in people:
            self.stdout.write(f"  {person['role'].replace('_', ' '):{width}}  {person['email']:{longest}}  {person['password']}")
