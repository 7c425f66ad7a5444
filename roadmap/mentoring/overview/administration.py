"""What an administrator reads of a learner: how far the climb is, and who mentors it. The learner can read that it was read.

Nothing else: no notes, no words of the two, no projects (those have a page of their own that logs the reading).
"""

from dataclasses import dataclass

from django.db.models import F, Q
from django.http import Http404
from django.utils import timezone

from accounts.models import FormerHandle, Person, User
from roadmap.curriculum import snapshot
from roadmap.mentoring.access import Page, hour_of
from roadmap.mentoring.models import AccessLog, Mentorship, Scope
from roadmap.progress.services import read_climb
from roadmap.progress.summary import Progress, progress

from .brief import Step, steps_of


@dataclass(frozen=True, slots=True)
class Relation:
    """One mentorship of the learner: what it shows, in words, and whether it can still be ended."""

    mentorship: Mentorship
    shows: list[str]
    is_active: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """A learner as an administrator reads it. `relations` are all there were, the active ones first."""

    learner: User
    counted: Progress
    confirmed: int
    steps: list[Step]
    relations: list[Relation]


def learner_to_read(administrator: Person, handle: str) -> User:
    """Somebody else, for an administrator alone; a handle of before leads there too. Raises Http404."""
    former = FormerHandle.objects.filter(handle=handle).values("person_id")
    found = User.objects.filter(Q(handle=handle) | Q(pk__in=former)).exclude(pk=administrator.pk or 0).first()
    if found is None or not administrator.is_superuser:
        raise Http404
    return found


def look_as_administrator(*, administrator: Person, learner: User) -> None:
    """Writes down for the learner that an administrator has read the page: one row for the hour."""
    entry = AccessLog(learner=learner, mentor_id=administrator.pk, page=Page.ADMINISTRATOR, hour=hour_of(timezone.now()))
    AccessLog.objects.bulk_create([entry], ignore_conflicts=True)


def reading(learner: User) -> Reading:
    """How the learner stands."""
    curriculum, climb = snapshot.current(), read_climb(learner.pk)
    today = timezone.now().date()
    mentorships = Mentorship.objects.of_learner(learner).select_related("mentor", "learner", "cohort")
    return Reading(
        learner=learner,
        counted=progress(curriculum, climb.states),
        confirmed=len(climb.confirmed & curriculum.skill_by_id.keys()),
        steps=steps_of(curriculum, climb),
        relations=[
            Relation(row, [str(Scope(scope).label) for scope in row.scopes], row.is_active_on(today))
            for row in mentorships.order_by(F("ended_at").desc(nulls_first=True), "-begun_at", "pk")
        ],
    )
