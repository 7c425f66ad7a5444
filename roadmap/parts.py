"""Parts of pages that are the same for everybody in the same state, rendered once per process.

They are kept in the memo of the curriculum's snapshot, so an edit drops them with it. Rendering them once and joining the
strings is the largest gain in a page's time.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from roadmap.curriculum.snapshot import AdviceView, IdeaView, ResourceView, SkillView, Snapshot, StageView
from roadmap.progress.levels import level_of
from roadmap.progress.models import state_label
from roadmap.progress.next_step import NextStep, unmet_needs
from roadmap.progress.services import Climb
from roadmap.progress.summary import Progress, progress, step_progress

# Blocks are the most frequent element of all: one string each.
_BLOCK = {state: f'<i data-s="{state}"></i>' for state in ("none", "learning", "done", "skipped")}
# What the four buttons post, show and say; Done has an outline of its own until it is pressed.
_CHOICES = (
    ("none", "none", _("Not started")),
    ("learning", "learning", _("Learning")),
    ("done", "done-o", _("Done")),
    ("skipped", "skipped", _("Skip")),
)
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


def content(curriculum: Snapshot, template: str, path: str, context: Callable[[], dict[str, Any]]) -> SafeString:
    """The content of a page for everybody who has marked nothing. It is rendered without the request, so nobody's facts are in it."""
    return _once(curriculum, ("content", path), lambda: render_to_string(f"{template}#content", context()))


def blocks(skills: Iterable[SkillView], states: Mapping[int, str]) -> SafeString:
    """One block for each skill, by its state."""
    return mark_safe("".join([_BLOCK[states.get(skill.id, "none")] for skill in skills]))


def state_control(curriculum: Snapshot, skill: SkillView, state: str) -> SafeString:
    """The four buttons that mark a skill."""
    return _once(curriculum, ("state-control", skill.slug, state), lambda: _control(skill, state))


def _control(skill: SkillView, state: str) -> str:
    choices = [(value, "done" if value == state == "done" else shape, label) for value, shape, label in _CHOICES]
    return render_to_string(
        "components/state-control.html", {"skill": skill, "state": state, "label": state_label(state), "choices": choices}
    )


def skill_note(curriculum: Snapshot, skill: SkillView, climb: Climb, settled: set[int]) -> SafeString:
    """What stands under the control of a skill: what it is easier after, whether another of its group is enough, who confirmed it."""
    state = climb.state(skill.id)
    level = level_of(state, is_shown=skill.id in climb.shown, is_confirmed=skill.id in climb.confirmed)
    unmet = unmet_needs(curriculum, skill, settled) if state == "none" else ()
    group = _group(curriculum, skill) if state == "none" else ()
    known = next((other for other in group if other is not skill and other.id in settled), None)
    key = ("skill-note", skill.slug, level, tuple(need.id for need in unmet), len(group), known and known.id)
    context = {"level": level, "unmet": unmet, "group": group, "known": known}
    return _once(curriculum, key, lambda: render_to_string("components/skill-note.html", context))


def _group(curriculum: Snapshot, skill: SkillView) -> tuple[SkillView, ...]:
    """The skills of which one is enough, in the order of the staircase; none for a skill that stands alone."""
    return tuple(other for other in curriculum if other.group == skill.group) if skill.group else ()


def skill_row(curriculum: Snapshot, skill: SkillView, climb: Climb, settled: set[int]) -> SafeString:
    """A skill in the list of its stage."""
    state = climb.state(skill.id)
    note = skill_note(curriculum, skill, climb, settled)
    context = {"skill": skill, "control": state_control(curriculum, skill, state), "note": note}
    return _once(curriculum, ("skill-row", skill.slug, state, note), lambda: render_to_string("components/skill-row.html", context))


def continue_part(curriculum: Snapshot, climb: Climb, following: NextStep | None) -> SafeString:
    """The next step as the learner's own page has it, with the points that are still open."""
    points = following.skill.points if following else ()
    still_open = tuple(point for point in points if point.id not in climb.ticks)
    context = {"next": following, "points": still_open, "reached": len(points) - len(still_open)}
    return _once(curriculum, ("continue", following, still_open), lambda: render_to_string("components/continue.html", context))


def resource_item(curriculum: Snapshot, resource: ResourceView, shelf_state: str = "") -> SafeString:
    """A resource in a list, with its place on the reader's shelf ("none", "saved", "read") where there is a reader who has one."""
    return _once(
        curriculum,
        ("resource-item", resource.slug, shelf_state),
        lambda: render_to_string("components/resource-item.html", {"resource": resource, "shelf_state": shelf_state}),
    )


def idea_card(curriculum: Snapshot, idea: IdeaView, climb: Climb) -> SafeString:
    """A project idea in a list, with the blocks of the skills that it asks for."""
    built_of = blocks(idea.skills, climb.states)
    return _once(
        curriculum,
        ("idea-card", idea.slug, built_of),
        lambda: render_to_string("components/idea-card.html", _idea_context(idea, built_of, climb)),
    )


def _idea_context(idea: IdeaView, built_of: SafeString, climb: Climb) -> dict[str, Any]:
    return {"idea": idea, "blocks": built_of, "counted": progress(idea.skills, climb.states)}


def stage_resources(curriculum: Snapshot, stage: StageView) -> SafeString:
    """Where to begin on a step: the first resource of each of its skills, and how many more there are."""
    of_skills = {resource.slug: resource for skill in stage.skills for resource in skill.resources}
    first = dict.fromkeys(skill.resources[0].slug for skill in stage.skills if skill.resources)
    return _once(
        curriculum,
        ("stage-resources", stage.slug),
        lambda: render_to_string(
            "components/stage-resources.html",
            {"stage": stage, "resources": [resource_item(curriculum, of_skills[slug]) for slug in first], "total": len(of_skills)},
        ),
    )


@dataclass(frozen=True, slots=True)
class Carried:
    """A statement of the article, and the skills and ideas that carry it; none where the advice of the stage does."""

    number: str
    says: str
    carriers: tuple[SkillView | IdeaView, ...]


def statements(curriculum: Snapshot, carriers: Iterable[SkillView | IdeaView | AdviceView]) -> list[Carried]:
    """What the article says that `carriers` carry, in its order; who carries it is named where there are several places to look."""
    carried: dict[str, list[SkillView | IdeaView]] = {}
    for carrier in carriers:
        for number in carrier.carries:
            places = carried.setdefault(number, [])
            if not isinstance(carrier, AdviceView):
                places.append(carrier)
    order = [number for number in curriculum.statements if number in carried]
    return [Carried(number, curriculum.statements[number], tuple(carried[number])) for number in order]


def stage_statements(curriculum: Snapshot, stage: StageView) -> SafeString:
    """What the article says about a step, each with what carries it."""
    return _once(
        curriculum,
        ("stage-statements", stage.slug),
        lambda: render_to_string(
            "components/statements.html", {"statements": statements(curriculum, (*stage.advice, *stage.skills, *stage.ideas))}
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
    return [Step(stage, step_progress(stage, climb), blocks(stage.skills, climb.states), stage is now) for stage in curriculum.stages]


def flight(curriculum: Snapshot, climbed: list[Step], *, is_fresh: bool) -> SafeString:
    """The staircase as a map: one step for each stage. `is_fresh` says that nothing is marked yet."""
    return _each(curriculum, "components/step.html", climbed, is_fresh)


def step_items(curriculum: Snapshot, climb: Climb, climbed: list[Step], *, is_fresh: bool) -> SafeString:
    """Every step as a heading and the list of its skills."""
    return _each(curriculum, "components/step-item.html", climbed, is_fresh, climb)


def small_step(curriculum: Snapshot, stage: StageView, climb: Climb) -> SafeString:
    """What one step of the small staircase beside a stage or a skill says."""
    step = Step(stage, step_progress(stage, climb), blocks(stage.skills, climb.states), is_now=False)
    return _each(curriculum, "components/small-step.html", [step])


def _each(curriculum: Snapshot, template: str, climbed: list[Step], is_fresh: bool = False, climb: Climb | None = None) -> SafeString:
    """One part for each step, by the states of its skills."""
    made = []
    for step in climbed:
        # The blocks do not say which steps were finished before they gained a skill.
        key = (template, step.stage.slug, step.blocks, step.progress.is_finished, step.progress.new, step.is_now, is_fresh)
        made.append(_once(curriculum, key, lambda step=step: render_to_string(template, _step_context(step, is_fresh, climb))))  # type: ignore[misc]
    return mark_safe("".join(made))


def _step_context(step: Step, is_fresh: bool, climb: Climb | None) -> dict[str, Any]:
    skills = with_states(step.stage.skills, climb) if climb else ()
    return {
        "stage": step.stage,
        "progress": step.progress,
        "blocks": step.blocks,
        "is_now": step.is_now,
        "is_fresh": is_fresh,
        "skills": skills,
    }


def with_states(skills: Iterable[SkillView], climb: Climb) -> list[tuple[SkillView, str, str]]:
    """Skills with their states, as values and in words."""
    return [(skill, state := climb.state(skill.id), state_label(state)) for skill in skills]
