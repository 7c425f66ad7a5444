"""What goes wrong in reviews: hostile values, stale pages, repeats, and what changes under one's hands."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from lxml import html

from accounts.letters import compose
from accounts.models import Mail, User
from roadmap.mentoring.models import Comment, Mentorship, Review
from roadmap.mentoring.relation import services as relations
from roadmap.mentoring.reviews import services as reviews
from roadmap.mentoring.reviews import standing
from roadmap.mentoring.reviews.services import Words
from roadmap.portfolio.models import Project
from tests.factories import IdeaFactory, MentorshipFactory, ProjectFactory
from tests.parsed import texts

SignIn = Callable[..., Client]
REASON = "Honest errors; next, split by month."


def hidden(answer: Any) -> dict[str, str]:
    page = html.fromstring(answer.content.decode())
    return {field.get("name"): field.get("value", "") for field in page.cssselect("#review-form input[type=hidden]")}


@pytest.fixture
def mentorship(learner: User, mentor: User) -> Mentorship:
    return MentorshipFactory(learner=learner, mentor=mentor)


@pytest.fixture
def project(learner: User, curriculum: SimpleNamespace) -> Project:
    return ProjectFactory(learner=learner)


@pytest.fixture
def review(project: Project, mentorship: Mentorship) -> Review:
    return reviews.request_review(project=project, mentorship=mentorship, question="Is my split fair?").review


@pytest.fixture
def page(review: Review) -> str:
    return f"/mentoring/reviews/{review.pk}/"


def answered(review: Review, mentorship: Mentorship, verdict: str = "changes") -> None:
    nothing: dict[str, Any] = {"rubric": [], "levels": {}, "words": None, "commit": ""}
    reviews.answer_review(review=review, mentorship=mentorship, version=review.version, verdict=verdict, reason=REASON, **nothing)


def letters(kind: str) -> list[Any]:
    return [letter for mail in Mail.objects.filter(kind=kind) if (letter := compose(mail))]


# --- Hostile values -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["", "draft/", "comments/", "phrases/", "reply/"])
def test_no_value_breaks_a_page(review, page, mentor, sign_in: SignIn, ending) -> None:
    client = sign_in(mentor)
    typed = {**hidden(client.get(page)), "reason": REASON, "verdict": "changes", "text": "A word.", "reply-text": "A word."}
    for value in ("x\x00y", "9" * 30, "\uffff", "x" * 100_000):
        for field in (*typed, "place", "about", "level_0", "phrase"):
            assert client.post(page + ending, {**typed, field: value}).status_code in (302, 409, 422), (field, value[:30])


def test_a_number_that_no_row_has_deletes_nothing(review, page, mentor, sign_in: SignIn) -> None:
    client = sign_in(mentor)
    for number in (0, 10**19, 10**40):
        for what in ("comments", "phrases"):
            assert client.post(f"{page}{what}/{number}/delete/", hidden(client.get(page))).status_code == 302


@pytest.mark.parametrize(
    "place", ["a.py:0", "a.py:-1", "a.py:99999999", "a.py:1:2", "a.py:12-14", "a.py: 4", ":4", "a.py:", "./../x", "a//b"]
)
def test_a_place_is_a_path_and_a_line_of_it(review, page, mentor, sign_in: SignIn, place) -> None:
    client = sign_in(mentor)
    answer = client.post(f"{page}comments/", {**hidden(client.get(page)), "text": "Cut here.", "place": place})
    assert (answer.status_code, texts(answer, "#id_text")) == (422, ["Cut here."])
    assert texts(answer, "#id_place_error")[0].startswith("Give the path")


def test_nothing_that_is_written_does_anything_in_the_page(review, page, mentor, learner, sign_in: SignIn) -> None:
    evil = (
        '<img src=x onerror=alert(1)> <a hx-get="/x" href="javascript:alert(1)">x</a> [y](javascript:alert(1)) '
        '[z](data:text/html,x) <div hx-on:click="x" data-hx-get="/y">and more words'
    )
    client = sign_in(mentor)
    client.post(page, {**hidden(client.get(page)), "verdict": "changes", "reason": evil, "text": evil, "place": "<b>:3"})
    for reader in (mentor, learner):
        thread = html.fromstring(sign_in(reader).get(page).content.decode()).cssselect(".thread")[0]
        assert not thread.cssselect("img")
        for element in thread.iter():
            assert {name for name in element.attrib if name.startswith(("on", "hx-", "data-hx"))} <= {"hx-disable"}
            assert not element.get("href", "").startswith(("javascript", "data"))


def test_a_long_text_of_many_lines_is_counted_as_the_browser_counts_it(review, page, mentor, sign_in: SignIn) -> None:
    text = "\n".join(["x" * 79] * 50)
    as_sent = text.replace("\n", "\r\n")
    assert len(text) <= 4000 < len(as_sent)
    client = sign_in(mentor)
    client.post(f"{page}draft/", {**hidden(client.get(page)), "text": as_sent})
    assert Review.objects.get().draft["text"] == text
    assert client.post(f"{page}comments/", {**hidden(client.get(page)), "text": as_sent}).status_code == 302
    assert Comment.objects.get(is_draft=True).text == text


# --- Repeats --------------------------------------------------------------------------------------------------------


def test_comments_alone_are_sent_once_and_the_rest_of_the_draft_stays(review, page, mentor, sign_in: SignIn) -> None:
    client = sign_in(mentor)
    sent = {**hidden(client.get(page)), "verdict": "comments", "text": "Which months?", "reason": "So far so good", "level_1": "2"}
    client.post(f"{page}draft/", sent)
    assert [client.post(page, sent).status_code for _press in range(2)] == [302, 302]
    assert Comment.objects.filter(text="Which months?").count() == 1
    assert len(letters("review-answered")) == 1
    after = client.get(page)
    assert (texts(after, "#id_text"), texts(after, "#id_reason")) == ([""], ["So far so good"])
    assert html.fromstring(after.content.decode()).cssselect("#id_level_1_2[checked]")
    assert client.post(page, {**hidden(after), "verdict": "changes", "reason": REASON}).status_code == 302
    assert Comment.objects.filter(text="Which months?").count() == 1


def test_drafts_alone_are_sent_by_a_second_press_as_by_the_first(review, page, mentor, mentorship, sign_in: SignIn) -> None:
    reviews.keep_comment(review=review, mentorship=mentorship, words=Words("Cut here."))
    client = sign_in(mentor)
    sent = {**hidden(client.get(page)), "verdict": "comments"}
    assert [client.post(page, sent).status_code for _press in range(2)] == [302, 302]


def test_a_comment_that_could_not_be_kept_is_sent_once(review, page, mentor, sign_in: SignIn) -> None:
    client = sign_in(mentor)
    one, two = hidden(client.get(page)), hidden(client.get(page))
    client.post(f"{page}draft/", {**one, "reason": "From the first"})
    late = client.post(f"{page}comments/", {**two, "text": "Once."})
    assert (late.status_code, texts(late, "#id_text")) == (409, ["Once."])
    assert not Comment.objects.filter(is_draft=True).exists()
    assert client.post(page, {**hidden(late), "text": "Once.", "reason": REASON, "verdict": "changes"}).status_code == 302
    assert Comment.objects.filter(text="Once.").count() == 1


def test_a_mail_that_waits_behind_another_of_the_same_words_is_the_one_that_is_sent(review, project, mentorship) -> None:
    reviews.withdraw_review(review=review, version=review.version)
    again = reviews.request_review(project=project, mentorship=mentorship, question="Now.").review
    assert Mail.objects.filter(kind="review-asked").count() == 2
    assert len(letters("review-asked")) == 1
    reviews.send_comments(review=again, mentorship=mentorship, words=Words("Which months?"))
    answered(Review.objects.get(), mentorship, "approved")
    assert [letter.subject for letter in letters("review-answered")] == [f"Jonas Weber has approved “{project.title}”"]


# --- Stale pages ----------------------------------------------------------------------------------------------------


def test_a_late_draft_stands_beside_the_one_that_was_saved(review, page, mentor, sign_in: SignIn) -> None:
    client = sign_in(mentor)
    one, two = hidden(client.get(page)), hidden(client.get(page))
    client.post(f"{page}draft/", {**one, "reason": "From the first", "text": "In both"})
    late = client.post(f"{page}draft/", {**two, "reason": "From the second", "text": "In both"})
    assert (late.status_code, texts(late, "#id_reason"), texts(late, ".own-words")) == (409, ["From the second"], ["From the first"])
    assert not texts(late, "#errors")


def test_a_withdrawal_from_a_page_of_an_earlier_request_withdraws_nothing(review, page, project, mentorship, learner, sign_in) -> None:
    client = sign_in(learner)
    client.post(f"{page}withdraw/", {"version": review.version})
    reviews.request_review(project=project, mentorship=mentorship, question="Now.")
    stale = client.post(f"{page}withdraw/", {"version": review.version})
    assert stale.status_code == 409
    assert texts(stale, "#late p")[0].startswith("You have asked again")
    assert Review.objects.get().state == "asked"


def test_levels_are_never_given_to_the_lines_of_another_rubric(review, page, curriculum, mentor, sign_in: SignIn) -> None:
    client = sign_in(mentor)
    opened = client.get(page)
    typed = {**hidden(opened), "verdict": "approved", "reason": REASON, "level_0": "3", "about": "0", "text": "Well split."}
    client.post(f"{page}draft/", typed)
    Project.objects.update(idea=IdeaFactory(stage=curriculum.models, slug="churn", rubric=["Fair **split**", "Churn"]))
    for ending in ("", "comments/"):
        answer = client.post(page + ending, typed)
        assert answer.status_code == 422
        assert texts(answer, "#id_about_error")[0].startswith("The rubric has changed")
        assert (texts(answer, "#id_reason"), texts(answer, "#id_text")) == ([REASON], ["Well split."])
        assert not html.fromstring(answer.content.decode()).cssselect(".grades [checked]")
    assert not html.fromstring(client.get(page).content.decode()).cssselect(".grades [checked]")
    assert client.post(page, {**typed, **hidden(answer), "about": "1", "level_0": "1"}).status_code == 302
    assert Review.objects.get().marks.get().title == "Fair **split**"


def test_asking_for_a_project_that_was_deleted_a_moment_earlier_asks_nobody(project, mentorship, learner, sign_in: SignIn) -> None:
    stale = Project.objects.get(pk=project.pk)
    Project.objects.update(deleted_at=timezone.now())
    with pytest.raises(Exception, match="No Project matches"):
        reviews.request_review(project=stale, mentorship=mentorship, question="")
    assert not Review.objects.exists()


# --- Who is gone, or no longer may ----------------------------------------------------------------------------------


def test_the_mentors_own_words_are_there_after_the_end_and_nobody_elses(review, page, mentor, learner, mentorship, sign_in: SignIn) -> None:
    client = sign_in(mentor)
    client.post(f"{page}draft/", {**hidden(client.get(page)), "reason": "Half a sentence"})
    reviews.keep_comment(review=review, mentorship=mentorship, words=Words("Cut here."))
    relations.end_mentorship(mentorship=mentorship, by=learner)
    answer = client.get(page)
    assert (answer.status_code, texts(answer, ".own-words")) == (404, ["Cut here.", "Half a sentence"])
    assert "Is my split fair?" not in answer.content.decode()
    assert "Amina" not in answer.content.decode()


def test_an_administrator_who_once_was_the_mentor_reads_as_an_administrator(review, page, mentor, sign_in: SignIn) -> None:
    User.objects.filter(pk=mentor.pk).update(is_superuser=True, is_staff=True)
    client = sign_in(User.objects.get(pk=mentor.pk))
    assert texts(client.get(page), "#review-form")
    Mentorship.objects.update(ended_at=timezone.now())
    answer = client.get(page)
    assert (answer.status_code, texts(answer, "#review-form")) == (200, [])


def test_nobody_is_reminded_of_somebody_whose_account_is_closed(review, learner) -> None:
    Review.objects.update(asked_at=timezone.now() - timedelta(days=29))
    User.objects.filter(pk=learner.pk).update(is_active=False)
    assert (reviews.remind_reviewers(), reviews.close_unanswered(), letters("review-asked")) == (0, 0, [])


def test_the_usual_wait_does_not_count_the_time_of_a_withdrawal(review, project, mentorship, mentor, monkeypatch) -> None:
    monkeypatch.setattr(standing, "WAITS_NEEDED", 1)
    Comment.objects.update(written_at=timezone.now() - timedelta(days=100))
    reviews.withdraw_review(review=review, version=review.version)
    answered(reviews.request_review(project=project, mentorship=mentorship, question="Now.").review, mentorship, "approved")
    assert standing.usual_waits([mentor.pk])[mentor.pk] == standing.Wait(1, 1)
