"""The register of what the content files hold.

A *section* is a family of content files, such as `stages/*.yaml`. An app adds its own in `AppConfig.ready`; loading, merging and
dumping then treat all alike. A section says how its files are written (`schema`), which entries a file holds (`entries`), what
must hold across files (`check`, `complete`) and which files its entries make (`documents`). A *kind* of entry says how it is
read from the database and written to it.

An entry is plain data: its `fields` are text, numbers, true or false, lists and mappings as JSON knows them, in one canonical
form whether they come from a file, from the database or from the ancestor that was loaded last. So they can be compared.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

Ref = tuple[str, str]  # kind and key
Problems = Iterable[str]


@dataclass(slots=True)
class Entry:
    """One thing of the content: a stage, a skill, a resource. `path` is the file that it stands in, if any."""

    kind: str
    key: str
    fields: dict[str, Any]
    path: str = ""

    @property
    def ref(self) -> Ref:
        return self.kind, self.key

    @property
    def is_retired(self) -> bool:
        return bool(self.fields.get("retired"))


Picture = dict[Ref, Entry]


@dataclass(frozen=True, slots=True)
class Change:
    """What a load writes for one entry: `fields` are those that change (all of them where the entry is new)."""

    kind: str
    key: str
    fields: Mapping[str, Any]
    is_new: bool


def _nothing(*args: Any) -> None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of entry, and how the database holds it. Kinds are written in the order of their registration."""

    name: str
    noun: str
    read: Callable[[], Iterable[Entry]]
    write: Callable[[Sequence[Change]], None]
    #: Gives the entry a new slug; kinds whose key is no slug have none.
    rename: Callable[[str, str], None] = _nothing
    #: Puts entries in this order.
    arrange: Callable[[Sequence[str]], None] = _nothing
    #: Fields that hold keys of entries of another kind.
    refs: Mapping[str, str] = field(default_factory=dict)
    #: Fields that say the order of the entries which belong to this one, and the kind of those.
    lists: Mapping[str, str] = field(default_factory=dict)
    #: The field that names the entry which this one belongs to, and in whose list it stands.
    home: str = ""
    #: The kind whose key begins the key of this one ("skill/point").
    owner: str = ""
    #: A field that identifies the entry as well as its key does.
    twin: str = ""
    #: Whether it appears in the counts of a load.
    is_counted: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A family of content files. Paths are relative to the content folder."""

    name: str
    pattern: str
    schema: type[BaseModel]
    kinds: tuple[Kind, ...]
    #: What a file, validated by the schema, says.
    entries: Callable[[str, Any], Iterable[Entry]]
    #: The files that a picture makes, by path; `paths` says where entries stand so far.
    documents: Callable[[Picture, Mapping[Ref, str]], Mapping[str, Any]]
    #: Sentences on what must hold of a picture whatever its source.
    check: Callable[[Picture], Problems] = lambda picture: ()
    #: Sentences on what must hold of a complete set of files.
    complete: Callable[[Picture], Problems] = lambda picture: ()
    #: Lists whose order means nothing.
    unordered: frozenset[str] = frozenset()


_sections: dict[str, Section] = {}


def register(section: Section) -> None:
    """Adds a section. The files of one section may name entries of those registered before it, and after it."""
    if section.name in _sections:
        raise ValueError(f"The section {section.name!r} is registered already.")
    _sections[section.name] = section


def sections() -> tuple[Section, ...]:
    return tuple(_sections.values())


def kinds() -> dict[str, Kind]:
    """All kinds by name, in the order in which they are written."""
    return {kind.name: kind for section in _sections.values() for kind in section.kinds}
