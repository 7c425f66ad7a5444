"""A mentor's private notes: for their author, and for nobody else in any way."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.utils import timezone
from lxml import html

from accounts.models import User
from roadmap.mentoring.models import Mentorship, PrivateNote
from roadmap.mentoring.overview import views as home_views
from tests.factories import MentorshipFactory

SignIn = Callable[..., Client]
PAGE = "/mentoring/learners/amina-yusuf/"
SENTINEL = "Works nights until Christmas."


@pytest.fixture
def mentorship(mentor: User, learner: User, curriculum: SimpleNamespace) -> Mentorship:
    return MentorshipFactory(mentor=mentor, learner=learner)


@pytest.fixture
def note(mentorship: Mentorship, mentor: User, learner: User) -> PrivateNote:
    return PrivateNote.objects.create(author=mentor, learner=learner, text=SENTINEL)


def notes(answer: Any) -> list[str]:
    return [" ".join(found.text_content().split()) for found in html.fromstring(answer.content.decode()).cssselect("#notes li > div")]


def test_mentor_writes_a_note_twice_and_it_is_one(mentorship: Mentorship, mentor: User, sign_in: SignIn) -> None:
    client = sign_in(mentor)
    for _ in range(2):
        assert client.post(f"{PAGE}notes/", {"text": f" {SENTINEL}\r\n"})["Location"] == f"{PAGE}#notes"
    assert [note.text for note in PrivateNote.objects.all()] == [SENTINEL]
    assert notes(client.get(PAGE)) == [SENTINEL]


def test_htmx_gets_the_notes_again(mentorship: Mentorship, mentor: User, sign_in: SignIn) -> None:
    answer = sign_in(mentor, htmx=True).post(f"{PAGE}notes/", {"text": SENTINEL})
    assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-store")
    assert "<html" not in answer.content.decode()
    assert "Note saved. Only you can read it." in answer.content.decode()


@pytest.mark.parametrize("text", ["", "   ", "x" * 4001])
def test_what_is_no_note_is_said_and_kept(mentorship: Mentorship, mentor: User, sign_in: SignIn, text: str) -> None:
    answer = sign_in(mentor, htmx=True).post(f"{PAGE}notes/", {"text": text})
    assert (answer.status_code, PrivateNote.objects.count()) == (422, 0)
    page = html.fromstring(answer.content.decode())
    assert page.cssselect("#id_text_error")
    assert page.cssselect("#id_text")[0].text_content().strip() == text.strip()


def test_notes_have_a_limit_that_loses_nothing(mentorship: Mentorship, mentor: User, sign_in: SignIn) -> None:
    client = sign_in(mentor, htmx=True)
    assert [home_views._notes_limit.bucket.take(f"user {mentor.pk}") for _ in range(30)] == [0] * 30
    answer = client.post(f"{PAGE}notes/", {"text": SENTINEL})
    # The form stays as it is, with what was typed: the sentence goes into the status line.
    assert (answer.status_code, answer["HX-Retarget"], PrivateNote.objects.count()) == (429, "#status", 0)


def test_a_note_is_shown_as_text(mentorship: Mentorship, mentor: User, sign_in: SignIn) -> None:
    client = sign_in(mentor)
    client.post(f"{PAGE}notes/", {"text": "<script>alert(1)</script>"})
    assert notes(client.get(PAGE)) == ["<script>alert(1)</script>"]


def test_mentor_deletes_a_note(note: PrivateNote, mentor: User, sign_in: SignIn) -> None:
    assert sign_in(mentor).post(f"{PAGE}notes/{note.pk}/delete/")["Location"] == f"{PAGE}#notes"
    assert not PrivateNote.objects.exists()


def test_nobody_else_reads_or_deletes_a_note(note: PrivateNote, learner: User, other_mentor: User, editor: User, admin_user: User, sign_in: SignIn) -> None:  # fmt: skip
    # Another mentor of the same learner, who may see everything.
    MentorshipFactory(mentor=other_mentor, learner=learner)
    for person in (learner, other_mentor, editor, admin_user):
        client = sign_in(person)
        assert client.post(f"{PAGE}notes/{note.pk}/delete/").status_code == 404
        for page in (PAGE, "/mentoring/", "/mentoring/mentees.csv", "/", "/projects/"):
            assert SENTINEL not in client.get(page).content.decode()
    assert PrivateNote.objects.get() == note


def test_a_note_cannot_be_reached_through_another_mentee(note: PrivateNote, mentor: User, other_learner: User, sign_in: SignIn) -> None:
    MentorshipFactory(mentor=mentor, learner=other_learner)
    assert sign_in(mentor).post(f"/mentoring/learners/bo-lindqvist/notes/{note.pk}/delete/").status_code == 404
    assert PrivateNote.objects.exists()


def test_after_the_end_the_notes_are_sealed_and_kept(note: PrivateNote, mentor: User, sign_in: SignIn) -> None:
    Mentorship.objects.update(ended_at=timezone.now())
    client = sign_in(mentor)
    assert client.get(PAGE).status_code == 404
    assert client.post(f"{PAGE}notes/{note.pk}/delete/").status_code == 404
    assert PrivateNote.objects.get().text == SENTINEL


def test_the_workshop_does_not_know_notes() -> None:
    assert PrivateNote not in admin.site._registry
