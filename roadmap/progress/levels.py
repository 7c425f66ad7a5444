"""How well a mark is backed: the one rule that pages, portfolio and exports ask."""

from typing import Literal

from .models import State

Level = Literal["claimed", "shown", "confirmed"]


def level_of(state: str, *, is_shown: bool, is_confirmed: bool) -> Level | None:
    """Of a skill that is done: a mentor's word, else code, else the learner's own. What is being learnt may be shown already.

    None for what nobody speaks of: not started, skipped, or being learnt without code that shows it.
    """
    if state == State.DONE and is_confirmed:
        return "confirmed"
    if state in (State.DONE, State.LEARNING) and is_shown:
        return "shown"
    return "claimed" if state == State.DONE else None
