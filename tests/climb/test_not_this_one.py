"""“Not this one” on pages: another step in its place, with htmx and without, remembered, and taken back."""

import pytest
from django.test import Client
from lxml import html

from roadmap.progress.models import Guest, GuestSetAside, SetAside
from roadmap.progress.services import mark_skill, read_climb

pytestmark = pytest.mark.django_db

ASIDE = "/skills/python/set-aside/"
PAGES = {"home": "/", "stage": "/stages/ground/", "skill": "/skills/pandas/", "climb": "/climb/"}
HERE = {"stage": {"here": "ground"}, "skill": {"here": "pandas"}}


@pytest.fixture
def amina(sign_in, learner, curriculum):
    """Amina has begun something far up, so that no page is a first visit."""
    mark_skill(climber=learner.pk, skill_id=curriculum.cv.pk, state="skipped")
    return sign_in(learner)


def text(node):
    return " ".join(node.text_content().split())


def next_step(answer):
    (place,) = html.fromstring(f"<body>{answer.content.decode()}</body>").xpath("//*[@id='next-step']")
    return text(place)


@pytest.mark.parametrize("page", PAGES)
def test_the_page_offers_it_and_answers_with_another_step_in_place(amina, learner, curriculum, page):
    before = html.fromstring(amina.get(PAGES[page]).content)
    (button,) = before.xpath("//button[@id='not-this-one']")
    assert button.get("hx-post") == button.get("formaction") == ASIDE
    assert "Title of python" in text(before.xpath("//*[@id='next-step']")[0])
    values = {"state": "aside", "page": page, **HERE.get(page, {})}
    answer = amina.post(ASIDE, values, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "Title of git" in next_step(answer)
    assert "Title of python" not in next_step(answer)
    assert SetAside.objects.filter(learner=learner, skill=curriculum.python).exists()
    assert "Title of git" in next_step(amina.get(PAGES[page]))
    assert next_step(amina.get(PAGES[page])) == next_step(answer), "the page says what the answer said"


@pytest.mark.parametrize("page", PAGES)
def test_what_the_answer_fills_is_on_the_page_once(amina, page):
    ids = html.fromstring(amina.get(PAGES[page]).content).xpath("//@id")
    answer = amina.post(ASIDE, {"state": "aside", "page": page, **HERE.get(page, {})}, headers={"HX-Request": "true"})
    places = html.fragment_fromstring(answer.content.decode(), create_parent=True).xpath("//@hx-swap-oob")
    assert [place for place in [*places, "innerHTML:#next-step"] if ids.count(place.removeprefix("innerHTML:#")) != 1] == []


@pytest.mark.parametrize("page", PAGES)
def test_without_htmx_the_page_comes_back_and_says_so(amina, page):
    answer = amina.post(ASIDE, {"state": "aside", "page": page, **HERE.get(page, {})})
    assert answer.headers["Location"] == PAGES[page]
    assert "Title of python is set aside for 7 days." in amina.get(PAGES[page]).content.decode()


def test_the_way_back_is_a_place_of_ours_whatever_is_sent(amina):
    for values in ({"page": "skill", "here": "//evil.example"}, {"page": "https://evil.example"}, {"page": "stage", "here": "no-such"}):
        assert amina.post(ASIDE, {"state": "aside", **values}).headers["Location"] == "/"


def test_it_is_taken_back_from_the_message_and_from_my_climb(amina, learner, curriculum):
    answer = amina.post(ASIDE, {"state": "aside", "page": "climb"}, headers={"HX-Request": "true"})
    (undo,) = html.fromstring(f"<body>{answer.content.decode()}</body>").xpath("//button[normalize-space()='Undo']")
    assert (undo.get("hx-post"), undo.get("value"), undo.get("hx-target")) == (ASIDE, "open", "#next-step")
    listed = html.fromstring(amina.get("/climb/").content).xpath("//button[@value='open']")
    assert [button.get("formaction") for button in listed] == [ASIDE]
    for _ in range(2):
        assert "Title of python" in next_step(amina.post(ASIDE, {"state": "open", "page": "climb"}, headers={"HX-Request": "true"}))
    assert read_climb(learner.pk).set_aside == frozenset()


def test_what_comes_after_it_and_what_is_set_aside_change_with_it(amina):
    answer = amina.post(ASIDE, {"state": "aside", "page": "climb"}, headers={"HX-Request": "true"})
    (after,) = html.fromstring(f"<body>{answer.content.decode()}</body>").xpath("//*[@hx-swap-oob='innerHTML:#after-next']")
    then, aside = (text(part) for part in after.xpath("./section"))
    assert "Title of git" not in then
    assert "Title of python" in aside


def test_setting_aside_twice_is_once(amina):
    for _ in range(2):
        amina.post(ASIDE, {"state": "aside"})
    assert SetAside.objects.count() == 1


def test_visitor_becomes_a_guest_who_is_remembered(client, curriculum):
    client.post(ASIDE, {"state": "aside", "page": "stage", "here": "ground"})
    assert GuestSetAside.objects.get().guest == Guest.objects.get()
    for page in PAGES.values():
        if page != "/climb/":
            assert "Title of git" in next_step(client.get(page))
    # Somebody else still sees what everybody sees.
    assert "Title of python" in next_step(Client().get("/stages/ground/"))


def test_where_everything_is_set_aside_the_first_is_back_and_the_page_says_so(amina):
    for slug in ("python", "git", "statistics"):
        amina.post(f"/skills/{slug}/set-aside/", {"state": "aside"})
    page = html.fromstring(amina.get("/stages/ground/").content)
    said = text(page.xpath("//*[@id='next-step']")[0])
    assert "Title of python" in said
    assert "You’ve set aside everything else that’s open, so this one is back." in said
    assert page.xpath("//button[@id='not-this-one']") == []


@pytest.mark.parametrize("values", [{}, {"state": "away"}])
def test_a_word_that_is_none_is_refused_with_what_to_send(amina, values):
    answer = amina.post(ASIDE, values)
    assert answer.status_code == 422
    assert "Send state=aside to set the skill aside, or state=open to take that back." in answer.content.decode()
    assert not SetAside.objects.exists()


@pytest.mark.parametrize("slug", ["hidden", "old-tool", "no-such"])
def test_what_is_not_on_the_roadmap_cannot_be_set_aside(amina, slug):
    assert amina.post(f"/skills/{slug}/set-aside/", {"state": "aside"}).status_code == 404
