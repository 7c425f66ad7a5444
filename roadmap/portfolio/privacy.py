"""What a person has to decide about the portfolio, and the saving of it."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from accounts.models import Profile, User
from accounts.services import switch_portfolio
from roadmap.curriculum.snapshot import SkillView, Snapshot
from roadmap.progress.levels import Level
from roadmap.progress.models import Mark

from .models import HiddenSkill, Project
from .published import level_of
from .querysets import ProjectQuerySet


@dataclass(frozen=True, slots=True)
class OfferedSkill:
    """A skill that a portfolio can speak of, and whether its learner leaves it out."""

    skill: SkillView
    level: Level
    is_hidden: bool


def offered_skills(person: User, curriculum: Snapshot) -> list[OfferedSkill]:
    """The skills that are done or shown, in the order of the staircase."""
    marks = {mark.skill_id: mark for mark in Mark.objects.filter(learner=person)}
    hidden = set(HiddenSkill.objects.filter(learner=person).values_list("skill_id", flat=True))
    return [
        OfferedSkill(skill, level, skill.id in hidden)
        for skill in curriculum
        if (mark := marks.get(skill.id)) and (level := level_of(mark))
    ]


def offered_projects(person: User) -> list[Project]:
    """The projects that can be listed, the latest first."""
    return list(Project.objects.of(person).current().order_by("-created_at", "slug"))


def save_privacy(
    *,
    person: User,
    visibility: str,
    skills: str,
    shows_email: bool,
    shows_progress: bool,
    offered: Collection[int],
    hidden: Collection[int],
    listed: Collection[str],
) -> Profile:
    """Saves who sees what. `offered` are the ids of the skills that were asked about, `hidden` those of them to leave out.

    `listed` are the ids of the projects to show; all other current ones are not shown. Whatever is not the person's own is ignored.
    """
    with transaction.atomic():
        # First, since saves of one person wait for each other there.
        profile = switch_portfolio(person=person, visibility=visibility)
        profile.skills, profile.shows_email, profile.shows_progress = skills, shows_email, shows_progress
        profile.clean_fields(exclude=["person"])
        profile.save()
        HiddenSkill.objects.filter(learner=person, skill__in=set(offered) - set(hidden)).delete()
        HiddenSkill.objects.bulk_create(
            [HiddenSkill(learner=person, skill_id=skill) for skill in sorted(set(hidden) & set(offered))], ignore_conflicts=True
        )
        current = Project.objects.of(person).current()
        _list(current.filter(pk__in=listed), Project.Visibility.PUBLIC)
        _list(current.exclude(pk__in=listed), Project.Visibility.PRIVATE)
    return profile


def _list(projects: ProjectQuerySet, visibility: str) -> None:
    # With a new version: a form of the project that was opened before cannot undo it.
    projects.exclude(visibility=visibility).update(visibility=visibility, updated_at=Now(), version=F("version") + 1)
