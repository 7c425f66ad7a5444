"""Counts and percentages, computed here and nowhere else, so that they agree wherever they appear."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from roadmap.curriculum.snapshot import SkillView, StageView

from .models import State
from .services import Climb


@dataclass(frozen=True, slots=True)
class Progress:
    """How far somebody is with some published skills. Hours are the curriculum's estimates of what is neither done nor skipped.

    `is_finished`: they are a step that was finished once, and stays so; `new`: skills that it has gained since, not started yet.
    """

    total: int
    done: int
    learning: int
    skipped: int
    hours_left: Decimal
    is_finished: bool = False
    new: int = 0

    @property
    def open(self) -> int:
        """Not started."""
        return self.total - self.done - self.learning - self.skipped

    @property
    def percent(self) -> int | None:
        """Done over (all − skipped), 0–100, rounded down so that 100 means all; None where nothing is left to count."""
        counted = self.total - self.skipped
        return self.done * 100 // counted if counted else None

    @property
    def is_complete(self) -> bool:
        """Every skill is done or skipped, or was when there were fewer."""
        return self.total > 0 and (self.is_finished or self.done + self.skipped == self.total)


def step_progress(stage: StageView, climb: Climb) -> Progress:
    """How far a climber is with one step."""
    return progress(stage.skills, climb.states, climb.finished.get(stage.id))


def progress(skills: Iterable[SkillView], states: Mapping[int, str], made_it: Collection[int] | None = None) -> Progress:
    """Counts `skills` by the states of one climber (`states` by skill id; absent means not started).

    `made_it`: where the skills are a finished step, the ids of those that finished it.
    """
    total = done = learning = skipped = new = 0
    hours_left = Decimal(0)
    for skill in skills:
        total += 1
        state = states.get(skill.id)
        if state == State.DONE:
            done += 1
        elif state == State.SKIPPED:
            skipped += 1
        else:
            learning += state == State.LEARNING
            new += state is None and made_it is not None and skill.id not in made_it
            hours_left += skill.hours
    return Progress(total, done, learning, skipped, hours_left, made_it is not None, new)
