from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Count, F, Q
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import Person


def active(prefix: str = "") -> Q:
    """The condition for a mentorship that stands: accepted, not ended by anybody, and not past its last day (UTC)."""
    ends_on = f"{prefix}ends_on"
    return Q(**{f"{prefix}ended_at": None}) & (Q(**{ends_on: None}) | Q(**{f"{ends_on}__gte": timezone.now().date()}))


class CohortQuerySet(models.QuerySet[Any]):
    def of_mentor(self, person: Person) -> Self:
        """The mentor's own, the open ones first."""
        return self.filter(mentor_id=person.pk).order_by(F("closed_at").asc(nulls_first=True), "name", "pk")

    def with_sizes(self) -> Self:
        """Each with how many are in it now (`size`)."""
        return self.annotate(size=Count("mentorships", filter=active("mentorships__") & Q(mentorships__learner__is_active=True)))

    def to_join_by(self, person: Person) -> Self:
        """Those whose link lets this person in: open, and somebody else's."""
        return self.filter(closed_at=None, mentor__is_active=True).exclude(mentor_id=person.pk)


class MentorshipQuerySet(models.QuerySet[Any]):
    def active(self) -> Self:
        """Those that stand. Asked of the database at every request."""
        return self.filter(active())

    def shown_to(self, mentor: Person) -> Self:
        """Those in which this mentor may see something of a learner now."""
        return self.active().filter(mentor_id=mentor.pk, learner__is_active=True)

    def with_scope(self, scope: str) -> Self:
        """Where the learner shows this much."""
        return self.filter(scopes__contains=[scope])

    def of_learner(self, person: Person) -> Self:
        return self.filter(learner_id=person.pk)


class InvitationQuerySet(models.QuerySet[Any]):
    def open(self) -> Self:
        """Neither answered, withdrawn nor too old."""
        return self.filter(self._is_open)

    def open_or_declined_since(self, moment: datetime) -> Self:
        """The open ones, and those that got a no after this moment."""
        return self.filter(self._is_open | Q(is_accepted=False, answered_at__gt=moment))

    @property
    def _is_open(self) -> Q:
        return Q(answered_at=None, withdrawn_at=None, expires_at__gt=Now())


class ReviewQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Person) -> Self:
        """The learner's own, and the reviewer's while the mentorship is active and shows projects. Superusers read."""
        return self.all() if person.is_superuser else self.filter(Q(project__learner_id=person.pk) | self._reviewed_by(person))

    def to_write_by(self, person: Person) -> Self:
        """What this person reviews, as long as the learner shows it."""
        return self.filter(self._reviewed_by(person))

    def asked_by(self, person: Person) -> Self:
        """The learner's own."""
        return self.filter(project__learner_id=person.pk)

    def open(self) -> Self:
        """It is somebody's turn: the mentor's or the learner's."""
        return self.filter(state__in=["asked", "changes"])

    def _reviewed_by(self, person: Person) -> Q:
        from .models import Mentorship, Scope

        showing = Mentorship.objects.shown_to(person).with_scope(Scope.PROJECTS).values("learner")
        return Q(reviewer_id=person.pk, project__deleted_at=None, project__learner__in=showing)

    def waiting_for_reviewer(self) -> Self:
        return self.filter(state="asked")


class SignOffQuerySet(models.QuerySet[Any]):
    def standing(self) -> Self:
        """Not withdrawn."""
        return self.filter(withdrawn_at=None)

    def in_the_hands_of(self, person: Person) -> Self:
        """What this person may take back: what bears the own name, also when the mentorship is over; everything, to an administrator."""
        return self if person.is_superuser else self.filter(mentor_id=person.pk)


class StageBadgeQuerySet(models.QuerySet[Any]):
    def standing(self) -> Self:
        """Of which no sign-off has been withdrawn."""
        return self.exclude(sign_offs__withdrawn_at__isnull=False)
