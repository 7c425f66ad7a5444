"""One reading of a repository: every file once, as a stream, then the findings."""

import ast
import contextlib
import io
import re
import tokenize
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Literal

from . import keys, manifests, notebooks, readme, sources
from .limits import KB, LIMITS, MB, Limits
from .paths import is_generated, is_vendored, name_of, says_generated
from .python import Import, Reader, parse
from .report import STRENGTHS, Finding, Key, ReadmePoint, Remark, Report, Rule
from .rules import Book, Match, sentence
from .sources import Budget, Entry
from .substance import HEAD, has_query, has_substance
from .timing import TooSlow, at_most
from .uses import Uses

Kind = Literal["tar.gz", "zip"]
FINDINGS_PER_SKILL = 5
REMARKS_PER_CODE = 20
MOST_KEYS = 50
# Files of SQL that are looked into.
MOST_SQL = 200
# Of more, the best fifth is kept: two thousand files that show everything would fill the memory.
MATCHES_PER_SKILL = 500
# How much code is kept to be read again, once it is known what the repository's own modules hold.
KEPT = 4 * MB
Code = str | list[notebooks.Cell]

# Languages that rules do not read; their files are named so that nobody takes silence for a verdict.
LANGUAGES = {
    ".r": "r",
    ".rmd": "r",
    ".jl": "julia",
    ".m": "matlab",
    ".scala": "scala",
    ".sh": "shell",
    ".js": "javascript",
    ".ts": "javascript",
    ".tsx": "javascript",
    ".jsx": "javascript",
    ".java": "java",
    ".cpp": "cpp",
    ".c": "cpp",
    ".cs": "csharp",
    ".go": "go",
    ".rs": "rust",
    ".sql": "sql",
}
# Languages that are told of beside Python too: whole projects are written in them.
_TOLD_ALWAYS = ("r", "julia", "scala", "matlab", "other")
# Files in which keys are looked for, apart from code.
_TEXTS = (".env", ".yml", ".yaml", ".json", ".toml", ".cfg", ".ini", ".sh", ".txt", ".md", ".rst", ".pem", ".key", ".conf", ".properties", ".xml", ".sql", ".js", ".ts", ".r", ".tf", ".tfvars", ".html")  # fmt: skip


def read_folder(path: Path, rules: Iterable[Rule], *, only: Iterable[str] | None = None, limits: Limits = LIMITS) -> Report:
    """Reads a folder. Raises `Unreadable`."""
    budget = Budget(limits)
    return _read(sources.folder(path, budget), budget, rules, only)


def read_archive(
    stream: IO[bytes] | sources.Stream,
    rules: Iterable[Rule],
    *,
    only: Iterable[str] | None = None,
    limits: Limits = LIMITS,
    kind: Kind = "tar.gz",
) -> Report:
    """Reads an archive from a stream of its packed bytes; a `.zip` must be able to seek. Raises `Unreadable`."""
    budget = Budget(limits)
    entries = sources.tar_gz(stream, budget) if kind == "tar.gz" else sources.zip_file(stream, budget)  # type: ignore[arg-type]
    return _read(entries, budget, rules, only)


def _read(entries: Iterator[Entry], budget: Budget, rules: Iterable[Rule], only: Iterable[str] | None) -> Report:
    reading = _Reading(Book(rules), budget, None if only is None else frozenset(only))
    for entry in entries:
        budget.check_time()
        reading.file(entry)
    return reading.report()


@dataclass(slots=True)
class _Reading:
    book: Book
    budget: Budget
    only: frozenset[str] | None
    files: int = 0
    code_files: int = 0
    has_python: bool = False
    uses: dict[str, Uses] = field(default_factory=dict)
    #: By script: what other files can import from it; by file: its code, where it imports from modules that may be the repository's own.
    lent: dict[str, dict[str, Any]] = field(default_factory=dict)
    borrowers: dict[str, tuple[Code, set[Import]]] = field(default_factory=dict)
    kept: int = 0
    #: Modules of the repository itself, each with the folders that hold one of that name.
    modules: dict[str, set[str]] = field(default_factory=dict)
    environments: set[str] = field(default_factory=set)
    matches: dict[str, list[Match]] = field(default_factory=dict)
    keys: list[Key] = field(default_factory=list)
    remarks: dict[str, list[Remark]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    readme: tuple[int, str, bytes] = (99, "", b"")
    licence: str = ""

    # Files

    def file(self, entry: Entry) -> None:
        path = entry.path
        self.files += 1
        if path.endswith("/pyvenv.cfg") or path == "pyvenv.cfg":
            self.environments.add(path.rpartition("/")[0])
        if is_vendored(path):
            self.counts["vendored"] += 1
            return
        self._note_module(path)
        is_asked = self.only is None or path in self.only
        rank = readme.rank(path)
        if not is_asked and rank < 0 and not readme.is_licence(path):
            self.counts["not-own"] += 1
            return
        name = name_of(path).lower()
        if name.endswith(".ipynb"):
            self.has_python = True
            self._notebook(entry)
        elif name.endswith((".py", ".pyw")):
            self.has_python = True
            self._script(entry)
        else:
            self._other(entry, name, rank, is_asked)

    def _note_module(self, path: str) -> None:
        folder, _, name = path.rpartition("/")
        if name == "__init__.py":
            above, _, package = folder.rpartition("/")
            if package:
                self.modules.setdefault(package, set()).add(above)
        elif name.endswith(".py"):
            self.modules.setdefault(name[:-3], set()).add(folder)

    def _script(self, entry: Entry) -> None:
        if is_generated(entry.path):
            self.counts["generated"] += 1
            return
        if entry.size > self.budget.limits.code:
            self._remark("file-too-large", entry.path)
            return
        if not self._counts():
            return
        data = entry.read(self.budget.limits.code)
        with self._in_time(entry.path):
            self._code(entry, data)

    def _code(self, entry: Entry, data: bytes) -> None:
        if says_generated(data):
            self.counts["generated"] += 1
            return
        self._look_for_keys(entry.path, data)
        if manifests.is_manifest(entry.path):
            self._manifest(entry.path, data)
        code, is_as_named = _decoded(data)
        reader = Reader(self.book.vocabulary)
        try:
            reader.read(_parsed(code))
            reader.finish()
        except SyntaxError:
            self._remark("old-python" if _is_python_2(data) else "not-parsed", entry.path)
        except (RecursionError, MemoryError):
            self._remark("too-deep", entry.path)
        else:
            if not is_as_named:
                self._remark("not-utf-8", entry.path)
            self._keep(entry.path, reader, code)
            if lent := reader.lent():
                self.lent[entry.path] = lent
            is_test = name_of(entry.path).startswith("test_") or entry.path.endswith("_test.py")
            if reader.uses.statements and (reader.uses.has_tests or not is_test):
                self._file_matches(entry.path)

    def _notebook(self, entry: Entry) -> None:
        if entry.size > self.budget.limits.notebook:
            self._remark("notebook-too-large", entry.path)
            return
        if not self._counts():
            return
        data = entry.read(self.budget.limits.notebook)
        with self._in_time(entry.path):
            self._cells(entry, data)

    def _cells(self, entry: Entry, data: bytes) -> None:
        try:
            notebook = notebooks.read(data, self.budget.limits.code)
        except (notebooks.NotANotebook, notebooks.TooMuchCode) as error:
            self._remark("file-too-large" if isinstance(error, notebooks.TooMuchCode) else "not-a-notebook", entry.path)
            return
        self._look_for_keys(entry.path, data)
        del data
        if notebook.language and notebook.language not in ("python", "ipython", "python3", "python2"):
            self.languages[notebook.language if notebook.language in LANGUAGES.values() else "other"] += 1
            return
        reader = Reader(self.book.vocabulary)
        try:
            broken = _read_cells(reader, notebook.cells)
        except (RecursionError, MemoryError):
            self._remark("too-deep", entry.path)
        else:
            if broken:
                self._remark("broken-cells", entry.path, broken)
        self._keep(entry.path, reader, notebook.cells)
        if any(cell.code.strip() for cell in notebook.cells):
            self._file_matches(entry.path)
        for cell in notebook.cells:
            if (sql := notebooks.sql_of(cell)) and has_query(sql):
                for skill in self.book.skills_of_file("query.sql"):
                    self._match(
                        Match(Finding(skill, entry.path, cell.lines[0], "a cell of SQL that asks something", "used", cell.number), 4)
                    )
                break

    def _other(self, entry: Entry, name: str, rank: int, is_asked: bool) -> None:
        path = entry.path
        skills = self.book.skills_of_file(path) if is_asked else []
        is_manifest = is_asked and manifests.is_manifest(path)
        looks_for_keys = is_asked and entry.size <= self.budget.limits.code and (name.endswith(_TEXTS) or keys.is_environment(path))
        suffix = name[name.rfind(".") :] if "." in name else ""
        if language := LANGUAGES.get(suffix):
            self.languages[language] += 1
        if not (skills or is_manifest or looks_for_keys or rank >= 0 or readme.is_licence(path)):
            return
        if suffix == ".sql" and (self.languages["sql"] > MOST_SQL):
            return
        data = entry.read(self.budget.limits.code)
        if suffix in LANGUAGES and says_generated(data):
            self.counts["generated"] += 1
            return
        with self._in_time(path):
            self._text(entry, data, rank, skills, is_manifest=is_manifest, looks_for_keys=looks_for_keys)

    def _text(self, entry: Entry, data: bytes, rank: int, skills: list[str], *, is_manifest: bool, looks_for_keys: bool) -> None:
        path = entry.path
        if looks_for_keys:
            self._look_for_keys(path, data)
        if 0 <= rank < self.readme[0]:
            self.readme = (rank, path, data)
        if not self.licence and readme.is_licence(path) and has_substance(path, entry.size, data[:HEAD]):
            self.licence = path
        if is_manifest:
            self._manifest(path, data)
        if skills and has_substance(path, entry.size, data[:HEAD]):
            for skill in skills:
                self._match(Match(Finding(skill, path, 1, sentence(f"has {path.rpartition('/')[2]}"), "used"), 4))

    @contextlib.contextmanager
    def _in_time(self, path: str) -> Iterator[None]:
        """A file that takes too long is left, with a remark; the others are read."""
        try:
            with at_most(self.budget.limits.file_seconds):
                yield
        except (TooSlow, SystemError):  # the latter where it was raised inside ast
            self._remark("too-slow", path)

    def _counts(self) -> bool:
        """Whether one more file of code is read."""
        self.code_files += 1
        if self.code_files > self.budget.limits.code_files:
            self.counts["too-many-code-files"] += 1
            return False
        return True

    def _keep(self, path: str, reader: Reader, code: Code) -> None:
        if reader.uses.stars:
            self._remark("star-import", path, reader.uses.stars)
        if reader.uses:
            self.uses[path] = reader.uses
        size = len(code) if isinstance(code, str) else sum(len(cell.code) for cell in code)
        if reader.borrowed and self.kept + size <= KEPT:
            self.kept += size
            self.borrowers[path] = code, reader.borrowed

    def _file_matches(self, path: str) -> None:
        for skill in self.book.skills_of_file(path):
            self._match(Match(Finding(skill, path, 1, sentence(f"has {path.rpartition('/')[2]}"), "used"), 4))

    def _manifest(self, path: str, data: bytes) -> None:
        if not self.book.requirements:
            return
        try:
            packages = manifests.listed(path, data[: manifests.LARGEST])
        except manifests.NotAManifest:
            self._remark("manifest-not-parsed", path)
            return
        for package, line in packages.items():
            for skill in self.book.requirements.get(package, ()):
                self._match(Match(Finding(skill, path, line, sentence(f"lists {package} in {path}"), "listed"), 0))

    def _look_for_keys(self, path: str, data: bytes) -> None:
        if len(self.keys) < MOST_KEYS:
            self.keys += [Key(path, line, kind) for line, kind in keys.found_in(path, data)]

    def _match(self, match: Match) -> None:
        matches = self.matches.setdefault(match.finding.skill, [])
        matches.append(match)
        if len(matches) > MATCHES_PER_SKILL:
            matches[:] = self._ranked(matches)[: MATCHES_PER_SKILL // 5]

    def _remark(self, code: str, path: str, count: int = 0) -> None:
        self.counts[code] += 1
        remarks = self.remarks.setdefault(code, [])
        if len(remarks) < REMARKS_PER_CODE:
            remarks.append(Remark(code, path, count))

    # The end

    def report(self) -> Report:
        self._read_borrowers()
        for path, uses in self.uses.items():
            for match in self.book.matches_of(path, uses, self._local_to(path, uses.roots)):
                self._match(match)
        _, path, data = self.readme
        points = tuple(ReadmePoint(key, is_found=False) for key in readme.POINTS)
        with self._in_time(path):
            points = readme.checklist(path, data, self.licence)
        self._match_readme(points)
        return Report(
            findings=tuple(finding for rule in self.book.rules for finding in self._best(rule.skill)),
            readme=points,
            keys=tuple(key for key in self.keys if not self._is_in_environment(key.path))[:MOST_KEYS],
            remarks=tuple(self._remarks()),
            files=self.files,
            code_files=min(self.code_files, self.budget.limits.code_files),
        )

    def _read_borrowers(self) -> None:
        """Reads again what imports from modules of the repository that lend something: `from common import *`."""
        for path, (code, borrowed) in self.borrowers.items():
            self.budget.check_time()
            lent = {each: found for each in borrowed if (found := self._lent_to(path, each))}
            if not lent:
                continue
            reader = Reader(self.book.vocabulary, lent.get)
            with self._in_time(path), contextlib.suppress(SyntaxError, RecursionError, MemoryError):
                if isinstance(code, str):
                    reader.read(_parsed(code))
                    reader.finish()
                else:
                    _read_cells(reader, code)
                self.uses[path] = reader.uses

    def _lent_to(self, path: str, wanted: Import) -> dict[str, Any] | None:
        dots, module = wanted
        folders = _above(path)
        if dots:
            folders = folders[dots - 1 : dots]
        else:
            folders += [f"{folder}{name}/" for folder in folders for name in ("src", "lib")]
        inner = module.replace(".", "/")
        for folder in folders:
            for name in (f"{folder}{inner}.py", f"{folder}{inner}/__init__.py") if inner else (f"{folder}__init__.py",):
                if name != path and name in self.lent:
                    return self.lent[name]
        return None

    def _local_to(self, path: str, roots: Iterable[str]) -> frozenset[str]:
        """Which of the imported modules are the repository's own: beside the file, above it, or in `src` or `lib` there."""
        folders = _above(path)
        here = folders[0].rstrip("/")
        places = {f"{folder}{name}".rstrip("/") for folder in folders for name in ("", "src", "lib")}
        own = name_of(path).removesuffix(".py")
        return frozenset(
            root for root in roots if not places.isdisjoint(self.modules.get(root, set()) - ({here} if root == own else set()))
        )

    def _match_readme(self, points: tuple[ReadmePoint, ...]) -> None:
        found = sum(point.is_found for point in points)
        path = self.readme[1]
        if not path or (self.only is not None and path not in self.only):
            return
        for rule in self.book.rules:
            if rule.readme and found >= rule.readme:
                self._match(Match(Finding(rule.skill, path, 1, f"README answers {found} of {len(points)} points", "used"), 5))

    def _best(self, skill: str) -> list[Finding]:
        """The strongest, in different files where there are any."""
        ranked = [match.finding for match in self._ranked(self.matches.pop(skill, []))]
        return [finding for finding in ranked if finding.strength == ranked[0].strength][:FINDINGS_PER_SKILL]

    def _ranked(self, matches: Iterable[Match]) -> list[Match]:
        """The best first: strong before weak, then one of each file before the second of any, code of the project before its tests."""
        own = [match for match in matches if not self._is_in_environment(match.finding.path)]
        own.sort(key=lambda match: (match.order, match.finding.path, match.finding.cell, match.finding.line))
        rounds: Counter[str] = Counter()
        ranked = []
        for match in own:
            path = match.finding.path
            rounds[path] += 1
            is_test = "test" in path.lower()
            ranked.append((STRENGTHS.index(match.finding.strength), rounds[path], match.order, is_test, path.count("/"), path, match))
        ranked.sort(key=lambda each: each[:-1])
        return [match for *_, match in ranked]

    def _is_in_environment(self, path: str) -> bool:
        return any(not folder or path.startswith(f"{folder}/") for folder in self.environments)

    def _remarks(self) -> Iterator[Remark]:
        if not self.files:
            yield Remark("empty")
        elif not self.has_python:
            yield Remark("no-python")
        for language, count in sorted(self.languages.items()):
            if not self.has_python or language in _TOLD_ALWAYS:
                yield Remark(f"language-{language}", count=count)
        for code in ("too-many-code-files", "vendored", "generated", "not-own"):
            if self.counts[code]:
                yield Remark(code, count=self.counts[code])
        for code, remarks in self.remarks.items():
            yield from remarks
            if (more := self.counts[code] - len(remarks)) > 0:
                yield Remark("more", count=more)
        for code, count in sorted(self.budget.passed_over.items()):
            yield Remark(code, count=count)


def _above(path: str) -> list[str]:
    """The folders that a file lies in, the nearest first, each with its slash; the root is empty."""
    parts = path.split("/")[:-1]
    return ["".join(f"{part}/" for part in parts[:length]) for length in range(len(parts), -1, -1)]


def _read_cells(reader: Reader, cells: Iterable[notebooks.Cell]) -> int:
    """Reads a notebook, and answers how many of its cells are broken."""
    broken = 0
    for cell in cells:
        try:
            if tree := notebooks.tree_of(cell):
                reader.read(*tree)
        except (SyntaxError, RecursionError, MemoryError):
            broken += 1
    reader.finish()
    return broken


def _decoded(data: bytes) -> tuple[str, bool]:
    """The text of a script, and whether it is in the encoding that it names (PEP 263; UTF-8 where it names none).

    Python refuses other bytes. They stand in words for people, as a rule, so that the code can be read all the same.
    """
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return data.decode(encoding).replace("\r\n", "\n"), True
    except (SyntaxError, UnicodeDecodeError):
        return data.decode("latin-1").replace("\r\n", "\n"), False


def _parsed(code: str) -> ast.Module:
    """The parse of a script. Colab writes notebooks as scripts in which shell commands still stand."""
    try:
        return parse(code)
    except SyntaxError:
        if not notebooks.has_magics(code):
            raise
        return parse(notebooks.without_magics(code))


def _is_python_2(data: bytes) -> bool:
    return bool(
        re.search(rb"(?m)^[ \t]*print[ \t]+[^\s(=]|^[ \t]*except[ \t]+[\w.]+,[ \t]*\w+[ \t]*:|^[ \t]*exec[ \t]+\"", data[: 64 * KB])
    )
