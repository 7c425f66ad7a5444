"""A style sheet without the rules that a few pages do not need."""

import re
from collections.abc import Iterator

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_CLASS = re.compile(r"\.([a-zA-Z][\w-]*)")
# Rules that hold rules of their own.
_HOLDS = ("@layer", "@media", "@supports", "@container")


def used_rules(css: str, classes: frozenset[str]) -> str:
    """The rules of `css` that name one of these classes, or none at all; what is nested in a rule stays with it."""
    return "\n".join(_kept(_COMMENT.sub("", css), classes, depth=0))


def _kept(css: str, classes: frozenset[str], *, depth: int) -> Iterator[str]:
    indent = "\t" * depth
    for head, body in _rules(css):
        if body is None:
            yield f"{indent}{head};"
        elif head.startswith(_HOLDS):
            if inner := list(_kept(body, classes, depth=depth + 1)):
                yield "\n".join([f"{indent}{head} {{", *inner, f"{indent}}}"])
        elif not (named := set(_CLASS.findall(head))) or named & classes:
            yield f"{indent}{_line(head)} {{ {_line(body)} }}"


def _rules(css: str) -> Iterator[tuple[str, str | None]]:
    """(selector or at-rule, what stands in its braces) of the outermost rules; None where there are no braces."""
    start = depth = opened = 0
    for place, sign in enumerate(css):
        if sign == ";" and not depth:
            yield css[start:place].strip(), None
            start = place + 1
        elif sign == "{":
            depth += 1
            if depth == 1:
                opened = place
        elif sign == "}":
            depth -= 1
            if not depth:
                yield css[start:opened].strip(), css[opened + 1 : place]
                start = place + 1


def _line(css: str) -> str:
    return " ".join(css.split())
