"""Text that the fonts on board can set: what they lack is written in Latin letters where that is possible, else left out and said.

The fonts have the letters of Latin alphabets. Greek and Cyrillic are transliterated (ISO 843 and BGN/PCGN, simplified), accents that
are missing fall away, signs of mathematics are spelt. Pictures are dropped. For other scripts there is no honest substitute in one
alphabet: what is left out shows as […], and whoever sets the text learns that something is missing.
"""

import unicodedata
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont

from . import palette
from .words import plain

LEFT_OUT = "[…]"

_SPELT = {
    "→": "->", "←": "<-", "↔": "<->", "⇒": "=>", "↑": "up", "↓": "down", "≥": ">=", "≤": "<=", "≠": "!=", "≈": "~", "≃": "~",
    "∼": "~", "√": "sqrt ", "∑": "sum ", "∏": "product ", "∞": "infinity", "∈": "in", "∂": "d", "∇": "grad ", "∆": "delta", "⋅": "·", "∙": "·",
    "µ": "mu", "✓": "yes", "✔": "yes", "✗": "no", "✘": "no", "‐": "-", "‑": "-", "―": "—", "′": "'", "″": '"', "ﬁ": "fi", "ﬂ": "fl",
    "ʻ": "‘", "ʼ": "’", "ʹ": "’", "№": "No. ", "₽": "RUB ", "₹": "INR ", "₦": "NGN ", "₩": "KRW ", "₿": "BTC ",
}  # fmt: skip
_CYRILLIC = {
    **dict(
        zip(
            "абвгдезийклмнопрстуфхыэѓґєіїјќўђћ",
            "a b v g d e z y y k l m n o p r s t u f kh y e g g ye i yi j k w dj c".split(),
            strict=True,
        )
    ),
    **dict(zip("ёжцчшщъьюяљњџѕ", ["yo", "zh", "ts", "ch", "sh", "shch", "", "", "yu", "ya", "lj", "nj", "dz", "dz"], strict=True)),
    **dict(zip("әғқңөұүһҗҳҷ", ["a", "gh", "q", "ng", "o", "u", "u", "h", "j", "h", "ch"], strict=True)),
    "и": "i",
}
_GREEK = dict(zip("αβγδεζηθικλμνξοπρσςτυφχψω", "a v g d e z i th i k l m n x o p r s s t y f ch ps o".split(), strict=True))
_GREEK_NAMES = dict(
    zip(
        "αβγδεζηθικλμνξοπρσςτυφχψω",
        "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma sigma tau upsilon phi chi psi omega".split(),
        strict=True,
    )
)


@dataclass
class Letters:
    """Sets text in a font's letters, and remembers whether every letter could be set as it was written."""

    font: Path
    is_whole: bool = True
    _held: dict[str, str] = field(default_factory=dict)

    def __call__(self, text: str) -> str:
        """`text` on one line in letters that the font has."""
        text = plain(text)
        if text not in self._held:
            self._held[text] = self._set(text)
        return self._held[text]

    def name(self, name: str, *, otherwise: str) -> str:
        """`name`, or something else where it cannot be set without leaving letters out."""
        set_ = self(name)
        return otherwise if LEFT_OUT in set_ or not set_ else set_

    def _set(self, text: str) -> str:
        known = letters_of(self.font)
        if known.issuperset(text):
            return text
        signs: list[str] = []
        for at, sign in enumerate(text):
            written = sign if sign in known else self._substitute(sign, text[at - 1 : at], text[at + 1 : at + 2])
            if written is None:
                self.is_whole = False
                if signs[-1:] != [LEFT_OUT]:
                    signs.append(LEFT_OUT)
            elif written and not (signs[-1:] == [LEFT_OUT] and written == " " and not known.issuperset(text[at + 1 : at + 2])):
                signs.append(written)
        return " ".join("".join(signs).split())

    def _substitute(self, sign: str, before: str, after: str) -> str | None:
        """What stands for a sign that the font lacks: empty for what only decorates, None where there is nothing."""
        known = letters_of(self.font)
        if (spelt := _SPELT.get(sign)) is not None:
            return spelt
        small = sign.lower()
        if small in _GREEK_NAMES and not (before + after).strip(" ").isalpha():
            return _GREEK_NAMES[small] if sign == small else _GREEK_NAMES[small].capitalize()
        if (latin := _CYRILLIC.get(small, _GREEK.get(small))) is not None:
            self.is_whole = False
            return latin if sign == small else latin.capitalize()
        apart = unicodedata.normalize("NFKD", sign)
        if apart != sign:
            kept = [each if each in known else self._substitute(each, before, after) for each in apart]
            return None if None in kept else "".join(each for each in kept if each)
        # Marks that joined a letter before, symbols and pictures, what joins them: nothing of the words is lost.
        return "" if unicodedata.category(sign) in ("Mn", "Me", "So", "Sk", "Sm", "Cf", "Sc", "No", "Po") else None


@cache
def letters_of(font: Path) -> frozenset[str]:
    """The signs that a font has."""
    with TTFont(font, lazy=True) as opened:
        return frozenset(map(chr, opened.getBestCmap()))


def body_letters() -> Letters:
    """For running text."""
    return Letters(palette.BODY)
