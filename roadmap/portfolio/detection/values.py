"""What an expression may be, as far as detection follows it: a name of a library, an object of a library's type, something of the file itself."""

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from .libraries import FRAME, GROUPS, RETURNS, SERIES, TENSOR, canonical, types_of

CONTAINERS = (FRAME, SERIES, "matplotlib.axes.Axes", "numpy.ndarray", TENSOR)


@dataclass(frozen=True, slots=True)
class Name:
    """Something of a library: a module, class or function, or a method of a typed value (then under each type that it may have)."""

    names: tuple[str, ...]
    root: str
    is_method: bool = False
    is_for_types_only: bool = False


@dataclass(frozen=True, slots=True)
class Thing:
    """An object of a library's type, or of one of several."""

    types: tuple[str, ...]
    root: str
    is_in_pieces: bool = False


@dataclass(frozen=True, slots=True)
class Many:
    values: tuple[Any, ...]


@dataclass(slots=True, eq=False)
class Function:
    """A function of the file itself; read when it is first called, or at the end."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    scope: "Scope"
    place: "Place"
    owner: "Class | None" = None
    is_read: bool = False
    answer: Any = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A function of another file, of which only what it answers is known."""

    value: Any


@dataclass(slots=True, eq=False)
class Class:
    """A class of the file itself, with what is known of its objects' attributes."""

    name: str
    bases: tuple[Name, ...] = ()
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Object:
    kind: Class


class Other:
    """Known to be of no library."""


OTHER = Other()


@dataclass(slots=True)
class Scope:
    """Names and what they are bound to. While one of several ways is read, what it binds lies in a layer of its own."""

    above: "Scope | None" = None
    is_class: bool = False
    layers: list[dict[str, Any]] = field(default_factory=lambda: [{}])
    shared: set[str] = field(default_factory=set)
    answers: list[Any] = field(default_factory=list)

    def get(self, name: str, missing: Any = None) -> Any:
        for layer in reversed(self.layers):
            if name in layer:
                return layer[name]
        return missing

    def bind(self, name: str, value: Any) -> None:
        self.layers[-1][name] = value


@dataclass(frozen=True, slots=True)
class Place:
    """Where a piece of code stands in its file: the line of its first line, or of each of them in a notebook."""

    cell: int = 0
    lines: Sequence[int] = ()

    def line(self, line: int) -> int:
        return self.lines[min(line, len(self.lines)) - 1] if self.lines else line


# A script, of which every line is where it is written.
WHOLE = Place()


@dataclass(frozen=True, slots=True)
class Each:
    """Something that is gone through, of which only its elements are known."""

    value: Any


def is_known(value: Any) -> bool:
    return value is not None and value is not OTHER


def of_library(values: Iterable[Any]) -> Any:
    return next((value for value in values if isinstance(value, Thing)), None)


def answers(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(kind for name in names for kind in types_of(canonical(name))))


def object_of(value: Any) -> Any:
    if isinstance(value, Name):
        named = tuple(canonical(name) for name in value.names)
        return Thing(named, value.root) if named[0].rpartition(".")[2][:1].isupper() or named[0] in RETURNS else None
    if isinstance(value, Class):
        return Object(value)
    return value if isinstance(value, Many | Thing) else None


def part_of(value: Any, place: int) -> Any:
    if isinstance(value, Many):
        return value.values[place] if place < len(value.values) else None
    if isinstance(value, Thing) and any(kind in CONTAINERS for kind in value.types) and FRAME not in value.types:
        return value
    return None


def element_of(value: Any) -> Any:
    """What going through a value gives."""
    if isinstance(value, Each):
        return value.value
    if isinstance(value, Many):
        return next((each for each in value.values if is_known(each)), None)
    if isinstance(value, Thing):
        if value.is_in_pieces:
            return Thing(value.types, value.root)
        if GROUPS in value.types:
            return Many((OTHER, Thing((FRAME,), value.root)))
        if "torch.utils.data.DataLoader" in value.types:
            return Thing((TENSOR,), value.root)
        if any(kind in ("matplotlib.axes.Axes", TENSOR) for kind in value.types):
            return value
    return None
