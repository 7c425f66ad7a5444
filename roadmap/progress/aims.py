"""What a climber says at the start, and may say anew at any time: hours a week, what is known, what draws. Nothing is marked by it."""

from collections.abc import Sequence

from .services import Climb, Climber, write_down

_SAY = """
INSERT INTO {aim} ({owner}, hours_a_week, known, draw, answered_at) VALUES (%(climber)s, %(hours)s, %(known)s, %(draw)s, now())
ON CONFLICT ({owner}) DO UPDATE
SET hours_a_week = EXCLUDED.hours_a_week, known = EXCLUDED.known, draw = EXCLUDED.draw, answered_at = EXCLUDED.answered_at
"""


def say_aim(*, climber: Climber, hours_a_week: int | None, known: Sequence[str], draw: str) -> Climb:
    """Keeps the answers; each may be empty, and all of them are where the questions were skipped. The climb as it stands then.

    Raises IntegrityError for what is no answer to these questions.
    """
    return write_down(climber=climber, sql=_SAY, hours=hours_a_week, known=list(known), draw=draw)
