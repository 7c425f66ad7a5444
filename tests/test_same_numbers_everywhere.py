"""A count or percentage is the same wherever it appears."""

import re

from django.test import Client
from lxml import html

from accounts.models import User
from roadmap.curriculum.snapshot import Snapshot
from roadmap.progress.services import mark_skill, read_climb
from roadmap.progress.summary import progress


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
