"""What a learner did, day by day, in the learner's own time zone: the heatmap, the week, the timeline.

Marks and ticked points are counted; hours are not logged anywhere. What was carried over, merged or restored is no day's work, nor is
a mark made without a connection that found its state standing already: its event keeps its key.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import F
from django.utils import timezone

from .models import MarkEvent

WEEKS = 26
ENTRIES = 12

# From so many marks and points on, a day has this depth.
_DEPTHS = (1, 2, 4, 7)

# Each skill of a day is counted first: then nothing is sorted, however many events somebody has.
_DAYS = """
SELECT day, sum(marks)::bigint, sum(points)::bigint, COALESCE(array_agg(skill ORDER BY skill) FILTER (WHERE is_done), '{}')
FROM (
    SELECT (at AT TIME ZONE %(zone)s)::date AS day, skill_id AS skill, count(*) AS marks, 0 AS points, bool_or(to_state = 'done') AS is_done
    FROM progress_markevent WHERE learner_id = %(learner)s AND at >= %(since)s AND source IN ('page', 'offline') AND from_state <> to_state
    GROUP BY 1, 2
    UNION ALL
    SELECT (ticked_at AT TIME ZONE %(zone)s)::date, NULL, 0, count(*), false
    FROM progress_tick WHERE learner_id = %(learner)s AND ticked_at >= %(since)s GROUP BY 1
) AS done GROUP BY day
"""


@dataclass(frozen=True, slots=True)
class Day:
    """One day: changes of marks, points reached, and the skills that were called done (by id)."""

    on: date
    marks: int = 0
    points: int = 0
    done: tuple[int, ...] = ()
    is_ahead: bool = False

    @property
    def total(self) -> int:
        return self.marks + self.points

    @property
    def depth(self) -> int:
        """0 for nothing, up to 4."""
        return sum(self.total >= least for least in _DEPTHS)


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days from Monday on."""

    days: tuple[Day, ...]

    @property
    def begins(self) -> date:
        return self.days[0].on

    @property
    def marks(self) -> int:
        return sum(day.marks for day in self.days)

    @property
    def points(self) -> int:
        return sum(day.points for day in self.days)

    @property
    def done(self) -> frozenset[int]:
        """Ids of the skills that were called done in this week, whatever was said of them later."""
        return frozenset(skill for day in self.days for skill in day.done)

    @property
    def most(self) -> int:
        return max(day.total for day in self.days)


@dataclass(frozen=True, slots=True)
class Activity:
    """The last WEEKS weeks, the present one last."""

    today: date
    weeks: tuple[Week, ...]

    @property
    def this_week(self) -> Week:
        return self.weeks[-1]

    @property
    def newest(self) -> list[Week]:
        """The weeks in which something was done, the latest first."""
        return [week for week in reversed(self.weeks) if week.marks or week.points]

    @property
    def days(self) -> list[Day]:
        """The days on which something was done."""
        return [day for week in self.weeks for day in week.days if day.total]

    @property
    def marks(self) -> int:
        return sum(week.marks for week in self.weeks)

    @property
    def points(self) -> int:
        return sum(week.points for week in self.weeks)


def read_activity(learner: int, zone: ZoneInfo) -> Activity:
    """One statement, whatever was done."""
    today = timezone.localdate(timezone=zone)
    monday = today - timedelta(days=today.weekday() + 7 * (WEEKS - 1))
    since = datetime(monday.year, monday.month, monday.day, tzinfo=zone)
    with connection.cursor() as cursor:
        cursor.execute(_DAYS, {"learner": learner, "zone": zone.key, "since": since})
        found = {day: Day(day, marks, points, tuple(done)) for day, marks, points, done in cursor.fetchall()}
    return Activity(today, tuple(_week(monday + timedelta(weeks=number), found, today) for number in range(WEEKS)))


def _week(monday: date, found: Mapping[date, Day], today: date) -> Week:
    days = (monday + timedelta(days=number) for number in range(7))
    return Week(tuple(found.get(day, Day(day, is_ahead=day > today)) for day in days))


def last_events(learner: int) -> Sequence[MarkEvent]:
    """The last ENTRIES changes of marks, the latest first; one statement."""
    return list(MarkEvent.objects.filter(learner=learner).exclude(from_state=F("to_state")).order_by("-at", "-id")[:ENTRIES])
