from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from roadmap.progress.models import FinishedStage, GuestFinishedStage, Mark, MarkEvent, Note, Reset, Tick
from roadmap.progress.resets import KEPT_DAYS, begin_anew, forget_resets, resets_of, take_back
from roadmap.progress.services import mark_skill, tick_point
from roadmap.stages.models import DonePoint, Skill
from tests.factories import EvidenceFactory, ProjectFactory, SkillFactory


def marks(learner) -> dict[str, str]:
    return dict(Mark.objects.filter(learner=learner).values_list("skill__slug", "state"))


@pytest.fixture
def climbed(curriculum, learner):
    for slug, state in (("python", "done"), ("numpy", "learning"), ("statistics", "skipped")):
        mark_skill(climber=learner.pk, skill_id=getattr(curriculum, slug).pk, state=state)
    tick_point(climber=learner.pk, point_id=DonePoint.objects.get(key="script").pk, reached=True)
    return curriculum


def test_learner_begins_a_step_anew_and_only_its_marks_and_ticks_go(climbed, learner, other_learner):
    mark_skill(climber=other_learner.pk, skill_id=climbed.python.pk, state="done")
    Note.objects.create(learner=learner, skill=climbed.python, text="mine")

    assert begin_anew(learner=learner.pk, stage_id=climbed.ground.pk)

    assert marks(learner) == {"statistics": "skipped"}
    assert not Tick.objects.filter(learner=learner).exists()
    assert marks(other_learner) == {"python": "done"}
    assert Note.objects.filter(learner=learner).count() == 1


def test_taking_it_back_brings_states_ticks_and_dates_of_claims_back(climbed, learner):
    claimed = Mark.objects.get(learner=learner, skill=climbed.python).claimed_at
    reset = begin_anew(learner=learner.pk, stage_id=None)
    assert marks(learner) == {}

    assert take_back(learner=learner.pk, reset_id=reset.pk) == 3

    assert marks(learner) == {"python": "done", "numpy": "learning", "statistics": "skipped"}
    assert Mark.objects.get(learner=learner, skill=climbed.python).claimed_at == claimed
    assert Tick.objects.get(learner=learner).point.key == "script"
    told = MarkEvent.objects.filter(learner=learner, skill=climbed.python).order_by("id").values_list("from_state", "to_state", "source")
    assert list(told) == [("", "done", "page"), ("done", "", "reset"), ("", "done", "restored")]


def test_what_was_marked_since_stands(climbed, learner):
    reset = begin_anew(learner=learner.pk, stage_id=None)
    mark_skill(climber=learner.pk, skill_id=climbed.python.pk, state="learning")
    assert take_back(learner=learner.pk, reset_id=reset.pk) == 2
    assert marks(learner)["python"] == "learning"


def test_twice_is_once_in_both_directions(climbed, learner):
    reset = begin_anew(learner=learner.pk, stage_id=None)
    assert begin_anew(learner=learner.pk, stage_id=None) is None
    assert take_back(learner=learner.pk, reset_id=reset.pk) == 3
    mark_skill(climber=learner.pk, skill_id=climbed.python.pk, state="none")
    assert take_back(learner=learner.pk, reset_id=reset.pk) == 0
    assert "python" not in marks(learner)


def test_somebody_else_cannot_take_it_back(climbed, learner, other_learner):
    reset = begin_anew(learner=learner.pk, stage_id=None)
    with pytest.raises(Reset.DoesNotExist):
        take_back(learner=other_learner.pk, reset_id=reset.pk)
    assert (marks(learner), marks(other_learner)) == ({}, {})


def test_after_thirty_days_it_is_over_and_forgotten(climbed, learner):
    reset = begin_anew(learner=learner.pk, stage_id=None)
    Reset.objects.update(at=timezone.now() - timedelta(days=KEPT_DAYS, minutes=1))
    assert resets_of(learner.pk) == []
    with pytest.raises(Reset.DoesNotExist):
        take_back(learner=learner.pk, reset_id=reset.pk)
    forget_resets()
    assert not Reset.objects.exists()


def test_a_mark_on_a_skill_that_was_replaced_meanwhile_comes_back_on_its_replacement(climbed, learner):
    reset = begin_anew(learner=learner.pk, stage_id=None)
    new = SkillFactory(slug="python-3", stage=climbed.ground, position=9)
    Skill.objects.filter(pk=climbed.python.pk).update(retired_at=timezone.now())
    climbed.python.replaced_by.add(new)
    take_back(learner=learner.pk, reset_id=reset.pk)
    assert marks(learner)["python-3"] == "done"


def test_what_code_shows_is_shown_again(climbed, learner):
    EvidenceFactory(project=ProjectFactory(learner=learner), skill=climbed.python, confirmed_at=timezone.now())
    reset = begin_anew(learner=learner.pk, stage_id=None)
    take_back(learner=learner.pk, reset_id=reset.pk)
    assert Mark.objects.get(learner=learner, skill=climbed.python).shown_at


def test_beginning_anew_many_times_at_once_holds_everything_once(climbed, learner, together):
    together(6, lambda number: begin_anew(learner=learner.pk, stage_id=None))
    [reset] = Reset.objects.all()
    assert len(reset.held["marks"]) == 3


def test_a_mark_made_at_the_same_moment_is_held_or_stays(climbed, learner, together):
    skills = [climbed.pandas.pk, climbed.git.pk, climbed.trees.pk]
    begin = len(skills)

    def act(number: int) -> None:
        if number == begin:
            begin_anew(learner=learner.pk, stage_id=None)
        else:
            mark_skill(climber=learner.pk, skill_id=skills[number], state="done")

    together(begin + 1, act)
    held = {skill for reset in Reset.objects.all() for skill, _state, _claimed in reset.held["marks"]}
    standing = set(Mark.objects.filter(learner=learner).values_list("skill_id", flat=True))
    assert held | standing >= {*skills, climbed.python.pk}
    assert not held & standing


# --- Finished steps -------------------------------------------------------------------------------------------------


def finish(climber, curriculum) -> None:
    for skill in (curriculum.python, curriculum.numpy, curriculum.pandas):
        mark_skill(climber=climber, skill_id=skill.pk, state="done")
    mark_skill(climber=climber, skill_id=curriculum.git.pk, state="skipped")


def finished(learner) -> list[str]:
    return list(FinishedStage.objects.filter(learner=learner).values_list("stage__slug", flat=True))


def test_a_step_is_finished_with_its_last_skill(curriculum, learner):
    finish(learner.pk, curriculum)
    assert finished(learner) == ["ground"]


def test_a_finished_step_stays_finished_when_it_gains_a_skill(curriculum, learner):
    finish(learner.pk, curriculum)
    new = SkillFactory(slug="polars", stage=curriculum.ground, position=9)
    mark_skill(climber=learner.pk, skill_id=new.pk, state="done")
    mark_skill(climber=learner.pk, skill_id=curriculum.statistics.pk, state="done")
    assert finished(learner) == ["ground"]


def test_a_mark_on_the_new_skill_taken_back_before_all_are_done_again_changes_nothing(curriculum, learner):
    finish(learner.pk, curriculum)
    new, newer = (SkillFactory(slug=slug, stage=curriculum.ground, position=place) for slug, place in (("polars", 8), ("duckdb", 9)))
    mark_skill(climber=learner.pk, skill_id=new.pk, state="done")
    mark_skill(climber=learner.pk, skill_id=new.pk, state="none")
    assert finished(learner) == ["ground"]
    assert newer.pk not in FinishedStage.objects.get(learner=learner).skills


@pytest.mark.parametrize("state", ["none", "learning"])
def test_taking_one_of_its_marks_back_opens_the_step_again(curriculum, learner, state):
    finish(learner.pk, curriculum)
    mark_skill(climber=learner.pk, skill_id=curriculum.numpy.pk, state=state)
    assert finished(learner) == []


def test_from_done_to_skipped_a_step_stays_finished(curriculum, learner):
    finish(learner.pk, curriculum)
    mark_skill(climber=learner.pk, skill_id=curriculum.numpy.pk, state="skipped")
    assert finished(learner) == ["ground"]


def test_a_new_beginning_opens_the_step_and_taking_it_back_finishes_it(curriculum, learner):
    finish(learner.pk, curriculum)
    reset = begin_anew(learner=learner.pk, stage_id=curriculum.ground.pk)
    assert finished(learner) == []
    take_back(learner=learner.pk, reset_id=reset.pk)
    assert finished(learner) == ["ground"]


def test_a_guest_finishes_a_step_as_well(curriculum):
    finish(uuid4(), curriculum)
    assert list(GuestFinishedStage.objects.values_list("stage__slug", flat=True)) == ["ground"]


def test_the_last_two_skills_marked_at_once_finish_the_step(curriculum, learner, together):
    skills = [curriculum.python, curriculum.numpy, curriculum.pandas, curriculum.git]
    for _round in range(5):
        for skill in skills:
            mark_skill(climber=learner.pk, skill_id=skill.pk, state="none")
        together(len(skills), lambda number: mark_skill(climber=learner.pk, skill_id=skills[number].pk, state="done"))
        assert finished(learner) == ["ground"]
