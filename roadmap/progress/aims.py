"""What a climber says at the start, and may say anew at any time: hours a week, what is known, what draws. Nothing is marked by it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from .services import Climb, Climber, read_climb

_SEEN = """
WITH seen AS (INSERT INTO progress_guest (id, seen_on) VALUES (%(climber)s, CURRENT_DATE)
    ON CONFLICT (id) DO UPDATE SET seen_on = EXCLUDED.seen_on WHERE progress_guest.seen_on <> EXCLUDED.seen_on)
"""
_SAY = """
{extra} INSERT INTO {table} ({owner}, hours_a_week, known, draw, answered_at) VALUES (%(climber)s, %(hours)s, %(known)s, %(draw)s, now())
ON CONFLICT ({owner}) DO UPDATE
SET hours_a_week = EXCLUDED.hours_a_week, known = EXCLUDED.known, draw = EXCLUDED.draw, answered_at = EXCLUDED.answered_at
"""
_LEARNER = {"extra": "", "table": "progress_aim", "owner": "learner_id"}
_GUEST = {"extra": _SEEN, "table": "progress_guestaim", "owner": "guest_id"}


def say_aim(*, climber: Climber, hours_a_week: int | None, known: Sequence[str], draw: str) -> Climb:
    """Keeps the answers; each may be empty, and all of them are where the questions were skipped. The climb as it stands then."""
    values: dict[str, Any] = {"climber": climber, "hours": hours_a_week, "known": list(known), "draw": draw}
    with connection.cursor() as cursor:
        cursor.execute(_SAY.format(**(_GUEST if isinstance(climber, UUID) else _LEARNER)), values)
    return read_climb(climber)
