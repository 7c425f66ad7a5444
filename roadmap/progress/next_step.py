"""The one next step. The rules, in their order:

1. The first required skill, in the order of the staircase, that is neither done nor skipped and whose needs are all met.
   Required are the must-skills, one of each group of alternatives, and whatever these build on.
2. When no required skill is left: the first other skill of which the same is true.
3. When nothing is left: none, and the page says that the climb is complete.

A need is met when the needed skill, or another of its group, is done or skipped (who skips a skill says "I know this"). A skill
that is one of a group counts as settled as soon as another of the group is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from roadmap.curriculum.snapshot import SkillView, Snapshot

from .models import State

Reason = Literal["started", "needs-met", "no-needs", "extra"]


@dataclass(frozen=True, slots=True)
class NextStep:
    """A skill to take up now, and why: `because` names the needs that are met, or what the reason rests on."""

    skill: SkillView
    reason: Reason
    because: tuple[SkillView, ...]


def next_step(curriculum: Snapshot, states: Mapping[int, str]) -> NextStep | None:
    """The next step for somebody whose marks are `states` (by skill id); None when every skill is settled."""
    settled = settled_skills(states)
    required = _required(curriculum)
    extra: SkillView | None = None
    for skill in curriculum:
        if skill.id in settled or (skill.group and curriculum.groups[skill.group] & settled):
            continue
        if unmet_needs(curriculum, skill, settled):
            continue
        if skill.id in required:
            return NextStep(skill, _reason(skill, states), skill.needs)
        extra = extra or skill
    if extra is None:
        return None
    return NextStep(extra, "started" if states.get(extra.id) == State.LEARNING else "extra", extra.needs)


def settled_skills(states: Mapping[int, str]) -> set[int]:
    """Ids of the skills that are done or skipped: what other skills may build on."""
    return {skill for skill, state in states.items() if state in (State.DONE, State.SKIPPED)}


def unmet_needs(curriculum: Snapshot, skill: SkillView, settled: set[int]) -> tuple[SkillView, ...]:
    """What `skill` builds on that is not settled yet; any skill of a group stands for the others."""
    return tuple(need for need in skill.needs if need.id not in settled and not (need.group and curriculum.groups[need.group] & settled))


def _reason(skill: SkillView, states: Mapping[int, str]) -> Reason:
    if states.get(skill.id) == State.LEARNING:
        return "started"
    return "needs-met" if skill.needs else "no-needs"


def _required(curriculum: Snapshot) -> frozenset[int]:
    """Ids of the skills that the climb cannot do without; derived once per revision."""
    if (held := curriculum.memo.get("required")) is None:
        waiting = [skill for skill in curriculum if skill.necessity != "nice"]
        found: set[int] = set()
        while waiting:
            skill = waiting.pop()
            if skill.id not in found:
                found.add(skill.id)
                waiting.extend(skill.needs)
        held = curriculum.memo["required"] = frozenset(found)
    return held
