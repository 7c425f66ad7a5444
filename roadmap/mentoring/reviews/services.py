"""A review from the request to the verdict: asking, drafts, comments, the answer, a second look, withdrawal, reminders and the end.

`Review.state` says whose turn it is. Every change of it is one conditional statement that names the version it was made from, so
that of two at the same moment one wins, and the other is told what stands (`Outdated`). What a mentor writes holds the mentorship
meanwhile, so that its end comes before or after, never between.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.models import Mail, Person, User
from accounts.services import send_mail
from roadmap.mentoring.access import hold
from roadmap.mentoring.models import Comment, MentorProfile, Mentorship, Review, RubricMark, SavedPhrase, Scope
from roadmap.mentoring.querysets import ReviewQuerySet
from roadmap.portfolio.models import Project

from .rubric import Line
from .standing import can_reply, drafts_of, last_review, may_ask_another, pause_of, read_commit, sent_by

# Days after which a mentor is reminded, and after which a review that nobody answered is closed.
REMIND_DAYS = (7, 14, 21)
CLOSE_DAYS = 28
MOST_PHRASES = 50
# Drafts of one look: more than anybody writes, fewer than would fill a table.
MOST_COMMENTS = 200


class Outdated(Exception):
    """Somebody was a moment earlier; `review` is what stands now. Nothing of what was sent is saved, and no draft is lost."""

    def __init__(self, review: Review) -> None:
        super().__init__(review.pk)
        self.review = review


class Paused(Exception):
    """The mentor takes no reviews before `until`."""

    def __init__(self, until: date) -> None:
        super().__init__(until)
        self.until = until


class WithSomebodyElse(Exception):
    """The project waits for another mentor, or for what that one asked for; `review` is that review."""

    def __init__(self, review: Review) -> None:
        super().__init__(review.pk)
        self.review = review


class TooMany(Exception):
    """More comments or phrases than one may keep."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What asking did: the review, and whether it waited already."""

    review: Review
    was_there: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """A comment as it was written: its text, and the line of the rubric or of a file that it is about."""

    text: str
    rubric_place: int | None = None
    path: str = ""
    line: int | None = None


# --- The learner's turn ---------------------------------------------------------------------------------------------


def request_review(*, project: Project, mentorship: Mentorship, question: str) -> Asked:
    """The learner asks a mentor to look at a project: for the first time, again after changes, or again after a withdrawal or a close.

    What was said before stands. Twice is once. Raises Ended, Paused, WithSomebodyElse, and Http404 where the project has been deleted.
    """
    with transaction.atomic():
        # Two requests for one project wait for each other.
        get_object_or_404(Project.objects.kept().select_for_update(no_key=True), pk=project.pk)
        held = hold(mentorship, Scope.PROJECTS)
        standing = (
            Review.objects.open().filter(project=project).select_related("project").select_for_update(no_key=True, of=("self",)).first()
        )
        if standing and standing.reviewer_id == held.mentor_id and standing.state == Review.State.ASKED:
            return Asked(standing, was_there=True)
        if until := pause_of(MentorProfile.objects.filter(mentor=held.mentor_id).first()):
            raise Paused(until)
        if standing and standing.reviewer_id != held.mentor_id:
            if not may_ask_another(standing):
                raise WithSomebodyElse(standing)
            Review.objects.filter(pk=standing.pk).update(state=Review.State.CLOSED, version=F("version") + 1)
        review = _asked_again(project, held, question) or _asked_first(project, held, question)
        comment = Comment(review=review, author_id=project.learner_id, author_name=project.learner.name, text=question)
        _say(comment, kind=Comment.Kind.REQUEST)
        _mail(Mail.Kind.REVIEW_ASKED, held.mentor, review)
    return Asked(review)


def _asked_first(project: Project, mentorship: Mentorship, question: str) -> Review:
    review: Review = Review.objects.create(
        project=project,
        reviewer=mentorship.mentor,
        reviewer_name=mentorship.mentor.name,
        question=question,
        asked_at=timezone.now(),
        commit=read_commit(project),
    )
    return review


def _asked_again(project: Project, mentorship: Mentorship, question: str) -> Review | None:
    """The review of this mentor that goes on: it has neither been approved nor been followed by another; None where there is none."""
    last = last_review(project, reviewer=mentorship.mentor)
    if last is None or last.state == Review.State.APPROVED:
        return None
    commit = read_commit(project)
    change: dict[str, Any] = {"question": question, "asked_at": timezone.now(), "commit": commit, "reminded": 0, "reason": ""}
    if last.answered_at:
        change |= {"looks": F("looks") + 1, "commit_before": last.commit, "answered_at": None}
    Review.objects.filter(pk=last.pk).update(**change, state=Review.State.ASKED, version=F("version") + 1)
    return Review.objects.select_related("project").get(pk=last.pk)


def withdraw_review(*, review: Review, version: int) -> None:
    """The learner takes the request back; the mentor's draft stays the mentor's. Twice is once. Raises Outdated where an answer came between."""
    withdrawn = {"state": Review.State.WITHDRAWN, "version": F("version") + 1}
    if Review.objects.open().filter(pk=review.pk, version=version).update(**withdrawn):
        return
    standing = _again(review)
    if standing.state != Review.State.WITHDRAWN:
        raise Outdated(standing)


# --- The mentor's turn ----------------------------------------------------------------------------------------------


def save_draft(*, review: Review, mentorship: Mentorship, version: int, desk: str, draft: Mapping[str, Any]) -> datetime:
    """Keeps what the mentor has typed so far; says when it was saved.

    `desk` is the open page that it was typed on: it may save again and again, and another page only from the `version` that stands.
    Raises Outdated and Ended.
    """
    now = timezone.now()
    with transaction.atomic():
        hold(mentorship, Scope.PROJECTS)
        same = Q(draft_version=version) | Q(draft__desk=desk)
        changed = _waiting(review, mentorship).filter(same).update(
            draft={**draft, "desk": desk}, drafted_at=now, draft_version=F("draft_version") + 1
        )  # fmt: skip
        if not changed:
            raise Outdated(_again(review))
    return now


def keep_comment(*, review: Review, mentorship: Mentorship, words: Words) -> None:
    """Keeps a comment for the answer; until then only its author sees it. Twice is once. Raises Outdated, Ended and TooMany."""
    with transaction.atomic():
        held = hold(mentorship, Scope.PROJECTS)
        if not _waiting(review, mentorship).select_for_update(no_key=True).exists():
            raise Outdated(_again(review))
        if len(drafts_of(review, held.mentor)) >= MOST_COMMENTS:
            raise TooMany
        _say(_comment(_again(review), held.mentor, words), is_draft=True)


def drop_comment(*, review: Review, author: Person, comment: int) -> None:
    """Deletes a draft of the author's own. Twice is once."""
    review.comments.filter(pk=comment, author_id=author.pk, is_draft=True).delete()


def send_comments(*, review: Review, mentorship: Mentorship, words: Words | None) -> int:
    """Sends the drafts, and what was being typed, without a verdict: it stays the mentor's turn. Twice is once.

    Says how many are new. Raises Outdated and Ended.
    """
    with transaction.atomic():
        held = hold(mentorship, Scope.PROJECTS)
        if not _waiting(review, mentorship).select_for_update(no_key=True).exists():
            raise Outdated(_again(review))
        sent = _send(_again(review), held.mentor, words)
        if sent:
            _mail(Mail.Kind.REVIEW_ANSWERED, review.project.learner, review)
    return sent


def answer_review(
    *,
    review: Review,
    mentorship: Mentorship,
    version: int,
    verdict: str,
    reason: str,
    rubric: Sequence[Line],
    levels: Mapping[int, int],
    words: Words | None,
    commit: str,
) -> None:
    """Sends the verdict with its reason, the levels given and all comments. Twice is once. Raises Outdated and Ended.

    `version` is the one that the mentor has read; `commit` the one that the mentor has looked at.
    """
    with transaction.atomic():
        held = hold(mentorship, Scope.PROJECTS)
        answer = {"state": verdict, "reason": reason, "answered_at": timezone.now(), "commit": commit}
        if not _waiting(review, mentorship).filter(version=version).update(**answer, version=F("version") + 1, draft={}, drafted_at=None):
            standing = _again(review)
            if (standing.version, standing.state, standing.reason) == (version + 1, verdict, reason):
                return
            raise Outdated(standing)
        answered = _again(review)
        marks = [
            RubricMark(
                review=answered, place=line.place, title=line.title[:200], level=level, says=line.levels[level][:300], look=answered.looks
            )
            for line in rubric
            if (level := levels.get(line.place)) is not None
        ]
        RubricMark.objects.bulk_create(marks)
        _send(answered, held.mentor, words)
        _say(_comment(answered, held.mentor, Words(reason)), kind=verdict)
        _mail(Mail.Kind.REVIEW_ANSWERED, review.project.learner, answered)


def _waiting(review: Review, mentorship: Mentorship) -> ReviewQuerySet:
    """This review, while it waits for this mentor."""
    return Review.objects.waiting_for_reviewer().filter(pk=review.pk, reviewer=mentorship.mentor_id, project__deleted_at=None)


def _send(review: Review, mentor: User, words: Words | None) -> int:
    """Publishes the drafts, and what was typed last unless it is there already; says how many comments that are."""
    sent: int = review.comments.filter(is_draft=True, author=mentor).update(
        is_draft=False, written_at=Now(), look=review.looks, author_name=mentor.name
    )
    if words and not sent_by(mentor, review).filter(**asdict(words)).exists():
        _say(_comment(review, mentor, words))
        sent += 1
    return sent


# --- Either's words -------------------------------------------------------------------------------------------------


def reply(*, review: Review, author: User, mentorship: Mentorship | None, words: Words) -> None:
    """The learner, or the mentor when it is the learner's turn, says something. Twice is once. Raises Outdated and Ended.

    `mentorship` is the mentor's; None for the learner.
    """
    with transaction.atomic():
        if mentorship:
            hold(mentorship, Scope.PROJECTS)
        standing: Review = Review.objects.select_for_update(no_key=True).get(pk=review.pk)
        if not can_reply(standing):
            raise Outdated(standing)
        said = standing.comments.filter(is_draft=False, author=author).order_by("-written_at", "-pk").first()
        if said and (said.text, said.kind, said.look) == (words.text, Comment.Kind.COMMENT, standing.looks):
            return
        if standing.comments.filter(author=author).count() >= MOST_COMMENTS:
            raise TooMany
        _say(_comment(standing, author, words))


def save_phrase(*, mentor: User, text: str) -> None:
    """Keeps a sentence for other reviews. Twice is once. Raises ValidationError and TooMany."""
    phrase = SavedPhrase(mentor=mentor, text=text)
    phrase.clean_fields()
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=mentor.pk)
        if SavedPhrase.objects.filter(mentor=mentor).exclude(text=text).count() >= MOST_PHRASES:
            raise TooMany
        SavedPhrase.objects.bulk_create([phrase], ignore_conflicts=True)


def drop_phrase(*, mentor: Person, phrase: int) -> None:
    """Forgets a sentence of the mentor's own. Twice is once."""
    SavedPhrase.objects.filter(mentor_id=mentor.pk, pk=phrase).delete()


# --- While nobody answers -------------------------------------------------------------------------------------------


def remind_reviewers(*, now: datetime | None = None) -> int:
    """Reminds mentors of what waits for them, once after each of REMIND_DAYS, and not while they pause. Says how many were reminded.

    Whoever has been away gets one reminder, not three.
    """
    now = now or timezone.now()
    reminded = 0
    for review in _overdue(now, REMIND_DAYS[0]).select_related("reviewer__mentor_profile"):
        due = sum(now - review.asked_at >= timedelta(days=days) for days in REMIND_DAYS)
        if review.reminded >= due or pause_of(getattr(review.reviewer, "mentor_profile", None)):
            continue
        with transaction.atomic():
            still = Review.objects.waiting_for_reviewer().filter(pk=review.pk, version=review.version, reminded__lt=due)
            if still.update(reminded=due):
                reminded += 1
                _mail(Mail.Kind.REVIEW_WAITS, review.reviewer, review, f":{due}")
    return reminded


def close_unanswered(*, now: datetime | None = None) -> int:
    """Closes what nobody has answered for CLOSE_DAYS, and tells both kindly; it can be asked for again. Says how many."""
    closed = 0
    for review in _overdue(now or timezone.now(), CLOSE_DAYS).select_related("reviewer", "project__learner"):
        with transaction.atomic():
            still = Review.objects.waiting_for_reviewer().filter(pk=review.pk, version=review.version)
            if still.update(state=Review.State.CLOSED, version=F("version") + 1):
                closed += 1
                for person in (review.reviewer, review.project.learner):
                    _mail(Mail.Kind.REVIEW_CLOSED, person, review)
    return closed


def _overdue(now: datetime, days: int) -> ReviewQuerySet:
    """What has waited this long for a mentor who is there and may see it."""
    waiting = Review.objects.waiting_for_reviewer().filter(asked_at__lte=now - timedelta(days=days), project__deleted_at=None)
    showing = (
        Mentorship.objects.active().with_scope(Scope.PROJECTS).filter(mentor=OuterRef("reviewer"), learner=OuterRef("project__learner"))
    )
    both = {"reviewer__is_active": True, "project__learner__is_active": True}
    found: ReviewQuerySet = waiting.filter(Exists(showing), **both).order_by("asked_at")
    return found


def _again(review: Review) -> Review:
    standing: Review = Review.objects.select_related("project__learner", "reviewer").get(pk=review.pk)
    return standing


def _comment(review: Review, author: User, words: Words) -> Comment:
    return Comment(
        review=review,
        author=author,
        author_name=author.name,
        text=words.text,
        rubric_place=words.rubric_place,
        path=words.path,
        line=words.line,
    )


def _say(comment: Comment, *, kind: str = Comment.Kind.COMMENT, is_draft: bool = False) -> None:
    """Writes it down at the look and commit that the review is at. A draft that is there already is not written twice."""
    review = comment.review
    comment.kind, comment.is_draft, comment.look, comment.commit = kind, is_draft, review.looks, review.commit
    same = {name: getattr(comment, name) for name in ("text", "rubric_place", "path", "line")}
    if is_draft and review.comments.filter(is_draft=True, author=comment.author, **same).exists():
        return
    comment.save(force_insert=True)


def _mail(kind: Mail.Kind, person: User, review: Review, suffix: str = "") -> None:
    """One mail about this look of the review; whether it is still true is asked again when it is sent."""
    send_mail(kind=kind, to=person.email, person=person, about=f"{review.pk}:{review.looks}{suffix}")
