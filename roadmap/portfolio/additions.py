"""What apps above add to the page of a project: each by a name that the page knows."""

from collections.abc import Callable
from typing import Any

from accounts.models import Person

from .models import Project

Read = Callable[[Person, Project], Any]

_readers: dict[str, Read] = {}


def register(name: str, read: Read) -> None:
    """How an app above says what it adds: `read` is given who looks and at what, each time that the page is made."""
    _readers[name] = read


def additions(person: Person, project: Project) -> dict[str, Any]:
    """What stands on the page beside what is the portfolio's own, by name."""
    return {name: read(person, project) for name, read in _readers.items()}
