"""The one next step, as a table of situations, and for any marks at all: it is open, and its reason is true.

The curriculum of the table is the small one of conftest.py, enlarged by a step that interleaves with the first.
"""

from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from uuid import uuid4

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roadmap.curriculum import snapshot
from roadmap.progress.models import Aim, Guest, GuestSetAside, SetAside
from roadmap.progress.next_step import OPENS, WAYS, next_step, next_steps, settled_skills
from roadmap.progress.services import Climb, mark_skill, read_climb
from roadmap.progress.set_asides import set_aside, take_back
from roadmap.stages.models import Prerequisite, Skill
from tests.factories import SkillFactory, StageFactory

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Said:
    """What somebody has said and done, by slug ("a b c" is three)."""

    done: str = ""
    learning: str = ""
    skipped: str = ""
    aside: str = ""
    finished: str = ""
    hours: int | None = None


@pytest.fixture
def wide(curriculum):
    """The small curriculum with more below, above and across: math in a step before code that builds on code, hubs, nice-to-haves.

    ground: python → numpy → pandas        git (nice, but cv needs it)     shell (nice)
    models: statistics, then one of trees or forests (needs pandas); boosting (needs the group and statistics)
    work:   cv (needs git), talk (needs cv)
    math:   vectors (needs numpy), limits; then gradients (needs vectors and limits), and three that need gradients
    """
    math = StageFactory(slug="math", position=6)
    SkillFactory(slug="shell", stage=curriculum.ground, position=5, hours=1, necessity=Skill.Necessity.NICE)
    SkillFactory(slug="talk", stage=curriculum.work, position=2, hours=9, needs=[curriculum.cv])
    vectors = SkillFactory(slug="vectors", stage=math, position=1, hours=9, needs=[curriculum.numpy])
    limits = SkillFactory(slug="limits", stage=math, position=2, hours=3)
    gradients = SkillFactory(slug="gradients", stage=math, position=3, hours=8, needs=[vectors, limits])
    for position, slug in enumerate(("descent", "newton", "adam"), start=4):
        SkillFactory(slug=slug, stage=math, position=position, hours=2 + position, needs=[gradients])
    return snapshot.current()


GROUND = "python numpy pandas git"
LOW = f"{GROUND} statistics forests boosting cv talk"

SITUATIONS = [
    # The order of the staircase.
    ("nothing marked: the first skill", Said(), "python no-needs"),
    ("the first is done: what it opens", Said("python"), "numpy needs-met python"),
    ("the first is skipped: it counts as known", Said(skipped="python"), "numpy needs-met python"),
    ("two are done", Said("python numpy"), "pandas needs-met numpy"),
    ("out of order: the gap comes first", Said("numpy pandas"), "python no-needs"),
    ("nice to have, but a required skill builds on it", Said("python numpy pandas"), "git no-needs"),
    ("all required of a step is done: the next step", Said(GROUND), "statistics no-needs"),
    ("skipped or done is the same for that", Said("python pandas", skipped="numpy git"), "statistics no-needs"),
    ("one of two alternatives", Said(f"{GROUND} statistics"), "trees needs-met pandas"),
    ("the other alternative is enough", Said(f"{GROUND} statistics forests"), "boosting needs-met trees,statistics"),
    ("an alternative that is skipped is enough too", Said(f"{GROUND} statistics", skipped="forests"), "boosting needs-met trees,statistics"),
    ("up on the third step", Said(f"{GROUND} statistics forests boosting"), "cv needs-met git"),
    ("the last required one of its step", Said(f"{GROUND} statistics trees boosting cv"), "talk finishes-step cv"),
    # Continuing.
    ("begun: go on with it", Said(learning="python"), "python started"),
    ("two begun and open: the lower one", Said("python", learning="numpy statistics"), "numpy started python"),
    ("begun far up and open", Said(learning="limits"), "limits started"),
    ("begun beats everything else", Said(GROUND, learning="limits"), "limits started"),
    ("begun and nice to have", Said(learning="shell"), "shell started"),
    ("a begun alternative whose fellow is done is not asked for", Said(f"{GROUND} statistics trees", learning="forests"), "boosting needs-met trees,statistics"),
    ("a begun alternative goes before its fellow", Said(f"{GROUND} statistics", learning="forests"), "forests started pandas"),
    # On the way to what was begun.
    ("begun but blocked: what it builds on", Said(learning="numpy"), "python for-started numpy"),
    ("begun but blocked far away: the first on the way", Said("python", learning="boosting"), "numpy for-started boosting"),
    ("two ways to what was begun: the lower one", Said("python numpy pandas", learning="boosting"), "statistics for-started boosting"),
    ("begun, blocked by what is only being learnt", Said("python", learning="numpy pandas"), "numpy started python"),
    ("one begun is open, another blocked: the open one", Said("python", learning="gradients limits"), "limits started"),
    ("two are begun and blocked: the way to the lower one", Said(learning="pandas gradients"), "python for-started pandas"),
    # Finishing a step.
    ("one is left on a higher step", Said(f"{GROUND} cv"), "talk finishes-step cv"),
    ("one is left on two steps: the lower one", Said("python numpy git shell cv"), "pandas finishes-step numpy"),
    ("the one that is left is nice to have: not for that", Said(f"{GROUND} statistics forests trees"), "boosting finishes-step trees,statistics"),
    ("nice to have and the last: required ones go first", Said(GROUND), "statistics no-needs"),
    ("the one that is left is blocked: not yet", Said("talk"), "python no-needs"),
    # Opening most.
    ("one opens three", Said(f"{LOW} vectors limits"), "gradients opens-most descent,newton,adam"),
    ("math waits for code on a step below: the code comes", Said("git statistics forests boosting cv talk", finished="ground"), "python no-needs"),
    # The week.
    ("the first takes longer than a week: a small one", Said(f"{LOW}", hours=4), "limits fits-week"),
    ("the first fits: in order", Said(f"{LOW}", hours=9), "vectors needs-met numpy"),
    ("nothing fits: in order", Said(f"{LOW}", hours=2), "vectors needs-met numpy"),
    ("no hours said: in order", Said(LOW), "vectors needs-met numpy"),
    ("what opens most does so whatever the week", Said(f"{LOW} vectors limits", hours=4), "gradients opens-most descent,newton,adam"),
    ("what was begun goes on whatever the week", Said(LOW, learning="vectors", hours=2), "vectors started numpy"),
    # Not this one.
    ("set aside: another of the step", Said(aside="python"), "git no-needs"),
    ("two set aside", Said(aside="python git"), "statistics no-needs"),
    ("what was begun and set aside", Said("python", learning="numpy", aside="numpy"), "git no-needs"),
    ("on the way to what was begun, set aside", Said(learning="boosting", aside="python"), "statistics for-started boosting"),
    ("what finishes a step, set aside", Said(f"{GROUND} cv", aside="talk"), "statistics no-needs"),
    ("what opens most, set aside", Said(f"{LOW} vectors limits", aside="gradients"), "shell no-needs"),
    ("everything that is open is set aside: the first of it is back", Said(aside="python git statistics limits shell"), "python no-needs back"),
    ("set aside and done since: of no matter", Said("python", aside="python"), "numpy needs-met python"),
    # What is new.
    ("a finished step gained a required skill: after the steps that are open", Said(f"{GROUND} statistics forests boosting cv", finished="work"), "vectors needs-met numpy"),
    ("a finished step gained a skill that another builds on", Said("python numpy git shell statistics", finished="ground"), "pandas needs-met numpy"),
    ("only what is new is left", Said("python numpy git statistics forests boosting cv talk vectors limits gradients descent newton adam", finished="ground"), "pandas new numpy"),
    # The end.
    ("only extras are left", Said(f"{LOW} vectors limits gradients descent newton adam"), "shell extra"),
    ("an extra that a finished step gained", Said(f"{LOW} vectors limits gradients descent newton adam", finished="ground"), "shell new"),
    ("everything is done", Said(f"{LOW} vectors limits gradients descent newton adam shell"), None),
    ("everything is skipped", Said(skipped=f"{LOW} vectors limits gradients descent newton adam shell"), None),
    ("a fellow of a done alternative is not left over", Said(f"{LOW} vectors limits gradients descent newton adam shell", learning="trees"), None),
]  # fmt: skip


def climb_of(picture, said):
    ids = {slug: skill.id for slug, skill in picture.skills.items()}
    states = {ids[slug]: state for state in ("done", "learning", "skipped") for slug in getattr(said, state).split()}
    return Climb(
        states,
        set_aside=frozenset(ids[slug] for slug in said.aside.split()),
        finished={picture.stage_by_slug[slug].id: frozenset() for slug in said.finished.split()},
        hours_a_week=said.hours,
    )


def told(found):
    """A next step in words: the skill, the reason, what it rests on."""
    if found is None:
        return None
    because = ",".join(skill.slug for skill in found.because)
    return " ".join(filter(None, (found.skill.slug, found.reason, because, "back" if found.is_back else "")))


@pytest.mark.parametrize(("said", "expected"), [case[1:] for case in SITUATIONS], ids=[case[0] for case in SITUATIONS])
def test_the_next_step(wide, said, expected):
    assert told(next_step(wide, climb_of(wide, said))) == expected


def test_there_are_at_least_40_situations():
    assert len({(said, expected) for _, said, expected in SITUATIONS}) >= 40


# --- What somebody knows (on the real staircase) --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("known", "done", "expected"),
    [
        ("", "", "ml-in-everyday-products no-needs"),
        ("code", "", "python-basics for-known python-basics"),
        ("math", "", "python-basics for-known math-with-code"),
        ("math", "python-basics", "dev-environment for-known math-with-code"),
        ("math", "python-basics dev-environment", "math-with-code for-known math-with-code"),
        ("data", "python-basics dev-environment", "numpy-arrays for-known pandas-dataframes"),
        ("code models", "", "python-basics for-known python-basics"),
        ("code", "python-basics", "ml-in-everyday-products no-needs"),
    ],
)
def test_who_knows_something_begins_where_it_leads_and_nothing_is_marked(real_curriculum, known, done, expected):
    states = {real_curriculum.skills[slug].id: "done" for slug in done.split()}
    found = next_step(real_curriculum, Climb(states, known=frozenset(known.split())))
    assert told(found) == expected


def test_ways_lead_to_skills_that_exist_for_everything_that_one_may_know(real_curriculum):
    assert set(WAYS) == set(Aim.Known.values)
    assert set(WAYS.values()) <= set(real_curriculum.skills)


# --- For any marks --------------------------------------------------------------------------------------------------


def is_met(picture, need, settled):
    return need.id in settled or any(other.id in settled for other in picture if need.group and other.group == need.group)


def is_blocked(picture, skill, settled):
    return any(not is_met(picture, need, settled) for need in skill.needs)


def is_left(picture, skill, settled):
    return skill.id not in settled and not (skill.group and any(other.id in settled for other in picture if other.group == skill.group))


def waits_for(picture, skill, settled):
    """Everything that a skill cannot do without yet, however far away."""
    found, waiting = set(), [skill]
    while waiting:
        for need in waiting.pop().needs:
            if not is_met(picture, need, settled) and need not in found:
                found.add(need)
                waiting.append(need)
    return found


def is_true(picture, climb, found):
    """Whether what the reason says is the case; worked out anew, from the curriculum and the marks alone."""
    skill, settled = found.skill, settled_skills(climb.states)
    because = list(found.because)
    others_of_the_step = [other for other in skill.stage.skills if other is not skill]
    left = [other for other in picture if is_left(picture, other, settled)]
    if found.reason == "started":
        return climb.states[skill.id] == "learning" and because == list(skill.needs)
    if found.reason == "for-started":
        (goal,) = because
        return climb.states[goal.id] == "learning" and skill in waits_for(picture, goal, settled)
    if found.reason == "for-known":
        (goal,) = because
        return (
            found.known in climb.known and goal.slug == WAYS[found.known] and (skill is goal or skill in waits_for(picture, goal, settled))
        )
    if found.reason == "finishes-step":
        return all(other.id in settled for other in others_of_the_step) and skill.stage.id not in climb.finished
    if found.reason == "opens-most":
        opened = [other for other in left if is_blocked(picture, other, settled) and not is_blocked(picture, other, settled | {skill.id})]
        return len(opened) >= OPENS and because == opened
    if found.reason == "fits-week":
        return skill.hours <= climb.hours_a_week == found.hours_a_week
    if found.reason == "no-needs":
        return not skill.needs and because == []
    if found.reason == "needs-met":
        return bool(skill.needs) and because == list(skill.needs)
    if found.reason == "new":
        return skill.stage.id in climb.finished
    # Required is what is no nice-to-have, and all that it builds on.
    required, waiting = set(), [other for other in picture if other.necessity != "nice"]
    while waiting:
        other = waiting.pop()
        if other not in required:
            required.add(other)
            waiting.extend(other.needs)
    return found.reason == "extra" and not required & set(left)


@st.composite
def climbs(draw, picture):
    ids = sorted(picture.skill_by_id)
    # Marks anywhere, or as a climb leaves them: everything up to some skill, and some more.
    upto = draw(st.integers(0, len(ids)))
    low = {skill.id: "done" for skill, _ in zip(picture, range(upto), strict=False)}
    states = low | draw(st.dictionaries(st.sampled_from(ids), st.sampled_from(["learning", "done", "skipped", "none"]), max_size=40))
    return Climb(
        {skill: state for skill, state in states.items() if state != "none"},
        set_aside=frozenset(draw(st.sets(st.sampled_from(ids), max_size=draw(st.sampled_from([0, 3, 95]))))),
        finished={
            stage.id: frozenset() for stage in picture.stages if draw(st.integers(0, 3)) == 0
        },
        hours_a_week=draw(st.none() | st.integers(1, 60)),
        known=frozenset(draw(st.sets(st.sampled_from(Aim.Known.values)))),
    )  # fmt: skip


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_is_marked_and_set_aside_the_next_step_is_open_and_its_reason_is_true(real_curriculum, data):
    climb = data.draw(climbs(real_curriculum))
    settled = settled_skills(climb.states)
    left = [skill for skill in real_curriculum if is_left(real_curriculum, skill, settled)]
    open_to_all = [skill for skill in left if not is_blocked(real_curriculum, skill, settled)]
    for found in next_steps(real_curriculum, climb, 4):
        assert found.skill in open_to_all
        assert is_true(real_curriculum, climb, found)
        # Of what is set aside only when there is nothing else, and then the page is told.
        assert found.is_back == (found.skill.id in climb.set_aside)
        if found.is_back:
            assert all(skill.id in climb.set_aside for skill in open_to_all)
    assert (next_step(real_curriculum, climb) is None) == (left == [])
    assert next_steps(real_curriculum, climb, 1) == [found for found in [next_step(real_curriculum, climb)] if found]


def test_following_the_next_step_leads_to_the_top(real_curriculum):
    """Nobody gets stuck on the real staircase, nothing is asked for twice, and math and code interleave."""
    states, asked, steps = {}, [], []
    while (found := next_step(real_curriculum, Climb(states))) is not None:
        states[found.skill.id] = "done"
        asked.append(found.skill.id)
        steps.append(found.skill.stage.number)
    assert len(asked) == len(set(asked))
    assert settled_skills(states) >= {skill.id for skill in real_curriculum if skill.necessity == "must"}
    changes = sum(1 for one, other in pairwise(steps) if {one, other} == {2, 3})
    assert changes >= 4


def test_setting_aside_again_and_again_goes_through_all_that_is_open_and_then_begins_anew(real_curriculum):
    climb, seen = Climb(), []
    while not (found := next_step(real_curriculum, climb)).is_back:
        seen.append(found.skill)
        climb = Climb(set_aside=climb.set_aside | {found.skill.id})
    assert set(seen) == {skill for skill in real_curriculum if not skill.needs}
    assert found.skill is seen[0]


def test_a_retired_skill_and_a_draft_are_never_the_next_step(curriculum):
    picture = snapshot.current()
    assert set(picture.skills).isdisjoint({"old-tool", "hidden"})
    climb = Climb({curriculum.old_tool.pk: "learning", curriculum.hidden.pk: "learning"})
    assert next_step(picture, climb).skill.slug == "python"


def test_when_all_that_is_required_is_done_the_others_follow(curriculum):
    Prerequisite.objects.filter(skill=curriculum.cv).delete()
    picture = snapshot.current()
    states = {skill.id: "done" for slug, skill in picture.skills.items() if slug != "git"}
    assert told(next_step(picture, Climb(states))) == "git extra"
    assert told(next_step(picture, Climb({**states, curriculum.git.pk: "learning"}))) == "git started"


# --- Remembering what is set aside ----------------------------------------------------------------------------------


@pytest.fixture(params=["learner", "guest"])
def climber(request, learner):
    if request.param == "learner":
        return learner.pk
    return Guest.objects.create(pk=uuid4(), seen_on=timezone.now().date()).pk


def asides(climber):
    return SetAside.objects.all() if isinstance(climber, int) else GuestSetAside.objects.all()


def test_not_this_one_gives_another_and_is_remembered(curriculum, climber):
    climb = set_aside(climber=climber, skill_id=curriculum.python.pk)
    assert climb == read_climb(climber)
    assert climb.set_aside == {curriculum.python.pk}
    assert told(next_step(snapshot.current(climb.revision), climb)) == "git no-needs"


def test_setting_aside_twice_is_once_and_lasts_a_week(curriculum, climber):
    for _ in range(2):
        set_aside(climber=climber, skill_id=curriculum.python.pk)
    (row,) = asides(climber)
    assert timedelta(days=6, hours=23) < row.until - timezone.now() <= timedelta(days=7)


def test_after_the_week_the_skill_is_back(curriculum, climber):
    set_aside(climber=climber, skill_id=curriculum.python.pk)
    asides(climber).update(until=timezone.now() - timedelta(seconds=1))
    assert read_climb(climber).set_aside == frozenset()


def test_taking_it_back_twice_is_once(curriculum, climber):
    set_aside(climber=climber, skill_id=curriculum.python.pk)
    for _ in range(2):
        assert take_back(climber=climber, skill_id=curriculum.python.pk).set_aside == frozenset()
    assert not asides(climber).exists()


def test_who_takes_a_skill_up_has_it_no_longer_aside(curriculum, climber):
    set_aside(climber=climber, skill_id=curriculum.python.pk)
    change = mark_skill(climber=climber, skill_id=curriculum.python.pk, state="learning")
    assert change.climb.set_aside == read_climb(climber).set_aside == frozenset()


def test_taking_a_mark_back_opens_the_step_again_in_the_same_answer(curriculum, climber):
    for skill in (curriculum.python, curriculum.numpy, curriculum.pandas, curriculum.git):
        mark_skill(climber=climber, skill_id=skill.pk, state="done")
    assert set(read_climb(climber).finished) == {curriculum.ground.pk}
    change = mark_skill(climber=climber, skill_id=curriculum.python.pk, state="none")
    assert change.climb.finished == read_climb(climber).finished == {}
    assert told(next_step(snapshot.current(), change.climb)) == "python finishes-step"


def test_two_set_aside_at_once_lose_nothing(curriculum, learner, together):
    together(6, lambda number: set_aside(climber=learner.pk, skill_id=[curriculum.python, curriculum.git][number % 2].pk))
    assert read_climb(learner.pk).set_aside == {curriculum.python.pk, curriculum.git.pk}
