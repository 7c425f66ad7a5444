"""What was searched for and not found is counted, so that editors see what is missing: words, how often and when last, never whose."""

import re

from django.db import connection
from django.utils import timezone

from .query import read_query

# Words that may stand in the table. For more, those go that were asked for least, and longest ago: who floods it with words that
# nobody else asks for drops only such words.
MOST = 5_000
# What nobody has asked for in this long is dropped.
KEEP_DAYS = 180
LONGEST = 60
# An address, a number of a telephone or a card, a key, a password: not a word that anybody misses on the roadmap.
_PRIVATE = re.compile(r"@|://|www\.|\d.*\d.*\d.*\d.*\d|\S{26,}|(?=\S*\d)(?=\S*[^\W\d_])[^\s.\-/]{10,}")

_COUNT = """
WITH gone AS (
    DELETE FROM search_unanswered WHERE id IN (
        SELECT id FROM search_unanswered WHERE NOT EXISTS (SELECT FROM search_unanswered WHERE words = %(words)s)
        ORDER BY count DESC, last_on DESC, id DESC OFFSET %(most)s - 1 FOR UPDATE SKIP LOCKED
    )
)
INSERT INTO search_unanswered AS held (words, count, last_on) VALUES (%(words)s, 1, %(day)s)
ON CONFLICT (words) DO UPDATE SET count = held.count + 1, last_on = EXCLUDED.last_on
"""


def may_be_counted(*, typed: str) -> bool:
    """Whether this looks like words, and like nothing that could lead to a person."""
    return not _PRIVATE.search(typed)


def note_unanswered(*, typed: str, words: tuple[str, ...]) -> bool:
    """Counts the words that found nothing once more, unless they may lead to a person; says whether it did. `typed` is all that was asked for."""
    normal = " ".join(read_query(" ".join(words)).words)[:LONGEST].strip()
    if len(normal) < 3 or not may_be_counted(typed=typed) or not may_be_counted(typed=normal):
        return False
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"words": normal, "day": timezone.now().date(), "most": MOST})
    return True
