"""Packages that a repository lists: requirement files, pyproject.toml, setup.cfg, setup.py, Pipfile, conda's environment.yml."""

import ast
import configparser
import re
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from .limits import KB
from .paths import name_of
from .python import parse
from .yaml import load_yaml

LARGEST = 256 * KB
MOST = 2000
LONGEST = 500  # of one requirement
_REQUIREMENTS = re.compile(r"(?:.*[-_.])?requirements?(?:[-_.].*)?\.(?:txt|in|pip)", re.IGNORECASE)
_IN_FOLDER = re.compile(r"(?:^|/)requirements/[^/]+\.(?:txt|in)$", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
Listed = Iterator[tuple[str, int]]


class NotAManifest(Exception):
    """The file cannot be parsed as what its name says."""


def is_manifest(path: str) -> bool:
    name = name_of(path)
    if "constraint" in name.lower():
        return False
    return bool(
        name in ("pyproject.toml", "setup.cfg", "setup.py", "Pipfile", "environment.yml", "environment.yaml", "conda.yml", "conda.yaml")
        or _REQUIREMENTS.fullmatch(name)
        or _IN_FOLDER.search(path)
    )


def listed(path: str, data: bytes) -> dict[str, int]:
    """The packages by their normalised name, with the line that lists each. Raises `NotAManifest`."""
    name = name_of(path)
    text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", "replace")
    reader = _READERS.get(name) or (_environment if name.endswith((".yml", ".yaml")) else _requirement_lines)
    found: dict[str, int] = {}
    try:
        for package, line in islice(reader(text), MOST):
            found.setdefault(canonicalize_name(package), line)
    except Exception as error:  # every parser has its own kinds
        raise NotAManifest from error
    finally:
        _lines.cache_clear()
    return found


def _package(line: str) -> str:
    """The package that one requirement asks for, or nothing where it names none."""
    line = line.strip()
    if len(line) > LONGEST:
        return ""
    try:
        return Requirement(line).name
    except InvalidRequirement:
        # conda-build lines, `pandas = 1.0`, `pandas==1.0.*,`: the name is plain all the same.
        match = re.match(r"([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*(?:$|[=<>!~;@,(])", line)
        return match[1] if match and "/" not in line.partition("@")[0].partition(";")[0] else ""


def _requirement_lines(text: str) -> Listed:
    for number, written in enumerate(text.splitlines(), 1):
        if len(written) > 10 * LONGEST:
            continue
        line = re.sub(r"(?:^|\s)#.*|\s--hash=\S+", "", written).strip().rstrip("\\").strip()
        if not line or line.startswith("-"):
            egg = re.search(r"#egg=([A-Za-z0-9._-]+)", written) if line.startswith("-e") else None
            if egg:
                yield egg[1], number
            continue
        if package := _package(line):
            yield package, number


@lru_cache(maxsize=1)
def _lines(text: str) -> dict[str, int]:
    """The line on which each word of a file stands first, by its normalised name."""
    lines: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        for word in _NAME.findall(line):
            lines.setdefault(canonicalize_name(word), number)
    return lines


def _line_of(text: str, package: str) -> int:
    return _lines(text).get(canonicalize_name(package), 1)


def _each(text: str, packages: Any) -> Listed:
    for asked in packages if isinstance(packages, list) else ():
        if isinstance(asked, str) and (package := _package(asked)):
            yield package, _line_of(text, package)


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _pyproject(text: str) -> Listed:
    document = tomllib.loads(text)
    project = _mapping(document.get("project"))
    yield from _each(text, project.get("dependencies"))
    for group in [*_mapping(project.get("optional-dependencies")).values(), *_mapping(document.get("dependency-groups")).values()]:
        yield from _each(text, group)
    tool = _mapping(document.get("tool"))
    poetry = _mapping(tool.get("poetry"))
    tables = [poetry.get("dependencies"), poetry.get("dev-dependencies")]
    tables += [_mapping(group).get("dependencies") for group in _mapping(poetry.get("group")).values()]
    tables += [_mapping(tool.get("pixi")).get("dependencies"), _mapping(tool.get("pixi")).get("pypi-dependencies")]
    for table in tables:
        yield from ((package, _line_of(text, package)) for package in _mapping(table) if package.lower() != "python")
    yield from _each(text, _mapping(tool.get("uv")).get("dev-dependencies"))
    for group in _mapping(_mapping(tool.get("pdm")).get("dev-dependencies")).values():
        yield from _each(text, group)


def _pipfile(text: str) -> Listed:
    document = tomllib.loads(text)
    for table in ("packages", "dev-packages"):
        yield from ((package, _line_of(text, package)) for package in _mapping(document.get(table)))


def _setup_cfg(text: str) -> Listed:
    settings = configparser.ConfigParser(interpolation=None, strict=False)
    settings.read_string(text)
    lists = [settings.get("options", "install_requires", fallback="")]
    if settings.has_section("options.extras_require"):
        lists += [value for _, value in settings.items("options.extras_require")]
    for lines in lists:
        yield from _each(text, re.split(r"[\n;]", lines) if ";" not in lines else lines.split("\n"))


def _setup_py(text: str) -> Listed:
    """What is written as plain lists; whatever a setup.py computes is not known."""
    tree = parse(text)
    lists = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or "setup" not in (getattr(node.func, "id", ""), getattr(node.func, "attr", "")):
            continue
        for keyword in node.keywords:
            if keyword.arg in ("install_requires", "extras_require", "tests_require"):
                value = lists.get(keyword.value.id, keyword.value) if isinstance(keyword.value, ast.Name) else keyword.value
                values = value.values if isinstance(value, ast.Dict) else [value]
                for constant in (part for each in values for part in ast.walk(each) if isinstance(part, ast.Constant)):
                    if isinstance(constant.value, str) and (package := _package(constant.value)):
                        yield package, constant.lineno
        if node.keywords:
            return  # a file sets up one package


def _environment(text: str) -> Listed:
    if "dependencies" not in text:
        return
    dependencies = _mapping(load_yaml(text)).get("dependencies")
    for asked in dependencies if isinstance(dependencies, list) else ():
        if isinstance(asked, str):
            if (match := _NAME.match(asked.rpartition("::")[2].strip())) and match[0] not in ("python", "pip"):
                yield match[0], _line_of(text, match[0])
        else:
            yield from _each(text, _mapping(asked).get("pip"))


_READERS = {"pyproject.toml": _pyproject, "Pipfile": _pipfile, "setup.cfg": _setup_cfg, "setup.py": _setup_py}
