"""What the reading of a repository tells a review: what was found in a line, and which commit another look is about."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.test import Client
from lxml import html

from accounts.models import User
from roadmap.mentoring.models import Mentorship, Review
from roadmap.mentoring.reviews import services as reviews
from roadmap.portfolio.models import Inspection, Project
from tests.factories import EvidenceFactory, MentorshipFactory, ProjectFactory
from tests.parsed import texts

SignIn = Callable[..., Client]
LINE = f"/blob/{'a' * 40}/src/model.py#L12"


@pytest.fixture
def mentorship(learner: User, mentor: User) -> Mentorship:
    return MentorshipFactory(learner=learner, mentor=mentor)


@pytest.fixture
def project(learner: User, curriculum: SimpleNamespace) -> Project:
    project = ProjectFactory(learner=learner)
    EvidenceFactory(project=project, skill=curriculum.numpy)
    return project


@pytest.fixture
def review(project: Project, mentorship: Mentorship) -> Review:
    return reviews.request_review(project=project, mentorship=mentorship, question="Is it fair?").review


@pytest.fixture
def page(review: Review) -> str:
    return f"/mentoring/reviews/{review.pk}/"


def test_mentor_is_led_to_the_lines_that_were_found(review: Review, page: str, project: Project, mentor: User, sign_in: SignIn) -> None:
    answer = sign_in(mentor).get(page)
    assert texts(answer, "section[aria-labelledby=found-title] li") == ["src/model.py:12 calls numpy.where"]
    (link,) = html.fromstring(answer.content.decode()).cssselect("section[aria-labelledby=found-title] a")
    assert link.get("href", "").endswith(f"{project.repository}{LINE}")


def test_comment_on_a_line_says_what_was_found_there(review: Review, page: str, mentor: User, mentorship: Mentorship, learner: User, sign_in: SignIn) -> None:  # fmt: skip
    words = reviews.Words("Which axis?", path="src/model.py", line=12)
    reviews.keep_comment(review=review, mentorship=mentorship, words=words)
    assert texts(sign_in(mentor).get(page), ".remark .who") == ["src/model.py:12 calls numpy.where Draft"]
    reviews.send_comments(review=review, mentorship=mentorship, words=reviews.Words("And here?", path="src/model.py", line=13))
    assert texts(sign_in(learner).get(page), ".thread .said > p.muted") == ["src/model.py:12 calls numpy.where", "src/model.py:13"]


def test_enter_in_a_field_keeps_the_comment_and_deletes_none(
    review: Review, page: str, mentor: User, mentorship: Mentorship, sign_in: SignIn
) -> None:
    reviews.keep_comment(review=review, mentorship=mentorship, words=reviews.Words("Which axis?"))
    first, *_others = html.fromstring(sign_in(mentor).get(page).content.decode()).cssselect("#review-form button")
    assert first.get("formaction") == f"{page}comments/"


@pytest.mark.parametrize(
    ("reading", "says"),
    [
        ({}, "at commit aaaaaaa, which Jonas Weber has looked at already. If your changes are on GitHub, let us read it again first."),
        ({"commit": "b" * 40}, "This look is about commit bbbbbbb, which we read on"),
        ({"state": Inspection.State.READING}, "The code is being read. Ask once that is done, and Jonas Weber sees what has changed."),
    ],
)
def test_learner_reads_which_commit_another_look_is_about(
    review: Review, page: str, project: Project, learner: User, reading: dict[str, str], says: str, sign_in: SignIn
) -> None:
    Review.objects.update(state=Review.State.CHANGES, reason="Split by month.")
    Inspection.objects.update(**reading)
    client = sign_in(learner)
    for address in (page, project.get_absolute_url()):
        answer = client.get(address)
        (note,) = texts(answer, "section[aria-labelledby=again-title] > .note, section[aria-labelledby=review] > .note")
        assert says in note
        assert ("Read it again first" in note) is ("state" not in reading)
