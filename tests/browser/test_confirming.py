"""A mentor puts a name to a skill in a real browser, everybody reads it, and the mentor takes it back."""

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import User
from roadmap.curriculum.snapshot import Snapshot
from roadmap.mentoring.models import SignOff
from roadmap.progress.services import mark_skill
from roadmap.stages.models import Skill
from tests.factories import EvidenceFactory, ListedProjectFactory, MentorshipFactory, ProfileFactory

from .conftest import Faults
from .test_every_page import look_at

NOTE = "Explained every line of the split, and found the leak in the duplicates unaided."


def test_mentor_confirms_a_skill_everybody_reads_it_and_the_mentor_takes_it_back(
    page_of: Callable[..., Page],
    new_context: Callable[..., BrowserContext],
    learner: User,
    mentor: User,
    real_curriculum: Snapshot,
    faults: Faults,
) -> None:
    skill = real_curriculum.stages[2].skills[3]
    ProfileFactory(person=learner, visibility="public")
    MentorshipFactory(learner=learner, mentor=mentor)
    mark_skill(climber=learner.pk, skill_id=skill.id, state="done")
    project = ListedProjectFactory(learner=learner)
    EvidenceFactory(
        project=project, skill=Skill.objects.get(pk=skill.id), confirmed_at="2026-01-01T00:00Z", path="a/long/" * 12 + "path.py"
    )
    confirm = f"/mentoring/learners/{learner.handle}/skills/{skill.slug}/confirm/"

    page = page_of(mentor)
    look_at(page, [confirm])
    faults.allow("422 (Unprocessable Entity)")
    page.goto(confirm)
    page.get_by_role("button", name="Confirm skill").click()
    expect(page.get_by_role("group", name="Something needs another look")).to_be_focused()
    page.get_by_label("What convinced you?").fill(NOTE)
    page.get_by_role("button", name="Confirm skill").click()
    expect(page.get_by_role("heading", name="Confirmed")).to_be_visible()
    look_at(page, [confirm, confirm.replace("/confirm/", "/withdraw/")])

    number = SignOff.objects.get().pk
    credential = f"/credentials/{number}/"
    stranger = new_context().new_page()
    stranger.goto(f"/u/{learner.handle}/")
    stranger.get_by_role("link", name=f"Check “{skill.title}”").click()
    expect(stranger).to_have_url(re.compile(re.escape(credential)))
    expect(stranger.get_by_text("This is genuine.")).to_be_visible()
    stranger.get_by_label("Number").fill(number)
    stranger.get_by_role("button", name="Check").click()
    expect(stranger).to_have_url(re.compile(re.escape(credential)))
    look_at(stranger, [credential, "/credentials/"])
    look_at(page_of(learner), [skill.get_absolute_url(), project.get_absolute_url(), credential])

    page.goto(credential)
    page.get_by_role("link", name="Take it back …").click()
    page.get_by_label("Why do you take it back?").fill("The code was somebody else’s.")
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("The code was somebody else’s.")).to_be_visible()
    stranger.goto(credential)
    expect(stranger.get_by_text(re.compile("^Withdrawn on"))).to_be_visible()
    look_at(stranger, [credential])
