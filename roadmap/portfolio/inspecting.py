"""One reading of one repository: ask GitHub, stream the archive through detection, write down what was found.

Every end is a state that the page can say: read, or the reason why not and when the next try is due. It is safe to run twice and
to be killed anywhere: the state says "reading" until something is written, and the sweep of jobs runs it again.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from hashlib import sha256
from random import uniform
from typing import Any

import structlog
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from roadmap.curriculum import snapshot
from roadmap.stages.models import Skill

from .detection.child import read_in_child
from .detection.report import STRENGTHS, Finding, Remark, Report, Rule, Unreadable
from .detection.rules import rules_of
from .github.client import Client, NotChanged, RepositoryFacts, client_from_settings
from .github.troubles import Blocked, Empty, NotFound, Private, RateLimited, TooLarge, Trouble, Unreachable
from .models import Evidence, Host, Inspection, Project

log = structlog.get_logger(__name__)

# Minutes until the next try where GitHub does not answer; after the last the reading has failed.
WAITS = (1, 5, 20, 60, 240, 720)
# Failures in a row after which GitHub is left alone, and for how long.
BREAKS_AFTER = 5
PAUSE = timedelta(minutes=5)
# Places that are kept of one skill, the best first.
MOST_PLACES = 5

_ENDS: dict[type[Trouble], str] = {
    NotFound: Inspection.State.NOT_FOUND,
    Private: Inspection.State.PRIVATE,
    Empty: Inspection.State.EMPTY,
    Blocked: Inspection.State.BLOCKED,
    TooLarge: Inspection.State.TOO_LARGE,
}
_TOO_LARGE = ("packed-size", "unpacked-size", "entries")


def inspect_project(project_id: str, *, ask: Callable[[], Client] = client_from_settings) -> datetime | None:
    """Reads the project's repository, asking the GitHub that `ask` makes a client of. Where it has to wait, returns when the next try is due."""
    inspection = _begin(project_id)
    if inspection is None:
        return None
    project = inspection.project
    try:
        if paused_until := _paused_until():
            raise RateLimited(paused_until)
        _read(project, inspection, ask)
    except RateLimited as limit:
        return _wait(inspection, limit.until)
    except Unreachable as trouble:
        return _try_later(inspection, trouble)
    except Trouble as end:
        _end(inspection, _ENDS[type(end)], end.code)
    except Unreadable as end:
        _end(inspection, Inspection.State.TOO_LARGE if end.code in _TOO_LARGE else Inspection.State.FAILED, end.code)
    _host().update(failures=0, paused_until=None)
    return None


def current_rules() -> list[Rule]:
    """The rules of the published curriculum, in the order of the staircase."""
    return rules_of({skill.slug: skill.evidence for skill in snapshot.current()})


def record(*, project: Project, report: Report, commit: str, facts: Mapping[str, Any]) -> None:
    """Writes one reading down: new suggestions, what was found again, and what is no longer there. Confirmed evidence stays.

    `facts` are fields of the inspection. Only the first of two readings that end at the same moment writes what is new.
    """
    found: dict[str, list[Finding]] = {}
    for finding in report.findings:
        found.setdefault(finding.skill, []).append(finding)
    ids = dict(Skill.objects.filter(slug__in=found).values_list("slug", "pk"))
    now = timezone.now()
    with transaction.atomic():
        inspection = Inspection.objects.select_for_update().get(project=project)
        held = {row.skill_id: row for row in Evidence.objects.filter(project=project)}
        rows = [_evidence(project, ids[skill], places, commit) for skill, places in found.items() if skill in ids]
        Evidence.objects.bulk_create([row for row in rows if row.skill_id not in held], ignore_conflicts=True)
        again = [_renewed(held[row.skill_id], row) for row in rows if row.skill_id in held]
        Evidence.objects.bulk_update(again, ["strength", "path", "line", "cell", "seen", "commit", "also", "gone_at"])
        gone = Evidence.objects.filter(project=project).exclude(skill__in=ids.values())
        gone.filter(confirmed_at=None, declined_at=None).delete()
        gone.filter(gone_at=None).update(gone_at=now)
        for name, value in {
            **facts,
            "state": Inspection.State.READ,
            "problem": "",
            "next_try_at": None,
            "tries": 0,
            "read_at": now,
            "commit": commit,
            "readme": [asdict(point) for point in report.readme],
            "keys": [asdict(key) for key in report.keys],
            "remarks": [asdict(remark) for remark in report.remarks],
        }.items():
            setattr(inspection, name, value)
        inspection.save()


def _begin(project_id: str) -> Inspection | None:
    """The inspection, marked as being read; None where there is nothing to read any more."""
    wanted = Inspection.objects.filter(pk=project_id, project__deleted_at=None, state__in=Inspection.UNDER_WAY)
    if not wanted.update(state=Inspection.State.READING, began_at=timezone.now(), tries=F("tries") + 1):
        return None
    return Inspection.objects.select_related("project").get(pk=project_id)


def _read(project: Project, inspection: Inspection, ask: Callable[[], Client]) -> None:
    rules = current_rules()
    digest = sha256(json.dumps([asdict(rule) for rule in rules], sort_keys=True).encode()).hexdigest()
    owner, name = project.repository.split("/")
    with ask() as client:
        # What was read under other rules is read again, whatever GitHub says of changes.
        facts = client.repository(owner, name, etag=inspection.etag if inspection.rules == digest else "")
        if isinstance(facts, NotChanged):
            _settle(inspection)
            return
        _follow_rename(project, f"{facts.owner}/{facts.name}")
        only, remarks = _own_files(client, facts)
        archive = client.archive(facts.owner, facts.name, facts.head)
        report = Report() if only is not None and not only else read_in_child(archive, rules, only=only)
    record(
        project=project,
        report=replace(report, remarks=(*remarks, *report.remarks)),
        commit=facts.head,
        facts={
            "etag": facts.etag[:200],
            "rules": digest,
            "committed_at": facts.committed_at,
            "branch": facts.default_branch[:250],
            "description": facts.description[:350],
            "licence": facts.licence[:40],
            "fork_of": f"{facts.parent.owner}/{facts.parent.name}" if facts.parent else "",
            "languages": dict(facts.languages),
            "topics": list(facts.topics),
        },
    )


def _own_files(client: Client, facts: RepositoryFacts) -> tuple[frozenset[str] | None, tuple[Remark, ...]]:
    """The files that count: of a fork only those that its own commits changed; None for all."""
    if not facts.is_fork:
        return None, ()
    if facts.parent is None:
        return frozenset(), (Remark("fork-unknown"),)
    comparison = client.comparison(facts)
    if not comparison.paths:
        return frozenset(), (Remark("fork-unchanged" if comparison.is_complete else "fork-unknown"),)
    return comparison.paths, () if comparison.is_complete else (Remark("fork-incomplete", count=len(comparison.paths)),)


def _evidence(project: Project, skill: int, places: Sequence[Finding], commit: str) -> Evidence:
    best, *others = sorted(places, key=lambda place: STRENGTHS.index(place.strength))[:MOST_PLACES]
    also = [{key: value for key, value in asdict(place).items() if key != "skill"} for place in others]
    return Evidence(
        project=project, skill_id=skill, strength=best.strength, path=best.path[:500], line=best.line, cell=best.cell,
        seen=best.seen[:200], commit=commit, also=also,
    )  # fmt: skip


def _renewed(held: Evidence, found: Evidence) -> Evidence:
    for name in ("strength", "path", "line", "cell", "seen", "commit", "also"):
        setattr(held, name, getattr(found, name))
    held.gone_at = None
    return held


def _follow_rename(project: Project, full_name: str) -> None:
    """A repository that has a new name is asked for under it from now on; one that the learner has attached under it as well stays two."""
    if full_name.lower() == project.repository.lower():
        return
    url = project.url.replace(project.repository, full_name)
    try:
        with transaction.atomic():
            Project.objects.filter(pk=project.pk).update(repository=full_name, key=f"github:{full_name}".lower(), url=url)
    except IntegrityError:
        log.info("repository_attached_under_both_names", project=project.pk)


def _settle(inspection: Inspection) -> None:
    """Nothing has changed since the last reading."""
    _update(inspection, state=Inspection.State.READ, read_at=timezone.now(), next_try_at=None, tries=0, problem="")


def _end(inspection: Inspection, state: str, problem: str) -> None:
    _update(inspection, state=state, problem=problem, next_try_at=None)


def _wait(inspection: Inspection, until: datetime) -> datetime:
    # A little apart, so that what waits for the same moment does not come at once.
    due = max(until, timezone.now()) + timedelta(seconds=uniform(1, 20))  # noqa: S311
    _update(inspection, state=Inspection.State.RATE_LIMITED, next_try_at=due, problem="rate-limited", tries=max(inspection.tries - 1, 0))
    return due


def _try_later(inspection: Inspection, trouble: Unreachable) -> datetime | None:
    log.warning("github_unreachable", project=inspection.pk, reason=trouble.reason, tries=inspection.tries)
    _count_failure()
    if not trouble.is_retryable or inspection.tries > len(WAITS):
        _end(inspection, Inspection.State.FAILED, trouble.reason)
        return None
    due = timezone.now() + timedelta(minutes=WAITS[inspection.tries - 1] * uniform(1, 1.2))  # noqa: S311
    due = max(due, trouble.until or due)
    _update(inspection, state=Inspection.State.UNREACHABLE, next_try_at=due, problem=trouble.reason)
    return due


def _update(inspection: Inspection, **values: Any) -> None:
    """Only while this reading is the one: a new one that was asked for meanwhile is left alone."""
    Inspection.objects.filter(pk=inspection.pk, state=Inspection.State.READING).update(**values)


def _host() -> Any:
    return Host.objects.filter(name="github")


def _paused_until() -> datetime | None:
    return _host().filter(paused_until__gt=timezone.now()).values_list("paused_until", flat=True).first()


def _count_failure() -> None:
    """After BREAKS_AFTER failures in a row, GitHub is left alone for a while."""
    Host.objects.get_or_create(name="github")
    _host().update(failures=F("failures") + 1)
    _host().filter(failures__gte=BREAKS_AFTER).update(failures=0, paused_until=timezone.now() + PAUSE)
