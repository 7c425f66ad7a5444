"""A review from the request to the verdict, as the services keep it: whose turn it is, what wins, what is never lost."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.letters import compose
from accounts.models import Mail, User
from roadmap.curriculum import snapshot
from roadmap.mentoring.access import Ended
from roadmap.mentoring.models import Comment, MentorProfile, Mentorship, Review, RubricMark
from roadmap.mentoring.relation import services as relations
from roadmap.mentoring.reviews import services as reviews
from roadmap.mentoring.reviews import standing
from roadmap.mentoring.reviews.rubric import LEVELS, results, rubric_of
from roadmap.mentoring.reviews.services import Outdated, Words
from roadmap.mentoring.tasks import follow_up_reviews
from roadmap.portfolio.models import Inspection, Project
from tests.factories import IdeaFactory, MentorshipFactory, ProjectFactory, ReviewFactory, UserFactory

REASON = "Honest errors; next, split by month."


@pytest.fixture
def mentorship(learner: User, mentor: User) -> Mentorship:
    return MentorshipFactory(learner=learner, mentor=mentor)


@pytest.fixture
def project(learner: User, curriculum: SimpleNamespace) -> Project:
    return ProjectFactory(learner=learner)


def ask(project: Project, mentorship: Mentorship, question: str = "Is my split fair?") -> Review:
    return reviews.request_review(project=project, mentorship=mentorship, question=question).review


def answer(review: Review, mentorship: Mentorship, verdict: str = "changes", **changes: Any) -> None:
    given = {
        "reason": REASON,
        "rubric": rubric_of(review.project, snapshot.current()),
        "levels": {},
        "words": None,
        "commit": review.commit,
    }
    reviews.answer_review(review=review, mentorship=mentorship, verdict=verdict, **{**given, "version": review.version, **changes})


def draft(review: Review, mentorship: Mentorship, text: str, *, desk: str = "one", version: int = 1) -> None:
    reviews.save_draft(review=review, mentorship=mentorship, version=version, desk=desk, draft={"reason": text})


def again(review: Review) -> Review:
    return Review.objects.get(pk=review.pk)


def pushed(project: Project, commit: str) -> None:
    Inspection.objects.filter(project=project).update(commit=commit)


def waited(review: Review, days: float) -> Review:
    Review.objects.filter(pk=review.pk).update(asked_at=timezone.now() - timedelta(days=days))
    return again(review)


def mails(kind: str) -> list[str]:
    return [mail.to for mail in Mail.objects.filter(kind=kind).order_by("pk")]


# --- Asking ---------------------------------------------------------------------------------------------------------


def test_learner_asks_and_it_is_the_mentors_turn(project, mentorship, mentor) -> None:
    review = ask(project, mentorship)
    assert (review.state, review.reviewer, review.reviewer_name, review.commit, review.looks) == (
        "asked",
        mentor,
        "Jonas Weber",
        "a" * 40,
        1,
    )
    assert [(said.kind, said.author_name, said.text) for said in standing.comments_of(review)] == [
        ("request", "Amina Yusuf", "Is my split fair?")
    ]
    assert mails("review-asked") == [mentor.email]


def test_asking_twice_is_asking_once(project, mentorship) -> None:
    first = ask(project, mentorship)
    second = reviews.request_review(project=project, mentorship=mentorship, question="Again?")
    assert (second.review, second.was_there) == (first, True)
    assert (Review.objects.count(), Comment.objects.count(), len(mails("review-asked"))) == (1, 1, 1)


@pytest.mark.parametrize("change", [{"ended_at": timezone.now()}, {"scopes": ["progress"]}, {"ends_on": "2020-01-01"}])
def test_nobody_is_asked_who_may_not_see_the_project(project, mentorship, change) -> None:
    Mentorship.objects.update(**change)
    with pytest.raises(Ended):
        ask(project, mentorship)
    assert not Review.objects.exists()
    assert not Mail.objects.exists()


def test_a_mentor_who_pauses_is_not_asked(project, mentorship, mentor) -> None:
    until = timezone.now().date() + timedelta(days=3)
    MentorProfile.objects.create(mentor=mentor, paused_until=until)
    with pytest.raises(reviews.Paused) as paused:
        ask(project, mentorship)
    assert paused.value.until == until
    MentorProfile.objects.update(paused_until=timezone.now().date())
    assert ask(project, mentorship).state == "asked"


def test_another_mentor_is_asked_after_a_week(project, mentorship, learner, other_mentor) -> None:
    first = ask(project, mentorship)
    other = MentorshipFactory(learner=learner, mentor=other_mentor)
    waited(first, 6.9)
    with pytest.raises(reviews.WithSomebodyElse):
        ask(project, other)
    waited(first, 7)
    second = ask(project, other)
    assert (again(first).state, second.state, second.reviewer) == ("closed", "asked", other_mentor)


def test_another_mentor_is_asked_at_once_where_nobody_is_there_to_answer(project, mentorship, learner, mentor, other_mentor) -> None:
    first = ask(project, mentorship)
    other = MentorshipFactory(learner=learner, mentor=other_mentor)
    Mentorship.objects.filter(pk=mentorship.pk).update(scopes=["progress"])
    assert ask(project, other).reviewer == other_mentor
    assert again(first).state == "closed"


# --- The answer -----------------------------------------------------------------------------------------------------


def test_mentor_answers_with_levels_comments_and_a_reason(project, mentorship, mentor, learner) -> None:
    review = ask(project, mentorship)
    reviews.keep_comment(review=review, mentorship=mentorship, words=Words("Cut on training rows.", 0, "src/clean.py", 41))
    assert standing.comments_of(review) == [Comment.objects.get(kind="request")]
    answer(review, mentorship, levels={0: 2, 3: 1}, words=Words("And one more."))
    review = again(review)
    assert (review.state, review.reason, review.version, review.draft, review.answered_at is not None) == ("changes", REASON, 2, {}, True)
    assert [(said.kind, said.text, said.path, said.line, said.commit) for said in standing.comments_of(review)[1:]] == [
        ("comment", "Cut on training rows.", "src/clean.py", 41, "a" * 40),
        ("comment", "And one more.", "", None, "a" * 40),
        ("changes", REASON, "", None, "a" * 40),
    ]
    assert [(mark.place, mark.level, mark.look) for mark in RubricMark.objects.order_by("place")] == [(0, 2, 1), (3, 1, 1)]
    assert mails("review-answered") == [learner.email]


def test_answering_twice_is_answering_once(project, mentorship) -> None:
    review = ask(project, mentorship)
    answer(review, mentorship, levels={0: 2})
    answer(review, mentorship, levels={0: 2})
    assert (Comment.objects.filter(kind="changes").count(), len(mails("review-answered")), again(review).version) == (1, 1, 2)


def test_second_look_keeps_what_was_said_and_says_what_changed(project, mentorship) -> None:
    review = ask(project, mentorship)
    answer(review, mentorship, levels={0: 1, 1: 3})
    pushed(project, "b" * 40)
    second = ask(project, mentorship, "Is it clear now?")
    assert (second.pk, second.looks, second.state, second.commit_before, second.commit) == (review.pk, 2, "asked", "a" * 40, "b" * 40)
    answer(second, mentorship, "approved", levels={0: 2})
    assert [(result.level, result.word, result.before) for result in results(second.marks.all())] == [(2, "Solid", 1)]
    assert [(said.kind, said.look) for said in standing.comments_of(review)] == [
        ("request", 1), ("changes", 1), ("request", 2), ("approved", 2),
    ]  # fmt: skip


def test_after_an_approval_a_new_review_begins(project, mentorship) -> None:
    first = ask(project, mentorship)
    answer(first, mentorship, "approved")
    second = ask(project, mentorship)
    assert second.pk != first.pk
    assert (again(first).state, second.looks) == ("approved", 1)


def test_comments_alone_leave_the_turn_where_it_is(project, mentorship) -> None:
    review = ask(project, mentorship)
    draft(review, mentorship, "So far so good")
    assert reviews.send_comments(review=review, mentorship=mentorship, words=Words("Which month is the data from?")) == 1
    assert (again(review).state, again(review).draft["reason"]) == ("asked", "So far so good")


# --- Rubrics --------------------------------------------------------------------------------------------------------


def test_rubric_is_that_of_the_idea_or_the_general_one(project, curriculum) -> None:
    general = rubric_of(project, snapshot.current())
    assert len(general) == 6
    assert all(len(set(line.levels)) == len(LEVELS) == 4 for line in general)
    project.idea = IdeaFactory(stage=curriculum.models, slug="churn", rubric=["Fair **split**"])
    assert [line.title for line in rubric_of(project, snapshot.current())] == ["Fair **split**"]


def test_lines_of_the_general_rubric_fit_where_they_are_kept(project) -> None:
    for line in rubric_of(project, snapshot.current()):
        assert len(line.title) <= 200
        assert all(len(says) <= 300 for says in line.levels)


# --- Two at once, and nothing lost ----------------------------------------------------------------------------------


def test_withdrawal_before_the_verdict_wins_and_the_draft_stays(project, mentorship, mentor) -> None:
    review = ask(project, mentorship)
    draft(review, mentorship, REASON)
    reviews.keep_comment(review=review, mentorship=mentorship, words=Words("A comment."))
    reviews.withdraw_review(review=review, version=review.version)
    with pytest.raises(Outdated) as outdated:
        answer(review, mentorship)
    assert outdated.value.review.state == "withdrawn"
    assert (again(review).draft["reason"], [said.text for said in standing.drafts_of(review, mentor)]) == (REASON, ["A comment."])
    assert not mails("review-answered")


def test_verdict_before_the_withdrawal_wins(project, mentorship) -> None:
    review = ask(project, mentorship)
    answer(review, mentorship)
    with pytest.raises(Outdated) as outdated:
        reviews.withdraw_review(review=review, version=review.version)
    assert (outdated.value.review.state, outdated.value.review.reason) == ("changes", REASON)


def test_withdrawing_twice_is_withdrawing_once(project, mentorship) -> None:
    review = ask(project, mentorship)
    reviews.withdraw_review(review=review, version=review.version)
    reviews.withdraw_review(review=review, version=review.version)
    assert (again(review).state, again(review).version) == ("withdrawn", 2)


def test_asking_again_after_a_withdrawal_brings_the_draft_back(project, mentorship) -> None:
    review = ask(project, mentorship)
    draft(review, mentorship, REASON)
    reviews.withdraw_review(review=review, version=review.version)
    asked = ask(project, mentorship, "Sorry, now.")
    assert (asked.pk, asked.state, asked.looks, asked.draft["reason"]) == (review.pk, "asked", 1, REASON)


def test_drafts_of_two_tabs_do_not_overwrite_each_other(project, mentorship) -> None:
    review = ask(project, mentorship)
    draft(review, mentorship, "one", desk="one")
    draft(review, mentorship, "one and more", desk="one")
    with pytest.raises(Outdated):
        draft(review, mentorship, "two", desk="two")
    assert again(review).draft["reason"] == "one and more"
    draft(review, mentorship, "two", desk="two", version=again(review).draft_version)
    with pytest.raises(Outdated):
        draft(review, mentorship, "one again", desk="one")
    assert again(review).draft["reason"] == "two"


def test_a_draft_that_arrives_after_the_verdict_changes_nothing(project, mentorship) -> None:
    review = ask(project, mentorship)
    answer(review, mentorship)
    with pytest.raises(Outdated):
        draft(review, mentorship, "late")
    assert again(review).draft == {}


@pytest.mark.parametrize("write", ["answer", "draft", "comment", "send", "reply"])
def test_nothing_is_written_after_the_end(project, mentorship, mentor, learner, write) -> None:
    review = ask(project, mentorship)
    relations.end_mentorship(mentorship=mentorship, by=learner)
    before = (Comment.objects.count(), again(review).version)
    writes: dict[str, Callable[[], Any]] = {
        "answer": lambda: answer(review, mentorship),
        "draft": lambda: draft(review, mentorship, "late"),
        "comment": lambda: reviews.keep_comment(review=review, mentorship=mentorship, words=Words("late")),
        "send": lambda: reviews.send_comments(review=review, mentorship=mentorship, words=Words("late")),
        "reply": lambda: reviews.reply(review=review, author=mentor, mentorship=mentorship, words=Words("late")),
    }
    with pytest.raises(Ended):
        writes[write]()
    assert (Comment.objects.count(), again(review).version, again(review).state) == (*before, "closed")


@pytest.mark.django_db(transaction=True)
def test_two_verdicts_at_once_one_wins(project, mentorship, together) -> None:
    review = ask(project, mentorship)

    def send(number: int) -> str:
        try:
            answer(review, mentorship, ["changes", "approved"][number % 2], reason=f"Reason of number {number}.", levels={0: number % 4})
        except Outdated as outdated:
            return outdated.review.reason
        return "won"

    told = together(6, send)
    assert told.count("won") == 1
    review = again(review)
    assert {sentence for sentence in told if sentence != "won"} == {review.reason}
    assert Comment.objects.filter(kind__in=["changes", "approved"]).get().text == review.reason
    assert (RubricMark.objects.count(), review.version) == (1, 2)


@pytest.mark.django_db(transaction=True)
def test_verdict_withdrawal_and_end_at_once_leave_one_truth(project, mentorship, learner, together) -> None:
    review = ask(project, mentorship)

    def act(number: int) -> str:
        try:
            if number == 0:
                answer(review, mentorship)
            elif number == 1:
                reviews.withdraw_review(review=review, version=review.version)
            else:
                relations.end_mentorship(mentorship=mentorship, by=learner)
        except (Outdated, Ended):
            return "late"
        return "done"

    told = together(3, act)
    review = again(review)
    assert told[2] == "done"
    assert Comment.objects.filter(kind="changes").count() == int(told[0] == "done")
    assert not (told[0] == told[1] == "done")
    assert review.state in ("closed", "withdrawn")


@pytest.mark.django_db(transaction=True)
def test_asking_at_once_makes_one_review(project, mentorship, together) -> None:
    asked = together(6, lambda number: ask(project, mentorship, f"Question {number}").pk)
    assert len(set(asked)) == 1
    assert (Review.objects.count(), Comment.objects.count()) == (1, 1)


def test_name_stays_when_the_mentor_deletes_the_account(project, mentorship, mentor, learner, other_mentor) -> None:
    review = ask(project, mentorship)
    answer(review, mentorship, levels={0: 2})
    second = ask(project, mentorship)
    with transaction.atomic():
        mentor.delete()
    review = again(review)
    assert (review.reviewer, review.reviewer_name, review.state) == (None, "Jonas Weber", "asked")
    assert [said.author_name for said in standing.comments_of(review)] == ["Amina Yusuf", "Jonas Weber", "Amina Yusuf"]
    assert RubricMark.objects.count() == 1
    assert ask(project, MentorshipFactory(learner=learner, mentor=other_mentor)).reviewer == other_mentor
    assert again(second).state == "closed"


# --- Words ----------------------------------------------------------------------------------------------------------


def test_drafts_are_the_authors_alone(project, mentorship, mentor, learner) -> None:
    review = ask(project, mentorship)
    reviews.keep_comment(review=review, mentorship=mentorship, words=Words("Mine."))
    reviews.keep_comment(review=review, mentorship=mentorship, words=Words("Mine."))
    assert len(standing.drafts_of(review, mentor)) == 1
    assert standing.drafts_of(review, learner) == []
    kept = standing.drafts_of(review, mentor)[0].pk
    reviews.drop_comment(review=review, author=learner, comment=kept)
    assert len(standing.drafts_of(review, mentor)) == 1
    reviews.drop_comment(review=review, author=mentor, comment=kept)
    assert standing.drafts_of(review, mentor) == []


def test_reply_twice_is_one_reply_and_none_after_a_withdrawal(project, mentorship, learner) -> None:
    review = ask(project, mentorship)
    for _repeat in range(2):
        reviews.reply(review=review, author=learner, mentorship=None, words=Words("It’s by month."))
    assert [said.text for said in standing.comments_of(review)] == ["Is my split fair?", "It’s by month."]
    reviews.withdraw_review(review=review, version=review.version)
    with pytest.raises(Outdated):
        reviews.reply(review=review, author=learner, mentorship=None, words=Words("More."))


def test_phrases_are_kept_once_and_up_to_a_limit(mentor, monkeypatch) -> None:
    monkeypatch.setattr(reviews, "MOST_PHRASES", 2)
    for text in ("Split by time.", "Name the baseline.", "Split by time."):
        reviews.save_phrase(mentor=mentor, text=text)
    assert [phrase.text for phrase in standing.phrases_of(mentor)] == ["Name the baseline.", "Split by time."]
    with pytest.raises(reviews.TooMany):
        reviews.save_phrase(mentor=mentor, text="One more.")


# --- The usual wait -------------------------------------------------------------------------------------------------


def answered_after(mentor: User, days: float, *, ago: int = 30) -> None:
    review = ReviewFactory(reviewer=mentor, state="approved", reason=REASON)
    asked = timezone.now() - timedelta(days=ago)
    for kind, at in (("request", asked), ("approved", asked + timedelta(days=days))):
        author = mentor if kind == "approved" else review.project.learner
        Comment.objects.create(review=review, author=author, author_name=author.name, text="x", kind=kind, written_at=at)


def test_usual_wait_is_the_median_of_the_last_answers_or_not_said(mentor, other_mentor, db) -> None:
    for days in (1, 2, 2.5, 20):
        answered_after(mentor, days)
    assert standing.usual_waits([mentor.pk])[mentor.pk] == standing.Wait(None, 4)
    answered_after(mentor, 9)
    assert standing.usual_waits([mentor.pk, other_mentor.pk]) == {mentor.pk: standing.Wait(3, 5), other_mentor.pk: standing.Wait(None, 0)}


def test_usual_wait_forgets_what_is_long_ago(mentor, db) -> None:
    for _review in range(5):
        answered_after(mentor, 25, ago=300)
    for _review in range(10):
        answered_after(mentor, 1)
    assert standing.usual_waits([mentor.pk])[mentor.pk] == standing.Wait(1, 10)


def test_mentors_to_ask_take_two_statements_for_one_and_for_twenty(learner, mentorship, statements) -> None:
    with statements(exactly=2):
        assert len(standing.mentors_to_ask(learner)) == 1
    for _mentor in range(19):
        MentorshipFactory(learner=learner)
    with statements(exactly=2):
        assert len(standing.mentors_to_ask(learner)) == 20


# --- Reminders and the kind close -----------------------------------------------------------------------------------


def follow_up() -> None:
    follow_up_reviews(timestamp=0)


def test_mentor_is_reminded_after_7_14_and_21_days_each_once(project, mentorship, mentor) -> None:
    review = ask(project, mentorship)
    counts = []
    for days in (6.9, 7, 7.5, 13.9, 14, 14.1, 21, 27.9):
        waited(review, days)
        follow_up()
        counts.append(len(mails("review-waits")))
    assert counts == [0, 1, 1, 1, 2, 2, 3, 3]
    assert set(mails("review-waits")) == {mentor.email}


def test_whoever_was_forgotten_gets_one_reminder_not_three(project, mentorship) -> None:
    waited(ask(project, mentorship), 22)
    follow_up()
    follow_up()
    assert (len(mails("review-waits")), Review.objects.get().reminded) == (1, 3)


def test_review_is_closed_kindly_after_28_days_and_can_be_asked_again(project, mentorship, mentor, learner) -> None:
    review = waited(ask(project, mentorship), 28)
    follow_up()
    follow_up()
    assert again(review).state == "closed"
    assert sorted(mails("review-closed")) == sorted([mentor.email, learner.email])
    assert not mails("review-waits")
    reopened = ask(project, mentorship)
    assert (reopened.pk, reopened.state, reopened.looks, reopened.reminded) == (review.pk, "asked", 1, 0)


def test_nobody_is_reminded_who_pauses_or_whose_mentorship_is_over(project, mentorship, mentor) -> None:
    review = waited(ask(project, mentorship), 8)
    profile = MentorProfile.objects.create(mentor=mentor, paused_until=timezone.now().date() + timedelta(days=2))
    follow_up()
    assert mails("review-waits") == []
    profile.delete()
    Mentorship.objects.update(ended_at=timezone.now())
    waited(review, 29)
    follow_up()
    assert (mails("review-waits"), mails("review-closed")) == ([], [])


@pytest.mark.django_db(transaction=True)
def test_two_workers_remind_once(project, mentorship, together) -> None:
    waited(ask(project, mentorship), 8)
    together(4, lambda _number: reviews.remind_reviewers())
    assert len(mails("review-waits")) == 1


# --- Mail, asked again when it is sent ------------------------------------------------------------------------------


def letter(kind: str) -> Any:
    return compose(Mail.objects.filter(kind=kind).latest("pk"))


def test_mails_of_a_review_have_words_and_one_link(project, mentorship, mentor) -> None:
    review = ask(project, mentorship)
    asked = letter("review-asked")
    assert asked.subject == "Amina asks you to look at a project"
    assert f"/mentoring/reviews/{review.pk}/" in asked.body
    assert "Is my split fair?" not in asked.body
    waited(review, 7)
    follow_up()
    assert letter("review-waits").subject == "“Project-0” waits for your look".replace("Project-0", project.title)
    answer(again(review), mentorship)
    assert letter("review-answered").subject == f"Jonas Weber has looked at “{project.title}”"
    assert REASON not in letter("review-answered").body


def test_no_mail_says_what_is_no_longer_true(project, mentorship, learner) -> None:
    review = ask(project, mentorship)
    waited(review, 7)
    follow_up()
    answer(again(review), mentorship)
    assert letter("review-asked") is None
    assert letter("review-waits") is None
    assert letter("review-answered") is not None
    relations.end_mentorship(mentorship=mentorship, by=learner)
    assert letter("review-answered") is None


def test_reminder_that_was_overtaken_is_not_sent(project, mentorship) -> None:
    review = ask(project, mentorship)
    for days in (7, 14):
        waited(review, days)
        follow_up()
    first, second = Mail.objects.filter(kind="review-waits").order_by("pk")
    assert compose(first) is None
    assert compose(second) is not None


def test_close_is_not_told_when_it_was_asked_again(project, mentorship) -> None:
    waited(ask(project, mentorship), 28)
    follow_up()
    assert letter("review-closed") is not None
    ask(project, mentorship)
    assert letter("review-closed") is None


# --- What the database refuses --------------------------------------------------------------------------------------


def test_one_verdict_of_a_look(project, mentorship, mentor) -> None:
    review = ask(project, mentorship)
    answer(review, mentorship)
    with pytest.raises(Exception, match="one_verdict_of_a_look"), transaction.atomic(), connection.cursor():
        Comment.objects.create(review=review, author=mentor, author_name="x", text="y", kind="approved")


def test_who_reads_a_review(project, mentorship, learner, mentor, other_mentor, admin_user) -> None:
    review = ask(project, mentorship)
    MentorshipFactory(learner=learner, mentor=other_mentor)
    may = [person for person in (learner, mentor, other_mentor, admin_user, UserFactory()) if review in Review.objects.visible_to(person)]
    assert may == [learner, mentor, admin_user]
    Project.objects.update(deleted_at=timezone.now())
    assert [person for person in (learner, mentor) if review in Review.objects.visible_to(person)] == [learner]
