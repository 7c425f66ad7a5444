"""What the database refuses, whatever code runs."""

from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone

from roadmap.mentoring.models import Comment
from tests.factories import InvitationFactory, MentorshipFactory, ReviewFactory, SignOffFactory

pytestmark = pytest.mark.django_db
NOW, TODAY = timezone.now(), timezone.now().date()


def comment(**fields: Any) -> Comment:
    return Comment.objects.create(review=ReviewFactory(), **{"author_name": "Jonas Weber", "text": "Well split.", **fields})


@pytest.mark.parametrize(
    ("make", "fields", "constraint"),
    [
        (InvitationFactory, {"answered_at": NOW}, "an_answer_is_yes_or_no"),
        (InvitationFactory, {"answered_at": NOW, "is_accepted": True, "withdrawn_at": NOW}, "answered_or_withdrawn"),
        (InvitationFactory, {"successor": "priya@example.org"}, "a_learner_is_handed_over"),
        (InvitationFactory, {"scopes": ["everything"]}, "invitation_scopes_are_known"),
        (MentorshipFactory, {"scopes": ["everything"]}, "mentorship_scopes_are_known"),
        (MentorshipFactory, {"next_step_on": TODAY}, "a_day_has_its_step"),
        (ReviewFactory, {"state": "approved"}, "a_verdict_has_its_reason"),
        (comment, {"line": 12}, "a_line_has_its_file"),
        (comment, {"text": ""}, "only_a_request_is_wordless"),
        (SignOffFactory, {"note": ""}, "a_sign_off_has_its_word"),
        (SignOffFactory, {"withdrawn_at": NOW}, "a_withdrawal_has_its_reason"),
    ],
)
def test_database_refuses(make: Any, fields: dict[str, Any], constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint):
        make(**fields)


def test_database_knows_nobody_who_ended_what_goes_on() -> None:
    mentorship = MentorshipFactory()
    mentorship.ended_by = mentorship.learner
    with pytest.raises(IntegrityError, match="who_ended_it_has_ended_it"):
        mentorship.save()


def test_database_knows_nobody_who_mentors_oneself(learner: Any) -> None:
    with pytest.raises(IntegrityError, match="nobody_mentors_oneself"):
        MentorshipFactory(mentor=learner, learner=learner)


def test_two_are_mentor_and_mentee_once_at_a_time() -> None:
    first = MentorshipFactory(ended_at=NOW)
    second = MentorshipFactory(mentor=first.mentor, learner=first.learner)
    with pytest.raises(IntegrityError, match="one_mentorship_at_a_time"):
        MentorshipFactory(mentor=second.mentor, learner=second.learner)


def test_project_has_one_open_review() -> None:
    with pytest.raises(IntegrityError, match="one_open_review_of_a_project"):
        ReviewFactory(project=ReviewFactory().project, state="changes", reason="Say why.")
