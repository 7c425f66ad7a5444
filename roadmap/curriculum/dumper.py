"""Writes the database's curriculum into the content files, to the byte as they were wherever nothing has changed."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.db import transaction
from pydantic import ValidationError

from . import schema
from .files import ContentError, digests, parse, read_files, section_of, write_files
from .loader import ancestor_picture, compare, database_picture, only_one_at_a_time, remember_entries, remember_files
from .merge import Names
from .patch import patch
from .sections import Picture, Problems, Ref, sections


def dump(content: Path, *, check: bool = False) -> list[str]:
    """Writes the files that differ from the database and names them; `check` names them only.

    Raises `ContentError`, and writes nothing, while the files hold something that is not loaded, and where the database holds
    what a file may not: a file that is written can be loaded.
    """
    with transaction.atomic(), only_one_at_a_time():
        files = read_files(content)
        paths = _paths(files) if files else {}
        picture = database_picture()
        for ref, entry in picture.items():
            entry.path = paths.get(ref, "")
        documents = {
            path: document
            for section in sections()
            for path, document in section.documents(picture, paths).items()
            if document or path in files
        }
        if problems := [*_check(picture), *_validate(documents)]:
            raise ContentError(problems)
        texts = dict(_texts(files, documents))
        if not check:
            write_files(content, texts)
            remember_entries({ref: replace(entry) for ref, entry in picture.items()})
            remember_files(digests(read_files(content)))
    return list(texts)


def _paths(files: Mapping[str, bytes]) -> dict[Ref, str]:
    """Where each entry of the database stands in the files. Raises `ContentError` where these hold something to load."""
    filed = parse(dict(files))
    merged = compare(filed)
    if merged.changes or merged.orders or merged.conflicts:
        raise ContentError(["The files hold changes that are not in the database: run load_curriculum first, and settle its conflicts."])
    names = Names(database_picture(), filed, ancestor_picture())
    return {(entry.kind, names.of(entry.kind, entry.key)): entry.path for entry in filed.values()}


def _check(picture: Picture) -> Problems:
    for section in sections():
        yield from section.check(picture)
        yield from section.complete(picture)


def _validate(documents: Mapping[str, Any]) -> Problems:
    for path, document in documents.items():
        try:
            section_of(path).schema.model_validate(document)
        except ValidationError as error:
            yield from schema.describe(path, document, error)


def _texts(files: Mapping[str, bytes], documents: Mapping[str, Any]) -> Iterable[tuple[str, str | None]]:
    """What to write, by path; None where a file goes."""
    for path, document in documents.items():
        before = files.get(path, b"").decode()
        after = patch(before, document, unordered=section_of(path).unordered)
        if after != before:
            yield path, after
    for path in files.keys() - documents.keys():
        yield path, None
