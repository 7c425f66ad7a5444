"""docs/content.md names every key of the schema, and the schema agrees with the database."""

import re
from typing import Any

import pytest
from django.conf import settings
from django.db.models import Model
from pydantic import BaseModel

from roadmap.curriculum import schema, sections
from roadmap.resources.models import Resource
from roadmap.stages.models import DonePoint, ProjectIdea, RubricItem, Skill, Stage, Statement

PARTS = [part for part in vars(schema).values() if isinstance(part, type) and issubclass(part, schema.Part) and part is not schema.Part]


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_the_guide_names_every_key(part: type[BaseModel]) -> None:
    guide = (settings.BASE_DIR / "docs" / "content.md").read_text()
    assert {key for key in part.model_fields if f"`{key}`" not in guide} == set()


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_every_key_says_what_to_write(part: type[BaseModel]) -> None:
    assert [key for key, field in part.model_fields.items() if not field.description] == []


def _limits(part: type[BaseModel]) -> dict[str, int]:
    """The longest text of each field, as the schema has it."""
    found: dict[str, int] = {}
    for name, field in part.model_fields.items():
        for rule in field.metadata:
            if (longest := getattr(rule, "max_length", None)) and field.annotation is str:
                found[name] = longest
    return found


@pytest.mark.parametrize(
    ("part", "model"),
    [
        (schema.StageFile, Stage),
        (schema.Skill, Skill),
        (schema.DonePoint, DonePoint),
        (schema.Project, ProjectIdea),
        (schema.RubricItem, RubricItem),
        (schema.Statement, Statement),
        (schema.Resource, Resource),
    ],
)
def test_no_text_of_a_file_is_too_long_for_the_database(part: type[BaseModel], model: type[Model]) -> None:
    columns = {field.name: field.max_length for field in model._meta.get_fields() if getattr(field, "max_length", None)}
    limits = _limits(part)
    texts = {name for name, field in part.model_fields.items() if field.annotation is str and name in columns}
    assert {name: limits.get(name) for name in texts} == {name: columns[name] for name in texts}


def test_the_choices_of_a_file_are_those_of_the_database() -> None:
    def choices(part: type[BaseModel], name: str) -> set[Any]:
        return set(getattr(part.model_fields[name].annotation, "__args__", ()))

    assert choices(schema.Skill, "necessity") == set(Skill.Necessity.values)
    assert choices(schema.Skill, "origin") == set(Skill.Origin.values)
    for name in ("kind", "cost", "level"):
        assert choices(schema.Resource, name) == {value for value, _label in Resource._meta.get_field(name).choices}


def test_an_app_adds_its_section_once() -> None:
    with pytest.raises(ValueError, match="registered already"):
        sections.register(sections.sections()[0])


def test_links_of_the_guide_lead_somewhere() -> None:
    guide = settings.BASE_DIR / "docs" / "content.md"
    for target in re.findall(r"\]\(([^)#]+)\)", guide.read_text()):
        assert (guide.parent / target).exists(), target
