"""Repositories that the loopback GitHub serves: from folders or from texts, with commits that follow from their content."""

import gzip
import hashlib
import io
import re
import tarfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

_LANGUAGES = {
    ".css": "CSS", ".html": "HTML", ".ipynb": "Jupyter Notebook", ".js": "JavaScript", ".py": "Python", ".r": "R", ".sh": "Shell",
}  # fmt: skip
_LICENCES = {"MIT License": "MIT", "Apache License": "Apache-2.0", "GNU GENERAL PUBLIC LICENSE": "GPL-3.0"}


@dataclass(frozen=True)
class Hosted:
    """A repository at one commit. `parent` is what it was forked from and `former_names` lead to it; all three are "owner/name"."""

    full_name: str
    files: Mapping[str, bytes]
    description: str = ""
    branch: str = "main"
    parent: str = ""
    own_commits: int = 1
    former_names: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    is_private: bool = False
    is_archived: bool = False
    committed_at: datetime = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
    sha: str = field(init=False)

    def __post_init__(self) -> None:
        digest = hashlib.sha1(self._first_name.encode(), usedforsecurity=False)
        for path, content in sorted(self.files.items()):
            digest.update(f"\0{path}\0{len(content)}\0".encode() + content)
        object.__setattr__(self, "sha", digest.hexdigest())

    @classmethod
    def of(cls, full_name: str, files: Mapping[str, str | bytes], **more: object) -> "Hosted":
        """A repository of texts: {path: text}."""
        return cls(full_name, {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}, **more)  # type: ignore[arg-type]

    @classmethod
    def read(cls, folder: Path, **more: object) -> "Hosted":
        """A repository from the folder <owner>/<name>, described by the first sentence of its README."""
        files = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and "__pycache__" not in path.parts
        }
        return cls(f"{folder.parent.name}/{folder.name}", files, **({"description": _described(files)} | more))  # type: ignore[arg-type]

    @property
    def id(self) -> int:
        return int(hashlib.sha1(self._first_name.lower().encode(), usedforsecurity=False).hexdigest()[:7], 16)

    @property
    def _first_name(self) -> str:
        """What number and commit hang on, so that a rename changes neither."""
        return (self.former_names or (self.full_name,))[0]

    @property
    def languages(self) -> dict[str, int]:
        """Bytes by language, the most first."""
        sizes: Counter[str] = Counter()
        for path, content in self.files.items():
            if language := _LANGUAGES.get(PurePosixPath(path).suffix.lower()):
                sizes[language] += len(content)
        return dict(sizes.most_common())

    @property
    def licence(self) -> str:
        """The SPDX identifier, NOASSERTION for a text that is not known, empty without one."""
        text = next((content for path, content in self.files.items() if path.upper() in ("LICENSE", "LICENSE.TXT", "LICENSE.MD")), b"")
        head = text[:200].decode(errors="replace")
        return next((spdx for title, spdx in _LICENCES.items() if title in head), "NOASSERTION" if text else "")

    def archive(self) -> bytes:
        """What GitHub packs: everything in one folder that is named for owner, name and commit."""
        folder = f"{self.full_name.replace('/', '-')}-{self.sha[:7]}"
        packed = io.BytesIO()
        with (
            gzip.GzipFile(fileobj=packed, mode="wb", mtime=0, compresslevel=6) as squeezed,
            tarfile.open(fileobj=squeezed, mode="w", format=tarfile.PAX_FORMAT, pax_headers={"comment": self.sha}) as tar,
        ):
            for path, content in sorted(self.files.items()):
                member = tarfile.TarInfo(f"{folder}/{path}")
                member.size, member.mtime, member.mode = len(content), int(self.committed_at.timestamp()), 0o664
                tar.addfile(member, io.BytesIO(content))
        return packed.getvalue()


def _described(files: Mapping[str, bytes]) -> str:
    lines = files.get("README.md", b"").decode().splitlines()
    first = next((line for line in lines if line and not line.startswith(("#", "!", "[", "<"))), "")
    return re.split(r"(?<=[.?])\s", first)[0].removesuffix(".")
