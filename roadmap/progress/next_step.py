"""The one next step: a skill to take up now, and the fact that speaks for it. The rules, in their order:

1. **Started.** What is being learnt and open comes first, the lowest on the staircase.
2. **For what you started.** What is being learnt but blocked: the first open skill on the way to it.
3. **For what you know.** Who said at the start to know something is led to the skill that this belongs to (`WAYS`), by the first open
   skill on the way there. Nothing is marked because of it.
4. **Finishes the step.** A required skill that is the last one open on its step.
5. **The present step**: the lowest one with a required skill open. Its skills are looked at, and for those of them that are blocked
   what they wait for, on whatever step that stands: so math and code interleave as the prerequisites say. Among these:
   a. the one that **opens most**: at least `OPENS` further skills at once, and more than any other;
   b. where the first would take more than a week of the learner's hours, the first that **fits the week**;
   c. the first in the order of the staircase: its **needs are met**, or it **needs nothing**.
6. **New.** A required skill that a finished step has gained since.
7. **Extra.** When no required skill may be taken, the first other one: extra, where none is left; new, where its step was finished
   without it; else with what it builds on.
8. When nothing is left: none, and the page says that the climb is complete.

Never a skill that is done, skipped, or blocked by something that is neither. Required are the must-skills, one of each group of
alternatives, and whatever these build on. A need is met when the needed skill, or another of its group, is done or skipped (who
skips a skill says "I know this"); a skill of a group counts as settled as soon as another of the group is.

Skills that the climber has set aside ("not this one") are passed over in every rule. Where nothing else is left, the rules are gone
through once more with them, and what comes out says `is_back`.

There is no rule that refreshes what is fading: it would need the results of practice, which do not exist yet.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from roadmap.curriculum.snapshot import SkillView, Snapshot, StageView

from .models import State
from .services import SETTLED, Climb

Reason = Literal[
    "started", "for-started", "for-known", "finishes-step", "opens-most", "fits-week", "needs-met", "no-needs", "new", "extra"
]  # fmt: skip

# A skill that opens so many others at once goes before its neighbours.
OPENS = 3
# Where each kind of knowledge leads (`Aim.Known`), the nearest first.
WAYS = {"code": "python-basics", "math": "math-with-code", "data": "pandas-dataframes", "models": "scikit-learn-basics"}


@dataclass(frozen=True, slots=True)
class NextStep:
    """A skill to take up now, and why.

    `because` names what the reason rests on: the needs that are met, the skills that it opens, the one that it leads to.
    `hours_a_week` and `known` are what the climber has said, where the reason is that.
    """

    skill: SkillView
    reason: Reason
    because: tuple[SkillView, ...] = ()
    hours_a_week: int | None = None
    known: str = ""
    is_back: bool = False


def next_step(curriculum: Snapshot, climb: Climb) -> NextStep | None:
    """The next step of one climber; None when every skill is settled."""
    found = _by_the_rules(curriculum, climb, climb.set_aside)
    if found is None and climb.set_aside and (back := _by_the_rules(curriculum, climb, ())):
        return replace(back, is_back=True)
    return found


def next_steps(curriculum: Snapshot, climb: Climb, most: int) -> list[NextStep]:
    """The next step, and what the rules would say if it were set aside, and so on: at most so many, each with a reason of its own."""
    found: list[NextStep] = []
    if first := next_step(curriculum, climb):
        found.append(first)
        passed = {*climb.set_aside, first.skill.id}
        while len(found) < most and (following := _by_the_rules(curriculum, climb, passed)):
            found.append(following)
            passed.add(following.skill.id)
    return found


def settled_skills(states: Mapping[int, str]) -> set[int]:
    """Ids of the skills that are done or skipped: what other skills may build on."""
    return {skill for skill, state in states.items() if state in SETTLED}


def unmet_needs(curriculum: Snapshot, skill: SkillView, settled: set[int]) -> tuple[SkillView, ...]:
    """What `skill` builds on that is not settled yet; any skill of a group stands for the others."""
    return tuple(need for need in skill.needs if need.id not in settled and not (need.group and curriculum.groups[need.group] & settled))


class _Row(NamedTuple):
    """A skill and what it depends on. Sets of skills are numbers here, one bit for each skill: every page asks.

    `own`: the skill and its group. `needs`: for each need the skills of which one must be settled. `builds`: places of the skills that
    may wait for this one; `below`: places of the skills that this one names as its needs.
    """

    skill: SkillView
    bit: int
    own: int
    needs: tuple[int, ...]
    below: tuple[int, ...]
    builds: tuple[int, ...]


class _Shape(NamedTuple):
    """What depends on the curriculum alone, derived once per revision: rows in the order of the staircase, bits by id, what is required.

    `steps`: for each stage all its skills, and the required ones.
    """

    rows: tuple[_Row, ...]
    bits: Mapping[int, int]
    required: int
    steps: tuple[tuple[StageView, int, int], ...]


def _shape(curriculum: Snapshot) -> _Shape:
    held: _Shape | None = curriculum.memo.get("shape")
    if held is None:
        held = curriculum.memo["shape"] = _derive(curriculum)
    return held


def _derive(curriculum: Snapshot) -> _Shape:
    order = {skill.id: place for place, skill in enumerate(curriculum)}
    bits = {skill: 1 << place for skill, place in order.items()}

    def with_group(skill: SkillView) -> int:
        return sum(bits[member] for member in (curriculum.groups[skill.group] if skill.group else {skill.id}))

    needs = {skill.id: tuple(with_group(need) for need in skill.needs) for skill in curriculum}
    rows = tuple(
        _Row(
            skill,
            bits[skill.id],
            with_group(skill),
            needs[skill.id],
            tuple(order[need.id] for need in skill.needs),
            tuple(order[other.id] for other in curriculum if any(need & bits[skill.id] for need in needs[other.id])),
        )
        for skill in curriculum
    )
    waiting = [skill for skill in curriculum if skill.necessity != "nice"]
    required = 0
    while waiting:
        skill = waiting.pop()
        if not required & bits[skill.id]:
            required |= bits[skill.id]
            waiting.extend(skill.needs)
    steps = []
    for stage in curriculum.stages:
        of_stage = sum(bits[skill.id] for skill in stage.skills)
        steps.append((stage, of_stage, of_stage & required))
    return _Shape(rows, bits, required, tuple(steps))


class _Standing:
    """The curriculum as it stands for one climber: what is settled, what is left, what of it is open, and what of that may be taken."""

    def __init__(self, curriculum: Snapshot, climb: Climb, passed: Collection[int]) -> None:
        self.curriculum, self.climb = curriculum, climb
        self.shape = _shape(curriculum)
        bits, settled = self.shape.bits, 0
        for skill, state in climb.states.items():
            if state in SETTLED:
                settled |= bits.get(skill, 0)
        left = found = 0
        for row in self.shape.rows:
            if not settled & row.own:
                left |= row.bit
                for need in row.needs:
                    if not settled & need:
                        break
                else:
                    found |= row.bit
        self.settled, self.left, self.open = settled, left, found
        self.takeable = found
        for skill in passed:
            self.takeable &= ~bits.get(skill, 0)

    def rows(self, skills: int) -> Iterator[_Row]:
        """The rows of a set, in the order of the staircase."""
        while skills:
            bit = skills & -skills
            yield self.shape.rows[bit.bit_length() - 1]
            skills ^= bit

    def first(self, skills: int) -> SkillView | None:
        """The first of these that may be taken."""
        found = skills & self.takeable
        return next((row.skill for row in self.rows(found)), None)

    def on_the_way(self, goals: int) -> int:
        """Of the goals themselves and all that they wait for, what may be taken."""
        seen = 0
        waiting = list(self.rows(goals & self.left))
        while waiting:
            row = waiting.pop()
            if seen & row.bit:
                continue
            seen |= row.bit
            if not self.open & row.bit:
                waiting.extend(self.shape.rows[below] for need, below in zip(row.needs, row.below, strict=True) if not self.settled & need)
        return seen & self.takeable

    def opened_by(self, row: _Row) -> tuple[SkillView, ...]:
        """What is blocked now and would be open if the skill were done."""
        blocked, after = self.left & ~self.open, self.settled | row.bit
        return tuple(
            waiting.skill
            for waiting in (self.shape.rows[place] for place in row.builds)
            if blocked & waiting.bit and all(after & need for need in waiting.needs)
        )

    @property
    def learning(self) -> list[SkillView]:
        """What is being learnt and not settled by another of its group, in the order of the staircase."""
        bits, found = self.shape.bits, 0
        for skill, state in self.climb.states.items():
            if state == State.LEARNING:
                found |= bits.get(skill, 0)
        return [row.skill for row in self.rows(found & self.left)]


def _by_the_rules(curriculum: Snapshot, climb: Climb, passed: Collection[int]) -> NextStep | None:
    standing = _Standing(curriculum, climb, passed)
    for rule in _RULES:
        if found := rule(standing):
            return found
    return None


def _started(standing: _Standing) -> NextStep | None:
    for skill in standing.learning:
        if standing.takeable & standing.shape.bits[skill.id]:
            return NextStep(skill, "started", skill.needs)
    return None


def _for_started(standing: _Standing) -> NextStep | None:
    for goal in standing.learning:
        bit = standing.shape.bits[goal.id]
        # What is open itself, and passed over, leads nowhere.
        if not standing.open & bit and (skill := standing.first(standing.on_the_way(bit))):
            return NextStep(skill, "for-started", (goal,))
    return None


def _for_known(standing: _Standing) -> NextStep | None:
    for known, slug in WAYS.items() if standing.climb.known else ():
        goal = standing.curriculum.skills.get(slug) if known in standing.climb.known else None
        if goal and (skill := standing.first(standing.on_the_way(standing.shape.bits[goal.id]))):
            return NextStep(skill, "for-known", (goal,), known=known)
    return None


def _finishes_step(standing: _Standing) -> NextStep | None:
    for stage, skills, required in standing.shape.steps:
        left_there = skills & ~standing.settled
        is_one = left_there and not left_there & (left_there - 1)
        if is_one and stage.id not in standing.climb.finished and (skill := standing.first(left_there & required)):
            return NextStep(skill, "finishes-step", skill.needs)
    return None


def _present_step(standing: _Standing) -> NextStep | None:
    for stage, _skills, required in standing.shape.steps:
        if stage.id not in standing.climb.finished and (near := standing.on_the_way(required)):
            return _nearest(standing, near)
    return None


def _nearest(standing: _Standing, near: int) -> NextStep:
    rows = list(standing.rows(near))
    # No skill opens more than wait for it.
    opened = [(standing.opened_by(row) if len(row.builds) >= OPENS else (), row) for row in rows]
    most = max(len(skills) for skills, _row in opened)
    if most >= OPENS and sum(len(skills) == most for skills, _row in opened) == 1:
        skills, row = max(opened, key=lambda found: len(found[0]))
        return NextStep(row.skill, "opens-most", skills)
    first, hours = rows[0].skill, standing.climb.hours_a_week
    if hours and first.hours > hours and (small := next((row.skill for row in rows if row.skill.hours <= hours), None)):
        return NextStep(small, "fits-week", small.needs, hours_a_week=hours)
    return NextStep(first, "needs-met" if first.needs else "no-needs", first.needs)


def _new(standing: _Standing) -> NextStep | None:
    for stage, skills, required in standing.shape.steps:
        if stage.id in standing.climb.finished and (near := standing.on_the_way(required)):
            # What a new skill waits for may stand on a step that was never finished.
            skill = standing.first(near & skills)
            return NextStep(skill, "new", skill.needs) if skill else _nearest(standing, near)
    return None


def _extra(standing: _Standing) -> NextStep | None:
    skill = standing.first(standing.left)
    if skill is None:
        return None
    if skill.stage.id in standing.climb.finished:
        return NextStep(skill, "new", skill.needs)
    # What is required waits only for what was set aside: not all of it is done.
    is_extra = not standing.left & standing.shape.required
    return NextStep(skill, "extra" if is_extra else "needs-met" if skill.needs else "no-needs", skill.needs)


_RULES: tuple[Callable[[_Standing], NextStep | None], ...] = (
    _started,
    _for_started,
    _for_known,
    _finishes_step,
    _present_step,
    _new,
    _extra,
)
