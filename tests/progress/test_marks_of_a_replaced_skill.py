"""A skill leaves the roadmap for others: everybody's mark is found on each of them."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from roadmap.progress.models import Guest, GuestMark, Mark, MarkEvent
from roadmap.progress.services import mark_skill
from roadmap.stages.signals import skill_replaced
from tests.factories import PUBLISHED, UserFactory

pytestmark = pytest.mark.django_db

EARLY, LATE = datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)


def replace(old, *new):
    skill_replaced.send(None, skill_id=old.pk, replaced_by=[skill.pk for skill in new])


def state_of(person, skill):
    return Mark.objects.filter(learner=person, skill=skill).values_list("state", flat=True).first() or "none"


def events(person, skill):
    return list(MarkEvent.objects.filter(learner=person, skill=skill).order_by("id").values_list("from_state", "to_state", "source"))


def test_learner_finds_the_mark_on_every_replacement_and_keeps_the_old_one(learner, curriculum):
    Mark.objects.create(learner=learner, skill=curriculum.python, state="done", claimed_at=EARLY)
    replace(curriculum.python, curriculum.numpy, curriculum.pandas)
    marks = Mark.objects.filter(learner=learner).values_list("skill_id", "state", "claimed_at")
    assert set(marks) == {(skill.pk, "done", EARLY) for skill in (curriculum.python, curriculum.numpy, curriculum.pandas)}
    assert events(learner, curriculum.numpy) == events(learner, curriculum.pandas) == [("", "done", "replaced")]
    assert events(learner, curriculum.python) == []


def test_guest_finds_the_mark_on_every_replacement(curriculum):
    guest = uuid4()
    mark_skill(climber=guest, skill_id=curriculum.python.pk, state="learning")
    replace(curriculum.python, curriculum.numpy, curriculum.pandas)
    assert dict(GuestMark.objects.filter(guest=guest).values_list("skill__slug", "state")) == dict.fromkeys(
        ["python", "numpy", "pandas"], "learning"
    )
    assert Guest.objects.count() == 1


@pytest.mark.parametrize(
    ("old", "held", "stands"),
    [
        ("done", "learning", "done"),
        ("done", "skipped", "done"),
        ("learning", "done", "done"),
        ("learning", "skipped", "learning"),
        ("skipped", "done", "done"),
        ("skipped", "learning", "learning"),
        ("skipped", "skipped", "skipped"),
        ("none", "done", "done"),
        ("learning", "none", "learning"),
    ],
)
def test_the_further_state_stands_for_learners_and_guests(learner, curriculum, old, held, stands):
    guest = uuid4()
    for climber in (learner.pk, guest):
        mark_skill(climber=climber, skill_id=curriculum.python.pk, state=old)
        mark_skill(climber=climber, skill_id=curriculum.numpy.pk, state=held)
    replace(curriculum.python, curriculum.numpy)
    assert state_of(learner, curriculum.numpy) == stands
    assert GuestMark.objects.get(guest=guest, skill=curriculum.numpy).state == stands
    came = [(held.replace("none", ""), stands, "replaced")] if stands != held else []
    assert [event for event in events(learner, curriculum.numpy) if event[2] == "replaced"] == came


@pytest.mark.parametrize(("old", "held"), [(EARLY, LATE), (LATE, EARLY), (EARLY, EARLY)])
def test_the_first_claim_is_kept(learner, curriculum, old, held):
    Mark.objects.create(learner=learner, skill=curriculum.python, state="done", claimed_at=old)
    Mark.objects.create(learner=learner, skill=curriculum.numpy, state="done", claimed_at=held)
    replace(curriculum.python, curriculum.numpy)
    assert Mark.objects.get(learner=learner, skill=curriculum.numpy).claimed_at == EARLY
    assert events(learner, curriculum.numpy) == []


def test_a_repeat_changes_nothing(learner, curriculum):
    mark_skill(climber=learner.pk, skill_id=curriculum.python.pk, state="done")
    mark_skill(climber=learner.pk, skill_id=curriculum.numpy.pk, state="learning")
    replace(curriculum.python, curriculum.numpy)
    before = list(Mark.objects.order_by("skill_id").values()), list(MarkEvent.objects.order_by("id").values())
    replace(curriculum.python, curriculum.numpy)
    assert (list(Mark.objects.order_by("skill_id").values()), list(MarkEvent.objects.order_by("id").values())) == before


def test_levels_are_not_copied(learner, mentor, curriculum):
    Mark.objects.create(
        learner=learner,
        skill=curriculum.python,
        state="done",
        claimed_at=EARLY,
        shown_at=EARLY,
        confirmed_at=LATE,
        confirmed_by=mentor.name,
    )
    replace(curriculum.python, curriculum.numpy)
    assert Mark.objects.filter(learner=learner, skill=curriculum.numpy).values_list("shown_at", "confirmed_at", "confirmed_by").get() == (
        None,
        None,
        "",
    )
    assert Mark.objects.get(learner=learner, skill=curriculum.python).confirmed_by == mentor.name


def test_marks_follow_a_chain_of_replacements(learner, other_learner, curriculum):
    mark_skill(climber=learner.pk, skill_id=curriculum.python.pk, state="done")
    replace(curriculum.python, curriculum.numpy)
    mark_skill(climber=other_learner.pk, skill_id=curriculum.numpy.pk, state="learning")
    replace(curriculum.numpy, curriculum.pandas)
    assert (state_of(learner, curriculum.pandas), state_of(other_learner, curriculum.pandas)) == ("done", "learning")
    assert state_of(other_learner, curriculum.python) == "none"


def test_marks_go_on_to_what_replaces_a_replacement_that_is_retired_itself(learner, curriculum):
    """`old-tool` has left for `trees` long ago; now `python` leaves for `old-tool`."""
    mark_skill(climber=learner.pk, skill_id=curriculum.python.pk, state="done")
    replace(curriculum.python, curriculum.old_tool)
    assert state_of(learner, curriculum.trees) == "done"


def test_skills_that_replace_each_other_do_not_go_round_for_ever(learner, curriculum):
    curriculum.trees.retired_at = PUBLISHED
    curriculum.trees.save()
    curriculum.trees.replaced_by.add(curriculum.old_tool)
    Mark.objects.create(learner=learner, skill=curriculum.old_tool, state="learning")
    replace(curriculum.old_tool, curriculum.trees)
    assert state_of(learner, curriculum.trees) == "learning"


def test_a_skill_without_marks_or_without_replacement_changes_nothing(learner, curriculum):
    mark_skill(climber=learner.pk, skill_id=curriculum.python.pk, state="done")
    replace(curriculum.python)
    replace(curriculum.cv, curriculum.git)
    assert list(Mark.objects.values_list("skill__slug", flat=True)) == ["python"]


def test_the_number_of_statements_does_not_grow_with_the_learners(curriculum, statements):
    for person in UserFactory.create_batch(30):
        mark_skill(climber=person.pk, skill_id=curriculum.python.pk, state="done")
    with statements(at_most=8):
        replace(curriculum.python, curriculum.numpy, curriculum.pandas)
    assert Mark.objects.count() == 90


@pytest.mark.django_db(transaction=True)
def test_marks_made_during_a_replacement_keep_an_unbroken_history(curriculum, together):
    people = UserFactory.create_batch(5)
    for person in people:
        mark_skill(climber=person.pk, skill_id=curriculum.python.pk, state="done")

    def act(number):
        if number == 0:
            return [replace(curriculum.python, curriculum.numpy) for _ in range(5)]
        for state in ("learning", "none", "skipped", "learning", "none") * 2:
            mark_skill(climber=people[number - 1].pk, skill_id=curriculum.numpy.pk, state=state)
        return None

    together(6, act)
    for person in people:
        history = events(person, curriculum.numpy)
        assert [came for came, _, _ in history] == ["", *(went for _, went, _ in history[:-1])]
        assert history[-1][1] == state_of(person, curriculum.numpy).replace("none", "")
