"""Whether something is in a file: an empty file, a placeholder or a header alone shows nothing."""

import re
from collections.abc import Callable
from typing import Any

from .limits import KB
from .paths import name_of
from .yaml import NotYaml, load_yaml

# How much of a file is looked at.
HEAD = 64 * KB
# Of SQL, whose lexer is slow.
SQL = 8 * KB
PLACEHOLDERS = frozenset({".gitkeep", ".keep", ".placeholder", ".ds_store", "thumbs.db", ".gitignore~"})
# Files of which one line says something, and those of which three words do.
_LIST = re.compile(r"(?i)requirements.*|\.python-version|runtime\.txt|.*\.dvc")
_SHORT = re.compile(r"(?i)\.gitignore|\.dockerignore|\.gitattributes|procfile|.*\.(?:in|toml|ini|cfg|example)")
_BINARY = re.compile(
    r"(?i).*\.(?:parquet|feather|joblib|pkl|pickle|pt|pth|ckpt|h5|hdf5|keras|onnx|safetensors|bin|npy|npz|db|sqlite3?|png|jpe?g|gif|svg|webp|pdf|docx|pptx|xlsx|zip|gz|tf|pb|tflite|model|drawio)"
)
_COMMENT = re.compile(r"^\s*(?:#|//|--|;|/\*|\*(?:\s|/|$)|<!--|%)")


def has_substance(path: str, size: int, head: bytes) -> bool:
    """Whether a file that is no Python code and no notebook holds what its name promises. `head` is its beginning."""
    name = name_of(path).lower()
    if name in PLACEHOLDERS or size == 0:
        return False
    if _BINARY.fullmatch(name):
        return size >= 64
    if b"\0" in head[:1024]:
        return head[:2] in (b"\xff\xfe", b"\xfe\xff") or "." not in name
    text = head.decode("utf-8", "replace")
    if check := _check(path, name):
        return check(text)
    lines = [line.strip() for line in text.splitlines() if line.strip() and not _COMMENT.match(line)]
    if _LIST.fullmatch(name):
        return bool(lines)
    if _SHORT.fullmatch(name):
        return len(re.findall(r"\w+", " ".join(lines))) >= 3
    if name.endswith((".md", ".rst", ".txt", ".qmd", ".rmd")):  # a heading is a line of prose too
        lines = [line.strip() for line in text.splitlines() if any(letter.isalnum() for letter in line)]
        return len(lines) >= 3 or len(re.findall(r"\w+", " ".join(lines))) >= 10
    return len(lines) >= 3 or sum(len(line) for line in lines) >= 80


def _check(path: str, name: str) -> Callable[[str], bool] | None:
    if name.startswith("dockerfile") or name.endswith(".dockerfile"):
        return lambda text: bool(re.search(r"(?im)^\s*FROM\s+\S", text))
    if name == "makefile":
        return lambda text: bool(re.search(r"(?m)^[\w./%-]+\s*:(?!=)", text))
    if name.endswith(".sql"):
        return has_query
    if name.endswith((".yml", ".yaml")):
        if ".github/workflows/" in path.lower():
            return lambda text: bool(_yaml(text, "jobs"))
        if "compose" in name:
            return lambda text: bool(_yaml(text, "services"))
        if name == ".gitlab-ci.yml":
            return lambda text: any(isinstance(job, dict) and "script" in job for job in _document(text).values())
        if name.startswith(".pre-commit-config"):
            return lambda text: bool(_yaml(text, "repos"))
        if name == "dvc.yaml":
            return lambda text: bool(_yaml(text, "stages"))
    if name.startswith(("license", "licence", "copying")):
        return lambda text: len(text.split()) >= 10
    return None


def _document(text: str) -> dict[str, Any]:
    try:
        document = load_yaml(text)
    except NotYaml:
        return {}
    return document if isinstance(document, dict) else {}


def _yaml(text: str, key: str) -> Any:
    return _document(text).get(key)


def has_query(text: str) -> bool:
    """Whether SQL asks something: a SELECT outside comments and strings. Files that only create and fill tables are dumps."""
    from sqlparse import tokens
    from sqlparse.exceptions import SQLParseError
    from sqlparse.lexer import tokenize

    words = 0
    try:
        for kind, value in tokenize(text[:SQL]):
            if kind in tokens.Keyword.DML and value.upper() == "SELECT":
                words = 1
            elif words and kind not in tokens.Whitespace and kind not in tokens.Comment:
                words += 1
                if words >= 3:
                    return True
    except (SQLParseError, RecursionError):
        return False
    return False
