"""A climber's days as the climb shows them: the present week against the aim, each day of the last half year, the last changes of marks."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from accounts.models import User
from accounts.time_zones import zone_of
from roadmap.curriculum.snapshot import SkillView, Snapshot

from .activity import Activity, Day, last_events, read_activity
from .models import MarkEvent, State, state_label
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


@dataclass(frozen=True, slots=True)
class Happened:
    """A change of a mark, in words."""

    event: MarkEvent
    skill: SkillView
    state: str


def days_context(person: User, curriculum: Snapshot, climb: Climb) -> dict[str, Any]:
    """What the climb shows of somebody's days, and what a mark made on it renews. Two statements."""
    activity = read_activity(person.pk, zone_of(person))
    return {
        "activity": activity,
        "week": this_week(curriculum, climb, activity),
        "happened": [
            Happened(event, skill, state_label(event.to_state or "none"))
            for event in last_events(person.pk)
            if (skill := curriculum.skill_by_id.get(event.skill_id))
        ],
    }


def this_week(curriculum: Snapshot, climb: Climb, activity: Activity) -> ThisWeek:
    """The last week of `activity`, in the zone that it was read in."""
    week = activity.this_week
    done = [skill for skill in curriculum if skill.id in week.done and climb.state(skill.id) == State.DONE]
    bars = tuple(Bar(day, TALL - height, height) for day in week.days for height in [_height(day, week.most)])
    return ThisWeek(len(done), week.points, sum((skill.hours for skill in done), Decimal(0)), bars)


def _height(day: Day, most: int) -> int:
    return max(LEAST, round(MOST * day.total / most)) if day.total else _NOTHING
