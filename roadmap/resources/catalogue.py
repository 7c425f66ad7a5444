"""The list of resources as a page shows it: what matches the filters, how much there is of each, and what comes near.

There are a few hundred resources: all are read in one statement, and narrowed here.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from .models import Resource

HOURS = (1, 2, 5, 20)
# How many of the nearest resources stand in for an empty list.
NEAREST = 6


@dataclass(frozen=True, slots=True)
class Filters:
    """What a visitor has asked for; empty means any. `hours` is the most that a resource may take."""

    stage: str = ""
    kind: str = ""
    cost: str = ""
    level: str = ""
    hours: str = ""

    @property
    def in_use(self) -> dict[str, str]:
        return {field.name: value for field in fields(self) if (value := getattr(self, field.name))}

    def without(self, name: str) -> "Filters":
        return replace(self, **{name: ""})

    def query(self, page: int = 1) -> str:
        """The query string that asks for the same, beginning with `?`; `?` alone for everything."""
        return "?" + urlencode({**self.in_use, **({"page": page} if page > 1 else {})})


@dataclass(frozen=True, slots=True)
class Entry:
    """A resource in the list, with the skills that it is for (slug, title and stage of each)."""

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
    taught: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: Any
    count: int


@dataclass(frozen=True, slots=True)
class Choice:
    """One filter of the form, with how many of all resources each value has."""

    name: str
    label: Any
    any_label: Any
    value: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in use; `query` leads to the same list without it, where there are `count`."""

    label: Any
    query: str
    count: int


@dataclass(frozen=True, slots=True)
class Catalogue:
    """`filters` are those in use, without what the site does not know; `nearest` is filled only where nothing matches."""

    filters: Filters
    entries: list[Entry]
    total: int
    choices: tuple[Choice, ...]
    chips: tuple[Chip, ...]
    nearest: list[Entry]


_TESTS: Mapping[str, Callable[[Entry, str], bool]] = {
    "stage": lambda entry, slug: any(skill["stage"] == slug for skill in entry.taught),
    "kind": lambda entry, kind: entry.kind == kind,
    "cost": lambda entry, cost: entry.cost == cost,
    "level": lambda entry, level: entry.level == level,
    "hours": lambda entry, hours: entry.hours <= Decimal(hours),
}


def catalogue(filters: Filters) -> Catalogue:
    """One statement. A stage that does not exist is no filter, as with every other value that the site does not know."""
    entries = [entry_of(row) for row in Resource.objects.published().with_skills()]
    stages = _stages(entries)
    if filters.stage not in stages:
        filters = filters.without("stage")
    choices = _choices(filters, entries, stages)
    found = _matching(filters, entries)
    labels = {(choice.name, option.value): option.label for choice in choices for option in choice.options}
    chips = tuple(
        Chip(labels[used], filters.without(used[0]).query(), len(_matching(filters.without(used[0]), entries)))
        for used in filters.in_use.items()
    )
    return Catalogue(filters, found, len(entries), choices, chips, [] if found else _nearest(filters, entries))


def entry_of(row: Any) -> Entry:
    """A resource with its skills (`with_skills`) as lists show it."""
    return Entry(
        slug=row.slug,
        title=row.title,
        url=row.url,
        publisher=row.publisher,
        kind=row.kind,
        kind_label=row.get_kind_display(),
        cost=row.cost,
        cost_label=row.get_cost_display(),
        level=row.level,
        level_label=row.get_level_display(),
        hours=row.hours,
        language=row.language,
        taught=tuple(row.taught),
    )


def _matching(filters: Filters, entries: Iterable[Entry]) -> list[Entry]:
    asked = filters.in_use.items()
    return [entry for entry in entries if all(_TESTS[name](entry, value) for name, value in asked)]


def _nearest(filters: Filters, entries: list[Entry]) -> list[Entry]:
    """Those that meet most of what was asked for."""
    asked = filters.in_use.items()
    return sorted(entries, key=lambda entry: -sum(_TESTS[name](entry, value) for name, value in asked))[:NEAREST]


def _stages(entries: Iterable[Entry]) -> dict[str, str]:
    """Labels of the stages that entries are for, by slug, in the order of the staircase."""
    found = {(skill["stage_number"], skill["stage"]): skill["stage_title"] for entry in entries for skill in entry.taught}
    return {slug: f"{number} {title}" for (number, slug), title in sorted(found.items())}


def _choices(filters: Filters, entries: list[Entry], stages: Mapping[str, str]) -> tuple[Choice, ...]:
    def choice(name: str, label: Any, any_label: Any, labels: Iterable[tuple[str, Any]]) -> Choice:
        chosen = filters.in_use.get(name, "")
        options = [Option(value, said, sum(_TESTS[name](entry, value) for entry in entries)) for value, said in labels]
        return Choice(name, label, any_label, chosen, tuple(option for option in options if option.count or option.value == chosen))

    hours = [(str(most), ngettext("%(hours)s hour or less", "%(hours)s hours or less", most) % {"hours": most}) for most in HOURS]
    return (
        choice("stage", _("Step"), _("Any step"), list(stages.items())),
        choice("kind", _("Kind"), _("Any kind"), Resource.Kind.choices),
        choice("cost", _("Cost"), _("Any cost"), Resource.Cost.choices),
        choice("level", _("Level"), _("Any level"), Resource.Level.choices),
        choice("hours", _("Length"), _("Any length"), hours),
    )
