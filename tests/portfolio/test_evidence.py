"""Findings become evidence when their learner confirms them, and marks follow the evidence."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from roadmap.portfolio.evidence import Confirmed, carry_evidence_over, confirm_evidence, decline_evidence, disagreements
from roadmap.portfolio.models import Evidence, Project
from roadmap.portfolio.services import archive_project, delete_project, restore_project
from roadmap.progress.models import Mark, MarkEvent
from roadmap.progress.services import mark_skill, read_climb
from roadmap.stages.services import retire_skill
from tests.factories import EvidenceFactory, ProjectFactory


def is_shown(learner: User, skill: Any) -> bool:
    return skill.pk in read_climb(learner.pk).shown


def state(learner: User, skill: Any) -> str:
    return read_climb(learner.pk).state(skill.pk)


def test_a_finding_alone_shows_nothing(learner: User, curriculum: SimpleNamespace) -> None:
    mark_skill(climber=learner.pk, skill_id=curriculum.numpy.pk, state="done")
    ProjectFactory(learner=learner, shows=[curriculum.numpy])
    assert not is_shown(learner, curriculum.numpy)


def test_learner_confirms_a_finding_and_a_done_skill_is_shown(learner: User, curriculum: SimpleNamespace) -> None:
    mark_skill(climber=learner.pk, skill_id=curriculum.numpy.pk, state="done")
    project = ProjectFactory(learner=learner, shows=[curriculum.numpy])
    assert confirm_evidence(project=project, skills=[curriculum.numpy.pk]) == Confirmed({curriculum.numpy.pk}, set())
    assert is_shown(learner, curriculum.numpy)
    assert state(learner, curriculum.numpy) == "done"
    assert Mark.objects.get(learner=learner).shown_at == Evidence.objects.get().confirmed_at


def test_learner_confirms_a_finding_of_an_unmarked_skill_and_it_becomes_learning(learner: User, curriculum: SimpleNamespace) -> None:
    project = ProjectFactory(learner=learner, shows=[curriculum.numpy])
    confirm_evidence(project=project, skills=[curriculum.numpy.pk])
    assert (state(learner, curriculum.numpy), is_shown(learner, curriculum.numpy)) == ("learning", True)
    assert MarkEvent.objects.values_list("from_state", "to_state", "source").get() == ("", "learning", "shown")


def test_confirming_twice_is_once(learner: User, curriculum: SimpleNamespace) -> None:
    project = ProjectFactory(learner=learner, shows=[curriculum.numpy])
    confirm_evidence(project=project, skills=[curriculum.numpy.pk])
    first = Evidence.objects.get().confirmed_at
    assert confirm_evidence(project=project, skills=[curriculum.numpy.pk]) == Confirmed(set(), set())
    assert Evidence.objects.get().confirmed_at == first
    assert MarkEvent.objects.count() == 1


def test_a_skipped_skill_stays_skipped(learner: User, curriculum: SimpleNamespace) -> None:
    mark_skill(climber=learner.pk, skill_id=curriculum.numpy.pk, state="skipped")
    project = ProjectFactory(learner=learner, shows=[curriculum.numpy])
    confirm_evidence(project=project, skills=[curriculum.numpy.pk])
    assert state(learner, curriculum.numpy) == "skipped"


@pytest.mark.parametrize("facts", [{"strength": "listed"}, {"gone_at": "2026-01-01T00:00Z"}], ids=["only listed", "gone"])
def test_what_shows_nothing_cannot_be_confirmed(learner: User, curriculum: SimpleNamespace, facts: dict[str, str]) -> None:
    project = ProjectFactory(learner=learner)
    EvidenceFactory(project=project, skill=curriculum.numpy, **facts)
    assert confirm_evidence(project=project, skills=[curriculum.numpy.pk]) == Confirmed(set(), set())
    assert not Mark.objects.exists()


def test_an_unmarked_skill_is_not_marked_again_and_a_new_mark_is_shown(learner: User, curriculum: SimpleNamespace) -> None:
    project = ProjectFactory(learner=learner, shows=[curriculum.numpy])
    confirm_evidence(project=project, skills=[curriculum.numpy.pk])
    mark_skill(climber=learner.pk, skill_id=curriculum.numpy.pk, state="none")
    confirm_evidence(project=project, skills=[curriculum.numpy.pk])
    assert state(learner, curriculum.numpy) == "none"
    change = mark_skill(climber=learner.pk, skill_id=curriculum.numpy.pk, state="done")
    assert curriculum.numpy.pk in change.climb.shown
    assert is_shown(learner, curriculum.numpy)


def test_learner_takes_a_confirmation_back_and_the_mark_stays(learner: User, curriculum: SimpleNamespace) -> None:
    project = ProjectFactory(learner=learner, shows=[curriculum.numpy])
    mark_skill(climber=learner.pk, skill_id=curriculum.numpy.pk, state="done")
    confirm_evidence(project=project, skills=[curriculum.numpy.pk])
    decline_evidence(project=project, skills=[curriculum.numpy.pk])
    assert (state(learner, curriculum.numpy), is_shown(learner, curriculum.numpy)) == ("done", False)
    confirm_evidence(project=project, skills=[curriculum.numpy.pk])
    assert is_shown(learner, curriculum.numpy)


def test_a_skill_is_shown_while_one_of_two_projects_shows_it(learner: User, curriculum: SimpleNamespace) -> None:
    first, second = (ProjectFactory(learner=learner, shows=[curriculum.numpy]) for _ in range(2))
    for project in (first, second):
        confirm_evidence(project=project, skills=[curriculum.numpy.pk])
    delete_project(project=first)
    assert is_shown(learner, curriculum.numpy)
    delete_project(project=second)
    assert not is_shown(learner, curriculum.numpy)
    restore_project(project=first)
    assert is_shown(learner, curriculum.numpy)


def test_an_archived_project_goes_on_to_show(learner: User, curriculum: SimpleNamespace) -> None:
    project = ProjectFactory(learner=learner, shows=[curriculum.numpy])
    confirm_evidence(project=project, skills=[curriculum.numpy.pk])
    archive_project(project=project, is_archived=True)
    assert is_shown(learner, curriculum.numpy)


def test_what_showed_a_replaced_skill_shows_its_replacements(learner: User, curriculum: SimpleNamespace) -> None:
    project = ProjectFactory(learner=learner, shows=[curriculum.numpy])
    confirm_evidence(project=project, skills=[curriculum.numpy.pk])
    retire_skill(skill=curriculum.numpy, replaced_by=[curriculum.python, curriculum.pandas])
    assert is_shown(learner, curriculum.python)
    assert is_shown(learner, curriculum.pandas)
    assert disagreements() == []


def test_what_its_learner_declined_is_not_confirmed_by_a_replacement(learner: User, curriculum: SimpleNamespace) -> None:
    project = ProjectFactory(learner=learner, shows=[curriculum.numpy, curriculum.pandas])
    confirm_evidence(project=project, skills=[curriculum.numpy.pk])
    decline_evidence(project=project, skills=[curriculum.pandas.pk])
    retire_skill(skill=curriculum.numpy, replaced_by=[curriculum.pandas])
    carry_evidence_over(skill_id=curriculum.numpy.pk, targets=[curriculum.pandas.pk])
    assert Evidence.objects.get(skill=curriculum.pandas).answer == "declined"
    assert not is_shown(learner, curriculum.pandas)


@pytest.mark.django_db(transaction=True)
def test_confirming_taking_back_and_marking_at_once_end_in_agreement(
    learner: User, curriculum: SimpleNamespace, together: Callable[..., list[Any]]
) -> None:
    project, other = (ProjectFactory(learner=learner, shows=[curriculum.numpy, curriculum.pandas]) for _ in range(2))
    skills = [curriculum.numpy.pk, curriculum.pandas.pk]
    acts: list[Callable[[], Any]] = [
        lambda: confirm_evidence(project=project, skills=skills),
        lambda: confirm_evidence(project=other, skills=skills[::-1]),
        lambda: decline_evidence(project=project, skills=skills),
        lambda: mark_skill(climber=learner.pk, skill_id=skills[0], state="none"),
        lambda: mark_skill(climber=learner.pk, skill_id=skills[1], state="done"),
        lambda: delete_project(project=other),
        lambda: restore_project(project=other),
    ]
    for _ in range(3):
        together(len(acts), lambda number: acts[number]())
        assert disagreements() == []


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(steps=st.lists(st.tuples(st.sampled_from("cdmnrx"), st.integers(0, 1), st.integers(0, 1)), max_size=12))
def test_marks_and_evidence_agree_after_any_sequence(learner: User, curriculum: SimpleNamespace, steps: list[tuple[str, int, int]]) -> None:
    Project.objects.all().delete()
    Mark.objects.all().delete()
    skills = [curriculum.numpy.pk, curriculum.pandas.pk]
    projects = [ProjectFactory(learner=learner, shows=[curriculum.numpy, curriculum.pandas]) for _ in range(2)]
    for step, which, one in steps:
        project, skill = projects[which], skills[one]
        match step:
            case "c":
                confirm_evidence(project=project, skills=[skill])
            case "d":
                decline_evidence(project=project, skills=[skill])
            case "m":
                mark_skill(climber=learner.pk, skill_id=skill, state="done")
            case "n":
                mark_skill(climber=learner.pk, skill_id=skill, state="none")
            case "r":
                restore_project(project=project)
            case "x":
                delete_project(project=project)
        assert disagreements() == []


def test_operator_finds_and_repairs_marks_that_disagree(
    learner: User, curriculum: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    project = ProjectFactory(learner=learner, shows=[curriculum.numpy])
    confirm_evidence(project=project, skills=[curriculum.numpy.pk])
    mark_skill(climber=learner.pk, skill_id=curriculum.pandas.pk, state="done")
    call_command("check_levels")
    Mark.objects.filter(skill=curriculum.numpy).update(shown_at=None)
    Mark.objects.filter(skill=curriculum.pandas).update(shown_at=timezone.now())
    with pytest.raises(CommandError, match="2 marks disagree"):
        call_command("check_levels")
    call_command("check_levels", repair=True)
    call_command("check_levels")
    assert read_climb(learner.pk).shown == {curriculum.numpy.pk}
