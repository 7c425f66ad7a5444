"""A learner and a mentor with one review in two real browsers: asked, written, lost to a reload and found again, answered, looked at again."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from accounts.models import User
from roadmap.curriculum.snapshot import Snapshot
from roadmap.mentoring.models import Comment, MentorProfile, Review
from roadmap.mentoring.reviews import save_phrase
from roadmap.portfolio.models import Inspection
from roadmap.stages.models import Skill
from tests.factories import EvidenceFactory, MentorshipFactory, ProjectFactory

from .conftest import Faults
from .test_every_page import look_at

REASON = "Honest errors; next, split by month."


def test_review_from_the_first_look_to_the_second(
    page_of: Callable[..., Page], learner: User, mentor: User, real_curriculum: Snapshot, faults: Faults
) -> None:
    MentorshipFactory(learner=learner, mentor=mentor)
    MentorProfile.objects.create(mentor=mentor, line="Reviews on Fridays.")
    save_phrase(mentor=mentor, text="Name the baseline.")
    project = ProjectFactory(learner=learner, title="House prices")
    skill = real_curriculum.stages[2].skills[3]
    EvidenceFactory(
        project=project, skill=Skill.objects.get(pk=skill.id), confirmed_at="2026-01-01T00:00Z", path="a/long/" * 12 + "path.py"
    )

    theirs = page_of(learner)
    theirs.goto(project.get_absolute_url())
    theirs.get_by_label("Jonas Weber").check()
    theirs.get_by_label("What would you like to know?").fill("Is my **split** fair?")
    theirs.get_by_role("button", name="Ask for a review").click()
    expect(theirs.get_by_text("Waiting since today")).to_be_visible()
    address = f"/mentoring/reviews/{Review.objects.get().pk}/"
    look_at(theirs, [project.get_absolute_url(), address])

    page = page_of(mentor)
    look_at(page, [address, f"/mentoring/learners/{learner.handle}/projects/{project.pk}/"])
    page.goto(address)
    page.get_by_label("What’s good, and the one next thing").fill(REASON)
    expect(page.get_by_text("Draft saved at")).to_be_visible()
    page.get_by_label("Comment", exact=True).fill("Cut on training rows.")
    page.get_by_text("Your phrases").click()
    page.get_by_role("button", name="Insert Name the baseline.").click()
    expect(page.get_by_label("Comment", exact=True)).to_have_value("Cut on training rows.\n\nName the baseline.")
    page.get_by_role("group", name="The problem is clear").get_by_label("Starting").check()
    expect(page.get_by_text("1 of 18 points")).to_be_visible()
    page.reload()
    expect(page.get_by_label("What’s good, and the one next thing")).to_have_value(REASON)
    expect(page.get_by_role("group", name="The problem is clear").get_by_label("Starting")).to_be_checked()
    page.get_by_label("File and line").fill("src/model.py:12")
    page.get_by_role("button", name="Keep as draft").click()
    expect(page.locator(".remark")).to_contain_text("Cut on training rows.")
    expect(page.get_by_label("What’s good, and the one next thing")).to_have_value(REASON)

    theirs.goto(address)
    expect(theirs.get_by_text("Cut on training rows.")).to_have_count(0)

    faults.allow("422 (Unprocessable Entity)")
    page.locator("#review-form").get_by_role("button", name="Send review").click()
    expect(page.get_by_role("group", name="Something needs another look")).to_be_focused()
    page.get_by_label("Ask for changes").check()
    page.locator("#review-form").get_by_role("button", name="Send review").click()
    expect(page.get_by_role("heading", name="What was said")).to_be_visible()
    look_at(page, [address])

    Inspection.objects.update(commit="b" * 40)
    theirs.goto(address)
    expect(theirs.get_by_role("cell", name="1, Starting")).to_be_visible()
    look_at(theirs, [address])
    theirs.goto(address)
    theirs.get_by_label("What would you like to know?").fill("Is it fair now?")
    theirs.get_by_role("button", name="Ask for another look").click()

    look_at(page, [address])
    page.goto(address)
    expect(page.get_by_role("link", name="What changed from aaaaaaa to bbbbbbb")).to_be_visible()
    expect(page.get_by_text("Last time: 1.")).to_be_visible()
    page.get_by_label("What’s good, and the one next thing").fill("Fair, and said so plainly.")
    page.get_by_label("Approve").check()
    page.locator("#review-form").get_by_role("button", name="Send review").click()
    expect(page.locator(".lede")).to_contain_text("Jonas Weber has approved it.")
    assert Comment.objects.filter(is_draft=True).count() == 0


def test_words_stay_when_the_learner_withdraws_meanwhile(
    page_of: Callable[..., Page], learner: User, mentor: User, real_curriculum: Snapshot, faults: Faults
) -> None:
    MentorshipFactory(learner=learner, mentor=mentor)
    project = ProjectFactory(learner=learner)
    theirs = page_of(learner)
    theirs.goto(project.get_absolute_url())
    theirs.get_by_label("Jonas Weber").check()
    theirs.get_by_role("button", name="Ask for a review").click()
    expect(theirs.get_by_text("Waiting since today")).to_be_visible()
    address = f"/mentoring/reviews/{Review.objects.get().pk}/"

    page = page_of(mentor)
    page.goto(address)
    page.get_by_label("Approve").check()
    page.get_by_label("What’s good, and the one next thing").fill(REASON)
    expect(page.get_by_text("Draft saved at")).to_be_visible()
    theirs.goto(address)
    theirs.get_by_role("button", name="Withdraw the request").click()
    expect(theirs.get_by_text("You’ve withdrawn the request.")).to_be_visible()
    faults.allow("409 (Conflict)")
    page.locator("#review-form").get_by_role("button", name="Send review").click()
    expect(page.get_by_role("group", name="Somebody was a moment earlier")).to_be_focused()
    expect(page.locator(".own-words")).to_have_text(REASON)
