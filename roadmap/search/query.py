"""What somebody has asked for, made harmless: at most 200 characters, a dozen words of letters and figures."""

import re
import unicodedata
from dataclasses import dataclass

LONGEST = 200
MOST_WORDS = 12
LONGEST_WORD = 60
WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Query:
    """`text` is what was typed, without what cannot be shown; `words` are lower-case, each once. `is_cut` says that more was typed."""

    text: str = ""
    words: tuple[str, ...] = ()
    is_cut: bool = False

    @property
    def is_askable(self) -> bool:
        """From the second letter on."""
        return sum(map(len, self.words)) >= 2


def read_query(typed: str) -> Query:
    """Control characters (NUL is one) are spaces; compatibility forms are what they stand for."""
    shown = " ".join("".join(" " if unicodedata.category(sign) in ("Cc", "Cs", "Cf") else sign for sign in typed[: LONGEST + 1]).split())
    text = shown[:LONGEST]
    found = WORD.findall(unicodedata.normalize("NFKC", text).lower())
    return Query(text, tuple(dict.fromkeys(word[:LONGEST_WORD] for word in found))[:MOST_WORDS], is_cut=len(typed) > LONGEST)


def fold(text: str) -> str:
    """Letters without case and accents: what words are compared by."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))
