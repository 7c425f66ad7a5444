"""What changes a learner's projects."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.text import slugify

from roadmap.progress.services import lock_marks

from .evidence import follow_evidence
from .models import KEEP_DAYS, Evidence, Inspection, Project

# What one learner may attach in a day, and have read anew at once: GitHub's patience is shared by everybody.
MOST_A_DAY = 20
MOST_UNDER_WAY = 3

_LOCK_LEARNER = "SELECT pg_advisory_xact_lock(hashtextextended('projects ' || %s, 0))"


class TooMany(Exception):
    """More projects than one learner may attach in a day."""


class TooManyUnderWay(Exception):
    """More readings at once than one learner may have."""


class Outdated(Exception):
    """The words were saved in another tab since they were read; `version` is what stands now."""

    def __init__(self, version: int) -> None:
        super().__init__(version)
        self.version = version


@dataclass(frozen=True, slots=True)
class Attached:
    """What attaching did: the project, and whether it was there before (or had been deleted, and is back)."""

    project: Project
    was_there: bool = False
    was_deleted: bool = False


def attach_project(*, learner: int, url: str, repository: str, values: Mapping[str, Any]) -> Attached:
    """Attaches a repository or a link. The same one twice is one project, also at the same moment; a deleted one comes back.

    What is there already keeps its words. `values` are cleaned fields of the form. Raises TooMany.
    """
    key = f"github:{repository.lower()}" if repository else url
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_LOCK_LEARNER, [learner])
        if there := Project.objects.filter(learner_id=learner, key=key).first():
            if there.is_deleted:
                restore_project(project=there)
            return Attached(there, was_there=True, was_deleted=there.is_deleted)
        if Project.objects.filter(learner_id=learner, created_at__gt=timezone.now() - timedelta(days=1)).count() >= MOST_A_DAY:
            raise TooMany
        project = Project(learner_id=learner, url=url, repository=repository, key=key, **values)
        project.slug = _free_slug(learner, project.title)
        project.full_clean(exclude=["learner", "idea"], validate_unique=False, validate_constraints=False)
        project.save(force_insert=True)
        if repository:
            Inspection.objects.create(project=project)
            _call_reader()
    return Attached(project)


def save_words(*, project: Project, version: int, values: Mapping[str, Any]) -> Project:
    """Saves fields of a form that was opened at `version`. Raises Outdated where another save came between; nothing is lost then.

    Raises ValidationError where a field is not as the model wants it.

    A finished project from which an answer is taken away is no longer finished.
    """
    others = [field.name for field in Project._meta.fields if field.name not in values or field.is_relation]
    Project(**values).clean_fields(exclude=others)
    words = {**values, "version": version + 1, "updated_at": Now()}
    if any(not values[name].strip() for name in Project.QUESTIONS if name in values):
        words["finished_at"] = None
    if not Project.objects.kept().filter(pk=project.pk, version=version).update(**words):
        raise Outdated(Project.objects.values_list("version", flat=True).get(pk=project.pk))
    return Project.objects.get(pk=project.pk)


def finish_project(*, project: Project, is_finished: bool) -> bool:
    """Presents the project as finished, or no longer; False where a question has no answer yet. Twice is once, with the first date."""
    wanted = Project.objects.kept().filter(pk=project.pk)
    if not is_finished:
        wanted.update(finished_at=None)
        return True
    try:
        with transaction.atomic():
            wanted.filter(finished_at=None).update(finished_at=Now())
    except IntegrityError:  # the database holds the answers to it
        return False
    return True


def archive_project(*, project: Project, is_archived: bool) -> None:
    """Takes a project out of the lists and off the portfolio, or puts it back. Its evidence goes on to count."""
    wanted = Project.objects.kept().filter(pk=project.pk)
    if is_archived:
        wanted.filter(archived_at=None).update(archived_at=Now())
    else:
        wanted.update(archived_at=None)


def delete_project(*, project: Project) -> None:
    """Deletes a project; for KEEP_DAYS it can be restored. What only it showed is no longer shown, and no mark is taken back."""
    _change_and_follow(project, Project.objects.filter(pk=project.pk, deleted_at=None), {"deleted_at": Now()})


def restore_project(*, project: Project) -> None:
    """Brings a deleted project back with its evidence, and not archived. Twice is once."""
    _change_and_follow(project, Project.objects.deleted().filter(pk=project.pk), {"deleted_at": None, "archived_at": None})


def drop_deleted_projects() -> int:
    """Deletes for good what was deleted more than KEEP_DAYS ago; says how many."""
    dropped, _ = Project.objects.filter(deleted_at__lt=timezone.now() - timedelta(days=KEEP_DAYS)).delete()
    return dropped


def ask_for_reading(*, project: Project) -> None:
    """Has the repository read anew. While a reading is under way that is the one. Raises TooManyUnderWay."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_LOCK_LEARNER, [project.learner_id])
        under_way = Inspection.objects.filter(project__learner_id=project.learner_id, state__in=("waiting", "reading"))
        if under_way.filter(project=project).exists():
            return
        if under_way.filter(project__deleted_at=None).count() >= MOST_UNDER_WAY:
            raise TooManyUnderWay
        Inspection.objects.filter(project=project).update(
            state=Inspection.State.WAITING, asked_at=Now(), next_try_at=None, tries=0, problem=""
        )
        _call_reader()


def _call_reader() -> None:
    from .tasks import call_reader

    call_reader()


def _change_and_follow(project: Project, wanted: Any, change: Mapping[str, Any]) -> None:
    with transaction.atomic():
        skills = sorted(Evidence.objects.filter(project=project).values_list("skill_id", flat=True))
        lock_marks(climber=project.learner_id, skills=skills)
        if wanted.update(**change, version=F("version") + 1):
            follow_evidence(learner=project.learner_id, skills=skills)


def _free_slug(learner: int, title: str) -> str:
    """The title in plain letters; with a number where the learner has one like it. The caller holds the learner's lock."""
    stem = slugify(title)[:50].strip("-") or "project"
    taken = set(Project.objects.filter(learner_id=learner, slug__startswith=stem).values_list("slug", flat=True))
    return next(slug for number in count(1) if (slug := stem if number == 1 else f"{stem}-{number}") not in taken)
