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
7. **Extra.** When no required skill is left, the first other one (new, where its step was finished without it).
8. When nothing is left: none, and the page says that the climb is complete.

Never a skill that is done, skipped, or blocked by something that is neither. Required are the must-skills, one of each group of
alternatives, and whatever these build on. A need is met when the needed skill, or another of its group, is done or skipped (who
skips a skill says "I know this"); a skill of a group counts as settled as soon as another of the group is.

Skills that the climber has set aside ("not this one") are passed over in every rule. Where nothing else is left, the rules are gone
through once more with them, and what comes out says `is_back`.

There is no rule that refreshes what is fading: it would need the results of practice, which do not exist yet.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
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


class _Shape(NamedTuple):
    """What depends on the curriculum alone, derived once per revision.

    `required`: ids of the skills that the climb cannot do without. `needs`: for each skill the sets of which one must be settled.
    `builds`: for each skill those that may wait for it.
    """

    required: frozenset[int]
    needs: Mapping[int, tuple[frozenset[int], ...]]
    builds: Mapping[int, tuple[SkillView, ...]]


def _shape(curriculum: Snapshot) -> _Shape:
    held: _Shape | None = curriculum.memo.get("shape")
    if held is None:
        needs = {
            skill.id: tuple(frozenset({need.id, *(curriculum.groups[need.group] if need.group else ())}) for need in skill.needs)
            for skill in curriculum
        }
        builds: dict[int, list[SkillView]] = {}
        for skill in curriculum:
            for need in frozenset().union(*needs[skill.id]):
                builds.setdefault(need, []).append(skill)
        waiting = [skill for skill in curriculum if skill.necessity != "nice"]
        required: set[int] = set()
        while waiting:
            skill = waiting.pop()
            if skill.id not in required:
                required.add(skill.id)
                waiting.extend(skill.needs)
        held = curriculum.memo["shape"] = _Shape(frozenset(required), needs, {skill: tuple(found) for skill, found in builds.items()})
    return held


class _Standing:
    """The curriculum as it stands for one climber: what is left, and what of it is open."""

    def __init__(self, curriculum: Snapshot, climb: Climb, passed: Collection[int]) -> None:
        self.curriculum, self.climb, self.passed = curriculum, climb, passed
        self.shape = _shape(curriculum)
        self.settled = settled_skills(climb.states)
        covered = {skill for members in curriculum.groups.values() if members & self.settled for skill in members}
        self.left = [skill for skill in curriculum if skill.id not in self.settled and skill.id not in covered]
        self.open = {skill.id for skill in self.left if self._is_open(skill.id)}
        self.order = {skill.id: place for place, skill in enumerate(self.left)}

    def _is_open(self, skill: int) -> bool:
        return all(not need.isdisjoint(self.settled) for need in self.shape.needs[skill])

    def may_take(self, skill: SkillView) -> bool:
        return skill.id in self.open and skill.id not in self.passed

    def on_the_way(self, goals: Iterable[SkillView]) -> list[SkillView]:
        """Of the goals themselves and all that they wait for, what may be taken, in the order of the staircase."""
        waiting = [goal for goal in goals if goal.id in self.order]
        seen: set[int] = set()
        found = []
        while waiting:
            skill = waiting.pop()
            if skill.id in seen:
                continue
            seen.add(skill.id)
            if self.may_take(skill):
                found.append(skill)
            waiting.extend(unmet_needs(self.curriculum, skill, self.settled))
        return sorted(found, key=lambda skill: self.order[skill.id])

    def opened_by(self, skill: SkillView) -> tuple[SkillView, ...]:
        """What is blocked now and would be open if `skill` were done."""
        after = self.settled | {skill.id}
        return tuple(
            waiting
            for waiting in self.shape.builds.get(skill.id, ())
            if waiting.id in self.order
            and waiting.id not in self.open
            and all(not need.isdisjoint(after) for need in self.shape.needs[waiting.id])
        )


def _by_the_rules(curriculum: Snapshot, climb: Climb, passed: Collection[int]) -> NextStep | None:
    standing = _Standing(curriculum, climb, passed)
    found = (rule(standing) for rule in _RULES)
    return next((step for step in found if step), None)


def _started(standing: _Standing) -> NextStep | None:
    learning = _learning(standing)
    return next((NextStep(skill, "started", skill.needs) for skill in learning if standing.may_take(skill)), None)


def _for_started(standing: _Standing) -> NextStep | None:
    for skill in _learning(standing):
        # What is open itself, and passed over, leads nowhere.
        if skill.id not in standing.open and (way := standing.on_the_way([skill])):
            return NextStep(way[0], "for-started", (skill,))
    return None


def _for_known(standing: _Standing) -> NextStep | None:
    for known, slug in WAYS.items():
        goal = standing.curriculum.skills.get(slug) if known in standing.climb.known else None
        if goal and (way := standing.on_the_way([goal])):
            return NextStep(way[0], "for-known", (goal,), known=known)
    return None


def _finishes_step(standing: _Standing) -> NextStep | None:
    for stage in standing.curriculum.stages:
        if stage.id in standing.climb.finished:
            continue
        open_there = [skill for skill in stage.skills if skill.id not in standing.settled]
        if len(open_there) == 1 and _is_required(standing, open_there[0]) and standing.may_take(open_there[0]):
            return NextStep(open_there[0], "finishes-step", open_there[0].needs)
    return None


def _present_step(standing: _Standing) -> NextStep | None:
    for stage in standing.curriculum.stages:
        if stage.id not in standing.climb.finished and (near := standing.on_the_way(_required_of(standing, stage))):
            return _nearest(standing, near)
    return None


def _nearest(standing: _Standing, near: list[SkillView]) -> NextStep:
    opened = sorted(((standing.opened_by(skill), skill) for skill in near), key=lambda found: len(found[0]), reverse=True)
    most = len(opened[0][0])
    if most >= OPENS and (len(opened) == 1 or len(opened[1][0]) < most):
        return NextStep(opened[0][1], "opens-most", opened[0][0])
    first, hours = near[0], standing.climb.hours_a_week
    if hours and first.hours > hours and (small := next((skill for skill in near if skill.hours <= hours), None)):
        return NextStep(small, "fits-week", small.needs, hours_a_week=hours)
    return NextStep(first, "needs-met" if first.needs else "no-needs", first.needs)


def _new(standing: _Standing) -> NextStep | None:
    for stage in standing.curriculum.stages:
        if stage.id in standing.climb.finished and (near := standing.on_the_way(_required_of(standing, stage))):
            # What a new skill waits for may stand on a step that was never finished.
            return next((NextStep(skill, "new", skill.needs) for skill in near if skill.stage is stage), _nearest(standing, near))
    return None


def _extra(standing: _Standing) -> NextStep | None:
    skill = next((skill for skill in standing.left if standing.may_take(skill)), None)
    if skill is None:
        return None
    return NextStep(skill, "new" if skill.stage.id in standing.climb.finished else "extra", skill.needs)


def _learning(standing: _Standing) -> list[SkillView]:
    return [skill for skill in standing.left if standing.climb.states.get(skill.id) == State.LEARNING]


def _is_required(standing: _Standing, skill: SkillView) -> bool:
    return skill.id in standing.shape.required


def _required_of(standing: _Standing, stage: StageView) -> list[SkillView]:
    return [skill for skill in stage.skills if _is_required(standing, skill)]


_RULES: tuple[Callable[[_Standing], NextStep | None], ...] = (
    _started,
    _for_started,
    _for_known,
    _finishes_step,
    _present_step,
    _new,
    _extra,
)
