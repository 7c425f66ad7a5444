"""The code of a notebook, read from the stored bytes: outputs are passed over without being unpacked, and every line keeps its place.

The formats are nbformat 3 (cells in worksheets) and 4; see https://nbformat.readthedocs.io/en/latest/format_description.html
"""

import ast
import json
import re
from dataclasses import dataclass, field
from typing import Any

from .python import parse
from .values import Place

# One token of JSON. Possessive, so that no input makes it go back.
_TOKEN = re.compile(rb'[ \t\r\n]*+(?:([{}\[\],:])|("(?:[^"\\]++|\\.)*+")|([-+.0-9a-zA-Z]++))', re.DOTALL)
_DEEPEST = 200
MOST_CELLS = 5000
_LITERALS = (b"true", b"false", b"null", b"NaN", b"Infinity", b"-Infinity")


class NotANotebook(Exception):
    """The bytes are no JSON, or no notebook."""


class TooMuchCode(Exception):
    """The code cells hold more than is read of one file."""


@dataclass(slots=True)
class Cell:
    """One code cell: its number among all cells, its code, and the line in the file of each of its lines."""

    number: int
    code: str
    lines: list[int]


@dataclass(slots=True)
class Notebook:
    language: str = ""
    cells: list[Cell] = field(default_factory=list)


@dataclass(slots=True)
class _Raw:
    kind: str = ""
    #: Each text of the source with the offset at which it stands.
    source: list[tuple[int, bytes]] = field(default_factory=list)


def read(data: bytes, limit: int) -> Notebook:
    """The code cells of a notebook. Raises `NotANotebook`, and `TooMuchCode` where they hold more than `limit` bytes."""
    raw, languages = _scan(data.removeprefix(b"\xef\xbb\xbf"), limit)
    language = next((languages[key] for key in _LANGUAGE_KEYS if languages.get(key)), "").lower()
    kernel = languages.get("kernelspec.name", "")
    notebook = Notebook(language or ("r" if kernel == "ir" else "julia" if kernel.startswith("julia") else ""))
    line, offset = 1, 0
    for number, cell in enumerate(raw, 1):
        if cell.kind != "code":
            continue
        code, lines = [], []
        for place, text in cell.source:
            line += data.count(b"\n", offset, place)
            offset = place
            piece = _text(text)
            code.append(piece)
            # A text that ends its line begins no further one.
            lines += [line] * (piece.count("\n") + (not piece.endswith("\n") and piece != ""))
        notebook.cells.append(Cell(number, "".join(code), lines or [line]))
    if sum(len(cell.code.encode()) for cell in notebook.cells) > limit:
        raise TooMuchCode
    return notebook


_SOURCES = ("source", "input")
_LANGUAGE_KEYS = ("kernelspec.language", "language_info.name")


def _scan(data: bytes, limit: int) -> tuple[list[_Raw], dict[str, str]]:
    """Goes through the tokens once. `path` holds the keys (or None, for a list) from the outermost container to the present one."""
    cells: list[_Raw] = []
    languages: dict[str, str] = {}
    path: list[str | None] = []
    closers: list[bytes] = []
    key: str | None = None
    awaits_key = False
    place = 0
    is_over = False
    size = 0
    length = len(data.rstrip())
    match = _TOKEN.match
    while place < length:
        token = match(data, place)
        if token is None or is_over:
            raise NotANotebook
        place = token.end()
        mark, text, literal = token.groups()
        if mark:
            if mark in b"{[":
                if not path and mark == b"[":
                    raise NotANotebook
                if len(path) >= _DEEPEST:
                    raise NotANotebook
                if mark == b"{" and _is_cells(path, key):
                    cells.append(_Raw())
                    if len(cells) > MOST_CELLS:
                        raise TooMuchCode
                path.append(key)
                closers.append(b"}" if mark == b"{" else b"]")
                key, awaits_key = None, mark == b"{"
            elif mark in b"}]":
                if not closers or closers.pop() != mark:
                    raise NotANotebook
                key = path.pop()
                awaits_key = False
                is_over = not path
            elif mark == b",":
                awaits_key = bool(closers) and closers[-1] == b"}"
                if awaits_key:
                    key = None
            continue
        if not path:
            raise NotANotebook
        if literal:
            if literal not in _LITERALS and not literal[-1:].isdigit() and not literal.endswith(b"."):
                raise NotANotebook
            continue
        if awaits_key:
            key = _text(text) if len(text) < 64 else "…"
            awaits_key = False
        elif cells and _in_cell(path):
            if key == "cell_type":
                cells[-1].kind = _text(text)
            elif key in _SOURCES:
                cells[-1].source.append((token.start(2), text))
                size += len(text)
        elif cells and len(path) > 1 and path[-1] in _SOURCES and key is None and _in_cell(path[:-1]):
            cells[-1].source.append((token.start(2), text))
            size += len(text)
            if size > 3 * limit:  # as it is stored, a letter may take six bytes and a line four
                raise TooMuchCode
        elif key and len(path) == 3 and path[1] == "metadata" and len(text) < 100:
            languages[f"{path[2]}.{key}"] = _text(text)
    if not is_over:
        raise NotANotebook
    return cells, languages


def _is_cells(path: list[str | None], key: str | None) -> bool:
    """Whether an object that begins here is a cell: {"cells": [ or {"worksheets": [{"cells": [."""
    return key is None and (path == [None, "cells"] or path == [None, "worksheets", None, "cells"])


def _in_cell(path: list[str | None]) -> bool:
    return path == [None, "cells", None] or path == [None, "worksheets", None, "cells", None]


def _text(token: bytes) -> str:
    try:
        value: Any = json.loads(token.decode("utf-8", "replace"), strict=False)
    except ValueError as error:
        raise NotANotebook from error
    return str(value).encode("utf-8", "replace").decode("utf-8")


# --- Code that only IPython understands -----------------------------------------------------------------------------

# Cell magics of which the rest of the cell is Python in this notebook.
_PYTHON_CELLS = frozenset({"time", "timeit", "capture", "prun", "python", "python3", "px", "matplotlib"})
_CELL_MAGIC = re.compile(r"\s*+%%(\w*)[^\n]*")
_LINE_MAGIC = re.compile(
    r"(\s*+)(?:(?:%(?:time|timeit|prun)\b)\s*+(?P<code>[A-Za-z_(\[].*)|[%!?].*|[\w.]++\?{1,2}\s*+|(?P<name>\w[\w, ]*+)=\s*+[%!].*)$"
)


def sql_of(cell: Cell) -> str:
    """The SQL of a cell that is given to a database whole or in a line."""
    if re.match(r"\s*%%sql\b", cell.code):
        return cell.code.partition("\n")[2]
    return "\n".join(re.findall(r"(?m)^[^\n#%]{0,80}%sql\b([^\n]*)", cell.code))


def tree_of(cell: Cell) -> tuple[ast.Module, Place] | None:
    """The parse of a cell without its magics, or None where the whole cell is in another language. Raises what `parse` raises."""
    place = Place(cell.number, cell.lines)
    code = cell.code
    if magic := _CELL_MAGIC.match(code.lstrip("\n")):
        if magic[1] not in _PYTHON_CELLS:
            return None
        start = code.index("%%")
        end = code.find("\n", start)
        code = code[:start] + (code[end:] if end >= 0 else "")
    try:
        return parse(code), place
    except SyntaxError:
        return parse(without_magics(code)), place


def has_magics(code: str) -> bool:
    """Whether a line begins with a shell command or a magic of IPython."""
    return bool(re.search(r"(?m)^[ \t]*[!%][ \t]*[a-z]", code))


def without_magics(code: str) -> str:
    lines = []
    goes_on = False
    for line in code.split("\n"):
        if goes_on:
            goes_on = line.rstrip().endswith("\\")
            lines.append("")
            continue
        if line.strip().startswith("%pylab"):
            lines.append("import numpy as np; import matplotlib.pyplot as plt; from pylab import *")
        elif magic := _LINE_MAGIC.match(line):
            goes_on = line.rstrip().endswith("\\") and not magic["code"]
            lines.append(magic[1] + (magic["code"] or (f"{magic['name'].strip()} = None" if magic["name"] else "pass")))
        else:
            lines.append(line)
    return "\n".join(lines)
