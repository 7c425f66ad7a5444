"""Finding things by words: in the curriculum, and in the notes and own links of the one learner who asks.

One statement reads everything that matches, both revisions (so entries are never older than the curriculum, see `entries`), and,
only where nothing matches, the words that mistyped ones may have meant. Then a second statement finds what comes nearest.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from roadmap.curriculum import snapshot
from roadmap.curriculum.snapshot import Snapshot

from . import entries
from .models import Entry
from .query import Query, fold
from .spelling import variants

NOTE, LINK = "note", "link"
KINDS = (*Entry.Kind.values, NOTE, LINK)
# Things of one kind beside those of others, and alone.
SHOWN, ALL = 8, 100
NEAREST = 8

# What somebody is likely to mean: a thing that is called so before one whose name begins so, before one that only speaks of it; a
# skill before a step, an idea, a resource. Of the names, the title weighs more than the aliases, and an earlier alias more than a later.
_SCORE = """
CASE WHEN position('|' || {phrase} || '|' IN names) > 0 OR position('|' || %(joined)s || '|' IN names) > 0 THEN 2.0
     WHEN position('|' || {phrase} IN names) > 0 THEN 0.5 ELSE 0 END
+ CASE WHEN position('|' || {phrase} || '|' IN names) > 0 THEN greatest(0, 0.4 - 0.002 * position('|' || {phrase} || '|' IN names)) ELSE 0 END
+ CASE WHEN position('|' || {phrase} || '|' IN names) = 1 THEN 0.5 ELSE 0 END
+ ts_rank('{{0.01, 0.08, 0.3, 1.0}}', vector, {query})
+ 0.3 * word_similarity({phrase}, split_part(names, '|', 2))
+ CASE kind WHEN 'skill' THEN 1.0 WHEN 'stage' THEN 0.7 WHEN 'idea' THEN 0.5 ELSE 0 END
"""

# Notes have their words kept; of links a learner has so few that theirs are made here. Both lie at a skill, which is their key; the text
# of a link is its title and, on a line of its own, its address.
_OWN = """
SELECT 'note' AS kind, note.skill_id::text AS key, note.skill_id AS place, note.text, 0.4 + ts_rank(held.vector, {query}) AS score
FROM asked, search_notewords AS held JOIN progress_note AS note ON note.id = held.note_id
WHERE held.learner_id = %(learner)s AND held.vector @@ {query}
UNION ALL
SELECT 'link', link.skill_id::text, link.id, link.title || E'\\n' || link.url, 0.4 + ts_rank(said.vector, {query})
FROM asked, resources_ownlink AS link, LATERAL (SELECT setweight(search_vector(link.title || ' ' || link.url), 'A') AS vector) AS said
WHERE link.learner_id = %(learner)s AND said.vector @@ {query}
"""

# `every` is empty where no word says anything, as in "in": then it is the beginning of a name, such as inference.
_FIND = """
WITH asked AS MATERIALIZED (
    SELECT CASE WHEN numnode(query) = 0 THEN to_tsquery('search_words', %(begun)s || ':*A') ELSE query END AS query, search_plain(%(phrase)s) AS phrase
    FROM (SELECT {every} AS query) AS said
),
found AS MATERIALIZED (
    SELECT kind, key, place, {score} AS score FROM asked, search_entry WHERE vector @@ asked.query
),
own AS MATERIALIZED (
    {own}
),
ranked AS (
    SELECT kind, key, score, count(*) OVER (PARTITION BY kind) AS total, row_number() OVER (PARTITION BY kind ORDER BY score DESC, place) AS nr FROM found
),
own_ranked AS (
    SELECT kind, key, text, score, count(*) OVER (PARTITION BY kind) AS total, row_number() OVER (PARTITION BY kind ORDER BY score DESC, place) AS nr
    FROM own
),
nothing AS MATERIALIZED (SELECT WHERE NOT EXISTS (SELECT FROM found) AND NOT EXISTS (SELECT FROM own)),
word AS MATERIALIZED (
    SELECT word, nr, search_clause(word) AS clause, search_plain(word) AS plain FROM unnest(%(words)s::text[]) WITH ORDINALITY AS typed(word, nr)
)
-- The first row has the curriculum's revision and that of the entries; of the others `number` is how many there are of the kind, or the
-- place of the word, and `score` how good a hit is, or how far a word.
SELECT 'curriculum' AS what, '' AS kind, '' AS key, coalesce((SELECT number FROM curriculum_revision WHERE id = 1), 0) AS number,
       coalesce((SELECT revision FROM search_edition WHERE id = 1), -1)::float8 AS score, '' AS text
UNION ALL SELECT 'hit', kind, key, total, score, '' FROM ranked WHERE nr <= %(most)s
UNION ALL SELECT 'hit', kind, key, total, score, text FROM own_ranked WHERE nr <= %(most)s
UNION ALL SELECT 'word', CASE WHEN numnode(clause) = 0 THEN 'stop' ELSE '' END, word, nr, 0, '' FROM word
UNION ALL SELECT 'known', '', word, nr, 0, '' FROM nothing, word WHERE EXISTS (SELECT FROM search_entry WHERE vector @@ word.clause)
UNION ALL SELECT 'alike', word.word, near.word, word.nr, near.far, ''
    FROM nothing, word, LATERAL (
        SELECT held.word, held.word <-> word.plain AS far FROM search_word AS held ORDER BY held.word <-> word.plain LIMIT 16
    ) AS near
"""

# Each word with what it may have meant. What has all of them answers the question; the rest only comes near.
_NEAREST = """
WITH asked AS MATERIALIZED (
    SELECT each, {every} AS every, {some} AS query, search_plain(%(phrase)s) AS phrase, search_plain(%(meant)s) AS meant
    FROM (SELECT ARRAY(SELECT clause FROM unnest(ARRAY[{each}]) AS clause WHERE numnode(clause) > 0) AS each) AS clauses
),
by_words AS MATERIALIZED (
    SELECT kind, key, place, vector @@ asked.every AS has_all,
           2 * (SELECT count(*) FROM unnest(asked.each) AS clause WHERE vector @@ clause)::float8 / greatest(cardinality(asked.each), 1) + {score} AS score
    FROM asked, search_entry WHERE vector @@ asked.query
),
by_letters AS (
    SELECT kind, key, place, false AS has_all, word_similarity(asked.phrase, split_part(names, '|', 2)) AS score
    FROM asked, search_entry WHERE NOT EXISTS (SELECT FROM by_words) AND word_similarity(asked.phrase, split_part(names, '|', 2)) > 0.5
),
own AS (
    {own}
)
SELECT kind, key, has_all, score, '' AS text, place FROM by_words
UNION ALL SELECT kind, key, has_all, score, '', place FROM by_letters
UNION ALL SELECT kind, key, true, 2 + score, text, 0 FROM own
ORDER BY has_all DESC, score DESC, place LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found: `key` is its slug, of a note and an own link the id of the skill; `text` is what the
    learner wrote, of a link the title and the address on two lines. `score` compares, and means nothing alone."""

    kind: str
    key: str
    score: float
    text: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What a question found. `hits` match it, best first in each kind, with how many there are in all in `totals`.

    Where nothing matches, `nearest` comes near: things that have all words once `meant`, the corrected words, stand for the mistyped
    ones, or some of the words (`is_unanswered`). `words` are those that say something; `unknown` those that nothing has.
    """

    curriculum: Snapshot
    words: tuple[str, ...] = ()
    hits: tuple[Hit, ...] = ()
    totals: Mapping[str, int] = field(default_factory=dict)
    nearest: tuple[Hit, ...] = ()
    meant: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    is_unanswered: bool = False

    @property
    def total(self) -> int:
        return sum(self.totals.values())


def find(query: Query, *, learner_id: int | None, most: int = SHOWN) -> Found:
    """Searches the curriculum, and the notes and links of one learner (None: nobody's)."""
    rows = _read(query, learner_id, most)
    revision, made_from = int(rows[0][3]), int(rows[0][4])
    if revision == made_from:
        curriculum = snapshot.current(revision)
    else:
        curriculum = entries.renew()
        rows = _read(query, learner_id, most)
    of: dict[str, list[tuple[Any, ...]]] = {"hit": [], "word": [], "known": [], "alike": []}
    for what, *rest in rows[1:]:
        of[what].append(tuple(rest))
    words = tuple(key for kind, key, *_rest in of["word"] if kind != "stop")
    if of["hit"]:
        hits = sorted((Hit(kind, key, score, text) for kind, key, _total, score, text in of["hit"]), key=lambda hit: -hit.score)
        return Found(curriculum, words, tuple(hits), {kind: total for kind, _key, total, _score, _text in of["hit"]})
    known = {key for _kind, key, *_rest in of["known"]}
    alike: dict[str, list[str]] = {}
    for word, candidate, *_rest in of["alike"]:
        alike.setdefault(word, []).append(candidate)
    may_mean = {word: variants(word, alike.get(word, ())) for word in words}
    return _nearest(query, learner_id=learner_id, curriculum=curriculum, words=words, known=known, may_mean=may_mean)


def _read(query: Query, learner_id: int | None, most: int) -> list[tuple[Any, ...]]:
    clauses, values = _clauses("word", [(word,) for word in query.words])
    joined = "".join(query.words)
    # What is written in two words here may be one on the roadmap: data frame.
    every = f"(({' && '.join(clauses)}) || search_clause(%(joined)s))" if len(query.words) > 1 else clauses[0]
    statement = _FIND.format(
        every=every, score=_SCORE.format(phrase="asked.phrase", query="asked.query"), own=_OWN.format(query="asked.query")
    )
    return _run(
        statement,
        values
        | {
            "joined": joined,
            "begun": query.words[-1],
            "phrase": query.text,
            "words": list(query.words),
            "learner": learner_id,
            "most": most,
        },
    )


def _nearest(
    query: Query,
    *,
    learner_id: int | None,
    curriculum: Snapshot,
    words: tuple[str, ...],
    known: set[str],
    may_mean: Mapping[str, list[str]],
) -> Found:
    unknown = tuple(word for word in words if word not in known)
    meant = tuple(may_mean[word][0] if word in unknown and may_mean[word] else word for word in words)
    if not words:
        return Found(curriculum, words)
    each, values = _clauses("word", [(word, *may_mean[word]) for word in words])
    statement = _NEAREST.format(
        each=", ".join(each),
        every=" && ".join(each),
        some=" || ".join(each),
        score=_SCORE.format(phrase="asked.meant", query="asked.query"),
        own=_OWN.format(query="asked.every"),
    )
    rows = _run(
        statement,
        values | {"joined": "".join(meant), "phrase": query.text, "meant": " ".join(meant), "learner": learner_id, "most": NEAREST},
    )
    nearest = tuple(Hit(kind, key, score, text) for kind, key, _has_all, score, text, _place in rows)
    is_answered = bool(rows) and rows[0][2]
    if is_answered:
        shown = entries.words_shown(curriculum, nearest[0].kind, nearest[0].key, nearest[0].text)
        meant = tuple(_shown_as(word, may_mean[word], shown) for word in words)
    return Found(
        curriculum,
        words,
        nearest=nearest,
        meant=meant if is_answered and meant != words else (),
        unknown=unknown,
        is_unanswered=not is_answered,
    )


def _shown_as(word: str, may_mean: list[str], shown: frozenset[str]) -> str:
    """Which of a word and what it may have meant stands in the answer, as a whole or as the beginning of a word of it."""
    folded = fold(word)
    for candidate in (folded, *may_mean):
        if candidate in shown:
            return candidate if candidate != folded else word
    for candidate in (folded, *may_mean):
        if any(token.startswith(candidate) for token in shown):
            return candidate if candidate != folded else word
    return may_mean[0] if may_mean else word


def _clauses(name: str, words: Iterable[Iterable[str]]) -> tuple[list[str], dict[str, Any]]:
    """A clause for each word, which its alternatives satisfy as well, and the values that they name."""
    clauses: list[str] = []
    values: dict[str, Any] = {}
    for place, alternatives in enumerate(words):
        terms = []
        for number, word in enumerate(alternatives):
            key = f"{name}_{place}_{number}"
            values[key] = word
            terms.append(f"search_clause(%({key})s)")
        clauses.append(f"({' || '.join(terms)})")
    return clauses, values


def _run(statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()
