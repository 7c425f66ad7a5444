"""Brings the content files into the database: all or nothing, and never over what an editor has changed there."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from django.db import connection, transaction

from .files import ContentError, digests, parse, read_files
from .merge import Conflict, Merge, Names, Side, merge, remember
from .models import LoadedEntry, LoadedFile
from .sections import Entry, Picture, Problems, kinds, sections


@dataclass(slots=True)
class Report:
    """What a load did, counted over all kinds of content, with a line for each change."""

    added: int = 0
    changed: int = 0
    retired: int = 0
    conflicts: list[Conflict] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Nothing was to do, and nothing is in dispute."""
        return not (self.added or self.changed or self.retired or self.conflicts)

    def __str__(self) -> str:
        return f"{self.added} added, {self.changed} changed, {self.retired} retired, {len(self.conflicts)} conflicts"


class _DryRun(Exception):
    pass


def load(content: Path, *, take: Side | None = None, dry_run: bool = False) -> Report:
    """Loads the content folder and says what was done. Twice is once; a dry run says it and changes nothing.

    Raises `ContentError` with a sentence for every mistake, and then has changed nothing. Where files and database have changed
    the same field differently, the database's value stands and the report says so; `take` settles all such conflicts for one side.
    """
    report = Report()
    try:
        with transaction.atomic(), only_one_at_a_time():
            files = read_files(content)
            if not files:
                raise ContentError([f"{content} holds no content files: name the folder that has resources.yaml and stages/."])
            if digests(files) != dict(LoadedFile.objects.values_list("path", "digest")):
                _load(parse(files), digests(files), take, report)
            if dry_run:
                raise _DryRun
    except _DryRun:
        pass
    return report


@contextmanager
def only_one_at_a_time() -> Iterator[None]:
    """Loads and dumps wait for one another, in whatever process; inside a transaction, until its end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('curriculum content', 0))")
    yield


def database_picture() -> Picture:
    """What the database says."""
    return {entry.ref: entry for kind in kinds().values() for entry in kind.read()}


def ancestor_picture() -> Picture:
    """What the files said when they were last loaded or dumped."""
    known = kinds()
    return {
        (kind, key): Entry(kind, key, fields)
        for kind, key, fields in LoadedEntry.objects.values_list("kind", "key", "fields")
        if kind in known
    }


def compare(files: Picture, take: Side | None = None) -> Merge:
    """Merges the files with the database and the ancestor. Raises `ContentError` where the result would not hold together."""
    _refuse(_check_files(files))
    database, ancestor = database_picture(), ancestor_picture()
    names = Names(database, files, ancestor)
    _refuse(_check_names(files, names))
    merged = merge(names.apply(database), names.apply(files), names.apply(ancestor), take=take)
    _refuse(_check_together(merged.target))
    return merged


def remember_entries(ancestor: Picture) -> None:
    """Makes `ancestor` what files and database are compared with from now on."""
    held = {(row.kind, row.key): row for row in LoadedEntry.objects.all()}
    new, changed = [], []
    for ref, entry in ancestor.items():
        row = held.pop(ref, None)
        if row is None:
            new.append(LoadedEntry(kind=entry.kind, key=entry.key, fields=entry.fields))
        elif row.fields != entry.fields:
            row.fields = entry.fields
            changed.append(row)
    LoadedEntry.objects.filter(pk__in=[row.pk for row in held.values()]).delete()
    LoadedEntry.objects.bulk_update(changed, ["fields"], batch_size=200)
    LoadedEntry.objects.bulk_create(new)


def remember_files(loaded: dict[str, str]) -> None:
    """Makes files with these digests count as loaded."""
    LoadedFile.objects.all().delete()
    LoadedFile.objects.bulk_create([LoadedFile(path=path, digest=digest) for path, digest in loaded.items()])


def _load(files: Picture, found: dict[str, str], take: Side | None, report: Report) -> None:
    merged = compare(files, take)
    _write(merged)
    _tell(merged, report)
    renamed = {(change.kind, change.key): str(change.fields["slug"]) for change in merged.changes if "slug" in change.fields}
    remember_entries(remember(merged.ancestor, renamed))
    # A file in dispute is read again next time, so that the dispute is told until it is settled.
    disputed = {conflict.entry.path for conflict in merged.conflicts}
    remember_files({path: digest for path, digest in found.items() if path not in disputed})


def _write(merged: Merge) -> None:
    for kind in kinds().values():
        if changes := [change for change in merged.changes if change.kind == kind.name]:
            kind.write(changes)
    for item_kind, order in merged.orders:
        kinds()[item_kind].arrange(order)
    for change in merged.changes:
        if not change.is_new and "slug" in change.fields:
            kinds()[change.kind].rename(change.key, change.fields["slug"])


def _tell(merged: Merge, report: Report) -> None:
    report.conflicts = merged.conflicts
    for change in merged.changes:
        kind, entry = kinds()[change.kind], merged.target[change.kind, change.key]
        if not kind.is_counted:
            continue
        where = f"{kind.noun} {change.key} ({entry.path or 'no longer in the files'})"
        if change.is_new:
            report.added += 1
            report.lines.append(f"Added {where}")
        elif change.fields.get("retired"):
            report.retired += 1
            report.lines.append(f"Retired {where}")
        else:
            report.changed += 1
            report.lines.append(f"Changed {where}: {', '.join('brought back' if name == 'retired' else name for name in change.fields)}")
    for entry, name in merged.reordered:
        report.changed += 1
        report.lines.append(f"Changed the order of {name} in {kinds()[entry.kind].noun} {entry.key} ({entry.path})")


def _refuse(problems: Iterable[str]) -> None:
    if found := list(problems):
        raise ContentError(found)


def _check_files(files: Picture) -> Problems:
    """What must hold of the files by themselves."""
    yield from _check_references(files)
    for section in sections():
        yield from section.check(files)
        yield from section.complete(files)


def _check_together(target: Picture) -> Problems:
    """What must hold once files and database are merged: each may be right, and both together not."""
    for section in sections():
        for problem in section.check(target):
            yield f"{problem} (The files and the database together say so.)"


def _check_references(files: Picture) -> Problems:
    known = kinds()
    now = {(entry.kind, old): entry.key for entry in files.values() for old in entry.fields.get("formerly", ())}
    for entry in files.values():
        for name, kind in known[entry.kind].refs.items():
            value = entry.fields.get(name, [])
            for key in [value] if isinstance(value, str) else value:
                if (kind, key) in files:
                    continue
                near = get_close_matches(key, [other for other_kind, other in files if other_kind == kind], n=1)
                hint = (
                    f"it is called {now[kind, key]} now"
                    if (kind, key) in now
                    else f"did you mean {near[0]}?"
                    if near
                    else "write it first, or take the name out"
                )
                yield f"{entry.path}, {known[entry.kind].noun} {entry.key}: `{name}` names {key}, and there is no {known[kind].noun} of that name; {hint.rstrip('?')}{'?' if hint.endswith('?') else '.'}"


def _check_names(files: Picture, names: Names) -> Problems:
    known = kinds()
    owners: dict[tuple[str, str], Entry] = {}
    common: dict[tuple[str, str], Entry] = {}
    for entry in files.values():
        noun = known[entry.kind].noun
        for old in entry.fields.get("formerly", ()):
            other = files.get((entry.kind, old)) or owners.setdefault((entry.kind, old), entry)
            if other is not entry:
                yield f"{entry.path}, {noun} {entry.key}: `formerly` names {old}, which is or was {noun} {other.key} ({other.path}); an address leads to one place."
            elif names.of(entry.kind, old) != names.of(entry.kind, entry.key):
                yield (
                    f"{entry.path}, {noun} {entry.key}: `formerly` names {old}, which is a {noun} of its own in the database; "
                    f"to put {entry.key} in its place, write it under `retired` with `replaced_by: [{entry.key}]`."
                )
        if known[entry.kind].owner or not known[entry.kind].is_counted:
            continue
        name = entry.kind, names.of(entry.kind, entry.key)
        if (other := common.setdefault(name, entry)) is not entry:
            yield f"{entry.path}, {noun} {entry.key}: was a name of {noun} {other.key} ({other.path}); addresses stay, so choose another."
