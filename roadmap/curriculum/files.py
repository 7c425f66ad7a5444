"""Content files on disk: reading them with sentences for every mistake, and writing them so that no half file is ever seen."""

import hashlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from . import schema
from .sections import Entry, Picture, Section, kinds, sections

CONTENT = Path(__file__).parent / "content"


class ContentError(Exception):
    """The content cannot be used as it is: `problems` are sentences that say what to write instead."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(self.problems))


def read_files(content: Path) -> dict[str, bytes]:
    """All content files by their path in the folder, in the order of their names."""
    if not content.is_dir():
        raise ContentError([f"{content} is no folder: name the one that holds the content files."])
    files = {}
    for section in sections():
        for file in sorted(content.glob(section.pattern)):
            files[file.relative_to(content).as_posix()] = file.read_bytes()
    return files


def digests(files: dict[str, bytes]) -> dict[str, str]:
    return {path: hashlib.sha256(text).hexdigest() for path, text in files.items()}


def parse(files: dict[str, bytes]) -> Picture:
    """What the files say. Raises `ContentError` with every mistake of every file."""
    picture: Picture = {}
    problems: list[str] = []
    for path, text in files.items():
        for entry in _entries(path, text, problems):
            if (other := picture.setdefault(entry.ref, entry)) is not entry:
                problems.append(_duplicate(entry, other))
    if problems:
        raise ContentError(problems)
    return picture


def load_yaml(text: bytes | str) -> Any:
    return YAML(typ="safe", pure=True).load(text)


def section_of(path: str) -> Section:
    return next(section for section in sections() if Path(path).match(section.pattern))


def write_files(content: Path, texts: dict[str, str | None]) -> None:
    """Writes each file whole (None takes it away): whoever reads sees the old one or the new one."""
    for path, text in texts.items():
        file = content / path
        if text is None:
            file.unlink(missing_ok=True)
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as temporary:
                temporary.write(text)
                temporary.flush()
                os.fsync(temporary.fileno())
            os.chmod(name, file.stat().st_mode & 0o777 if file.exists() else 0o644)
            os.replace(name, file)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def _entries(path: str, text: bytes, problems: list[str]) -> Iterable[Entry]:
    section = section_of(path)
    try:
        document = load_yaml(text.decode("utf-8"))
        return section.entries(path, section.schema.model_validate(document))
    except UnicodeDecodeError as error:
        problems.append(f"{path}: byte {error.start + 1} isn't UTF-8; save the file as UTF-8.")
    except DuplicateKeyError as error:
        problems.append(f"{path}, line {error.problem_mark.line + 1}: {str(error.problem).split(' with value')[0]}; keep one of them.")
    except MarkedYAMLError as error:
        line = (error.problem_mark or error.context_mark).line + 1
        problems.append(
            f"{path}, line {line}: isn't YAML: {error.problem or error.context}. Indent by two, and put text with a colon or quote into quotes."
        )
    except YAMLError as error:
        problems.append(f"{path}: isn't YAML: {error}. Save it as UTF-8 text.")
    except ValidationError as error:
        problems.extend(schema.describe(path, document, error))
    return ()


def _duplicate(entry: Entry, other: Entry) -> str:
    kind = kinds()[entry.kind]
    where = f"in {other.path}" if other.path != entry.path else "in this file"
    if not kind.is_counted:
        return f"{entry.path}: {other.path} is such a file already; keep one."
    if kind.owner:
        owner, key = entry.key.split("/")
        return f"{entry.path}, {kinds()[kind.owner].noun} {owner}: the {kind.noun} key {key!r} is used twice; give one of them another."
    if entry.is_retired or other.is_retired:
        return f"{entry.path}, {kind.noun} {entry.key}: is both on the roadmap and retired ({where}); keep one of the entries."
    return f"{entry.path}, {kind.noun} {entry.key}: the slug is used {where} as well; choose another."
