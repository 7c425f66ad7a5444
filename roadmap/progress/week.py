"""The present week against the aim: what was done in it, and a bar for each of its days."""

from dataclasses import dataclass
from decimal import Decimal

from roadmap.curriculum.snapshot import Snapshot

from .activity import Activity, Day
from .models import State
from .services import Climb

# Of the picture of one day, in its own units: how high it is, and the least and most that a bar with something in it is.
TALL, LEAST, MOST = 88, 8, 84
_NOTHING = 3


@dataclass(frozen=True, slots=True)
class Bar:
    """A day as a bar: its upper edge, and how high it is."""

    day: Day
    top: int
    height: int


@dataclass(frozen=True, slots=True)
class ThisWeek:
    """`skills` were called done in it, and still are; `hours` are the curriculum's estimates for them; `points` were reached."""

    skills: int
    points: int
    hours: Decimal
    bars: tuple[Bar, ...]


def this_week(curriculum: Snapshot, climb: Climb, activity: Activity) -> ThisWeek:
    """The last week of `activity`, in the zone that it was read in."""
    week = activity.this_week
    done = [skill for skill in curriculum if skill.id in week.done and climb.state(skill.id) == State.DONE]
    bars = tuple(Bar(day, TALL - height, height) for day in week.days for height in [_height(day, week.most)])
    return ThisWeek(len(done), week.points, sum((skill.hours for skill in done), Decimal(0)), bars)


def _height(day: Day, most: int) -> int:
    return max(LEAST, round(MOST * day.total / most)) if day.total else _NOTHING
