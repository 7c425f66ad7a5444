"""A learner and a mentor in two real browsers: the whole story of the two, and what each reads when the other is a moment earlier."""

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import Mail, User
from accounts.preferences import off_token
from roadmap.curriculum.snapshot import SkillView, Snapshot
from roadmap.mentoring.models import Comment, MentorProfile, Review, SignOff
from roadmap.mentoring.reviews.services import save_phrase
from roadmap.portfolio.evidence import confirm_evidence
from roadmap.portfolio.models import Inspection, Project
from roadmap.progress.services import mark_skill
from roadmap.stages.models import Skill
from tests.factories import EvidenceFactory, ListedProjectFactory, MentorshipFactory, ProfileFactory, ProjectFactory

from .conftest import Faults
from .test_every_page import look_at

REASON = "Honest errors; next, split by month."
NOTE = "Explained every line of the split, and found the leak in the duplicates unaided."

PageOf = Callable[..., Page]
# Pages are looked at between two clicks: no transition is on its way meanwhile.
STILL = {"reduced_motion": "reduce"}


def shown(learner: User, skills: list[SkillView]) -> Project:
    """A public project whose code shows these skills, far down in its folders."""
    project: Project = ListedProjectFactory(learner=learner, title="House prices")
    for skill in skills:
        mark_skill(climber=learner.pk, skill_id=skill.id, state="done")
        EvidenceFactory(project=project, skill=Skill.objects.get(pk=skill.id), path="a/long/" * 12 + "path.py")
    confirm_evidence(project=project, skills=[skill.id for skill in skills])
    return project


def status_of(page: Page, address: str) -> int:
    answer = page.goto(address)
    assert answer is not None
    return answer.status


def test_two_people_from_the_invitation_to_the_end(
    page_of: PageOf,
    new_context: Callable[..., BrowserContext],
    learner: User,
    mentor: User,
    real_curriculum: Snapshot,
    faults: Faults,
) -> None:
    faults.allow("404")
    faults.allow("422 (Unprocessable Entity)")
    ProfileFactory(person=learner, visibility="public")
    MentorProfile.objects.create(mentor=mentor, line="Reviews on Fridays.")
    save_phrase(mentor=mentor, text="Name the baseline.")
    skill, other_skill = real_curriculum.stages[2].skills[3:5]
    project = shown(learner, [skill, other_skill])
    theirs, page, stranger = page_of(learner, **STILL), page_of(mentor, **STILL), new_context(**STILL).new_page()
    learners_page = f"/mentoring/learners/{learner.handle}/"

    _invite_and_accept(theirs, page, learners_page)
    review = _ask_and_ask_for_changes(theirs, page, project, learners_page)
    _look_again_and_approve(theirs, page, review)
    number = _confirm(page, stranger, learners_page, learner, skill)
    look_at(theirs, [skill.get_absolute_url(), project.get_absolute_url(), f"/credentials/{number}/", "/settings/mentors/"])
    _end(theirs, page, learners_page, other_skill)
    for address in (learners_page, review, f"{learners_page}projects/{project.pk}/", f"{learners_page}skills/{skill.slug}/confirm/"):
        assert status_of(page, address) == 404

    # What was confirmed stays, until whoever signed takes it back.
    stranger.goto(f"/credentials/{number}/")
    expect(stranger.get_by_text("This is genuine.")).to_be_visible()
    page.goto(f"/credentials/{number}/")
    page.get_by_role("link", name="Take it back …").click()
    page.get_by_label("Why do you take it back?").fill("The code was somebody else’s.")
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("The code was somebody else’s.")).to_be_visible()
    stranger.reload()
    expect(stranger.get_by_text(re.compile("^Withdrawn on"))).to_be_visible()
    look_at(stranger, [f"/credentials/{number}/"])


def _invite_and_accept(theirs: Page, page: Page, learners_page: str) -> None:
    """Nothing is visible before the answer, and then what was ticked."""
    theirs.goto("/settings/mentors/")
    theirs.get_by_label("Their e-mail address").fill("jonas-weber@example.org")
    theirs.get_by_label("A line from you").fill("I build what I read about.")
    theirs.get_by_role("button", name="Send invitation").click()
    expect(theirs.get_by_text("Invitation sent to jonas-weber@example.org.")).to_be_visible()
    assert status_of(page, learners_page) == 404
    look_at(page, ["/settings/mentors/"])
    page.goto("/settings/mentors/")
    page.get_by_role("link", name="Read and answer").click()
    expect(page.get_by_role("heading", name="Amina asks you to be a mentor.")).to_be_visible()
    expect(page.get_by_text("I build what I read about.")).to_be_visible()
    look_at(page, [page.url])
    page.get_by_role("button", name="Become Amina’s mentor").click()
    expect(page.get_by_text("You’re the mentor of Amina Yusuf now.")).to_be_visible()
    look_at(page, ["/mentoring/", learners_page])
    theirs.goto("/settings/mentors/")
    expect(theirs.get_by_role("heading", name="Jonas Weber")).to_be_visible()
    expect(theirs.get_by_role("heading", name="Who has looked")).to_be_visible()


def _ask_and_ask_for_changes(theirs: Page, page: Page, project: Project, learners_page: str) -> str:
    """A first look; what the mentor types outlives a reload, and the learner sees none of it before it is sent. The review's address."""
    theirs.goto(project.get_absolute_url())
    theirs.get_by_label("Jonas Weber").check()
    theirs.get_by_label("What would you like to know?").fill("Is my **split** fair?")
    theirs.get_by_role("button", name="Ask for a review").click()
    expect(theirs.get_by_text("Waiting since today")).to_be_visible()
    address = f"/mentoring/reviews/{Review.objects.get().pk}/"
    look_at(theirs, [project.get_absolute_url(), address])
    look_at(page, [address, f"{learners_page}projects/{project.pk}/"])

    page.goto("/mentoring/")
    page.get_by_role("region", name="Review queue").get_by_role("link", name="House prices").click()
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

    page.locator("#review-form").get_by_role("button", name="Send review").click()
    expect(page.get_by_role("group", name="Something needs another look")).to_be_focused()
    page.get_by_label("Ask for changes").check()
    page.locator("#review-form").get_by_role("button", name="Send review").click()
    expect(page.get_by_role("heading", name="What was said")).to_be_visible()
    look_at(page, [address])
    return address


def _look_again_and_approve(theirs: Page, page: Page, address: str) -> None:
    """The learner has changed the code and asks again; the mentor sees what changed, and what the last look said."""
    Inspection.objects.update(commit="b" * 40)
    theirs.goto(address)
    expect(theirs.get_by_role("cell", name="1, Starting")).to_be_visible()
    expect(theirs.get_by_text("Cut on training rows.")).to_be_visible()
    look_at(theirs, [address])
    theirs.goto(address)
    theirs.get_by_label("What would you like to know?").fill("Is it fair now?")
    theirs.get_by_role("button", name="Ask for another look").click()
    expect(theirs.get_by_text("Waiting since today")).to_be_visible()

    look_at(page, [address])
    page.goto(address)
    expect(page.get_by_role("link", name="What changed from aaaaaaa to bbbbbbb")).to_be_visible()
    expect(page.get_by_text("Last time: 1.")).to_be_visible()
    page.get_by_label("What’s good, and the one next thing").fill("Fair, and said so plainly.")
    page.get_by_label("Approve").check()
    page.locator("#review-form").get_by_role("button", name="Send review").click()
    expect(page.locator(".lede")).to_contain_text("Jonas Weber has approved it.")
    theirs.goto(address)
    expect(theirs.get_by_text("Fair, and said so plainly.")).to_be_visible()
    assert Comment.objects.filter(is_draft=True).count() == 0


def _confirm(page: Page, stranger: Page, learners_page: str, learner: User, skill: SkillView) -> str:
    """The mentor puts a name to a skill, and everybody can check it. Its number."""
    confirm = f"{learners_page}skills/{skill.slug}/confirm/"
    look_at(page, [confirm])
    page.goto(learners_page)
    page.get_by_role("link", name=f"Read and confirm {skill.title}", exact=True).click()
    page.get_by_role("button", name="Confirm skill").click()
    expect(page.get_by_role("group", name="Something needs another look")).to_be_focused()
    page.get_by_label("What convinced you?").fill(NOTE)
    page.get_by_role("button", name="Confirm skill").click()
    expect(page.get_by_role("heading", name="Confirmed")).to_be_visible()
    look_at(page, [confirm, confirm.replace("/confirm/", "/withdraw/")])

    number = SignOff.objects.get().pk
    credential = f"/credentials/{number}/"
    stranger.goto(f"/u/{learner.handle}/")
    expect(stranger.get_by_role("heading", name="1 confirmed skill")).to_be_visible()
    expect(stranger.locator(".proof[data-s=confirmed]")).to_contain_text("Jonas Weber")
    stranger.get_by_role("link", name=f"Check “{skill.title}”").click()
    expect(stranger).to_have_url(re.compile(re.escape(credential)))
    expect(stranger.get_by_text("This is genuine.")).to_be_visible()
    stranger.get_by_label("Number").fill(number)
    stranger.get_by_role("button", name="Check").click()
    expect(stranger).to_have_url(re.compile(re.escape(credential)))
    look_at(stranger, [credential, "/credentials/"])
    return number


def _end(theirs: Page, page: Page, learners_page: str, skill: SkillView) -> None:
    """The learner ends it while the mentor has a page open: the next click there finds nobody, and so does a reload."""
    page.goto(learners_page)
    page.get_by_label("Add a note").fill("Ask about model choice.")
    theirs.goto("/settings/mentors/")
    theirs.get_by_role("link", name=re.compile("^End this…")).click()
    look_at(theirs, [theirs.url])
    theirs.get_by_role("button", name="End it").click()
    expect(theirs.get_by_text("Mentoring with Jonas Weber has ended.")).to_be_visible()

    with page.expect_response(lambda response: response.url.endswith("/notes/")) as answer:
        page.get_by_role("button", name="Save note").click()
    assert answer.value.status == 404
    with page.expect_navigation() as answer:
        page.get_by_role("link", name=f"Read and confirm {skill.title}", exact=True).click()
    assert answer.value.status == 404
    page.go_back()
    with page.expect_navigation() as answer:
        page.reload()
    assert answer.value.status == 404
    page.goto("/mentoring/")
    expect(page.get_by_role("main").get_by_text("Amina")).to_have_count(0)


def test_words_stay_when_the_learner_withdraws_meanwhile(
    page_of: PageOf, learner: User, mentor: User, real_curriculum: Snapshot, faults: Faults
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


def test_learner_chooses_mails_and_follows_the_link_out_of_one(
    page_of: PageOf, new_context: Callable[..., BrowserContext], learner: User, real_curriculum: Snapshot
) -> None:
    page = page_of(learner, **STILL)
    look_at(page, ["/settings/notifications/"])
    page.goto("/settings/notifications/")
    page.get_by_label("A mentor confirms a skill of yours").uncheck()
    page.get_by_role("button", name="Save notifications").click()
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    page.reload()
    expect(page.get_by_label("A mentor confirms a skill of yours")).not_to_be_checked()
    expect(page.get_by_label("A mentor takes a confirmation back")).to_be_checked()

    # Elsewhere, signed in nowhere.
    link = f"/settings/notifications/off/{off_token(learner, Mail.Kind.SIGN_OFF_WITHDRAWN)}/"
    elsewhere = new_context(**STILL).new_page()
    look_at(elsewhere, [link])
    elsewhere.get_by_role("button", name="Switch off").click()
    expect(elsewhere.get_by_role("heading", name="These mails are off")).to_be_visible()
    page.reload()
    expect(page.get_by_label("A mentor takes a confirmation back")).not_to_be_checked()
    elsewhere.get_by_role("button", name="Switch on again").click()
    expect(elsewhere.get_by_role("heading", name="These mails are on again")).to_be_visible()


def test_administrator_reads_a_climb_and_the_learner_can_tell(
    page_of: PageOf, learner: User, mentor: User, admin_user: User, real_curriculum: Snapshot
) -> None:
    mentorship = MentorshipFactory(learner=learner, mentor=mentor)
    address = f"/mentoring/learners/{learner.handle}/"
    page = page_of(admin_user, **STILL)
    look_at(page, [address, f"/settings/mentorships/{mentorship.pk}/end/"])
    page.get_by_role("button", name="End it").click()
    expect(page.get_by_text("Mentoring between Jonas Weber and Amina Yusuf has ended.")).to_be_visible()
    theirs = page_of(learner)
    theirs.goto("/settings/mentors/looks/")
    expect(theirs.get_by_role("listitem").filter(has_text="An administrator: Your climb, and who mentors you")).to_be_visible()
