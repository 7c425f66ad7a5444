"""What was seen in a file, in the reader's language. Evidence keeps it in English, as `detection/rules.py` puts it together."""

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

_WHOLE = {
    "annotates a variable": _lazy("annotates a variable"),
    "annotates an argument": _lazy("annotates an argument"),
    "annotates what a function returns": _lazy("annotates what a function returns"),
    "assigns in an expression": _lazy("assigns in an expression"),
    "awaits": _lazy("awaits"),
    "branches with if": _lazy("branches with if"),
    "branches with match": _lazy("branches with match"),
    "defines a class": _lazy("defines a class"),
    "defines a class that builds on another": _lazy("defines a class that builds on another"),
    "defines a function": _lazy("defines a function"),
    "defines an async function": _lazy("defines an async function"),
    "does not use it": _lazy("does not use it"),
    "formats text with an f-string": _lazy("formats text with an f-string"),
    "handles exceptions with try": _lazy("handles exceptions with try"),
    "imports from its own package": _lazy("imports from its own package"),
    "indexes or slices": _lazy("indexes or slices"),
    "loops with for": _lazy("loops with for"),
    "loops with while": _lazy("loops with while"),
    "multiplies matrices with @": _lazy("multiplies matrices with @"),
    "raises an exception": _lazy("raises an exception"),
    "slices": _lazy("slices"),
    "tests with assert": _lazy("tests with assert"),
    "uses a with block": _lazy("uses a with block"),
    "uses an async with block": _lazy("uses an async with block"),
    "writes a dict": _lazy("writes a dict"),
    "writes a dict comprehension": _lazy("writes a dict comprehension"),
    "writes a generator": _lazy("writes a generator"),
    "writes a generator expression": _lazy("writes a generator expression"),
    "writes a lambda": _lazy("writes a lambda"),
    "writes a list comprehension": _lazy("writes a list comprehension"),
    "writes a set": _lazy("writes a set"),
    "writes a set comprehension": _lazy("writes a set comprehension"),
}
# The first that fits; the rest of a phrase are names of code and files, which stay as they are.
_WITH_NAMES = tuple(
    (re.compile(pattern), says)
    for pattern, says in (
        (r"calls (?P<name>.+) with (?P<words>.+)", _lazy("calls %(name)s with %(words)s")),
        (r"calls (?P<name>.+)", _lazy("calls %(name)s")),
        (r"uses (?P<name>.+)", _lazy("uses %(name)s")),
        (r"defines (?P<name>.+)", _lazy("defines %(name)s")),
        (r"imports everything from (?P<module>.+)", _lazy("imports everything from %(module)s")),
        (r"imports (?P<name>.+) from (?P<module>.+)", _lazy("imports %(name)s from %(module)s")),
        (r"imports (?P<name>.+) as (?P<short>.+)", _lazy("imports %(name)s as %(short)s")),
        (r"imports (?P<name>.+)", _lazy("imports %(name)s")),
        (r"has (?P<name>.+)", _lazy("has %(name)s")),
        (r"lists (?P<name>.+) in (?P<file>.+)", _lazy("lists %(name)s in %(file)s")),
        (r"README answers (?P<found>\d+) of (?P<total>\d+) points", _lazy("README answers %(found)s of %(total)s points")),
    )
)
_VERBS = sorted({phrase.split()[0] for phrase in _WHOLE} | {"calls", "uses", "has", "lists"})
_BETWEEN = re.compile(rf"(, and |, | and )(?=(?:{'|'.join(_VERBS)})\b)")


def in_words(seen: str) -> str:
    """A stored sentence in the reader's language; what is none of ours stays as it is."""
    joined = _BETWEEN.split(seen)
    joined[::2] = map(_phrase, joined[::2])
    joined[1::2] = [between.replace("and", _("and")) for between in joined[1::2]]
    return "".join(joined)


def _phrase(text: str) -> str:
    if whole := _WHOLE.get(text):
        return str(whole)
    for pattern, says in _WITH_NAMES:
        if match := pattern.fullmatch(text):
            return str(says) % {part: _names(names) for part, names in match.groupdict().items()}
    return text


def _names(text: str) -> str:
    return text.replace(" and ", f" {_('and')} ")
