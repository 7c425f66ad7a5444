"""Every change of content raises the revision, whoever writes, and the next page sees it."""

import os
import subprocess
import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pghistory.models
import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction

from roadmap.curriculum import snapshot
from roadmap.curriculum.models import Revision
from roadmap.progress.services import mark_skill
from roadmap.stages import services
from roadmap.stages.models import DonePoint, Skill, Stage
from tests.curriculum.folders import Folder
from tests.factories import ResourceFactory, SkillFactory, StageFactory, UserFactory


def _tables() -> set[str]:
    """The tables of content, many-to-many ones too; its history is not content, nor is what belongs to a learner."""
    models = [model for label in ("stages", "resources") for model in apps.get_app_config(label).get_models(include_auto_created=True)]
    return {
        model._meta.db_table
        for model in models
        if not issubclass(model, pghistory.models.Event) and "learner" not in {field.name for field in model._meta.fields}
    }


def test_every_table_of_content_raises_the_revision(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'raises_the_revision' AND tgenabled = 'O'")
        assert {table for (table,) in cursor.fetchall()} == _tables()


@pytest.mark.parametrize(
    "sql", ["UPDATE stages_donepoint SET text = 'You know.'", "DELETE FROM stages_prerequisite", "TRUNCATE resources_resourceskill"]
)
def test_plain_sql_raises_it_as_well(curriculum: SimpleNamespace, sql: str) -> None:
    before = Revision.objects.get().number
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(sql)
    assert Revision.objects.get().number == before + 1


def test_marks_leave_it_alone(curriculum: SimpleNamespace) -> None:
    before = Revision.objects.get().number
    mark_skill(climber=UserFactory().pk, skill_id=curriculum.python.pk, state="done")
    assert Revision.objects.get().number == before


def test_a_change_that_is_taken_back_is_no_change(curriculum: SimpleNamespace) -> None:
    before = Revision.objects.get().number
    with transaction.atomic():
        Skill.objects.update(title="x")
        transaction.set_rollback(True)
    assert Revision.objects.get().number == before


EDIT = """
import os, django
django.setup()
from django.db import connection
connection.settings_dict["NAME"] = os.environ["NAME_OF_THE_TEST"]
from roadmap.stages.models import Skill
Skill.objects.filter(slug="git").update(title="Edited elsewhere")
"""


@pytest.mark.django_db(transaction=True)
def test_an_edit_in_another_process_is_on_the_next_page_here(loaded: Folder) -> None:
    before = snapshot.current()
    assert before.skills["git"].title == "Learn git"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "roadmap.settings", "STAIRCASE_DATA": str(settings.STAIRCASE_DATA)}
    environment["NAME_OF_THE_TEST"] = str(connection.settings_dict["NAME"])
    subprocess.run([sys.executable, "-c", EDIT], env=environment, cwd=settings.BASE_DIR, check=True, capture_output=True, timeout=60)
    assert snapshot.current().skills["git"].title == "Edited elsewhere"
    assert snapshot.current() is snapshot.current()


def test_reading_the_curriculum_costs_the_same_with_little_and_with_much(
    curriculum: SimpleNamespace, statements: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot, "_held", None)
    with statements(at_most=24) as few:
        snapshot.current()
    for number in range(5):
        stage = StageFactory(position=10 + number)
        skills = [SkillFactory(stage=stage, points=["a", "b"], needs=[curriculum.python]) for _ in range(5)]
        ResourceFactory(skills=skills)
        services.retire_skill(skill=skills[0], replaced_by=skills[1:3])
    with statements(exactly=len(few)):
        snapshot.current()
    with statements(exactly=1):
        snapshot.current()


def test_drafts_and_what_is_retired_are_in_no_picture(curriculum: SimpleNamespace) -> None:
    DonePoint.objects.filter(skill=curriculum.python, key="script").update(retired_at="2026-01-01T00:00Z")
    services.retire(entries=type(curriculum.book).objects.filter(pk=curriculum.book.pk))
    services.retire(entries=type(curriculum.idea).objects.all())
    services.retire(entries=curriculum.ground.advice.all())
    picture = snapshot.current()
    assert "hidden" not in picture.skills
    assert "draft" not in picture.stage_by_slug
    assert [point.key for point in picture.skills["python"].points] == ["function"]
    assert (
        picture.skills["python"].resources,
        picture.skills["numpy"].resources,
        dict(picture.ideas),
        picture.stage_by_slug["ground"].advice,
    ) == ((), (), {}, ())
    Stage.objects.filter(slug="ground").update(published_at=None)
    picture = snapshot.current()
    assert "python" not in picture.skills
    assert [need.slug for need in picture.skills["cv"].needs] == []


def test_whatever_names_a_retired_skill_means_what_stands_in_its_place(curriculum: SimpleNamespace) -> None:
    services.retire_skill(skill=curriculum.numpy, replaced_by=[curriculum.git])
    services.retire_skill(skill=curriculum.git, replaced_by=[curriculum.statistics, curriculum.python])
    services.retire_skill(skill=curriculum.pandas, replaced_by=[curriculum.cv])
    picture = snapshot.current()
    assert [need.slug for need in picture.skills["trees"].needs] == ["cv"]
    assert [skill.slug for skill in picture.ideas["house-prices"].skills] == ["cv", "trees"]
    assert [resource.slug for resource in picture.skills["cv"].resources] == ["course"]
    assert [skill.slug for skill in picture.retired["numpy"].replaced_by] == ["statistics", "python"]
    assert [resource.slug for resource in picture.skills["python"].resources] == ["book"]
    assert [skill.slug for skill in picture.skills["statistics"].leads_to] == ["boosting", "cv"]
    assert [skill.slug for skill in picture.skills["cv"].needs] == ["statistics", "python"]
