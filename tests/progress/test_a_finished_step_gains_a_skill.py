"""A step that was finished stays finished when the curriculum gains a skill, and every page says "1 new" beside its count."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from lxml import html

from roadmap.curriculum import snapshot
from roadmap.portfolio.exports.words import stand
from roadmap.portfolio.models import HiddenSkill
from roadmap.portfolio.published import portfolio_of
from roadmap.progress.merge import copy_marks, drop_guest, merge_marks
from roadmap.progress.models import FinishedStage, Guest, GuestFinishedStage
from roadmap.progress.resets import begin_anew, take_back
from roadmap.progress.services import mark_skill, read_climb
from roadmap.progress.summary import progress, step_progress
from roadmap.progress.tasks import drop_unseen_guests
from roadmap.stages.models import Skill
from tests.conftest import HTMX
from tests.factories import MentorshipFactory, ProfileFactory, SkillFactory

pytestmark = pytest.mark.django_db

GAINED = "4 of 5 done, 1 new"


@pytest.fixture
def gained(curriculum):
    """A function that finishes the step "ground" for a climber; then the step gains a skill, which it gives."""

    def finish(climber) -> Skill:
        for skill in (curriculum.python, curriculum.numpy, curriculum.pandas, curriculum.git):
            mark_skill(climber=climber, skill_id=skill.pk, state="done")
        return SkillFactory(slug="polars", stage=curriculum.ground, position=9, hours=3)

    return finish


def text(answer, path: str) -> str:
    """What an element says, to whoever hears it; each blank once."""
    [found] = html.fromstring(answer.content).xpath(path)
    return " ".join(found.text_content().split())


def step_of(climber):
    climb = read_climb(climber)
    return step_progress(snapshot.current(climb.revision).stage_by_slug["ground"], climb)


def test_it_stays_complete_and_counts_what_is_new(gained, learner):
    gained(learner.pk)
    found = step_of(learner.pk)
    assert (found.is_complete, found.is_finished, found.new, found.done, found.total, found.percent) == (True, True, 1, 4, 5, 80)


def test_what_is_being_learned_is_no_longer_new_and_the_step_stays_complete(gained, learner):
    new = gained(learner.pk)
    mark_skill(climber=learner.pk, skill_id=new.pk, state="learning")
    found = step_of(learner.pk)
    assert (found.is_complete, found.new, found.learning) == (True, 0, 1)


def test_a_mark_taken_back_opens_the_step_and_nothing_is_new_any_more(gained, learner, curriculum):
    gained(learner.pk)
    mark_skill(climber=learner.pk, skill_id=curriculum.numpy.pk, state="learning")
    found = step_of(learner.pk)
    assert (found.is_complete, found.is_finished, found.new, found.open) == (False, False, 0, 1)


def test_a_step_that_was_never_finished_has_nothing_new(gained, learner, curriculum):
    gained(learner.pk)
    climb = read_climb(learner.pk)
    models = snapshot.current(climb.revision).stage_by_slug["models"]
    assert step_progress(models, climb) == progress(models.skills, climb.states)


def look(client):
    home = client.get("/")
    stage = client.get("/stages/ground/")
    skill = client.get("/skills/polars/")
    assert GAINED in text(home, "//li[contains(@class, 'step')][.//a[@href='/stages/ground/']]//span[@class='unit']")
    assert html.fromstring(home.content).xpath("//li[@class='step' and .//a[@href='/stages/ground/']]/@data-s") == ["done"]
    assert "4/5, 1 new" in text(home, "//li[@class='step'][.//a[@href='/stages/ground/']]//span[@class='compact']")
    assert f"{GAINED} Complete" in text(home, "//h3[a[@href='/stages/ground/']]/ancestor::li//p[@class='sm muted']")
    assert "it stays finished: 1 skill is new since" in text(stage, "//*[@id='step-progress']")
    for page in (stage, skill):
        assert GAINED in text(page, "//a[@id='step-ground']")


def test_home_stage_and_the_small_staircase_say_so(gained, client, learner):
    gained(learner.pk)
    client.force_login(learner)
    look(client)


def test_a_guest_sees_it_too(gained, client):
    client.post("/skills/python/mark/", {"state": "done"})
    gained(UUID(client.session["guest"]))
    look(client)


def test_parts_kept_for_one_climber_are_not_shown_to_another_with_the_same_blocks(gained, client, learner, other_learner, curriculum):
    """The other one has marked the same skills, and never finished the step: the fifth skill was there already."""
    gained(learner.pk)
    for skill in (curriculum.python, curriculum.numpy, curriculum.pandas, curriculum.git):
        mark_skill(climber=other_learner.pk, skill_id=skill.pk, state="done")
    for person, said in ((learner, [GAINED]), (other_learner, ["4 of 5 done"]), (learner, [GAINED])):
        client.force_login(person)
        page = client.get("/")
        found = text(page, "//li[contains(@class, 'step')][.//a[@href='/stages/ground/']]//span[@class='unit']")
        assert [found] == said
        assert text(client.get("/skills/polars/"), "//a[@id='step-ground']").endswith(said[0])


def test_marking_the_new_skill_renews_what_the_page_says(gained, client, learner):
    gained(learner.pk)
    client.force_login(learner)
    answer = client.post("/skills/polars/mark/", {"state": "learning", "page": "stage"}, headers=HTMX)
    said = " ".join(html.fromstring(answer.content).text_content().split())
    assert "4 of 5 done, 1 learning" in said
    assert "new since" not in said
    answer = client.post("/skills/polars/mark/", {"state": "none", "page": "stage"}, headers=HTMX)
    assert "1 skill is new since" in " ".join(html.fromstring(answer.content).text_content().split())


def test_a_mentor_sees_it_in_the_list_and_on_the_page(gained, learner, mentor, sign_in):
    gained(learner.pk)
    MentorshipFactory(mentor=mentor, learner=learner)
    page = html.fromstring(sign_in(mentor).get("/mentoring/").content)
    [cell] = page.xpath("//span[contains(@class, 'cell')][@data-l='3']")
    assert " ".join(cell.text_content().split()) == "4/5, 1 new"
    assert "4 of 5, 1 new" in text(sign_in(mentor).get(f"/mentoring/learners/{learner.handle}/"), "//main")


def test_the_portfolio_counts_the_step_as_complete(gained, learner):
    gained(learner.pk)
    ProfileFactory(person=learner, visibility="public")
    portfolio = portfolio_of(learner.handle, viewer=AnonymousUser())
    ground, *_above = portfolio.steps
    assert (ground.done, ground.total, ground.is_complete) == (4, 5, True)
    assert stand(portfolio) == "Step 2 of 3"


def test_the_portfolio_does_not_when_that_would_tell_of_a_skill_left_out(gained, learner, curriculum):
    gained(learner.pk)
    ProfileFactory(person=learner, visibility="public")
    HiddenSkill.objects.create(learner=learner, skill=curriculum.numpy)
    ground, *_above = portfolio_of(learner.handle, viewer=AnonymousUser()).steps
    assert (ground.done, ground.is_complete) == (3, False)


# --- It goes along --------------------------------------------------------------------------------------------------


def test_a_new_beginning_taken_back_brings_the_finished_step_back(gained, learner, curriculum):
    gained(learner.pk)
    before = FinishedStage.objects.get()
    reset = begin_anew(learner=learner.pk, stage_id=curriculum.ground.pk)
    assert not FinishedStage.objects.exists()
    take_back(learner=learner.pk, reset_id=reset.pk)
    after = FinishedStage.objects.get()
    assert (after.stage_id, set(after.skills), after.finished_at) == (before.stage_id, set(before.skills), before.finished_at)


def test_it_does_not_come_back_where_one_of_its_skills_was_marked_otherwise_meanwhile(gained, learner, curriculum):
    gained(learner.pk)
    reset = begin_anew(learner=learner.pk, stage_id=None)
    mark_skill(climber=learner.pk, skill_id=curriculum.numpy.pk, state="learning")
    take_back(learner=learner.pk, reset_id=reset.pk)
    assert not FinishedStage.objects.exists()


def test_a_new_beginning_of_another_step_leaves_it(gained, learner, curriculum):
    gained(learner.pk)
    mark_skill(climber=learner.pk, skill_id=curriculum.statistics.pk, state="done")
    reset = begin_anew(learner=learner.pk, stage_id=curriculum.models.pk)
    assert reset.held["finished"] == []
    assert step_of(learner.pk).is_finished


def test_a_guests_finished_step_goes_along_to_a_new_account(gained, learner):
    guest = uuid4()
    gained(guest)
    copy_marks(guest=guest, learner=learner.pk)
    assert step_of(learner.pk).new == 1


@pytest.mark.parametrize(("chosen", "expected"), [(4, 1), (3, 0)])
def test_at_sign_in_it_goes_along_where_all_its_marks_do(gained, learner, curriculum, chosen, expected):
    guest = uuid4()
    gained(guest)
    skills = [skill.pk for skill in (curriculum.python, curriculum.numpy, curriculum.pandas, curriculum.git)]
    merge_marks(guest=guest, learner=learner.pk, skills=skills[:chosen])
    assert step_of(learner.pk).new == expected


@pytest.mark.parametrize("drop", ["asked", "unseen"])
def test_a_guest_whose_finished_step_lost_its_skills_to_another_step_can_still_be_dropped(gained, curriculum, drop):
    guest = uuid4()
    gained(guest)
    Skill.objects.filter(stage=curriculum.ground).update(stage=curriculum.work, position=20)
    if drop == "asked":
        drop_guest(guest=guest)
    else:
        Guest.objects.update(seen_on=timezone.now().date() - timedelta(days=91))
        drop_unseen_guests.func(timestamp=0)
    assert not Guest.objects.exists()
    assert not GuestFinishedStage.objects.exists()
