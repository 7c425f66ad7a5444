"""What one viewer may see of one portfolio: the only door to it. Page, badge, résumé, paper, README, ZIP and picture are made from this."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.urls import reverse

from accounts.models import FormerHandle, Person, Profile, User
from roadmap.curriculum import snapshot
from roadmap.curriculum.snapshot import SkillView, Snapshot
from roadmap.progress.levels import Level
from roadmap.progress.levels import level_of as _level_of
from roadmap.progress.models import FinishedStage, Mark
from roadmap.progress.summary import progress

from .models import Evidence, HiddenSkill, Inspection, Project
from .showing import line_url


@dataclass(frozen=True, slots=True)
class ShownSkill:
    """A skill as the portfolio says it. `confirmed_by` is the mentor's name and `credential` the address where anybody checks that;
    `projects` are slugs of listed projects that show it."""

    slug: str
    title: str
    number: str
    stage_number: int
    stage_short: str
    level: Level
    since: datetime
    confirmed_by: str = ""
    projects: tuple[str, ...] = ()
    credential: str = ""


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
    """How far a learner is with one step of the staircase. `states` are those of its blocks, in order; `is_complete`: every skill is done
    or skipped, or was when there were fewer."""

    number: int
    title: str
    short: str
    done: int
    total: int
    confirmed: int
    states: tuple[str, ...]
    is_complete: bool


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

    @property
    def github_url(self) -> str:
        """The person's page on GitHub; empty without a name there."""
        return f"{settings.GITHUB_URL}/{self.github}" if self.github else ""

    def owner_of(self, project: ShownProject) -> str:
        """Whose repository it is, where that is not the name on GitHub that the profile gives; empty otherwise."""
        owner = project.repository.partition("/")[0]
        return owner if owner.lower() != self.github.lower() else ""

    def count(self, level: Level) -> int:
        """How many of the shown skills stand on this level."""
        return sum(skill.level == level for skill in self.skills)

    def titles(self) -> Mapping[str, str]:
        """The titles of the listed projects, by slug."""
        return {project.slug: project.title for project in self.projects}


def portfolio_of(handle: str, *, viewer: Person) -> Portfolio | None:
    """What `viewer` may see of the portfolio at this handle. None where there is nobody, the account is closed, or it is switched off.

    Its owner and a superuser see a portfolio that is off as others would see it if it were on (`is_preview`).
    """
    if (found := _seen(handle, viewer)) is None:
        return None
    person, profile, finished = found
    curriculum = snapshot.current()
    marks = _marks(person, curriculum)
    skills = _skills(marks, profile, curriculum)
    projects, changed = _projects(person, curriculum, {skill.id: level for skill, level, _ in skills})
    shown_by = _shown_by(projects)
    shown = tuple(_shown_skill(person, skill, level, mark, shown_by) for skill, level, mark in skills)
    return Portfolio(
        handle=person.handle,
        name=person.name or person.handle,
        headline=profile.headline,
        about=profile.about,
        place=profile.place,
        open_to=profile.open_to,
        email=person.email if profile.shows_email else "",
        github=profile.github,
        linkedin_url=profile.linkedin_url,
        website_url=profile.website_url,
        address=f"{settings.SITE_ORIGIN}{reverse('public:portfolio', args=[person.handle])}",
        is_public=profile.visibility == Profile.Visibility.PUBLIC,
        is_preview=profile.visibility == Profile.Visibility.OFF,
        joined_at=person.date_joined,
        changed_at=max([person.date_joined, *(skill.since for skill in shown), *changed]),
        skills=shown,
        projects=projects,
        steps=_steps(marks, curriculum, finished) if profile.shows_progress else (),
    )


def speaks_of(person: User, skills: Collection[int], *, at_any_level: bool = False) -> bool:
    """Whether a portfolio shows all these skills to whoever may see it, also such as have left the roadmap.

    A skill that is not left out is shown where its level is one that its owner shows; `at_any_level` asks no more of it.
    """
    if HiddenSkill.objects.filter(learner=person, skill__in=skills).exists():
        return False
    if at_any_level:
        return True
    levels = _SHOWN_LEVELS[(getattr(person, "profile", None) or Profile(person=person)).skills]
    shown = {mark.skill_id for mark in Mark.objects.filter(learner=person, skill__in=skills) if level_of(mark) in levels}
    return shown == set(skills)


def moved_to(handle: str, *, viewer: Person) -> str | None:
    """The present handle of the person who had this one, or has it in other letters; None where `viewer` may not see the portfolio."""
    plain = handle.lower()
    former = FormerHandle.objects.filter(handle=plain).select_related("person").first()
    present = former.person.handle if former else plain
    return present if present != handle and _seen(present, viewer) else None


def published_handles(at_most: int) -> list[tuple[str, datetime | None]]:
    """The handles that search engines may list, with the days since when; the latest first."""
    listed = Profile.objects.filter(visibility=Profile.Visibility.PUBLIC, person__is_active=True)
    return list(listed.order_by("-published_at").values_list("person__handle", "published_at")[:at_most])


def level_of(mark: Mark) -> Level | None:
    """How well the skill of a mark is backed; None for one that a portfolio does not speak of."""
    return _level_of(mark.state, is_shown=mark.shown_at is not None, is_confirmed=mark.confirmed_at is not None)


# --- What is read ---------------------------------------------------------------------------------------------------

# Which levels each choice of skills shows.
_SHOWN_LEVELS: Mapping[str, tuple[Level, ...]] = {
    Profile.Skills.ALL: ("claimed", "shown", "confirmed"),
    Profile.Skills.SHOWN: ("shown", "confirmed"),
    Profile.Skills.CONFIRMED: ("confirmed",),
}


# The steps that a person has finished, read along with the person. Where a skill that is left out of the portfolio is among those that
# finished a step, saying so would tell its mark.
_FINISHED = (
    FinishedStage.objects.filter(learner=OuterRef("pk"))
    .exclude(skills__overlap=HiddenSkill.objects.filter(learner=OuterRef(OuterRef("pk"))).values_list("skill_id"))
    .values("stage_id")
)


def _seen(handle: str, viewer: Person) -> tuple[User, Profile, Collection[int]] | None:
    """The person, the profile, and the ids of the steps that the person has finished."""
    people = User.objects.defer("password").select_related("profile").annotate(finished_stages=ArraySubquery(_FINISHED))
    person = people.filter(handle=handle, is_active=True).first()
    if person is None:
        return None
    profile = getattr(person, "profile", None) or Profile(person=person)
    is_on = profile.visibility != Profile.Visibility.OFF
    return (person, profile, person.finished_stages) if is_on or viewer.pk == person.pk or viewer.is_superuser else None


def _marks(person: User, curriculum: Snapshot) -> dict[int, Mark]:
    """Marks by skill. A skill that is left out of the portfolio is as if it had none, in whatever is made of them."""
    hidden = HiddenSkill.objects.filter(learner=person).values("skill_id")
    marks = Mark.objects.filter(learner=person).exclude(skill_id__in=hidden)
    return {mark.skill_id: mark for mark in marks if mark.skill_id in curriculum.skill_by_id}


def _skills(marks: Mapping[int, Mark], profile: Profile, curriculum: Snapshot) -> list[tuple[SkillView, Level, Mark]]:
    """The skills that the learner has chosen to show, in the order of the staircase."""
    levels = _SHOWN_LEVELS[profile.skills]
    return [(skill, level, mark) for skill in curriculum if (mark := marks.get(skill.id)) and (level := level_of(mark)) and level in levels]


def _shown_skill(person: User, skill: SkillView, level: Level, mark: Mark, shown_by: Mapping[str, list[str]]) -> ShownSkill:
    since = {"claimed": mark.claimed_at, "shown": mark.shown_at, "confirmed": mark.confirmed_at}[level]
    return ShownSkill(
        slug=skill.slug,
        title=skill.title,
        number=skill.number,
        stage_number=skill.stage.number,
        stage_short=skill.stage.short,
        level=level,
        since=since or mark.updated_at,
        confirmed_by=mark.confirmed_by if level == "confirmed" else "",
        projects=tuple(shown_by.get(skill.slug, ())),
        credential=_credential(person, skill) if level == "confirmed" else "",
    )


def _credential(person: User, skill: SkillView) -> str:
    return f"{settings.SITE_ORIGIN}{reverse('credentials:skill_credential', args=[person.handle, skill.slug])}"


def _projects(person: User, curriculum: Snapshot, levels: Mapping[int, Level]) -> tuple[tuple[ShownProject, ...], list[datetime]]:
    """The listed projects, and when each was changed last. Of their code only what shows one of the skills that are shown."""
    listed = list(Project.objects.of(person).public().select_related("inspection", "idea").defer("inspection__keys"))
    # What is finished first, then what is new.
    listed.sort(key=lambda project: (project.finished_at is not None, project.created_at), reverse=True)
    confirmed: dict[str, list[Evidence]] = {}
    for evidence in Evidence.objects.confirmed().filter(project__in=listed, skill__in=levels):
        confirmed.setdefault(evidence.project_id, []).append(evidence)
    order = {skill.id: place for place, skill in enumerate(curriculum)}
    return (
        tuple(
            _shown_project(project, sorted(confirmed.get(project.pk, ()), key=lambda found: order[found.skill_id]), curriculum, levels)
            for project in listed
        ),
        [project.updated_at for project in listed],
    )


def _shown_project(project: Project, confirmed: list[Evidence], curriculum: Snapshot, levels: Mapping[int, Level]) -> ShownProject:
    inspection = getattr(project, "inspection", None) or Inspection(project=project)
    return ShownProject(
        slug=project.slug,
        title=project.title,
        summary=project.summary,
        url=project.url,
        repository=project.repository,
        demo_url=project.demo_url,
        writeup_url=project.writeup_url,
        post_url=project.post_url,
        idea=project.idea.title if project.idea else "",
        languages=tuple(sorted(inspection.languages, key=inspection.languages.__getitem__, reverse=True)),
        licence=inspection.licence,
        committed_at=inspection.committed_at,
        created_at=project.created_at,
        finished_at=project.finished_at,
        answers=tuple(project.answers()) if project.finished_at else (),
        evidence=tuple(
            ShownEvidence(
                skill=curriculum.skill_by_id[found.skill_id].slug,
                title=curriculum.skill_by_id[found.skill_id].title,
                level=levels[found.skill_id],
                seen=found.seen,
                path=found.path,
                line=found.line,
                cell=found.cell,
                url=line_url(project.repository, found.commit, found.path, found.line),
            )
            for found in confirmed
        ),
    )


def _shown_by(projects: Iterable[ShownProject]) -> dict[str, list[str]]:
    """Slugs of projects by the skills that they show."""
    shown_by: dict[str, list[str]] = {}
    for project in projects:
        for evidence in project.evidence:
            shown_by.setdefault(evidence.skill, []).append(project.slug)
    return shown_by


def _steps(marks: Mapping[int, Mark], curriculum: Snapshot, finished: Collection[int]) -> tuple[StepProgress, ...]:
    states = {skill: mark.state for skill, mark in marks.items()}
    counted = [(stage, progress(stage.skills, states)) for stage in curriculum.stages]
    return tuple(
        StepProgress(
            number=stage.number,
            title=stage.title,
            short=stage.short,
            done=step.done,
            total=step.total,
            confirmed=sum(skill.id in marks and level_of(marks[skill.id]) == "confirmed" for skill in stage.skills),
            states=tuple(states.get(skill.id, "none") for skill in stage.skills),
            is_complete=step.is_complete or stage.id in finished,
        )
        for stage, step in counted
    )
