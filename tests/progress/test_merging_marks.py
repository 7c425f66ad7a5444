"""A guest's marks in an account: nothing is lost, nothing set back, nothing of somebody else's comes in unasked."""

from datetime import timedelta
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from roadmap.progress.merge import copy_marks, drop_copied_marks, drop_guest, merge_marks, waiting_marks
from roadmap.progress.models import Guest, GuestMark, Mark, MarkEvent, Tick
from roadmap.progress.services import mark_skill, read_climb, tick_point
from roadmap.progress.signals import skill_marked
from roadmap.stages.models import DonePoint
from roadmap.stages.services import retire_skill
from tests.factories import UserFactory

STATES = ("skipped", "learning", "done")
FAR = {"none": 0, "skipped": 1, "learning": 2, "done": 3}


def marked(climber: int | UUID, marks: dict[int, str]) -> None:
    for skill, state in marks.items():
        mark_skill(climber=climber, skill_id=skill, state=state)


def states(learner: User) -> dict[int, str]:
    return dict(read_climb(learner.pk).states)


def everything(guest: UUID, learner: User) -> int:
    """Merges all that waits."""
    return merge_marks(guest=guest, learner=learner.pk, skills=[mark.skill_id for mark in waiting_marks(guest=guest, learner=learner.pk)])


def test_further_state_wins_and_nothing_is_set_back(curriculum: SimpleNamespace, learner: User) -> None:
    guest = uuid4()
    python, numpy, pandas, git = (skill.pk for skill in (curriculum.python, curriculum.numpy, curriculum.pandas, curriculum.git))
    marked(learner.pk, {python: "done", numpy: "learning", pandas: "skipped"})
    marked(guest, {python: "learning", numpy: "done", pandas: "learning", git: "skipped"})
    assert everything(guest, learner) == 3
    assert states(learner) == {python: "done", numpy: "done", pandas: "learning", git: "skipped"}


def test_merge_is_told_in_the_audit_trail_and_by_a_signal(curriculum: SimpleNamespace, learner: User) -> None:
    guest, python, numpy = uuid4(), curriculum.python.pk, curriculum.numpy.pk
    marked(learner.pk, {python: "learning"})
    marked(guest, {python: "done", numpy: "learning"})
    heard = []
    skill_marked.connect(
        lambda **said: heard.append((said["learner_id"], said["skill_id"], said["before"], said["after"])), weak=False, dispatch_uid="heard"
    )
    everything(guest, learner)
    skill_marked.disconnect(dispatch_uid="heard")
    told = MarkEvent.objects.filter(source=MarkEvent.Source.MERGE).order_by("id").values_list("skill_id", "from_state", "to_state")
    assert list(told) == [(python, "learning", "done"), (numpy, "", "learning")]
    assert heard == [(learner.pk, python, "learning", "done"), (learner.pk, numpy, "none", "learning")]


def test_date_of_a_claim_is_the_guests_own_and_never_changes_one_that_stands(curriculum: SimpleNamespace, learner: User) -> None:
    guest, python, numpy = uuid4(), curriculum.python.pk, curriculum.numpy.pk
    marked(learner.pk, {python: "done"})
    ours = Mark.objects.get(learner=learner, skill=python).claimed_at
    marked(guest, {python: "done", numpy: "done"})
    last_week = timezone.now() - timedelta(days=7)
    GuestMark.objects.filter(guest=guest).update(claimed_at=last_week)
    everything(guest, learner)
    assert Mark.objects.get(learner=learner, skill=python).claimed_at == ours
    assert Mark.objects.get(learner=learner, skill=numpy).claimed_at == last_week
    assert MarkEvent.objects.get(learner=learner, skill=numpy).at > last_week


def test_ticks_come_along_and_wait_also_where_the_state_stays(curriculum: SimpleNamespace, learner: User) -> None:
    guest, python = uuid4(), curriculum.python
    script, function = DonePoint.objects.filter(skill=python).order_by("position")
    marked(learner.pk, {python.pk: "done"})
    tick_point(climber=learner.pk, point_id=script.pk, reached=True)
    for point in (script, function):
        tick_point(climber=guest, point_id=point.pk, reached=True)
    (waiting,) = waiting_marks(guest=guest, learner=learner.pk)
    assert (waiting.slug, waiting.before, waiting.after, waiting.points) == ("python", "done", "done", 1)
    assert everything(guest, learner) == 1
    assert set(Tick.objects.filter(learner=learner).values_list("point_id", flat=True)) == {script.pk, function.pk}


def test_what_is_not_chosen_is_not_added(curriculum: SimpleNamespace, learner: User) -> None:
    guest, python, numpy = uuid4(), curriculum.python.pk, curriculum.numpy.pk
    marked(guest, {python: "done", numpy: "done"})
    assert merge_marks(guest=guest, learner=learner.pk, skills=[numpy]) == 1
    assert states(learner) == {numpy: "done"}
    assert not Guest.objects.filter(pk=guest).exists()


def test_marks_of_another_guest_cannot_be_had_by_naming_their_skills(curriculum: SimpleNamespace, learner: User) -> None:
    guest, stranger, python, numpy = uuid4(), uuid4(), curriculum.python.pk, curriculum.numpy.pk
    marked(guest, {python: "done"})
    marked(stranger, {numpy: "done"})
    assert merge_marks(guest=guest, learner=learner.pk, skills=[python, numpy]) == 1
    assert states(learner) == {python: "done"}
    assert read_climb(stranger).states == {numpy: "done"}


def test_guest_keeps_the_marks_until_the_first_sign_in(curriculum: SimpleNamespace, learner: User) -> None:
    guest, python, numpy = uuid4(), curriculum.python.pk, curriculum.numpy.pk
    marked(guest, {python: "done", numpy: "learning"})
    copy_marks(guest=guest, learner=learner.pk)
    assert read_climb(guest).states == {python: "done", numpy: "learning"} == states(learner)
    drop_copied_marks(learner=learner.pk)
    assert not Guest.objects.filter(pk=guest).exists()
    assert states(learner) == {python: "done", numpy: "learning"}


def test_what_a_guest_marks_after_signing_up_stays_with_the_device(curriculum: SimpleNamespace, learner: User) -> None:
    guest, python, numpy = uuid4(), curriculum.python.pk, curriculum.numpy.pk
    marked(guest, {python: "learning"})
    copy_marks(guest=guest, learner=learner.pk)
    marked(guest, {python: "done", numpy: "done"})
    drop_copied_marks(learner=learner.pk)
    assert states(learner) == {python: "learning"}
    assert [(mark.slug, mark.after) for mark in waiting_marks(guest=guest, learner=learner.pk)] == [("python", "done"), ("numpy", "done")]
    assert Guest.objects.get(pk=guest).learner_id is None


def test_refused_marks_are_gone_and_ours_stay(curriculum: SimpleNamespace, learner: User) -> None:
    guest, python, numpy = uuid4(), curriculum.python.pk, curriculum.numpy.pk
    marked(learner.pk, {python: "learning"})
    marked(guest, {python: "done", numpy: "done"})
    drop_guest(guest=guest)
    assert states(learner) == {python: "learning"}
    assert not GuestMark.objects.filter(guest=guest).exists()


def test_mark_on_a_skill_that_has_left_the_roadmap_is_kept(curriculum: SimpleNamespace, learner: User) -> None:
    guest = uuid4()
    marked(guest, {curriculum.cv.pk: "done"})
    retire_skill(skill=curriculum.cv)
    assert everything(guest, learner) == 1
    assert states(learner) == {curriculum.cv.pk: "done"}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_merges_commute_and_repeat_safely(curriculum: SimpleNamespace, data: st.DataObject) -> None:
    skills = [skill.pk for skill in curriculum.skills]
    points = list(DonePoint.objects.values_list("pk", flat=True))
    marks = st.dictionaries(st.sampled_from(skills), st.sampled_from(STATES))
    own, *guests = data.draw(st.lists(marks, min_size=1, max_size=4))
    ticks = data.draw(st.lists(st.sets(st.sampled_from(points)), min_size=len(guests), max_size=len(guests)))
    order = data.draw(st.permutations(range(len(guests))))
    outcomes = []
    for turns in (range(len(guests)), [*order, *order]):
        person = UserFactory()
        marked(person.pk, own)
        keys = [uuid4() for _ in guests]
        for key, theirs, reached in zip(keys, guests, ticks, strict=True):
            marked(key, theirs)
            for point in reached:
                tick_point(climber=key, point_id=point, reached=True)
        for turn in turns:
            before = states(person)
            copy_marks(guest=keys[turn], learner=person.pk)
            after = states(person)
            assert all(FAR[after[skill]] >= FAR[state] for skill, state in before.items())
        events = list(MarkEvent.objects.filter(learner=person).order_by("id").values_list("skill_id", "from_state", "to_state"))
        # Each event begins where the one before has ended, and the last ends at what stands.
        last: dict[int, str] = {}
        for skill, come_from, to in events:
            assert last.get(skill, "") == come_from != to
            last[skill] = to
        assert last == states(person)
        outcomes.append((states(person), set(Tick.objects.filter(learner=person).values_list("point_id", flat=True))))
    union = {
        skill: max((held[skill] for held in (own, *guests) if skill in held), key=FAR.__getitem__)
        for skill in skills
        if any(skill in held for held in (own, *guests))
    }
    assert outcomes == [(union, set().union(*ticks))] * 2


@pytest.mark.django_db(transaction=True)
def test_two_merges_and_marks_at_once_lose_nothing(curriculum: SimpleNamespace, learner: User, together) -> None:
    skills = [skill.pk for skill in curriculum.skills]
    guests = [uuid4() for _ in range(4)]
    for number, guest in enumerate(guests):
        marked(guest, {skill: STATES[(number + place) % 3] for place, skill in enumerate(skills)})

    def act(number: int) -> None:
        if number < 4:
            copy_marks(guest=guests[number], learner=learner.pk)
        else:
            mark_skill(climber=learner.pk, skill_id=skills[number - 4], state="done")

    together(8, act)
    assert states(learner) == dict.fromkeys(skills, "done")
    chain: dict[int, str] = {}
    for event in MarkEvent.objects.filter(learner=learner).order_by("id"):
        assert chain.get(event.skill_id, "") == event.from_state
        chain[event.skill_id] = event.to_state


@pytest.mark.django_db(transaction=True)
def test_one_guest_merged_twice_at_once_is_merged_once(curriculum: SimpleNamespace, learner: User, together) -> None:
    guest = uuid4()
    marked(guest, {skill.pk: "done" for skill in curriculum.skills})
    together(4, lambda number: everything(guest, learner))
    assert states(learner) == {skill.pk: "done" for skill in curriculum.skills}
    assert MarkEvent.objects.filter(learner=learner).count() == len(curriculum.skills)
