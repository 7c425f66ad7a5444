"""What one file of code shows, in the names that rules ask for."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from .libraries import FLAT, spellings

# FunctionDef, FunctionDef.returns, FunctionDef(*gradient_descent*)
_SYNTAX = re.compile(r"(\w+)(?:\.(\w+))?(?:\(([\w*?]+)\))?")


def plain(name: str) -> str:
    """A name without what people write differently: gradient_descent, gradientDescent."""
    return name.replace("_", "").lower()


@dataclass(frozen=True, slots=True)
class Asked:
    """A node of the grammar that a rule asks for: the field that must be filled, the pattern that its name must fit."""

    entry: str
    filled: str
    named: str


class Vocabulary:
    """The names that any rule asks for; others need not be kept."""

    def __init__(self, names: Iterable[str], modules: Iterable[str], syntax: Iterable[str] = ()) -> None:
        self.names = frozenset(names)
        self.modules = frozenset(modules)
        self.roots = frozenset(name.partition(".")[0] for name in self.names | self.modules)
        #: By node of the grammar: what asks for it.
        self.syntax: dict[str, list[Asked]] = {}
        for entry in dict.fromkeys(syntax):
            if match := _SYNTAX.fullmatch(entry):
                kind, filled, named = match[1], match[2] or "", plain(match[3] or "")
                for node in ("FunctionDef", "AsyncFunctionDef") if kind == "FunctionDef" else (kind,):
                    self.syntax.setdefault(node, []).append(Asked(entry, filled, named))
        self._by_ends: dict[tuple[str, str], list[str]] = {}
        for asked in self.names:
            self._by_ends.setdefault((asked.partition(".")[0], asked.rpartition(".")[2]), []).append(asked)
        self._known: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}

    @cached_property
    def beginnings(self) -> frozenset[str]:
        """Every name and whatever stands above it: what a star import is asked for."""
        return frozenset(".".join(parts[:n]) for name in self.names for parts in [name.split(".")] for n in range(1, len(parts) + 1))

    def asked(self, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Which of the asked names this one is, and which of the asked modules it comes from."""
        if (known := self._known.get(name)) is None:
            spelled = spellings(name)
            names = tuple(
                dict.fromkeys(
                    asked
                    for other in spelled
                    for asked in self._by_ends.get((other.partition(".")[0], other.rpartition(".")[2]), ())
                    if _is_same(asked, other)
                )
            )
            modules = tuple(dict.fromkeys(above for other in spelled for above in _above(other) if above in self.modules))
            if len(self._known) > 50_000:
                self._known.clear()
            known = self._known[name] = (names, modules)
        return known


def _is_same(asked: str, used: str) -> bool:
    """Whether a used name is the asked one, but for the inner modules or the type that it is kept in.

    `keras.models.Sequential` is `keras.Sequential`, and `pandas.DataFrame.merge` does what `pandas.merge` does; but
    `pandas.Series.str.replace` is not `pandas.Series.replace`: what stands below a type is another thing.
    """
    if asked == used:
        return True
    wanted = asked.split(".")
    if wanted[0] in FLAT and not any(part[:1].isupper() for part in (*wanted[:-1], *used.split(".")[:-1])):
        return True
    place = 0
    is_in_type = False
    for part in used.split("."):
        is_type = part[:1].isupper()
        if place < len(wanted) and part == wanted[place]:
            place += 1
        elif is_in_type and not is_type:
            return False
        is_in_type = is_in_type or is_type
    return place == len(wanted)


def _above(name: str) -> Iterable[str]:
    yield name
    while (place := name.rfind(".")) > 0:
        name = name[:place]
        yield name


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something was seen, and how it was written there."""

    line: int
    cell: int = 0
    how: str = "uses"
    root: str = ""


@dataclass(slots=True)
class Uses:
    """What one file of code shows. Names are those of the vocabulary; `root` of a spot is the module that the name was imported from."""

    names: dict[str, Spot] = field(default_factory=dict)
    #: By module: the names that are used of it.
    modules: dict[str, dict[str, Spot]] = field(default_factory=dict)
    #: By module or name: where it is imported, with the words of the import.
    imports: dict[str, Spot] = field(default_factory=dict)
    #: By name: sets of keyword arguments it is called with.
    keywords: dict[str, dict[frozenset[str], Spot]] = field(default_factory=dict)
    syntax: dict[str, Spot] = field(default_factory=dict)
    stars: int = 0
    statements: int = 0
    has_tests: bool = False

    @property
    def roots(self) -> set[str]:
        """The modules that all of it was imported from."""
        spots = [*self.names.values(), *self.imports.values(), *(spot for names in self.modules.values() for spot in names.values())]
        return {spot.root for spot in spots}

    def __bool__(self) -> bool:
        return bool(self.names or self.modules or self.imports or self.syntax)
