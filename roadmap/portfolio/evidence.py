"""What a learner says about what was found, and how marks follow it.

Evidence is the truth of *shown*: a skill is shown since its first evidence was confirmed, in a project that is not deleted.
`Mark.shown_at` says the same for pages, and is written in the transaction that changes the evidence; for a mark that is made
anew, a trigger writes it (migration 0002).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Now

from roadmap.progress.services import begin_skills, lock_marks

from .models import Evidence, Project

_SHOWN = """
SELECT evidence.skill_id, min(evidence.confirmed_at) AS since FROM portfolio_evidence AS evidence JOIN portfolio_project AS project ON project.id = evidence.project_id
WHERE project.learner_id = {learner} AND project.deleted_at IS NULL AND evidence.confirmed_at IS NOT NULL GROUP BY evidence.skill_id
"""

# Only marks that say something else than the evidence are written.
_FOLLOW = f"""
UPDATE progress_mark AS mark SET shown_at = truth.since
FROM (SELECT skill.id, shown.since FROM unnest(%(skills)s::bigint[]) AS skill(id)
      LEFT JOIN ({_SHOWN.format(learner="%(learner)s")}) AS shown ON shown.skill_id = skill.id) AS truth
WHERE mark.learner_id = %(learner)s AND mark.skill_id = truth.id AND mark.shown_at IS DISTINCT FROM truth.since
"""

_CARRY = """
INSERT INTO portfolio_evidence (project_id, skill_id, strength, path, line, cell, seen, commit, also, found_at, confirmed_at, declined_at, gone_at)
SELECT project_id, target.id, strength, path, line, cell, seen, commit, also, found_at, confirmed_at, declined_at, gone_at
FROM portfolio_evidence, unnest(%(targets)s::bigint[]) AS target(id) WHERE skill_id = %(skill)s
ON CONFLICT (project_id, skill_id) DO UPDATE SET confirmed_at = LEAST(portfolio_evidence.confirmed_at, EXCLUDED.confirmed_at)
WHERE EXCLUDED.confirmed_at IS NOT NULL AND portfolio_evidence.declined_at IS NULL
"""
_FOLLOW_ALL = """
UPDATE progress_mark AS mark SET shown_at = truth.since
FROM (SELECT project.learner_id, evidence.skill_id, min(evidence.confirmed_at) AS since
      FROM portfolio_evidence AS evidence JOIN portfolio_project AS project ON project.id = evidence.project_id
      WHERE project.deleted_at IS NULL AND evidence.confirmed_at IS NOT NULL AND evidence.skill_id = ANY(%(targets)s)
      GROUP BY project.learner_id, evidence.skill_id) AS truth
WHERE mark.learner_id = truth.learner_id AND mark.skill_id = truth.skill_id AND mark.shown_at IS DISTINCT FROM truth.since
"""

# Marks and evidence that disagree, whichever of them says too much.
_DISAGREE = """
SELECT mark.learner_id, mark.skill_id FROM progress_mark AS mark
LEFT JOIN (SELECT project.learner_id, evidence.skill_id, min(evidence.confirmed_at) AS since
           FROM portfolio_evidence AS evidence JOIN portfolio_project AS project ON project.id = evidence.project_id
           WHERE project.deleted_at IS NULL AND evidence.confirmed_at IS NOT NULL GROUP BY project.learner_id, evidence.skill_id) AS truth
       ON truth.learner_id = mark.learner_id AND truth.skill_id = mark.skill_id
WHERE mark.shown_at IS DISTINCT FROM truth.since ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What confirming did: skills that were not confirmed before, and those of them that had no mark and are learning now."""

    new: set[int]
    begun: set[int]


def confirm_evidence(*, project: Project, skills: Collection[int]) -> Confirmed:
    """The learner agrees that the code shows these skills. Twice is once.

    A skill without a mark becomes learning, never more than the learner said. A package that is only listed shows nothing, and
    nor does what is no longer there.
    """
    with transaction.atomic():
        # In the order in which everybody takes them: marks first, then evidence.
        lock_marks(climber=project.learner_id, skills=sorted(skills))
        found = Evidence.objects.filter(project=project, project__deleted_at=None, skill__in=skills, confirmed_at=None, gone_at=None)
        new = set(found.exclude(strength="listed").select_for_update(of=["self"]).values_list("skill_id", flat=True))
        Evidence.objects.filter(project=project, skill__in=new).update(confirmed_at=Now(), declined_at=None)
        begun = begin_skills(learner=project.learner_id, skills=new)
        follow_evidence(learner=project.learner_id, skills=new)
    return Confirmed(new, begun)


def decline_evidence(*, project: Project, skills: Collection[int]) -> None:
    """The learner says that the code does not show these skills, or takes a confirmation back. No mark is taken back; twice is once."""
    with transaction.atomic():
        lock_marks(climber=project.learner_id, skills=sorted(skills))
        Evidence.objects.filter(project=project, skill__in=skills).update(confirmed_at=None, declined_at=Coalesce(F("declined_at"), Now()))
        follow_evidence(learner=project.learner_id, skills=skills)


def follow_evidence(*, learner: int, skills: Collection[int]) -> None:
    """Lets the marks on these skills say what the evidence says. Makes no mark."""
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOW, {"learner": learner, "skills": list(skills)})


def carry_evidence_over(*, skill_id: int, targets: Sequence[int]) -> None:
    """What showed a skill shows each of its replacements as well, for everybody, unless its learner said no to that; a repeat changes nothing."""
    values: dict[str, Any] = {"skill": skill_id, "targets": list(targets)}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_CARRY, values)
        cursor.execute(_FOLLOW_ALL, values)


def disagreements() -> list[tuple[int, int]]:
    """Pairs of learner and skill whose mark and evidence disagree; none, unless somebody wrote past the services."""
    with connection.cursor() as cursor:
        cursor.execute(_DISAGREE)
        return cursor.fetchall()
