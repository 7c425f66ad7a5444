"""What must hold of the curriculum's parts, for whoever writes them: the content files and the admin ask the same functions."""

import ast
import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
EVIDENCE_LISTS = ("imports", "calls", "syntax", "files", "requirements", "within")
EVIDENCE_NUMBERS = {"readme": 8, "at_least": 20}  # the largest; 0 asks for nothing
STATEMENT_ID = re.compile(r"s[0-9]+-[0-9]+")


def is_slug(text: str) -> bool:
    """Small letters, digits and single hyphens between them."""
    return SLUG.fullmatch(text) is not None


def clean_text(text: str) -> str:
    """The one form of a text: lines end in a newline alone and without blanks, and nothing stands around the whole."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


def statement_order(statement: str) -> tuple[int, ...]:
    """Sorts statement numbers as the article counts: s2-10 after s2-9."""
    return tuple(int(number) for number in re.findall(r"[0-9]+", statement))


_DOTTED = r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*"
_CALL = rf"{_DOTTED}(?:\([A-Za-z_][A-Za-z0-9_]*\))?"
_DEFINITION = re.compile(r"(?:FunctionDef|ClassDef)\([A-Za-z_*][A-Za-z0-9_*]*\)")
_SHAPES = {
    "imports": re.compile(_DOTTED),
    "calls": re.compile(rf"{_CALL}(?: \+ {_CALL})*"),
    "requirements": re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"),
}


def evidence_problem(evidence: Any) -> str:
    """What is wrong with the evidence of a skill, as a sentence; empty when nothing is. docs/content.md explains the keys."""
    known = (*EVIDENCE_LISTS, *EVIDENCE_NUMBERS, "note")
    if not isinstance(evidence, dict) or not evidence.keys() <= set(known):
        return _("Write a mapping with these keys or some of them: %(keys)s.") % {"keys": ", ".join(known)}
    for name in EVIDENCE_LISTS:
        texts = evidence.get(name, [])
        if not isinstance(texts, list) or not all(isinstance(text, str) and text.strip() for text in texts):
            return _('“%(name)s” is a list of texts, such as ["numpy"].') % {"name": name}
        if len(set(texts)) < len(texts):
            return _("“%(name)s” names something twice: once is enough.") % {"name": name}
        for text in texts:
            if (shape := _SHAPES.get(name)) and not shape.fullmatch(text):
                return _("“%(text)s” is nothing that “%(name)s” can name.") % {"text": text, "name": name}
            if name == "syntax" and not _is_syntax(text):
                return _(
                    "“%(text)s” is no node of Python’s grammar, such as FunctionDef, nor a field of one, such as FunctionDef.returns."
                ) % {"text": text}
    for name, largest in EVIDENCE_NUMBERS.items():
        number = evidence.get(name, 0)
        if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number <= largest:
            return _("“%(name)s” is a whole number from 0 to %(largest)s.") % {"name": name, "largest": largest}
    if evidence.get("at_least", 0) > max(1, len(evidence.get("calls", [])) + len(evidence.get("syntax", []))):
        return _("“at_least” asks for more than “calls” and “syntax” name.")
    if not isinstance(evidence.get("note", ""), str):
        return _("“note” is a text.")
    return ""


def _is_syntax(text: str) -> bool:
    if _DEFINITION.fullmatch(text):
        return True
    name, *fields = text.split(".")
    node = getattr(ast, name, None)
    return isinstance(node, type) and issubclass(node, ast.AST) and (not fields or (len(fields) == 1 and fields[0] in node._fields))


def find_cycle(needs: Mapping[str, Sequence[str]], groups: Mapping[str, str]) -> tuple[str, ...]:
    """A chain of skills of which each needs the next and the last the first, so that nobody could begin; empty if there is none.

    `needs` has the needed skills of each skill, `groups` the group of those that have one. Any skill of a group satisfies a need
    of another, so a circle that a member of the group leads out of is none.
    """
    members: dict[str, set[str]] = {}
    for skill in needs:
        if group := groups.get(skill):
            members.setdefault(group, set()).add(skill)

    def stands_in(need: str) -> set[str]:
        return members.get(groups.get(need, ""), {need})

    open_to: set[str] = set()
    waiting = set(needs)
    while ready := {skill for skill in waiting if all(need not in needs or stands_in(need) & open_to for need in needs[skill])}:
        open_to |= ready
        waiting -= ready
    if not waiting:
        return ()
    path = [next(skill for skill in needs if skill in waiting)]
    while True:
        following = next(need for need in needs[path[-1]] if need in needs and not stands_in(need) & open_to)
        if following in path:
            return tuple(path[path.index(following) :])
        path.append(following)
