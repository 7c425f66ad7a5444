"""What one viewer may see of one portfolio: the only door to it. Page, badge, résumé, paper, README, ZIP and picture are made from this."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

# How well a skill is backed: the learner's word, found in code, a mentor's word.
Level = Literal["claimed", "shown", "confirmed"]


@dataclass(frozen=True, slots=True)
class ShownSkill:
    """A skill as the portfolio says it. `confirmed_by` is the mentor's name; `projects` are slugs of listed projects that show it."""

    slug: str
    title: str
    number: str
    stage_number: int
    stage_short: str
    level: Level
    since: datetime
    confirmed_by: str = ""
    projects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ShownEvidence:
    """A confirmed place in a project's code. `url` is the line on GitHub, at the commit that was read."""

    skill: str
    title: str
    level: Level
    seen: str
    path: str
    line: int
    cell: int
    url: str


@dataclass(frozen=True, slots=True)
class ShownProject:
    """A project that its learner has chosen for the portfolio. `answers` are (question, Markdown); only of a finished project."""

    slug: str
    title: str
    summary: str
    url: str
    repository: str
    demo_url: str
    writeup_url: str
    post_url: str
    idea: str
    languages: tuple[str, ...]
    licence: str
    committed_at: datetime | None
    created_at: datetime
    finished_at: datetime | None
    answers: tuple[tuple[str, str], ...]
    evidence: tuple[ShownEvidence, ...]


@dataclass(frozen=True, slots=True)
class StepProgress:
    """How far a learner is with one step of the staircase. `states` are those of its blocks, in order."""

    number: int
    title: str
    short: str
    done: int
    total: int
    confirmed: int
    states: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Portfolio:
    """Everything that a viewer may know. Empty texts are what the learner does not say; `email` and `steps` are there when shared."""

    handle: str
    name: str
    headline: str
    about: str
    place: str
    open_to: str
    email: str
    github: str
    linkedin_url: str
    website_url: str
    address: str
    is_public: bool
    is_preview: bool
    joined_at: datetime
    changed_at: datetime
    skills: tuple[ShownSkill, ...]
    projects: tuple[ShownProject, ...]
    steps: tuple[StepProgress, ...]

    def count(self, level: Level) -> int:
        """How many of the shown skills stand on this level."""
        return sum(skill.level == level for skill in self.skills)

    def titles(self) -> Mapping[str, str]:
        """The titles of the listed projects, by slug."""
        return {project.slug: project.title for project in self.projects}
