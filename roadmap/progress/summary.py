"""Counts and percentages, computed here and nowhere else, so that they agree wherever they appear."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from roadmap.curriculum.snapshot import SkillView

from .models import State


@dataclass(frozen=True, slots=True)
class Progress:
    """How far somebody is with some published skills. Hours are the curriculum's estimates of what is neither done nor skipped."""

    total: int
    done: int
    learning: int
    skipped: int
    hours_left: Decimal

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
        """Every skill is done or skipped."""
        return self.total > 0 and self.done + self.skipped == self.total


def progress(skills: Iterable[SkillView], states: Mapping[int, str]) -> Progress:
    """Counts `skills` by the states of one climber (`states` by skill id; absent means not started)."""
    total = done = learning = skipped = 0
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
            hours_left += skill.hours
    return Progress(total, done, learning, skipped, hours_left)
