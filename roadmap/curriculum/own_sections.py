"""The curriculum's own sections: the stage files, the statements and the resources."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import F, Max
from django.utils import timezone

from roadmap.resources.addresses import sameness
from roadmap.resources.models import Resource, ResourceSkill
from roadmap.stages import services
from roadmap.stages.graph import Node, circle, leads_back, successors
from roadmap.stages.models import (
    OFF_THE_STAIRCASE,
    Advice,
    DonePoint,
    IdeaSkill,
    Prerequisite,
    ProjectIdea,
    RubricItem,
    Skill,
    Stage,
    Statement,
)
from roadmap.stages.rules import clean_text, statement_order

from . import schema
from .sections import Change, Entry, Kind, Picture, Problems, Ref, Section

# --- Values in their canonical form ---------------------------------------------------------------------------------


def _number(hours: Decimal | float) -> int | float:
    """Hours as a file writes them: 3, not 3.0."""
    return int(hours) if hours == int(hours) else float(hours)


def _texts(texts: Iterable[str]) -> list[str]:
    return [clean_text(text) for text in texts]


def _carried(statements: Iterable[str]) -> list[str]:
    return sorted(statements, key=statement_order)


def _evidence(evidence: Mapping[str, Any]) -> dict[str, Any]:
    """What an evidence mapping says; what it leaves open is left out."""
    return {key: evidence[key] for key in schema.Evidence.model_fields if evidence.get(key)}


def _values(row: models.Model, texts: Sequence[str], others: Sequence[str]) -> dict[str, Any]:
    return {name: clean_text(getattr(row, name)) for name in texts} | {name: getattr(row, name) for name in others}


def _links(through: type[models.Model], owner: str, target: str) -> dict[int, list[str]]:
    """The keys that each owner's links lead to, in their order."""
    found: dict[int, list[str]] = {}
    for owner_id, key in through._default_manager.order_by("position", "pk").values_list(f"{owner}_id", f"{target}__slug"):
        found.setdefault(owner_id, []).append(key)
    return found


def _statements_of(model: Any, owner: str) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for owner_id, statement in model.carries.through.objects.values_list(f"{owner}_id", "statement_id"):
        found.setdefault(owner_id, []).append(statement)
    return {owner_id: _carried(statements) for owner_id, statements in found.items()}


def _slugs_of(model: Any, home: str, **which: Any) -> dict[Any, list[str]]:
    """The slugs of the rows that are not retired, by the row that they belong to, in their order."""
    found: dict[Any, list[str]] = {}
    for owner_id, slug in model.objects.filter(retired_at=None, **which).order_by("position", "pk").values_list(home, "slug"):
        found.setdefault(owner_id, []).append(slug)
    return found


# --- Writing --------------------------------------------------------------------------------------------------------


def _by_slug(model: Any) -> dict[str, Any]:
    return {row.slug: row for row in model.objects.all()}


def _assign(row: models.Model, values: Mapping[str, Any], names: Sequence[str]) -> None:
    for name in names:
        if name in values:
            value = values[name]
            setattr(row, name, Decimal(str(value)) if name == "hours" else value)


def _link(through: Any, owner: str, target: str, rows: Iterable[tuple[models.Model, Sequence[models.Model]]]) -> None:
    """Makes the links of each owner lead to its targets, in their order."""
    wanted = {owned.pk: [row.pk for row in targets] for owned, targets in rows}
    if not wanted:
        return
    manager, places = through._default_manager, dict[tuple[int, int], int]()
    for owner_id, targets in wanted.items():
        places |= {(owner_id, target_id): place for place, target_id in enumerate(targets)}
    renewed, gone = [], []
    for link in manager.filter(**{f"{owner}_id__in": wanted}):
        place = places.pop((getattr(link, f"{owner}_id"), getattr(link, f"{target}_id")), None)
        if place is None:
            gone.append(link.pk)
        elif place != link.position:
            link.position = place
            renewed.append(link)
    if gone:
        manager.filter(pk__in=gone).delete()
    manager.bulk_update(renewed, ["position"])
    manager.bulk_create(
        [
            through(**{f"{owner}_id": owner_id, f"{target}_id": target_id, "position": place})
            for (owner_id, target_id), place in places.items()
        ]
    )


def _carry(model: Any, owner: str, rows: Iterable[tuple[models.Model, Sequence[str]]]) -> None:
    wanted = {(row.pk, statement) for row, statements in rows for statement in statements}
    owners = [row.pk for row, _statements in rows]
    through = model.carries.through
    held = {(getattr(link, f"{owner}_id"), link.statement_id): link.pk for link in through.objects.filter(**{f"{owner}_id__in": owners})}
    if gone := [pk for pair, pk in held.items() if pair not in wanted]:
        through.objects.filter(pk__in=gone).delete()
    through.objects.bulk_create(
        [through(**{f"{owner}_id": owner_id, "statement_id": statement}) for owner_id, statement in sorted(wanted - held.keys())]
    )


def _retire(row: Any, is_retired: bool) -> None:
    if is_retired != (row.retired_at is not None):
        row.retired_at = timezone.now() if is_retired else None


def _save(model: Any, rows: Mapping[str, Any], old: Iterable[Any], fields: Sequence[str]) -> None:
    """One statement for the new rows and one for the others."""
    model.objects.bulk_create([row for row in rows.values() if row.pk is None])
    if changed := list(old):
        model.objects.bulk_update(changed, fields, batch_size=200)


def _arrange(model: Any) -> Callable[[Sequence[str]], None]:
    def arrange(slugs: Sequence[str]) -> None:
        _place(model, [(row, slugs.index(row.slug)) for row in model.objects.filter(slug__in=slugs)])

    return arrange


def _place(model: Any, rows: Iterable[tuple[Any, int]]) -> None:
    moved = []
    for row, place in rows:
        if row.position != place:
            row.position = place
            moved.append(row)
    model.objects.bulk_update(moved, ["position"], batch_size=200)


def _rename(model: Any) -> Callable[[str, str], None]:
    def rename(slug: str, new: str) -> None:
        services.rename(entry=model.objects.get(slug=slug), slug=new)

    return rename


# --- Stages ---------------------------------------------------------------------------------------------------------

_STAGE_TEXTS = ("title", "short", "goal", "why", "body")


def _read_stages() -> Iterable[Entry]:
    advice, skills, ideas = _slugs_of(Advice, "stage_id"), _slugs_of(Skill, "stage_id"), _slugs_of(ProjectIdea, "stage_id")
    for row in Stage.objects.all():
        is_off = row.position >= OFF_THE_STAIRCASE
        yield Entry(
            "stage",
            row.slug,
            {
                **_values(row, _STAGE_TEXTS, ("slug", "formerly")),
                **({} if is_off else {"number": row.position, "draft": row.published_at is None}),
                "retired": is_off,
                "advice": advice.get(row.pk, []),
                "skills": skills.get(row.pk, []),
                "projects": ideas.get(row.pk, []),
            },
        )


def _write_stages(changes: Sequence[Change]) -> None:
    held = _by_slug(Stage)
    for change in changes:
        stage, fields = held.get(change.key) or Stage(slug=change.key), change.fields
        _assign(stage, fields, ("formerly", *_STAGE_TEXTS))
        if fields.get("retired"):
            highest = Stage.objects.aggregate(highest=Max("position"))["highest"]
            stage.position, stage.published_at = max(OFF_THE_STAIRCASE, highest + 1), None
        else:
            if "number" in fields:
                stage.position = fields["number"]
            if "draft" in fields or "retired" in fields:
                stage.published_at = None if fields.get("draft") else stage.published_at or timezone.now()
        stage.save()


STAGE = Kind(
    name="stage",
    noun="stage",
    read=_read_stages,
    write=_write_stages,
    rename=_rename(Stage),
    lists={"advice": "advice", "skills": "skill", "projects": "idea"},
)

# --- Statements -----------------------------------------------------------------------------------------------------


def _read_statements() -> Iterable[Entry]:
    for row in Statement.objects.select_related("stage"):
        yield Entry("statement", row.pk, {**_values(row, ("kind", "says"), ()), "stage": row.stage.slug, "retired": False})


def _write_statements(changes: Sequence[Change]) -> None:
    held, stages = {row.pk: row for row in Statement.objects.all()}, _by_slug(Stage)
    gone = [change.key for change in changes if change.fields.get("retired")]
    end = len(held)
    for change in changes:
        if change.key in gone:
            continue
        row = held.get(change.key) or Statement(pk=change.key, position=(end := end + 1))
        _assign(row, change.fields, ("kind", "says"))
        if "stage" in change.fields:
            row.stage = stages[change.fields["stage"]]
        row.save()
    # Nothing of a learner hangs on a statement, and it has no address: it may go.
    Statement.objects.filter(pk__in=gone).delete()


def _arrange_statements(numbers: Sequence[str]) -> None:
    _place(Statement, [(row, numbers.index(row.pk)) for row in Statement.objects.filter(pk__in=numbers)])


STATEMENT = Kind(
    name="statement",
    noun="statement",
    read=_read_statements,
    write=_write_statements,
    arrange=_arrange_statements,
    refs={"stage": "stage"},
    home="all",
)


def _read_statement_list() -> Iterable[Entry]:
    if numbers := list(Statement.objects.order_by("position", "pk").values_list("pk", flat=True)):
        yield Entry("statements", "all", {"items": numbers})


STATEMENTS = Kind(
    name="statements", noun="list of", read=_read_statement_list, write=lambda changes: None, lists={"items": "statement"}, is_counted=False
)

# --- Skills and their done-points -----------------------------------------------------------------------------------

_SKILL_TEXTS = ("title", "summary", "why", "how", "first_task", "next", "use_when", "avoid_when", "compare_with")
_SKILL_VALUES = ("level", "necessity", "group", "origin")


def _read_skills() -> Iterable[Entry]:
    needs, carries = _links(Prerequisite, "skill", "needs"), _statements_of(Skill, "skill")
    points: dict[int, list[str]] = {}
    for skill_id, slug, key in (
        DonePoint.objects.filter(retired_at=None).order_by("position", "pk").values_list("skill_id", "skill__slug", "key")
    ):
        points.setdefault(skill_id, []).append(f"{slug}/{key}")
    replaced_by: dict[int, list[str]] = {}
    for skill_id, slug in Skill.replaced_by.through.objects.order_by("pk").values_list("from_skill_id", "to_skill__slug"):
        replaced_by.setdefault(skill_id, []).append(slug)
    for row in Skill.objects.select_related("stage"):
        address = {
            **_values(row, ("title",), ("slug", "formerly")),
            "stage": row.stage.slug,
            "retired": row.retired_at is not None,
            "replaced_by": replaced_by.get(row.pk, []),
        }
        if row.retired_at and not row.why and not row.how:
            yield Entry("skill", row.slug, address)  # never more than an address
            continue
        yield Entry(
            "skill",
            row.slug,
            {
                **address,
                **_values(row, _SKILL_TEXTS, _SKILL_VALUES),
                "hours": _number(row.hours),
                "aliases": _texts(row.aliases),
                "pitfalls": _texts(row.pitfalls),
                "needs": needs.get(row.pk, []),
                "carries": carries.get(row.pk, []),
                "evidence": _evidence(row.evidence),
                "done": points.get(row.pk, []),
            },
        )


def _write_skills(changes: Sequence[Change]) -> None:
    held, stages = _by_slug(Skill), _by_slug(Stage)
    rows, old = {}, []
    for change in changes:
        # A skill that this database meets after it left the roadmap is a title and an address that leads on.
        row = held.get(change.key) or Skill(slug=change.key, level=1, hours=1, necessity=Skill.Necessity.NICE)
        _assign(row, change.fields, ("formerly", *_SKILL_TEXTS, *_SKILL_VALUES, "hours", "aliases", "pitfalls", "evidence"))
        if "stage" in change.fields:
            row.stage = stages[change.fields["stage"]]
        rows[change.key] = row
        if row.pk:
            old.append(row)
    _save(Skill, rows, old, ("formerly", *_SKILL_TEXTS, *_SKILL_VALUES, "hours", "aliases", "pitfalls", "evidence", "stage"))
    held |= rows
    _link(
        Prerequisite, "skill", "needs", [(rows[c.key], [held[need] for need in c.fields["needs"]]) for c in changes if "needs" in c.fields]
    )
    _carry(Skill, "skill", [(rows[c.key], c.fields["carries"]) for c in changes if "carries" in c.fields])
    for change in changes:
        row = rows[change.key]
        if "retired" not in change.fields and "replaced_by" not in change.fields:
            continue
        if change.fields.get("retired", row.retired_at is not None):
            replaced_by = change.fields.get("replaced_by")
            services.retire_skill(skill=row, replaced_by=None if replaced_by is None else [held[slug] for slug in replaced_by])
        elif row.retired_at is not None:
            services.reinstate_skill(skill=row)


SKILL = Kind(
    name="skill",
    noun="skill",
    read=_read_skills,
    write=_write_skills,
    rename=_rename(Skill),
    arrange=_arrange(Skill),
    refs={"stage": "stage", "needs": "skill", "carries": "statement", "replaced_by": "skill"},
    lists={"done": "point"},
    home="stage",
)


def _read_points() -> Iterable[Entry]:
    for row in DonePoint.objects.select_related("skill"):
        yield Entry("point", f"{row.skill.slug}/{row.key}", {"text": clean_text(row.text), "retired": row.retired_at is not None})


def _points() -> dict[str, DonePoint]:
    return {f"{row.skill.slug}/{row.key}": row for row in DonePoint.objects.select_related("skill")}


def _write_points(changes: Sequence[Change]) -> None:
    held, skills = _points(), _by_slug(Skill)
    rows, old = {}, []
    for change in changes:
        slug, key = change.key.split("/")
        row = held.get(change.key) or DonePoint(skill=skills[slug], key=key)
        _assign(row, change.fields, ("text",))
        if "retired" in change.fields:
            _retire(row, change.fields["retired"])
        rows[change.key] = row
        if row.pk:
            old.append(row)
    _save(DonePoint, rows, old, ("text", "retired_at"))


def _arrange_points(keys: Sequence[str]) -> None:
    held = _points()
    _place(DonePoint, [(held[key], place) for place, key in enumerate(keys)])


POINT = Kind(name="point", noun="done-point", read=_read_points, write=_write_points, arrange=_arrange_points, owner="skill")

# --- Advice ---------------------------------------------------------------------------------------------------------


def _read_advice() -> Iterable[Entry]:
    carries = _statements_of(Advice, "advice")
    for row in Advice.objects.select_related("stage"):
        yield Entry(
            "advice",
            row.slug,
            {
                "stage": row.stage.slug,
                "text": clean_text(row.text),
                "carries": carries.get(row.pk, []),
                "retired": row.retired_at is not None,
            },
        )


def _write_advice(changes: Sequence[Change]) -> None:
    held, stages = _by_slug(Advice), _by_slug(Stage)
    rows, old = {}, []
    for change in changes:
        row = held.get(change.key) or Advice(slug=change.key)
        _assign(row, change.fields, ("text",))
        if "stage" in change.fields:
            row.stage = stages[change.fields["stage"]]
        if "retired" in change.fields:
            _retire(row, change.fields["retired"])
        rows[change.key] = row
        if row.pk:
            old.append(row)
    _save(Advice, rows, old, ("text", "stage", "retired_at"))
    _carry(Advice, "advice", [(rows[c.key], c.fields["carries"]) for c in changes if "carries" in c.fields])


ADVICE = Kind(
    name="advice", noun="advice", read=_read_advice, write=_write_advice, arrange=_arrange(Advice), refs={"stage": "stage", "carries": "statement"}, home="stage"
)  # fmt: skip

# --- Project ideas --------------------------------------------------------------------------------------------------

_IDEA_TEXTS = ("title", "brief", "data", "baseline")


def _read_ideas() -> Iterable[Entry]:
    skills, carries = _links(IdeaSkill, "idea", "skill"), _statements_of(ProjectIdea, "projectidea")
    rubrics: dict[int, list[dict[str, Any]]] = {}
    for item in RubricItem.objects.order_by("position", "pk"):
        rubrics.setdefault(item.idea_id, []).append({"title": clean_text(item.title), "levels": _texts(item.levels)})
    for row in ProjectIdea.objects.select_related("stage"):
        yield Entry(
            "idea",
            row.slug,
            {
                **_values(row, _IDEA_TEXTS, ("slug", "formerly")),
                "stage": row.stage.slug,
                "hours": _number(row.hours),
                "skills": skills.get(row.pk, []),
                "rubric": rubrics.get(row.pk, []),
                "carries": carries.get(row.pk, []),
                "retired": row.retired_at is not None,
            },
        )


def _write_ideas(changes: Sequence[Change]) -> None:
    held, stages, skills = _by_slug(ProjectIdea), _by_slug(Stage), _by_slug(Skill)
    rows, old = {}, []
    for change in changes:
        row = held.get(change.key) or ProjectIdea(slug=change.key)
        _assign(row, change.fields, ("formerly", *_IDEA_TEXTS, "hours"))
        if "stage" in change.fields:
            row.stage = stages[change.fields["stage"]]
        if "retired" in change.fields:
            _retire(row, change.fields["retired"])
        rows[change.key] = row
        if row.pk:
            old.append(row)
    _save(ProjectIdea, rows, old, ("formerly", *_IDEA_TEXTS, "hours", "stage", "retired_at"))
    _link(
        IdeaSkill, "idea", "skill", [(rows[c.key], [skills[slug] for slug in c.fields["skills"]]) for c in changes if "skills" in c.fields]
    )
    _carry(ProjectIdea, "projectidea", [(rows[c.key], c.fields["carries"]) for c in changes if "carries" in c.fields])
    _write_rubrics([(rows[c.key], c.fields["rubric"]) for c in changes if "rubric" in c.fields])


def _write_rubrics(rubrics: Sequence[tuple[ProjectIdea, Sequence[Mapping[str, Any]]]]) -> None:
    """Items keep their row where they keep their title."""
    held = {(row.idea_id, row.title): row for row in RubricItem.objects.filter(idea__in=[idea.pk for idea, _items in rubrics])}
    new: list[RubricItem] = []
    changed: list[RubricItem] = []
    for idea, items in rubrics:
        for place, item in enumerate(items):
            row = held.pop((idea.pk, item["title"]), None) or RubricItem(idea=idea, title=item["title"])
            row.position, row.levels = place, item["levels"]
            (changed if row.pk else new).append(row)
    RubricItem.objects.filter(pk__in=[row.pk for row in held.values()]).delete()
    RubricItem.objects.bulk_update(changed, ["position", "levels"])
    RubricItem.objects.bulk_create(new)


IDEA = Kind(
    name="idea",
    noun="project",
    read=_read_ideas,
    write=_write_ideas,
    rename=_rename(ProjectIdea),
    arrange=_arrange(ProjectIdea),
    refs={"stage": "stage", "skills": "skill", "carries": "statement"},
    home="stage",
)

# --- Resources ------------------------------------------------------------------------------------------------------

_RESOURCE_TEXTS = ("title", "publisher", "checked")
_RESOURCE_VALUES = ("url", "kind", "cost", "level", "language")


def _read_resources() -> Iterable[Entry]:
    skills = _links(ResourceSkill, "resource", "skill")
    for row in Resource.objects.all():
        yield Entry(
            "resource",
            row.slug,
            {
                **_values(row, _RESOURCE_TEXTS, ("slug", *_RESOURCE_VALUES)),
                "hours": _number(row.hours),
                "skills": skills.get(row.pk, []),
                "retired": row.retired_at is not None,
            },
        )


def _write_resources(changes: Sequence[Change]) -> None:
    held, skills = _by_slug(Resource), _by_slug(Skill)
    # Two resources may exchange their addresses, of which each is unique at any moment.
    moving = [change.key for change in changes if "url" in change.fields and not change.is_new]
    Resource.objects.filter(slug__in=moving).update(url=models.functions.Concat(models.Value("https://moving.invalid/"), F("slug")))
    rows, old = {}, []
    for change in changes:
        row = held.get(change.key) or Resource(slug=change.key)
        _assign(row, change.fields, (*_RESOURCE_TEXTS, *_RESOURCE_VALUES, "hours"))
        if "retired" in change.fields:
            _retire(row, change.fields["retired"])
        rows[change.key] = row
        if row.pk:
            old.append(row)
    fields = (*_RESOURCE_TEXTS, *_RESOURCE_VALUES, "hours", "retired_at")
    _save(Resource, {}, old, fields)
    _save(Resource, rows, (), fields)
    _link(
        ResourceSkill,
        "resource",
        "skill",
        [(rows[c.key], [skills[slug] for slug in c.fields["skills"]]) for c in changes if "skills" in c.fields],
    )


def _rename_resource(slug: str, new: str) -> None:
    Resource.objects.filter(slug=slug).update(slug=new)


RESOURCE = Kind(
    name="resource",
    noun="resource",
    read=_read_resources,
    write=_write_resources,
    rename=_rename_resource,
    arrange=_arrange(Resource),
    refs={"skills": "skill"},
    home="all",
    twin="url",
)


def _read_resource_list() -> Iterable[Entry]:
    if slugs := list(Resource.objects.filter(retired_at=None).order_by("position", "pk").values_list("slug", flat=True)):
        yield Entry("resources", "all", {"items": slugs})


RESOURCES = Kind(
    name="resources", noun="list of", read=_read_resource_list, write=lambda changes: None, lists={"items": "resource"}, is_counted=False
)

# --- What the files say ---------------------------------------------------------------------------------------------


def _stage_entries(path: str, file: schema.StageFile) -> Iterable[Entry]:
    def fields(part: schema.Part, **more: Any) -> dict[str, Any]:
        values = part.model_dump()
        if "carries" in values:
            values["carries"] = _carried(values["carries"])
        if "hours" in values:
            values["hours"] = _number(values["hours"])
        return values | more

    yield Entry(
        "stage",
        file.slug,
        fields(file)
        | {
            "retired": False,
            "advice": [a.slug for a in file.advice],
            "skills": [s.slug for s in file.skills],
            "projects": [p.slug for p in file.projects],
        },
        path,
    )
    for skill in file.skills:
        done = [f"{skill.slug}/{point.key}" for point in skill.done]
        evidence = _evidence(skill.evidence.model_dump())
        yield Entry("skill", skill.slug, fields(skill, stage=file.slug, done=done, evidence=evidence, retired=False, replaced_by=[]), path)
        for point in skill.done:
            yield Entry("point", f"{skill.slug}/{point.key}", {"text": point.text, "retired": False}, path)
    for gone in file.retired:
        yield Entry("skill", gone.slug, {**gone.model_dump(), "stage": file.slug, "retired": True}, path)
    for advice in file.advice:
        values = fields(advice, stage=file.slug, retired=False)
        del values["slug"]
        yield Entry("advice", advice.slug, values, path)
    for project in file.projects:
        yield Entry("idea", project.slug, fields(project, stage=file.slug, retired=False), path)


def _statement_entries(path: str, file: schema.StatementsFile) -> Iterable[Entry]:
    yield Entry("statements", "all", {"items": [statement.id for statement in file.root]}, path)
    for statement in file.root:
        yield Entry(
            "statement", statement.id, {"stage": statement.stage, "kind": statement.kind, "says": statement.says, "retired": False}, path
        )


def _resource_entries(path: str, file: schema.ResourcesFile) -> Iterable[Entry]:
    yield Entry("resources", "all", {"items": [resource.slug for resource in file.root]}, path)
    for resource in file.root:
        yield Entry("resource", resource.slug, {**resource.model_dump(), "hours": _number(resource.hours), "retired": False}, path)


# --- What must hold -------------------------------------------------------------------------------------------------


def _active(picture: Picture, kind: str) -> list[Entry]:
    return [entry for (name, _key), entry in picture.items() if name == kind and not entry.is_retired]


def _place_of(entry: Entry, noun: str) -> str:
    return f"{entry.path + ', ' if entry.path else ''}{noun} {entry.key}"


def _check_stages(picture: Picture) -> Problems:
    numbers: dict[int, Entry] = {}
    for stage in _active(picture, "stage"):
        number = stage.fields["number"]
        if (other := numbers.setdefault(number, stage)) is not stage:
            yield f"{_place_of(stage, 'stage')}: `number` {number} is that of the stage {other.key} ({other.path or 'in the database'}); give one of them another."
    skills = {entry.key: entry for entry in _active(picture, "skill")}
    for skill in skills.values():
        if skill.key in skill.fields["needs"]:
            yield f"{_place_of(skill, 'skill')}: `needs` names the skill itself; take it out."
    graph = _graph(picture)
    if found := circle(graph):
        yield (
            f"{_place_of(skills[found[0]], 'skill')}: `needs` closes a circle, {' → '.join((*found, found[0]))}; "
            "take one of these needs out, so that somebody can begin."
        )
    for (kind, key), entry in picture.items():
        if kind == "skill" and entry.is_retired and leads_back(graph, key):
            yield f"{_place_of(entry, 'retired skill')}: `replaced_by` leads back to the skill itself; name a skill that is on the roadmap."


def _graph(picture: Picture) -> dict[str, Node]:
    return {
        key: Node(entry.fields.get("group", ""), entry.is_retired, entry.fields.get("needs", ()), entry.fields.get("replaced_by", ()))
        for (kind, key), entry in picture.items()
        if kind == "skill"
    }


def _complete_resources(picture: Picture) -> Problems:
    """Every skill that visitors see has two resources or more, one of them free."""
    drafts = {stage.key for stage in _active(picture, "stage") if stage.fields["draft"]}
    graph, costs = _graph(picture), dict[str, list[str]]()
    for resource in _active(picture, "resource"):
        for taught in {successor for key in resource.fields["skills"] for successor in successors(graph, key)}:
            costs.setdefault(taught, []).append(resource.fields["cost"])
    for skill in _active(picture, "skill"):
        if skill.fields["stage"] in drafts:
            continue
        held = costs.get(skill.key, [])
        if len(held) < 2:
            yield f"{_place_of(skill, 'skill')}: resources.yaml has {len(held) or 'no'} resource{'' if len(held) == 1 else 's'} for it; add it to the `skills` of two or more."
        elif "free" not in held:
            yield f"{_place_of(skill, 'skill')}: none of its resources is free; add one with `cost: free` to resources.yaml."


def _check_resources(picture: Picture) -> Problems:
    addresses: dict[str, Entry] = {}
    for (kind, _key), resource in picture.items():
        if kind == "resource" and "url" in resource.fields:
            other = addresses.setdefault(sameness(resource.fields["url"]), resource)
            if other is not resource and not (resource.is_retired and other.is_retired):
                whose = (
                    f"{other.key}, which is retired: take its slug"
                    if other.is_retired
                    else f"{other.key}: keep one of them, with the `skills` of both"
                )
                yield f"{_place_of(resource, 'resource')}: `url` is the address of {whose}."


def _complete_statements(picture: Picture) -> Problems:
    drafts = {stage.key for stage in _active(picture, "stage") if stage.fields["draft"]}
    carried = {
        number
        for kind in ("skill", "advice", "idea")
        for entry in _active(picture, kind)
        if entry.fields["stage"] not in drafts
        for number in entry.fields["carries"]
    }
    for statement in _active(picture, "statement"):
        if statement.key not in carried and statement.fields["stage"] not in drafts:
            yield f"{_place_of(statement, 'statement')}: no page carries it; add {statement.key} to the `carries` of the skill, advice or project that says it."


# --- The files that a picture makes ---------------------------------------------------------------------------------


def _document(part: type[schema.Part], fields: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of a part in the order of the schema, without those that say what is so anyway."""
    document = {}
    for name, info in part.model_fields.items():
        if name in fields and (info.is_required() or fields[name] not in ("", [], {}, False)):
            document[name] = fields[name]
    return document


def _stage_documents(picture: Picture, paths: Mapping[Ref, str]) -> dict[str, Any]:
    mentioned = {
        ("skill", key)
        for entry in picture.values()
        for field in (
            ("replaced_by",)
            if entry.is_retired
            else ("needs",)
            if entry.kind == "skill"
            else ("skills",)
            if entry.kind in ("idea", "resource")
            else ()
        )
        for key in entry.fields.get(field, ())
    }
    places = {ref: place for place, ref in enumerate(paths)}
    gone = sorted(
        (entry for entry in picture.values() if entry.kind == "skill" and entry.is_retired),
        key=lambda entry: places.get(entry.ref, len(places)),
    )
    documents = {}
    for stage in _active(picture, "stage"):
        document = dict(stage.fields)
        document["advice"] = [_document(schema.Advice, {"slug": key, **picture["advice", key].fields}) for key in stage.fields["advice"]]
        document["skills"] = [_skill_document(picture, picture["skill", key]) for key in stage.fields["skills"]]
        document["projects"] = [_idea_document(picture["idea", key]) for key in stage.fields["projects"]]
        document["retired"] = [
            _document(schema.RetiredSkill, entry.fields)
            for entry in gone
            if entry.fields["stage"] == stage.key and (entry.ref in paths or entry.fields["replaced_by"] or entry.ref in mentioned)
        ]
        path = paths.get(stage.ref) or f"stages/{stage.fields['number']:02d}-{stage.key}.yaml"
        documents[path] = _document(schema.StageFile, document)
    return documents


def _skill_document(picture: Picture, skill: Entry) -> dict[str, Any]:
    done = [{"key": key.split("/")[1], "text": picture["point", key].fields["text"]} for key in skill.fields["done"]]
    return _document(schema.Skill, {**skill.fields, "done": done})


def _idea_document(idea: Entry) -> dict[str, Any]:
    return _document(schema.Project, idea.fields)


def _statement_documents(picture: Picture, paths: Mapping[Ref, str]) -> dict[str, Any]:
    return {
        "statements.yaml": [
            _document(schema.Statement, {"id": key, **picture["statement", key].fields}) for key in _items(picture, "statements")
        ]
    }


def _resource_documents(picture: Picture, paths: Mapping[Ref, str]) -> dict[str, Any]:
    return {"resources.yaml": [_document(schema.Resource, picture["resource", key].fields) for key in _items(picture, "resources")]}


def _items(picture: Picture, kind: str) -> list[str]:
    held = picture.get((kind, "all"))
    return list(held.fields["items"]) if held else []


STAGE_SECTION = Section(
    name="stages",
    pattern="stages/*.yaml",
    schema=schema.StageFile,
    # Statements belong to a stage and are carried by skills: their rows come in between.
    kinds=(STAGE, STATEMENT, SKILL, POINT, ADVICE, IDEA),
    entries=_stage_entries,
    documents=_stage_documents,
    check=_check_stages,
    unordered=frozenset({"carries"}),
)
STATEMENT_SECTION = Section(
    name="statements",
    pattern="statements.yaml",
    schema=schema.StatementsFile,
    kinds=(STATEMENTS,),
    entries=_statement_entries,
    documents=_statement_documents,
    complete=_complete_statements,
)
RESOURCE_SECTION = Section(
    name="resources",
    pattern="resources.yaml",
    schema=schema.ResourcesFile,
    kinds=(RESOURCE, RESOURCES),
    entries=_resource_entries,
    documents=_resource_documents,
    check=_check_resources,
    complete=_complete_resources,
)
