"""The handle that a name suggests: plain letters for the address of a portfolio, never taken from the e-mail."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from secrets import randbelow

from django.urls import URLPattern, URLResolver, get_resolver

LONGEST = 30
SHORTEST = 3
# For a name of which no letter can be written in ASCII.
NAMELESS = "climber"

# Words that would read as a part of the site, whether or not such a page exists.
WORDS = frozenset(
    "about account accounts admin administrator api app apps assets auth badge badges blog career climb climber cohort cohorts "
    "contact dashboard data demo docs download downloads editor editors export exports favicon feed feeds guest health healthz "
    "help home idea ideas image images import imports info invitation invitations job jobs legal login logout mail mailbox media "
    "mentor mentoring mentors metrics moderator new news null official owner password plan portfolio portfolios postmaster "
    "practice privacy profile profiles project projects readyz register resource resources review reviews robots root search "
    "security settings setup sign-in sign-out sign-up signin signout signup sitemap skill skills staff stage stages staircase "
    "static status support system team terms test tests undefined update upload user users webmaster well-known workshop www "
    "you u me".split()
)

# Letters that do not come apart into an ASCII letter and a mark.
_LETTERS = str.maketrans(
    {
        "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ħ": "h", "ı": "i", "ŋ": "ng", "ə": "e",
        # Cyrillic
        "а": "a", "б": "b", "в": "v", "г": "g", "ґ": "g", "д": "d", "е": "e", "є": "ye", "ж": "zh", "з": "z", "и": "i", "і": "i",
        "ї": "yi", "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u",
        "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya",
        "ђ": "dj", "ј": "j", "љ": "lj", "њ": "nj", "ћ": "c", "џ": "dz", "қ": "q", "ғ": "g", "ң": "n", "ө": "o", "ұ": "u", "ү": "u",
        # Greek
        "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th", "ι": "i", "κ": "k", "λ": "l", "μ": "m",
        "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r", "σ": "s", "ς": "s", "τ": "t", "υ": "y", "φ": "f", "χ": "ch", "ψ": "ps", "ω": "o",
    }
)  # fmt: skip


def plain(name: str) -> str:
    """The name in small ASCII letters, digits and single hyphens, at most 30; empty where nothing can be written so."""
    # Composed first: й is a letter of its own, and would come apart into и and a mark.
    known = unicodedata.normalize("NFKC", name).lower().translate(_LETTERS)
    apart = unicodedata.normalize("NFKD", known)
    letters = "".join(letter for letter in apart if not unicodedata.combining(letter)).translate(_LETTERS)
    return re.sub(r"[^a-z0-9]+", "-", re.sub(r"['’`.]", "", letters)).strip("-")[:LONGEST].rstrip("-")


def candidates(name: str) -> Iterator[str]:
    """Handles for a name, the nicest first: the name, with 2 to 9 behind it, then with longer and longer chance numbers. Never ends."""
    stem = plain(name) or NAMELESS
    if len(stem) >= SHORTEST and stem not in reserved():
        yield stem
    for number in range(2, 10):
        yield _numbered(stem, str(number))
    digits = 4
    while True:
        yield _numbered(stem, str(10 ** (digits - 1) + randbelow(9 * 10 ** (digits - 1))))
        digits = min(digits + 1, 12)


@cache
def reserved() -> frozenset[str]:
    """Handles that nobody gets: the first part of every address of the site, and words that sound like one."""
    return WORDS | frozenset(filter(None, map(_first_part, get_resolver().url_patterns)))


def _numbered(stem: str, number: str) -> str:
    return f"{stem[: LONGEST - len(number) - 1].rstrip('-')}-{number}"


def _first_part(pattern: URLPattern | URLResolver) -> str:
    return re.split(r"[/<(\\$.]", str(pattern.pattern).lstrip("^"), maxsplit=1)[0].lower()
