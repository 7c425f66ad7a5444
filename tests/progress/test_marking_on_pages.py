"""Marking and ticking through pages: with htmx and without, once and many times, one after the other and all at once."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.utils import timezone
from lxml import html

from accounts.models import User
from roadmap.progress.climb import GUEST_DAYS
from roadmap.progress.models import Guest, GuestMark, Mark, MarkEvent, Tick
from roadmap.progress.services import read_climb

pytestmark = pytest.mark.django_db

MARK, TICK = "/skills/numpy/mark/", "/skills/pandas/points/join/tick/"


@pytest.fixture
def amina(sign_in, learner):
    """Amina's browser, without JavaScript."""
    return sign_in(learner)


@pytest.fixture
def htmx_amina(sign_in, learner):
    return sign_in(learner, htmx=True)


def pressed(response, slug="numpy"):
    """The state that the control of a skill shows."""
    page = html.fromstring(response.content.decode())
    return [button.get("value") for button in page.xpath(f"//fieldset[@id='state-{slug}']//button[@aria-pressed='true']")]


def said(response, place="status"):
    page = html.fromstring(f"<body>{response.content.decode()}</body>")
    found = page.xpath(f"//*[@id='{place}' or @hx-swap-oob='innerHTML:#{place}']")
    return " ".join(found[0].text_content().split())


def states(person):
    return dict(Mark.objects.filter(learner=person).values_list("skill__slug", "state"))


# --- It works -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["learning", "done", "skipped"])
def test_learner_marks_a_skill_in_place(htmx_amina, learner, curriculum, state):
    response = htmx_amina.post(MARK, {"state": state, "page": "stage"})
    assert (response.status_code, pressed(response), states(learner)) == (200, [state], {"numpy": state})


def test_learner_takes_a_mark_back_in_place(htmx_amina, learner, curriculum):
    htmx_amina.post(MARK, {"state": "done", "page": "stage"})
    response = htmx_amina.post(MARK, {"state": "none", "page": "stage"})
    assert (response.status_code, pressed(response), states(learner)) == (200, ["none"], {})


@pytest.mark.parametrize(
    ("page", "leads_to"),
    [
        ("stage", "/stages/ground/#skill-numpy"),
        ("skill", "/skills/numpy/"),
        ("", "/skills/numpy/"),
        ("https://elsewhere.example/", "/skills/numpy/"),
    ],
)
def test_without_htmx_the_same_post_leads_back_to_a_page_of_ours(amina, learner, curriculum, page, leads_to):
    response = amina.post(MARK, {"state": "done", "page": page, "next": "https://elsewhere.example/"})
    assert (response.status_code, response["Location"]) == (302, leads_to)
    assert pressed(amina.get(leads_to.partition("#")[0])) == ["done"]
    assert states(learner) == {"numpy": "done"}


def test_visitor_marks_skills_and_finds_them_on_every_page(client, curriculum):
    client.post(MARK, {"state": "done"})
    client.post("/skills/pandas/mark/", {"state": "learning"})
    stage = client.get("/stages/ground/")
    assert [pressed(stage, slug) for slug in ("python", "numpy", "pandas")] == [["none"], ["done"], ["learning"]]
    assert pressed(client.get("/skills/numpy/")) == ["done"]
    assert User.objects.count() == 0


def test_one_browsers_marks_are_not_anothers(client, curriculum):
    client.post(MARK, {"state": "done"})
    assert pressed(Client().get("/skills/numpy/")) == ["none"]


def test_the_message_counts_and_offers_to_undo(htmx_amina, learner, curriculum):
    htmx_amina.post("/skills/python/mark/", {"state": "done", "page": "stage"})
    response = htmx_amina.post(MARK, {"state": "done", "page": "stage"})
    assert said(response) == "Title of numpy: Done. 2 of 9 done."
    undo = html.fromstring(response.content.decode()).xpath("//*[@hx-swap-oob='innerHTML:#toasts']//button[@name='state']")
    assert [(button.get("hx-post"), button.get("value")) for button in undo] == [(MARK, "none")]
    htmx_amina.post(undo[0].get("hx-post"), {"state": undo[0].get("value"), "page": "stage"})
    assert states(learner) == {"python": "done"}


def test_without_htmx_the_message_is_on_the_next_page_once(amina, curriculum):
    response = amina.post(MARK, {"state": "skipped", "page": "skill"}, follow=True)
    assert "Title of numpy: Skipped. 0 of 9 done." in said(response, "toasts")
    assert said(amina.get("/skills/numpy/"), "toasts") == ""


# --- What is refused ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", ["mastered", "todo", "", "Done", "<b>"])
@pytest.mark.parametrize("htmx", [False, True])
def test_a_state_that_does_not_exist_is_refused_with_a_sentence(sign_in, learner, curriculum, wrong, htmx):
    client = sign_in(learner, htmx=htmx)
    client.post(MARK, {"state": "learning"})
    response = client.post(MARK, {"state": wrong})
    sentence = f"“{wrong}” isn’t a state. Send none, learning, done or skipped."
    assert response.status_code == 422
    assert sentence in html.fromstring(f"<body>{response.content.decode()}</body>").text_content()
    assert (states(learner), MarkEvent.objects.count()) == ({"numpy": "learning"}, 1)


def test_a_refused_visitor_does_not_become_a_guest(client, curriculum):
    assert client.post(MARK, {"state": "mastered"}).status_code == 422
    assert (Guest.objects.count(), settings.SESSION_COOKIE_NAME in client.cookies) == (0, False)


@pytest.mark.parametrize("address", ["/skills/nothing/mark/", "/skills/old-tool/mark/", "/skills/hidden/mark/"])
def test_a_skill_that_is_not_on_the_roadmap_cannot_be_marked(amina, curriculum, address):
    assert amina.post(address, {"state": "done"}).status_code == 404
    assert Mark.objects.count() == 0


@pytest.mark.parametrize("address", [MARK, TICK])
def test_reading_an_actions_address_changes_nothing(amina, curriculum, address):
    assert amina.get(f"{address}?state=done&reached=yes").status_code == 405
    assert (Mark.objects.count(), Tick.objects.count()) == (0, 0)


@pytest.mark.parametrize("address", [MARK, TICK])
def test_a_post_that_another_site_made_the_browser_send_is_refused(learner, curriculum, address):
    client = Client(enforce_csrf_checks=True)
    client.force_login(learner)
    assert client.post(address, {"state": "done", "reached": "yes"}).status_code == 403
    assert (Mark.objects.count(), Tick.objects.count()) == (0, 0)


def test_marking_faster_than_a_person_is_refused_with_a_moment_to_wait(amina, learner, curriculum, monkeypatch):
    monkeypatch.setattr("roadmap.web.limits.monotonic", lambda: 0.0)
    answers = [amina.post(MARK, {"state": ("done", "learning")[number % 2]}).status_code for number in range(120)]
    assert set(answers) == {302}
    response = amina.post(MARK, {"state": "skipped"})
    assert (response.status_code, int(response["Retry-After"]) > 0, states(learner)) == (429, True, {"numpy": "learning"})


# --- Many times, and at once ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["done", "none"])
def test_the_same_post_twice_counts_once_and_answers_the_same(htmx_amina, curriculum, state):
    htmx_amina.post(MARK, {"state": "learning", "page": "stage"})
    first, second = (htmx_amina.post(MARK, {"state": state, "page": "stage"}) for _ in range(2))
    assert (pressed(first), said(first)) == (pressed(second), said(second))
    assert MarkEvent.objects.count() == 2


def test_of_three_quick_taps_the_last_one_stands(htmx_amina, learner, curriculum):
    for state in ("learning", "skipped", "done"):
        response = htmx_amina.post(MARK, {"state": state, "page": "stage"})
    assert (pressed(response), states(learner)) == (["done"], {"numpy": "done"})


@pytest.mark.django_db(transaction=True)
def test_two_tabs_at_once_leave_one_mark_and_an_unbroken_history(sign_in, learner, curriculum, together):
    tabs = [sign_in(learner, htmx=True) for _ in range(2)]
    answers = together(2, lambda number: tabs[number].post(MARK, {"state": ("done", "skipped")[number], "page": "stage"}))
    assert [(answer.status_code, pressed(answer)) for answer in answers] == [(200, ["done"]), (200, ["skipped"])]
    events = list(MarkEvent.objects.order_by("id").values_list("from_state", "to_state"))
    assert [came for came, _ in events] == ["", events[0][1]]
    assert states(learner) == {"numpy": events[1][1]}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("who", ["learner", "visitor"])
def test_a_burst_of_30_requests_on_one_skill_leaves_one_mark(sign_in, learner, curriculum, together, who):
    client = sign_in(learner) if who == "learner" else Client()
    client.get("/stages/ground/")
    cookies = client.cookies.output(header="", sep=";")
    answers = together(30, lambda number: Client(headers={"cookie": cookies}).post(MARK, {"state": "done"}).status_code)
    assert answers == [302] * 30
    assert list((Mark if who == "learner" else GuestMark).objects.values_list("skill__slug", "state")) == [("numpy", "done")]
    assert MarkEvent.objects.count() == (1 if who == "learner" else 0)


@pytest.mark.django_db(transaction=True)
def test_30_skills_marked_at_once_by_a_new_visitor_are_all_there(real_curriculum, together):
    """Each request starts a session of its own; whichever the browser keeps leads to all marks."""
    skills = list(real_curriculum)[:30]
    browser = Client(enforce_csrf_checks=True)
    page = html.fromstring(browser.get(skills[0].stage.get_absolute_url()).content.decode())
    token = page.xpath("//form[@id='marks']//input[@name='csrfmiddlewaretoken']")[0].get("value")
    cookie = f"{settings.CSRF_COOKIE_NAME}={browser.cookies[settings.CSRF_COOKIE_NAME].value}"

    def mark(number):
        tab = Client(enforce_csrf_checks=True, headers={"cookie": cookie})
        answer = tab.post(f"/skills/{skills[number].slug}/mark/", {"state": "done", "csrfmiddlewaretoken": token})
        return answer.status_code, tab.cookies[settings.SESSION_COOKIE_NAME].value

    answers = together(30, mark)
    assert [status for status, _ in answers] == [302] * 30
    guest = Guest.objects.get().pk
    assert read_climb(guest).states == {skill.id: "done" for skill in skills}
    for _, session in answers:
        browser.cookies[settings.SESSION_COOKIE_NAME] = session
        assert pressed(browser.get(f"/skills/{skills[7].slug}/"), skills[7].slug) == ["done"]


# --- Ticks ----------------------------------------------------------------------------------------------------------


def test_learner_ticks_points_in_place(htmx_amina, learner, curriculum):
    first = htmx_amina.post("/skills/pandas/points/frame/tick/", {"reached": "yes"})
    assert (first.status_code, said(first)) == (200, "1 of 2 points reached.")
    second = htmx_amina.post(TICK, {"reached": "yes"})
    assert said(second) == "2 of 2 points reached. That’s what done looks like: mark the skill Done when you agree."
    assert set(Tick.objects.filter(learner=learner).values_list("point__key", flat=True)) == {"frame", "join"}
    assert states(learner) == {}
    htmx_amina.post(TICK, {"reached": "no"})
    assert list(Tick.objects.values_list("point__key", flat=True)) == ["frame"]


def test_without_htmx_a_tick_leads_back_to_the_point(amina, curriculum):
    response = amina.post(TICK, {"reached": "yes", "next": "https://elsewhere.example/"})
    assert (response.status_code, response["Location"]) == (302, "/skills/pandas/#point-join")


@pytest.mark.parametrize(
    ("address", "reached", "status"),
    [
        (TICK, "maybe", 422),
        (TICK, "", 422),
        ("/skills/pandas/points/nothing/tick/", "yes", 404),
        ("/skills/python/points/join/tick/", "yes", 404),
        ("/skills/old-tool/points/x/tick/", "yes", 404),
    ],
)
def test_a_tick_that_makes_no_sense_is_refused(amina, curriculum, address, reached, status):
    assert amina.post(address, {"reached": reached}).status_code == status
    assert Tick.objects.count() == 0


# --- A guest's session ----------------------------------------------------------------------------------------------


def test_looking_around_makes_no_session(client, curriculum):
    for address in ("/", "/stages/ground/", "/skills/numpy/"):
        client.get(address)
    assert (settings.SESSION_COOKIE_NAME in client.cookies, Guest.objects.count()) == (False, 0)


def test_a_guest_who_comes_back_now_and_then_keeps_marks_for_good(client, curriculum):
    """Three visits, 60 days apart, the second without a mark: neither session nor marks have ended."""
    with time_machine.travel(timezone.now() - timedelta(days=120), tick=False) as clock:
        client.post(MARK, {"state": "done"})
        for _ in range(2):
            clock.shift(timedelta(days=60))
            assert pressed(client.get("/skills/numpy/")) == ["done"]
            assert client.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == GUEST_DAYS * 86400
            assert Guest.objects.get().seen_on == timezone.now().date()
        client.cookies[settings.SESSION_COOKIE_NAME]["max-age"] = "as it was"
        client.get("/skills/numpy/")
        assert client.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == "as it was"
