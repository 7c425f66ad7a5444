"""Setting a skill aside: "not this one", for a while.

It is passed over as the next step until the week is over, it is taken up, or the climber opens it again.
"""

from .services import Climb, Climber, write_down

# How long a skill stays aside.
ASIDE_DAYS = 7

_SET = """
INSERT INTO {set_aside} ({owner}, skill_id, until) VALUES (%(climber)s, %(skill)s, now() + make_interval(days => %(days)s))
ON CONFLICT ({owner}, skill_id) DO UPDATE SET until = EXCLUDED.until
"""
_OPEN = "DELETE FROM {set_aside} WHERE {owner} = %(climber)s AND skill_id = %(skill)s"


def set_aside(*, climber: Climber, skill_id: int) -> Climb:
    """Sets one skill aside for ASIDE_DAYS from now on. Twice is once. The climb as it stands then."""
    return write_down(climber=climber, sql=_SET, skill=skill_id, days=ASIDE_DAYS)


def open_again(*, climber: Climber, skill_id: int) -> Climb:
    """Lets the skill be the next step again. Twice is once. The climb as it stands then."""
    return write_down(climber=climber, sql=_OPEN, skill=skill_id)
