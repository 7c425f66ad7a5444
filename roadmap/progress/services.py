"""What changes a climber's marks and ticks.

A climber is a learner (an account) or a guest (an opaque id that the session holds). Both have the same tables under other
names, so a verb is one SQL text with the names filled in.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from .models import Mark, MarkEvent, State
from .signals import marks_carried_over, skill_marked

Wanted = Literal["none", "learning", "done", "skipped"]
WANTED: tuple[Wanted, ...] = ("none", "learning", "done", "skipped")
Climber = int | UUID
# What other skills may build on.
SETTLED = (State.DONE, State.SKIPPED)


@dataclass(frozen=True, slots=True)
class Climb:
    """All marks and ticks of one climber, by id, and the curriculum's revision, as read in one statement.

    `set_aside`: ids of the skills that the climber does not want next for a while; `finished`: for each finished step the skills that
    made it, by id.
    `hours_a_week`, `known` and `draw` are what was said at the start (`is_asked`: whether there was an answer, be it none).
    `marked_at`: when a mark was last changed.
    """

    states: Mapping[int, str] = field(default_factory=dict)
    shown: frozenset[int] = frozenset()
    confirmed: frozenset[int] = frozenset()
    ticks: frozenset[int] = frozenset()
    revision: int | None = None
    set_aside: frozenset[int] = frozenset()
    finished: Mapping[int, frozenset[int]] = field(default_factory=dict)
    hours_a_week: int | None = None
    known: frozenset[str] = frozenset()
    draw: str = ""
    is_asked: bool = False
    marked_at: datetime | None = None

    @property
    def is_fresh(self) -> bool:
        """Nothing was marked, ticked, set aside or said: pages are what they are to everybody."""
        return not (self.states or self.ticks or self.set_aside or self.is_asked)

    @property
    def is_first_visit(self) -> bool:
        """Nothing was marked, ticked or said: the three questions come first."""
        return not (self.states or self.ticks or self.is_asked)

    @property
    def is_unmarked(self) -> bool:
        """No skill has a mark: the staircase is shown as what lies ahead."""
        return not self.states

    def state(self, skill_id: int) -> str:
        """The state of one skill; "none" where it has no mark."""
        return self.states.get(skill_id, "none")


@dataclass(frozen=True, slots=True)
class Change:
    """What marking did: the state before and after, and the whole climb as it stands now."""

    before: str
    after: str
    climb: Climb


@dataclass(frozen=True, slots=True)
class Waiting:
    """A mark that was made without a connection: the name that the device gave it, the state that it began from, and its moment.

    Devices have clocks of their own: the moment is taken as it is within the last 90 days, and moved into them otherwise.
    """

    key: UUID
    began: Wanted
    at: datetime


class LeftTheRoadmap(Exception):
    """The skill was taken off the roadmap while its mark was on the way; nothing was changed, and its replacements have what stood."""


class MarkedElsewhere(Exception):
    """A mark made without a connection began from a state that stands no more; nothing was changed. `stands` is what stands."""

    def __init__(self, stands: str) -> None:
        super().__init__(stands)
        self.stands = stands


_READ = """
SELECT (SELECT number FROM curriculum_revision WHERE id = 1), marks.ids, marks.states, marks.shown, marks.confirmed,
       (SELECT array_agg(point_id) FROM {tick} WHERE {owner} = %(climber)s) AS ticks,
       (SELECT array_agg(skill_id) FROM {set_aside} WHERE {owner} = %(climber)s AND until > now()) AS set_aside,
       (SELECT jsonb_object_agg(stage_id, skills) FROM {finished} WHERE {owner} = %(climber)s) AS finished,
       aim.hours_a_week, aim.known, aim.draw, {marked_at} AS marked_at
FROM (SELECT array_agg(skill_id) AS ids, array_agg(state) AS states, {levels} FROM {mark} WHERE {owner} = %(climber)s) AS marks
LEFT JOIN {aim} AS aim ON aim.{owner} = %(climber)s
"""
_LEVELS = "array_agg(skill_id) FILTER (WHERE shown_at IS NOT NULL) AS shown, array_agg(skill_id) FILTER (WHERE confirmed_at IS NOT NULL) AS confirmed"
_NO_LEVELS = "NULL::bigint[] AS shown, NULL::bigint[] AS confirmed"

# Where the rows of a climber are, and the column that says whose they are.
LEARNER = {
    "mark": "progress_mark",
    "tick": "progress_tick",
    "set_aside": "progress_setaside",
    "finished": "progress_finishedstage",
    "aim": "progress_aim",
    "owner": "learner_id",
}
GUEST = {
    "mark": "progress_guestmark",
    "tick": "progress_guesttick",
    "set_aside": "progress_guestsetaside",
    "finished": "progress_guestfinishedstage",
    "aim": "progress_guestaim",
    "owner": "guest_id",
}
GUEST_TABLES = tuple(table for what, table in GUEST.items() if what != "owner")
# The last event is one look into an index; marks keep theirs outside the index that they are read from.
_LAST_EVENT = "(SELECT at FROM progress_markevent WHERE learner_id = %(climber)s ORDER BY at DESC LIMIT 1)"
_LAST_MARK = "(SELECT max(updated_at) FROM progress_guestmark WHERE guest_id = %(climber)s)"
_READ_LEARNER = _READ.format(levels=_LEVELS, marked_at=_LAST_EVENT, **LEARNER)
_READ_GUEST = _READ.format(levels=_NO_LEVELS, marked_at=_LAST_MARK, **GUEST)

# Marks of one skill by one climber wait for one another, also when there is no row to lock; and a skill that is being replaced
# waits for the marks on it, and they for it. In the order of the skills, so that two can never wait for each other.
_LOCK = """
SELECT pg_advisory_xact_lock_shared(hashtextextended('skill ' || id, 0)), pg_advisory_xact_lock(hashtextextended('mark ' || %(climber)s || ' ' || id, 0))
FROM (SELECT unnest(%(skills)s::bigint[]) AS id ORDER BY 1) AS skill
"""
_LOCK_FOR_ALL = (
    "SELECT pg_advisory_xact_lock(hashtextextended('skill ' || id, 0)) FROM (SELECT unnest(%(skills)s::bigint[]) AS id ORDER BY 1) AS skill"
)

# The guest's row comes with the first write; its date says when the guest was last seen.
_SEEN = """
seen AS (INSERT INTO progress_guest (id, seen_on) VALUES (%(climber)s, CURRENT_DATE)
         ON CONFLICT (id) DO UPDATE SET seen_on = EXCLUDED.seen_on WHERE progress_guest.seen_on <> EXCLUDED.seen_on)
"""

# What is taken up is no longer set aside. Taking a slip back within a day restores the date of the first claim. A mark that waited for
# the skill to be replaced finds that it is no longer `here`: set on it, the mark would be on none of its replacements. Statements in
# WITH and the final SELECT see the marks as they were before: the caller puts the new state in.
_MARK = """
WITH {extra}
before AS (SELECT state, claimed_at FROM {mark} WHERE {owner} = %(climber)s AND skill_id = %(skill)s),
here AS (SELECT FROM stages_skill WHERE id = %(skill)s AND retired_at IS NULL),
{gate}
put AS (
    INSERT INTO {mark} ({owner}, skill_id, state, claimed_at, updated_at)
    SELECT %(climber)s, %(skill)s, %(state)s, CASE WHEN %(state)s = 'done' THEN COALESCE({first_claim}, {moment}) END, now()
    WHERE %(state)s <> 'none' {if_open}
    ON CONFLICT ({owner}, skill_id) DO UPDATE SET state = EXCLUDED.state, claimed_at = EXCLUDED.claimed_at, updated_at = EXCLUDED.updated_at
    WHERE {mark}.state <> EXCLUDED.state
    RETURNING {mark}.*
),
back AS (DELETE FROM {set_aside} WHERE {owner} = %(climber)s AND skill_id = %(skill)s AND %(state)s = 'learning' {if_open}),
gone AS (DELETE FROM {mark} WHERE {owner} = %(climber)s AND skill_id = %(skill)s AND %(state)s = 'none' {if_open})
{told}
SELECT COALESCE((SELECT state FROM before), 'none'), {outcome}, {is_shown}, {is_confirmed}, climb.* FROM ({read}) AS climb
"""
_FIRST_CLAIM = """(SELECT claimed_at FROM progress_markevent
    WHERE learner_id = %(climber)s AND skill_id = %(skill)s AND from_state = 'done' AND at > now() - interval '1 day' ORDER BY id DESC LIMIT 1)"""
_TOLD = """, told AS (
    INSERT INTO progress_markevent (learner_id, skill_id, from_state, to_state, claimed_at, source, at)
    SELECT %(climber)s, %(skill)s, COALESCE((SELECT state FROM before), ''), CASE %(state)s WHEN 'none' THEN '' ELSE %(state)s END,
           (SELECT claimed_at FROM before), %(source)s, now()
    WHERE COALESCE((SELECT state FROM before), 'none') <> %(state)s AND EXISTS (SELECT FROM here)
)"""
_ALWAYS = {
    "gate": "",
    "moment": "now()",
    "if_open": "AND EXISTS (SELECT FROM here)",
    "outcome": "CASE WHEN EXISTS (SELECT FROM here) THEN 'set' ELSE 'gone' END",
}

# A mark made without a connection is set where its skill still is in the state that it began from, or already is as wanted. A key
# that was taken before is not taken again: its event is written first, whether or not it changes the state, and opens the gate.
_MOMENT = "LEAST(GREATEST(%(at)s::timestamptz, now() - interval '90 days'), now())"
_STILL_STANDS = "COALESCE((SELECT state FROM before), 'none') IN (%(began)s, %(state)s)"
_GATE_LEARNER = f"""
taken AS (SELECT FROM progress_markevent WHERE learner_id = %(climber)s AND key = %(key)s),
told AS (
    INSERT INTO progress_markevent (learner_id, skill_id, from_state, to_state, claimed_at, source, key, at)
    SELECT %(climber)s, %(skill)s, COALESCE((SELECT state FROM before), ''), CASE %(state)s WHEN 'none' THEN '' ELSE %(state)s END,
           (SELECT claimed_at FROM before), %(source)s, %(key)s, {_MOMENT}
    WHERE {_STILL_STANDS} AND NOT EXISTS (SELECT FROM taken) AND EXISTS (SELECT FROM here)
    ON CONFLICT DO NOTHING
    RETURNING id
),"""
_WAITING_LEARNER = {
    "gate": _GATE_LEARNER,
    "moment": _MOMENT,
    "if_open": "AND EXISTS (SELECT FROM told)",
    "outcome": f"""CASE WHEN NOT EXISTS (SELECT FROM here) THEN 'gone' WHEN EXISTS (SELECT FROM told) THEN 'set'
        WHEN EXISTS (SELECT FROM taken) OR {_STILL_STANDS} THEN 'taken' ELSE 'refused' END""",
}
# A guest has no events: a state that already stands is the proof that a repeat changes nothing.
_WAITING_GUEST = {
    "gate": "",
    "moment": _MOMENT,
    "if_open": f"AND EXISTS (SELECT FROM here) AND {_STILL_STANDS}",
    "outcome": f"CASE WHEN NOT EXISTS (SELECT FROM here) THEN 'gone' WHEN {_STILL_STANDS} THEN 'set' ELSE 'refused' END",
}
# A new mark is shown at once where there is evidence, and confirmed where a sign-off stands: triggers of the apps that have them see
# to that.
_MARK_FOR_LEARNER = {
    "extra": "",
    "is_shown": "(SELECT shown_at FROM put) IS NOT NULL",
    "is_confirmed": "(SELECT confirmed_at FROM put) IS NOT NULL",
    "first_claim": _FIRST_CLAIM,
    "read": _READ_LEARNER,
    **LEARNER,
}
_MARK_FOR_GUEST = {
    "extra": f"{_SEEN},",
    "is_shown": "false",
    "is_confirmed": "false",
    "first_claim": "NULL::timestamptz",
    "told": "",
    "read": _READ_GUEST,
    **GUEST,
}
_MARK_LEARNER = _MARK.format(told=_TOLD, **_ALWAYS, **_MARK_FOR_LEARNER)
_MARK_LEARNER_WAITED = _MARK.format(told="", **_WAITING_LEARNER, **_MARK_FOR_LEARNER)
_MARK_GUEST = _MARK.format(**_ALWAYS, **_MARK_FOR_GUEST)
_MARK_GUEST_WAITED = _MARK.format(**_WAITING_GUEST, **_MARK_FOR_GUEST)

_TICK = """
WITH {extra}
put AS (INSERT INTO {tick} ({owner}, point_id, ticked_at) SELECT %(climber)s, %(point)s, now() WHERE %(reached)s ON CONFLICT DO NOTHING),
gone AS (DELETE FROM {tick} WHERE {owner} = %(climber)s AND point_id = %(point)s AND NOT %(reached)s)
{read}
"""
_TICK_LEARNER = _TICK.format(extra="", read=_READ_LEARNER, **LEARNER)
_TICK_GUEST = _TICK.format(extra=f"{_SEEN},", read=_READ_GUEST, **GUEST)

# A step that was finished elsewhere (`come` has stage, skills and since when) is so here where the skills that made it are settled: they
# are not all that it has where it has gained one since.
STAYS_FINISHED = """
INSERT INTO progress_finishedstage (learner_id, stage_id, skills, finished_at)
SELECT %(learner)s, stage.id, come.skills, come.finished_at FROM ({come}) AS come JOIN stages_stage AS stage ON stage.id = come.stage_id
WHERE NOT EXISTS (
    SELECT FROM unnest(come.skills) AS made_it(id) JOIN stages_skill AS skill USING (id)
    LEFT JOIN progress_mark AS mark ON mark.learner_id = %(learner)s AND mark.skill_id = skill.id AND mark.state IN ('done', 'skipped')
    WHERE mark.skill_id IS NULL
)
ON CONFLICT DO NOTHING
"""

# Where two marks of one skill meet, the further state stands: done, then learning, then skipped.
FURTHER = "array_position(ARRAY['skipped', 'learning', 'done'], {}::text)"

# A replacement may have been replaced itself in the meantime.
_SUCCESSORS = """
WITH RECURSIVE successor(id) AS (
    SELECT unnest(%(replaced_by)s::bigint[])
    UNION
    SELECT edge.to_skill_id FROM successor JOIN stages_skill AS skill USING (id) JOIN stages_skill_replaced_by AS edge ON edge.from_skill_id = successor.id
    WHERE skill.retired_at IS NOT NULL
)
SELECT id FROM successor WHERE id <> %(skill)s
"""

# The final SELECT sees the marks as they were before; nobody else writes these skills' marks meanwhile.
_CARRY = """
WITH carried AS (
    INSERT INTO {mark} AS held ({owner}, skill_id, state, claimed_at, updated_at)
    SELECT old.{owner}, target.id, old.state, old.claimed_at, now()
    FROM {mark} AS old, unnest(%(targets)s::bigint[]) AS target(id) WHERE old.skill_id = %(skill)s
    ON CONFLICT ({owner}, skill_id) DO UPDATE
    SET state = CASE WHEN {further_new} > {further_held} THEN EXCLUDED.state ELSE held.state END,
        claimed_at = LEAST(held.claimed_at, EXCLUDED.claimed_at), updated_at = EXCLUDED.updated_at
    WHERE {further_new} > {further_held} OR EXCLUDED.claimed_at < held.claimed_at
    RETURNING {owner}, skill_id, state
)
{told}
"""
_TOLD_CARRIED = """
INSERT INTO progress_markevent (learner_id, skill_id, from_state, to_state, claimed_at, source, at)
SELECT carried.learner_id, carried.skill_id, COALESCE(before.state, ''), carried.state, before.claimed_at, 'replaced', now()
FROM carried LEFT JOIN progress_mark AS before USING (learner_id, skill_id) WHERE before.state IS DISTINCT FROM carried.state
"""
_RANKS = {"further_new": FURTHER.format("EXCLUDED.state"), "further_held": FURTHER.format("held.state")}
_CARRY_LEARNERS = _CARRY.format(told=_TOLD_CARRIED, **_RANKS, **LEARNER)
_CARRY_GUESTS = _CARRY.format(told="SELECT count(*) FROM carried", **_RANKS, **GUEST)


def read_climb(climber: Climber) -> Climb:
    """Everything that pages show of one climber, in one statement."""
    return _climb(_run(_READ_GUEST if isinstance(climber, UUID) else _READ_LEARNER, {"climber": climber}))


def mark_skill(*, climber: Climber, skill_id: int, state: Wanted, waiting: Waiting | None = None) -> Change:
    """Sets one skill to `state` for one climber. Twice is once; of several at the same time, the last to arrive stands.

    Each event begins where the one before ended. A mark that was `waiting` for a connection is set once, whatever was marked after
    it: sent again, the change is from what stands to what stands. Raises MarkedElsewhere where another state stands by now;
    any mark LeftTheRoadmap where the skill is no longer on it.
    """
    if state not in WANTED:
        raise ValueError(f"A mark is one of {', '.join(WANTED)}, not {state!r}.")
    with transaction.atomic():
        lock_marks(climber=climber, skills=[skill_id])
        before, outcome, climb = _set_mark(
            climber, skill_id, state, MarkEvent.Source.OFFLINE if waiting else MarkEvent.Source.PAGE, waiting
        )
    if outcome == "gone":
        raise LeftTheRoadmap
    if outcome == "refused":
        raise MarkedElsewhere(before)
    after = state if outcome == "set" else before
    states = {skill: held for skill, held in climb.states.items() if skill != skill_id}
    set_aside = climb.set_aside - {skill_id} if after == State.LEARNING else climb.set_aside
    finished = climb.finished
    if after not in SETTLED:
        finished = {stage: made_it for stage, made_it in finished.items() if skill_id not in made_it}
    if after != "none":
        states[skill_id] = after
    return Change(before, after, replace(climb, states=states, finished=finished, set_aside=set_aside, marked_at=timezone.now()))


def begin_skills(*, learner: int, skills: Collection[int]) -> set[int]:
    """Marks those of the skills that have no mark as learning, because the learner's own code shows them; says which."""
    with transaction.atomic():
        lock_marks(climber=learner, skills=sorted(skills))
        begun = set(skills) - set(Mark.objects.filter(learner=learner, skill__in=skills).values_list("skill_id", flat=True))
        for skill in sorted(begun):
            _set_mark(learner, skill, "learning", MarkEvent.Source.SHOWN)
    return begun


def lock_marks(*, climber: Climber, skills: Sequence[int]) -> None:
    """Makes other writers of these marks wait until the transaction ends; what is read afterwards is what stands."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, {"climber": str(climber), "skills": list(skills)})


def tick_point(*, climber: Climber, point_id: int, reached: bool) -> Climb:
    """Ticks one done-point, or takes the tick back. Twice is once."""
    sql = _TICK_GUEST if isinstance(climber, UUID) else _TICK_LEARNER
    climb = _climb(_run(sql, {"climber": climber, "point": point_id, "reached": reached}))
    ticks = climb.ticks | {point_id} if reached else climb.ticks - {point_id}
    return replace(climb, ticks=ticks)


def write_down(*, climber: Climber, sql: str, **values: Any) -> Climb:
    """Runs one statement with the names of this climber's tables filled in (`{aim}`, `{owner}`, …); the climb as it stands then."""
    is_guest = isinstance(climber, UUID)
    statement = f"WITH {_SEEN} {sql}" if is_guest else sql
    with connection.cursor() as cursor:
        cursor.execute(statement.format(**(GUEST if is_guest else LEARNER)), {"climber": climber, **values})
    return read_climb(climber)


def carry_marks_over(*, skill_id: int, replaced_by: Sequence[int]) -> None:
    """Copies every climber's mark on a skill to each of its replacements, where the further state and the first claim stand.

    Nobody's mark is taken back, the old ones stay, and a repeat changes nothing. Levels (shown, confirmed) are not copied: they
    follow evidence and sign-offs, whose apps are told.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_SUCCESSORS, {"skill": skill_id, "replaced_by": list(replaced_by)})
        targets = [target for (target,) in cursor.fetchall()]
        values: dict[str, Any] = {"skill": skill_id, "skills": [skill_id, *targets], "targets": targets}
        cursor.execute(_LOCK_FOR_ALL, values)
        cursor.execute(_CARRY_LEARNERS, values)
        cursor.execute(_CARRY_GUESTS, values)
        marks_carried_over.send(carry_marks_over, skill_id=skill_id, targets=targets)


def _set_mark(
    climber: Climber, skill_id: int, state: Wanted, source: str, waiting: Waiting | None = None
) -> tuple[str, Literal["set", "taken", "refused", "gone"], Climb]:
    """The state before, whether it was set, and a climb in which the caller puts the new state in."""
    is_guest = isinstance(climber, UUID)
    values: dict[str, Any] = {"climber": climber, "skill": skill_id, "state": state, "source": source}
    if waiting:
        values |= {"key": waiting.key, "began": waiting.began, "at": waiting.at}
        sql = _MARK_GUEST_WAITED if is_guest else _MARK_LEARNER_WAITED
    else:
        sql = _MARK_GUEST if is_guest else _MARK_LEARNER
    before, outcome, is_shown, is_confirmed, *row = _run(sql, values)
    if outcome == "set" and before != state and not is_guest:
        skill_marked.send(mark_skill, learner_id=climber, skill_id=skill_id, before=before, after=state)
    climb = _climb(row)
    return (
        before,
        outcome,
        replace(
            climb,
            shown=climb.shown | {skill_id} if is_shown else climb.shown,
            confirmed=climb.confirmed | {skill_id} if is_confirmed else climb.confirmed,
        ),
    )


def _run(sql: str, values: Mapping[str, Any]) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()


def read_finished(held: str | None) -> dict[int, frozenset[int]]:
    """Finished steps with the skills that made them, from the JSON in which a statement gathers them."""
    return {int(stage): frozenset(made_it) for stage, made_it in json.loads(held or "{}").items()}


def _climb(row: Any) -> Climb:
    revision, skills, states, shown, confirmed, ticks, set_aside, finished, hours_a_week, known, draw, marked_at = row
    return Climb(
        dict(zip(skills or (), states or (), strict=True)),
        frozenset(shown or ()),
        frozenset(confirmed or ()),
        frozenset(ticks or ()),
        revision,
        frozenset(set_aside or ()),
        read_finished(finished),
        hours_a_week,
        frozenset(known or ()),
        draw or "",
        # A list, be it empty, where there is a row.
        is_asked=known is not None,
        marked_at=marked_at,
    )
