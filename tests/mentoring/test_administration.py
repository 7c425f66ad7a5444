"""What an administrator reads of a learner, who learns of it, and how an administrator ends a mentorship."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone
from lxml import html
from structlog.testing import capture_logs

from accounts.models import Mail, User
from roadmap.mentoring.models import AccessLog, Mentorship, PrivateNote
from roadmap.progress.services import mark_skill
from tests.factories import MentorshipFactory, ProjectFactory, ReviewFactory
from tests.parsed import texts

SignIn = Callable[..., Client]
PAGE = "/mentoring/learners/amina-yusuf/"


@pytest.fixture
def mentorship(mentor: User, learner: User, curriculum: SimpleNamespace) -> Mentorship:
    return MentorshipFactory(mentor=mentor, learner=learner, scopes=["progress"])


def test_administrator_reads_how_far_a_learner_is_and_who_mentors(mentorship: Mentorship, learner: User, former_mentor: User, admin_user: User, sign_in: SignIn, curriculum: SimpleNamespace) -> None:  # fmt: skip
    MentorshipFactory(mentor=former_mentor, learner=learner, ended_at=timezone.now() - timedelta(days=3))
    mark_skill(climber=learner.pk, skill_id=curriculum.numpy.pk, state="done")
    page = sign_in(admin_user).get(PAGE)
    assert texts(page, "h1") == ["Amina Yusuf"]
    assert texts(page, ".lede") == ["1 of 9 skills done, 0 confirmed."]
    assert texts(page, "section[aria-labelledby=relations] h3") == ["Jonas Weber", "Luis Ortega"]
    shown = texts(page, "section[aria-labelledby=relations] li p")
    assert "Amina shows: My skills and steps." in shown
    assert texts(page, "section[aria-labelledby=relations] a") == ["End this… Mentoring with Jonas Weber"]
    assert texts(page, "section[aria-labelledby=steps-title] td[data-th=Done]") == ["1 of 4", "0 of 4", "0 of 1"]


def test_words_of_the_two_are_not_on_it(mentorship: Mentorship, learner: User, mentor: User, admin_user: User, sign_in: SignIn) -> None:
    PrivateNote.objects.create(author=mentor, learner=learner, text="Sentinel of the note.")
    Mentorship.objects.update(next_step="Sentinel of the step.")
    ReviewFactory(
        project=ProjectFactory(learner=learner, title="Sentinel of the project"), reviewer=mentor, question="Sentinel of the question."
    )
    assert "Sentinel" not in sign_in(admin_user).get(PAGE).content.decode()


def test_learner_can_read_that_an_administrator_looked_and_not_who(mentorship: Mentorship, learner: User, admin_user: User, sign_in: SignIn) -> None:  # fmt: skip
    client = sign_in(admin_user)
    client.head(PAGE)
    assert not AccessLog.objects.exists()
    for _ in range(2):
        client.get(PAGE)
    for page in ("/settings/mentors/", "/settings/mentors/looks/"):
        answer = sign_in(learner).get(page)
        assert [line.partition(" – ")[0].split(",")[0] for line in texts(answer, "ul.rows li.cluster span") if "administrator" in line] == [
            "An administrator: Your climb"
        ]
        assert admin_user.name not in answer.content.decode()


def test_reading_is_logged_with_ids(mentorship: Mentorship, learner: User, admin_user: User, sign_in: SignIn) -> None:
    client = sign_in(admin_user)
    with capture_logs() as logs:
        client.get(PAGE)
    (entry,) = [entry for entry in logs if entry["event"] == "learner_read_by_superuser"]
    assert (entry["user_id"], entry["learner_id"]) == (admin_user.pk, learner.pk)


def test_administrator_finds_people_without_a_mentor_and_by_a_handle_of_before(learner: User, admin_user: User, sign_in: SignIn, curriculum: SimpleNamespace) -> None:  # fmt: skip
    learner.handle = "amina-y"
    learner.save()
    page = sign_in(admin_user).get(PAGE)
    assert page.status_code == 200
    assert "Nobody mentors this person, and nobody has." in page.content.decode()
    assert sign_in(admin_user).get(f"/mentoring/learners/{admin_user.handle}/").status_code == 404
    assert sign_in(admin_user).get("/mentoring/learners/no-such-one/").status_code == 404


def test_administrator_who_mentors_the_learner_reads_as_a_mentor(learner: User, admin_user: User, sign_in: SignIn, curriculum: SimpleNamespace) -> None:  # fmt: skip
    MentorshipFactory(mentor=admin_user, learner=learner)
    assert texts(sign_in(admin_user).get(PAGE), "#notes-title") == ["Private notes"]
    assert AccessLog.objects.get().page == "learner"


def test_administrator_writes_nothing_there(mentorship: Mentorship, admin_user: User, sign_in: SignIn) -> None:
    client = sign_in(admin_user)
    for action in ("next-step/", "notes/", "skills/numpy/confirm/"):
        assert client.post(f"{PAGE}{action}", {"text": "x", "next_step": "x", "version": "1", "note": "x"}).status_code == 404


@pytest.mark.parametrize("htmx", [False, True])
def test_administrator_ends_a_mentorship_and_both_are_told(mentorship: Mentorship, learner: User, mentor: User, admin_user: User, sign_in: SignIn, htmx: bool) -> None:  # fmt: skip
    client, address = sign_in(admin_user, htmx=htmx), f"/settings/mentorships/{mentorship.pk}/end/"
    assert texts(client.get(address), "h1") == ["End mentoring between Jonas and Amina?"]
    assert Mentorship.objects.active().exists()
    with capture_logs() as logs:
        answer = client.post(address)
    assert (answer["HX-Redirect"] if htmx else answer["Location"]) == PAGE
    assert [entry["mentorship"] for entry in logs if entry["event"] == "mentorship_ended_by_superuser"] == [mentorship.pk]
    mentorship.refresh_from_db()
    assert (mentorship.ended_by, Mentorship.objects.active().exists()) == (admin_user, False)
    assert list(Mail.objects.order_by("to").values_list("kind", "to")) == sorted(
        ("mentoring-ended", person.email) for person in (mentor, learner)
    )
    assert client.post(address).status_code == 404
    assert sign_in(mentor).get(PAGE).status_code == 404


def test_workshop_leads_to_the_page_of_a_person(learner: User, admin_user: User, sign_in: SignIn) -> None:
    page = sign_in(admin_user).get(f"/admin/accounts/user/{learner.pk}/change/")
    assert PAGE in html.fromstring(page.content.decode()).xpath("//a[@class='viewsitelink']/@href")
