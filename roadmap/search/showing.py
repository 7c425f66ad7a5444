"""What a search found, as its page shows it: rows with marked words, in groups; or the things that come nearest."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from roadmap.curriculum.snapshot import ResourceView, SkillView, Snapshot
from roadmap.progress.models import state_label
from roadmap.progress.services import Climb

from .finding import KINDS, LINK, NOTE, Found, Hit
from .highlight import Terms, excerpt, marked, plain, without_code
from .models import Entry
from .query import Query

HEADINGS = {**dict(Entry.Kind.choices), NOTE: _lazy("Your notes"), LINK: _lazy("Your own links")}
# Skills that a resource is for, named beside it.
MOST_SKILLS = 3


@dataclass(frozen=True, slots=True)
class Row:
    """A thing found. `also` is the other name that it was found by; `state` is a skill's, with its word in `label`."""

    kind: str
    url: str
    title: SafeString
    says: SafeString
    number: str = ""
    also: SafeString | None = None
    state: str = ""
    label: Any = ""
    stage: Any = None
    resource: ResourceView | None = None
    skills: tuple[tuple[SkillView, SafeString], ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Things of one kind, `total` of them in all; `query` leads to them alone."""

    kind: str
    heading: Any
    total: int
    rows: tuple[Row, ...]
    query: str

    @property
    def has_more(self) -> bool:
        return self.total > len(self.rows)


@dataclass(frozen=True, slots=True)
class Shown:
    """`groups` begin with the one that has the best answer; `chips` are all kinds found. `meant` is a corrected question."""

    groups: tuple[Group, ...] = ()
    chips: tuple[Group, ...] = ()
    total: int = 0
    nearest: tuple[Row, ...] = ()
    meant: str = ""
    is_unanswered: bool = False


def show(found: Found, query: Query, climb: Climb, *, only: str = "") -> Shown:
    """`only` is the one kind that was asked for; the chips lead to the others still."""
    terms = Terms(found.words)
    rows: dict[str, list[Row]] = {}
    for hit in found.hits:
        if row := _row(found.curriculum, hit, terms, climb):
            rows.setdefault(hit.kind, []).append(row)
    groups = {
        kind: Group(kind, HEADINGS[kind], found.totals[kind], tuple(rows[kind]), "?" + urlencode({"q": query.text, "in": kind}))
        for kind in rows
    }
    meant = Terms((*found.meant, *(word for word in found.words if word not in found.unknown)))
    near = (_row(found.curriculum, hit, meant, climb) for hit in found.nearest)
    return Shown(
        groups=tuple(group for kind, group in groups.items() if only in ("", kind)),
        chips=tuple(groups[kind] for kind in KINDS if kind in groups),
        total=found.total,
        nearest=tuple(row for row in near if row),
        meant=" ".join(found.meant),
        is_unanswered=found.is_unanswered,
    )


def _row(curriculum: Snapshot, hit: Hit, terms: Terms, climb: Climb) -> Row | None:
    """None for what has left the roadmap since."""
    return _ROWS[hit.kind](curriculum, hit, terms, climb)


def _skill(curriculum: Snapshot, hit: Hit, terms: Terms, climb: Climb) -> Row | None:
    if (skill := curriculum.skills.get(hit.key)) is None:
        return None
    also = None
    if not terms.are_in(skill.title):
        best = max(skill.aliases, key=terms.count_in, default="")
        also = marked(best, terms) if terms.are_in(best) else None
    texts = (
        *(point.text for point in skill.points),
        *(skill.why, skill.how, *skill.pitfalls, skill.first_task, skill.use_when, skill.avoid_when, skill.compare_with, skill.next),
    )
    state = climb.state(skill.id)
    return Row(
        hit.kind,
        skill.get_absolute_url(),
        marked(skill.title, terms),
        _says(skill.summary, texts, terms, is_named=also is not None or terms.are_in(skill.title)),
        number=skill.number,
        also=also,
        state=state,
        label=state_label(state),
        stage=skill.stage,
    )


def _stage(curriculum: Snapshot, hit: Hit, terms: Terms, climb: Climb) -> Row | None:
    if (stage := curriculum.stage_by_slug.get(hit.key)) is None:
        return None
    texts = (stage.why, stage.body, *(advice.text for advice in stage.advice))
    says = _says(stage.goal, texts, terms, is_named=terms.are_in(f"{stage.title} {stage.short}"))
    return Row(hit.kind, stage.get_absolute_url(), marked(stage.title, terms), says, number=str(stage.number), stage=stage)


def _idea(curriculum: Snapshot, hit: Hit, terms: Terms, climb: Climb) -> Row | None:
    if (idea := curriculum.ideas.get(hit.key)) is None:
        return None
    texts = (idea.data, idea.baseline)
    is_said = any(terms.are_in(text) for text in (idea.title, idea.brief, *texts))
    skills = [] if is_said else [(skill, marked(skill.title, terms)) for skill in idea.skills if terms.are_in(skill.title)]
    return Row(
        hit.kind,
        idea.get_absolute_url(),
        marked(idea.title, terms),
        _says(idea.brief, texts, terms, is_named=terms.are_in(idea.title)),
        stage=idea.stage,
        skills=tuple(skills[:MOST_SKILLS]),
    )


def _resource(curriculum: Snapshot, hit: Hit, terms: Terms, climb: Climb) -> Row | None:
    if (pair := curriculum.taught.get(hit.key)) is None:
        return None
    resource, skills = pair
    # Those that the words are about come first.
    first = sorted(skills, key=lambda skill: -terms.count_in(skill.title))[:MOST_SKILLS]
    named = tuple((skill, marked(skill.title, terms)) for skill in first)
    return Row(hit.kind, resource.url, marked(resource.title, terms), marked(resource.publisher, terms), resource=resource, skills=named)


def _note(curriculum: Snapshot, hit: Hit, terms: Terms, climb: Climb) -> Row | None:
    """A note lies on the page of its skill."""
    if (skill := curriculum.skill_by_id.get(int(hit.key))) is None:
        return None
    says = marked(excerpt(plain(hit.text), terms), terms)
    return Row(hit.kind, f"{skill.get_absolute_url()}#own-note", marked(skill.title, terms), says, number=skill.number)


def _link(curriculum: Snapshot, hit: Hit, terms: Terms, climb: Climb) -> Row | None:
    """A link leads where it leads; the skill that it lies at may have left the roadmap."""
    title, _line, url = hit.text.partition("\n")
    skill = curriculum.skill_by_id.get(int(hit.key))
    return Row(
        hit.kind,
        url,
        marked(title, terms),
        marked(excerpt(url, terms), terms),
        skills=((skill, marked(skill.title, terms)),) if skill else (),
    )


def _says(sentence: str, texts: Iterable[str], terms: Terms, *, is_named: bool) -> SafeString:
    """The sentence of a thing, unless only another of its texts has the words: then the place where it has most of them.

    Of code and of tables it is one line, and only where no sentence has the words.
    """
    if not is_named and not terms.are_in(sentence):
        texts = tuple(texts)
        for lines in (map(without_code, texts), (line for text in texts for line in text.splitlines())):
            best = plain(max(lines, key=terms.count_in, default=""))
            if terms.are_in(best):
                return marked(excerpt(best, terms), terms)
    return marked(excerpt(plain(sentence), terms), terms)


_ROWS: dict[str, Callable[[Snapshot, Hit, Terms, Climb], Row | None]] = {
    Entry.Kind.SKILL.value: _skill,
    Entry.Kind.STAGE.value: _stage,
    Entry.Kind.IDEA.value: _idea,
    Entry.Kind.RESOURCE.value: _resource,
    NOTE: _note,
    LINK: _link,
}


def says_how_many(shown: Shown, query: Query) -> str:
    """What the search found, in a sentence for the status line; empty where nothing was asked."""
    if not query.is_askable:
        return ""
    if not shown.groups and not shown.nearest:
        return _("Nothing matches “%(query)s”.") % {"query": query.text}
    if not shown.groups:
        return _("Nothing matches “%(query)s” exactly. These come nearest.") % {"query": query.text}
    said = ngettext("%(count)s result for “%(query)s”.", "%(count)s results for “%(query)s”.", shown.total)
    return said % {"count": shown.total, "query": query.text}
