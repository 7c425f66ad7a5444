"""Where the words of a question stand in a text: marked, and the part of a long text around the first of them.

Text is split and each part escaped on its own, so that nothing which somebody wrote becomes part of the page.
"""

import re
from collections.abc import Iterable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from .query import WORD, fold

# Characters of an excerpt, and how many of them stand before the first match.
LONG, BEFORE = 180, 60
# Blocks of code and rows of tables: they don't read well as one line.
_CODE = re.compile(r"^```[\s\S]*?^```|^\|.*$", re.MULTILINE)
# What Markdown writes around words, before a line and between cells; the address of a link goes with its brackets. Nothing here is tried twice from the same place:
# a note of brackets or underscores alone must not take longer than one of words.
_LINK = re.compile(r"\[([^\[\]\n]*+)\]\((?:[^()\n]++|\([^()\n]*+\))*+\)")
_AROUND = re.compile(r"```\w*|[`*]+|(?<!\w)_++|(?<!_)_++(?!\w)")
_BEFORE = re.compile(r"^(?:[#>]++|[-*])(?=\s)|\|++", re.MULTILINE)
_ENDINGS = ("ing", "es", "ed", "e", "s")


class Terms:
    """The words to mark, without those that say nothing, such as "the"."""

    def __init__(self, words: Iterable[str]) -> None:
        folded = [fold(word) for word in words]
        self.words = tuple(word for word in folded if len(word) > 2) or tuple(folded)
        self.trunks = tuple(_trunk(word) for word in self.words)

    def marked_letters(self, token: str) -> int:
        """How many letters of `token` match, from its beginning; 0 where it does not."""
        folded = fold(token)
        for word in self.words:
            if folded.startswith(word):
                return len(word) if len(folded) == len(token) else len(token)
        for word, trunk in zip(self.words, self.trunks, strict=True):
            # Another form of the same word: tuned, where tuning was asked for.
            if folded.startswith(trunk) and len(folded) <= len(word) + 2:
                return len(token)
        return 0

    def are_in(self, text: str) -> bool:
        return self.count_in(text) > 0

    def count_in(self, text: str) -> int:
        """How many of the words stand in a text."""
        tokens = set(WORD.findall(fold(text)))
        return sum(
            any(token.startswith(word) or (token.startswith(trunk) and len(token) <= len(word) + 2) for token in tokens)
            for word, trunk in zip(self.words, self.trunks, strict=True)
        )


def _trunk(word: str) -> str:
    """A word without the ending of its form; short words are whole."""
    return next((word.removesuffix(ending) for ending in _ENDINGS if word.endswith(ending) and len(word) - len(ending) >= 4), word)


def marked(text: str, terms: Terms) -> SafeString:
    """A text with its matches marked."""
    pieces: list[tuple[str | SafeString]] = []
    end = 0
    for token in WORD.finditer(text):
        if letters := terms.marked_letters(token.group()):
            pieces += [(text[end : token.start()],), (format_html("<mark>{}</mark>", token.group()[:letters]),)]
            end = token.start() + letters
    return format_html_join("", "{}", [*pieces, (text[end:],)])


def plain(markdown: str) -> str:
    """Markdown as one line of words."""
    return " ".join(_AROUND.sub("", _BEFORE.sub(" ", _LINK.sub(r"\1", markdown))).split())


def without_code(markdown: str) -> str:
    return _CODE.sub("", markdown)


def excerpt(text: str, terms: Terms) -> str:
    """At most LONG characters of a line, cut between words, with the first match among them where there is one."""
    if len(text) <= LONG:
        return text
    first = next((token.start() for token in WORD.finditer(text) if terms.marked_letters(token.group())), 0)
    start = 0 if first <= BEFORE else _after_a_space(text, first - BEFORE, first)
    end = len(text) if start + LONG >= len(text) else text.rfind(" ", start + 1, start + LONG)
    if end <= start:
        end = start + LONG
    return f"{'… ' if start else ''}{text[start:end].strip()}{' …' if end < len(text) else ''}"


def _after_a_space(text: str, start: int, before: int) -> int:
    space = text.find(" ", start, before)
    return start if space < 0 else space + 1
