"""A mentor's word on a learner's skill, and how marks follow it.

Sign-offs are the truth of *confirmed*: a skill is confirmed since the one that stands was signed. `Mark.confirmed_at` and
`Mark.confirmed_by` say the same for pages, and are written in the transaction that changes the sign-off; for a mark that is made
anew, a trigger writes them (migration 0002).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now

from accounts.models import Mail
from accounts.services import send_mail
from roadmap.mentoring.access import Ended, hold
from roadmap.mentoring.models import Mentorship, Scope, SignOff, StageBadge
from roadmap.portfolio.models import Project
from roadmap.progress.models import Mark
from roadmap.progress.services import lock_marks
from roadmap.stages.models import Skill

from .standing import ENOUGH, can_be_confirmed

# Only marks that say something else than the sign-offs are written.
_FOLLOW = """
UPDATE progress_mark AS mark SET confirmed_at = truth.signed_at, confirmed_by = truth.mentor_name
FROM (SELECT skill.id, standing.signed_at, COALESCE(standing.mentor_name, '') AS mentor_name FROM unnest(%(skills)s::bigint[]) AS skill(id)
      LEFT JOIN mentoring_signoff AS standing
             ON standing.learner_id = %(learner)s AND standing.skill_id = skill.id AND standing.withdrawn_at IS NULL) AS truth
WHERE mark.learner_id = %(learner)s AND mark.skill_id = truth.id
  AND (mark.confirmed_at, mark.confirmed_by) IS DISTINCT FROM (truth.signed_at, truth.mentor_name)
"""

# An id is what `models.public_id` makes: twelve letters, digits, "-" or "_".
_CARRY = """
INSERT INTO mentoring_signoff
    (id, learner_id, skill_id, mentor_id, mentor_name, project_id, commit, note, signed_at, withdrawn_because, withdrawn_by, carried_from_id)
SELECT left(translate(encode(uuid_send(gen_random_uuid()), 'base64'), '+/', '-_'), 12),
       learner_id, target.id, mentor_id, mentor_name, project_id, commit, note, signed_at, '', '', COALESCE(carried_from_id, signoff.id)
FROM mentoring_signoff AS signoff, unnest(%(targets)s::bigint[]) AS target(id)
WHERE signoff.skill_id = %(skill)s AND signoff.withdrawn_at IS NULL
ON CONFLICT (learner_id, skill_id) WHERE withdrawn_at IS NULL DO NOTHING
"""
_FOLLOW_ALL = """
UPDATE progress_mark AS mark SET confirmed_at = standing.signed_at, confirmed_by = standing.mentor_name
FROM mentoring_signoff AS standing
WHERE standing.skill_id = ANY(%(targets)s) AND standing.withdrawn_at IS NULL
  AND mark.learner_id = standing.learner_id AND mark.skill_id = standing.skill_id
  AND (mark.confirmed_at, mark.confirmed_by) IS DISTINCT FROM (standing.signed_at, standing.mentor_name)
"""

# Marks and sign-offs that disagree, whichever of them says too much.
_DISAGREE = """
SELECT mark.learner_id, mark.skill_id FROM progress_mark AS mark
LEFT JOIN mentoring_signoff AS standing
       ON standing.learner_id = mark.learner_id AND standing.skill_id = mark.skill_id AND standing.withdrawn_at IS NULL
WHERE (mark.confirmed_at, mark.confirmed_by) IS DISTINCT FROM (standing.signed_at, COALESCE(standing.mentor_name, '')) ORDER BY 1, 2
"""


class NothingToConfirm(Exception):
    """The learner does not call the skill done, and no code shows it: there is nothing to put a name to."""


class AlreadyConfirmed(Exception):
    """Another mentor was first; `sign_off` is what stands."""

    def __init__(self, sign_off: SignOff) -> None:
        super().__init__(sign_off.pk)
        self.sign_off = sign_off


@dataclass(frozen=True, slots=True)
class Signed:
    """The sign-off that stands, whether this mentor had given it before, and the badge of the step that it completed, if any."""

    sign_off: SignOff
    was_there: bool
    badge: StageBadge | None = None


# The last two skills of a step, confirmed at the same moment, must see each other.
_LOCK_BADGES = "SELECT pg_advisory_xact_lock(hashtextextended('stage badges ' || %s, 0))"


def confirm_skill(*, mentorship: Mentorship, skill: int, note: str, project: Project | None = None) -> Signed:
    """The mentor confirms a skill of the learner, with what convinced them; twice is once, and the first note stands.

    `project` is one of the learner's that shows it, named with the commit that was read last. Raises Ended (the mentorship has
    ended meanwhile, or shows too little), NothingToConfirm, AlreadyConfirmed.
    """
    learner = mentorship.learner_id
    with transaction.atomic():
        # In the order in which everybody takes them: marks first. Two mentors wait for each other here.
        lock_marks(climber=learner, skills=[skill])
        with connection.cursor() as cursor:
            cursor.execute(_LOCK_BADGES, [learner])
        held = hold(mentorship, Scope.PROJECTS if project else None)
        if not set(ENOUGH) & set(held.scopes):
            raise Ended
        if there := SignOff.objects.standing().filter(learner=learner, skill=skill).first():
            if there.mentor_id != held.mentor_id:
                raise AlreadyConfirmed(there)
            return Signed(there, was_there=True)
        if not can_be_confirmed(Mark.objects.filter(learner=learner, skill=skill).first(), held.scopes):
            raise NothingToConfirm
        sign_off = SignOff(
            learner_id=learner,
            skill_id=skill,
            mentor=mentorship.mentor,
            mentor_name=mentorship.mentor.name,
            project=project,
            commit=_commit(project),
            note=note,
        )
        sign_off.clean_fields(exclude={field.name for field in SignOff._meta.fields} - {"note"})
        sign_off.save(force_insert=True)
        follow_sign_offs(learner=learner, skills=[skill])
        badge = _earn_badge(learner, sign_off.skill.stage_id)
        _mail(Mail.Kind.SKILL_CONFIRMED, sign_off)
    return Signed(sign_off, was_there=False, badge=badge)


def withdraw_sign_off(*, sign_off: SignOff, by: str, reason: str) -> SignOff:
    """Takes a sign-off back, with a reason that its learner reads, and with it what was carried to replacements of the skill.

    No mark is taken back but its *confirmed*. `by` is the name of whoever withdraws. Twice is once: the first reason stands.
    """
    root = sign_off.carried_from_id or sign_off.pk
    family = SignOff.objects.filter(Q(pk=root) | Q(carried_from=root))
    with transaction.atomic():
        locked: list[int] = []
        # While this waits for a skill that is being replaced, the family grows.
        while locked != (locked := _skills(family)):
            lock_marks(climber=sign_off.learner_id, skills=locked)
        withdrawn = family.standing().update(withdrawn_at=Now(), withdrawn_because=reason, withdrawn_by=by)
        follow_sign_offs(learner=sign_off.learner_id, skills=_skills(family))
        if withdrawn:
            _mail(Mail.Kind.SIGN_OFF_WITHDRAWN, sign_off)
    return SignOff.objects.get(pk=sign_off.pk)


def follow_sign_offs(*, learner: int, skills: Collection[int]) -> None:
    """Lets the marks on these skills say what the sign-offs say. Makes no mark."""
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOW, {"learner": learner, "skills": list(skills)})


def carry_sign_offs_over(*, skill_id: int, targets: Sequence[int]) -> None:
    """What a mentor signed for a skill stands for each of its replacements as well, for everybody; a repeat changes nothing."""
    values: dict[str, Any] = {"skill": skill_id, "targets": list(targets)}
    with connection.cursor() as cursor:
        cursor.execute(_CARRY, values)
        cursor.execute(_FOLLOW_ALL, values)


def disagreements() -> list[tuple[int, int]]:
    """Pairs of learner and skill whose mark and sign-off disagree; none, unless somebody wrote past the services."""
    with connection.cursor() as cursor:
        cursor.execute(_DISAGREE)
        return cursor.fetchall()


def _earn_badge(learner: int, stage: int) -> StageBadge | None:
    """A new badge where now all skills that the step must have are confirmed, and none stands yet."""
    must = set(Skill.objects.filter(stage=stage, necessity=Skill.Necessity.MUST, retired_at=None).values_list("pk", flat=True))
    standing = list(SignOff.objects.standing().filter(learner=learner, skill__in=must))
    if not must or len(standing) < len(must) or StageBadge.objects.standing().filter(learner=learner, stage=stage).exists():
        return None
    badge = StageBadge.objects.create(learner_id=learner, stage_id=stage)
    badge.sign_offs.set(standing)
    return badge


def _mail(kind: Mail.Kind, sign_off: SignOff) -> None:
    """One mail to the learner; whether it is still true is asked again when it is sent."""
    send_mail(kind=kind, to=sign_off.learner.email, person=sign_off.learner, about=sign_off.pk)


def _commit(project: Project | None) -> str:
    return project.inspection.commit if project and hasattr(project, "inspection") else ""


def _skills(family: Any) -> list[int]:
    return sorted(family.values_list("skill_id", flat=True))
