"""The three-way merge of the content: the files, the database, and the ancestor that both have come from.

Field by field, what only the files changed is taken over, what only the database changed stays, and what both changed alike is
settled. What both changed differently is a conflict: the database's value stands and the files' is reported. The order of a list
is a field of its own, in which additions of either side find their place.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from .sections import Change, Entry, Kind, Picture, Ref, kinds

Side = Literal["file", "database"]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field that files and database changed differently."""

    entry: Entry
    field: str
    before: Any
    in_file: Any
    in_database: Any


@dataclass(slots=True)
class Merge:
    """What comes of a merge: the `target` that the database shall be, how to get there, and what to remember as ancestor."""

    target: Picture
    changes: list[Change] = field(default_factory=list)
    #: The lists to be put in order, by the kind of their items.
    orders: list[tuple[str, list[str]]] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    ancestor: Picture = field(default_factory=dict)
    #: Entries whose list has changed its order.
    reordered: list[tuple[Entry, str]] = field(default_factory=list)


_ABSENT: Any = object()
_DELETED = "entry"


class Names:
    """Every name that an entry has or had, and the one by which the three pictures meet: that of the database, if it is there."""

    def __init__(self, database: Picture, files: Picture, ancestor: Picture) -> None:
        self._names: dict[Ref, str] = {}
        self._kinds = kinds()
        for entry in database.values():
            self._names[entry.ref] = entry.key
        for entry in database.values():
            self._learn(entry, entry.key)
        twins = {(entry.kind, entry.fields.get(twin)): entry.key for entry in database.values() if (twin := self._kinds[entry.kind].twin)}
        for entry in files.values():
            if entry.ref not in self._names:
                earlier = next(
                    (self._names[entry.kind, old] for old in entry.fields.get("formerly", ()) if (entry.kind, old) in self._names), None
                )
                namesake: str | None = twins.get((entry.kind, entry.fields.get(self._kinds[entry.kind].twin)))
                if namesake is not None and (entry.kind, namesake) in files:
                    namesake = None
                self._learn(entry, earlier or namesake or entry.key)
        for entry in ancestor.values():
            self._learn(entry, entry.key)

    def _learn(self, entry: Entry, name: str) -> None:
        if not self._kinds[entry.kind].owner:
            self._names.setdefault(entry.ref, name)
            for old in entry.fields.get("formerly", ()):
                self._names.setdefault((entry.kind, old), name)

    def of(self, kind: str, key: str) -> str:
        if owner := self._kinds[kind].owner:
            slug, _, rest = key.partition("/")
            return f"{self.of(owner, slug)}/{rest}"
        return self._names.get((kind, key), key)

    def apply(self, picture: Picture) -> Picture:
        """The same picture under the common names."""
        renamed: Picture = {}
        for entry in picture.values():
            known = self._kinds[entry.kind]
            fields = dict(entry.fields)
            for name, kind in (*known.refs.items(), *known.lists.items()):
                if isinstance(value := fields.get(name), str):
                    fields[name] = self.of(kind, value)
                elif value is not None:
                    fields[name] = list(dict.fromkeys(self.of(kind, key) for key in value))
            now = replace(entry, key=self.of(entry.kind, entry.key), fields=fields)
            renamed.setdefault(now.ref, now)
        return renamed


def merge(database: Picture, files: Picture, ancestor: Picture, *, take: Side | None = None) -> Merge:
    """Merges three pictures that use the same names. `take` settles every conflict for one side."""
    result = Merge(target={ref: replace(entry, fields=dict(entry.fields)) for ref, entry in database.items()})
    for ref in dict.fromkeys((*files, *ancestor)):
        if ref not in files and _left_with_owner(ref, files):
            result.ancestor[ref] = ancestor[ref]
            continue
        _merge_entry(result, ref, database.get(ref), files.get(ref), ancestor.get(ref), take)
    _merge_orders(result, database, files, ancestor, take)
    return result


def _left_with_owner(ref: Ref, files: Picture) -> bool:
    """What belongs to an entry that has left the files stays as it is, in case that one comes back."""
    owner = kinds()[ref[0]].owner
    held = files.get((owner, ref[1].partition("/")[0])) if owner else None
    return bool(owner) and (held is None or held.is_retired)


def _merge_entry(result: Merge, ref: Ref, held: Entry | None, filed: Entry | None, before: Entry | None, take: Side | None) -> None:
    kind = kinds()[ref[0]]
    if filed is None:
        # Taken out of the files: whatever was written on it stays, off the roadmap.
        filed = Entry(*ref, {"retired": True} if kind.is_counted else {}, "")
        if held is None:
            return
    base = dict(before.fields) if before else {}
    if held is None:
        _merge_missing(result, kind, filed, before, take)
        return
    written: dict[str, Any] = {}
    for name, value in filed.fields.items():
        if name in kind.lists:
            continue
        mine = held.fields.get(name, _ABSENT)
        old = base.get(name, type(value)()) if before else _ABSENT
        if value == mine or (old == value and mine is not _ABSENT):
            base[name] = value
        elif mine is _ABSENT or old == mine or take == "file":
            base[name] = written[name] = value
        else:
            if take == "database":
                base[name] = value
            else:
                result.conflicts.append(Conflict(_at(filed, held), name, None if old is _ABSENT else old, value, mine))
    if written:
        result.changes.append(Change(*ref, written, is_new=False))
    entry = result.target[ref]
    entry.fields |= written
    entry.path = filed.path
    result.ancestor[ref] = Entry(*ref, base, filed.path)


def _merge_missing(result: Merge, kind: Kind, filed: Entry, before: Entry | None, take: Side | None) -> None:
    """An entry of the files that the database has not: it is new, or was deleted there."""
    if not kind.is_counted:
        before = None
    is_same = before is not None and all(before.fields.get(name) == value for name, value in filed.fields.items() if name not in kind.lists)
    if before is None or (take == "file" and not is_same):
        result.target[filed.ref] = replace(filed, fields=dict(filed.fields))
        result.changes.append(
            Change(*filed.ref, {name: value for name, value in filed.fields.items() if name not in kind.lists}, is_new=True)
        )
        result.ancestor[filed.ref] = filed
        return
    if is_same or take == "database":
        result.ancestor[filed.ref] = filed
        return
    result.conflicts.append(Conflict(filed, _DELETED, "there", "changed", "deleted"))
    result.ancestor[filed.ref] = before


def _at(filed: Entry, held: Entry) -> Entry:
    return replace(held, path=filed.path)


def _merge_orders(result: Merge, database: Picture, files: Picture, ancestor: Picture, take: Side | None) -> None:
    """Lists come last: what belongs to them follows from where the entries are now."""
    known = kinds()
    for ref, entry in result.target.items():
        for name, item_kind in known[ref[0]].lists.items():
            members = list(_members(result.target, known[item_kind], ref[1]))
            is_filed = ref in files and name in files[ref].fields
            held, filed, before = (picture[ref].fields.get(name, []) if ref in picture else [] for picture in (database, files, ancestor))
            order, conflict = _merge_order(held, filed, before, take) if is_filed else (list(held), False)
            place = {key: index for index, key in enumerate(order)}
            entry.fields[name] = sorted(members, key=lambda key: place.get(key, len(place)))
            if conflict:
                result.conflicts.append(Conflict(_at(files[ref], entry), name, before, filed, held))
            if is_filed and ref in result.ancestor:
                result.ancestor[ref].fields[name] = list(before if conflict else filed)
            if entry.fields[name] != held:
                result.orders.append((item_kind, entry.fields[name]))
                if _common(held, entry.fields[name]) != _common(entry.fields[name], held):
                    result.reordered.append((entry, name))


def _members(picture: Picture, kind: Kind, owner: str) -> Iterable[str]:
    for (name, key), entry in picture.items():
        if name == kind.name and not entry.is_retired:
            if kind.owner:
                belongs = key.startswith(f"{owner}/")
            else:
                belongs = entry.fields.get(kind.home) == owner if kind.home in entry.fields else owner == kind.home
            if belongs:
                yield key


def _common(first: Sequence[str], *others: Sequence[str]) -> list[str]:
    return [key for key in first if all(key in other for other in others)]


def _merge_order(held: Sequence[str], filed: Sequence[str], before: Sequence[str], take: Side | None) -> tuple[list[str], bool]:
    """An order that both sides can recognise, and whether they contradict each other."""
    in_database, in_files = _common(held, filed), _common(filed, held)
    old_files, old_database = _common(before, in_files), _common(before, in_database)
    first, second, conflict = held, filed, False
    if in_database != in_files:
        moved_in_files = old_files != _common(in_files, before) or set(old_files) != set(in_files)
        moved_in_database = old_database != _common(in_database, before) or set(old_database) != set(in_database)
        if moved_in_files and not moved_in_database:
            first, second = filed, held
        elif moved_in_files and moved_in_database:
            if take == "file":
                first, second = filed, held
            conflict = take is None
    return _weave(first, second), conflict


def _weave(first: Sequence[str], second: Sequence[str]) -> list[str]:
    """`first`, with what only `second` has put in behind what stands before it there."""
    woven = list(first)
    for index, key in enumerate(second):
        if key not in woven:
            following = next((place for place in (woven.index(other) + 1 for other in reversed(second[:index]) if other in woven)), 0)
            woven.insert(following, key)
    return woven


def remember(ancestor: Picture, names: Mapping[Ref, str]) -> Picture:
    """The ancestor under the names that stand after the load."""
    known = kinds()

    def now(kind: str, key: str) -> str:
        if owner := known[kind].owner:
            slug, _, rest = key.partition("/")
            return f"{now(owner, slug)}/{rest}"
        return names.get((kind, key), key)

    renamed: Picture = {}
    for entry in ancestor.values():
        fields = dict(entry.fields)
        for name, kind in (*known[entry.kind].refs.items(), *known[entry.kind].lists.items()):
            if isinstance(value := fields.get(name), str):
                fields[name] = now(kind, value)
            elif value is not None:
                fields[name] = [now(kind, key) for key in value]
        renamed[entry.kind, now(entry.kind, entry.key)] = replace(entry, key=now(entry.kind, entry.key), fields=fields)
    return renamed
