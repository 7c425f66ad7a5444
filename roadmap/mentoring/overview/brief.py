"""One learner for one mentor, to be read in a minute: what changed, what is stuck, what was promised, what waits, what to do next.

Nothing is read that the mentorship does not show: without progress no marks, without projects no projects, findings or reviews.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from roadmap.curriculum.snapshot import SkillView, Snapshot
from roadmap.mentoring.models import Mentorship, Review, Scope, SignOff
from roadmap.portfolio.models import Evidence, Project
from roadmap.portfolio.showing import line_url
from roadmap.progress.models import MarkEvent, state_label
from roadmap.progress.next_step import NextStep, next_step
from roadmap.progress.services import Climb, read_climb
from roadmap.progress.summary import Progress, progress, step_progress

from .mentees import Cell, Standing, Stuck, is_quiet, quiet_days, standings, stuck_in

# A visit lasts an hour: reloading the page within it still shows what has changed since the visit before.
VISIT = timedelta(hours=1)
# How much of what has changed is written out, and how far back and how long the timeline is.
MOST_CHANGES = 12
TIMELINE_ENTRIES = 30


@dataclass(frozen=True, slots=True)
class Change:
    """A skill that stands elsewhere than at the last visit; states in words."""

    skill: SkillView
    before: str
    now: str
    now_word: str
    before_word: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the climb: its counts, a state for each skill, and how many a mentor has confirmed."""

    cell: Cell
    states: tuple[str, ...]
    confirmed: int


@dataclass(frozen=True, slots=True)
class ToConfirm:
    """A skill that the learner's code shows and nobody has put a name to: where best, and in which project."""

    skill: SkillView
    project: Project
    seen: str
    place: str
    url: str


@dataclass(frozen=True, slots=True)
class Act:
    """What to do next, and why."""

    does: str
    because: str
    url: str


@dataclass(frozen=True, slots=True)
class Entry:
    """Something in the timeline."""

    at: datetime
    says: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Brief:
    """`since` is the visit before; None at the first one. `counted`, `steps` and `next` are None or empty where progress is not shown."""

    mentorship: Mentorship
    since: datetime | None
    shows_progress: bool
    shows_projects: bool
    counted: Progress | None
    confirmed: int
    steps: list[Step]
    next: NextStep | None
    active_on: date | None
    quiet_days: int | None
    changes: list[Change]
    new_projects: list[Project]
    stuck: tuple[Stuck, ...]
    reviews: list[Review]
    projects: list[Project]
    to_confirm: list[ToConfirm]
    act: Act | None
    timeline: list[Entry]

    @property
    def learner(self) -> Any:
        return self.mentorship.learner

    @property
    def is_quiet(self) -> bool:
        return is_quiet(self.quiet_days)

    @property
    def is_overdue(self) -> bool:
        return is_overdue(self.mentorship)

    @property
    def shown_changes(self) -> list[Change]:
        return self.changes[:MOST_CHANGES]

    @property
    def more_changes(self) -> int:
        return max(len(self.changes) - MOST_CHANGES, 0)


def begin_visit(mentorship: Mentorship) -> None:
    """Moves "since you last looked" to now, once an hour; two tabs at once are one visit."""
    begun = Mentorship.objects.filter(pk=mentorship.pk).filter(Q(looked_at=None) | Q(looked_at__lt=Now() - VISIT))
    if begun.update(looked_before_at=F("looked_at"), looked_at=Now()):
        mentorship.looked_before_at = mentorship.looked_at


def is_overdue(mentorship: Mentorship) -> bool:
    """Whether the day that the two agreed on has passed."""
    return bool(mentorship.next_step and mentorship.next_step_on and mentorship.next_step_on < timezone.now().date())


def brief(mentorship: Mentorship) -> Brief:
    """What this mentor is shown of the learner, as it stands."""
    now = timezone.now()
    shows_progress, shows_projects = mentorship.shows(Scope.PROGRESS), mentorship.shows(Scope.PROJECTS)
    since = mentorship.looked_before_at
    curriculum, found = standings([mentorship])
    standing = found.get(mentorship.learner_id, Standing())
    climb = read_climb(mentorship.learner_id) if shows_progress else Climb()
    projects = list(Project.objects.of(mentorship.learner).kept().select_related("idea")) if shows_projects else []
    reviews = _reviews(mentorship) if shows_projects else []
    open_reviews = [review for review in reviews if review.is_open]
    quiet = quiet_days(mentorship, standing, now)
    events = _events(mentorship) if shows_progress else []
    stuck = stuck_in(curriculum, standing, open_reviews, now)
    to_confirm = _to_confirm(mentorship, standing, curriculum)
    following = next_step(curriculum, climb) if shows_progress else None
    return Brief(
        mentorship=mentorship,
        since=since,
        shows_progress=shows_progress,
        shows_projects=shows_projects,
        counted=progress(curriculum, climb.states) if shows_progress else None,
        confirmed=len(climb.confirmed & curriculum.skill_by_id.keys()),
        steps=steps_of(curriculum, climb) if shows_progress else [],
        next=following,
        active_on=standing.active_at.date() if standing.active_at else None,
        quiet_days=quiet,
        changes=_changes(curriculum, mentorship, climb, since) if since and shows_progress else [],
        new_projects=[project for project in projects if since and project.created_at > since],
        stuck=stuck,
        reviews=open_reviews,
        projects=projects,
        to_confirm=to_confirm,
        act=_act(mentorship, open_reviews, quiet, to_confirm, stuck, following, now),
        timeline=_timeline(curriculum, mentorship, events, projects, reviews),
    )


def steps_of(curriculum: Snapshot, climb: Climb) -> list[Step]:
    """The steps of the staircase, as somebody has climbed them."""
    return [
        Step(
            Cell(stage, step_progress(stage, climb)),
            tuple(climb.state(skill.id) for skill in stage.skills),
            sum(skill.id in climb.confirmed for skill in stage.skills),
        )
        for stage in curriculum.stages
    ]


def _reviews(mentorship: Mentorship) -> list[Review]:
    """This mentor's looks at the learner's projects, the oldest first."""
    mine = Review.objects.filter(reviewer=mentorship.mentor_id, project__learner=mentorship.learner_id, project__deleted_at=None)
    return list(mine.select_related("project__learner").order_by("asked_at"))


def _events(mentorship: Mentorship) -> list[MarkEvent]:
    own = MarkEvent.objects.filter(learner=mentorship.learner_id).exclude(source=MarkEvent.Source.REPLACED)
    return list(own.order_by("-at", "-pk")[: TIMELINE_ENTRIES * 3])


def _changes(curriculum: Snapshot, mentorship: Mentorship, climb: Climb, since: datetime) -> list[Change]:
    """Skills that stand elsewhere than at `since`, in the order of the staircase: there and back again is no change."""
    happened = MarkEvent.objects.filter(learner=mentorship.learner_id, at__gt=since).order_by("pk")
    before: dict[int, str] = {}
    for skill, state in happened.values_list("skill_id", "from_state"):
        before.setdefault(skill, state or "none")
    return [
        Change(skill, was, now, state_label(now), state_label(was))
        for skill in curriculum
        if (was := before.get(skill.id)) is not None and was != (now := climb.state(skill.id))
    ]


def _to_confirm(mentorship: Mentorship, standing: Standing, curriculum: Snapshot) -> list[ToConfirm]:
    """What the learner's code shows and no sign-off stands for, in the order of the staircase; the first project that showed it."""
    if not standing.to_confirm:
        return []
    rows = Evidence.objects.of(mentorship.learner).confirmed().filter(skill__in=standing.to_confirm)
    first: dict[int, Evidence] = {}
    for row in rows.select_related("project").order_by("confirmed_at", "pk"):
        first.setdefault(row.skill_id, row)
    return [
        ToConfirm(
            skill=skill,
            project=row.project,
            seen=row.seen,
            place=f"{row.path}:{row.line}",
            url=line_url(row.project.repository, row.commit, row.path, row.line),
        )
        for skill in curriculum
        if skill.id in first
        for row in (first[skill.id],)
    ]


def _act(
    mentorship: Mentorship,
    reviews: Iterable[Review],
    quiet: int | None,
    to_confirm: list[ToConfirm],
    stuck: tuple[Stuck, ...],
    following: NextStep | None,
    now: datetime,
) -> Act | None:
    """The one thing that helps most now. In their order: a review that waits, a promise that is due, silence, a name to put, what is
    stuck, a step to agree on; None when there is nothing to do."""
    learner, called = mentorship.learner, mentorship.learner.get_short_name()
    waiting = next((review for review in reviews if review.state == Review.State.ASKED), None)
    if waiting:
        days = (now - waiting.asked_at).days
        asked = ngettext("%(name)s asked %(days)s day ago", "%(name)s asked %(days)s days ago", days) if days else _("%(name)s asked today")
        return Act(
            _("Review “%(title)s”") % {"title": waiting.project.title},
            _("%(asked)s, and it’s your turn.") % {"asked": asked % {"name": called, "days": days}},
            waiting.get_absolute_url(),
        )
    if mentorship.next_step_on and is_overdue(mentorship):
        return Act(
            _("Ask how it went: %(step)s") % {"step": mentorship.next_step},
            _("You agreed on %(day)s for it.") % {"day": date_format(mentorship.next_step_on, "MONTH_DAY_FORMAT")},
            "#agreed",
        )
    if is_quiet(quiet):
        return Act(
            _("Get in touch with %(name)s") % {"name": called},
            _("%(days)s days without a mark, a tick or a saved project. A kind question is enough.") % {"days": quiet},
            "#timeline",
        )
    if to_confirm:
        first = to_confirm[0]
        return Act(
            _("Confirm “%(skill)s”, or say what’s missing") % {"skill": first.skill.title},
            _("%(name)s’s code shows it in “%(project)s”, and nobody has put a name to it.")
            % {"name": called, "project": first.project.title},
            reverse("mentoring:confirm_skill", args=[learner.handle, first.skill.slug]),
        )
    if stuck:
        return Act(_("Ask what would help with “%(title)s”") % {"title": stuck[0].title}, f"{stuck[0].says}.", "#stuck")
    if not mentorship.next_step and following:
        return Act(
            _("Agree on a next step"),
            _("“%(skill)s” comes next on the staircase, and nothing is agreed yet.") % {"skill": following.skill.title},
            "#agreed",
        )
    return None


def _timeline(
    curriculum: Snapshot, mentorship: Mentorship, events: Iterable[MarkEvent], projects: Iterable[Project], reviews: Iterable[Review]
) -> list[Entry]:
    """What happened, the latest first."""
    entries = [
        Entry(
            event.at,
            _("%(skill)s: %(state)s") % {"skill": skill.title, "state": state_label(event.to_state or "none")},
            skill.get_absolute_url(),
        )
        for event in events
        if (skill := curriculum.skill_by_id.get(event.skill_id))
    ]
    for project in projects:
        entries.append(Entry(project.created_at, _("Attached “%(title)s”") % {"title": project.title}))
        if project.finished_at:
            entries.append(Entry(project.finished_at, _("Presented “%(title)s” as finished") % {"title": project.title}))
    for review in reviews:
        page = review.get_absolute_url()
        entries.append(Entry(review.asked_at, _("Asked you to review “%(title)s”") % {"title": review.project.title}, page))
        if review.answered_at and review.state in (Review.State.CHANGES, Review.State.APPROVED):
            said = _("You approved “%(title)s”") if review.state == Review.State.APPROVED else _("You asked for changes to “%(title)s”")
            entries.append(Entry(review.answered_at, said % {"title": review.project.title}, page))
    if mentorship.shows(Scope.PROGRESS):
        entries.extend(_confirmations(curriculum, mentorship))
    entries.append(Entry(mentorship.begun_at, _("You began to work together")))
    return sorted(entries, key=lambda entry: entry.at, reverse=True)[:TIMELINE_ENTRIES]


def _confirmations(curriculum: Snapshot, mentorship: Mentorship) -> list[Entry]:
    given = SignOff.objects.filter(learner=mentorship.learner_id, skill__in=curriculum.skill_by_id).order_by("-signed_at")
    entries = []
    for sign_off in given[:TIMELINE_ENTRIES]:
        words = {"name": sign_off.mentor_name, "skill": curriculum.skill_by_id[sign_off.skill_id].title}
        entries.append(Entry(sign_off.signed_at, _("%(name)s confirmed %(skill)s") % words))
        if sign_off.withdrawn_at:
            entries.append(Entry(sign_off.withdrawn_at, _("%(skill)s is no longer confirmed") % words))
    return entries
