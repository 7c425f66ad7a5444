"""Writes a document into the text that holds an earlier state of it, and touches only the lines of what has changed.

The text is taken apart along its fields and list items; what still says the same is kept to the byte, with comments and blank
lines, and what doesn't is written anew in the style that it had.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any, cast

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, FoldedScalarString, LiteralScalarString, SingleQuotedScalarString

from roadmap.stages.rules import clean_text

from .files import load_yaml
from .schema import identity

_WIDTH = 110  # where folded text is broken
_PLAIN = "plain"
_EMPTY: tuple[Any, ...] = ("", [], False, None)
Lines = list[str]


def patch(text: str, wanted: Any, *, unordered: frozenset[str] = frozenset()) -> str:
    """The text, changed so that it says what is `wanted`. Lists called as in `unordered` are the same in any order."""
    patcher = _Patcher(unordered)
    if text.strip():
        if patcher.same("", load_yaml(text), wanted):
            return text
        patched = patcher.document(text, wanted)
        if patched and patcher.says(patched, wanted):
            return patched
    written = _written(wanted)
    if not patcher.says(written, wanted):
        raise ValueError("What was written as YAML would not be read as the same.")
    return written


@dataclass(slots=True)
class _Piece:
    """A field or an item: the blank lines and comments before it, and its own lines."""

    lead: Lines
    body: Lines
    node: Node


class _Patcher:
    def __init__(self, unordered: frozenset[str]) -> None:
        self._unordered = unordered

    def says(self, text: str, wanted: Any) -> bool:
        """Whether a text can be read, and says what is wanted."""
        try:
            return self.same("", load_yaml(text), wanted)
        except YAMLError:
            return False  # an alias has lost what it names, say

    def same(self, name: str, old: Any, new: Any) -> bool:
        """Whether two values say the same."""
        if isinstance(old, str) and isinstance(new, str):
            return clean_text(old) == clean_text(new)
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            old, new = ({key: value for key, value in mapping.items() if not _is_empty(value)} for mapping in (old, new))
            return old.keys() == new.keys() and all(self.same(key, old[key], new[key]) for key in old)
        if isinstance(old, list) and isinstance(new, list):
            if name in self._unordered:
                return sorted(old) == sorted(new)
            return len(old) == len(new) and all(self.same("", one, other) for one, other in zip(old, new, strict=True))
        return bool(old == new) and isinstance(old, bool) == isinstance(new, bool)

    def document(self, text: str, wanted: Any) -> str:
        node = YAML(typ="rt").compose(text)
        lines = text.splitlines(keepends=True)
        if lines and not lines[-1].endswith("\n"):
            lines[-1] += "\n"
        if not isinstance(node, MappingNode | SequenceNode) or node.flow_style or not node.value:
            return ""
        first = _first_line(node)
        body, tail = _split(lines[first:], 0)
        return "".join((*lines[:first], *self._patched("", _Text(body, first), node, load_yaml(text), wanted), *tail))

    def _patched(self, name: str, text: "_Text", node: Node, old: Any, new: Any) -> Lines:
        if isinstance(node, MappingNode):
            return self._mapping(text, node, old, new)
        return self._sequence(name, text, cast(SequenceNode, node), old, new)

    def _mapping(self, text: "_Text", node: MappingNode, old: Mapping[str, Any], new: Mapping[str, Any]) -> Lines:
        column = node.value[0][0].start_mark.column
        keys = [key.value for key, _value in node.value]
        pieces = dict(
            zip(keys, text.pieces([key.start_mark.line for key, _ in node.value], [value for _, value in node.value], column), strict=True)
        )
        places = [key for key in keys if key in new or _is_empty(old[key])]
        for key in new:
            if key not in pieces:
                before = [other for other in list(new)[: list(new).index(key)] if other in places]
                places.insert(places.index(before[-1]) + 1 if before else 0, key)
        written: Lines = []
        for key in places:
            piece = pieces.get(key)
            if piece is None:
                written += _field(key, new[key], None, column)
            elif key not in new or self.same(key, old[key], new[key]):
                written += piece.lead + piece.body
            elif _is_block(piece.node) and _shape(piece.node, old[key], new[key]):
                inner = _first_line(piece.node)
                start = inner - text.line_of(key, node)
                written += (
                    piece.lead + piece.body[:start] + self._patched(key, _Text(piece.body[start:], inner), piece.node, old[key], new[key])
                )
            else:
                written += piece.lead + _field(key, new[key], piece.node, column)
        return written

    def _sequence(self, name: str, text: "_Text", node: SequenceNode, old: Sequence[Any], new: Sequence[Any]) -> Lines:
        column = len(text.lines[0]) - len(text.lines[0].lstrip())
        pieces = text.pieces([item.start_mark.line for item in node.value], list(node.value), column)
        gap = max((piece.lead for piece in pieces[1:] if not "".join(piece.lead).strip()), key=len, default=_gap(name, new))
        left = {index: _key(item) for index, item in enumerate(old)}
        keys = [_key(item) for item in new]
        written: Lines = []
        for place, item in enumerate(new):
            earlier = item.get("formerly", ()) if isinstance(item, Mapping) else ()
            index = next((index for index, held in left.items() if held == keys[place] or (held in earlier and held not in keys)), None)
            if index is None and place in left and len(new) == len(old) and left[place] not in keys:
                index = place  # what stands there has another name, or is put differently
            if index is None:
                written += (gap if written else []) + _item(item, pieces[0].node if isinstance(item, Mapping) else None, column)
                continue
            del left[index]
            piece = pieces[index]
            lead = piece.lead if written and index else gap if written else [line for line in piece.lead if line.strip()]
            if self.same("", old[index], item):
                body = piece.body
            elif isinstance(piece.node, MappingNode) and not piece.node.flow_style:
                body = self._dashed(piece, column, old[index], item)
            else:
                body = _item(item, piece.node, column)
            written += lead + body
        return written

    def _dashed(self, piece: _Piece, column: int, old: Any, new: Any) -> Lines:
        """An item that is a mapping: its first field stands behind the hyphen."""
        first = piece.node.value[0][0].start_mark
        prefix = piece.body[0][: first.column]
        lines = [" " * first.column + piece.body[0][first.column :], *piece.body[1:]]
        lines = self._mapping(_Text(lines, first.line), cast(MappingNode, piece.node), old, new)
        return [prefix + lines[0][first.column :], *lines[1:]]


@dataclass(slots=True)
class _Text:
    """Some lines of a document, and the number that the first of them has there."""

    lines: Lines
    first: int

    def pieces(self, starts: Sequence[int], nodes: Sequence[Node], column: int) -> list[_Piece]:
        """The lines cut at `starts`. What stands between two pieces leads the second."""
        ends = [*(start - self.first for start in starts[1:]), len(self.lines)]
        pieces, lead = [], list[str]()
        for start, end, node in zip(starts, ends, nodes, strict=True):
            body, gap = _split(self.lines[start - self.first : end], column)
            pieces.append(_Piece(lead, body, node))
            lead = gap
        return pieces

    def line_of(self, key: str, node: MappingNode) -> int:
        return next(int(name.start_mark.line) for name, _value in node.value if name.value == key)


def _is_empty(value: Any) -> bool:
    """Whether a key with this value says what is so without it."""
    if isinstance(value, Mapping):
        return all(_is_empty(inner) for inner in value.values())
    return (value.strip() if isinstance(value, str) else value) in _EMPTY


def _key(item: Any) -> Any:
    return identity(item) or item


def _first_line(node: Node) -> int:
    """Where the first key or item of a block stands."""
    first = node.value[0]
    return int((first[0] if isinstance(first, tuple) else first).start_mark.line)


def _split(lines: Lines, column: int) -> tuple[Lines, Lines]:
    """Lines, and the blank lines and comments at their end, which belong to what follows."""
    end = len(lines)
    while end and (
        not lines[end - 1].strip()
        or (lines[end - 1].lstrip().startswith("#") and len(lines[end - 1]) - len(lines[end - 1].lstrip()) <= column)
    ):
        end -= 1
    return lines[:end], lines[end:]


def _is_block(node: Node) -> bool:
    return isinstance(node, MappingNode | SequenceNode) and not node.flow_style and bool(node.value)


def _shape(node: Node, old: Any, new: Any) -> bool:
    """Whether a value can be changed piece by piece: it stays a mapping or a list, and something of it stays."""
    if isinstance(node, MappingNode):
        return isinstance(new, Mapping) and any(key in new for key in old)
    return isinstance(new, list) and bool(new)


# --- Writing anew ---------------------------------------------------------------------------------------------------


def _written(document: Any) -> str:
    """A whole document."""
    if isinstance(document, Mapping):
        return "".join(line for key, value in document.items() for line in _field(key, value, None, 0))
    return "".join(line for value in document for line in _item(value, None, 2)) or "[]\n"


def _gap(name: str, items: Any) -> Lines:
    """What stands between the items of a list: skills and projects are long enough for a blank line."""
    return ["\n"] if name in ("skills", "projects") and items and isinstance(items[0], Mapping) else []


def _field(key: str, value: Any, node: Node | None, column: int) -> Lines:
    if isinstance(value, list) and (gap := _gap(key, value)):
        items = [(gap if place else []) + _item(item, None, column + 2) for place, item in enumerate(value)]
        return [" " * column + f"{key}:\n", *(line for item in items for line in item)]
    return _indented(_dumped(CommentedMap({key: _styled(key, value, node)})), column)


def _item(value: Any, node: Node | None, column: int) -> Lines:
    return [
        " " * column + line[2:] if line.strip() else line
        for line in _dumped(CommentedSeq([_styled("", value, node)])).splitlines(keepends=True)
    ]


def _indented(text: str, column: int) -> Lines:
    return [" " * column + line if line.strip() else line for line in text.splitlines(keepends=True)]


def _dumped(value: Any) -> str:
    yaml = YAML(typ="rt")
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.width = 1_000_000
    stream = StringIO()
    yaml.dump(value, stream)
    return stream.getvalue()


def _styled(key: str, value: Any, node: Node | None) -> Any:
    """The value in the style of `node`, or in the house's where there is none."""
    if isinstance(value, Mapping):
        held = {name.value: inner for name, inner in node.value} if isinstance(node, MappingNode) else {}
        return CommentedMap({name: _styled(name, inner, held.get(name)) for name, inner in value.items()})
    if isinstance(value, list):
        return _styled_list(key, value, node)
    if isinstance(value, str):
        return _styled_text(key, value, (node.style or _PLAIN) if isinstance(node, ScalarNode) else "")
    return value


def _styled_list(key: str, values: list[Any], node: Node | None) -> Any:
    like = node.value[0] if isinstance(node, SequenceNode) and node.value else None
    items = CommentedSeq([_styled("", value, like) for value in values])
    if isinstance(node, SequenceNode) and node.value:
        is_flow = bool(node.flow_style)
    else:
        is_flow = not any(isinstance(value, Mapping) for value in values) and sum(len(value) + 2 for value in values) <= _WIDTH
    if is_flow:
        items.fa.set_flow_style()
    return items


_LONG_TEXTS = ("why", "how", "body", "brief", "data")


def _styled_text(key: str, text: str, style: str) -> Any:
    text = clean_text(text)
    if "\n" in text or (text and (style == "|" or (not style and key in _LONG_TEXTS))):
        return LiteralScalarString(text + "\n")
    if style == '"' or (text and not text[0].isalnum()):  # signs at the beginning mean something in YAML
        return DoubleQuotedScalarString(text)
    if style == "'":
        return SingleQuotedScalarString(text)
    if len(text) > _WIDTH and style in (">", ""):
        return _folded(text)
    return text


def _folded(text: str) -> FoldedScalarString:
    folded = FoldedScalarString(text)
    folded.fold_pos = []
    start = 0
    while len(text) - start > _WIDTH:
        place = text.rfind(" ", start + 1, start + _WIDTH)
        if place < 0:
            break
        folded.fold_pos.append(place)
        start = place + 1
    return folded
