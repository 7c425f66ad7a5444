"""The curriculum as it is searched. Made anew by the first search after an edit: what is found is never older than what pages show.

The search itself reads both revisions in its one statement, so it knows when the entries are of another one. Whoever comes first
makes them under a lock, in one transaction: others wait and find them made, and nobody ever sees half of them.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection, transaction

from roadmap.curriculum import snapshot
from roadmap.curriculum.snapshot import IdeaView, ResourceView, SkillView, Snapshot, StageView

from .models import Entry
from .query import WORD, fold

_HYPHENED = re.compile(r"[^\W_]+(?:-[^\W_]+)+")

# Only one process at a time; a statement of its own, so that the next one sees what the one before has done.
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('search entries', 0))"
_EDITION = "SELECT revision FROM search_edition WHERE id = 1"
_FILL = """
INSERT INTO search_entry (kind, key, place, names, vector)
SELECT made.kind, made.key, made.place, '|' || (SELECT string_agg(search_plain(name), '|' ORDER BY nr) FROM unnest(string_to_array(made.a, '|')) WITH ORDINALITY AS names(name, nr)) || '|',
       setweight(search_vector(made.a), 'A') || setweight(search_vector(made.b), 'B') || setweight(search_vector(made.c), 'C') || setweight(search_vector(made.d), 'D')
FROM unnest(%(kind)s::text[], %(key)s::text[], %(place)s::int[], %(a)s::text[], %(b)s::text[], %(c)s::text[], %(d)s::text[])
     AS made(kind, key, place, a, b, c, d)
"""
_LEARN = """
INSERT INTO search_word (word)
SELECT DISTINCT word FROM unnest(%(texts)s::text[]) AS said(text), unnest(string_to_array(search_plain(said.text), ' ')) AS word
WHERE length(word) BETWEEN 3 AND 60 AND word !~ '^[0-9]'
"""


@dataclass(frozen=True, slots=True)
class Made:
    """One entry with its words, from what names it to what only speaks of it."""

    kind: str
    key: str
    names: tuple[str, ...]
    says: str = ""
    about: str = ""
    body: str = ""


def renew() -> Snapshot:
    """Makes the entries of the curriculum as it stands, unless they are there; says what it stands for."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_LOCK)
        curriculum = snapshot.current()
        cursor.execute(_EDITION)
        row = cursor.fetchone()
        if row is None or row[0] != curriculum.revision:
            _fill(cursor, curriculum)
    return curriculum


def _fill(cursor: "connection.cursor", curriculum: Snapshot) -> None:  # type: ignore[name-defined]
    made = list(_entries(curriculum))
    cursor.execute("DELETE FROM search_entry")
    cursor.execute("DELETE FROM search_word")
    cursor.execute(
        _FILL,
        {
            "kind": [entry.kind for entry in made],
            "key": [entry.key for entry in made],
            "place": list(range(len(made))),
            "a": ["|".join(name.replace("|", " ") for name in entry.names) for entry in made],
            "b": [entry.says for entry in made],
            "c": [entry.about for entry in made],
            "d": [entry.body for entry in made],
        },
    )
    cursor.execute(_LEARN, {"texts": [" ".join((*entry.names, entry.says)) for entry in made]})
    cursor.execute(
        "INSERT INTO search_edition (id, revision) VALUES (1, %s) ON CONFLICT (id) DO UPDATE SET revision = EXCLUDED.revision",
        [curriculum.revision],
    )


def _entries(curriculum: Snapshot) -> Iterable[Made]:
    yield from map(_of_skill, curriculum)
    yield from map(_of_stage, curriculum.stages)
    yield from map(_of_idea, curriculum.ideas.values())
    for resource, skills in curriculum.taught.values():
        yield _of_resource(resource, skills)


def _of_skill(skill: SkillView) -> Made:
    texts = (skill.why, skill.how, *skill.pitfalls, skill.first_task, skill.next, skill.use_when, skill.avoid_when, skill.compare_with)
    return Made(
        Entry.Kind.SKILL,
        skill.slug,
        _names(skill.title, *skill.aliases, skill.slug, skill.number),
        skill.summary,
        " ".join(point.text for point in skill.points),
        " ".join(texts),
    )


def _of_stage(stage: StageView) -> Made:
    return Made(
        Entry.Kind.STAGE,
        stage.slug,
        _names(stage.title, stage.short, stage.slug, f"step {stage.number}", f"stage {stage.number}"),
        stage.goal,
        stage.why,
        " ".join((stage.body, *(advice.text for advice in stage.advice))),
    )


def _of_idea(idea: IdeaView) -> Made:
    skills = " ".join(skill.title for skill in idea.skills)
    return Made(Entry.Kind.IDEA, idea.slug, _names(idea.title, idea.slug), idea.brief, f"{idea.data} {idea.baseline}", skills)


def _of_resource(resource: ResourceView, skills: Iterable[SkillView]) -> Made:
    about = " ".join(" ".join((skill.title, *skill.aliases)) for skill in skills)
    return Made(Entry.Kind.RESOURCE, resource.slug, (resource.title,), f"{resource.publisher} {resource.kind}", about)


def _names(*names: str) -> tuple[str, ...]:
    """Names, those of a few words and words with a hyphen also written as one: crossvalidation finds cross-validation."""
    short = (words for name in names if 1 < len(words := WORD.findall(name)) <= 3)
    hyphened = (WORD.findall(pair) for name in names for pair in _HYPHENED.findall(name))
    return (*dict.fromkeys(names), *("".join(words) for words in (*hyphened, *short)))


def words_shown(curriculum: Snapshot, kind: str, key: str, text: str) -> frozenset[str]:
    """The words that an answer shows, folded: its names and its sentence; of what a learner wrote, all of it."""
    if kind == Entry.Kind.SKILL and (skill := curriculum.skills.get(key)):
        text = " ".join((skill.title, *skill.aliases, skill.summary))
    elif kind == Entry.Kind.STAGE and (stage := curriculum.stage_by_slug.get(key)):
        text = f"{stage.title} {stage.short} {stage.goal}"
    elif kind == Entry.Kind.IDEA and (idea := curriculum.ideas.get(key)):
        text = f"{idea.title} {idea.brief}"
    elif kind == Entry.Kind.RESOURCE and (pair := curriculum.taught.get(key)):
        text = " ".join((pair[0].title, pair[0].publisher, *(skill.title for skill in pair[1])))
    return frozenset(WORD.findall(fold(text)))
