"""The first visit: three questions that set a pace, a time zone and a place to begin, mark nothing, and can be passed."""

from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from lxml import html

from accounts.services import save_time_zone
from accounts.time_zones import zones
from roadmap.progress.aims import say_aim
from roadmap.progress.models import Aim, Guest, GuestAim, Mark
from roadmap.progress.services import mark_skill, read_climb

pytestmark = pytest.mark.django_db

ANSWERS = {"draw": "career", "known": ["code", "math"], "hours_a_week": "8", "time_zone": "Africa/Nairobi"}


@pytest.fixture
def amina(sign_in, learner):
    return sign_in(learner)


def tree(answer):
    return html.fromstring(answer.content.decode())


def heading(answer):
    return " ".join(tree(answer).xpath("//h1")[0].text_content().split())


def test_who_has_nothing_done_is_asked_three_questions(amina, curriculum):
    page = tree(amina.get("/climb/"))
    assert [" ".join(legend.text_content().split()) for legend in page.xpath("//main//legend")] == [
        "1What brings you here?",
        "2What have you done before?",
        "3How many hours a week feel possible?",
    ]
    assert page.xpath("//form[@id='pace-form']/@action") == ["/climb/pace/"]
    assert page.xpath("//input/@checked") == []


def test_answers_are_kept_and_lead_to_the_first_skill(amina, learner, real_curriculum):
    answer = amina.post("/climb/pace/", ANSWERS)
    assert answer.headers["Location"] == "/skills/python-basics/"
    aim = Aim.objects.get(learner=learner)
    learner.refresh_from_db()
    assert (aim.hours_a_week, aim.known, aim.draw, learner.time_zone) == (8, ["code", "math"], "career", "Africa/Nairobi")
    assert not Mark.objects.exists(), "nothing is marked by it"
    assert "You’ve written small programs." in amina.get("/skills/python-basics/").content.decode()


def test_questions_can_be_passed_and_are_not_asked_again(amina, learner, curriculum):
    answer = amina.post("/climb/pace/", {**ANSWERS, "skip": "yes"})
    assert answer.headers["Location"] == "/skills/python/"
    aim, zone = Aim.objects.get(), type(learner).objects.get(pk=learner.pk).time_zone
    assert (aim.hours_a_week, aim.known, aim.draw, zone) == (None, [], "", "")
    assert heading(amina.get("/climb/")) == "My climb"


def test_each_question_may_be_left_open(amina, curriculum):
    assert amina.post("/climb/pace/", {"time_zone": ""}).status_code == 302
    assert Aim.objects.get().hours_a_week is None


def test_who_has_marked_something_is_not_asked(amina, learner, curriculum):
    mark_skill(climber=learner.pk, skill_id=curriculum.python.pk, state="learning")
    assert heading(amina.get("/climb/")) == "My climb"


def test_all_can_be_changed_later(amina, learner, curriculum):
    amina.post("/climb/pace/", ANSWERS)
    page = tree(amina.get("/climb/pace/"))
    assert sorted(page.xpath("//input[@checked]/@value")) == ["8", "career", "code", "math"]
    assert page.xpath("//option[@selected]/@value") == ["Africa/Nairobi"]
    answer = amina.post("/climb/pace/", {"hours_a_week": "2", "time_zone": "America/Bogota"})
    assert answer.headers["Location"] == "/climb/"
    climb = read_climb(learner.pk)
    assert (climb.hours_a_week, climb.known, climb.draw) == (2, frozenset(), "")


def test_answering_twice_is_once(amina, curriculum):
    for _ in range(2):
        amina.post("/climb/pace/", ANSWERS)
    assert Aim.objects.count() == 1


def test_what_is_said_many_times_is_kept_once(amina, curriculum):
    amina.post("/climb/pace/", {"known": ["math", "code"] * 300})
    assert Aim.objects.get().known == ["code", "math"]


def test_one_address_makes_no_flood_of_guests(curriculum):
    answers = [Client().post("/climb/pace/", {"hours_a_week": "5"}).status_code for _ in range(130)]
    assert (answers[0], answers[-1]) == (302, 429)
    assert GuestAim.objects.count() <= 125
    assert Client().get("/climb/pace/").status_code == 200, "reading is no answer"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"hours_a_week": "500"}, "Choose one of these, or none."),
        ({"draw": "fame"}, "Choose one of these, or none."),
        ({"known": ["code", "cooking"]}, "Choose from these, or none."),
        ({"time_zone": "Mars/Olympus"}, "Choose a place near you from the list, or leave it at UTC."),
    ],
)
def test_an_answer_that_is_none_is_refused_and_the_others_are_kept(amina, curriculum, wrong, sentence):
    answer = amina.post("/climb/pace/", {**ANSWERS, **wrong})
    page = tree(answer)
    assert answer.status_code == 422
    assert sentence in page.xpath("//*[@id='errors']")[0].text_content()
    assert page.xpath("//title")[0].text.startswith("Error:")
    for name in {"draw", "hours_a_week"} - set(wrong):
        assert page.xpath(f"//input[@name='{name}'][@checked]/@value") == [ANSWERS[name]]
    assert not Aim.objects.exists()


@pytest.mark.parametrize("who", ["learner", "guest"])
@pytest.mark.parametrize("wrong", [{"hours_a_week": 61}, {"draw": "fame"}, {"known": ["code", "cooking"]}])
def test_database_refuses_an_answer_that_is_none(learner, who, wrong):
    climber = learner.pk if who == "learner" else uuid4()
    with pytest.raises(IntegrityError), transaction.atomic():
        say_aim(climber=climber, **{"hours_a_week": 5, "known": [], "draw": "", **wrong})
    assert not read_climb(climber).is_asked


def test_visitor_is_asked_too_without_what_needs_an_account(client, real_curriculum):
    page = tree(client.get("/climb/"))
    assert page.xpath("//select") == []
    assert client.post("/climb/pace/", {"known": "code", "hours_a_week": "5"}).headers["Location"] == "/skills/python-basics/"
    aim = GuestAim.objects.get()
    assert (aim.guest, aim.hours_a_week, aim.known) == (Guest.objects.get(), 5, ["code"])
    assert heading(client.get("/climb/")) == "My climb"
    # To others every page is as before.
    assert "Spot the machine learning" in Client().get("/").content.decode()


def test_a_time_zone_that_there_is_not_is_never_saved(learner):
    with pytest.raises(ValidationError, match="isn’t a time zone"):
        save_time_zone(person=learner, time_zone="Mars/Olympus")
    learner.refresh_from_db()
    assert learner.time_zone == ""


def test_time_zones_are_those_named_after_places(amina):
    names = {name for _area, places in zones() for name, _place in places}
    assert {"Africa/Nairobi", "America/Argentina/Buenos_Aires", "Asia/Calcutta", "Europe/Berlin"} <= names
    assert not any(name.startswith(("Etc/", "posix", "US/", "right")) for name in names)


def test_pace_says_how_long_all_of_it_takes(amina, real_curriculum):
    said = tree(amina.get("/climb/")).xpath("//fieldset[@id='id_hours_a_week']")[0].text_content()
    assert "To the top in about 6 years" in said
    assert "To the top in about 2.5 years" in said
    assert "To the top in about 19 months" in said
    assert "To the top in about 12 months" in said
