"""One learner in a minute: what changed, what is stuck, what was agreed, what waits; and nothing that is not shown."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from lxml import html

from accounts.models import User
from roadmap.mentoring.models import AccessLog, Mentorship, PrivateNote, Review, Scope
from roadmap.portfolio.evidence import confirm_evidence
from roadmap.progress.models import Mark, MarkEvent
from roadmap.progress.services import mark_skill
from tests.factories import MentorshipFactory, ProjectFactory, SignOffFactory
from tests.parsed import texts

SignIn = Callable[..., Client]
PAGE = "/mentoring/learners/amina-yusuf/"
STEP = f"{PAGE}next-step/"


@pytest.fixture
def mentorship(mentor: User, learner: User, curriculum: SimpleNamespace) -> Mentorship:
    return MentorshipFactory(mentor=mentor, learner=learner)


def section(answer: Any, title: str) -> list[str]:
    return texts(answer, f"section[aria-labelledby={title}] li")


def act(answer: Any) -> list[str]:
    return texts(answer, "section[aria-labelledby=act-title] p")


def visited(mentorship: Mentorship, ago: timedelta) -> None:
    Mentorship.objects.filter(pk=mentorship.pk).update(looked_at=timezone.now() - ago)


def past(learner: User, days: int) -> None:
    then = timezone.now() - timedelta(days=days)
    MarkEvent.objects.filter(learner=learner).update(at=then)
    Mark.objects.filter(learner=learner).update(updated_at=then)


# --- Who may ---------------------------------------------------------------------------------------------------------


def test_nobody_else_finds_the_learner(mentorship: Mentorship, learner: User, other_mentor: User, other_learner: User, editor: User, sign_in: SignIn) -> None:  # fmt: skip
    for person in (learner, other_mentor, other_learner, editor):
        client = sign_in(person)
        assert client.get(PAGE).status_code == 404
        assert client.post(STEP, {"next_step": "x", "version": "1"}).status_code == 404
        assert client.post(f"{PAGE}notes/", {"text": "x"}).status_code == 404
    assert (AccessLog.objects.count(), Mentorship.objects.get().next_step) == (0, "")


def test_the_end_is_felt_in_an_open_session(mentorship: Mentorship, mentor: User, sign_in: SignIn) -> None:
    client = sign_in(mentor)
    assert client.get(PAGE).status_code == 200
    Mentorship.objects.update(ended_at=timezone.now())
    assert client.get(PAGE).status_code == 404
    assert client.post(STEP, {"next_step": "One more", "version": "1"}).status_code == 404
    assert client.post(f"{PAGE}notes/", {"text": "One more"}).status_code == 404
    assert Mentorship.objects.get().next_step == ""


def test_a_look_is_logged_once_an_hour_and_a_head_has_seen_nothing(mentorship: Mentorship, mentor: User, learner: User, sign_in: SignIn) -> None:  # fmt: skip
    client = sign_in(mentor)
    client.head(PAGE)
    assert (AccessLog.objects.count(), Mentorship.objects.get().looked_at) == (0, None)
    for _ in range(2):
        client.get(PAGE)
    logged = AccessLog.objects.get()
    assert (logged.learner, logged.mentor, logged.page) == (learner, mentor, "learner")


@pytest.mark.parametrize("action", [STEP, f"{PAGE}notes/"])
def test_page_that_comes_back_with_a_refused_form_is_a_look_too(action: str, mentorship: Mentorship, mentor: User, sign_in: SignIn) -> None:
    answer = sign_in(mentor).post(action, {"next_step_on": "soon", "text": ""})
    assert (answer.status_code, "0 of 9 skills done" in texts(answer, ".lede")[0]) == (422, True)
    assert AccessLog.objects.get().page == "learner"


def test_the_page_is_stored_nowhere(mentorship: Mentorship, mentor: User, sign_in: SignIn) -> None:
    assert sign_in(mentor).get(PAGE)["Cache-Control"] == "private, no-store"


def test_the_page_takes_as_many_statements_for_much_as_for_little(mentorship: Mentorship, mentor: User, learner: User, sign_in: SignIn, curriculum: SimpleNamespace, statements: Callable[..., Any]) -> None:  # fmt: skip
    client, counted = sign_in(mentor), []
    visited(mentorship, timedelta(days=3))
    client.get(PAGE)
    for count in (1, 20):
        for number in range(count):
            project = ProjectFactory(learner=learner, shows=curriculum.skills[number % 5 : number % 5 + 1])
            confirm_evidence(project=project, skills=[curriculum.skills[number % 5].pk])
            Review.objects.create(project=project, reviewer=mentor, reviewer_name="Jonas Weber")
            PrivateNote.objects.create(author=mentor, learner=learner, text="Strong on data.")
            SignOffFactory(learner=learner, skill=curriculum.cv, mentor=mentor, withdrawn_at=timezone.now(), withdrawn_because="Copied.", withdrawn_by="J")  # fmt: skip
            mark_skill(climber=learner.pk, skill_id=curriculum.skills[number % 5].pk, state="done")
        with statements() as seen:
            assert client.get(PAGE).status_code == 200
        counted.append(len(seen))
    assert counted[0] == counted[1] <= 14


# --- What changed ---------------------------------------------------------------------------------------------------


def test_what_changed_since_the_visit_before(mentorship: Mentorship, mentor: User, learner: User, sign_in: SignIn, curriculum: SimpleNamespace) -> None:  # fmt: skip
    client = sign_in(mentor)
    assert texts(client.get(PAGE), "#changed-title") == ["Your first look"]
    visited(mentorship, timedelta(days=3))
    mark_skill(climber=learner.pk, skill_id=curriculum.python.pk, state="learning")
    mark_skill(climber=learner.pk, skill_id=curriculum.python.pk, state="done")
    mark_skill(climber=learner.pk, skill_id=curriculum.git.pk, state="done")
    mark_skill(climber=learner.pk, skill_id=curriculum.git.pk, state="none")
    ProjectFactory(learner=learner, title="Houses")
    for _ in range(2):
        # Within an hour it is the same visit: reloading takes nothing away.
        page = client.get(PAGE)
        assert texts(page, "#changed-title") == ["Since you last looked"]
        assert section(page, "changed-title") == ["1.1 Title of pythonDone, was Not started", "New project: Houses"]
    visited(mentorship, timedelta(hours=2))
    Mentorship.objects.filter(pk=mentorship.pk).update(looked_at=timezone.now() - timedelta(hours=2))
    MarkEvent.objects.update(at=timezone.now() - timedelta(days=1))
    learner.projects.update(created_at=timezone.now() - timedelta(days=1))
    assert "Nothing has changed." in texts(client.get(PAGE), "section[aria-labelledby=changed-title]")[0]


# --- Scopes ---------------------------------------------------------------------------------------------------------


def lived_in(learner: User, mentor: User, curriculum: SimpleNamespace) -> Any:
    mark_skill(climber=learner.pk, skill_id=curriculum.numpy.pk, state="done")
    mark_skill(climber=learner.pk, skill_id=curriculum.pandas.pk, state="learning")
    past(learner, 30)
    project = ProjectFactory(learner=learner, title="Houses", shows=[curriculum.numpy])
    confirm_evidence(project=project, skills=[curriculum.numpy.pk])
    Review.objects.create(project=project, reviewer=mentor, reviewer_name="Jonas Weber", asked_at=timezone.now() - timedelta(days=5))
    return project


def test_without_progress_the_brief_says_nothing_of_marks(mentorship: Mentorship, mentor: User, learner: User, sign_in: SignIn, curriculum: SimpleNamespace) -> None:  # fmt: skip
    Mentorship.objects.update(scopes=[Scope.PROJECTS], looked_at=timezone.now() - timedelta(days=60))
    lived_in(learner, mentor, curriculum)
    said = texts(sign_in(mentor).get(PAGE), "main")[0]
    assert "Houses" in said
    for hidden in ("Title of pandas", "skills done", "Learning", "Steps"):
        assert hidden not in said


def test_without_projects_the_brief_says_nothing_of_them(mentorship: Mentorship, mentor: User, learner: User, sign_in: SignIn, curriculum: SimpleNamespace) -> None:  # fmt: skip
    Mentorship.objects.update(scopes=[Scope.PROGRESS], looked_at=timezone.now() - timedelta(days=60))
    lived_in(learner, mentor, curriculum)
    said = texts(sign_in(mentor).get(PAGE), "main")[0]
    assert "Title of pandas: learning for 30 days" in said
    for hidden in ("Houses", "Waiting to be confirmed", "src/model.py", "review"):
        assert hidden not in said


def test_without_any_scope_only_what_the_two_share_is_there(mentorship: Mentorship, mentor: User, learner: User, sign_in: SignIn, curriculum: SimpleNamespace) -> None:  # fmt: skip
    Mentorship.objects.update(scopes=[])
    lived_in(learner, mentor, curriculum)
    page = sign_in(mentor).get(PAGE)
    assert texts(page, "main h2") == [
        "What would help most now",
        "Your first look",
        "Agreed next step",
        "Private notes",
        "Timeline",
        "Mentoring with Amina",
    ]
    assert section(page, "timeline") == [texts(page, "section[aria-labelledby=timeline] li")[0]]


# --- Numbers, confirming --------------------------------------------------------------------------------------------


def test_counts_are_those_of_the_learners_home(mentorship: Mentorship, mentor: User, learner: User, sign_in: SignIn, curriculum: SimpleNamespace) -> None:  # fmt: skip
    for skill, state in {"python": "done", "numpy": "skipped", "pandas": "learning"}.items():
        mark_skill(climber=learner.pk, skill_id=getattr(curriculum, skill).pk, state=state)
    page = sign_in(mentor).get(PAGE)
    assert texts(page, ".lede")[0].startswith("On step 1. 1 of 9 skills done, 1 skipped, 0 confirmed.")
    assert texts(page, "section[aria-labelledby=steps-title] td[data-th=Done]") == ["1 of 4, 1 skipped", "0 of 4", "0 of 1"]
    home = texts(sign_in(learner).get("/"), "main")[0]
    assert "1 of 4 done" in home
    assert "1 done, 1 learning, 1 skipped" in home


def test_confirmed_evidence_without_a_name_waits(mentorship: Mentorship, mentor: User, learner: User, sign_in: SignIn, curriculum: SimpleNamespace) -> None:  # fmt: skip
    project = ProjectFactory(learner=learner, title="Houses", shows=[curriculum.numpy, curriculum.pandas])
    client = sign_in(mentor)
    assert section(client.get(PAGE), "to-confirm") == []
    confirm_evidence(project=project, skills=[curriculum.numpy.pk])
    page = client.get(PAGE)
    assert texts(page, "section[aria-labelledby=to-confirm] h3") == ["Title of numpy"]
    link = html.fromstring(page.content.decode()).cssselect("section[aria-labelledby=to-confirm] a.btn")[0].get("href")
    assert link == f"{PAGE}skills/numpy/confirm/"
    assert act(page)[0] == "Confirm “Title of numpy”, or say what’s missing"
    assert texts(client.get("/mentoring/"), "section[aria-labelledby=confirm-title] li") == ["Amina Yusuf1 skill"]
    client.post(link, {"note": "Explained every line."})
    assert section(client.get(PAGE), "to-confirm") == []
    assert texts(client.get("/mentoring/"), ".stat-row .big-num")[-1] == "0"


# --- The act --------------------------------------------------------------------------------------------------------


def test_what_would_help_most_in_its_order(mentorship: Mentorship, mentor: User, learner: User, sign_in: SignIn, curriculum: SimpleNamespace) -> None:  # fmt: skip
    client = sign_in(mentor)
    assert act(client.get(PAGE)) == ["Agree on a next step", "“Title of python” comes next on the staircase, and nothing is agreed yet."]
    mark_skill(climber=learner.pk, skill_id=curriculum.pandas.pk, state="learning")
    past(learner, 25)
    learner.ticks.create(point=curriculum.python.done_points.first())
    assert act(client.get(PAGE)) == [
        "Ask what would help with “Title of pandas”",
        "Title of pandas: learning for 25 days.",
    ]
    learner.ticks.all().delete()
    assert act(client.get(PAGE))[0] == "Get in touch with Amina"
    Mentorship.objects.update(next_step="Clean the survey", next_step_on=timezone.now().date() - timedelta(days=1))
    assert act(client.get(PAGE))[0] == "Ask how it went: Clean the survey"
    project = ProjectFactory(learner=learner, title="Houses")
    Review.objects.create(project=project, reviewer=mentor, reviewer_name="Jonas", asked_at=timezone.now() - timedelta(days=2))
    assert act(client.get(PAGE)) == ["Review “Houses”", "Amina asked 2 days ago, and it’s your turn."]


def test_nothing_to_do_is_said(mentorship: Mentorship, mentor: User, sign_in: SignIn) -> None:
    Mentorship.objects.update(next_step="Clean the survey", next_step_on=timezone.now().date())
    assert act(sign_in(mentor).get(PAGE)) == ["Nothing waits for you, and Amina is on the way."]


# --- The agreed step ------------------------------------------------------------------------------------------------


def test_mentor_writes_down_what_was_agreed(mentorship: Mentorship, mentor: User, sign_in: SignIn) -> None:
    client = sign_in(mentor)
    typed = {"next_step": "  Clean the  survey ", "next_step_on": "2026-12-01", "version": "1"}
    for _ in range(2):
        assert client.post(STEP, typed)["Location"] == f"{PAGE}#agreed"
    stands = Mentorship.objects.get()
    assert (stands.next_step, str(stands.next_step_on), stands.version) == ("Clean the survey", "2026-12-01", 2)
    assert "Clean the surveyBy Tuesday, 1 December 2026" in texts(client.get(PAGE), "section[aria-labelledby=agreed]")[0]
    client.post(STEP, {"next_step": "", "next_step_on": "", "version": "2"})
    stands = Mentorship.objects.get()
    assert (stands.next_step, stands.next_step_on) == ("", None)


def test_learner_reads_what_was_agreed(mentorship: Mentorship, learner: User, sign_in: SignIn) -> None:
    Mentorship.objects.update(next_step="Clean the survey", next_step_on="2026-12-01")
    card = texts(sign_in(learner).get("/settings/mentors/"), f"#mentor-{mentorship.pk}")[0]
    assert "Clean the surveyBy Tuesday, 1 December 2026" in card


def test_a_day_without_a_step_is_asked_about(mentorship: Mentorship, mentor: User, sign_in: SignIn) -> None:
    answer = sign_in(mentor, htmx=True).post(STEP, {"next_step": "", "next_step_on": "2026-12-01", "version": "1"})
    assert (answer.status_code, html.fromstring(answer.content.decode()).tag) == (422, "form")
    assert texts(answer, "#id_next_step_error") == ["Say what you agreed on for this day, such as “Clean the survey data”."]


def test_a_step_that_was_changed_meanwhile_is_shown_beside_ones_own(mentorship: Mentorship, mentor: User, sign_in: SignIn) -> None:
    client = sign_in(mentor, htmx=True)
    client.post(STEP, {"next_step": "From the first tab", "version": "1"})
    late = {"next_step": "From the second tab", "version": "1"}
    assert sign_in(mentor).post(STEP, late).status_code == 409
    answer = sign_in(mentor, htmx=True).post(STEP, late)
    # With htmx, whose configuration swaps this status in.
    assert answer.status_code == 422
    form = html.fromstring(answer.content.decode())
    assert "From the first tab" in form.cssselect("#errors")[0].text_content()
    assert form.cssselect("#id_next_step")[0].get("value") == "From the second tab"
    client.post(STEP, {"next_step": "From the second tab", "version": form.cssselect("#id_version")[0].get("value")})
    assert Mentorship.objects.get().next_step == "From the second tab"


def test_nothing_but_the_step_can_be_posted(mentorship: Mentorship, mentor: User, sign_in: SignIn) -> None:
    Mentorship.objects.update(scopes=[])
    forged = {"scopes": "progress", "ends_on": "2030-01-01", "learner": str(mentor.pk), "mentor": "1", "next_step": "x", "version": "1"}
    sign_in(mentor).post(STEP, forged)
    stands = Mentorship.objects.get()
    assert (stands.scopes, stands.ends_on, stands.learner_id, stands.mentor_id) == ([], None, mentorship.learner_id, mentor.pk)
