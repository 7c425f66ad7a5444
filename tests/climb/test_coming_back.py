"""Coming back after three weeks: no blame, three small things, one of them first."""

from datetime import timedelta

import pytest
from django.utils import timezone
from lxml import html

from roadmap.curriculum import snapshot
from roadmap.progress.coming_back import AWAY_DAYS, coming_back
from roadmap.progress.models import GuestMark, MarkEvent, Tick
from roadmap.progress.services import Climb, mark_skill, read_climb, tick_point

pytestmark = pytest.mark.django_db


@pytest.fixture
def began(learner, curriculum):
    mark_skill(climber=learner.pk, skill_id=curriculum.python.pk, state="done")
    mark_skill(climber=learner.pk, skill_id=curriculum.numpy.pk, state="learning")
    return learner.pk


def back(climber, days):
    climb = read_climb(climber)
    return coming_back(snapshot.current(climb.revision), climber, climb, now=timezone.now() + timedelta(days=days, minutes=1))


def told(found):
    return [f"{thing.kind} {thing.skill.slug}" for thing in found]


@pytest.mark.parametrize(("days", "is_back"), [(0, False), (AWAY_DAYS - 1, False), (AWAY_DAYS, True), (400, True)])
def test_after_21_days_somebody_is_back(began, days, is_back):
    assert bool(back(began, days)) == is_back


def test_three_small_things_the_first_goes_on_with_what_was_begun(began):
    found = back(began, 30)
    assert told(found) == ["point numpy", "again python", "small git"]
    assert found[0].point.key == "array"


def test_where_nothing_is_begun_the_first_is_20_minutes(learner, curriculum):
    mark_skill(climber=learner.pk, skill_id=curriculum.python.pk, state="done")
    assert told(back(learner.pk, 30)) == ["begin numpy", "again python", "small git"]


def test_who_has_skipped_only_has_two_things(learner, curriculum):
    mark_skill(climber=learner.pk, skill_id=curriculum.python.pk, state="skipped")
    assert told(back(learner.pk, 30)) == ["begin numpy", "small git"]


def test_a_point_reached_meanwhile_is_no_pause(began, curriculum):
    tick_point(climber=began, point_id=curriculum.pandas.done_points.first().pk, reached=True)
    Tick.objects.update(ticked_at=timezone.now() + timedelta(days=20))
    assert back(began, 40) == ()
    assert told(back(began, 41)) == ["point numpy", "again python", "small git"]


def test_who_never_marked_anything_or_has_finished_is_not_told(learner, curriculum):
    assert back(learner.pk, 30) == ()
    assert coming_back(snapshot.current(), None, Climb()) == ()
    for skill in curriculum.skills:
        mark_skill(climber=learner.pk, skill_id=skill.pk, state="done")
    assert back(learner.pk, 30) == ()


@pytest.mark.parametrize("address", ["/", "/climb/"])
@pytest.mark.parametrize("who", ["learner", "guest"])
def test_page_says_so_without_blame_until_the_next_mark(client, learner, curriculum, address, who):
    if who == "learner":
        client.force_login(learner)
    client.post("/skills/python/mark/", {"state": "done"})
    long_ago = timezone.now() - timedelta(days=30)
    MarkEvent.objects.update(at=long_ago)
    GuestMark.objects.update(updated_at=long_ago)
    page = html.fromstring(client.get(address).content.decode())
    links = page.xpath("//ol[@id='small-things']//a/@href")
    assert links == ["/skills/numpy/#first-title", "/skills/python/#done-title", "/skills/git/"]
    assert page.xpath("//ol[@id='small-things']//a[contains(@class, 'btn--primary')]/@href") == links[:1]
    said = page.xpath("//main")[0].text_content()
    assert "Everything is where you left it." in said
    assert not any(word in said.lower() for word in ("missed", "streak", "behind schedule", "days ago", "weeks ago"))
    client.post("/skills/numpy/mark/", {"state": "learning"})
    assert not html.fromstring(client.get(address).content.decode()).xpath("//ol[@id='small-things']")
