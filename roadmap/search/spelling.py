"""What a mistyped word may have meant: the nearest of the words that Postgres finds alike by their trigrams.

The distance is the restricted Damerau-Levenshtein distance (optimal string alignment): a letter too much, too few, another one,
or two neighbours exchanged each count one.
"""

from collections.abc import Iterable

from .query import fold

# How many corrections a word of this length may need; longer ones three.
_ALLOWED = ((2, 0), (5, 1), (9, 2))
MOST_VARIANTS = 4


def distance(one: str, other: str) -> int:
    """Edits from one word to the other."""
    earlier: list[int] = []
    before = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        now = [row]
        for column, against in enumerate(other, start=1):
            best = min(before[column] + 1, now[-1] + 1, before[column - 1] + (letter != against))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == against:
                best = min(best, earlier[column - 2] + 1)
            now.append(best)
        earlier, before = before, now
    return before[-1]


def variants(word: str, alike: Iterable[str]) -> list[str]:
    """The words of `alike` that `word` may have meant, nearest first; also one of which only the beginning has been typed."""
    word = fold(word)
    allowed = next((most for length, most in _ALLOWED if len(word) <= length), 3)
    found: list[tuple[float, str]] = []
    for candidate in dict.fromkeys(alike):
        whole = distance(word, candidate)
        begun = distance(word, candidate[: len(word)]) + 0.5 if len(word) >= 4 and len(candidate) > len(word) else whole
        far = min(float(whole), begun) + (0.25 if candidate[:1] != word[:1] else 0)
        if candidate != word and far < allowed + 0.5:
            found.append((far, candidate))
    return [candidate for _far, candidate in sorted(found, key=lambda pair: pair[0])[:MOST_VARIANTS]]
