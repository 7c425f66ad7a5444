"""A mentor puts a name to a skill; marks follow sign-offs, whatever happens to either."""

from collections.abc import Callable
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from roadmap.mentoring.access import Ended
from roadmap.mentoring.models import Mentorship, SignOff
from roadmap.mentoring.sign_offs.services import AlreadyConfirmed, NothingToConfirm, confirm_skill, disagreements, withdraw_sign_off
from roadmap.portfolio.evidence import confirm_evidence
from roadmap.progress.models import Mark
from roadmap.progress.services import mark_skill, read_climb
from roadmap.stages.services import retire_skill
from tests.factories import MentorshipFactory, ProjectFactory, SignOffFactory

NOTE = "Explained every line of the split."


@pytest.fixture
def mentorship(learner: User, mentor: User) -> Mentorship:
    return MentorshipFactory(learner=learner, mentor=mentor)


@pytest.fixture
def other_mentorship(learner: User, other_mentor: User) -> Mentorship:
    return MentorshipFactory(learner=learner, mentor=other_mentor)


@pytest.fixture
def done(learner: User, curriculum: SimpleNamespace) -> Any:
    """A skill that the learner calls done."""
    mark_skill(climber=learner.pk, skill_id=curriculum.numpy.pk, state="done")
    return curriculum.numpy


def says(learner: User, skill: Any) -> tuple[Any, str]:
    mark = Mark.objects.get(learner=learner, skill=skill)
    return mark.confirmed_at, mark.confirmed_by


def test_mentor_confirms_a_claimed_skill(mentorship: Mentorship, learner: User, done: Any) -> None:
    signed = confirm_skill(mentorship=mentorship, skill=done.pk, note=NOTE)
    assert not signed.was_there
    assert (signed.sign_off.mentor_name, signed.sign_off.note) == ("Jonas Weber", NOTE)
    assert says(learner, done) == (SignOff.objects.get().signed_at, "Jonas Weber")
    assert done.pk in read_climb(learner.pk).confirmed


def test_mentor_confirms_what_code_shows_and_the_mark_stays_learning(
    mentorship: Mentorship, learner: User, curriculum: SimpleNamespace
) -> None:
    project = ProjectFactory(learner=learner, shows=[curriculum.numpy])
    confirm_evidence(project=project, skills=[curriculum.numpy.pk])
    sign_off = confirm_skill(mentorship=mentorship, skill=curriculum.numpy.pk, note=NOTE, project=project).sign_off
    assert (sign_off.project, sign_off.commit) == (project, "a" * 40)
    assert read_climb(learner.pk).state(curriculum.numpy.pk) == "learning"
    assert curriculum.numpy.pk in read_climb(learner.pk).confirmed


@pytest.mark.parametrize("state", ["none", "learning", "skipped"])
def test_what_nobody_claims_and_no_code_shows_cannot_be_confirmed(
    mentorship: Mentorship, learner: User, curriculum: SimpleNamespace, state: Any
) -> None:
    mark_skill(climber=learner.pk, skill_id=curriculum.numpy.pk, state=state)
    with pytest.raises(NothingToConfirm):
        confirm_skill(mentorship=mentorship, skill=curriculum.numpy.pk, note=NOTE)
    assert not SignOff.objects.exists()


def test_confirming_twice_is_once_and_the_first_note_stands(mentorship: Mentorship, learner: User, done: Any) -> None:
    first = confirm_skill(mentorship=mentorship, skill=done.pk, note=NOTE).sign_off
    second = confirm_skill(mentorship=mentorship, skill=done.pk, note="Other words.")
    assert (second.was_there, second.sign_off.pk, second.sign_off.note) == (True, first.pk, NOTE)


def test_the_second_mentor_is_told_of_the_first(mentorship: Mentorship, other_mentorship: Mentorship, done: Any) -> None:
    first = confirm_skill(mentorship=mentorship, skill=done.pk, note=NOTE).sign_off
    with pytest.raises(AlreadyConfirmed) as told:
        confirm_skill(mentorship=other_mentorship, skill=done.pk, note="Mine.")
    assert told.value.sign_off == first


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"ended_at": "2026-01-01T00:00Z"}, id="ended"),
        pytest.param({"ends_on": "2026-01-01"}, id="run out"),
        pytest.param({"scopes": ["plan", "practice", "career"]}, id="shows too little"),
    ],
)
def test_nothing_is_confirmed_once_the_mentorship_has_ended(mentorship: Mentorship, done: Any, change: dict[str, Any]) -> None:
    Mentorship.objects.filter(pk=mentorship.pk).update(**change)
    with pytest.raises(Ended):
        confirm_skill(mentorship=mentorship, skill=done.pk, note=NOTE)
    assert not SignOff.objects.exists()


def test_a_project_is_named_only_where_projects_are_shown(mentorship: Mentorship, learner: User, done: Any) -> None:
    Mentorship.objects.filter(pk=mentorship.pk).update(scopes=["progress"])
    with pytest.raises(Ended):
        confirm_skill(mentorship=mentorship, skill=done.pk, note=NOTE, project=ProjectFactory(learner=learner))
    assert confirm_skill(mentorship=mentorship, skill=done.pk, note=NOTE).sign_off.project is None


def test_a_mark_that_is_made_anew_is_confirmed_at_once(mentorship: Mentorship, learner: User, done: Any) -> None:
    sign_off = confirm_skill(mentorship=mentorship, skill=done.pk, note=NOTE).sign_off
    mark_skill(climber=learner.pk, skill_id=done.pk, state="none")
    assert done.pk not in read_climb(learner.pk).confirmed
    change = mark_skill(climber=learner.pk, skill_id=done.pk, state="done")
    assert done.pk in change.climb.confirmed
    assert says(learner, done) == (sign_off.signed_at, "Jonas Weber")


def test_withdrawing_takes_the_confirmation_back_and_leaves_the_mark(mentorship: Mentorship, learner: User, done: Any) -> None:
    sign_off = confirm_skill(mentorship=mentorship, skill=done.pk, note=NOTE).sign_off
    withdrawn = withdraw_sign_off(sign_off=sign_off, by="Jonas Weber", reason="The code was somebody else’s.")
    assert (withdrawn.withdrawn_because, withdrawn.withdrawn_by) == ("The code was somebody else’s.", "Jonas Weber")
    assert says(learner, done) == (None, "")
    assert read_climb(learner.pk).state(done.pk) == "done"
    assert disagreements() == []


def test_withdrawing_twice_is_once_and_the_first_reason_stands(mentorship: Mentorship, done: Any) -> None:
    sign_off = confirm_skill(mentorship=mentorship, skill=done.pk, note=NOTE).sign_off
    first = withdraw_sign_off(sign_off=sign_off, by="Jonas Weber", reason="Copied.")
    again = withdraw_sign_off(sign_off=sign_off, by="Sam Root", reason="Something else.")
    assert (again.withdrawn_at, again.withdrawn_because, again.withdrawn_by) == (first.withdrawn_at, "Copied.", "Jonas Weber")


def test_a_withdrawn_skill_can_be_confirmed_again_and_both_stay_readable(mentorship: Mentorship, learner: User, done: Any) -> None:
    withdraw_sign_off(sign_off=confirm_skill(mentorship=mentorship, skill=done.pk, note=NOTE).sign_off, by="Jonas Weber", reason="Copied.")
    again = confirm_skill(mentorship=mentorship, skill=done.pk, note="Now it is hers.").sign_off
    assert says(learner, done) == (again.signed_at, "Jonas Weber")
    assert SignOff.objects.count() == 2


def test_the_name_stays_when_the_mentor_deletes_the_account(mentorship: Mentorship, learner: User, mentor: User, done: Any) -> None:
    signed_at = confirm_skill(mentorship=mentorship, skill=done.pk, note=NOTE).sign_off.signed_at
    mentor.delete()
    assert says(learner, done) == (signed_at, "Jonas Weber")
    assert SignOff.objects.values_list("mentor_id", "mentor_name").get() == (None, "Jonas Weber")
    assert disagreements() == []


def test_a_sign_off_is_carried_over_to_every_replacement(
    mentorship: Mentorship, learner: User, done: Any, curriculum: SimpleNamespace
) -> None:
    mark_skill(climber=learner.pk, skill_id=curriculum.python.pk, state="learning")
    signed_at = confirm_skill(mentorship=mentorship, skill=done.pk, note=NOTE).sign_off.signed_at
    for _ in range(2):
        retire_skill(skill=done, replaced_by=[curriculum.python, curriculum.pandas])
        assert [says(learner, skill) for skill in (curriculum.python, curriculum.pandas)] == [(signed_at, "Jonas Weber")] * 2
        assert SignOff.objects.count() == 3
    assert disagreements() == []


def test_what_another_mentor_signed_for_the_replacement_stands(
    mentorship: Mentorship, other_mentor: User, learner: User, done: Any, curriculum: SimpleNamespace
) -> None:
    mark_skill(climber=learner.pk, skill_id=curriculum.python.pk, state="done")
    SignOffFactory(learner=learner, skill=curriculum.python, mentor=other_mentor)
    confirm_skill(mentorship=mentorship, skill=done.pk, note=NOTE)
    retire_skill(skill=done, replaced_by=[curriculum.python])
    assert says(learner, curriculum.python)[1] == "Priya Raman"
    assert SignOff.objects.filter(skill=curriculum.python).count() == 1


def test_withdrawing_one_withdraws_what_was_carried_over(
    mentorship: Mentorship, learner: User, done: Any, curriculum: SimpleNamespace
) -> None:
    confirm_skill(mentorship=mentorship, skill=done.pk, note=NOTE)
    retire_skill(skill=done, replaced_by=[curriculum.python, curriculum.pandas])
    withdraw_sign_off(sign_off=SignOff.objects.get(skill=curriculum.pandas), by="Jonas Weber", reason="Copied.")
    assert not SignOff.objects.standing().exists()
    assert not Mark.objects.exclude(confirmed_at=None).exists()
    assert disagreements() == []


@pytest.mark.django_db(transaction=True)
def test_of_two_mentors_at_once_one_stands_and_the_other_is_told(
    mentorship: Mentorship, other_mentorship: Mentorship, learner: User, done: Any, together: Callable[..., list[Any]]
) -> None:
    both = [mentorship, other_mentorship]

    def confirm(number: int) -> str:
        try:
            confirm_skill(mentorship=Mentorship.objects.get(pk=both[number % 2].pk), skill=done.pk, note=NOTE)
        except AlreadyConfirmed as told:
            return f"told of {told.sign_off.mentor_name}"
        return "stands"

    outcomes = together(4, confirm)
    standing = SignOff.objects.standing().get()
    assert sorted(set(outcomes)) == ["stands", f"told of {standing.mentor_name}"]
    assert disagreements() == []


@pytest.mark.django_db(transaction=True)
def test_confirming_withdrawing_and_marking_at_once_end_in_agreement(
    mentorship: Mentorship, learner: User, done: Any, curriculum: SimpleNamespace, together: Callable[..., list[Any]]
) -> None:
    def confirm() -> None:
        with suppress(NothingToConfirm):
            confirm_skill(mentorship=Mentorship.objects.get(), skill=done.pk, note=NOTE)

    def withdraw() -> None:
        if sign_off := SignOff.objects.standing().first():
            withdraw_sign_off(sign_off=sign_off, by="Jonas Weber", reason="Copied.")

    acts: list[Callable[[], Any]] = [
        confirm,
        withdraw,
        confirm,
        lambda: mark_skill(climber=learner.pk, skill_id=done.pk, state="none"),
        lambda: mark_skill(climber=learner.pk, skill_id=done.pk, state="done"),
    ]
    for _ in range(4):
        together(len(acts), lambda number: acts[number]())
        assert disagreements() == []


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(steps=st.lists(st.tuples(st.sampled_from("cwdn"), st.integers(0, 1), st.integers(0, 1)), max_size=12))
def test_marks_and_sign_offs_agree_after_any_sequence(
    learner: User, mentor: User, other_mentor: User, curriculum: SimpleNamespace, steps: list[tuple[str, int, int]]
) -> None:
    SignOff.objects.all().delete()
    Mark.objects.all().delete()
    Mentorship.objects.all().delete()
    mentorships = [MentorshipFactory(learner=learner, mentor=person) for person in (mentor, other_mentor)]
    skills = [curriculum.numpy.pk, curriculum.pandas.pk]
    for step, which, one in steps:
        match step:
            case "c":
                with suppress(NothingToConfirm, AlreadyConfirmed):
                    confirm_skill(mentorship=mentorships[which], skill=skills[one], note=NOTE)
            case "w":
                for sign_off in SignOff.objects.standing().filter(skill=skills[one]):
                    withdraw_sign_off(sign_off=sign_off, by="Jonas Weber", reason="Copied.")
            case "d":
                mark_skill(climber=learner.pk, skill_id=skills[one], state="done")
            case "n":
                mark_skill(climber=learner.pk, skill_id=skills[one], state="none")
        assert disagreements() == []
        assert SignOff.objects.standing().values("learner", "skill").distinct().count() == SignOff.objects.standing().count()


def test_operator_finds_and_repairs_marks_that_disagree(mentorship: Mentorship, learner: User, done: Any, curriculum: Any) -> None:
    confirm_skill(mentorship=mentorship, skill=done.pk, note=NOTE)
    mark_skill(climber=learner.pk, skill_id=curriculum.pandas.pk, state="done")
    call_command("check_levels")
    Mark.objects.filter(skill=done).update(confirmed_by="Somebody Else")
    Mark.objects.filter(skill=curriculum.pandas).update(confirmed_at=timezone.now())
    with pytest.raises(CommandError, match="2 marks disagree with their sign-offs"):
        call_command("check_levels")
    call_command("check_levels", repair=True)
    call_command("check_levels")
    assert read_climb(learner.pk).confirmed == {done.pk}
