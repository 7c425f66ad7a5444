"""Beginning a step, or the whole climb, anew, and taking that back.

What was there is held for KEPT_DAYS. Notes, projects, evidence and sign-offs are not touched: how well a mark is backed comes back
with it, by the triggers that look for evidence and sign-offs at every new mark.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from roadmap.stages.models import Skill

from .models import Reset
from .services import STAYS_FINISHED, carry_marks_over, lock_marks

KEPT_DAYS = 30

# One statement, so that what is held is exactly what goes. No row where there is nothing to hold.
_BEGIN = """
WITH marks AS (
    DELETE FROM progress_mark AS mark USING stages_skill AS skill
    WHERE mark.learner_id = %(learner)s AND skill.id = mark.skill_id AND (%(stage)s::bigint IS NULL OR skill.stage_id = %(stage)s)
    RETURNING mark.skill_id, mark.state, mark.claimed_at
), ticks AS (
    DELETE FROM progress_tick AS tick USING stages_donepoint AS point, stages_skill AS skill
    WHERE tick.learner_id = %(learner)s AND point.id = tick.point_id AND skill.id = point.skill_id
      AND (%(stage)s::bigint IS NULL OR skill.stage_id = %(stage)s)
    RETURNING tick.point_id, tick.ticked_at
), told AS (
    INSERT INTO progress_markevent (learner_id, skill_id, from_state, to_state, claimed_at, source, at)
    SELECT %(learner)s, skill_id, state, '', claimed_at, 'reset', now() FROM marks ORDER BY skill_id
)
INSERT INTO progress_reset (learner_id, stage_id, held, at)
SELECT %(learner)s, %(stage)s, jsonb_build_object(
    'marks', COALESCE((SELECT jsonb_agg(jsonb_build_array(skill_id, state, claimed_at) ORDER BY skill_id) FROM marks), '[]'),
    'ticks', COALESCE((SELECT jsonb_agg(jsonb_build_array(point_id, ticked_at) ORDER BY point_id) FROM ticks), '[]'),
    'finished', COALESCE((
        SELECT jsonb_agg(jsonb_build_array(stage_id, skills, finished_at) ORDER BY stage_id) FROM progress_finishedstage
        WHERE learner_id = %(learner)s AND (%(stage)s::bigint IS NULL OR stage_id = %(stage)s)), '[]')), now()
WHERE EXISTS (SELECT 1 FROM marks) OR EXISTS (SELECT 1 FROM ticks)
RETURNING id
"""
# What was marked since stands: only what has no mark comes back. (A skill without marks may have been deleted meanwhile.)
_TAKE_BACK = """
WITH held AS (SELECT held FROM progress_reset WHERE id = %(reset)s),
marks AS (
    INSERT INTO progress_mark (learner_id, skill_id, state, claimed_at, updated_at)
    SELECT %(learner)s, skill.id, mark ->> 1, (mark ->> 2)::timestamptz, now()
    FROM held, jsonb_array_elements(held -> 'marks') AS mark JOIN stages_skill AS skill ON skill.id = (mark ->> 0)::bigint
    ORDER BY skill.id ON CONFLICT DO NOTHING
    RETURNING skill_id, state
), ticks AS (
    INSERT INTO progress_tick (learner_id, point_id, ticked_at)
    SELECT %(learner)s, point.id, (tick ->> 1)::timestamptz
    FROM held, jsonb_array_elements(held -> 'ticks') AS tick JOIN stages_donepoint AS point ON point.id = (tick ->> 0)::bigint
    ORDER BY point.id ON CONFLICT DO NOTHING
), told AS (
    INSERT INTO progress_markevent (learner_id, skill_id, from_state, to_state, source, at)
    SELECT %(learner)s, skill_id, '', state, 'restored', now() FROM marks ORDER BY skill_id
)
SELECT skill_id FROM marks
"""
_STAYS_FINISHED = STAYS_FINISHED.format(
    come="""
    SELECT (step ->> 0)::bigint AS stage_id, ARRAY(SELECT jsonb_array_elements_text(step -> 1)::bigint) AS skills,
           (step ->> 2)::timestamptz AS finished_at
    FROM progress_reset, jsonb_array_elements(held -> 'finished') AS step WHERE progress_reset.id = %(reset)s
    """
)


def begin_anew(*, learner: int, stage_id: int | None) -> Reset | None:
    """Takes the marks and ticks of one step (or of all, with None) out, and holds them; None where there were none.

    Twice is once: a repeat finds nothing to take out. A mark made at the same moment is either held or stays.
    """
    with transaction.atomic():
        skills = Skill.objects.all() if stage_id is None else Skill.objects.filter(stage=stage_id)
        lock_marks(climber=learner, skills=sorted(skills.values_list("pk", flat=True)))
        made = _rows(_BEGIN, learner=learner, stage=stage_id)
    return Reset.objects.get(pk=made[0][0]) if made else None


def take_back(*, learner: int, reset_id: int) -> int | None:
    """Brings back what a new beginning took out, and says how many marks came back.

    None where it is not this learner's, too old, or taken back already. What was marked since stays as it is. A skill that was
    replaced meanwhile gives its mark to the replacements.
    """
    with transaction.atomic():
        since = timezone.now() - timedelta(days=KEPT_DAYS)
        waiting = Reset.objects.filter(pk=reset_id, learner=learner, taken_back_at=None, at__gt=since)
        if not waiting.update(taken_back_at=timezone.now()):
            return None
        held = Reset.objects.get(pk=reset_id).held["marks"]
        lock_marks(climber=learner, skills=sorted(skill for skill, _state, _claimed in held))
        returned = [skill for (skill,) in _rows(_TAKE_BACK, learner=learner, reset=reset_id)]
        with connection.cursor() as cursor:
            cursor.execute(_STAYS_FINISHED, {"learner": learner, "reset": reset_id})
        _hand_on(returned)
    return len(returned)


def resets_of(learner: int) -> list[Reset]:
    """What may still be taken back, the newest first."""
    since = timezone.now() - timedelta(days=KEPT_DAYS)
    return list(Reset.objects.filter(learner=learner, taken_back_at=None, at__gt=since).select_related("stage").order_by("-at"))


def forget_resets() -> None:
    """Drops what can no longer be taken back."""
    Reset.objects.filter(at__lte=timezone.now() - timedelta(days=KEPT_DAYS)).delete()


def _hand_on(skills: Sequence[int]) -> None:
    replaced: dict[int, list[int]] = {}
    pairs = Skill.objects.filter(pk__in=skills, retired_at__isnull=False, replaced_by__isnull=False).values_list("pk", "replaced_by")
    for skill, target in pairs.order_by("pk"):
        replaced.setdefault(skill, []).append(target)
    for skill, targets in replaced.items():
        carry_marks_over(skill_id=skill, replaced_by=targets)


def _rows(sql: str, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()
