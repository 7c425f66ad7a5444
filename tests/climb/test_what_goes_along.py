"""What a guest has set aside and said goes along to the account, at sign-up and at sign-in; once, and never against the account's own."""

from datetime import timedelta

import pytest
from django.utils import timezone

from roadmap.progress.aims import say_aim
from roadmap.progress.merge import copy_marks, drop_copied_marks, drop_guest, merge_marks, take_said_over
from roadmap.progress.models import Aim, Guest, GuestAim, GuestSetAside, SetAside
from roadmap.progress.services import mark_skill, read_climb
from roadmap.progress.set_asides import set_aside, take_back
from roadmap.progress.tasks import drop_unseen_guests
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def guest(curriculum):
    found = Guest.objects.create(pk="6f3f7c0e-9d0e-4c5e-8d9b-0d6f1b3f9a11", seen_on=timezone.now().date())
    found.refresh_from_db()
    set_aside(climber=found.pk, skill_id=curriculum.python.pk)
    say_aim(climber=found.pk, hours_a_week=5, known=["code"], draw="work")
    return found.pk


def said(learner):
    climb = read_climb(learner.pk)
    return climb.set_aside, climb.hours_a_week, climb.known, climb.draw


def test_sign_up_takes_both_along(guest, learner, curriculum):
    copy_marks(guest=guest, learner=learner.pk)
    assert said(learner) == ({curriculum.python.pk}, 5, {"code"}, "work")


def test_first_sign_in_takes_what_came_after_sign_up_and_the_guest_goes(guest, learner, curriculum):
    copy_marks(guest=guest, learner=learner.pk)
    set_aside(climber=guest, skill_id=curriculum.git.pk)
    drop_copied_marks(learner=learner.pk)
    assert said(learner)[0] == {curriculum.python.pk, curriculum.git.pk}
    assert not Guest.objects.exists()
    assert not GuestSetAside.objects.exists()
    assert not GuestAim.objects.exists()


def test_merge_takes_both_along_whatever_marks_are_chosen(guest, learner, curriculum):
    mark_skill(climber=guest, skill_id=curriculum.numpy.pk, state="done")
    merge_marks(guest=guest, learner=learner.pk, skills=[])
    assert said(learner) == ({curriculum.python.pk}, 5, {"code"}, "work")
    assert not Guest.objects.exists()


def test_the_accounts_own_aim_stands_and_the_longer_time_aside_counts(guest, learner, curriculum):
    say_aim(climber=learner.pk, hours_a_week=2, known=[], draw="")
    set_aside(climber=learner.pk, skill_id=curriculum.python.pk)
    SetAside.objects.update(until=timezone.now() + timedelta(days=1))
    for _ in range(2):
        take_said_over(guest=guest, learner=learner.pk)
    assert said(learner) == ({curriculum.python.pk}, 2, frozenset(), "")
    assert SetAside.objects.get().until > timezone.now() + timedelta(days=6)


def test_who_refuses_the_marks_gets_nothing_else_either(guest, learner):
    drop_guest(guest=guest)
    assert said(learner) == (frozenset(), None, frozenset(), "")
    assert not GuestSetAside.objects.exists()
    assert not GuestAim.objects.exists()


def test_what_was_set_aside_too_long_ago_is_left(guest, learner):
    GuestSetAside.objects.update(until=timezone.now() - timedelta(minutes=1))
    take_said_over(guest=guest, learner=learner.pk)
    assert not SetAside.objects.exists()
    assert Aim.objects.exists()


def test_guest_who_was_not_seen_for_long_goes_with_everything(guest):
    Guest.objects.update(seen_on=timezone.now().date() - timedelta(days=91))
    drop_unseen_guests(timestamp=0)
    assert not Guest.objects.exists()
    assert not GuestSetAside.objects.exists()
    assert not GuestAim.objects.exists()


def test_signing_in_without_marks_that_wait_takes_it_along(client, learner, curriculum):
    client.post("/skills/python/set-aside/", {"state": "aside"})
    client.post("/climb/pace/", {"hours_a_week": "5"})
    client.post("/accounts/login/", {"login": learner.email, "password": PASSWORD})
    assert said(learner)[:2] == ({curriculum.python.pk}, 5)


def test_what_went_along_once_never_comes_back_and_is_nobody_elses(client, learner, other_learner, curriculum):
    def sign_in(person):
        client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})

    client.post("/skills/python/set-aside/", {"state": "aside"})
    client.post("/climb/pace/", {"hours_a_week": "5"})
    sign_in(learner)
    take_back(climber=learner.pk, skill_id=curriculum.python.pk)
    client.post("/accounts/logout/")
    sign_in(other_learner)
    assert said(other_learner) == (frozenset(), None, frozenset(), "")
    client.post("/accounts/logout/")
    sign_in(learner)
    assert said(learner)[:2] == (frozenset(), 5)
