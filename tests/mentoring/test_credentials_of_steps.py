"""A step of which all that it must have is confirmed is a credential of its own, for as long as each confirmation stands."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import jsonschema
import pytest
from django.test import Client

from accounts.models import User
from roadmap.mentoring.models import Mentorship, SignOff, StageBadge
from roadmap.mentoring.sign_offs.services import confirm_skill, withdraw_sign_off
from roadmap.portfolio.models import HiddenSkill
from roadmap.progress.services import mark_skill
from tests.factories import ListedProjectFactory, MentorshipFactory, ProfileFactory, SkillFactory
from tests.mentoring.open_badge_schema import SCHEMA
from tests.parsed import texts

SignIn = Callable[..., Client]


@pytest.fixture
def mentorship(learner: User, mentor: User) -> Mentorship:
    ProfileFactory(person=learner, visibility="public")
    return MentorshipFactory(learner=learner, mentor=mentor)


@pytest.fixture
def must(learner: User, curriculum: SimpleNamespace) -> list[Any]:
    """The skills that the first step must have; Git is nice to have."""
    skills = [curriculum.python, curriculum.numpy, curriculum.pandas]
    for skill in skills:
        mark_skill(climber=learner.pk, skill_id=skill.pk, state="done")
    return skills


def confirm(mentorship: Mentorship, skill: Any, **more: Any) -> Any:
    return confirm_skill(mentorship=mentorship, skill=skill.pk, note="Explained it.", **more)


@pytest.fixture
def badge(mentorship: Mentorship, must: list[Any], learner: User) -> StageBadge:
    project = ListedProjectFactory(learner=learner)
    return [confirm(mentorship, skill, project=project) for skill in must][-1].badge


def test_the_last_of_what_a_step_must_have_earns_its_badge(mentorship: Mentorship, must: list[Any], learner: User) -> None:
    earned = [confirm(mentorship, skill).badge for skill in must]
    assert earned[:2] == [None, None]
    assert (earned[2].learner, earned[2].stage, earned[2].sign_offs.count()) == (learner, must[0].stage, 3)


def test_what_is_confirmed_later_earns_no_second_badge(badge: StageBadge, mentorship: Mentorship, learner: User, curriculum: Any) -> None:
    mark_skill(climber=learner.pk, skill_id=curriculum.git.pk, state="done")
    assert confirm(mentorship, curriculum.git).badge is None
    assert StageBadge.objects.get() == badge


@pytest.mark.django_db(transaction=True)
def test_the_last_two_confirmed_at_once_earn_one_badge(
    mentorship: Mentorship, must: list[Any], learner: User, other_mentor: User, together: Callable[..., list[Any]]
) -> None:
    other = MentorshipFactory(learner=learner, mentor=other_mentor)
    confirm(mentorship, must[0])
    together(2, lambda number: confirm([mentorship, other][number], must[1 + number]))
    assert StageBadge.objects.get().sign_offs.count() == 3


def test_stranger_reads_who_confirmed_which_skill(badge: StageBadge, client: Client) -> None:
    page = client.get(f"/credentials/{badge.pk}/")
    assert texts(page, ".label")[0] == "Confirmed step 1"
    assert texts(page, ".verdict strong") == ["This is genuine."]
    assert "Amina Yusuf has learned every skill that this step must have, and Jonas Weber confirmed them" in texts(page, ".lede")[0]
    assert texts(page, ".dl dd")[0].count("Jonas Weber") == 3
    assert len(texts(page, ".dl dd")[1].split("at commit")) == 2


def test_the_record_is_an_open_badge(badge: StageBadge, client: Client) -> None:
    record = client.get(f"/credentials/{badge.pk}.json").json()
    jsonschema.Draft201909Validator(SCHEMA).validate(record)
    achievement = record["credentialSubject"]["achievement"]
    assert (achievement["achievementType"], achievement["id"].rpartition("/stages/")[2]) == ("MicroCredential", "ground/")
    assert len(achievement["criteria"]["narrative"].splitlines()) == 3
    assert client.get(f"/credentials/{badge.pk}.jwt")["Content-Type"] == "application/vc+jwt"


def test_it_is_withdrawn_with_the_first_of_its_confirmations(
    badge: StageBadge, mentorship: Mentorship, must: list[Any], client: Client
) -> None:
    sign_off = withdraw_sign_off(sign_off=SignOff.objects.get(skill=must[0]), by="Jonas Weber", reason="Copied.")
    page = client.get(f"/credentials/{badge.pk}/")
    assert texts(page, ".verdict strong") == [f"Withdrawn on {sign_off.withdrawn_at:%-d %B %Y}."]
    assert "taken back" in texts(page, ".dl dd")[0]
    assert client.get(f"/credentials/{badge.pk}.jwt").status_code == 410
    assert client.get(f"/credentials/{badge.pk}/status.json").json()["revokedCredential"][0]["revoked"]
    again = confirm(mentorship, must[0]).badge
    assert (again.pk != badge.pk, client.get(f"/credentials/{again.pk}.jwt").status_code) == (True, 200)
    assert client.get(f"/credentials/{badge.pk}.jwt").status_code == 410


def test_it_is_there_while_the_portfolio_shows_each_of_its_skills(
    badge: StageBadge, learner: User, must: list[Any], client: Client, sign_in: SignIn
) -> None:
    assert client.get(f"/credentials/{badge.pk}/").status_code == 200
    HiddenSkill.objects.create(learner=learner, skill=must[1])
    assert client.get(f"/credentials/{badge.pk}/").status_code == 404
    assert sign_in(learner).get(f"/credentials/{badge.pk}/").status_code == 200


def test_learner_finds_it_on_the_page_of_the_step(badge: StageBadge, learner: User, other_learner: User, sign_in: SignIn) -> None:
    assert f"/credentials/{badge.pk}/" in sign_in(learner).get("/stages/ground/").content.decode()
    assert "/credentials/" not in sign_in(other_learner).get("/stages/ground/").content.decode()


def test_what_a_step_must_have_since_takes_no_badge_away(badge: StageBadge, must: list[Any], learner: User, sign_in: SignIn) -> None:
    SkillFactory(stage=must[0].stage, position=90)
    assert f"/credentials/{badge.pk}/" in sign_in(learner).get("/stages/ground/").content.decode()


def test_mentor_is_told_that_the_step_is_complete(mentorship: Mentorship, must: list[Any], mentor: User, sign_in: SignIn) -> None:
    for skill in must[:2]:
        confirm(mentorship, skill)
    page = sign_in(mentor).post("/mentoring/learners/amina-yusuf/skills/pandas/confirm/", {"note": "Good."}, follow=True)
    assert "all that the step “Title of ground” must have" in texts(page, "#toasts .says")[0]
