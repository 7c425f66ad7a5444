"""The one next step, as a table of situations. The curriculum is the small one of conftest.py."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roadmap.curriculum import snapshot
from roadmap.progress.next_step import next_step, settled_skills, unmet_needs
from roadmap.stages.models import Prerequisite

pytestmark = pytest.mark.django_db


def step(**marks):
    """The slug of the next step, the reason, and what it rests on; marks by slug ("_" for "-")."""
    picture = snapshot.current()
    found = next_step(picture, {picture.skills[slug].id: state for slug, state in marks.items()})
    return found and (found.skill.slug, found.reason, [need.slug for need in found.because])


def everything(state, *, but=()):
    return {slug: state for slug in snapshot.current().skills if slug not in but}


SITUATIONS = [
    ("nothing marked: the first skill", {}, ("python", "no-needs", [])),
    ("the first one begun: go on with it", {"python": "learning"}, ("python", "started", [])),
    ("the first one done: what it opens", {"python": "done"}, ("numpy", "needs-met", ["python"])),
    ("the first one skipped: it counts as known", {"python": "skipped"}, ("numpy", "needs-met", ["python"])),
    ("two begun: the lower one first", {"python": "learning", "numpy": "learning"}, ("python", "started", [])),
    ("nice to have, but a required skill builds on it", {"python": "done", "numpy": "done", "pandas": "done"}, ("git", "no-needs", [])),
    ("the stage is done: the next stage", dict.fromkeys(["python", "numpy", "pandas", "git"], "done"), ("statistics", "no-needs", [])),
    (
        "one of two alternatives",
        dict.fromkeys(["python", "numpy", "pandas", "git", "statistics"], "done"),
        ("trees", "needs-met", ["pandas"]),
    ),
    (
        "the other alternative is done: its fellow is not asked for, and what needs either is open",
        dict.fromkeys(["python", "numpy", "pandas", "git", "statistics", "forests"], "done"),
        ("boosting", "needs-met", ["trees", "statistics"]),
    ),
    (
        "the needs are learning only: not met",
        {"python": "done", "numpy": "done", "pandas": "learning", "git": "done", "statistics": "done"},
        ("pandas", "started", ["numpy"]),
    ),
]


@pytest.mark.parametrize(("marks", "expected"), [case[1:] for case in SITUATIONS], ids=[case[0] for case in SITUATIONS])
def test_the_next_step(curriculum, marks, expected):
    assert step(**marks) == expected


def test_nothing_left_means_no_next_step(curriculum):
    assert step(**everything("done")) is None
    assert step(**everything("skipped")) is None
    assert step(**everything("done", but=["trees"])) is None


def test_when_all_that_is_required_is_done_the_others_follow(curriculum):
    Prerequisite.objects.filter(skill=curriculum.cv).delete()
    assert step(**everything("done", but=["git"])) == ("git", "extra", [])
    assert step(**everything("done", but=["git"]), git="learning") == ("git", "started", [])


def test_a_retired_skill_and_a_draft_are_never_the_next_step(curriculum):
    assert set(snapshot.current().skills).isdisjoint({"old-tool", "hidden"})
    picture = snapshot.current()
    assert next_step(picture, {curriculum.old_tool.pk: "learning", curriculum.hidden.pk: "learning"}).skill.slug == "python"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_is_marked_the_next_step_is_open_and_its_needs_are_met(real_curriculum, data):
    states = data.draw(
        st.dictionaries(st.sampled_from(sorted(real_curriculum.skill_by_id)), st.sampled_from(["learning", "done", "skipped"]))
    )
    found, settled = next_step(real_curriculum, states), settled_skills(states)
    if found is None:
        left = [
            skill
            for skill in real_curriculum
            if skill.id not in settled and not (skill.group and real_curriculum.groups[skill.group] & settled)
        ]
        assert left == []
    else:
        assert found.skill.id not in settled
        assert unmet_needs(real_curriculum, found.skill, settled) == ()


def test_following_the_next_step_leads_to_the_top(real_curriculum):
    """Nobody gets stuck on the real staircase, and nothing is asked for twice."""
    states, asked = {}, []
    while (found := next_step(real_curriculum, states)) is not None:
        states[found.skill.id] = "done"
        asked.append(found.skill.id)
    assert len(asked) == len(set(asked))
    assert settled_skills(states) >= {skill.id for skill in real_curriculum if skill.necessity == "must"}
