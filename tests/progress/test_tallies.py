"""How many learners stand where with each skill: whatever happens to marks, the tallies come to what a full count would."""

import random
from collections import Counter
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from roadmap.progress import rollups
from roadmap.progress.models import Mark, SkillTally, TallyChange
from roadmap.progress.services import WANTED, carry_marks_over, mark_skill
from tests.factories import SkillFactory, UserFactory

pytestmark = pytest.mark.django_db

STATES = ("learning", "done", "skipped")


def tallies():
    return {
        tally.skill_id: {state: getattr(tally, state) for state in STATES}
        for tally in SkillTally.objects.all()
        if any(getattr(tally, state) for state in STATES)
    }


def full_count():
    counted = Counter(Mark.objects.values_list("skill_id", "state"))
    return {skill: {state: counted[skill, state] for state in STATES} for skill, _ in counted}


def test_a_mark_is_counted_once_however_often_tallies_are_refreshed(learner, other_learner, curriculum):
    mark_skill(climber=learner.pk, skill_id=curriculum.python.pk, state="done")
    mark_skill(climber=other_learner.pk, skill_id=curriculum.python.pk, state="learning")
    assert [rollups.refresh(), rollups.refresh()] == [2, 0]
    assert tallies() == {curriculum.python.pk: {"learning": 1, "done": 1, "skipped": 0}}
    mark_skill(climber=learner.pk, skill_id=curriculum.python.pk, state="none")
    rollups.refresh()
    assert tallies() == {curriculum.python.pk: {"learning": 1, "done": 0, "skipped": 0}}


def test_the_same_mark_again_leaves_nothing_to_count(learner, curriculum):
    mark_skill(climber=learner.pk, skill_id=curriculum.python.pk, state="done")
    mark_skill(climber=learner.pk, skill_id=curriculum.python.pk, state="done")
    assert rollups.refresh() == 1


def test_marks_of_guests_are_not_counted(curriculum):
    mark_skill(climber=uuid4(), skill_id=curriculum.python.pk, state="done")
    assert (rollups.refresh(), tallies()) == (0, {})


def test_deleting_an_account_takes_its_marks_out(learner, other_learner, curriculum):
    for person in (learner, other_learner):
        mark_skill(climber=person.pk, skill_id=curriculum.python.pk, state="done")
    rollups.refresh()
    learner.delete()
    rollups.refresh()
    assert tallies() == {curriculum.python.pk: {"learning": 0, "done": 1, "skipped": 0}}


def test_bulk_writes_are_counted_too(curriculum):
    people = UserFactory.create_batch(5)
    Mark.objects.bulk_create([Mark(learner=person, skill=curriculum.numpy, state="learning") for person in people])
    Mark.objects.filter(learner__in=people[:2]).update(state="skipped")
    Mark.objects.filter(learner=people[4]).delete()
    rollups.refresh()
    assert tallies() == full_count() == {curriculum.numpy.pk: {"learning": 2, "done": 0, "skipped": 2}}


def test_a_level_does_not_change_the_count(learner, curriculum):
    mark_skill(climber=learner.pk, skill_id=curriculum.python.pk, state="done")
    rollups.refresh()
    Mark.objects.update(shown_at="2026-01-01T00:00Z")
    assert rollups.refresh() == 0


def test_more_changes_than_a_batch_are_all_counted(curriculum, monkeypatch):
    monkeypatch.setattr(rollups, "BATCH", 3)
    Mark.objects.bulk_create([Mark(learner=person, skill=curriculum.numpy, state="done") for person in UserFactory.create_batch(7)])
    assert rollups.refresh() == 7
    assert tallies() == full_count()


def test_a_rebuild_mends_tallies_that_are_wrong(learner, curriculum):
    mark_skill(climber=learner.pk, skill_id=curriculum.python.pk, state="done")
    SkillTally.objects.create(skill=curriculum.python, done=40)
    SkillTally.objects.create(skill=curriculum.cv, learning=2)
    said = StringIO()
    call_command("rebuild_tallies", stdout=said)
    assert tallies() == full_count()
    assert rollups.refresh() == 0
    assert said.getvalue() == "All marks on 11 skills counted anew.\n"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["mark", "delete", "carry", "refresh", "rebuild"]),
            st.integers(0, 2),
            st.integers(0, 3),
            st.sampled_from(WANTED),
        ),
        max_size=25,
    )
)
def test_tallies_equal_a_full_count_after_any_history(django_db_blocker, steps):
    with django_db_blocker.unblock(), transaction.atomic():
        people = UserFactory.create_batch(3)
        skills = SkillFactory.create_batch(4)
        for what, person, skill, state in steps:
            match what:
                case "mark" if User.objects.filter(pk=people[person].pk).exists():
                    mark_skill(climber=people[person].pk, skill_id=skills[skill].pk, state=state)
                case "delete":
                    User.objects.filter(pk=people[person].pk).delete()
                case "carry":
                    carry_marks_over(skill_id=skills[skill].pk, replaced_by=[skills[skill - 1].pk])
                case "refresh":
                    rollups.refresh()
                case "rebuild":
                    rollups.rebuild()
        rollups.refresh()
        assert tallies() == full_count()
        assert not TallyChange.objects.exists()
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_a_change_committed_late_is_counted(learner, other_learner, curriculum, together):
    """The first change (a smaller id) is committed after the second one has been counted."""
    connection.ensure_connection()
    with connection.get_new_connection(connection.get_connection_params()) as slow:
        insert = "INSERT INTO progress_mark (learner_id, skill_id, state) VALUES (%s, %s, 'done')"
        slow.execute("BEGIN")
        slow.execute(insert, [learner.pk, curriculum.python.pk])
        mark_skill(climber=other_learner.pk, skill_id=curriculum.python.pk, state="done")
        assert rollups.refresh() == 1
        slow.execute("COMMIT")
    assert rollups.refresh() == 1
    assert tallies() == full_count() == {curriculum.python.pk: {"learning": 0, "done": 2, "skipped": 0}}


@pytest.mark.django_db(transaction=True)
def test_refreshes_rebuilds_and_marks_at_once_lose_and_double_nothing(curriculum, together):
    people = UserFactory.create_batch(4)

    def act(number):
        if number == 0:
            return [rollups.rebuild() for _ in range(10)]
        if number in (1, 2):
            return [rollups.refresh() for _ in range(20)]
        chance = random.Random(number)
        person = people[number - 3].pk
        return [mark_skill(climber=person, skill_id=chance.choice(curriculum.skills).pk, state=chance.choice(WANTED)) for _ in range(40)]

    together(7, act)
    rollups.refresh()
    assert tallies() == full_count()
    assert not TallyChange.objects.exists()


def test_the_tallies_are_one_short_read(curriculum, statements):
    rollups.rebuild()
    with statements(exactly=1):
        list(SkillTally.objects.all())
