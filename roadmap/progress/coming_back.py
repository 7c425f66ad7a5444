"""Coming back after a pause: no blame, three small things, one of them first."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from django.db.models import Max
from django.utils import timezone

from roadmap.curriculum.snapshot import PointView, SkillView, Snapshot

from .models import GuestTick, State, Tick
from .next_step import next_steps
from .services import Climb, Climber

# After so many days without a mark or a point somebody has been away.
AWAY_DAYS = 21
# How far down the next steps a small one is looked for.
_REACH = 6

Kind = Literal["point", "begin", "again", "small"]


@dataclass(frozen=True, slots=True)
class SmallThing:
    """`point`: reach this point of a skill that was begun. `begin`: the first 20 minutes of the next step. `again`: look again at a
    skill that is done. `small`: the smallest skill that is open."""

    kind: Kind
    skill: SkillView
    point: PointView | None = None


def coming_back(curriculum: Snapshot, climber: Climber | None, climb: Climb, *, now: datetime | None = None) -> tuple[SmallThing, ...]:
    """What is small enough to begin with for somebody who is back after AWAY_DAYS, the first thing first; nothing for everybody else.

    Only who made no mark for so long costs a statement: a point that was reached meanwhile is no pause.
    """
    now = now or timezone.now()
    away = timedelta(days=AWAY_DAYS)
    if climber is None or climb.marked_at is None or now - climb.marked_at < away:
        return ()
    last = max(filter(None, (climb.marked_at, _last_tick(climber))))
    return _small_things(curriculum, climb) if now - last >= away else ()


def _small_things(curriculum: Snapshot, climb: Climb) -> tuple[SmallThing, ...]:
    following = next_steps(curriculum, climb, _REACH)
    if not following:
        return ()
    first = following[0].skill
    point = next((point for point in first.points if point.id not in climb.ticks), None)
    is_begun = climb.state(first.id) == State.LEARNING
    things = [SmallThing("point", first, point) if is_begun and point else SmallThing("begin", first)]
    done = [skill for skill in curriculum if climb.state(skill.id) == State.DONE]
    if again := next((need for need in first.needs if need in done), done[-1] if done else None):
        things.append(SmallThing("again", again))
    if others := [step.skill for step in following[1:]]:
        things.append(SmallThing("small", min(others, key=lambda skill: skill.hours)))
    return tuple(things)


def _last_tick(climber: Climber) -> datetime | None:
    ticks = GuestTick.objects.filter(guest=climber) if isinstance(climber, UUID) else Tick.objects.filter(learner=climber)
    last: datetime | None = ticks.aggregate(last=Max("ticked_at"))["last"]
    return last
