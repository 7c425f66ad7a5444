"""Setting a skill aside: "not this one", for a while.

It is passed over as the next step until the week is over, it is taken up, or the climber takes it back.
"""

from typing import Any
from uuid import UUID

from django.db import connection

from .services import Climb, Climber, read_climb

# How long a skill stays aside.
ASIDE_DAYS = 7

_SEEN = """
WITH seen AS (INSERT INTO progress_guest (id, seen_on) VALUES (%(climber)s, CURRENT_DATE)
    ON CONFLICT (id) DO UPDATE SET seen_on = EXCLUDED.seen_on WHERE progress_guest.seen_on <> EXCLUDED.seen_on)
"""
_SET = """
{extra} INSERT INTO {table} ({owner}, skill_id, until) VALUES (%(climber)s, %(skill)s, now() + make_interval(days => %(days)s))
ON CONFLICT ({owner}, skill_id) DO UPDATE SET until = EXCLUDED.until
"""
_TAKE_BACK = "DELETE FROM {table} WHERE {owner} = %(climber)s AND skill_id = %(skill)s"
_LEARNER = {"extra": "", "table": "progress_setaside", "owner": "learner_id"}
_GUEST = {"extra": _SEEN, "table": "progress_guestsetaside", "owner": "guest_id"}


def set_aside(*, climber: Climber, skill_id: int) -> Climb:
    """Sets one skill aside for ASIDE_DAYS from now on. Twice is once. The climb as it stands then."""
    return _run(_SET, climber, skill_id)


def take_back(*, climber: Climber, skill_id: int) -> Climb:
    """Lets the skill be the next step again. Twice is once. The climb as it stands then."""
    return _run(_TAKE_BACK, climber, skill_id)


def _run(sql: str, climber: Climber, skill_id: int) -> Climb:
    values: dict[str, Any] = {"climber": climber, "skill": skill_id, "days": ASIDE_DAYS}
    with connection.cursor() as cursor:
        cursor.execute(sql.format(**(_GUEST if isinstance(climber, UUID) else _LEARNER)), values)
    return read_climb(climber)
