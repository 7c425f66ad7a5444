"""Rules, made ready: from the curriculum's `evidence`, and into the findings that the uses of a file make."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from packaging.utils import canonicalize_name

from .libraries import canonical
from .paths import is_within, pattern
from .report import Finding, Rule, Strength
from .uses import Spot, Uses, Vocabulary

FIELDS = ("imports", "calls", "syntax", "files", "requirements", "within")
LONGEST = 200

# What a node of Python's grammar is called in a sentence.
_SYNTAX = {
    "FunctionDef.returns": "annotates what a function returns",
    "arg.annotation": "annotates an argument",
    "ImportFrom.level": "imports from its own package",
    "FunctionDef": "defines a function",
    "AsyncFunctionDef": "defines an async function",
    "ClassDef": "defines a class",
    "ClassDef.bases": "defines a class that builds on another",
    "Lambda": "writes a lambda",
    "ListComp": "writes a list comprehension",
    "SetComp": "writes a set comprehension",
    "DictComp": "writes a dict comprehension",
    "GeneratorExp": "writes a generator expression",
    "Yield": "writes a generator",
    "YieldFrom": "writes a generator",
    "MatMult": "multiplies matrices with @",
    "With": "uses a with block",
    "AsyncWith": "uses an async with block",
    "Try": "handles exceptions with try",
    "Raise": "raises an exception",
    "Assert": "tests with assert",
    "For": "loops with for",
    "While": "loops with while",
    "If": "branches with if",
    "Match": "branches with match",
    "JoinedStr": "formats text with an f-string",
    "AnnAssign": "annotates a variable",
    "Await": "awaits",
    "NamedExpr": "assigns in an expression",
    "Dict": "writes a dict",
    "Set": "writes a set",
    "Subscript": "indexes or slices",
    "Slice": "slices",
}
# Names of which a use says little about what somebody can do.
_LITTLE = frozenset({"use", "seed", "set_option", "show_versions", "filterwarnings"})
_CALL = re.compile(r"([\w.]+)(?:\(([\w, ]+)\))?")


def rules_of(evidence_by_skill: Mapping[str, Mapping[str, Any]]) -> list[Rule]:
    """The rules of the curriculum: the `evidence` of each skill by its slug; a skill without any has none."""
    rules = []
    for skill, evidence in evidence_by_skill.items():
        lists = {name: tuple(str(item) for item in evidence.get(name) or ()) for name in FIELDS}
        rule = Rule(skill=skill, readme=int(evidence.get("readme") or 0), at_least=int(evidence.get("at_least") or 1), **lists)
        if rule.readme or any(lists[name] for name in FIELDS if name != "within"):
            rules.append(rule)
    return rules


@dataclass(frozen=True, slots=True)
class Name:
    """A name that a rule asks for, with the arguments that must be written in the call."""

    name: str
    keywords: frozenset[str]


@dataclass(frozen=True, slots=True)
class Call:
    """One entry of `calls`: a name, or several joined by +, which must all be used in one file."""

    written: str
    names: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Ready:
    """One rule with its names in the form in which uses are kept."""

    rule: Rule
    calls: tuple[Call, ...]
    modules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """A finding with what decides about its place: 0 is the best."""

    finding: Finding
    order: int


class Book:
    """All rules."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)
        self.ready = tuple(
            Ready(rule, tuple(_call(text) for text in rule.calls), tuple(canonical(name) for name in rule.imports)) for rule in self.rules
        )
        self.requirements: dict[str, list[str]] = {}
        for rule in self.rules:
            for package in rule.requirements:
                self.requirements.setdefault(canonicalize_name(package), []).append(rule.skill)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        return Vocabulary(
            (name.name for ready in self.ready for call in ready.calls for name in call.names),
            (module for ready in self.ready for module in ready.modules),
            (name for rule in self.rules for name in rule.syntax),
        )

    @cached_property
    def _files(self) -> dict[str, list[str]]:
        skills: dict[str, list[str]] = {}
        for rule in self.rules:
            for glob in rule.files:
                skills.setdefault(glob, []).append(rule.skill)
        return skills

    @cached_property
    def _any_file(self) -> re.Pattern[str]:
        return re.compile("|".join(f"(?:{pattern(glob).pattern})" for glob in self._files) or r"(?!)", re.IGNORECASE)

    def skills_of_file(self, path: str) -> list[str]:
        """The skills of which a pattern fits the path."""
        if not self._any_file.fullmatch(path):
            return []
        return list(dict.fromkeys(skill for glob, skills in self._files.items() if pattern(glob).fullmatch(path) for skill in skills))

    def matches_of(self, path: str, uses: Uses, is_local: frozenset[str]) -> Iterable[Match]:
        """What one file of code shows. Names whose root is `is_local` are modules of the repository itself."""
        for ready in self.ready:
            if not ready.rule.within or is_within(ready.rule.within, path):
                yield from _of_code(ready, path, uses, is_local)


def _call(text: str) -> Call:
    return Call(text, tuple(_name(part.strip()) for part in text.split(" + ")))


def _name(text: str) -> Name:
    match = _CALL.fullmatch(text)
    if match is None:
        return Name(canonical(text), frozenset())
    return Name(canonical(match[1]), frozenset(word.strip() for word in (match[2] or "").split(",") if word.strip()))


def _of_name(name: Name, uses: Uses, is_local: frozenset[str]) -> tuple[int, Spot, str] | None:
    """Where a file uses a name, if it does, with its order and the words for it."""
    spot = uses.names.get(name.name)
    if spot is None or spot.root in is_local:
        return None
    if not name.keywords:
        return (0 if spot.how != "uses" else 1), spot, f"{spot.how} {name.name}"
    called: Spot | None = next((at for written, at in uses.keywords.get(name.name, {}).items() if name.keywords <= written), None)
    return (0, called, f"calls {name.name} with {', '.join(sorted(name.keywords))}") if called else None


def _order(found: tuple[int, Spot, str]) -> tuple[int, int, int]:
    order, spot, _ = found
    return order, spot.cell, spot.line


def _of_code(ready: Ready, path: str, uses: Uses, is_local: frozenset[str]) -> Iterable[Match]:
    rule = ready.rule
    shown: dict[str, tuple[int, Spot, str]] = {}
    for call in ready.calls:
        parts = [part for name in call.names if (part := _of_name(name, uses, is_local))]
        if len(parts) == len(call.names):
            order, spot, seen = parts[0]
            shown[call.written] = order, spot, " and ".join([seen, *(name.name for name in call.names[1:])])
    for node in rule.syntax:
        if written := uses.syntax.get(node):
            shown[node] = (2, written, written.how or _SYNTAX.get(node, f"uses {node}"))
    used: dict[str, tuple[int, Spot, str]] = {}
    asked = [*ready.modules, *(call.names[0].name for call in ready.calls if rule.at_least == 1 and len(call.names) == 1)]
    imported = [at for name in asked if (at := uses.imports.get(name)) and at.root not in is_local and name not in uses.names]
    for module in ready.modules:
        words = uses.imports.get(module)
        names = uses.modules.get(module, {})
        above = {other for name in names for other in _above(name)}
        for name, spot in names.items():
            if spot.root not in is_local:
                how = f"{words.how} and uses" if words and " as " in words.how else "uses"
                last = name.rpartition(".")[2]
                says_little = name in above or last in _LITTLE or last.startswith("__")
                used.setdefault(name, (4 if says_little else 3, spot, f"{how} {name}"))
    by_place: dict[tuple[int, int], tuple[int, Spot, str]] = {}
    for found in sorted(shown.values(), key=_order):
        by_place.setdefault((found[1].cell, found[1].line), found)
    # A method of two types is one kind of thing: `pandas.DataFrame.median` and `pandas.Series.median`.
    kinds = {each.partition("(")[0].partition(" + ")[0].rpartition(".")[2] if each in rule.calls else each for each in shown}
    if shown and len(kinds) >= rule.at_least:
        if rule.at_least > 1:
            # One place stands for all that together shows the skill: the first of them, with the others in words.
            together = sorted(shown.values(), key=_order)
            order, spot, _ = together[0]
            *others, last = dict.fromkeys(seen for _, _, seen in together[: max(3, rule.at_least)])
            yield _match(rule.skill, path, spot, f"{', '.join(others)} and {last}" if others else last, "used", order)
        else:
            for order, spot, seen in list(by_place.values())[:5]:
                yield _match(rule.skill, path, spot, seen, "used", order)
    elif used:
        order, spot, seen = min(used.values(), key=_order)
        yield _match(rule.skill, path, spot, seen, "used", order)
    elif imported:
        yield _match(rule.skill, path, imported[0], f"{imported[0].how}, and does not use it", "imported", 0)


def _above(name: str) -> Iterable[str]:
    parts = name.split(".")
    return (".".join(parts[:length]) for length in range(1, len(parts)))


def _match(skill: str, path: str, spot: Spot, seen: str, strength: Strength, order: int) -> Match:
    return Match(Finding(skill, path, spot.line, sentence(seen), strength, spot.cell), order)


def sentence(text: str) -> str:
    """Short, on one line, and without characters that could do something to a page or a terminal."""
    text = "".join(letter if letter.isprintable() else " " for letter in text)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
