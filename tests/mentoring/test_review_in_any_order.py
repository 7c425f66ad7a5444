"""Whatever a learner and two mentors do about one project, in any order and from pages that are out of date: one truth, and no word lost."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from lxml import html

from accounts.letters import compose
from accounts.models import Mail, User
from roadmap.mentoring.models import Comment, MentorProfile, Mentorship, Review
from roadmap.mentoring.relation import services as relations
from roadmap.mentoring.reviews import services as reviews
from roadmap.mentoring.tasks import follow_up_reviews
from roadmap.portfolio.models import Project
from roadmap.web import limits
from tests.factories import MentorshipFactory, ProjectFactory, UserFactory

pytestmark = pytest.mark.django_db

mentors = st.integers(0, 1)
picks = st.integers(0, 30)
verdicts = st.sampled_from(["approved", "changes", "comments"])


class OneProject(RuleBasedStateMachine):
    """Everything goes through the pages, in sessions that stay open. Each text is written once: `sent` were taken, `refused` were not."""

    def __init__(self) -> None:
        super().__init__()
        # What is due is asked of everybody: nobody is left from the run before.
        User.objects.all().delete()
        self.learner: User = UserFactory()
        self.mentors: list[User] = [UserFactory(), UserFactory()]
        self.project: Project = ProjectFactory(learner=self.learner)
        self.tabs = {person.pk: Client() for person in (self.learner, *self.mentors)}
        for person in (self.learner, *self.mentors):
            self.tabs[person.pk].force_login(person)
        self.sees = [True, True]
        self.pauses = [False, False]
        for mentor in self.mentors:
            MentorshipFactory(learner=self.learner, mentor=mentor)
        self.is_deleted = False
        self.pages: list[tuple[int, str, dict[str, str]]] = []
        self.written = 0
        self.sent: set[str] = set()
        self.refused: set[str] = set()
        self.drafted: dict[tuple[str, int], str] = {}

    # --- What they do with --------------------------------------------------------------------------------------

    def post(self, person: User, address: str, **values: object) -> Any:
        return self.tabs[person.pk].post(address, values)

    def words(self) -> str:
        self.written += 1
        return f"These are words number {self.written}."

    def open_review(self) -> Review | None:
        return Review.objects.open().filter(project=self.project).first()

    def shows(self, mentor: int) -> bool:
        return self.sees[mentor] and not self.is_deleted

    # --- The learner --------------------------------------------------------------------------------------------

    @rule(mentor=mentors)
    def learner_asks(self, mentor: int) -> None:
        # How often one may ask is of another test.
        limits.forget()
        standing, question = self.open_review(), self.words()
        answer = self.post(
            self.learner, f"/projects/{self.project.pk}/request-review/", mentor=self.mentors[mentor].handle, question=question
        )
        theirs = standing is not None and standing.reviewer == self.mentors[mentor]
        waits = standing is not None and not theirs and not self.may_leave(standing)
        if self.is_deleted:
            assert answer.status_code == 404
        elif not self.sees[mentor] or self.pauses[mentor] or waits:
            assert answer.status_code == 422
            assert question in answer.content.decode()
        else:
            assert answer.status_code == 302
            now = self.open_review()
            assert now is not None
            assert (now.state, now.reviewer) == ("asked", self.mentors[mentor])
            if not (theirs and standing and standing.state == "asked"):
                self.sent.add(question)
                assert now.question == question

    def may_leave(self, standing: Review) -> bool:
        long = standing.state == "asked" and timezone.now() - standing.asked_at >= timedelta(days=7)
        return long or not self.sees[self.mentors.index(standing.reviewer)]

    @rule(number=picks, is_stale=st.booleans())
    def learner_withdraws(self, number: int, is_stale: bool) -> None:
        rows = list(Review.objects.filter(project=self.project).order_by("pk"))
        if not rows:
            return
        row = rows[number % len(rows)]
        before = (row.state, row.version)
        answer = self.post(self.learner, f"/mentoring/reviews/{row.pk}/withdraw/", version=row.version - is_stale)
        row.refresh_from_db()
        if before[0] in ("asked", "changes") and not is_stale:
            assert (answer.status_code, row.state) == (302, "withdrawn")
        else:
            assert (row.state, row.version) == before
            assert answer.status_code == (302 if row.state == "withdrawn" else 409)

    @rule(number=picks)
    def learner_replies(self, number: int) -> None:
        rows = list(Review.objects.filter(project=self.project).order_by("pk"))
        if rows:
            row, text = rows[number % len(rows)], self.words()
            answer = self.post(self.learner, f"/mentoring/reviews/{row.pk}/reply/", **{"reply-text": text})
            self.taken(answer, text, is_taken=row.state in ("asked", "changes", "approved"))

    @rule()
    def learner_deletes_or_restores_the_project(self) -> None:
        self.is_deleted = not self.is_deleted
        Project.objects.filter(pk=self.project.pk).update(deleted_at=timezone.now() if self.is_deleted else None)

    # --- The mentors --------------------------------------------------------------------------------------------

    @rule(mentor=mentors)
    def mentor_opens_the_page(self, mentor: int) -> None:
        for row in Review.objects.filter(project=self.project, reviewer=self.mentors[mentor]):
            answer = self.tabs[self.mentors[mentor].pk].get(f"/mentoring/reviews/{row.pk}/")
            assert answer.status_code == (200 if self.shows(mentor) else 404)
            fields = html.fromstring(answer.content.decode()).cssselect("#review-form input[type=hidden]")
            if fields:
                self.pages.append((mentor, row.pk, {field.get("name"): field.get("value", "") for field in fields}))

    @rule(number=picks, verdict=verdicts, has_words=st.booleans(), presses=st.integers(1, 2))
    def mentor_sends(self, number: int, verdict: str, has_words: bool, presses: int) -> None:
        if not self.pages:
            return
        mentor, key, hidden = self.pages[number % len(self.pages)]
        before = Review.objects.get(pk=key)
        reason, text = self.words(), self.words() if has_words or verdict == "comments" else ""
        for _press in range(presses):
            answer = self.post(
                self.mentors[mentor], f"/mentoring/reviews/{key}/", **{**hidden, "verdict": verdict, "reason": reason, "text": text}
            )
        after = Review.objects.get(pk=key)
        is_current = before.state == "asked" and str(before.version) == hidden["version"]
        if verdict != "comments":
            self.taken(answer, reason, is_taken=self.shows(mentor) and is_current)
            assert (answer.status_code == 302) == (after.state == verdict and after.reason == reason)
        if text:
            self.taken(answer, text, is_taken=answer.status_code == 302)
        if answer.status_code == 302:
            self.drafted.pop((key, mentor), None)
        else:
            assert (after.state, after.version, after.reason) == (before.state, before.version, before.reason)
            assert answer.status_code == (409 if self.shows(mentor) else 404)

    @rule(number=picks)
    def mentor_saves_a_draft(self, number: int) -> None:
        if not self.pages:
            return
        mentor, key, hidden = self.pages[number % len(self.pages)]
        text = self.words()
        answer = self.post(self.mentors[mentor], f"/mentoring/reviews/{key}/draft/", **{**hidden, "reason": text})
        self.refused.add(text)
        if answer.status_code == 302:
            self.drafted[key, mentor] = text
        else:
            assert text in answer.content.decode()
            assert answer.status_code == (409 if self.shows(mentor) else 404)

    @rule(number=picks)
    def mentor_keeps_a_comment(self, number: int) -> None:
        if not self.pages:
            return
        mentor, key, hidden = self.pages[number % len(self.pages)]
        text = self.words()
        answer = self.post(self.mentors[mentor], f"/mentoring/reviews/{key}/comments/", **{**hidden, "text": text})
        kept = Comment.objects.filter(text=text)
        assert kept.filter(is_draft=True).exists() == (answer.status_code == 302)
        assert kept.count() == int(answer.status_code == 302)
        if answer.status_code == 302:
            self.drafted.pop((key, mentor), None)
        else:
            assert text in answer.content.decode()

    @rule(mentor=mentors)
    def mentor_pauses_or_goes_on(self, mentor: int) -> None:
        self.pauses[mentor] = not self.pauses[mentor]
        until = timezone.now().date() + timedelta(days=90) if self.pauses[mentor] else None
        MentorProfile.objects.update_or_create(mentor=self.mentors[mentor], defaults={"paused_until": until})

    # --- What happens to them -----------------------------------------------------------------------------------

    @rule(mentor=mentors, how=st.sampled_from(["ended", "ran out", "hidden"]))
    def mentor_sees_no_more_or_again(self, mentor: int, how: str) -> None:
        person = self.mentors[mentor]
        if not self.sees[mentor]:
            Mentorship.objects.filter(mentor=person).delete()
            MentorshipFactory(learner=self.learner, mentor=person)
        elif how == "ended":
            relations.end_mentorship(mentorship=Mentorship.objects.get(mentor=person), by=self.learner)
            assert not Review.objects.open().filter(reviewer=person).exists()
        elif how == "ran out":
            Mentorship.objects.filter(mentor=person).update(ends_on=timezone.now().date() - timedelta(days=1))
        else:
            Mentorship.objects.filter(mentor=person).update(scopes=["progress"])
        self.sees[mentor] = not self.sees[mentor]

    @rule(days=st.integers(1, 30))
    def days_go_by(self, days: int) -> None:
        Review.objects.filter(state="asked").update(asked_at=reviews.F("asked_at") - timedelta(days=days))
        due = self.open_review()
        before = Mail.objects.count()
        follow_up_reviews(timestamp=0)
        first = Mail.objects.count() - before
        follow_up_reviews(timestamp=0)
        assert Mail.objects.count() - before == first
        if due and not self.shows(self.mentors.index(due.reviewer)):
            assert first == 0

    # --- What holds ---------------------------------------------------------------------------------------------

    def taken(self, answer: Any, text: str, *, is_taken: bool) -> None:
        """A text is written down, or comes back in the answer."""
        (self.sent if is_taken else self.refused).add(text)
        assert (answer.status_code == 302) == is_taken
        if not is_taken:
            assert text in answer.content.decode()

    @invariant()
    def what_was_taken_is_there_once_and_what_was_refused_is_not(self) -> None:
        said = list(Comment.objects.filter(review__project=self.project, is_draft=False).values_list("text", flat=True))
        assert len(set(said)) == len(said)
        assert self.sent <= set(said)
        assert not self.refused & set(said)

    @invariant()
    def drafts_stay(self) -> None:
        for (key, _mentor), text in self.drafted.items():
            assert Review.objects.get(pk=key).draft["reason"] == text

    @invariant()
    def each_verdict_has_its_words_and_the_learner_reads_no_draft(self) -> None:
        for row in Review.objects.filter(project=self.project):
            if row.state in ("approved", "changes"):
                assert row.comments.get(kind=row.state, look=row.looks).text == row.reason
            page = self.tabs[self.learner.pk].get(f"/mentoring/reviews/{row.pk}/")
            assert page.status_code == 200
            for draft in row.comments.filter(is_draft=True):
                assert draft.text not in page.content.decode()

    @invariant()
    def no_mail_goes_to_a_mentor_who_sees_nothing(self) -> None:
        for number, mentor in enumerate(self.mentors):
            if not self.shows(number):
                mails = Mail.objects.filter(kind__startswith="review", person__in=[mentor, self.learner])
                about = set(Review.objects.filter(reviewer=mentor).values_list("pk", flat=True))
                assert not [mail for mail in mails if mail.about.partition(":")[0] in about and compose(mail)]


def test_one_truth_and_no_word_lost(curriculum: SimpleNamespace) -> None:
    run_state_machine_as_test(
        OneProject, settings=settings(max_examples=6, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck))
    )
