"""The only door to what a mentor may see of a learner; the database is asked at every request, and nothing is remembered."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection, models
from django.db.models import Q
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import FormerHandle, Person

from .models import AccessLog, Mentorship, Scope
from .querysets import MentorshipQuerySet


class Page(models.TextChoices):
    """What a mentor can open of a learner, as the learner reads it in the log."""

    LEARNER = "learner", _("Your climb")
    PROJECT = "project", _("A project")
    REVIEW = "review", _("A review")
    SKILL = "skill", _("A skill, and what shows it")
    LIST = "list", _("The list of mentees, with your counts")
    FILE = "file", _("The list of mentees, as a file")
    # Not a mentor's: the learner reads that it was an administrator, and not who.
    ADMINISTRATOR = "administrator", _("Your climb, and who mentors you")


# In one order: two tabs that are opened at once don't wait for each other.
_LOOK_AT_ALL = """
INSERT INTO mentoring_accesslog (learner_id, mentor_id, page, hour)
SELECT learner, mentor, %(page)s, %(hour)s FROM unnest(%(learners)s::bigint[], %(mentors)s::bigint[]) AS seen(learner, mentor) ORDER BY 1
ON CONFLICT DO NOTHING
"""


class Ended(Exception):
    """The mentorship has ended, or no longer shows this much: nothing may be written in its name."""


def mentorships_of(mentor: Person) -> MentorshipQuerySet:
    """The mentorships of this mentor that are active now, of whatever scope: whoever lists something of a scope adds `with_scope`."""
    return Mentorship.objects.shown_to(mentor)


def active_mentorship(mentor: Person, handle: str, scope: str | None) -> Mentorship:
    """The mentorship in which this mentor may see `scope` of the learner now, with the learner; `None` asks for no scope.

    A handle that the learner had before leads there too, as everywhere: it is nobody else's, and a form that is open keeps its words.
    Raises Http404 otherwise: to everybody else the learner does not exist.
    """
    former = FormerHandle.objects.filter(handle=handle).values("person_id")
    found = mentorships_of(mentor).filter(Q(learner__handle=handle) | Q(learner__in=former)).select_related("learner")
    if scope is not None:
        found = found.with_scope(scope)
    mentorship: Mentorship | None = found.first()
    if mentorship is None:
        raise Http404
    return mentorship


def may_see(mentor: Person, learner_id: int, scope: str) -> bool:
    """Whether this mentor may see `scope` of the learner now."""
    return mentorships_of(mentor).with_scope(scope).filter(learner_id=learner_id).exists()


def hold(mentorship: Mentorship, scope: str | None) -> Mentorship:
    """The mentorship as it stands, locked until the transaction ends, so that ending it waits for what is being written. Raises Ended."""
    found = Mentorship.objects.active().filter(pk=mentorship.pk)
    if scope is not None:
        found = found.with_scope(scope)
    held: Mentorship | None = found.select_for_update(no_key=True).first()
    if held is None:
        raise Ended
    return held


def look(mentorship: Mentorship, page: str, key: str = "") -> None:
    """Writes down that the mentor has opened a page of the learner: one row for the page and hour. `key` is the id of a project or review."""
    entry = AccessLog(
        learner_id=mentorship.learner_id,
        mentor_id=mentorship.mentor_id,
        page=f"{Page(page)}:{key}" if key else Page(page),
        hour=hour_of(timezone.now()),
    )
    AccessLog.objects.bulk_create([entry], ignore_conflicts=True)


def look_at_all(mentorships: Iterable[Mentorship], page: str) -> None:
    """Writes down that the mentor has seen a list of these learners, of those who show something in it; one statement for all."""
    seen = [found for found in mentorships if {Scope.PROGRESS, Scope.PROJECTS} & set(found.scopes)]
    with connection.cursor() as cursor:
        cursor.execute(
            _LOOK_AT_ALL,
            {
                "learners": [found.learner_id for found in seen],
                "mentors": [found.mentor_id for found in seen],
                "page": Page(page),
                "hour": hour_of(timezone.now()),
            },
        )


def hour_of(moment: datetime) -> datetime:
    """The hour that a look is written down for."""
    return moment.replace(minute=0, second=0, microsecond=0)
