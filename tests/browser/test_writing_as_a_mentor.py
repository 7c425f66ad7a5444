"""What a mentor types, in a real browser: saved as it is typed, and nothing else happens meanwhile."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from roadmap.curriculum.snapshot import Snapshot
from roadmap.mentoring.models import Comment, Mentorship, Review
from roadmap.mentoring.reviews import services as reviews
from tests.factories import MentorshipFactory, ProjectFactory

from .conftest import Faults

PageOf = Callable[..., Page]


@pytest.fixture
def mentorship(learner: User, mentor: User) -> Mentorship:
    return MentorshipFactory(learner=learner, mentor=mentor)


@pytest.fixture
def review(mentorship: Mentorship, learner: User) -> Review:
    project = ProjectFactory(learner=learner)
    review = reviews.request_review(project=project, mentorship=mentorship, question="Is it fair?").review
    reviews.keep_comment(review=review, mentorship=mentorship, words=reviews.Words("Which axis?"))
    reviews.save_phrase(mentor=mentorship.mentor, text="Name the baseline.")
    return review


def test_focus_on_a_button_presses_nothing(page_of: PageOf, mentor: User, review: Review, real_curriculum: Snapshot) -> None:
    page = page_of(mentor)
    page.goto(f"/mentoring/reviews/{review.pk}/")
    with page.expect_request("**/reviews/**") as saved:
        page.get_by_label("Comment", exact=True).press_sequentially("Cut on")
        page.keyboard.press("Shift+Tab")
        expect(page.get_by_role("button", name="Delete draft 1")).to_be_focused()
    assert saved.value.url.endswith("/draft/")
    expect(page.get_by_text("Draft saved at")).to_be_visible()
    assert list(Comment.objects.filter(is_draft=True).values_list("text", flat=True)) == ["Which axis?"]


def test_enter_in_a_field_keeps_the_comment(page_of: PageOf, mentor: User, review: Review, real_curriculum: Snapshot) -> None:
    page = page_of(mentor)
    page.goto(f"/mentoring/reviews/{review.pk}/")
    page.get_by_label("Comment", exact=True).fill("Cut on training rows.")
    page.get_by_label("File and line").fill("src/model.py:12")
    page.get_by_label("File and line").press("Enter")
    expect(page.locator(".remark")).to_have_count(2)
    expect(page.locator(".remark").nth(1)).to_contain_text("Cut on training rows.")


def test_phrase_is_put_in_once(page_of: PageOf, mentor: User, review: Review, real_curriculum: Snapshot) -> None:
    page = page_of(mentor)
    page.goto(f"/mentoring/reviews/{review.pk}/")
    page.get_by_text("Your phrases").click()
    page.get_by_label("Comment", exact=True).fill("Good.")
    page.get_by_role("button", name="Insert Name the baseline.").click()
    expect(page.get_by_label("Comment", exact=True)).to_have_value("Good.\n\nName the baseline.")
    with page.expect_response("**/draft/"):
        page.get_by_label("Starting").first.check()
    expect(page.get_by_label("Comment", exact=True)).to_have_value("Good.\n\nName the baseline.")


def test_agreed_step_is_seen_at_once_and_a_change_in_between_beside_ones_own(
    page_of: PageOf, mentor: User, learner: User, mentorship: Mentorship, real_curriculum: Snapshot, faults: Faults
) -> None:
    page = page_of(mentor)
    page.goto(f"/mentoring/learners/{learner.handle}/#agreed")
    page.get_by_text("Agree on a next step", exact=True).last.click()
    page.get_by_label("What you agreed on").fill("Split by month")
    page.get_by_role("button", name="Save the step").click()
    agreed = page.get_by_role("region", name="Agreed next step")
    expect(agreed.locator("strong").first).to_have_text("Split by month")

    agreed.get_by_text("Change it").click()
    Mentorship.objects.update(next_step="Clean the survey", version=9)
    faults.allow("422 (Unprocessable Entity)")
    page.get_by_label("What you agreed on").fill("Read the errors")
    page.get_by_role("button", name="Save the step").click()
    expect(page.get_by_role("group", name="This was changed since you opened the page")).to_be_focused()
    expect(page.locator("#errors")).to_contain_text("Clean the survey")
    expect(page.get_by_label("What you agreed on")).to_have_value("Read the errors")
    page.get_by_role("button", name="Save the step").click()
    expect(agreed.locator("strong").first).to_have_text("Read the errors")
