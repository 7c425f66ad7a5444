"""Readings of repositories: ask GitHub, stream the archive through detection, write down what was found.

The rows of `Inspection` are the queue. Learners take turns, so that nobody waits for somebody else's twenty projects. Every end is
a state that the page can say: read, or the reason why not and when the next try is due. A reading is safe to run twice and to be
killed anywhere: what says "reading" for longer than a reading can take is due again.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from hashlib import sha256
from random import uniform
from typing import Any

import structlog
from django.db import DatabaseError, IntegrityError, connection, transaction
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
MOST_TRIES = len(WAITS) + 1
GITHUB = "github"
# Failures in a row after which GitHub is left alone, and for how long.
BREAKS_AFTER = 5
PAUSE = timedelta(minutes=5)
# No reading takes longer: what is asked and what is unpacked have their limits, and this is well above.
LONGEST_READING = timedelta(minutes=4)
# Places that are kept of one skill, the best first.
MOST_PLACES = 5

_ENDS: dict[type[Trouble], str] = {
    NotFound: Inspection.State.NOT_FOUND,
    Private: Inspection.State.PRIVATE,
    Empty: Inspection.State.EMPTY,
    Blocked: Inspection.State.BLOCKED,
    TooLarge: Inspection.State.TOO_LARGE,
}
_DUE = """
FROM portfolio_inspection AS inspection JOIN portfolio_project AS project ON project.id = inspection.project_id
WHERE project.deleted_at IS NULL AND (
    inspection.state = 'waiting'
    OR (inspection.state IN ('rate-limited', 'unreachable') AND inspection.next_try_at <= %(now)s)
    OR (inspection.state = 'reading' AND inspection.began_at <= %(stalled)s))
"""
# Whose last reading is the longest ago is next, and of one learner's what was asked for first.
_TAKE_NEXT = f"""
UPDATE portfolio_inspection SET state = 'reading', began_at = %(now)s, tries = tries + 1 WHERE project_id = (
    SELECT inspection.project_id {_DUE}
    ORDER BY (SELECT max(other.began_at) FROM portfolio_inspection AS other JOIN portfolio_project AS theirs ON theirs.id = other.project_id
              WHERE theirs.learner_id = project.learner_id) NULLS FIRST, inspection.asked_at
    LIMIT 1 FOR UPDATE OF inspection SKIP LOCKED)
RETURNING project_id
"""
_TOO_LARGE = ("packed-size", "unpacked-size", "entries")


def read_next() -> bool:
    """Reads the repository whose turn it is; False where nothing is due, or GitHub is left alone for a while."""
    if paused_until():
        return False
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_NEXT, _moments())
        taken = cursor.fetchone()
    if taken is None:
        return False
    _inspect(Inspection.objects.select_related("project").get(pk=taken[0]), client_from_settings)
    return True


def is_due() -> bool:
    """Whether a reading is due now."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT 1 {_DUE})", _moments())
        return bool(cursor.fetchone()[0]) and not paused_until()


def inspect_project(project_id: str, *, ask: Callable[[], Client] = client_from_settings) -> None:
    """Reads one project's repository out of turn, asking the GitHub that `ask` makes a client of; nothing where there is nothing to read."""
    wanted = Inspection.objects.filter(pk=project_id, project__deleted_at=None, state__in=Inspection.UNDER_WAY)
    if wanted.update(state=Inspection.State.READING, began_at=timezone.now(), tries=F("tries") + 1):
        _inspect(Inspection.objects.select_related("project").get(pk=project_id), ask)


def paused_until() -> datetime | None:
    """Until when GitHub is left alone: it has asked for it, or has failed several learners in a row. None while it is not."""
    return _host().filter(paused_until__gt=timezone.now()).values_list("paused_until", flat=True).first()


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


def _inspect(inspection: Inspection, ask: Callable[[], Client]) -> None:
    project = inspection.project
    if inspection.tries > MOST_TRIES:
        _end(inspection, Inspection.State.FAILED, "failed")  # it has taken its worker down with it each time
        return
    try:
        _read(project, inspection, ask)
    except RateLimited as limit:
        _wait(inspection, limit.until)
    except Unreachable as trouble:
        _try_later(inspection, trouble)
    except Trouble as end:
        _end(inspection, _ENDS[type(end)], end.code)
    except Unreadable as end:
        _end(inspection, Inspection.State.TOO_LARGE if end.code in _TOO_LARGE else Inspection.State.FAILED, end.code)
    except DatabaseError:
        raise  # nothing can be written now: it is due again by itself
    except Exception:
        _end(inspection, Inspection.State.FAILED, "failed")
        raise
    else:
        _host().update(failures=0, failed_for=None)


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
            "licence": facts.licence[:40],
            "fork_of": f"{facts.parent.owner}/{facts.parent.name}" if facts.parent else "",
            "languages": dict(facts.languages),
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


def _wait(inspection: Inspection, until: datetime) -> None:
    """GitHub has had enough questions from us all: everybody waits, and it costs no try."""
    due = max(until, timezone.now()) + timedelta(seconds=1)
    _update(inspection, state=Inspection.State.RATE_LIMITED, next_try_at=due, problem="rate-limited", tries=max(inspection.tries - 1, 0))
    Host.objects.update_or_create(name=GITHUB, defaults={"paused_until": due})


def _try_later(inspection: Inspection, trouble: Unreachable) -> None:
    log.warning("github_unreachable", project=inspection.pk, reason=trouble.reason, tries=inspection.tries)
    if not trouble.is_retryable or inspection.tries > len(WAITS):
        _end(inspection, Inspection.State.FAILED, trouble.reason)
        return
    _count_failure(inspection.project.learner_id)
    due = timezone.now() + timedelta(minutes=WAITS[inspection.tries - 1] * uniform(1, 1.2))  # noqa: S311
    _update(inspection, state=Inspection.State.UNREACHABLE, next_try_at=max(due, trouble.until or due), problem=trouble.reason)


def _update(inspection: Inspection, **values: Any) -> None:
    """Only while this reading is the one: a new one that was asked for meanwhile is left alone."""
    Inspection.objects.filter(pk=inspection.pk, state=Inspection.State.READING).update(**values)


def _moments() -> dict[str, datetime]:
    now = timezone.now()
    return {"now": now, "stalled": now - LONGEST_READING}


def _host() -> Any:
    return Host.objects.filter(name=GITHUB)


def _count_failure(learner: int) -> None:
    """After BREAKS_AFTER failures in a row, each for another learner than the one before, GitHub is left alone for a while."""
    Host.objects.get_or_create(name=GITHUB)
    _host().exclude(failed_for=learner).update(failures=F("failures") + 1, failed_for=learner)
    _host().filter(failures__gte=BREAKS_AFTER).update(failures=0, failed_for=None, paused_until=timezone.now() + PAUSE)
