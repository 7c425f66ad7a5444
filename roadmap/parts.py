"""Parts of pages that are the same for everybody in the same state, rendered once per process.

They are kept in the memo of the curriculum's snapshot, so an edit drops them with it. Rendering them once and joining the
strings is the largest gain in a page's time.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from roadmap.curriculum.snapshot import SkillView, Snapshot, StageView
from roadmap.progress.models import State
from roadmap.progress.next_step import unmet_needs
from roadmap.progress.services import Climb
from roadmap.progress.summary import Progress, progress

# Blocks are the most frequent element of all: one string each.
_BLOCK = {state: f'<span class="block" data-s="{state}"></span>' for state in ("none", "learning", "done", "skipped")}
# What the four buttons post, show and say; Done has an outline of its own until it is pressed.
_CHOICES = (("none", "todo", _("Not started")), ("learning", "learning", _("Learning")), ("done", "done-o", _("Done")), ("skipped", "skipped", _("Skip")))
# Steps and rows depend on the marks around them: enough room for the climbs of an hour, then begin anew.
_MOST = 20_000


def _once(curriculum: Snapshot, key: tuple[Hashable, ...], render: Callable[[], str]) -> SafeString:
    """The part under `key` (and the language), rendered at its first use."""
    memo = curriculum.memo
    key = ("part", get_language(), *key)
    if (part := memo.get(key)) is None:
        if len(memo) > _MOST:
            memo.clear()
        part = memo[key] = mark_safe(render())
    return part


def blocks(skills: Iterable[SkillView], states: Mapping[int, str]) -> SafeString:
    """One block for each skill, by its state."""
    return mark_safe("".join([_BLOCK[states.get(skill.id, "none")] for skill in skills]))


def state_control(curriculum: Snapshot, skill: SkillView, state: str) -> SafeString:
    """The four buttons that mark a skill."""
    return _once(curriculum, ("state-control", skill.slug, state), lambda: _control(skill, state))


def _control(skill: SkillView, state: str) -> str:
    choices = [(value, "done" if value == state == "done" else shape, label) for value, shape, label in _CHOICES]
    return render_to_string("components/state-control.html", {"skill": skill, "state": state, "choices": choices})


def skill_row(curriculum: Snapshot, skill: SkillView, climb: Climb, settled: set[int]) -> SafeString:
    """A skill in the list of its stage, with the advice on what to learn before it."""
    state = climb.state(skill.id)
    level = "confirmed" if skill.id in climb.confirmed else "shown" if skill.id in climb.shown else "claimed" if state == "done" else ""
    unmet = unmet_needs(curriculum, skill, settled) if state == "none" else ()
    key = ("skill-row", skill.slug, state, level, tuple(need.id for need in unmet))
    return _once(
        curriculum,
        key,
        lambda: render_to_string(
            "components/skill-row.html",
            {"skill": skill, "state": state, "level": level, "unmet": unmet, "control": state_control(curriculum, skill, state)},
        ),
    )


@dataclass(frozen=True, slots=True)
class Step:
    """A stage as one climber sees it on the staircase."""

    stage: StageView
    progress: Progress
    blocks: SafeString
    is_now: bool


def steps(curriculum: Snapshot, climb: Climb, *, now: StageView | None) -> list[Step]:
    """The staircase of one climber; `now` is the stage that the climber, or the page, is on."""
    return [Step(stage, progress(stage.skills, climb.states), blocks(stage.skills, climb.states), stage is now) for stage in curriculum.stages]


def flight(curriculum: Snapshot, climbed: list[Step], *, is_fresh: bool) -> SafeString:
    """The staircase as a map: one step for each stage."""
    return _each(curriculum, "components/step.html", climbed, is_fresh)


def step_items(curriculum: Snapshot, climb: Climb, climbed: list[Step], *, is_fresh: bool) -> SafeString:
    """Every step as a heading and the list of its skills."""
    return _each(curriculum, "components/step-item.html", climbed, is_fresh, climb)


def _each(curriculum: Snapshot, template: str, climbed: list[Step], is_fresh: bool, climb: Climb | None = None) -> SafeString:
    """One part for each step, by the states of its skills."""
    made = []
    for step in climbed:
        key = (template, step.stage.slug, step.blocks, step.is_now, is_fresh)
        made.append(_once(curriculum, key, lambda step=step: render_to_string(template, _step_context(step, is_fresh, climb))))  # type: ignore[misc]
    return mark_safe("".join(made))


def _step_context(step: Step, is_fresh: bool, climb: Climb | None) -> dict[str, Any]:
    skills = with_states(step.stage.skills, climb) if climb else ()
    return {"stage": step.stage, "progress": step.progress, "blocks": step.blocks, "is_now": step.is_now, "is_fresh": is_fresh, "skills": skills}


def state_label(state: str) -> str:
    """A state in words."""
    return str(State(state).label) if state != "none" else gettext("Not started")


def with_states(skills: Iterable[SkillView], climb: Climb) -> list[tuple[SkillView, str, str]]:
    """Skills with their states, as values and in words."""
    return [(skill, state := climb.state(skill.id), state_label(state)) for skill in skills]
