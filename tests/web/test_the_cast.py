"""The fixtures keep what they promise: nothing of one test is left for the next."""

import pytest
from django.db import connection

from accounts.models import User
from roadmap.curriculum import snapshot
from roadmap.progress.services import mark_skill, read_climb
from roadmap.stages.models import Skill, Stage
from tests.factories import UserFactory


def test_small_curriculum_is_published_with_its_needs_and_without_its_draft(curriculum):
    picture = snapshot.current()
    assert [stage.slug for stage in picture.stages] == ["ground", "models", "work"]
    assert [skill.slug for skill in picture] == [skill.slug for skill in curriculum.skills]
    assert [need.slug for need in picture.skills["boosting"].needs] == ["trees", "statistics"]
    assert [skill.slug for skill in picture.retired["old-tool"].replaced_by] == ["trees"]


@pytest.mark.parametrize("time", [1, 2])
@pytest.mark.django_db(transaction=True)
def test_test_that_commits_begins_with_an_empty_database(time):
    assert (User.objects.count(), Stage.objects.count()) == (0, 0)
    UserFactory()


@pytest.mark.parametrize("time", [1, 2])
def test_real_curriculum_is_whole_again_after_a_test_that_commits(time, real_curriculum, transactional_db):
    assert len(real_curriculum.skills) == Skill.objects.published().count() > 0
    Stage.objects.update(published_at=None)


def test_statements_counts_queries_and_not_transactions(db, statements):
    from django.db import transaction

    with statements(exactly=1), transaction.atomic(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def test_together_marks_by_many_threads_are_all_kept(curriculum, learner, together):
    together(len(curriculum.skills), lambda number: mark_skill(climber=learner.pk, skill_id=curriculum.skills[number].pk, state="done"))
    assert len(read_climb(learner.pk).states) == len(curriculum.skills)
