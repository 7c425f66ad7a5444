"""How reviews stand: who may read and write which, what was said, whom a learner may ask and how long that usually takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from statistics import median

from django.db.models import Max, OuterRef, QuerySet, Subquery
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.models import Person, User
from roadmap.mentoring.access import active_mentorship
from roadmap.mentoring.models import Comment, MentorProfile, Mentorship, Review, SavedPhrase, Scope
from roadmap.mentoring.querysets import ReviewQuerySet
from roadmap.portfolio.models import Inspection, Project

# Days after which the learner may ask somebody else without withdrawing.
OTHER_MENTOR_DAYS = 7
# How many of a mentor's last answers the usual wait is taken from, and from how many on it is said.
WAITS_TAKEN = 10
WAITS_NEEDED = 5


def visible_review(person: Person, id: str) -> Review:
    """A review that this person may read now. Raises Http404."""
    return _found(Review.objects.visible_to(person), id)


def review_to_write(person: Person, id: str) -> tuple[Review, Mentorship]:
    """A review that this person writes, with the mentorship in which that is shown. Raises Http404."""
    review = _found(Review.objects.to_write_by(person), id)
    return review, active_mentorship(person, review.project.learner.handle, Scope.PROJECTS)


def own_review(learner: Person, id: str) -> Review:
    """A review of a project of the learner's own. Raises Http404."""
    return _found(Review.objects.asked_by(learner), id)


def mentees_project(mentorship: Mentorship, id: str) -> Project:
    """A project that the learner shows in this mentorship; it shows projects. Raises Http404."""
    shown = Project.objects.kept().filter(learner_id=mentorship.learner_id).select_related("inspection", "idea", "learner")
    project: Project = get_object_or_404(shown, pk=id)
    return project


def last_review(project: Project, *, reviewer: Person | None = None) -> Review | None:
    """The review of a project that is open, or else was asked for last; of one reviewer, where one is named."""
    reviews = Review.objects.filter(project=project).select_related("reviewer", "project")
    if reviewer is not None:
        reviews = reviews.filter(reviewer_id=reviewer.pk)
    found: Review | None = reviews.order_by("-asked_at").first()
    return found


def comments_of(review: Review) -> list[Comment]:
    """What was said, in the order in which it was said. No drafts."""
    return list(review.comments.filter(is_draft=False).order_by("written_at", "pk"))


def drafts_of(review: Review, author: Person) -> list[Comment]:
    """The author's own drafts, in the order in which they were written."""
    return list(review.comments.filter(is_draft=True, author_id=author.pk).order_by("written_at", "pk"))


def sent_by(author: Person, review: Review) -> QuerySet[Comment]:
    """The comments that somebody has sent in this look, without requests and verdicts."""
    return review.comments.filter(author_id=author.pk, look=review.looks, kind=Comment.Kind.COMMENT, is_draft=False)


def own_words(person: Person, id: str) -> list[str]:
    """What this person has kept as drafts in a review, whoever may read that review now: nobody else's words are in it."""
    review = Review.objects.filter(pk=id, reviewer_id=person.pk).first()
    return [*(draft.text for draft in drafts_of(review, person)), *typed_in(review)] if review else []


def typed_in(review: Review) -> list[str]:
    """The texts of the answer that is kept as a draft."""
    return [text for name in ("text", "reason") if (text := review.draft.get(name, "").strip())]


def phrases_of(mentor: Person) -> list[SavedPhrase]:
    """The mentor's sentences, in the order of their letters."""
    return list(SavedPhrase.objects.filter(mentor_id=mentor.pk).order_by("text"))


def read_commit(project: Project) -> str:
    """The commit that was read last; empty where nothing was."""
    return Inspection.objects.filter(project=project).values_list("commit", flat=True).first() or ""


@dataclass(frozen=True, slots=True)
class Wait:
    """How long a mentor's last answers took: the median in days of the last `answers`; None where these are fewer than WAITS_NEEDED."""

    days: int | None
    answers: int


def usual_waits(mentors: Sequence[int]) -> dict[int, Wait]:
    """The usual wait of each mentor, from the last request of a look to its answer; one statement for all."""
    asked = (
        Comment.objects.filter(review=OuterRef("review"), look=OuterRef("look"), kind=Comment.Kind.REQUEST)
        .order_by()
        .values("review")
        .annotate(last=Max("written_at"))
        .values("last")
    )
    answers = Comment.objects.filter(author__in=mentors, kind__in=[Comment.Kind.CHANGES, Comment.Kind.APPROVED])
    taken: dict[int, list[timedelta]] = {mentor: [] for mentor in mentors}
    for author, answered_at, asked_at in (
        answers.annotate(asked_at=Subquery(asked)).order_by("-written_at").values_list("author", "written_at", "asked_at")
    ):
        if asked_at and len(taken[author]) < WAITS_TAKEN:
            taken[author].append(answered_at - asked_at)
    return {mentor: _wait(waits) for mentor, waits in taken.items()}


def _wait(waits: list[timedelta]) -> Wait:
    # Rounded up: nobody waits for less than is said.
    days = ceil(median(wait / timedelta(days=1) for wait in waits)) if len(waits) >= WAITS_NEEDED else None
    return Wait(days, len(waits))


@dataclass(frozen=True, slots=True)
class Choice:
    """A mentor whom the learner may ask: until when no reviews are taken, if so, and how long answers usually take."""

    mentorship: Mentorship
    paused_until: date | None
    wait: Wait

    @property
    def mentor(self) -> User:
        return self.mentorship.mentor


def mentors_to_ask(learner: Person) -> list[Choice]:
    """The learner's mentors who see projects, with their pauses and waits, by name. Two statements."""
    shown = Mentorship.objects.active().of_learner(learner).with_scope(Scope.PROJECTS).filter(mentor__is_active=True)
    mentorships = list(shown.select_related("mentor__mentor_profile").order_by("mentor__name", "pk"))
    waits = usual_waits([found.mentor_id for found in mentorships]) if mentorships else {}
    return [Choice(found, pause_of(getattr(found.mentor, "mentor_profile", None)), waits[found.mentor_id]) for found in mentorships]


def pause_of(profile: MentorProfile | None) -> date | None:
    return profile.pause if profile else None


def may_ask_another(review: Review) -> bool:
    """Whether the learner may ask somebody else though this review is open: it has waited long enough, or nobody is there to answer it."""
    if review.reviewer_id is None or (
        review.state == Review.State.ASKED and timezone.now() - review.asked_at >= timedelta(days=OTHER_MENTOR_DAYS)
    ):
        return True
    reviewer = Mentorship.objects.active().filter(mentor=review.reviewer_id, mentor__is_active=True, learner=review.project.learner_id)
    return not reviewer.with_scope(Scope.PROJECTS).exists()


def can_reply(review: Review) -> bool:
    """Whether anything can still be said."""
    return review.state in (Review.State.ASKED, Review.State.CHANGES, Review.State.APPROVED)


def _found(reviews: ReviewQuerySet, id: str) -> Review:
    review: Review = get_object_or_404(
        reviews.select_related("project__learner", "project__inspection", "project__idea", "reviewer"), pk=id
    )
    return review
