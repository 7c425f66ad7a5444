"""Taking the marks of somebody without an account over into one.

Of two states of a skill the further one stands: done > learning > skipped > not started. (Who works on a skill is further than who
leaves it out.) So a merge never takes a mark back; in whatever order guests are merged, and however often, the same states and
ticks come out. A mark that becomes done brings the date that the guest claimed it on; one that is done already keeps its own. The
audit trail has the moment of the merge.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from .services import FURTHER, STAYS_FINISHED, lock_marks, mark_skill
from .signals import skill_marked


@dataclass(frozen=True, slots=True)
class WaitingMark:
    """What a guest's word on one skill would change in a learner's climb: the state, and done-points that would be ticked."""

    skill_id: int
    slug: str
    title: str
    before: str
    after: str
    points: int


def _further(ours: str, theirs: str) -> str:
    return f"COALESCE({FURTHER.format(ours)}, 0) < {FURTHER.format(theirs)}"


_WAITING = f"""
WITH marks AS (
    SELECT theirs.skill_id, theirs.state FROM progress_guestmark AS theirs
    LEFT JOIN progress_mark AS ours ON ours.learner_id = %(learner)s AND ours.skill_id = theirs.skill_id
    WHERE theirs.guest_id = %(guest)s AND {_further("ours.state", "theirs.state")}
), points AS (
    SELECT point.skill_id, count(*) AS reached FROM progress_guesttick AS theirs JOIN stages_donepoint AS point ON point.id = theirs.point_id
    WHERE theirs.guest_id = %(guest)s
      AND NOT EXISTS (SELECT 1 FROM progress_tick AS ours WHERE ours.learner_id = %(learner)s AND ours.point_id = theirs.point_id)
    GROUP BY point.skill_id
)
SELECT skill.id, skill.slug, skill.title, COALESCE(ours.state, 'none'), COALESCE(marks.state, ours.state, 'none'), COALESCE(points.reached, 0)
FROM marks FULL JOIN points USING (skill_id) JOIN stages_skill AS skill ON skill.id = skill_id JOIN stages_stage AS stage ON stage.id = skill.stage_id
LEFT JOIN progress_mark AS ours ON ours.learner_id = %(learner)s AND ours.skill_id = skill.id
ORDER BY stage.position, skill.position, skill.id
"""

# Who marks as this guest waits until the merge is through (a mark of a guest locks this row as well).
_LOCK_GUEST = "SELECT 1 FROM progress_guest WHERE id = %(guest)s FOR UPDATE"
_TAKE_OVER = f"""
WITH before AS (SELECT skill_id, state, claimed_at FROM progress_mark WHERE learner_id = %(learner)s),
taken AS (
    INSERT INTO progress_mark AS ours (learner_id, skill_id, state, claimed_at, updated_at)
    SELECT %(learner)s, skill_id, state, CASE WHEN state = 'done' THEN COALESCE(claimed_at, now()) END, now()
    FROM progress_guestmark WHERE guest_id = %(guest)s AND (%(skills)s::bigint[] IS NULL OR skill_id = ANY(%(skills)s)) ORDER BY skill_id
    ON CONFLICT (learner_id, skill_id) DO UPDATE SET state = EXCLUDED.state, claimed_at = EXCLUDED.claimed_at, updated_at = EXCLUDED.updated_at
    WHERE {_further("ours.state", "EXCLUDED.state")}
    RETURNING skill_id, state
), told AS (
    INSERT INTO progress_markevent (learner_id, skill_id, from_state, to_state, claimed_at, source, at)
    SELECT %(learner)s, skill_id, COALESCE(before.state, ''), taken.state, before.claimed_at, 'merge', now()
    FROM taken LEFT JOIN before USING (skill_id) ORDER BY skill_id
), ticked AS (
    INSERT INTO progress_tick (learner_id, point_id, ticked_at)
    SELECT %(learner)s, theirs.point_id, theirs.ticked_at
    FROM progress_guesttick AS theirs JOIN stages_donepoint AS point ON point.id = theirs.point_id
    WHERE theirs.guest_id = %(guest)s AND (%(skills)s::bigint[] IS NULL OR point.skill_id = ANY(%(skills)s)) ORDER BY theirs.point_id
    ON CONFLICT DO NOTHING
)
SELECT skill_id, COALESCE(before.state, 'none'), taken.state FROM taken LEFT JOIN before USING (skill_id) ORDER BY skill_id
"""

_STAYS_FINISHED = STAYS_FINISHED.format(
    come="SELECT stage_id, skills, finished_at FROM progress_guestfinishedstage WHERE guest_id = %(guest)s"
)

# What was said goes along in silence: a skill that either has set aside stays so, and the account's own aim stands.
_SAID = (
    """
    INSERT INTO progress_setaside AS ours (learner_id, skill_id, until)
    SELECT %(learner)s, skill_id, max(until) FROM progress_guestsetaside WHERE guest_id IN ({guests}) AND until > now() GROUP BY skill_id ORDER BY skill_id
    ON CONFLICT (learner_id, skill_id) DO UPDATE SET until = GREATEST(ours.until, EXCLUDED.until)
    """,
    """
    INSERT INTO progress_aim (learner_id, hours_a_week, known, draw, answered_at)
    SELECT %(learner)s, hours_a_week, known, draw, answered_at FROM progress_guestaim WHERE guest_id IN ({guests}) ORDER BY answered_at DESC LIMIT 1
    ON CONFLICT (learner_id) DO NOTHING
    """,
)
_SAID_BY = [statement.format(guests="%(guest)s") for statement in _SAID]
_SAID_BY_COPIED = [statement.format(guests="SELECT id FROM progress_guest WHERE learner_id = %(learner)s") for statement in _SAID]

_LOCK_GUESTS_OF = "SELECT 1 FROM progress_guest WHERE learner_id = %(learner)s ORDER BY id FOR UPDATE"
_DROP_COVERED = (
    f"""
    DELETE FROM progress_guestmark AS theirs USING progress_guest AS guest, progress_mark AS ours
    WHERE guest.learner_id = %(learner)s AND theirs.guest_id = guest.id
      AND ours.learner_id = %(learner)s AND ours.skill_id = theirs.skill_id AND NOT ({_further("ours.state", "theirs.state")})
    """,
    """
    DELETE FROM progress_guesttick AS theirs USING progress_guest AS guest, progress_tick AS ours
    WHERE guest.learner_id = %(learner)s AND theirs.guest_id = guest.id
      AND ours.learner_id = %(learner)s AND ours.point_id = theirs.point_id
    """,
    *(
        f"DELETE FROM {table} WHERE guest_id IN (SELECT id FROM progress_guest WHERE learner_id = %(learner)s)"
        for table in ("progress_guestsetaside", "progress_guestaim", "progress_guestfinishedstage")
    ),
    """
    DELETE FROM progress_guest AS guest WHERE guest.learner_id = %(learner)s
      AND NOT EXISTS (SELECT 1 FROM progress_guestmark WHERE guest_id = guest.id)
      AND NOT EXISTS (SELECT 1 FROM progress_guesttick WHERE guest_id = guest.id)
    """,
    "UPDATE progress_guest SET learner_id = NULL WHERE learner_id = %(learner)s",
)
_DROP_SAID = (
    "DELETE FROM progress_guestsetaside WHERE guest_id = %(guest)s",
    "DELETE FROM progress_guestaim WHERE guest_id = %(guest)s",
)
_DROP_GUEST = (
    "DELETE FROM progress_guestmark WHERE guest_id = %(guest)s",
    "DELETE FROM progress_guesttick WHERE guest_id = %(guest)s",
    *_DROP_SAID,
    # Marks take it along, but for a step that its skills have moved away from.
    "DELETE FROM progress_guestfinishedstage WHERE guest_id = %(guest)s",
    "DELETE FROM progress_guest WHERE id = %(guest)s",
)


def waiting_marks(*, guest: UUID, learner: int) -> list[WaitingMark]:
    """What merging this guest would change, in the order of the staircase; one statement."""
    return [WaitingMark(*row) for row in _rows(_WAITING, guest=guest, learner=learner)]


def copy_marks(*, guest: UUID, learner: int) -> None:
    """Copies everything of a guest into a new account. The guest keeps it until the account's first sign-in.

    So a visitor who has signed up, but not confirmed the address yet, goes on with all marks.
    """
    with transaction.atomic():
        _take_over(guest, learner, None)
        _run("UPDATE progress_guest SET learner_id = %(learner)s WHERE id = %(guest)s", guest=guest, learner=learner)


def merge_marks(*, guest: UUID, learner: int, skills: Collection[int]) -> int:
    """Takes the guest's marks and ticks of these skills over, and drops the guest with all others; says how many skills changed."""
    with transaction.atomic():
        waiting = {mark.skill_id for mark in waiting_marks(guest=guest, learner=learner)}
        _take_over(guest, learner, sorted(skills))
        drop_guest(guest=guest)
    return len(waiting.intersection(skills))


def take_said_over(*, guest: UUID, learner: int) -> None:
    """Moves what a guest has set aside and said of the own aim into an account. Twice is once.

    The device keeps nothing of it: the account may have changed it by the next sign-in, which may also be somebody else's.
    """
    with transaction.atomic():
        _run(_LOCK_GUEST, guest=guest)
        for statement in (*_SAID_BY, *_DROP_SAID):
            _run(statement, guest=guest, learner=learner)


def drop_guest(*, guest: UUID) -> None:
    """Drops a guest with all marks and ticks: somebody has said that they are not theirs."""
    with transaction.atomic():
        _run(_LOCK_GUEST, guest=guest)
        for statement in _DROP_GUEST:
            _run(statement, guest=guest)


def drop_copied_marks(*, learner: int) -> None:
    """Drops, of the guests that were copied into this account, what the account has; it has just been signed in to.

    What such a guest has marked since, the account does not have: it stays, and the next sign-in on that device asks about it.
    """
    with transaction.atomic():
        if _rows(_LOCK_GUESTS_OF, learner=learner):
            for statement in (*_SAID_BY_COPIED, *_DROP_COVERED):
                _run(statement, learner=learner)


def _take_over(guest: UUID, learner: int, skills: list[int] | None) -> None:
    """All skills where `skills` is None. Inside a transaction."""
    _run(_LOCK_GUEST, guest=guest)
    marked = _rows("SELECT skill_id FROM progress_guestmark WHERE guest_id = %(guest)s", guest=guest)
    lock_marks(climber=learner, skills=[skill for (skill,) in marked])
    for statement in _SAID_BY:
        _run(statement, guest=guest, learner=learner)
    for skill, before, after in _rows(_TAKE_OVER, guest=guest, learner=learner, skills=skills):
        skill_marked.send(mark_skill, learner_id=learner, skill_id=skill, before=before, after=after)
    _run(_STAYS_FINISHED, guest=guest, learner=learner)


def _run(sql: str, **values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def _rows(sql: str, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()
