"""The curriculum as pages read it: an immutable picture in process memory, one per revision.

Every change of content raises `Revision.number` in its own transaction (a trigger does it, whoever writes), so a process that
compares the number sees an edit at its next page. Reading the number is one statement; reading a new picture takes about a
dozen and happens once per process and edit.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from threading import Lock
from types import MappingProxyType
from typing import Any

from django.db import connection
from django.db.models import Prefetch

from roadmap.resources.models import Resource, ResourceSkill
from roadmap.stages.models import Advice, DonePoint, IdeaSkill, Prerequisite, ProjectIdea, RubricItem, Skill, Stage, Statement

REVISION_SQL = "SELECT number FROM curriculum_revision WHERE id = 1"


class _Named:
    """Says only which one it is: these refer to one another, and written out in full an error report of one would never end."""

    slug: str

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.slug}>"


@dataclass(frozen=True, slots=True)
class PointView:
    id: int
    key: str
    text: str


@dataclass(frozen=True, slots=True)
class ResourceView:
    slug: str
    title: str
    url: str
    publisher: str
    kind: str
    kind_label: Any
    cost: str
    cost_label: Any
    level: str
    level_label: Any
    hours: Decimal
    language: str


@dataclass(frozen=True, eq=False, repr=False)
class SkillView(_Named):
    """A published skill. `number` is its place on the staircase, such as 3.10; `needs`, `leads_to`, `group_ids` are filled once."""

    id: int
    slug: str
    number: str
    title: str
    summary: str
    level: int
    hours: Decimal
    necessity: str
    group: str
    aliases: tuple[str, ...]
    why: str
    how: str
    pitfalls: tuple[str, ...]
    first_task: str
    next: str
    use_when: str
    avoid_when: str
    compare_with: str
    evidence: Mapping[str, Any]
    points: tuple[PointView, ...]
    resources: tuple[ResourceView, ...]
    carries: tuple[str, ...]
    stage: "StageView"
    needs: tuple["SkillView", ...] = ()
    leads_to: tuple["SkillView", ...] = ()
    ideas: tuple["IdeaView", ...] = ()

    def get_absolute_url(self) -> str:
        return f"/skills/{self.slug}/"


@dataclass(frozen=True, slots=True)
class AdviceView:
    slug: str
    text: str
    carries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RubricView:
    title: str
    levels: tuple[str, ...]


@dataclass(frozen=True, eq=False, repr=False)
class IdeaView(_Named):
    id: int
    slug: str
    title: str
    brief: str
    data: str
    baseline: str
    hours: Decimal
    skills: tuple[SkillView, ...]
    rubric: tuple[RubricView, ...]
    carries: tuple[str, ...]
    stage: "StageView"

    def get_absolute_url(self) -> str:
        return f"/ideas/{self.slug}/"


@dataclass(frozen=True, eq=False, repr=False)
class StageView(_Named):
    id: int
    slug: str
    number: int
    title: str
    short: str
    goal: str
    why: str
    body: str
    advice: tuple[AdviceView, ...]
    skills: tuple[SkillView, ...] = ()
    ideas: tuple[IdeaView, ...] = ()
    previous: "StageView | None" = None
    following: "StageView | None" = None

    @cached_property
    def hours(self) -> Decimal:
        """Hours of practice in all its skills, as estimated for a beginner."""
        return sum((skill.hours for skill in self.skills), Decimal(0))

    def get_absolute_url(self) -> str:
        return f"/stages/{self.slug}/"


@dataclass(frozen=True, slots=True)
class RetiredView:
    """A skill that has left the roadmap, and what stands in its place."""

    id: int
    slug: str
    title: str
    stage: StageView | None
    replaced_by: tuple[SkillView, ...]


@dataclass(frozen=True, eq=False, repr=False)
class Snapshot:
    """The published curriculum at one revision. `memo` holds what pages derived from it, and goes with it."""

    revision: int
    stages: tuple[StageView, ...]
    skills: Mapping[str, SkillView]
    ideas: Mapping[str, IdeaView]
    groups: Mapping[str, frozenset[int]]
    statements: Mapping[str, str]
    retired: Mapping[str, RetiredView]
    moved: Mapping[tuple[str, str], str]
    memo: dict[Any, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<Snapshot {self.revision}>"

    @cached_property
    def stage_by_slug(self) -> Mapping[str, StageView]:
        return MappingProxyType({stage.slug: stage for stage in self.stages})

    @cached_property
    def skill_by_id(self) -> Mapping[int, SkillView]:
        return MappingProxyType({skill.id: skill for skill in self.skills.values()})

    @cached_property
    def taught(self) -> Mapping[str, tuple[ResourceView, tuple[SkillView, ...]]]:
        """Every resource of the roadmap by its slug, with the skills that it is for."""
        found: dict[str, tuple[ResourceView, tuple[SkillView, ...]]] = {}
        for skill in self:
            for resource in skill.resources:
                _resource, skills = found.get(resource.slug, (resource, ()))
                found[resource.slug] = resource, (*skills, skill)
        return MappingProxyType(found)

    @cached_property
    def hours(self) -> Decimal:
        return sum((stage.hours for stage in self.stages), Decimal(0))

    def __iter__(self) -> Iterator[SkillView]:
        """All skills in the order of the staircase."""
        return iter(self.skills.values())


_lock = Lock()
_held: Snapshot | None = None


def current(revision: int | None = None) -> Snapshot:
    """The picture of the curriculum as it stands. `revision` saves the statement where the caller has just read the number."""
    global _held  # noqa: PLW0603 - one picture for the whole process is the point
    if revision is None:
        revision = _revision()
    held = _held
    if held is not None and held.revision == revision:
        return held
    with _lock:
        if _held is None or _held.revision != revision:
            _held = _read()
        return _held


def _revision() -> int:
    with connection.cursor() as cursor:
        cursor.execute(REVISION_SQL)
        row = cursor.fetchone()
    return row[0] if row else 0


def _read() -> Snapshot:
    """Reads everything; begins again when an edit was committed in the middle, so that a picture is of one revision."""
    while True:
        before = _revision()
        picture = _build(before)
        if _revision() == before:
            return picture


def _fill(view: Any, **fields: Any) -> None:
    """Completes a frozen view that refers to views made after it."""
    for name, value in fields.items():
        object.__setattr__(view, name, value)


def _carried(rows: Any) -> dict[int, tuple[str, ...]]:
    """Statement numbers by the id of what carries them, in the order of the article."""
    carried: dict[int, list[str]] = {}
    for owner, statement in rows:
        carried.setdefault(owner, []).append(statement)
    return {owner: tuple(statements) for owner, statements in carried.items()}


def _carries(model: Any, owner: str) -> dict[int, tuple[str, ...]]:
    through = model.carries.through.objects.order_by("statement__stage__position", "statement__position")
    return _carried(through.values_list(f"{owner}_id", "statement_id"))


def _successors() -> Callable[[int], tuple[int, ...]]:
    """Whatever names a retired skill means what stands in its place in the end; of a skill on the roadmap, itself."""
    published = set(Skill.objects.published().values_list("pk", flat=True))
    edges: dict[int, list[int]] = {}
    through = Skill.replaced_by.through.objects.filter(from_skill__retired_at__isnull=False).order_by("pk")
    for old, new in through.values_list("from_skill_id", "to_skill_id"):
        edges.setdefault(old, []).append(new)

    def stands_for(skill_id: int) -> tuple[int, ...]:
        found: dict[int, None] = {}
        waiting, seen = [skill_id], set[int]()
        while waiting:
            following = waiting.pop(0)
            if following in published:
                found[following] = None
            elif following not in seen:
                seen.add(following)
                waiting.extend(edges.get(following, ()))
        return tuple(found)

    return stands_for


def _build(revision: int) -> Snapshot:
    advice_carries, skill_carries, idea_carries = _carries(Advice, "advice"), _carries(Skill, "skill"), _carries(ProjectIdea, "projectidea")
    stages: dict[int, StageView] = {}
    for row in Stage.objects.published().prefetch_related(Prefetch("advice", Advice.objects.filter(retired_at=None).order_by("position"))):
        stages[row.pk] = StageView(
            id=row.pk,
            slug=row.slug,
            number=row.position,
            title=row.title,
            short=row.short,
            goal=row.goal,
            why=row.why,
            body=row.body,
            advice=tuple(AdviceView(a.slug, a.text, advice_carries.get(a.pk, ())) for a in row.advice.all()),
        )

    stands_for = _successors()
    taught: dict[int, dict[str, ResourceView]] = {}
    for link in ResourceSkill.objects.filter(resource__retired_at=None).select_related("resource").order_by("resource__position"):
        for skill_id in stands_for(link.skill_id):
            taught.setdefault(skill_id, {}).setdefault(link.resource.slug, _resource(link.resource))

    skills: dict[int, SkillView] = {}
    numbering: dict[int, int] = {}
    published = Skill.objects.published().prefetch_related(
        Prefetch("done_points", DonePoint.objects.filter(retired_at=None).order_by("position"))
    )
    for row in published.order_by("stage__position", "position", "pk"):
        stage = stages[row.stage_id]
        numbering[stage.id] = numbering.get(stage.id, 0) + 1
        skills[row.pk] = SkillView(
            id=row.pk,
            slug=row.slug,
            number=f"{stage.number}.{numbering[stage.id]}",
            title=row.title,
            summary=row.summary,
            level=row.level,
            hours=row.hours,
            necessity=row.necessity,
            group=row.group,
            aliases=tuple(row.aliases),
            why=row.why,
            how=row.how,
            pitfalls=tuple(row.pitfalls),
            first_task=row.first_task,
            next=row.next,
            use_when=row.use_when,
            avoid_when=row.avoid_when,
            compare_with=row.compare_with,
            evidence=MappingProxyType(row.evidence),
            points=tuple(PointView(p.pk, p.key, p.text) for p in row.done_points.all()),
            resources=tuple(taught.get(row.pk, {}).values()),
            carries=skill_carries.get(row.pk, ()),
            stage=stage,
        )

    needs: dict[int, dict[int, SkillView]] = {}
    leads_to: dict[int, dict[int, SkillView]] = {}
    for edge in Prerequisite.objects.filter(skill__in=skills).order_by("skill__stage__position", "skill__position", "position"):
        for needed in stands_for(edge.needs_id):
            if needed != edge.skill_id:
                needs.setdefault(edge.skill_id, {})[needed] = skills[needed]
                leads_to.setdefault(needed, {})[edge.skill_id] = skills[edge.skill_id]

    asked: dict[int, dict[int, SkillView]] = {}
    for ask in IdeaSkill.objects.order_by("position"):
        for skill_id in stands_for(ask.skill_id):
            asked.setdefault(ask.idea_id, {})[skill_id] = skills[skill_id]
    ideas: dict[int, IdeaView] = {}
    for idea in ProjectIdea.objects.published().prefetch_related(Prefetch("rubric", RubricItem.objects.order_by("position"))):
        ideas[idea.pk] = IdeaView(
            id=idea.pk,
            slug=idea.slug,
            title=idea.title,
            brief=idea.brief,
            data=idea.data,
            baseline=idea.baseline,
            hours=idea.hours,
            skills=tuple(asked.get(idea.pk, {}).values()),
            rubric=tuple(RubricView(item.title, tuple(item.levels)) for item in idea.rubric.all()),
            carries=idea_carries.get(idea.pk, ()),
            stage=stages[idea.stage_id],
        )

    groups: dict[str, set[int]] = {}
    for skill in skills.values():
        if skill.group:
            groups.setdefault(skill.group, set()).add(skill.id)
        _fill(
            skill,
            needs=tuple(needs.get(skill.id, {}).values()),
            leads_to=tuple(leads_to.get(skill.id, {}).values()),
            ideas=tuple(idea for idea in ideas.values() if skill in idea.skills),
        )
    flight = tuple(stages.values())
    for place, stage in enumerate(flight):
        _fill(
            stage,
            skills=tuple(skill for skill in skills.values() if skill.stage is stage),
            ideas=tuple(idea for idea in ideas.values() if idea.stage is stage),
            previous=flight[place - 1] if place else None,
            following=flight[place + 1] if place + 1 < len(flight) else None,
        )

    retired = {
        row.slug: RetiredView(
            row.pk, row.slug, row.title, stages.get(row.stage_id), tuple(skills[skill_id] for skill_id in stands_for(row.pk))
        )
        for row in Skill.objects.filter(retired_at__isnull=False)
    }
    moved = {
        (kind, old): slug
        for kind, model in (("stage", Stage), ("skill", Skill), ("idea", ProjectIdea))
        for slug, formerly in model.objects.exclude(formerly=[]).values_list("slug", "formerly")
        for old in formerly
    }
    return Snapshot(
        revision=revision,
        stages=flight,
        skills=MappingProxyType({skill.slug: skill for skill in skills.values()}),
        ideas=MappingProxyType({idea.slug: idea for idea in ideas.values()}),
        groups=MappingProxyType({group: frozenset(members) for group, members in groups.items()}),
        statements=MappingProxyType(dict(Statement.objects.values_list("id", "says"))),
        retired=MappingProxyType(retired),
        moved=MappingProxyType(moved),
    )


def _resource(row: Resource) -> ResourceView:
    return ResourceView(
        slug=row.slug,
        title=row.title,
        url=row.url,
        publisher=row.publisher,
        kind=row.kind,
        kind_label=Resource.Kind(row.kind).label,
        cost=row.cost,
        cost_label=Resource.Cost(row.cost).label,
        level=row.level,
        level_label=Resource.Level(row.level).label,
        hours=row.hours,
        language=row.language,
    )
