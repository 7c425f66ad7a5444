"""Guests who have not been seen for 90 days are dropped with all their rows; nobody else is."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from roadmap.progress import tasks
from roadmap.progress.climb import GUEST_DAYS
from roadmap.progress.models import Guest, GuestMark, GuestTick
from roadmap.progress.services import mark_skill, tick_point

pytestmark = pytest.mark.django_db


def guest_seen(days_ago, curriculum, learner=None):
    guest = uuid4()
    mark_skill(climber=guest, skill_id=curriculum.python.pk, state="done")
    mark_skill(climber=guest, skill_id=curriculum.numpy.pk, state="learning")
    tick_point(climber=guest, point_id=curriculum.python.done_points.first().pk, reached=True)
    Guest.objects.filter(pk=guest).update(seen_on=timezone.now().date() - timedelta(days=days_ago), learner=learner)
    return guest


def left():
    guests = set(Guest.objects.values_list("pk", flat=True))
    assert set(GuestMark.objects.values_list("guest", flat=True)) == set(GuestTick.objects.values_list("guest", flat=True)) == guests
    return guests


def test_guests_unseen_for_long_are_dropped_with_marks_and_ticks(curriculum):
    guest_seen(GUEST_DAYS + 1, curriculum)
    recent = {guest_seen(GUEST_DAYS, curriculum), guest_seen(0, curriculum)}
    tasks.drop_unseen_guests(timestamp=0)
    assert left() == recent


def test_a_guest_whose_account_has_never_been_signed_in_to_is_kept(curriculum, learner):
    waiting = guest_seen(GUEST_DAYS * 10, curriculum, learner)
    tasks.drop_unseen_guests(timestamp=0)
    assert left() == {waiting}


def test_a_guest_left_over_after_that_sign_in_is_dropped(curriculum, learner):
    guest_seen(GUEST_DAYS + 1, curriculum, learner)
    learner.last_login = timezone.now()
    learner.save()
    tasks.drop_unseen_guests(timestamp=0)
    assert left() == set()


def test_more_guests_than_one_statement_takes_are_all_dropped(curriculum, monkeypatch):
    monkeypatch.setattr(tasks, "BATCH", 2)
    for _ in range(5):
        guest_seen(GUEST_DAYS + 1, curriculum)
    tasks.drop_unseen_guests(timestamp=0)
    assert left() == set()
