from typing import TYPE_CHECKING, Any, Self, TypeAlias

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

    Person: TypeAlias = User | AnonymousUser


class MentorshipQuerySet(models.QuerySet[Any]):
    def active(self) -> Self:
        """Accepted, not ended by anybody, and not past its agreed end. Asked of the database at every request."""
        return self.filter(ended_at=None).filter(Q(ends_on=None) | Q(ends_on__gte=timezone.now().date()))

    def with_scope(self, scope: str) -> Self:
        """Where the learner shows this much."""
        return self.filter(scopes__contains=[scope])

    def mentored_by(self, person: "Person") -> Self:
        return self.filter(mentor_id=person.pk)

    def of_learner(self, person: "Person") -> Self:
        return self.filter(learner_id=person.pk)


class InvitationQuerySet(models.QuerySet[Any]):
    def open(self) -> Self:
        """Neither answered, withdrawn nor too old."""
        return self.filter(answered_at=None, withdrawn_at=None, expires_at__gt=Now())


class ReviewQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: "Person") -> Self:
        """The learner's own, and the reviewer's while the mentorship is active and shows projects. Superusers read."""
        return self.all() if person.is_superuser else self.filter(Q(project__learner_id=person.pk) | self._reviewed_by(person))

    def to_write_by(self, person: "Person") -> Self:
        """What this person reviews, as long as the learner shows it."""
        return self.filter(self._reviewed_by(person))

    def asked_by(self, person: "Person") -> Self:
        """The learner's own."""
        return self.filter(project__learner_id=person.pk)

    def open(self) -> Self:
        """It is somebody's turn: the mentor's or the learner's."""
        return self.filter(state__in=["asked", "changes"])

    def _reviewed_by(self, person: "Person") -> Q:
        showing = self.model.active_mentorships(person).filter(learner__is_active=True).values("learner")
        return Q(reviewer_id=person.pk, project__deleted_at=None, project__learner__in=showing)

    def waiting_for_reviewer(self) -> Self:
        return self.filter(state="asked")


class SignOffQuerySet(models.QuerySet[Any]):
    def standing(self) -> Self:
        """Not withdrawn."""
        return self.filter(withdrawn_at=None)

    def in_the_hands_of(self, person: "Person") -> Self:
        """What this person may take back: what bears the own name, also when the mentorship is over; everything, to an administrator."""
        return self if person.is_superuser else self.filter(mentor_id=person.pk)


class StageBadgeQuerySet(models.QuerySet[Any]):
    def standing(self) -> Self:
        """Of which no sign-off has been withdrawn."""
        return self.exclude(sign_offs__withdrawn_at__isnull=False)
