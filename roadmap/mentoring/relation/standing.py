"""How things stand between mentors and learners: who sees what of whom, and what a mentor says and leads."""

from collections.abc import Iterable
from typing import cast

from django.db.models import Count, F, Q

from accounts.models import Person
from roadmap.mentoring.access import mentorships_of
from roadmap.mentoring.models import Cohort, MentorProfile, Mentorship, Scope
from roadmap.mentoring.querysets import CohortQuerySet, MentorshipQuerySet


def mentors_of(learner: Person) -> MentorshipQuerySet:
    """The learner's own side: active mentorships with their mentors, what these say, and how many skills each has `confirmed`."""
    theirs = Q(learner__sign_offs__mentor=F("mentor"), learner__sign_offs__withdrawn_at=None)
    return (
        Mentorship.objects.active()
        .of_learner(learner)
        .select_related("mentor__mentor_profile", "cohort")
        .annotate(confirmed=Count("learner__sign_offs", filter=theirs))
        .order_by("begun_at", "pk")
    )


def shown_to(mentor: Person, learner: Person) -> list[str] | None:
    """What the learner shows this mentor now; None where the two have no active mentorship."""
    scopes: list[str] | None = (
        Mentorship.objects.active().filter(mentor_id=mentor.pk).of_learner(learner).values_list("scopes", flat=True).first()
    )
    return scopes


def mentees_of(mentor: Person) -> MentorshipQuerySet:
    """The mentor's own side: active mentorships with their learners."""
    return mentorships_of(mentor).select_related("learner", "cohort").order_by("learner__name", "pk")


def sides_of(person: Person) -> MentorshipQuerySet:
    """The active mentorships that this person may end: those of either side; all, for an administrator."""
    active: MentorshipQuerySet = Mentorship.objects.active().select_related("mentor", "learner")
    return active if person.is_superuser else active.filter(Q(mentor_id=person.pk) | Q(learner_id=person.pk))


def shown_by(learner: Person) -> MentorshipQuerySet:
    """The active mentorships whose scopes this person may change."""
    return Mentorship.objects.active().of_learner(learner).select_related("mentor")


def in_order(scopes: Iterable[str]) -> list[str]:
    """Scopes as they are kept: each once, in the order of Scope."""
    chosen = set(scopes)
    return [scope for scope in Scope.values if scope in chosen]


def profile_of(mentor: Person) -> MentorProfile:
    """What a mentor says to mentees; an unsaved one, with nothing said, where there is none."""
    return MentorProfile.objects.filter(mentor_id=mentor.pk).first() or MentorProfile(mentor_id=cast("int", mentor.pk))


def cohorts_of(mentor: Person) -> CohortQuerySet:
    """The mentor's own cohorts, the open ones first, each with how many are in it now (`size`)."""
    return Cohort.objects.of_mentor(mentor).with_sizes()
