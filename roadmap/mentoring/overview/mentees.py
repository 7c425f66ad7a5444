"""A mentor's people in one list: how far each is with every step, what changed, who is quiet or stuck, and whose review waits.

Everything is read in a fixed number of statements, by the ids of the mentees: neither their number nor that of all learners
changes it. Each fact is shown only where its learner shows it to this mentor.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.db import connection, models
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from roadmap.curriculum import snapshot
from roadmap.curriculum.snapshot import SkillView, Snapshot, StageView
from roadmap.mentoring.access import mentorships_of
from roadmap.mentoring.models import Cohort, Mentorship, Review, Scope
from roadmap.progress.services import read_finished
from roadmap.progress.summary import Progress, progress

# "This week" is the last seven days, so that it says as much on a Monday as on a Sunday.
WEEK = timedelta(days=7)
# Days without a mark, a tick or a saved project after which somebody is marked as quiet, and those that one can ask for.
QUIET_DAYS = 14
QUIET_CHOICES = (7, 14, 30)
# Days that a skill may be in learning, that a review may wait, and that asked changes may take, before somebody counts as stuck.
LEARNING_DAYS = 21
WAITING_DAYS = 3
CHANGES_DAYS = 14


class Sort(models.TextChoices):
    """The orders of the list. Those who need somebody come first, or the furthest, or the alphabet."""

    NAME = "name", _lazy("Name")
    QUIET = "quiet", _lazy("Quiet the longest")
    STUCK = "stuck", _lazy("Stuck the longest")
    FURTHEST = "furthest", _lazy("Furthest up")
    WEEK = "week", _lazy("Most done this week")


@dataclass(frozen=True, slots=True)
class Filters:
    """What a mentor has asked for; empty means any. `quiet` is a number of days, `cohort` an id or "none" (in no cohort)."""

    q: str = ""
    cohort: str = ""
    quiet: str = ""
    stuck: str = ""
    sort: str = ""

    @property
    def in_use(self) -> dict[str, str]:
        return {held.name: value for held in fields(self) if (value := getattr(self, held.name))}

    def without(self, *names: str) -> "Filters":
        return replace(self, **dict.fromkeys(names, ""))

    def query(self) -> str:
        """The query string that asks for the same, beginning with `?`; nothing for everybody."""
        return f"?{urlencode(self.in_use)}" if self.in_use else ""


@dataclass(frozen=True, slots=True)
class Stuck:
    """What holds somebody up, since when: a skill long in learning, or a project that waits for the mentor or for its learner."""

    kind: str
    days: int
    title: str
    url: str = ""

    @property
    def says(self) -> str:
        if self.kind == "learning":
            return ngettext("%(title)s: learning for %(days)s day", "%(title)s: learning for %(days)s days", self.days) % self._words
        if self.kind == "review":
            return (
                ngettext("%(title)s: waits for your review since yesterday", "%(title)s: waits %(days)s days for your review", self.days)
                % self._words
            )
        return (
            ngettext("%(title)s: changes asked a day ago", "%(title)s: changes asked %(days)s days ago, and no second look", self.days)
            % self._words
        )

    @property
    def _words(self) -> dict[str, Any]:
        return {"title": self.title, "days": self.days}


@dataclass(frozen=True, slots=True)
class Standing:
    """How a learner stands, by skill id, as far as a mentor may know; with the last activity and what the last seven days changed.

    `done_change` is how many more (or fewer) are done than a week ago, `begun` how many were begun; `finished` has for each finished step
    the skills that made it.
    """

    states: Mapping[int, str] = field(default_factory=dict)
    learning_since: Mapping[int, datetime] = field(default_factory=dict)
    to_confirm: frozenset[int] = frozenset()
    active_at: datetime | None = None
    done_change: int = 0
    begun: int = 0
    finished: Mapping[int, frozenset[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cell:
    """One step of one mentee. `level`: 0 nothing done, 1 less than half, 2 half or more, 3 complete."""

    stage: StageView
    counted: Progress

    @property
    def level(self) -> int:
        if self.counted.is_complete:
            return 3
        if not self.counted.done:
            return 0
        return 2 if self.counted.done * 2 >= self.counted.total - self.counted.skipped else 1

    @property
    def drawn(self) -> SafeString:
        """The count in its box, filled as high as its level."""
        counted = self.counted
        return _drawn(self.level, counted.done, counted.total, counted.skipped, counted.new, get_language())


@lru_cache(maxsize=4096)
def _drawn(level: int, done: int, total: int, skipped: int, new: int, language: str | None) -> SafeString:
    """A list has thousands of these and they are few: each is made once, for its language."""
    said = []
    if skipped:
        said.append(ngettext("%(count)s skipped", "%(count)s skipped", skipped) % {"count": skipped})
    if new:
        said.append(ngettext("%(count)s new", "%(count)s new", new) % {"count": new})
    also = format_html_join("", '<span class="vh">, {}</span>', ((text,) for text in said))
    return format_html('<span class="cell" data-l="{}">{}<span class="of">/{}</span>{}</span>', level, done, total, also)


@dataclass(frozen=True, slots=True)
class Mentee:
    """One row. `cells` and `counted` are None where the learner does not show progress; `active_on` where nothing is shown or known."""

    mentorship: Mentorship
    cells: tuple[Cell, ...] | None
    counted: Progress | None
    standing: Standing
    active_on: date | None
    quiet_days: int | None
    stuck: tuple[Stuck, ...]
    waiting: int
    to_confirm: int

    @property
    def name(self) -> str:
        return str(self.mentorship.learner)

    @property
    def handle(self) -> str:
        return self.mentorship.learner.handle

    @property
    def is_quiet(self) -> bool:
        return is_quiet(self.quiet_days)

    @property
    def week(self) -> str:
        """What the last seven days changed, in words; empty where nothing did, or where it is not shown."""
        said = []
        if change := self.standing.done_change:
            more = ngettext("%(count)s more done", "%(count)s more done", abs(change))
            fewer = ngettext("%(count)s fewer done", "%(count)s fewer done", abs(change))
            said.append((more if change > 0 else fewer) % {"count": abs(change)})
        if begun := self.standing.begun:
            said.append(ngettext("%(count)s begun", "%(count)s begun", begun) % {"count": begun})
        return ", ".join(said)

    @property
    def quiet_words(self) -> str:
        return ngettext("%(days)s day quiet", "%(days)s days quiet", self.quiet_days or 0) % {"days": self.quiet_days}


@dataclass(frozen=True, slots=True)
class Waiting:
    """A review that waits for this mentor, and how many days already."""

    review: Review
    learner: Any
    days: int


@dataclass(frozen=True, slots=True)
class Overview:
    """`mentees` match the filters; `everybody` are all of the page (a cohort, or all)."""

    filters: Filters
    cohort: Cohort | None
    cohorts: list[Cohort]
    curriculum: Snapshot
    everybody: list[Mentee]
    mentees: list[Mentee]
    reviews: list[Waiting]

    @property
    def active(self) -> int:
        """How many of those who show it have done something in the last seven days. Who began a week ago and has done nothing has not."""
        return sum(mentee.active_on is not None and (mentee.quiet_days or 0) < WEEK.days for mentee in self.everybody)

    @property
    def quiet(self) -> int:
        return sum(mentee.is_quiet for mentee in self.everybody)

    @property
    def to_confirm(self) -> list[Mentee]:
        """Whose code shows what nobody has put a name to, the most first."""
        return sorted((mentee for mentee in self.everybody if mentee.to_confirm), key=lambda mentee: -mentee.to_confirm)

    @property
    def skills_to_confirm(self) -> int:
        return sum(mentee.to_confirm for mentee in self.everybody)


# One index range a learner and table, whatever the planner thinks of their sizes. What was carried over to a replacement is
# nobody's activity, and what has left the roadmap is nobody's count.
_STANDINGS = """
SELECT (SELECT number FROM curriculum_revision WHERE id = 1), who.id, mark.ids, mark.states, mark.learning, mark.since, mark.shown,
       GREATEST(event.active_at, tick.active_at, project.active_at), event.done_change, event.begun,
       (SELECT jsonb_object_agg(stage_id, skills) FROM progress_finishedstage WHERE who.progress AND learner_id = who.id) AS finished
FROM unnest(%(ids)s::bigint[], %(progress)s::boolean[], %(projects)s::boolean[]) AS who(id, progress, projects)
CROSS JOIN (SELECT ARRAY(SELECT id FROM stages_skill WHERE retired_at IS NOT NULL) AS ids) AS retired
LEFT JOIN LATERAL (
    SELECT array_agg(skill_id) FILTER (WHERE who.progress) AS ids, array_agg(state) FILTER (WHERE who.progress) AS states,
           array_agg(skill_id) FILTER (WHERE who.progress AND state = 'learning') AS learning,
           array_agg(updated_at) FILTER (WHERE who.progress AND state = 'learning') AS since,
           array_agg(skill_id) FILTER (WHERE who.projects AND shown_at IS NOT NULL AND confirmed_at IS NULL) AS shown
    FROM progress_mark WHERE learner_id = who.id
) AS mark ON true
LEFT JOIN LATERAL (
    SELECT max(at) AS active_at,
           sum((to_state = 'done')::int - (from_state = 'done')::int) FILTER (WHERE at > %(week)s AND skill_id <> ALL (retired.ids)) AS done_change,
           count(DISTINCT skill_id) FILTER (WHERE at > %(week)s AND from_state = '' AND to_state = 'learning' AND skill_id <> ALL (retired.ids)) AS begun
    FROM progress_markevent AS happened
    WHERE who.progress AND happened.learner_id = who.id AND happened.source <> 'replaced'
) AS event ON true
LEFT JOIN LATERAL (SELECT max(ticked_at) AS active_at FROM progress_tick WHERE who.progress AND learner_id = who.id) AS tick ON true
LEFT JOIN LATERAL (
    SELECT max(updated_at) AS active_at FROM portfolio_project WHERE who.projects AND learner_id = who.id AND deleted_at IS NULL
) AS project ON true
"""


def standings(mentorships: Sequence[Mentorship]) -> tuple[Snapshot, dict[int, Standing]]:
    """The curriculum, and how the learners of these mentorships stand, by their ids; one statement for all of them."""
    values: dict[str, Any] = {
        "ids": [mentorship.learner_id for mentorship in mentorships],
        "progress": [mentorship.shows(Scope.PROGRESS) for mentorship in mentorships],
        "projects": [mentorship.shows(Scope.PROJECTS) for mentorship in mentorships],
        "week": timezone.now() - WEEK,
    }
    with connection.cursor() as cursor:
        cursor.execute(_STANDINGS, values)
        rows = cursor.fetchall()
    curriculum = snapshot.current(rows[0][0] if rows else None)
    return curriculum, {row[1]: _standing(curriculum, *row[2:]) for row in rows}


def quiet_days(mentorship: Mentorship, standing: Standing, now: datetime) -> int | None:
    """Full days since the last activity; who has done nothing yet is quiet since the mentoring began. None where no activity is shown."""
    shows_activity = mentorship.shows(Scope.PROGRESS) or mentorship.shows(Scope.PROJECTS)
    since = standing.active_at or (mentorship.begun_at if shows_activity else None)
    return max((now - since).days, 0) if since else None


def is_quiet(days: int | None) -> bool:
    """Whether this is long enough to be marked."""
    return days is not None and days >= QUIET_DAYS


def stuck_in(curriculum: Snapshot, standing: Standing, reviews: Iterable[Review], now: datetime) -> tuple[Stuck, ...]:
    """What holds somebody up, the longest first: skills long in learning, and of `reviews` (the learner's open ones) those that wait."""
    found = [
        Stuck("learning", days, skill.title, skill.get_absolute_url())
        for skill, days in _long_in_learning(curriculum, standing, now)
        if days >= LEARNING_DAYS
    ]
    for review in reviews:
        kind, since, most = (
            ("review", review.asked_at, WAITING_DAYS)
            if review.state == Review.State.ASKED
            else ("changes", review.answered_at or review.asked_at, CHANGES_DAYS)
        )
        if (days := (now - since).days) >= most:
            found.append(Stuck(kind, days, review.project.title))
    return tuple(sorted(found, key=lambda stuck: -stuck.days))


def overview(mentor: Any, filters: Filters, *, cohort: Cohort | None = None) -> Overview:
    """The mentees of one mentor (of one cohort of theirs), those that match first of all. Five statements, however many they are.

    A cohort that is not this mentor's is no filter, as with every other value that the site does not know.
    """
    now = timezone.now()
    cohorts = list(Cohort.objects.of_mentor(mentor))
    filters = filters if _is_known(filters.cohort, cohorts) and not cohort else filters.without("cohort")
    mentorships = list(
        mentorships_of(mentor)
        .filter(**({"cohort": cohort} if cohort else {}))
        .select_related("learner", "cohort")
        .order_by("learner__name", "pk")
    )
    curriculum, standing = standings(mentorships)
    open_reviews = _open_reviews(mentor, mentorships)
    everybody = [
        _mentee(curriculum, mentorship, standing.get(mentorship.learner_id, Standing()), open_reviews.get(mentorship.learner_id, []), now)
        for mentorship in mentorships
    ]
    learners = {mentorship.learner_id: mentorship.learner for mentorship in mentorships}
    waiting = [review for reviews in open_reviews.values() for review in reviews if review.state == Review.State.ASKED]
    return Overview(
        filters=filters,
        cohort=cohort,
        cohorts=cohorts,
        curriculum=curriculum,
        everybody=everybody,
        mentees=_sorted(_matching(filters, everybody), filters.sort),
        reviews=[
            Waiting(review, learners[review.project.learner_id], (now - review.asked_at).days)
            for review in sorted(waiting, key=lambda review: review.asked_at)
        ],
    )


def table(found: Overview) -> list[list[str]]:
    """The list as it is on the screen, as rows of text with a heading: what the file of it holds."""
    stages = found.curriculum.stages
    heading = [_("Mentee"), _("Cohort"), *(f"{stage.number} {stage.short}" for stage in stages), _("Done"), _("This week"), _("Last active"), _("Quiet for days"), _("Stuck"), _("Reviews waiting")]  # fmt: skip
    return [heading, *(_row(mentee, len(stages)) for mentee in found.mentees)]


def _row(mentee: Mentee, steps: int) -> list[str]:
    counts = [_counts(cell.counted) for cell in mentee.cells] if mentee.cells is not None else [""] * steps
    return [
        mentee.name,
        mentee.mentorship.cohort.name if mentee.mentorship.cohort else "",
        *counts,
        _counts(mentee.counted) if mentee.counted else "",
        mentee.week,
        mentee.active_on.isoformat() if mentee.active_on else "",
        "" if mentee.quiet_days is None else str(mentee.quiet_days),
        "; ".join(stuck.says for stuck in mentee.stuck),
        str(mentee.waiting or ""),
    ]


def _counts(counted: Progress) -> str:
    """As the screen has them."""
    counts = _("%(done)s of %(total)s") % {"done": counted.done, "total": counted.total}
    return f"{counts}, {_('%(count)s skipped') % {'count': counted.skipped}}" if counted.skipped else counts


def _standing(
    curriculum: Snapshot,
    ids: list[int] | None,
    states: list[str] | None,
    learning: list[int] | None,
    since: list[datetime] | None,
    shown: list[int] | None,
    active_at: datetime | None,
    done_change: int | None,
    begun: int | None,
    finished: str | None,
) -> Standing:
    return Standing(
        states=dict(zip(ids or (), states or (), strict=True)),
        learning_since=dict(zip(learning or (), since or (), strict=True)),
        to_confirm=frozenset(skill for skill in shown or () if skill in curriculum.skill_by_id),
        active_at=active_at,
        done_change=done_change or 0,
        begun=begun or 0,
        finished=read_finished(finished),
    )


def _long_in_learning(curriculum: Snapshot, standing: Standing, now: datetime) -> list[tuple[SkillView, int]]:
    return [(skill, (now - since).days) for held, since in standing.learning_since.items() if (skill := curriculum.skill_by_id.get(held))]


def _open_reviews(mentor: Any, mentorships: Iterable[Mentorship]) -> dict[int, list[Review]]:
    """What this mentor looks at of those who show projects, by learner."""
    showing = [mentorship.learner_id for mentorship in mentorships if mentorship.shows(Scope.PROJECTS)]
    found: dict[int, list[Review]] = {}
    asked = Review.objects.open().filter(reviewer=mentor, project__learner__in=showing, project__deleted_at=None)
    for review in asked.select_related("project").order_by("asked_at"):
        found.setdefault(review.project.learner_id, []).append(review)
    return found


def _mentee(curriculum: Snapshot, mentorship: Mentorship, standing: Standing, reviews: list[Review], now: datetime) -> Mentee:
    shows_progress = mentorship.shows(Scope.PROGRESS)
    return Mentee(
        mentorship=mentorship,
        cells=tuple(_cell(stage, standing) for stage in curriculum.stages) if shows_progress else None,
        counted=progress(curriculum, standing.states) if shows_progress else None,
        standing=standing,
        active_on=standing.active_at.date() if standing.active_at else None,
        quiet_days=quiet_days(mentorship, standing, now),
        stuck=stuck_in(curriculum, standing, reviews, now),
        waiting=sum(review.state == Review.State.ASKED for review in reviews),
        to_confirm=len(standing.to_confirm),
    )


def _cell(stage: StageView, standing: Standing) -> Cell:
    return Cell(stage, progress(stage.skills, standing.states, standing.finished.get(stage.id)))


def _is_known(cohort: str, cohorts: Iterable[Cohort]) -> bool:
    return cohort in ("", "none") or any(cohort == known.pk for known in cohorts)


def _matching(filters: Filters, mentees: Iterable[Mentee]) -> list[Mentee]:
    wanted = filters.q.casefold()
    return [
        mentee
        for mentee in mentees
        if wanted in mentee.name.casefold()
        and (not filters.cohort or (mentee.mentorship.cohort_id or "none") == filters.cohort)
        and (not filters.quiet or (mentee.quiet_days is not None and mentee.quiet_days >= int(filters.quiet)))
        and (not filters.stuck or mentee.stuck)
    ]


_ORDERS: Mapping[str, Callable[[Mentee], Any]] = {
    Sort.NAME: lambda mentee: (),
    Sort.QUIET: lambda mentee: -(mentee.quiet_days if mentee.quiet_days is not None else -1),
    Sort.STUCK: lambda mentee: -(mentee.stuck[0].days if mentee.stuck else -1),
    Sort.FURTHEST: lambda mentee: -(mentee.counted.done if mentee.counted else -1),
    Sort.WEEK: lambda mentee: (-mentee.standing.done_change, -mentee.standing.begun),
}


def _sorted(mentees: list[Mentee], sort: str) -> list[Mentee]:
    """In the order asked for; who is equal in it, by name."""
    return sorted(sorted(mentees, key=lambda mentee: mentee.name.casefold()), key=_ORDERS[sort or Sort.NAME])
