"""Confirming a skill and taking it back, as mentors use the pages; and what the learner then reads."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from lxml import html

from accounts.models import User
from roadmap.mentoring.models import AccessLog, Mentorship, SignOff
from roadmap.mentoring.sign_offs.services import confirm_skill, withdraw_sign_off
from roadmap.progress.models import Mark
from roadmap.progress.services import mark_skill
from tests.factories import EvidenceFactory, MentorshipFactory, ProjectFactory
from tests.parsed import texts

SignIn = Callable[..., Client]
PAGE = "/mentoring/learners/amina-yusuf/skills/numpy/confirm/"
BACK = "/mentoring/learners/amina-yusuf/skills/numpy/withdraw/"
NOTE = {"note": "Explained every line of the split."}
WHY = {"reason": "The code was somebody else’s."}


@pytest.fixture
def mentorship(learner: User, mentor: User) -> Mentorship:
    return MentorshipFactory(learner=learner, mentor=mentor)


@pytest.fixture
def done(learner: User, curriculum: SimpleNamespace) -> Any:
    mark_skill(climber=learner.pk, skill_id=curriculum.numpy.pk, state="done")
    return curriculum.numpy


@pytest.fixture
def project(learner: User, curriculum: SimpleNamespace) -> Any:
    """A project whose code shows the skill."""
    project = ProjectFactory(learner=learner)
    EvidenceFactory(project=project, skill=curriculum.numpy, confirmed_at="2026-01-01T00:00Z")
    return project


@pytest.fixture
def signed(mentorship: Mentorship, done: Any) -> SignOff:
    return confirm_skill(mentorship=mentorship, skill=done.pk, note=NOTE["note"]).sign_off


# --- Confirming -----------------------------------------------------------------------------------------------------


def test_mentor_sees_what_shows_the_skill_and_confirms_it(mentorship, mentor, learner, project, done, sign_in: SignIn) -> None:
    client = sign_in(mentor)
    page = client.get(PAGE)
    assert texts(page, "section[aria-labelledby=evidence-title] li h3") == [project.title]
    assert html.fromstring(page.content.decode()).cssselect("#id_project option[selected]")[0].get("value") == project.pk
    answer = client.post(PAGE, {**NOTE, "project": project.pk})
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    sign_off = SignOff.objects.get()
    assert (sign_off.learner, sign_off.mentor, sign_off.project, sign_off.commit) == (learner, mentor, project, "a" * 40)
    page = client.get(PAGE)
    assert "Confirmed by Jonas Weber" in texts(page, "section[aria-labelledby=standing-title] .badge")
    assert texts(page, "#toasts .says")[0].startswith("Title of numpy: confirmed for Amina Yusuf.")
    assert not texts(page, "#confirm")


def test_with_htmx_the_whole_page_changes(mentorship, mentor, done, sign_in: SignIn) -> None:
    assert sign_in(mentor, htmx=True).post(PAGE, NOTE)["HX-Redirect"] == PAGE


def test_a_confirmation_needs_a_word(mentorship, mentor, done, sign_in: SignIn) -> None:
    answer = sign_in(mentor).post(PAGE, {"note": "  "})
    assert answer.status_code == 422
    assert texts(answer, "title")[0].startswith("Error:")
    assert texts(answer, "#errors a")[0].startswith("Say in a sentence what convinced you")
    assert not SignOff.objects.exists()


def test_confirming_twice_is_once(signed, mentor, sign_in: SignIn) -> None:
    client = sign_in(mentor)
    assert client.post(PAGE, {"note": "Other words."}).status_code == 302
    assert SignOff.objects.get().note == NOTE["note"]
    assert "What you wrote then stands." in texts(client.get(PAGE), "#toasts .says")[0]


def test_the_second_mentor_reads_both_texts(signed, learner, other_mentor, sign_in: SignIn) -> None:
    MentorshipFactory(learner=learner, mentor=other_mentor)
    answer = sign_in(other_mentor).post(PAGE, {"note": "I saw it too."})
    assert answer.status_code == 409
    assert texts(answer, "#errors h2") == ["Jonas Weber was a moment earlier"]
    assert texts(answer, "blockquote") == ["I saw it too.", NOTE["note"]]
    assert SignOff.objects.get() == signed


def test_what_nobody_claims_is_not_offered_and_refused(mentorship, mentor, learner, curriculum, sign_in: SignIn) -> None:
    mark_skill(climber=learner.pk, skill_id=curriculum.numpy.pk, state="learning")
    client = sign_in(mentor)
    assert not texts(client.get(PAGE), "#confirm")
    answer = client.post(PAGE, NOTE)
    assert answer.status_code == 422
    assert "there is nothing to put your name to yet" in answer.content.decode()


def test_what_was_written_comes_back_where_the_claim_was_taken_away_meanwhile(done, mentorship, mentor, learner, sign_in: SignIn) -> None:
    mark_skill(climber=learner.pk, skill_id=done.pk, state="none")
    answer = sign_in(mentor).post(PAGE, NOTE)
    assert (answer.status_code, texts(answer, ".own-words")) == (422, [NOTE["note"]])


def test_what_was_written_comes_back_where_the_mentorship_has_ended_and_says_nothing_of_anybody(
    done, mentorship, mentor, other_mentor, sign_in: SignIn
) -> None:
    Mentorship.objects.update(ended_at="2026-01-01T00:00Z")
    pages = [
        sign_in(person).post(page, NOTE) for person in (mentor, other_mentor) for page in (PAGE, PAGE.replace("amina-yusuf", "no-one"))
    ]
    assert {(page.status_code, *texts(page, ".own-words")) for page in pages} == {(404, NOTE["note"])}
    assert len({" ".join(texts(page, "main")) for page in pages}) == 1


def test_a_note_of_many_lines_is_counted_as_the_browser_counts_it(done, mentorship, mentor, sign_in: SignIn) -> None:
    note = "\n".join(["x" * 9] * 50)
    assert sign_in(mentor).post(PAGE, {"note": note.replace("\n", "\r\n")}).status_code == 302
    assert SignOff.objects.get().note == note


@pytest.mark.parametrize("who", ["other_learner", "other_mentor", "former_mentor", "editor", "admin_user"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_to_everybody_else_the_learner_does_not_exist(
    request, mentorship, done, former_mentor, learner, sign_in: SignIn, who: str, method: str
) -> None:
    MentorshipFactory(learner=learner, mentor=former_mentor, ended_at="2026-01-01T00:00Z")
    assert getattr(sign_in(request.getfixturevalue(who)), method)(PAGE, NOTE).status_code == 404
    assert not SignOff.objects.exists()


def test_the_learner_does_not_confirm_oneself(mentorship, done, learner, sign_in: SignIn) -> None:
    assert sign_in(learner).post(PAGE, NOTE).status_code == 404


def test_signed_out_goes_to_sign_in(mentorship, done, client) -> None:
    assert client.get(PAGE)["Location"].startswith("/accounts/login/")


def test_a_mentor_who_sees_too_little_gets_404(mentorship, mentor, done, sign_in: SignIn) -> None:
    Mentorship.objects.update(scopes=["plan", "career"])
    assert sign_in(mentor).get(PAGE).status_code == 404


def test_a_mentor_who_sees_progress_alone_sees_no_code(mentorship, mentor, project, done, sign_in: SignIn) -> None:
    Mentorship.objects.update(scopes=["progress"])
    client = sign_in(mentor)
    page = client.get(PAGE)
    assert not texts(page, "section[aria-labelledby=evidence-title]")
    assert not texts(page, "#id_project")
    client.post(PAGE, {**NOTE, "project": project.pk})
    assert SignOff.objects.get().project is None


def test_a_mentor_who_sees_no_projects_does_not_learn_of_one_from_another_mentors_word(
    signed, learner, other_mentor, project, sign_in: SignIn
) -> None:
    SignOff.objects.update(project=project)
    other = MentorshipFactory(learner=learner, mentor=other_mentor)
    assert f"In {project.title}" in sign_in(other_mentor).get(PAGE).content.decode()
    Mentorship.objects.filter(pk=other.pk).update(scopes=["progress"])
    assert project.title not in sign_in(other_mentor).get(PAGE).content.decode()


def test_a_mentor_who_sees_projects_alone_does_not_learn_of_a_claim(mentorship, mentor, done, sign_in: SignIn) -> None:
    Mentorship.objects.update(scopes=["projects"])
    client = sign_in(mentor)
    assert "says:" not in client.get(PAGE).content.decode()
    assert client.post(PAGE, NOTE).status_code == 422


def test_somebody_elses_project_cannot_be_named(mentorship, mentor, learner, done, other_learner, sign_in: SignIn) -> None:
    ProjectFactory(learner=learner)
    answer = sign_in(mentor).post(PAGE, {**NOTE, "project": ProjectFactory(learner=other_learner).pk})
    assert answer.status_code == 422
    assert not SignOff.objects.exists()


def test_ending_the_mentorship_ends_it_in_an_open_tab(mentorship, mentor, done, sign_in: SignIn) -> None:
    client = sign_in(mentor)
    assert client.get(PAGE).status_code == 200
    Mentorship.objects.update(ended_at="2026-01-01T00:00Z")
    assert client.post(PAGE, NOTE).status_code == 404
    assert not SignOff.objects.exists()


def test_looking_is_logged_for_the_learner(mentorship, mentor, learner, done, sign_in: SignIn) -> None:
    client = sign_in(mentor)
    client.get(PAGE)
    client.get(PAGE)
    assert AccessLog.objects.values_list("learner", "mentor", "page").get() == (learner.pk, mentor.pk, "skill")


@pytest.mark.parametrize("rows", [1, 30])
def test_the_page_costs_the_same_with_many_projects(mentorship, mentor, learner, done, statements, sign_in: SignIn, rows: int) -> None:
    for _ in range(rows):
        EvidenceFactory(project=ProjectFactory(learner=learner), skill=done, confirmed_at="2026-01-01T00:00Z")
    client = sign_in(mentor)
    client.get(PAGE)
    with statements(at_most=9):
        assert client.get(PAGE).status_code == 200


# --- Taking it back -------------------------------------------------------------------------------------------------


def test_mentor_takes_it_back_with_a_reason(signed, mentor, learner, sign_in: SignIn) -> None:
    client = sign_in(mentor)
    assert texts(client.get(BACK), "blockquote") == [NOTE["note"]]
    answer = client.post(BACK, WHY)
    assert (answer.status_code, answer["Location"]) == (302, BACK)
    sign_off = SignOff.objects.get()
    assert (sign_off.withdrawn_because, sign_off.withdrawn_by) == (WHY["reason"], "Jonas Weber")
    assert Mark.objects.get(learner=learner).confirmed_at is None
    assert WHY["reason"] in " ".join(texts(client.get(BACK), ".note"))


def test_taking_back_needs_a_reason(signed, mentor, sign_in: SignIn) -> None:
    answer = sign_in(mentor).post(BACK, {"reason": ""})
    assert answer.status_code == 422
    assert texts(answer, "#errors a")[0].startswith("Say why in a sentence")
    assert SignOff.objects.standing().exists()


def test_taking_back_twice_is_once(signed, mentor, sign_in: SignIn) -> None:
    client = sign_in(mentor)
    client.post(BACK, WHY)
    assert client.post(BACK, {"reason": "Something else."}).status_code == 302
    assert SignOff.objects.get().withdrawn_because == WHY["reason"]


def test_a_page_of_an_earlier_confirmation_does_not_take_a_later_one_back(signed, mentorship, mentor, done, sign_in: SignIn) -> None:
    client = sign_in(mentor)
    shown = html.fromstring(client.get(BACK).content.decode()).cssselect("#withdraw input[name=sign_off]")[0].get("value")
    assert client.post(BACK, {**WHY, "sign_off": shown}).status_code == 302
    confirm_skill(mentorship=mentorship, skill=done.pk, note="Now it is their own.")
    stale = client.post(BACK, {**WHY, "sign_off": shown})
    assert (stale.status_code, texts(stale, "#id_reason")) == (409, [WHY["reason"]])
    assert texts(stale, "[role=alert]")[0].startswith("It was confirmed again")
    assert SignOff.objects.standing().get().note == "Now it is their own."
    again = html.fromstring(stale.content.decode()).cssselect("#withdraw input[name=sign_off]")[0].get("value")
    assert client.post(BACK, {**WHY, "sign_off": again}).status_code == 302
    assert not SignOff.objects.standing().exists()


def test_the_mentor_may_take_it_back_when_the_mentorship_is_over(signed, mentor, sign_in: SignIn) -> None:
    Mentorship.objects.update(ended_at="2026-01-01T00:00Z")
    assert sign_in(mentor).post(BACK, WHY).status_code == 302
    assert not SignOff.objects.standing().exists()


def test_an_administrator_takes_it_back_under_the_own_name(signed, admin_user, sign_in: SignIn) -> None:
    assert sign_in(admin_user).post(BACK, WHY).status_code == 302
    assert SignOff.objects.get().withdrawn_by == "Sam Root"


@pytest.mark.parametrize("who", ["learner", "other_learner", "other_mentor", "editor"])
def test_nobody_else_takes_it_back(request, signed, learner, other_mentor, sign_in: SignIn, who: str) -> None:
    MentorshipFactory(learner=learner, mentor=other_mentor)
    client = sign_in(request.getfixturevalue(who))
    assert (client.get(BACK).status_code, client.post(BACK, WHY).status_code) == (404, 404)
    assert SignOff.objects.standing().exists()


# --- What the learner reads -----------------------------------------------------------------------------------------


def test_learner_reads_who_confirmed_a_skill_when_and_why(signed, learner, sign_in: SignIn) -> None:
    page = sign_in(learner).get("/skills/numpy/")
    assert texts(page, "#note-numpy .badge") == ["Confirmed"]
    section = texts(page, "section[aria-labelledby=word-title]")[0]
    assert "Confirmed by Jonas Weber" in section
    assert f"{signed.signed_at:%-d %B %Y}" in section
    assert NOTE["note"] in section
    assert html.fromstring(page.content.decode()).cssselect("section[aria-labelledby=word-title] a")[0].get("href") == (
        f"/credentials/{signed.pk}/"
    )


def test_learner_reads_that_it_was_taken_back_and_why(signed, learner, sign_in: SignIn) -> None:
    withdraw_sign_off(sign_off=signed, by="Jonas Weber", reason=WHY["reason"])
    page = sign_in(learner).get("/skills/numpy/")
    assert texts(page, "#note-numpy .badge") == ["Claimed"]
    section = texts(page, "section[aria-labelledby=word-title]")[0]
    assert "Taken back by Jonas Weber" in section
    assert WHY["reason"] in section


def test_others_do_not_read_it_on_the_page_of_the_skill(signed, other_learner, sign_in: SignIn, client) -> None:
    for reader in (sign_in(other_learner), client):
        assert NOTE["note"] not in reader.get("/skills/numpy/").content.decode()


def test_the_page_of_the_project_says_who_confirmed_what_it_shows(mentorship, learner, project, done, sign_in: SignIn) -> None:
    confirm_skill(mentorship=mentorship, skill=done.pk, note=NOTE["note"], project=project)
    finding = texts(sign_in(learner).get(project.get_absolute_url()), "#finding-numpy")[0]
    assert f"Confirmed by Jonas Weber, {SignOff.objects.get().signed_at:%-d %B %Y}" in finding
