"""What a repository holds, as a stream of files: from a folder, a `.tar.gz` or a `.zip`. Nothing is written, nothing is run."""

import os
import stat
import tarfile
import time
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Protocol

from .limits import KB, Limits
from .paths import is_version_control
from .report import Unreadable

# A longer name or set of attributes belongs to no repository; tarfile would read it whole into memory.
LONGEST_HEADER = 64 * KB
MOST_ATTRIBUTES = 100
BLOCK = 64 * KB


class Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Entry:
    """One regular file. `read(n)` answers its first n bytes at most, once, before the next entry is asked for."""

    path: str
    size: int
    read: Callable[[int], bytes]


@dataclass(slots=True)
class Budget:
    """What of the limits is used up, and what was passed over (by the code of its remark)."""

    limits: Limits
    entries: int = 0
    unpacked: int = 0
    passed_over: Counter[str] = field(default_factory=Counter)
    ends: float = 0

    def __post_init__(self) -> None:
        self.ends = time.monotonic() + self.limits.seconds

    def entry(self, size: int = 0) -> None:
        self.entries += 1
        if self.entries > self.limits.entries:
            raise Unreadable("entries")
        self.unpack(size)

    def unpack(self, size: int) -> None:
        self.unpacked += size
        if self.unpacked > self.limits.unpacked:
            raise Unreadable("unpacked-size")
        self.check_time()

    def check_time(self) -> None:
        if time.monotonic() > self.ends:
            raise Unreadable("time")

    def accepts(self, path: str) -> bool:
        """Whether the path is one that a repository may hold; otherwise it is counted as passed over."""
        parts = path.split("/")
        if not path or path.startswith("/") or "\\" in path or any(part in ("", ".", "..") for part in parts):
            self.passed_over["unsafe-path"] += 1
            return False
        if len(parts) > self.limits.depth or len(path) > 1024:
            self.passed_over["path-too-deep"] += 1
            return False
        return not is_version_control(path)


def folder(root: Path, budget: Budget) -> Iterator[Entry]:
    """The files of a folder by name; links are not followed."""
    if not root.is_dir():
        raise Unreadable("not-a-folder")
    waiting = [""]
    while waiting:
        below = waiting.pop()
        try:
            with os.scandir(root / below) as found:
                entries = sorted(found, key=lambda entry: entry.name, reverse=True)
        except OSError:
            budget.passed_over["not-allowed"] += 1
            continue
        for entry in reversed(entries):
            path = clean(f"{below}/{entry.name}" if below else entry.name)
            if entry.is_symlink():
                budget.passed_over["link"] += 1
            elif entry.is_file(follow_symlinks=False):
                size = entry.stat(follow_symlinks=False).st_size
                budget.entry()
                if budget.accepts(path):
                    yield Entry(path, size, _reader_of_file(entry.path, budget))
        waiting += [
            f"{below}/{entry.name}" if below else entry.name
            for entry in entries
            if entry.is_dir(follow_symlinks=False) and not is_version_control(entry.name) and below.count("/") < budget.limits.depth
        ]


def tar_gz(stream: Stream, budget: Budget) -> Iterator[Entry]:
    """The files of a packed tar archive, in its order, from a stream that is read once. The folder that it begins with is stripped."""
    unpacked = _Unpacked(stream, budget)
    root: str | None = None
    with _unpacking():
        with tarfile.open(fileobj=unpacked, mode="r|", tarinfo=_Member, errors="surrogateescape") as archive:  # type: ignore[call-overload]
            while member := archive.next():
                archive.members = []  # the index would grow with the archive
                name = clean(member.name)
                if root is None:
                    root = _top(name, is_folder=member.isdir())
                budget.entry()
                if member.isdir():
                    continue
                if member.isreg() and budget.unpacked + member.size > budget.limits.unpacked:
                    raise Unreadable("unpacked-size")  # before the bytes are gone through
                if not member.isreg() or member.issparse():
                    budget.passed_over["link" if member.issym() or member.islnk() else "unsafe-path"] += 1
                    continue
                path = name.removeprefix(root).removeprefix("./")
                if budget.accepts(path):
                    yield Entry(path, member.size, _reader_of_member(archive, member))
        unpacked.drain()


def zip_file(file: IO[bytes], budget: Budget) -> Iterator[Entry]:
    """The files of a `.zip`; a folder that holds all is stripped, as in the archives that GitHub makes."""
    with _unpacking(), zipfile.ZipFile(file) as archive:
        if len(archive.infolist()) > budget.limits.entries:
            raise Unreadable("entries")
        members = [member for member in archive.infolist() if not member.is_dir()]
        tops = {member.filename.split("/")[0] if "/" in member.filename else "" for member in members}
        root = f"{tops.pop()}/" if len(tops) == 1 and "" not in tops else ""
        for member in members:
            budget.entry()
            kind = stat.S_IFMT(member.external_attr >> 16)
            if (
                kind not in (0, stat.S_IFREG)
                or member.flag_bits & 1
                or member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
            ):
                budget.passed_over["link" if kind == stat.S_IFLNK else "unsafe-path"] += 1
                continue
            path = clean(member.filename.removeprefix(root))
            if budget.accepts(path):
                yield Entry(path, member.file_size, _reader_of_zipped(archive, member, budget))


@contextmanager
def _unpacking() -> Iterator[None]:
    """Tells what the bytes of a broken archive lead tarfile, zipfile and zlib to in our own words."""
    try:
        yield
    except (Unreadable, MemoryError):
        raise
    except _Cut as cut:
        raise Unreadable("cut-off") from cut
    except Exception as error:
        raise Unreadable("not-an-archive") from error


def clean(path: str) -> str:
    """A path that can be shown and sent: without control characters and halves of characters."""
    text = path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


def _top(name: str, *, is_folder: bool) -> str:
    """The folder that an archive wraps everything in, with its slash, as the first entry tells: `owner-repository-1a2b3c/`."""
    first, slash, _ = name.partition("/")
    return f"{first}/" if first not in ("", ".", "..") and (slash or is_folder) else ""


class _Cut(Exception):
    """The packed bytes end in the middle."""


class _Member(tarfile.TarInfo):
    """A tar header that refuses to read names and attributes of absurd length."""

    def _proc_member(self, archive: tarfile.TarFile) -> tarfile.TarInfo:
        is_header = self.type in (
            tarfile.XHDTYPE,
            tarfile.XGLTYPE,
            tarfile.SOLARIS_XHDTYPE,
            tarfile.GNUTYPE_LONGNAME,
            tarfile.GNUTYPE_LONGLINK,
        )
        if self.size < 0 or (is_header and self.size > LONGEST_HEADER):
            raise tarfile.ReadError("header too long")
        if len(archive.pax_headers) > MOST_ATTRIBUTES:
            raise tarfile.ReadError("too many attributes for all")
        return super()._proc_member(archive)  # type: ignore[misc]


class _Unpacked:
    """Unpacks gzip from a stream, counting what comes in and what goes out."""

    def __init__(self, stream: Stream, budget: Budget) -> None:
        self._stream, self._budget = stream, budget
        self._packed = 0
        self._waiting = b""
        self._unpacker = zlib.decompressobj(wbits=31)

    def read(self, size: int) -> bytes:
        pieces, wanted = [], size
        while wanted > 0 and (piece := self._some(min(wanted, BLOCK))):
            pieces.append(piece)
            wanted -= len(piece)
        return b"".join(pieces)

    def drain(self) -> None:
        """Reads to the end, so that bytes after the archive are counted and a cut is noticed."""
        while self._some(BLOCK):
            pass

    def _some(self, size: int) -> bytes:
        while True:
            if not self._waiting:
                self._waiting = self._stream.read(BLOCK)
                self._packed += len(self._waiting)
                if self._packed > self._budget.limits.packed:
                    raise Unreadable("packed-size")
                if not self._waiting:
                    if not self._unpacker.eof:
                        raise _Cut if self._packed else zlib.error("empty")
                    return b""
            if self._unpacker.eof:
                if not self._waiting.lstrip(b"\0"):
                    self._waiting = b""
                    continue
                self._unpacker = zlib.decompressobj(wbits=31)
            piece = self._unpacker.decompress(self._waiting, size)
            self._waiting = self._unpacker.unused_data or self._unpacker.unconsumed_tail
            self._budget.unpack(len(piece))
            if piece:
                return piece


def _reader_of_file(path: str, budget: Budget) -> Callable[[int], bytes]:
    def read(size: int) -> bytes:
        try:
            handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
            with os.fdopen(handle, "rb") as file:
                data = file.read(size)
        except OSError:
            budget.passed_over["not-allowed"] += 1
            return b""
        budget.unpack(len(data))
        return data

    return read


def _reader_of_member(archive: tarfile.TarFile, member: tarfile.TarInfo) -> Callable[[int], bytes]:
    def read(size: int) -> bytes:
        with _unpacking():
            file = archive.extractfile(member)
            return file.read(size) if file else b""

    return read


def _reader_of_zipped(archive: zipfile.ZipFile, member: zipfile.ZipInfo, budget: Budget) -> Callable[[int], bytes]:
    def read(size: int) -> bytes:
        with _unpacking(), archive.open(member) as file:
            data = file.read(size)
        budget.unpack(len(data))
        return data

    return read
