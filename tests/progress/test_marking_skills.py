"""Marking a skill, without a page: for a learner and for a guest alike."""

import random
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from roadmap.progress.models import Guest, GuestMark, Mark, MarkEvent
from roadmap.progress.services import WANTED, mark_skill, read_climb
from roadmap.progress.signals import skill_marked

pytestmark = pytest.mark.django_db

EARLY = datetime(2026, 2, 1, tzinfo=UTC)


@pytest.fixture(params=["learner", "guest"])
def climber(request, learner):
    return learner.pk if request.param == "learner" else uuid4()


def mark(climber, skill, state):
    return mark_skill(climber=climber, skill_id=skill.pk, state=state)


def states(climber):
    return dict(read_climb(climber).states)


def history(person, skill):
    return list(MarkEvent.objects.filter(learner=person, skill=skill).order_by("id").values_list("from_state", "to_state"))


@pytest.mark.parametrize("state", ["learning", "done", "skipped"])
def test_climber_marks_a_skill_and_only_that_one(climber, curriculum, state):
    change = mark(climber, curriculum.numpy, state)
    assert (change.before, change.after) == ("none", state)
    assert states(climber) == change.climb.states == {curriculum.numpy.pk: state}


def test_climber_takes_a_mark_back(climber, curriculum):
    mark(climber, curriculum.numpy, "done")
    mark(climber, curriculum.python, "learning")
    change = mark(climber, curriculum.numpy, "none")
    assert (change.before, change.after) == ("done", "none")
    assert states(climber) == change.climb.states == {curriculum.python.pk: "learning"}


def test_climber_marks_a_skill_twice_and_it_counts_once(climber, curriculum):
    first = mark(climber, curriculum.numpy, "done")
    second = mark(climber, curriculum.numpy, "done")
    assert (second.before, second.after, second.climb.states) == ("done", "done", first.climb.states)


def test_the_same_mark_twice_leaves_one_event_and_the_first_date(learner, curriculum):
    Mark.objects.create(learner=learner, skill=curriculum.numpy, state="done", claimed_at=EARLY)
    mark(learner.pk, curriculum.numpy, "done")
    assert Mark.objects.get().claimed_at == EARLY
    assert history(learner, curriculum.numpy) == []


def test_every_answer_holds_the_whole_climb(climber, curriculum):
    held = {}
    for skill, state in zip(curriculum.skills, ["done", "learning", "skipped"] * 3, strict=True):
        held[skill.pk] = state
        assert mark(climber, skill, state).climb.states == held


def test_a_state_that_does_not_exist_changes_nothing(climber, curriculum):
    mark(climber, curriculum.numpy, "learning")
    for wrong in ("mastered", "", "DONE", "todo"):
        with pytest.raises(ValueError, match="none, learning, done, skipped"):
            mark(climber, curriculum.numpy, wrong)
    assert states(climber) == {curriculum.numpy.pk: "learning"}


def test_the_database_refuses_a_state_that_does_not_exist(learner, curriculum):
    guest = Guest.objects.create(id=uuid4(), seen_on=date(2026, 1, 1))
    for row in (
        Mark(learner=learner, skill=curriculum.numpy, state="mastered"),
        GuestMark(guest=guest, skill=curriculum.numpy, state="mastered"),
    ):
        with pytest.raises(IntegrityError, match="state_is_known"), transaction.atomic():
            row.save(force_insert=True)


def test_the_database_refuses_a_second_mark_and_a_claim_that_is_not_done(learner, curriculum):
    Mark.objects.create(learner=learner, skill=curriculum.numpy, state="learning")
    with pytest.raises(IntegrityError, match="progress_mark_pkey"), transaction.atomic():
        Mark.objects.create(learner=learner, skill=curriculum.numpy, state="done")
    with pytest.raises(IntegrityError, match="only_a_done_mark_is_claimed"), transaction.atomic():
        Mark.objects.create(learner=learner, skill=curriculum.python, state="learning", claimed_at=EARLY)


def test_one_persons_marks_are_nobody_elses(learner, other_learner, curriculum):
    guest = uuid4()
    mark(learner.pk, curriculum.numpy, "done")
    mark(guest, curriculum.pandas, "learning")
    assert (states(learner.pk), states(other_learner.pk), states(guest)) == (
        {curriculum.numpy.pk: "done"},
        {},
        {curriculum.pandas.pk: "learning"},
    )


# --- Dates and events -----------------------------------------------------------------------------------------------


def test_only_a_done_mark_has_a_date_of_claim(climber, curriculum):
    table = Mark if isinstance(climber, int) else GuestMark
    claimed = {}
    for state in ("learning", "done", "skipped"):
        mark(climber, curriculum.numpy, state)
        claimed[state] = table.objects.get().claimed_at is not None
    assert claimed == {"learning": False, "done": True, "skipped": False}


@pytest.mark.parametrize("slip", ["none", "learning", "skipped"])
def test_undo_restores_the_date_of_the_first_claim(learner, curriculum, slip):
    Mark.objects.create(learner=learner, skill=curriculum.numpy, state="done", claimed_at=EARLY)
    mark(learner.pk, curriculum.numpy, slip)
    mark(learner.pk, curriculum.numpy, "done")
    assert Mark.objects.get().claimed_at == EARLY


def test_undo_in_several_steps_restores_it_too(learner, curriculum):
    Mark.objects.create(learner=learner, skill=curriculum.numpy, state="done", claimed_at=EARLY)
    for state in ("skipped", "learning", "none", "done"):
        mark(learner.pk, curriculum.numpy, state)
    assert Mark.objects.get().claimed_at == EARLY


def test_a_skill_done_again_after_more_than_a_day_is_claimed_anew(learner, curriculum):
    Mark.objects.create(learner=learner, skill=curriculum.numpy, state="done", claimed_at=EARLY)
    mark(learner.pk, curriculum.numpy, "learning")
    MarkEvent.objects.update(at=timezone.now() - timedelta(days=2))
    mark(learner.pk, curriculum.numpy, "done")
    assert Mark.objects.get().claimed_at > EARLY


def test_every_change_leaves_one_event(learner, curriculum):
    for state in ("learning", "done", "done", "none", "none", "skipped"):
        mark(learner.pk, curriculum.numpy, state)
    assert history(learner, curriculum.numpy) == [("", "learning"), ("learning", "done"), ("done", ""), ("", "skipped")]
    assert set(MarkEvent.objects.values_list("source", flat=True)) == {"page"}


def test_a_change_of_a_learners_mark_is_told_once_and_a_guests_is_not(learner, curriculum):
    heard = []

    def hear(sender, **told):
        heard.append({name: told[name] for name in ("learner_id", "skill_id", "before", "after")})

    skill_marked.connect(hear)
    try:
        mark(uuid4(), curriculum.numpy, "done")
        mark(learner.pk, curriculum.numpy, "done")
        mark(learner.pk, curriculum.numpy, "done")
    finally:
        skill_marked.disconnect(hear)
    assert heard == [{"learner_id": learner.pk, "skill_id": curriculum.numpy.pk, "before": "none", "after": "done"}]


def test_a_guest_is_seen_on_the_day_of_the_last_mark(curriculum):
    guest = uuid4()
    mark(guest, curriculum.numpy, "done")
    Guest.objects.update(seen_on=date(2026, 1, 1))
    mark(guest, curriculum.numpy, "done")
    assert Guest.objects.values_list("id", "seen_on").get() == (guest, timezone.now().date())


@pytest.mark.parametrize("made", [0, 8])
def test_a_mark_is_two_statements_whatever_there_is(climber, curriculum, statements, made):
    for skill in curriculum.skills[1 : made + 1]:
        mark(climber, skill, "done")
    with statements(exactly=2):
        mark(climber, curriculum.python, "done")


# --- At the same time -----------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_marks_of_one_skill_at_once_leave_one_mark(climber, curriculum, together):
    together(2, lambda number: mark(climber, curriculum.numpy, "done"))
    assert states(climber) == {curriculum.numpy.pk: "done"}


@pytest.mark.django_db(transaction=True)
def test_marks_of_different_skills_at_once_are_all_there(climber, curriculum, together):
    together(len(curriculum.skills), lambda number: mark(climber, curriculum.skills[number], "done"))
    assert states(climber) == {skill.pk: "done" for skill in curriculum.skills}


@pytest.mark.django_db(transaction=True)
def test_marks_at_once_leave_an_unbroken_history_that_ends_in_what_stands(learner, curriculum, together):
    def act(number):
        chance = random.Random(number)
        return [mark(learner.pk, curriculum.numpy, chance.choice(WANTED)) for _ in range(15)]

    changes = [change for each in together(6, act) for change in each]
    events = history(learner, curriculum.numpy)
    assert [came for came, _ in events] == ["", *(went for _, went in events[:-1])]
    assert events[-1][1] == states(learner.pk).get(curriculum.numpy.pk, "")
    assert len(events) == sum(change.before != change.after for change in changes)
    assert all(change.climb.state(curriculum.numpy.pk) == change.after for change in changes)
