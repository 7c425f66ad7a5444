"""Project ideas as one climber sees them: how near each is, and which a page shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from roadmap import parts
from roadmap.curriculum.snapshot import IdeaView, Snapshot, StageView
from roadmap.progress.next_step import settled_skills
from roadmap.progress.services import Climb

Reach = Literal["ready", "almost", "later"]
# An idea is almost within reach when so many of its skills are missing, and one is there.
ALMOST = 2


@dataclass(frozen=True, slots=True)
class Group:
    """Ideas under one heading, as cards."""

    key: str
    title: Any
    note: Any
    cards: tuple[SafeString, ...]


@dataclass(frozen=True, slots=True)
class Selection:
    """A link that narrows the page to `count` ideas; `query` is what the address gets."""

    label: Any
    query: str
    count: int
    is_shown: bool


@dataclass(frozen=True, slots=True)
class IdeaList:
    groups: tuple[Group, ...]
    selections: tuple[Selection, ...]
    total: int


def reach(idea: IdeaView, states: Mapping[int, str]) -> Reach:
    """Whether a climber has the skills that an idea asks for (done, or skipped as known)."""
    settled = settled_skills(states)
    missing = [skill for skill in idea.skills if skill.id not in settled]
    if not missing:
        return "ready"
    return "almost" if len(missing) <= ALMOST and len(missing) < len(idea.skills) else "later"


def idea_list(curriculum: Snapshot, climb: Climb, *, stage: str, near: str) -> IdeaList:
    """The ideas of one step (`stage`, a slug), or those that are `near` (ready or almost); of anything else, all of them.

    All are grouped by how near they are for somebody who has marked something, and by step for everybody else.
    """
    by_reach: dict[Reach, list[IdeaView]] = {"almost": [], "ready": [], "later": []}
    for idea in curriculum.ideas.values():
        by_reach[reach(idea, climb.states)].append(idea)
    stages = [one for one in curriculum.stages if one.ideas]
    has_marks = bool(climb.states)
    chosen_stage = next((one for one in stages if one.slug == stage), None)
    chosen_reach = next(
        (key for key in by_reach if has_marks and not chosen_stage and key == near and by_reach[key] and key != "later"), None
    )
    if chosen_stage:
        groups = [_of_stage(curriculum, chosen_stage, climb)]
    elif chosen_reach:
        groups = [_of_reach(curriculum, chosen_reach, by_reach[chosen_reach], climb)]
    elif has_marks:
        groups = [_of_reach(curriculum, key, ideas, climb) for key, ideas in by_reach.items() if ideas]
    else:
        groups = [_of_stage(curriculum, one, climb) for one in stages]
    selections = [Selection(_("All"), "", len(curriculum.ideas), chosen_stage is None and chosen_reach is None)]
    if has_marks:
        labels: dict[Reach, Any] = {"ready": _("Ready"), "almost": _("Almost")}
        selections += [
            Selection(label, f"?near={key}", len(by_reach[key]), key == chosen_reach) for key, label in labels.items() if by_reach[key]
        ]
    selections += [Selection(f"{one.number} {one.short}", f"?stage={one.slug}", len(one.ideas), one is chosen_stage) for one in stages]
    return IdeaList(tuple(groups), tuple(selections), len(curriculum.ideas))


_REACHES: dict[Reach, tuple[Any, Any]] = {
    "almost": (_("Almost within reach"), _("One or two skills are missing. Building is a good way to learn them.")),
    "ready": (_("You’re ready for these"), _("You have every skill they ask for.")),
    "later": (_("Further up"), _("They ask for more skills that you haven’t got to yet.")),
}


def _of_reach(curriculum: Snapshot, key: Reach, ideas: list[IdeaView], climb: Climb) -> Group:
    title, note = _REACHES[key]
    return Group(key, title, note, tuple(parts.idea_card(curriculum, idea, climb) for idea in ideas))


def _of_stage(curriculum: Snapshot, stage: StageView, climb: Climb) -> Group:
    return Group(stage.slug, f"{stage.number} {stage.title}", "", tuple(parts.idea_card(curriculum, idea, climb) for idea in stage.ideas))
