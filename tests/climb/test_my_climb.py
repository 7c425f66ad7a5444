"""My climb: where to continue, what comes then, the week, the days in one's own zone, projects, mentors; and what it costs."""

from datetime import UTC, date, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from lxml import html

from accounts.models import User
from accounts.time_zones import zone_of
from roadmap.climb_views import DRAWN_TO
from roadmap.mentoring.models import Comment
from roadmap.mentoring.overview.word import word_for
from roadmap.progress.activity import WEEKS, last_events, read_activity
from roadmap.progress.aims import say_aim
from roadmap.progress.models import Aim, Mark, MarkEvent, Note, Reset, Tick
from roadmap.progress.services import Waiting, mark_skill, tick_point
from tests.factories import MentorshipFactory, ProjectFactory, ReviewFactory

pytestmark = pytest.mark.django_db

# A Wednesday.
NOW = datetime(2026, 6, 17, 12, 0, tzinfo=UTC)


@pytest.fixture
def amina(sign_in, learner, curriculum):
    mark_skill(climber=learner.pk, skill_id=curriculum.python.pk, state="done")
    mark_skill(climber=learner.pk, skill_id=curriculum.pandas.pk, state="learning")
    mark_skill(climber=learner.pk, skill_id=curriculum.numpy.pk, state="done")
    return sign_in(learner)


def tree(answer):
    return html.fromstring(answer.content.decode())


def part(page, name):
    (found,) = page.xpath(f"//*[@aria-labelledby='{name}']")
    return " ".join(" ".join(found.itertext()).split())


def happened(learner, skill, at, to="done", source="page"):
    event = MarkEvent.objects.create(learner=learner, skill=skill, to_state=to, source=source)
    MarkEvent.objects.filter(pk=event.pk).update(at=at)


# --- Continue, and then ---------------------------------------------------------------------------------------------


def test_continue_where_you_were_with_the_points_that_are_open(amina, learner, curriculum):
    tick_point(climber=learner.pk, point_id=curriculum.pandas.done_points.get(key="join").pk, reached=True)
    said = part(tree(amina.get("/climb/")), "continue")
    assert said.startswith("Continue: skill 1.3 Title of pandas You’ve started it. 1 of 2 points reached. Still open: You can show frame.")
    assert "You can show join." not in said


def test_then_what_one_is_ready_for_each_with_its_reason_and_control(amina):
    page = tree(amina.get("/climb/"))
    rows = page.xpath("//section[@aria-labelledby='then']//li")
    assert [row.get("id") for row in rows] == ["skill-git", "skill-statistics"]
    assert all(len(row.xpath(".//fieldset//button")) == 4 for row in rows)
    assert "Nothing is needed before it." in rows[0].text_content()


def test_mark_made_here_changes_the_next_step_in_place(amina):
    answer = amina.post("/skills/pandas/mark/", {"state": "done", "page": "climb"}, headers={"HX-Request": "true"})
    fragment = html.fragment_fromstring(answer.content.decode(), create_parent=True)
    places = {place.get("hx-swap-oob").removeprefix("innerHTML:#"): place for place in fragment.xpath("//*[@hx-swap-oob]")}
    assert {"next-step", "step-ground", "climb-count", "status"} <= set(places)
    assert "Title of git" in places["next-step"].text_content()
    ids = tree(amina.get("/climb/")).xpath("//@id")
    assert [place for place in places if not place.startswith("note-") and ids.count(place) != 1] == []


def test_mark_made_here_is_in_the_week_and_in_what_happened_at_once(amina, learner, statements):
    User.objects.filter(pk=learner.pk).update(time_zone="Pacific/Auckland")
    amina.get("/climb/")
    # Session, person, revision, lock and mark; then days and events.
    with statements(exactly=7):
        answer = amina.post("/skills/pandas/mark/", {"state": "done", "page": "climb"}, headers={"HX-Request": "true"})
    page = tree(amina.get("/climb/"))
    fragment = html.fragment_fromstring(answer.content.decode(), create_parent=True)
    for name in ("week-title", "days", "happened"):
        assert part(fragment, name) == part(page, name), name
    assert "Title of pandas : Done" in part(fragment, "happened")
    elsewhere = amina.post("/skills/git/mark/", {"state": "done", "page": "stage"}, headers={"HX-Request": "true"})
    assert "own-week" not in elsewhere.content.decode()


def test_mark_made_here_without_htmx_leads_back_here(amina):
    assert amina.post("/skills/git/mark/", {"state": "done", "page": "climb"}).headers["Location"] == "/climb/"


def test_at_the_top_there_is_a_next_project(amina, learner, curriculum):
    for skill in curriculum.skills:
        mark_skill(climber=learner.pk, skill_id=skill.pk, state="done")
    said = part(tree(amina.get("/climb/")), "continue")
    assert "You’re at the top" in said
    assert "Choose a project" in said


def test_where_everything_is_skipped_it_says_so_as_the_roadmap_does(amina, learner, curriculum):
    for skill in curriculum.skills:
        mark_skill(climber=learner.pk, skill_id=skill.pk, state="skipped")
    for page, place in (("/climb/", "continue"), ("/", "title")):
        assert "You’ve skipped every step." in part(tree(amina.get(page)), place)


# --- Days -----------------------------------------------------------------------------------------------------------


@time_machine.travel(NOW)
def test_a_day_is_a_day_of_ones_own_zone(learner, curriculum):
    # 22:30 UTC on Monday is Tuesday in Nairobi, and Monday in Bogotá.
    happened(learner, curriculum.python, datetime(2026, 6, 15, 22, 30, tzinfo=UTC))
    for learner.time_zone, day in (("", 15), ("Africa/Nairobi", 16), ("America/Bogota", 15), ("No/Such", 15)):
        assert [found.on for found in read_activity(learner.pk, zone_of(learner)).days] == [date(2026, 6, day)]


@time_machine.travel(NOW)
def test_a_week_begins_on_monday_at_midnight_there(learner, curriculum):
    happened(learner, curriculum.python, datetime(2026, 6, 14, 21, 30, tzinfo=UTC))
    assert read_activity(learner.pk, ZoneInfo("Africa/Nairobi")).this_week.done == {curriculum.python.pk}
    assert read_activity(learner.pk, ZoneInfo("UTC")).this_week.done == frozenset()


@time_machine.travel(NOW)
def test_marks_and_points_are_counted_and_what_was_carried_over_is_not(learner, curriculum):
    at = datetime(2026, 6, 16, 8, 0, tzinfo=UTC)
    happened(learner, curriculum.python, at, "learning")
    happened(learner, curriculum.python, at, source="offline")
    for source in ("merge", "replaced", "shown", "reset", "restored"):
        happened(learner, curriculum.numpy, at, source=source)
    Tick.objects.create(learner=learner, point=curriculum.python.done_points.first(), ticked_at=at)
    activity = read_activity(learner.pk, ZoneInfo("UTC"))
    (day,) = activity.days
    assert (day.marks, day.points, day.done, day.depth) == (2, 1, (curriculum.python.pk,), 2)
    assert (activity.marks, activity.points, len(activity.weeks)) == (2, 1, WEEKS)


def test_mark_that_found_its_state_standing_is_no_days_work(learner, curriculum):
    mark_skill(climber=learner.pk, skill_id=curriculum.python.pk, state="done")
    waiting = Waiting(uuid4(), "none", timezone.now())
    mark_skill(climber=learner.pk, skill_id=curriculum.python.pk, state="done", waiting=waiting)
    assert MarkEvent.objects.count() == 2
    assert read_activity(learner.pk, ZoneInfo("UTC")).marks == 1
    assert [event.source for event in last_events(learner.pk)] == ["page"]


@time_machine.travel(NOW)
def test_first_of_26_weeks_is_counted_and_the_one_before_is_not(learner, curriculum):
    happened(learner, curriculum.python, datetime(2025, 12, 22, 0, 0, tzinfo=UTC))
    happened(learner, curriculum.numpy, datetime(2025, 12, 21, 23, 59, tzinfo=UTC))
    activity = read_activity(learner.pk, ZoneInfo("UTC"))
    assert (activity.weeks[0].begins, activity.weeks[0].done) == (date(2025, 12, 22), {curriculum.python.pk})
    assert len(activity.days) == 1


def test_a_day_when_clocks_change_is_one_day(learner, curriculum):
    with time_machine.travel(datetime(2026, 4, 1, 12, 0, tzinfo=UTC)):
        for hour in (0, 1, 12, 21):
            happened(learner, curriculum.python, datetime(2026, 3, 29, hour, 30, tzinfo=UTC))
        days = read_activity(learner.pk, ZoneInfo("Europe/Berlin")).days
    assert [(day.on, day.marks) for day in days] == [(date(2026, 3, 29), 4)]


@time_machine.travel(NOW)
def test_page_shows_days_as_a_picture_with_a_name_and_as_a_table(amina, learner, curriculum):
    MarkEvent.objects.filter(learner=learner).delete()
    happened(learner, curriculum.python, datetime(2026, 6, 16, 8, 0, tzinfo=UTC))
    page = tree(amina.get("/climb/"))
    (picture,) = page.xpath("//*[contains(@class, 'heat-wrap')]")
    assert (picture.get("role"), picture.get("aria-label")) == (
        "img",
        "Each day since 22 December 2025. 1 change of a mark. 0 points reached. Something on 1 day.",
    )
    assert len(picture.xpath(".//i")) == 7 * WEEKS
    rows = [[cell.text_content() for cell in row.xpath("./*")] for row in page.xpath("//section[@aria-labelledby='days']//tbody/tr")]
    assert rows == [["15 June 2026", "1", "1", "0"]]


@time_machine.travel(NOW)
def test_what_happened_last_has_times_of_ones_own_zone(amina, learner, curriculum):
    MarkEvent.objects.filter(learner=learner).delete()
    happened(learner, curriculum.python, datetime(2026, 6, 15, 22, 30, tzinfo=UTC))
    learner.time_zone = "Africa/Nairobi"
    learner.save()
    said = part(tree(amina.get("/climb/")), "happened")
    assert "16 Jun 2026, 01:30 Title of python : Done" in said
    assert "Times are those of Africa/Nairobi." in said


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("/climb/notes/", "Saved on 16 June 2026, 01:30"),
        ("/climb/notes/python/", "Saved on 16 June 2026, 01:30."),
        ("/skills/python/", "Saved on 16 June 2026, 01:30."),
        ("/climb/begin-anew/", "begun anew on 16 June 2026, 01:30; until 16 July 2026"),
        ("/roadmap/?marks=yes", "Done, claimed, 16 June 2026"),
        ("/roadmap.md?marks=yes", "Done, claimed, 16 June 2026"),
        ("/roadmap.csv?marks=yes", "2026-06-16"),
    ],
)
def test_every_page_of_ones_own_says_the_same_time(amina, learner, curriculum, address, says):
    moment = datetime(2026, 6, 15, 22, 30, tzinfo=UTC)
    Mark.objects.filter(skill=curriculum.python).update(claimed_at=moment)
    Note.objects.create(learner=learner, skill=curriculum.python, text="Mine", updated_at=moment)
    Reset.objects.create(learner=learner, held={"marks": [], "ticks": [], "finished": []}, at=moment)
    learner.time_zone = "Africa/Nairobi"
    learner.save()
    with time_machine.travel(NOW, tick=False):
        assert says in " ".join(amina.get(address).content.decode().split())


# --- The week -------------------------------------------------------------------------------------------------------


def test_week_counts_what_is_still_done_against_the_aim_and_says_what_is_counted(amina, learner, curriculum):
    say_aim(climber=learner.pk, hours_a_week=8, known=[], draw="")
    said = part(tree(amina.get("/climb/")), "week-title")
    assert said.startswith("This week 2 skills done")
    assert "The skills you marked Done are estimated at 16 h; you planned 8 h a week." in said
    assert "Marks and points are counted here, not the hours that you study." in said
    bars = tree(amina.get("/climb/")).xpath("//*[@class='week']//rect")
    assert sorted(bar.get("class") for bar in bars) == ["bar", *["slot"] * 6]
    assert [(bar.get("y"), bar.get("height")) for bar in bars if bar.get("class") == "bar"] == [("4", "84")]
    mark_skill(climber=learner.pk, skill_id=curriculum.numpy.pk, state="none")
    assert "1 skill done" in part(tree(amina.get("/climb/")), "week-title")


def test_what_draws_somebody_has_a_step(real_curriculum):
    assert {*DRAWN_TO, Aim.Draw.CURIOSITY} == set(Aim.Draw.values)
    assert set(DRAWN_TO.values()) <= set(real_curriculum.stage_by_slug)


# --- Projects and mentors -------------------------------------------------------------------------------------------


def test_projects_say_whose_turn_it_is_and_the_mentors_last_word_is_there(amina, learner, mentor, curriculum):
    project = ProjectFactory(learner=learner, title="House prices")
    ProjectFactory(learner=learner, title="Plain")
    MentorshipFactory(mentor=mentor, learner=learner, next_step="Plot the errors")
    review = ReviewFactory(project=project, reviewer=mentor, state="changes", reason="More.")
    for text, author, is_draft in (("Good chart.", mentor, False), ("Thanks.", learner, False), ("Not yet.", mentor, True)):
        Comment.objects.create(review=review, author=author, author_name=author.name, text=text, is_draft=is_draft)
    page = tree(amina.get("/climb/"))
    rows = [" ".join(" ".join(row.itertext()).split()) for row in page.xpath("//section[@aria-labelledby='projects']//li")]
    assert any(row.startswith("House prices It’s your turn.") and row.endswith("Changes asked") for row in rows)
    assert any(row.startswith("Plain") and row.endswith("In progress") for row in rows)
    word = part(page, "word")
    assert "“Good chart.”" in word
    assert "Agreed with Jonas Weber: Plot the errors" in word
    assert "Not yet." not in word


def test_words_about_somebody_elses_projects_are_nobodys_but_theirs(learner, other_learner, mentor):
    review = ReviewFactory(project=ProjectFactory(learner=other_learner), reviewer=mentor)
    Comment.objects.create(review=review, author=mentor, author_name=mentor.name, text="Good chart.")
    found = word_for(learner)
    assert (found.said, found.turns, found.agreed) == (None, {}, [])


def test_without_projects_and_mentors_the_page_says_one_plain_thing(amina):
    page = tree(amina.get("/climb/"))
    assert "Attach your first one" in part(page, "projects")
    assert page.xpath("//*[@aria-labelledby='word']") == []
    assert "soon" not in page.xpath("//main")[0].text_content().lower()


# --- Guests, and what it costs --------------------------------------------------------------------------------------


def test_guest_has_it_without_what_needs_an_account(client, curriculum):
    client.post("/skills/python/mark/", {"state": "done"})
    page = tree(client.get("/climb/"))
    assert "Title of numpy" in part(page, "continue")
    assert page.xpath("//*[@aria-labelledby='days' or @aria-labelledby='week-title' or @aria-labelledby='projects']") == []
    assert "What an account adds" in part(page, "account")


def test_page_is_ones_own_and_not_for_search_engines(amina, client, curriculum):
    assert tree(amina.get("/climb/")).xpath("//meta[@name='robots']/@content") == ["noindex"]
    assert "private" in amina.get("/climb/").headers["Cache-Control"]


@pytest.mark.parametrize("amount", [1, 30])
def test_number_of_statements_is_the_same_with_one_row_and_with_thirty(sign_in, learner, mentor, real_curriculum, statements, amount):
    for skill in list(real_curriculum)[: amount * 3]:
        mark_skill(climber=learner.pk, skill_id=skill.id, state="done")
        tick_point(climber=learner.pk, point_id=skill.points[0].id, reached=True)
    MentorshipFactory(mentor=mentor, learner=learner, next_step="Plot the errors")
    for _ in range(amount):
        review = ReviewFactory(project=ProjectFactory(learner=learner), reviewer=mentor)
        Comment.objects.create(review=review, author=mentor, author_name=mentor.name, text="Good chart.")
    client = sign_in(learner)
    # Session, person, climb; days, last marks; projects; reviews, last word, what was agreed.
    with statements(exactly=9):
        assert client.get("/climb/").status_code == 200


def test_guest_and_visitor_cost_less(real_curriculum, statements):
    client = Client()
    with statements(exactly=1):
        client.get("/climb/")
    client.post("/skills/python-basics/mark/", {"state": "done"})
    client.get("/climb/")
    with statements(exactly=2):
        client.get("/climb/")


def test_marks_of_other_people_are_not_on_it(sign_in, learner, other_learner, curriculum):
    Mark.objects.create(learner=other_learner, skill=curriculum.python, state="done")
    happened(other_learner, curriculum.python, datetime.now(UTC))
    mark_skill(climber=learner.pk, skill_id=curriculum.git.pk, state="learning")
    page = tree(sign_in(learner).get("/climb/"))
    assert "Title of python" not in part(page, "happened")
    assert "1 learning" in page.xpath("//*[@id='climb-count']")[0].text_content()
