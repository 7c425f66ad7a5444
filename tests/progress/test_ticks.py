"""Ticking the points of what "done" looks like, one by one."""

from uuid import uuid4

import pytest

from roadmap.progress.models import Mark
from roadmap.progress.services import mark_skill, read_climb, tick_point

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["learner", "guest"])
def climber(request, learner):
    return learner.pk if request.param == "learner" else uuid4()


@pytest.fixture
def points(curriculum):
    return [point.pk for point in (*curriculum.python.done_points.all(), *curriculum.pandas.done_points.all())]


def tick(climber, point, reached=True):
    return tick_point(climber=climber, point_id=point, reached=reached).ticks


def test_climber_ticks_points_and_takes_one_back(climber, points):
    assert tick(climber, points[0]) == {points[0]}
    assert tick(climber, points[2]) == {points[0], points[2]}
    assert tick(climber, points[0], reached=False) == {points[2]}
    assert read_climb(climber).ticks == {points[2]}


def test_climber_ticks_a_point_twice_and_it_counts_once(climber, points):
    assert tick(climber, points[0]) == tick(climber, points[0]) == {points[0]}
    assert tick(climber, points[0], reached=False) == tick(climber, points[0], reached=False) == set()


def test_a_tick_marks_nothing_and_a_mark_ticks_nothing(climber, curriculum, points):
    tick(climber, points[0])
    climb = mark_skill(climber=climber, skill_id=curriculum.numpy.pk, state="done").climb
    assert (climb.ticks, climb.states) == ({points[0]}, {curriculum.numpy.pk: "done"})
    assert Mark.objects.filter(skill=curriculum.python).count() == 0


def test_a_tick_is_one_statement(climber, points, statements):
    with statements(exactly=1):
        tick(climber, points[0])


@pytest.mark.django_db(transaction=True)
def test_points_ticked_at_once_are_all_there(climber, points, together):
    together(len(points) * 2, lambda number: tick(climber, points[number // 2]))
    assert read_climb(climber).ticks == set(points)
