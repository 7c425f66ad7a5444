"""What detection is asked, and what it answers: plain values that know neither Django nor the database."""

from dataclasses import dataclass
from typing import Literal

# How strongly a finding speaks, the strongest first: code uses it; code imports it and does not use it; a manifest lists it.
Strength = Literal["used", "imported", "listed"]
STRENGTHS: tuple[Strength, ...] = ("used", "imported", "listed")


@dataclass(frozen=True, slots=True)
class Rule:
    """What in a repository shows one skill; the keys are those of `evidence` in the content files (see docs/content.md)."""

    skill: str
    imports: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    syntax: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    readme: int = 0
    at_least: int = 1
    within: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One place that shows a skill. `line` counts from 1 in the file as it is stored; `cell` too, among a notebook's cells."""

    skill: str
    path: str
    line: int
    seen: str
    strength: Strength
    cell: int = 0


@dataclass(frozen=True, slots=True)
class ReadmePoint:
    """One point of the README checklist: `line` is where it was found, or 0."""

    key: str
    is_found: bool
    line: int = 0
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Key:
    """A secret that was committed: where and of what kind, never its value."""

    path: str
    line: int
    kind: str


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that the reader of the findings should know: `code` names the sentence (see `portfolio/words.py`), `path` the file if it is about one."""

    code: str
    path: str = ""
    count: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that one reading found. Findings are sorted by skill as the rules were given, then strongest first."""

    findings: tuple[Finding, ...] = ()
    readme: tuple[ReadmePoint, ...] = ()
    keys: tuple[Key, ...] = ()
    remarks: tuple[Remark, ...] = ()
    files: int = 0
    code_files: int = 0


class Unreadable(Exception):
    """The repository cannot be read within the limits. `code`: packed-size, unpacked-size, entries, time, memory,
    not-an-archive, cut-off, not-a-folder, or failed (a mistake of ours)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
