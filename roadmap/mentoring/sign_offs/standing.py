"""How sign-offs stand: what a mentor may confirm or take back, and what the learner has."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection
from django.db.models import F
from django.http import Http404

from accounts.models import Person
from roadmap.mentoring.models import Mentorship, Scope, SignOff
from roadmap.portfolio.models import Project
from roadmap.progress.models import Mark, State

# What a mentor must be shown to put a name to a skill: one of them.
ENOUGH = (Scope.PROJECTS, Scope.PROGRESS)


def can_be_confirmed(mark: Mark | None, scopes: Collection[str]) -> bool:
    """Whether there is something to put a name to: code that shows the skill, or the learner's claim, if the mentor may see claims."""
    return mark is not None and (mark.shown_at is not None or (mark.state == State.DONE and Scope.PROGRESS in scopes))


@dataclass(frozen=True, slots=True)
class Confirmable:
    """What a mentor is shown of a skill to confirm: the sign-off that stands, the learner's mark ("" where progress is not shown)."""

    standing: SignOff | None
    state: str
    can_confirm: bool


def confirmable(mentorship: Mentorship, skill: int) -> Confirmable:
    """How a skill of the learner stands, as far as this mentor may know."""
    mark = Mark.objects.filter(learner=mentorship.learner_id, skill=skill).first()
    standing = SignOff.objects.standing().filter(learner=mentorship.learner_id, skill=skill).select_related("project").first()
    return Confirmable(
        standing=standing,
        state=(mark.state if mark else "none") if mentorship.shows(Scope.PROGRESS) else "",
        can_confirm=standing is None and can_be_confirmed(mark, mentorship.scopes),
    )


def projects_to_name(mentorship: Mentorship) -> list[Project]:
    """The projects that the mentor may name as what shows a skill."""
    if not mentorship.shows(Scope.PROJECTS):
        return []
    return list(Project.objects.of(mentorship.learner).kept().select_related("inspection").order_by("title"))


def sign_off_to_withdraw(person: Person, handle: str, slug: str) -> SignOff:
    """What this person signed for a skill of a learner's, or anybody to an administrator. Raises Http404.

    It is the one that stands, else the one that was withdrawn last: a repeat finds it and changes nothing.
    """
    given = SignOff.objects.in_the_hands_of(person).filter(learner__handle=handle, skill__slug=slug)
    found: SignOff | None = (
        given.select_related("learner", "skill", "project").order_by(F("withdrawn_at").desc(nulls_first=True), "-signed_at").first()
    )
    if found is None:
        raise Http404
    return found


def sign_offs_of(learner: Person, skill: int) -> list[SignOff]:
    """What mentors signed for a skill of the learner's, the one that stands first, then the withdrawn ones, the latest first."""
    given = SignOff.objects.filter(learner=learner.pk, skill=skill).select_related("project")
    return sorted(given.order_by("-signed_at"), key=lambda sign_off: sign_off.withdrawn_at is not None)


def may_withdraw(person: Person, sign_off: SignOff) -> bool:
    """Whether it stands, and this is whose name it bears or an administrator."""
    return sign_off.withdrawn_at is None and (person.is_superuser or (person.pk is not None and person.pk == sign_off.mentor_id))


# As `StageBadgeQuerySet.standing` has it. Written out, because the page of a step asks at each visit: composing it took a fifth of the page.
_STANDING_BADGE = """
SELECT badge.id FROM mentoring_stagebadge AS badge
WHERE badge.learner_id = %(learner)s AND badge.stage_id = %(stage)s AND NOT EXISTS (
    SELECT FROM mentoring_stagebadge_sign_offs AS has JOIN mentoring_signoff AS given ON given.id = has.signoff_id
    WHERE has.stagebadge_id = badge.id AND given.withdrawn_at IS NOT NULL
)
ORDER BY badge.earned_at DESC LIMIT 1
"""


def standing_badge(learner: int, stage: int) -> str | None:
    """The number of the badge that a learner has of a step, if it stands."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING_BADGE, {"learner": learner, "stage": stage})
        found = cursor.fetchone()
    return found[0] if found else None
