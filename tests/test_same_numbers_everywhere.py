"""A count or percentage is the same wherever it appears."""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable

from django.test import Client
from lxml import html

from accounts.models import User
from roadmap.curriculum.snapshot import Snapshot
from roadmap.progress.services import mark_skill, read_climb
from roadmap.progress.summary import progress
from tests.factories import MentorshipFactory, ProfileFactory


def text(answer) -> str:
    return " ".join(html.fromstring(answer.content).text_content().split())


def test_home_stage_skill_and_answer_say_the_same(client: Client, learner: User, real_curriculum: Snapshot) -> None:
    stage = real_curriculum.stages[1]
    for number, skill in enumerate(stage.skills[:7]):
        mark_skill(climber=learner.pk, skill_id=skill.id, state=("done", "done", "skipped", "learning")[number % 4])
    client.force_login(learner)
    skill = stage.skills[8]
    answer = client.post(f"/skills/{skill.slug}/mark/", {"state": "done", "page": "stage"}, headers={"HX-Request": "true"})
    climb = read_climb(learner.pk)
    whole, step = progress(real_curriculum, climb.states), progress(stage.skills, climb.states)
    pages = {
        "home": text(client.get("/")),
        "stage": text(client.get(stage.get_absolute_url())),
        "skill": text(client.get(skill.get_absolute_url())),
        "answer": text(answer),
        "climb": text(client.get("/climb/")),
    }
    wrong = {}
    for name, said in pages.items():
        expected = [f"{step.done} of {step.total} done"]
        if name == "home":
            expected += [f"{whole.percent}%", f"{whole.done} done, {whole.learning} learning, {whole.skipped} skipped, {whole.open} to go"]
        else:
            expected += [f"{whole.done} of {whole.total} done", f"{whole.percent}%"]
        missing = [words for words in expected if not re.search(rf"(?<!\d){re.escape(words)}", said)]
        if missing:
            wrong[name] = missing
    assert wrong == {}


def test_the_table_to_take_along_the_mentor_and_the_portfolio_say_the_same(
    client: Client, learner: User, mentor: User, sign_in: Callable[..., Client], real_curriculum: Snapshot
) -> None:
    stage = real_curriculum.stages[1]
    states = {skill.slug: ("done", "done", "skipped", "learning")[number % 4] for number, skill in enumerate(stage.skills[:7])}
    for slug, state in states.items():
        mark_skill(climber=learner.pk, skill_id=real_curriculum.skills[slug].id, state=state)
    MentorshipFactory(mentor=mentor, learner=learner)
    ProfileFactory(person=learner, visibility="public")
    step = progress(stage.skills, read_climb(learner.pk).states)
    assert (step.done, step.skipped, step.learning) == tuple(Counter(states.values())[state] for state in ("done", "skipped", "learning"))

    table = list(csv.DictReader(io.StringIO(sign_in(learner).get("/roadmap.csv?marks=yes").content.decode("utf-8-sig"))))
    marks = Counter(row["State"] for row in table if row["Step"].startswith(str(stage.number)))
    assert (marks["Done"], marks["Skipped"], marks["Learning"]) == (step.done, step.skipped, step.learning)
    row = f"{stage.number}. {stage.title}"
    said = f"{step.done} of {step.total}"
    assert re.search(
        rf"{re.escape(row)}\s*{said}, {step.skipped} skipped", text(sign_in(mentor).get(f"/mentoring/learners/{learner.handle}/"))
    )
    assert f"{step.done}/{step.total}, {step.skipped} skipped" in text(sign_in(mentor).get("/mentoring/"))
    assert re.search(rf"{re.escape(row)}\s*{said}", text(client.get(f"/u/{learner.handle}/")))
