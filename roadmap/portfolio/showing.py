"""What the page of a project says of its evidence, in the order of the staircase."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.utils.formats import time_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import Person
from roadmap.curriculum.snapshot import SkillView, Snapshot
from roadmap.progress.models import Mark, State, state_label
from roadmap.progress.services import Climb

from . import words
from .models import Evidence, Inspection, Project

_PLACE = ("path", "line", "cell", "seen")


@dataclass(frozen=True, slots=True)
class Place:
    """A line of the project's code, with its address on GitHub at the commit that was read."""

    path: str
    line: int
    cell: int
    seen: str
    url: str


@dataclass(frozen=True, slots=True)
class Found:
    """One skill in one project: what was found, how strongly it speaks (in words), what its learner says of it (`Evidence.answer`)."""

    skill: SkillView
    strength: str
    answer: str
    is_gone: bool
    places: tuple[Place, ...]
    confirmed_at: datetime | None
    state: str
    state_word: str
    # A mentor's word on the skill: who and since when; empty without one.
    mentor: str
    mentor_since: datetime | None


def found_in(project: Project, curriculum: Snapshot, climb: Climb, evidence: Iterable[Evidence]) -> list[Found]:
    """The evidence of a project, in the order of the staircase. What has left the roadmap is not shown."""
    rows = {row.skill_id: row for row in evidence}
    words_of = _mentors_words(project, climb.confirmed & rows.keys())
    return [_found(project, skill, rows[skill.id], climb, *words_of.get(skill.id, ("", None))) for skill in curriculum if skill.id in rows]


@dataclass(frozen=True, slots=True)
class SkillEvidence:
    """A project of a learner that has something to say of one skill, and where."""

    project: Project
    place: Place
    answer: str


def evidence_of(learner: Person, skill: SkillView) -> list[SkillEvidence]:
    """Where a learner's projects show a skill or may show it; one statement. What is declined or gone, and unconfirmed, is left out."""
    rows = Evidence.objects.of(learner).filter(skill_id=skill.id, declined_at=None).select_related("project")
    return [
        SkillEvidence(row.project, _place(row.project, row.commit, {name: getattr(row, name) for name in _PLACE}), row.answer)
        for row in rows.order_by("-confirmed_at", "found_at")
        if row.confirmed_at or not row.gone_at
    ]


def signs_of(skill: SkillView) -> list[str]:
    """What in code shows a skill: a few names and patterns, as its rule has them, for the page of the skill."""
    rule = skill.evidence
    return [*rule.get("calls", ())[:4], *rule.get("imports", ())[:2], *rule.get("files", ())[:3]][:6]


def line_url(repository: str, commit: str, path: str, line: int) -> str:
    """The line on GitHub, at the commit that was read. GitHub shows the lines of a notebook only when asked for it plainly."""
    query = "?plain=1" if path.endswith((".md", ".ipynb")) else ""
    return f"{settings.GITHUB_URL}/{repository}/blob/{commit}/{quote(path)}{query}#L{line}"


def strength_words(strength: str) -> str:
    """What a strength means, in words."""
    return {"used": _("used in the code"), "imported": _("imported, and not used"), "listed": _("only listed as a requirement")}[strength]


def _mentors_words(project: Project, skills: Collection[int]) -> dict[int, tuple[str, datetime | None]]:
    """Who confirmed these skills of the project's learner, and when; no statement where there are none."""
    if not skills:
        return {}
    marks = Mark.objects.filter(learner=project.learner_id, skill__in=skills, state=State.DONE).exclude(confirmed_at=None)
    return {skill: (name, since) for skill, name, since in marks.values_list("skill_id", "confirmed_by", "confirmed_at")}


def _found(project: Project, skill: SkillView, row: Evidence, climb: Climb, mentor: str, mentor_since: datetime | None) -> Found:
    best = {name: getattr(row, name) for name in _PLACE}
    places = tuple(_place(project, row.commit, place) for place in (best, *row.also))
    state = climb.state(skill.id)
    return Found(
        skill=skill,
        strength=strength_words(row.strength),
        answer=row.answer,
        is_gone=row.gone_at is not None,
        places=places,
        confirmed_at=row.confirmed_at,
        state=state,
        state_word=state_label(state),
        mentor=mentor,
        mentor_since=mentor_since,
    )


def _place(project: Project, commit: str, place: dict[str, Any]) -> Place:
    return Place(**{name: place[name] for name in _PLACE}, url=line_url(project.repository, commit, place["path"], place["line"]))


@dataclass(frozen=True, slots=True)
class ReadingWords:
    """The state of a reading as a sentence, and the mark that stands before it."""

    icon: str
    kind: str
    sentence: str


def reading_words(inspection: Inspection) -> ReadingWords:
    """How far the reading of a repository is, in a sentence that says what happens next or what to do."""
    state, due = inspection.state, inspection.next_try_at
    at = time_format(localtime(due), "TIME_FORMAT") if due else ""
    states = Inspection.State
    if state == states.WAITING:
        return ReadingWords("clock", "sun", _("Waiting to be read. Mostly this takes less than a minute."))
    if state == states.READING:
        return ReadingWords("clock", "sun", _("Reading the code …"))
    if state == states.RATE_LIMITED:
        return ReadingWords("clock", "sun", _("GitHub asks us to wait. We go on at %(time)s UTC, by ourselves.") % {"time": at})
    if state == states.UNREACHABLE:
        return ReadingWords("alert", "sun", _("GitHub isn’t answering. We try again at %(time)s UTC, by ourselves.") % {"time": at})
    if state == states.READ:
        return ReadingWords("done", "", "")
    return ReadingWords("alert", "bad", str(_END[state]) if state in _END else words.unreadable(inspection.problem))


_END: dict[str, Any] = {
    Inspection.State.NOT_FOUND: _lazy(
        "GitHub has no public repository at this address. If it’s private, make it public and read it again; if the name is wrong, attach the right one and delete this project."
    ),
    Inspection.State.PRIVATE: _lazy("This repository is private, so we can’t read it. Make it public on GitHub, and read it again."),
    Inspection.State.EMPTY: _lazy("This repository is empty. Push your first commit, and read it again."),
    Inspection.State.BLOCKED: _lazy("GitHub has blocked this repository, so nobody can read it there."),
}


@dataclass(frozen=True, slots=True)
class ChecklistPoint:
    """A point of the README checklist: where it was found, or what to write."""

    title: str
    is_found: bool
    says: str


def readme_points(inspection: Inspection) -> list[ChecklistPoint]:
    """The README checklist of the last reading, in its order."""
    return [
        ChecklistPoint(
            title=str(words.README[point["key"]].title),
            is_found=point["is_found"],
            says=point["seen"] if point["is_found"] else str(words.README[point["key"]].missing),
        )
        for point in inspection.readme
        if point["key"] in words.README
    ]


def remarks(inspection: Inspection) -> list[str]:
    """What one should know about the last reading, as sentences."""
    return [words.remark(**remark) for remark in inspection.remarks if remark["code"] in words.REMARKS]


def keys(project: Project, inspection: Inspection) -> list[tuple[str, str, int, str]]:
    """Secrets that were committed: what kind, where, and the address of the line. Never their values."""
    return [
        (
            str(words.KEYS.get(key["kind"], _("A secret"))),
            key["path"],
            key["line"],
            line_url(project.repository, inspection.commit, key["path"], key["line"]),
        )
        for key in inspection.keys
    ]
