"""How content files are written. `docs/content.md` teaches it field by field; unknown keys are refused.

A mistake becomes a sentence that names file, entry and field and says what to write instead.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Annotated, Any, Literal, get_args

from annotated_types import Len
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, RootModel, ValidationError, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError

from roadmap.resources.addresses import problem_with
from roadmap.stages.rules import STATEMENT_ID, clean_text, evidence_problem, is_slug


def _refuse(sentence: str) -> PydanticCustomError:
    return PydanticCustomError("sentence", "{sentence}", {"sentence": sentence})


def _text(text: str) -> str:
    if any(ord(letter) < 32 and letter not in "\n\t\r" for letter in text):
        raise _refuse("holds a control character: take it out.")
    return clean_text(text)


def _written(text: str) -> str:
    if not text:
        raise _refuse("is empty: write it, or leave the whole entry out.")
    return text


def _one_line(text: str) -> str:
    if "\n" in text:
        raise _refuse("must be a single line: use > instead of |, or take out the line breaks.")
    return text


def _slug(text: str) -> str:
    if not is_slug(text):
        raise _refuse(f"is {text!r}: write small letters, digits and single hyphens, such as math-with-code.")
    return text


def _statement(text: str) -> str:
    if not STATEMENT_ID.fullmatch(text):
        raise _refuse(f"is {text!r}: write s, the number of the stage, a hyphen and a number, such as s5-2.")
    return text


def _address(text: str) -> str:
    if problem := problem_with(text):
        raise _refuse(problem)
    return text


def _once(items: list[Any]) -> list[Any]:
    for place, item in enumerate(items):
        if item in items[:place]:
            raise _refuse(f"names {item!r} twice: once is enough.")
    return items


def _hours(hours: float) -> float:
    if hours < 0.1 or hours > 9999 or round(hours * 10) != hours * 10:
        raise _refuse(f"is {hours:g}: write hours between 0.1 and 9999, with one decimal at most, such as 3 or 1.5.")
    return hours


def _seen(you: str) -> str:
    if not you.startswith("You"):
        raise _refuse("must begin with “You”: write what can be observed, such as “You explain …” or “You’ve plotted …”.")
    return you


Markdown = Annotated[str, AfterValidator(_text), AfterValidator(_written)]
Optional = Annotated[str, AfterValidator(_text)]
Line = Annotated[str, AfterValidator(_text), AfterValidator(_written), AfterValidator(_one_line)]
Slug = Annotated[str, Len(1, 80), AfterValidator(_slug)]
StatementId = Annotated[str, Len(1, 8), AfterValidator(_statement)]
Slugs = Annotated[list[Slug], AfterValidator(_once)]
StatementIds = Annotated[list[StatementId], AfterValidator(_once)]
Hours = Annotated[float, AfterValidator(_hours)]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class DonePoint(Part):
    """One observable point of what done looks like."""

    key: Annotated[str, Len(1, 20), AfterValidator(_slug)] = Field(
        description="a short key such as a, which stays whatever happens to the text"
    )
    text: Annotated[Markdown, AfterValidator(_seen)] = Field(description="what can be observed, beginning with “You”")


class Evidence(Part):
    """What in a repository shows a skill; docs/content.md explains the rules."""

    imports: list[Line] = Field(default=[], description="modules of which any use shows the skill, such as shap")
    calls: list[Line] = Field(default=[], description="names that code uses, such as pandas.read_csv(chunksize)")
    syntax: list[Line] = Field(default=[], description="nodes of Python's grammar, such as ListComp")
    files: list[Line] = Field(default=[], description="patterns of file names, such as Dockerfile")
    requirements: list[Line] = Field(default=[], description="packages that only this skill asks for")
    readme: int = Field(default=0, description="how many of the eight points of the README checklist are needed")
    at_least: int = Field(default=0, description="how many different names of calls and syntax one file must use")
    within: list[Line] = Field(default=[], description="folders or file names to which code is confined")
    note: Optional = Field(default="", description="what this evidence leaves open, or why there can be none, for the learner")

    @model_validator(mode="after")
    def can_be_evaluated(self) -> "Evidence":
        if problem := evidence_problem(self.model_dump()):
            raise _refuse(problem)
        return self


class Skill(Part):
    """One block of the staircase."""

    slug: Slug = Field(description="the last part of the address; permanent")
    formerly: Slugs = Field(default=[], description="earlier slugs, whose addresses lead here")
    title: Annotated[Line, Len(1, 120)] = Field(description="what a learner can do, beginning with a verb")
    summary: Annotated[Line, Len(1, 240)] = Field(description="one sentence on what it is")
    level: Literal[1, 2, 3] = Field(description="1 first steps, 2 practice or 3 deep")
    hours: Hours = Field(description="an honest estimate for a beginner, such as 3 or 1.5")
    necessity: Literal["must", "nice", "alternative"] = Field(description="must, nice or alternative")
    group: Annotated[str, Len(0, 80)] = Field(
        default="", description="the name that alternatives share: any of them satisfies a need of another"
    )
    aliases: Annotated[list[Annotated[Line, Len(1, 60)]], AfterValidator(_once)] = Field(
        default=[], description="what else people call it, for the search"
    )
    needs: Slugs = Field(default=[], description="slugs of the skills that it builds on")
    done: Annotated[list[DonePoint], Len(2, 4)] = Field(description="two to four points, each with key and text")
    why: Markdown = Field(description="why it matters at work, in Markdown")
    how: Markdown = Field(description="how to learn it, in Markdown")
    pitfalls: Annotated[list[Line], Len(1)] = Field(description="a list of mistakes, each with the way out")
    first_task: Markdown = Field(description="what to do in the first twenty minutes")
    next: Markdown = Field(description="where it is used next")
    use_when: Optional = Field(default="", description="for an algorithm: when to use it")
    avoid_when: Optional = Field(default="", description="for an algorithm: when not")
    compare_with: Optional = Field(default="", description="for an algorithm: what to compare it with")
    carries: StatementIds = Field(default=[], description="numbers of the article's statements that this page carries")
    origin: Literal["seed", "beyond"] = Field(description="seed (from the article) or beyond (added for the work of today)")
    evidence: Evidence = Field(default=Evidence(), description="what in a repository shows it")

    @model_validator(mode="after")
    def alternatives_have_a_group(self) -> "Skill":
        if self.group and not is_slug(self.group):
            raise _refuse(f"has the `group` {self.group!r}: write small letters, digits and hyphens.")
        if (self.necessity == "alternative") != bool(self.group):
            raise _refuse("must have both `necessity: alternative` and a `group`, or neither.")
        return self


class RetiredSkill(Part):
    """A skill that has left the roadmap; its address leads to what replaces it."""

    slug: Slug = Field(description="the slug that it had")
    title: Annotated[Line, Len(1, 120)] = Field(description="the title that it had")
    formerly: Slugs = Field(default=[], description="slugs that it had even earlier")
    replaced_by: Slugs = Field(default=[], description="slugs of the skills that marks on it are carried to")


class Advice(Part):
    """A piece of advice beside the skills of a stage."""

    slug: Slug = Field(description="a short name; permanent")
    text: Markdown = Field(description="two or three sentences of Markdown")
    carries: StatementIds = Field(default=[], description="numbers of the article's statements that it carries")


class RubricItem(Part):
    """One line by which a reviewer reads a project."""

    title: Annotated[Line, Len(1, 120)] = Field(description="what is looked at")
    levels: Annotated[list[Line], Len(4, 4)] = Field(description="four descriptions, from missing to excellent")


class Project(Part):
    """A project idea, with the rubric that a reviewer reads it by."""

    slug: Slug = Field(description="the last part of the address; permanent")
    formerly: Slugs = Field(default=[], description="earlier slugs, whose addresses lead here")
    title: Annotated[Line, Len(1, 120)] = Field(description="a short name")
    brief: Markdown = Field(description="what to build and for whom, in Markdown")
    data: Markdown = Field(description="which data, under which terms, in Markdown")
    baseline: Markdown = Field(description="what it has to beat, in Markdown")
    hours: Hours = Field(description="an honest estimate, such as 8")
    skills: Annotated[Slugs, Len(1)] = Field(description="slugs of the skills that it asks for")
    rubric: Annotated[list[RubricItem], Len(1)] = Field(description="items, each with title and four levels")
    carries: StatementIds = Field(default=[], description="numbers of the article's statements that it carries")


class StageFile(Part):
    """A stage: one file."""

    slug: Slug = Field(description="the last part of the address; permanent")
    formerly: Slugs = Field(default=[], description="earlier slugs, whose addresses lead here")
    number: Annotated[int, Field(ge=1, le=99)] = Field(description="its place on the staircase, from 1")
    draft: bool = Field(default=False, description="true while visitors must not see it")
    title: Annotated[Line, Len(1, 120)] = Field(description="its name")
    short: Annotated[Line, Len(1, 40)] = Field(description="a name that fits on a step")
    goal: Line = Field(description="what a learner can do at its end, in one sentence")
    why: Markdown = Field(description="why it matters, in Markdown")
    body: Markdown = Field(description="how to climb it, in Markdown")
    advice: list[Advice] = Field(default=[], description="pieces of advice")
    skills: Annotated[list[Skill], Len(1)] = Field(description="its skills, in the order of learning")
    projects: list[Project] = Field(default=[], description="its project ideas")
    retired: list[RetiredSkill] = Field(default=[], description="skills that have left it, and what replaces them")


class Statement(Part):
    """A numbered statement of the article that the roadmap grew from."""

    id: StatementId = Field(description="s, the number of the stage, a hyphen and a number, such as s5-2; permanent")
    stage: Slug = Field(description="the slug of the stage that it belongs to")
    kind: Annotated[Line, Len(1, 20)] = Field(description="claim, advice, example or another word for what it is")
    says: Line = Field(description="what it says, in one sentence")


class Resource(Part):
    """Something to read, watch or try."""

    slug: Slug = Field(description="a short name; permanent")
    title: Annotated[Line, Len(1, 160)] = Field(description="its own title")
    url: Annotated[str, Len(1, 400), AfterValidator(_address)] = Field(description="its address, beginning with https://")
    publisher: Annotated[Line, Len(1, 120)] = Field(description="who publishes it")
    kind: Literal[
        "course", "book", "docs", "video", "article", "interactive", "dataset", "tool", "community", "newsletter", "podcast", "job_board"
    ] = Field(description="course, book, docs, video, article, interactive, dataset, tool, community, newsletter, podcast or job_board")
    cost: Literal["free", "freemium", "paid"] = Field(description="free, freemium or paid")
    level: Literal["beginner", "intermediate", "advanced"] = Field(description="beginner, intermediate or advanced")
    hours: Hours = Field(description="how long it takes, such as 15 or 1.5")
    skills: Annotated[Slugs, Len(1)] = Field(description="slugs of the skills that it teaches")
    language: Annotated[Line, Len(2, 8)] = Field(description="the language code, such as en")
    checked: Annotated[Line, Len(1, 200)] = Field(description="how you know that the address is right")


class StatementsFile(RootModel[list[Statement]]):
    """All statements: one file."""


class ResourcesFile(RootModel[list[Resource]]):
    """All resources: one file."""


def describe(path: str, document: Any, error: ValidationError) -> list[str]:
    """One sentence for each mistake of a file: where it is, and what to write instead."""
    return [_sentence(path, document, detail, error) for detail in error.errors()]


# What to call an item of a list, and by which of its keys.
_NOUNS = {
    "skills": "skill",
    "advice": "advice",
    "projects": "project",
    "retired": "retired skill",
    "done": "done-point",
    "rubric": "rubric item",
}
_IDENTITIES = ("slug", "id", "key", "title")


def identity(item: Any) -> str:
    """The name of an item of a content file: its slug, number, key or title, whichever it has first."""
    if isinstance(item, Mapping):
        return next((str(item[key]) for key in _IDENTITIES if key in item), "")
    return ""


def _sentence(path: str, document: Any, detail: ErrorDetails, error: ValidationError) -> str:
    places, field, value, owner = [path], "", document, ""
    for step in detail["loc"]:
        if isinstance(step, int):
            value = value[step] if isinstance(value, list) and step < len(value) else None
            if isinstance(value, Mapping):
                places.append(f"{_NOUNS.get(owner) or _noun(error.title)} {identity(value) or f'number {step + 1}'}")
                field = ""
            else:
                field = f"{owner}, item {step + 1}"
        else:
            owner = field = str(step)
            value = value.get(step) if isinstance(value, Mapping) else None
    return f"{', '.join(places)}: {f'`{field}` ' if field else ''}{_complaint(detail, error)}"


def _complaint(detail: ErrorDetails, error: ValidationError) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "sentence":
        return str(context["sentence"])
    names = [str(step) for step in detail["loc"] if isinstance(step, str)]
    if kind == "missing":
        return f"is missing: write {_description(error.title, names)}."
    if kind == "extra_forbidden":
        known = _keys(error.title, names[:-1])
        near = get_close_matches(names[-1], known, n=1)
        return f"isn't a key here{f'; did you mean `{near[0]}`?' if near else '.'} The keys are {', '.join(known)}."
    if kind == "string_type":
        return "must be text: put it into quotes, or write it after |."
    if kind == "literal_error":
        return f"must be one of {context['expected'].replace(chr(39), '')}; it is {detail['input']!r}."
    if kind in ("float_type", "int_type", "int_from_float"):
        return f"must be a number without quotes; it is {detail['input']!r}."
    if kind == "bool_type":
        return "must be true or false."
    if kind == "too_long" and isinstance(detail["input"], str):
        return f"has {context['actual_length']} characters: shorten it to {context['max_length']}."
    if kind in ("too_short", "too_long"):
        return f"has {context['actual_length']}: write {_description(error.title, names)}."
    if kind in ("greater_than_equal", "less_than_equal"):
        return f"is {detail['input']}: write a number {'from' if 'ge' in context else 'up to'} {context.get('ge', context.get('le'))}."
    if kind == "list_type":
        return "must be a list: write each item on its own line after a hyphen."
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        return "must be keys with values, such as `title: …`."
    return f"is wrong: {detail['msg']}."


def _model(title: str, names: list[str]) -> type[BaseModel] | None:
    """The model that the keys `names` lead to, from the file whose model is called `title`."""
    model: Any = next((candidate for candidate in _every(BaseModel) if candidate.__name__ == title), None)
    if model is not None and issubclass(model, RootModel):
        model = _inner(model.model_fields["root"].annotation)
    for name in names:
        model = _inner(model.model_fields[name].annotation) if model is not None and name in model.model_fields else None
    return model


def _every(model: type[BaseModel]) -> list[type[BaseModel]]:
    return [model, *(deeper for child in model.__subclasses__() for deeper in _every(child))]


def _inner(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((model for part in get_args(annotation) if (model := _inner(part)) is not None), None)


def _noun(title: str) -> str:
    model = _model(title, [])
    return model.__name__.lower() if model else "entry"


def _description(title: str, names: list[str]) -> str:
    model = _model(title, names[:-1])
    held = model.model_fields.get(names[-1]) if model else None
    return (held.description if held else None) or "it"


def _keys(title: str, names: list[str]) -> list[str]:
    model = _model(title, names)
    return list(model.model_fields) if model else []
