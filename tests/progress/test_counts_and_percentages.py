"""Counts and percentages: done over not skipped, 0 to 100, and 100 only when all is done."""

from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmap.curriculum import snapshot
from roadmap.progress.summary import progress

HISTORIES = st.lists(st.sampled_from(["none", "learning", "done", "skipped"]), max_size=120)


def counted(marks, hours=2):
    skills = [SimpleNamespace(id=number, hours=Decimal(hours)) for number in range(len(marks))]
    return progress(skills, {number: state for number, state in enumerate(marks) if state != "none"})


@pytest.mark.parametrize(
    ("done", "learning", "skipped", "none", "percent", "is_complete"),
    [
        (0, 0, 0, 0, None, False),
        (0, 0, 0, 95, 0, False),
        (0, 40, 0, 55, 0, False),
        (34, 4, 1, 56, 36, False),  # 34 of 94
        (94, 0, 0, 1, 98, False),  # 98.9: rounded down
        (199, 0, 0, 1, 99, False),  # 99.5
        (95, 0, 0, 0, 100, True),
        (94, 0, 1, 0, 100, True),
        (1, 0, 94, 0, 100, True),
        (0, 0, 95, 0, None, True),  # nothing is left to count
        (0, 0, 94, 1, 0, False),
        (1, 0, 1, 1, 50, False),
    ],
)
def test_percentages(done, learning, skipped, none, percent, is_complete):
    found = counted(["done"] * done + ["learning"] * learning + ["skipped"] * skipped + ["none"] * none)
    assert (found.done, found.learning, found.skipped, found.open) == (done, learning, skipped, none)
    assert (found.percent, found.is_complete) == (percent, is_complete)


@given(HISTORIES)
def test_percentages_stay_within_0_and_100(marks):
    found = counted(marks)
    assert found.percent is None or 0 <= found.percent <= 100
    assert (found.percent is None) == (set(marks) <= {"skipped"})
    assert (found.percent == 100) == ("done" in marks and set(marks) <= {"done", "skipped"})
    assert found.done + found.learning + found.skipped + found.open == found.total == len(marks)


@given(HISTORIES)
def test_marking_one_more_skill_done_never_lowers_the_percentage(marks):
    before = counted(marks).percent
    for place, state in enumerate(marks):
        if state in ("none", "learning"):
            assert counted([*marks[:place], "done", *marks[place + 1 :]]).percent >= before


def test_hours_left_are_those_of_skills_neither_done_nor_skipped():
    assert counted(["done", "learning", "skipped", "none", "none"], hours="2.5").hours_left == Decimal("7.5")


def test_marks_on_skills_that_are_not_counted_do_not_count():
    assert progress([SimpleNamespace(id=1, hours=Decimal(3))], {2: "done", 3: "skipped"}) == counted(["none"], hours=3)


@pytest.mark.django_db
def test_steps_add_up_to_the_staircase(curriculum):
    picture = snapshot.current()
    states = dict(zip(picture.skill_by_id, ["done", "skipped", "learning"] * 3, strict=True))
    whole, steps = progress(picture, states), [progress(stage.skills, states) for stage in picture.stages]
    for name in ("total", "done", "learning", "skipped", "open", "hours_left"):
        assert getattr(whole, name) == sum(getattr(step, name) for step in steps)
