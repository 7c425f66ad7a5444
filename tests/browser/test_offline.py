"""Without a connection: pages that were seen are there and say so, marks wait where they are seen, and go out once, under one name."""

from collections.abc import Callable
from itertools import product
from threading import Event
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import User
from roadmap import views
from roadmap.curriculum.snapshot import SkillView, Snapshot
from roadmap.progress.models import GuestMark, Mark, MarkEvent
from roadmap.progress.services import mark_skill
from roadmap.stages.models import Skill
from roadmap.stages.services import retire_skill
from roadmap.web import offline

from .conftest import Faults
from .controls import button, expect_state, status_line, tab_to
from .test_every_page import AXE_SCRIPT, RUN_AXE, SCHEMES, TAGS, WHAT_SCROLLS

NewContext = Callable[..., BrowserContext]
PageOf = Callable[..., Page]

STAGE = "/stages/understand-the-role/"
FIRST, SECOND, THIRD = "ml-in-everyday-products", "ml-roles-compared", "ml-lifecycle"
KEPT = """async () => {
    const found = {};
    for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const { url } of await cache.keys()) found[new URL(url).pathname] = name;
    }
    return found;
}"""

# Both wait: for at most this many looks, 50 ms apart.
LOOKS = 300
IS_KEPT = """async (looks) => {
    const worker = () => navigator.serviceWorker.controller?.state;
    for (; worker() !== "activated" || !(await caches.match(location.pathname)); looks -= 1) {
        if (!looks) throw new Error(`${location} is not kept; worker: ${worker()}; caches: ${await caches.keys()}; ${document.body.outerHTML.slice(0, 300)}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
}"""
# Transitions are brought to their end. Waiting for it would wait for frames, which a page in the background may never get.
IS_STILL = """() => {
    const moving = () => document.getAnimations().filter((one) => one instanceof CSSTransition);
    for (let looks = 100; moving().length; looks -= 1) {
        if (!looks) throw new Error(`Still moving: ${moving().map((one) => one.transitionProperty)}`);
        for (const one of moving()) one.finish();
    }
}"""
IS_WITHDRAWN = """async (looks) => {
    const isLeft = async () => (await caches.keys()).length || (await navigator.serviceWorker.getRegistrations()).length;
    for (; await isLeft(); looks -= 1) {
        if (!looks) throw new Error(`Left: ${await caches.keys()}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
}"""


@pytest.fixture(autouse=True)
def _troubles_of_a_cut_line(faults: Faults) -> None:
    for part in ("ERR_INTERNET_DISCONNECTED", "htmx:afterRequest", "htmx:sendError", "409 (Conflict)"):
        faults.allow(part)


@pytest.fixture
def guest(new_context: NewContext) -> Page:
    return new_context(service_workers="allow").new_page()


@pytest.fixture
def amina(page_of: PageOf, learner: User) -> Page:
    return page_of(learner, service_workers="allow")


@pytest.fixture
def first(real_curriculum: Snapshot) -> SkillView:
    return real_curriculum.skills[FIRST]


def see(page: Page, address: str = STAGE) -> None:
    """Opens a page and waits until the device keeps it."""
    page.goto(address)
    page.evaluate(IS_KEPT, LOOKS)


def cut(page: Page) -> None:
    page.context.set_offline(True)


def connect(page: Page) -> None:
    page.context.set_offline(False)


def banner(page: Page) -> str:
    expect(page.locator(".banner")).to_have_count(1)
    return " ".join(page.locator(".banner p").inner_text().split())


def expect_waiting(page: Page, slug: str, state: str) -> None:
    expect_state(page, slug, state)
    expect(page.locator(f"#state-{slug}")).to_have_class("state is-queued")
    expect(page.locator(f"#waits-state-{slug}")).to_contain_text("Waits for a connection. Marked at")


def expect_settled(page: Page, slug: str, state: str) -> None:
    expect(page.locator(f"#state-{slug}.is-queued")).to_have_count(0)
    expect_state(page, slug, state)
    expect(page.locator(f"#waits-state-{slug}")).to_have_count(0)


def mark_offline(page: Page, slug: str, state: str) -> None:
    button(page, slug, state).click()
    expect_waiting(page, slug, state)


def pages_kept(page: Page) -> set[str]:
    return {path for path, name in page.evaluate(KEPT).items() if name.startswith("pages ")}


def expect_accessible(page: Page) -> None:
    page.evaluate(AXE_SCRIPT)
    for scheme, width in product(SCHEMES, (320, 1440)):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.set_viewport_size({"width": width, "height": 800})
        # Colours that are on their way from one scheme to the other are nobody's.
        page.evaluate(IS_STILL)
        assert page.evaluate(WHAT_SCROLLS) + page.evaluate(RUN_AXE, TAGS) == []


def sign_in_as(page: Page, person: User, sign_in: Callable[..., object], site: str) -> None:
    client = sign_in(person)
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value, "url": site}]
    )  # type: ignore[attr-defined]


# --- Pages ----------------------------------------------------------------------------------------------------------


def test_page_that_was_seen_is_there_and_says_of_when_it_is(guest: Page) -> None:
    see(guest)
    expect(guest.locator(".banner")).to_have_count(0)
    cut(guest)
    guest.reload()
    expect(guest.locator(".banner")).to_contain_text("You’re offline. This page is as of today, ")
    expect(guest.locator("header:has(> #resources-title)")).to_contain_text("resources need a connection")
    expect_accessible(guest)
    connect(guest)
    expect(guest.locator(".banner")).to_have_count(0)
    expect(guest.locator(".kept-note")).to_have_count(0)


def test_page_that_was_not_seen_offers_those_that_were(guest: Page) -> None:
    see(guest)
    cut(guest)
    guest.goto(f"/skills/{FIRST}/")
    expect(guest.get_by_role("heading", level=1)).to_have_text("You’re offline")
    link = guest.get_by_role("link", name="Understand the ML engineer’s role").or_(guest.locator(f"#kept a[href='{STAGE}']"))
    expect(link.first).to_be_visible()
    expect_accessible(guest)
    tab_to(guest, "again")
    guest.keyboard.press("Tab")
    guest.keyboard.press("Enter")
    guest.wait_for_url(f"**{STAGE}")
    expect(guest.locator(".banner")).to_contain_text("You’re offline.")


def test_page_that_takes_too_long_is_shown_as_it_was_last_seen(guest: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    see(guest)
    asked, is_late = views.climb_of, Event()

    def late(request: Any) -> Any:
        is_late.wait(timeout=20)
        return asked(request)

    with monkeypatch.context() as patch:
        patch.setattr(views, "climb_of", late)
        guest.reload()
        assert guest.evaluate("document.body.dataset.kept")
        is_late.set()
    expect(guest.locator(".banner")).to_have_count(0, timeout=20_000)


def test_device_keeps_pages_of_the_roadmap_and_nothing_personal_else(
    page_of: PageOf, admin_user: User, faults: Faults, first: SkillView
) -> None:
    faults.allow("404")
    page = page_of(admin_user, service_workers="allow")
    see(page)
    for address in ("/", first.get_absolute_url()):
        see(page, address)
    for address in ("/settings/profile/", "/settings/privacy/", "/accounts/password/change/", "/mentoring/", "/projects/", "/admin/"):
        page.goto(address)
        page.wait_for_load_state()
    page.goto("/about/?x=1")
    kept = page.evaluate(KEPT)
    assert {path for path in kept if not path.startswith("/static/")} == {"/", "/offline/", STAGE, first.get_absolute_url()}
    assert not [path for path in kept if path.startswith("/static/admin/")]


def test_worker_that_is_withdrawn_takes_along_what_it_kept(guest: Page, settings: Any) -> None:
    see(guest)
    settings.SERVICE_WORKER = False
    offline.worker.cache_clear()
    try:
        guest.evaluate("navigator.serviceWorker.ready.then((worker) => worker.update())")
        guest.evaluate(IS_WITHDRAWN, LOOKS)
        guest.reload()
        expect(guest.locator("body")).to_have_attribute("data-worker", "")
        guest.wait_for_load_state("networkidle")
        assert guest.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0
    finally:
        offline.worker.cache_clear()


# --- Marks that wait ------------------------------------------------------------------------------------------------


def test_guest_marks_offline_and_the_marks_go_out_once_when_back(guest: Page, first: SkillView) -> None:
    total = len(first.stage.skills)
    see(guest)
    cut(guest)
    mark_offline(guest, FIRST, "done")
    expect(status_line(guest)).to_contain_text(f"{first.title}, Done: waits for a connection.")
    expect(button(guest, FIRST, "done")).to_be_focused()
    mark_offline(guest, SECOND, "learning")
    mark_offline(guest, SECOND, "skipped")
    assert "You’re offline. 2 marks wait on this device" in banner(guest)
    expect(guest.locator("#step-progress .big-num")).to_have_text(f"0 of {total} done, 2 waiting")
    expect(guest.locator("#waiting h2")).to_have_text("2 marks wait")
    expect_accessible(guest)
    guest.reload()
    expect_waiting(guest, FIRST, "done")
    expect_waiting(guest, SECOND, "skipped")

    connect(guest)
    expect_settled(guest, FIRST, "done")
    expect_settled(guest, SECOND, "skipped")
    expect(guest.locator("#step-progress .big-num")).to_have_text(f"1 of {total} done")
    expect(status_line(guest)).to_have_text("You’re back: 3 marks were sent.")
    expect(guest.locator(".banner")).to_have_count(0)
    assert dict(GuestMark.objects.values_list("skill__slug", "state")) == {FIRST: "done", SECOND: "skipped"}
    button(guest, THIRD, "done").click()
    expect_settled(guest, THIRD, "done")
    expect(guest.locator("#step-progress .big-num")).to_have_text(f"2 of {total} done")


def test_marks_go_out_in_order_from_any_page_after_the_tab_was_closed(amina: Page, learner: User) -> None:
    see(amina)
    cut(amina)
    for state in ("learning", "done"):
        mark_offline(amina, FIRST, state)
    mark_offline(amina, SECOND, "skipped")
    context = amina.context
    amina.close()
    context.set_offline(False)
    later = context.new_page()
    later.goto("/about/")
    expect(status_line(later)).to_have_text("You’re back: 3 marks were sent.")
    expect(later.locator(".banner")).to_have_count(0)
    events = MarkEvent.objects.filter(learner=learner).order_by("id")
    assert list(events.values_list("skill__slug", "from_state", "to_state", "source")) == [
        (FIRST, "", "learning", "offline"),
        (FIRST, "learning", "done", "offline"),
        (SECOND, "", "skipped", "offline"),
    ]
    later.goto(STAGE)
    expect_settled(later, FIRST, "done")
    expect_settled(later, SECOND, "skipped")


def test_two_tabs_send_each_mark_once_and_agree(amina: Page, learner: User) -> None:
    see(amina)
    other = amina.context.new_page()
    see(other)
    cut(amina)
    mark_offline(amina, FIRST, "done")
    expect_waiting(other, FIRST, "done")
    mark_offline(other, SECOND, "learning")
    expect_waiting(amina, SECOND, "learning")
    connect(amina)
    for tab in (amina, other):
        expect_settled(tab, FIRST, "done")
        expect_settled(tab, SECOND, "learning")
        expect(tab.locator(".banner")).to_have_count(0)
    assert MarkEvent.objects.filter(learner=learner).count() == 2


def test_mark_whose_answer_was_lost_is_not_made_twice(amina: Page, learner: User, faults: Faults) -> None:
    faults.allow("ERR_FAILED")
    see(amina)
    cut(amina)
    mark_offline(amina, FIRST, "done")
    lost = []

    def lose_the_answer(route) -> None:  # type: ignore[no-untyped-def]
        if lost:
            return route.continue_()
        lost.append(route.fetch().status)
        return route.abort()

    amina.route("**/mark/", lose_the_answer)
    with amina.expect_event("requestfailed"):
        connect(amina)
    assert lost == [200]
    expect(amina.locator(".banner")).to_contain_text("1 mark waits")
    amina.get_by_role("button", name="Try now").click()
    expect_settled(amina, FIRST, "done")
    assert MarkEvent.objects.filter(learner=learner).count() == 1


@pytest.mark.parametrize(("status", "body"), [(200, "<p>Sign in to this network</p>"), (400, "Bad request"), (408, "")])
def test_mark_stays_where_something_on_the_way_answers_in_the_place_of_the_site(
    amina: Page, learner: User, faults: Faults, status: int, body: str
) -> None:
    faults.allow(str(status))
    see(amina)
    cut(amina)
    mark_offline(amina, FIRST, "done")
    amina.route("**/mark/", lambda route: route.fulfill(status=status, content_type="text/html", body=body))
    with amina.expect_response("**/mark/"):
        connect(amina)
    expect(amina.locator(".banner")).to_contain_text("1 mark waits")
    expect_waiting(amina, FIRST, "done")
    amina.unroute("**/mark/")
    amina.get_by_role("button", name="Try now").click()
    expect_settled(amina, FIRST, "done")
    assert Mark.objects.get().learner == learner


def test_learner_discards_what_waits(amina: Page) -> None:
    see(amina)
    cut(amina)
    mark_offline(amina, FIRST, "done")
    mark_offline(amina, SECOND, "learning")
    amina.get_by_role("link", name="See what waits").press("Enter")
    amina.get_by_role("button", name="Discard both").press("Enter")
    for slug in (FIRST, SECOND):
        expect_settled(amina, slug, "none")
    expect(amina.locator("#waiting")).to_have_count(0)
    expect(status_line(amina)).to_have_text("Discarded. Nothing waits on this device.")
    connect(amina)
    amina.reload()
    expect_settled(amina, FIRST, "none")
    assert Mark.objects.count() == 0


def test_mark_on_a_skill_that_left_the_roadmap_is_said_and_discarded(amina: Page, first: SkillView, faults: Faults) -> None:
    faults.allow("404 (Not Found)")
    see(amina)
    cut(amina)
    mark_offline(amina, FIRST, "done")
    retire_skill(skill=Skill.objects.get(pk=first.id))
    connect(amina)
    expect(amina.locator("#waiting")).to_contain_text(f"“{first.title}” isn’t on the roadmap any more")
    expect_accessible(amina)
    amina.locator("#waiting [data-slug]").get_by_role("button", name="Discard it").click()
    expect(amina.locator("#waiting")).to_have_count(0)
    expect(amina.locator(".banner")).to_have_count(0)


# --- Marked elsewhere meanwhile -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("answer", "stands"), [("Done marked here", "done"), ("Learning as it stands", "learning")])
def test_learner_chooses_which_of_two_marks_is_right(amina: Page, learner: User, first: SkillView, answer: str, stands: str) -> None:
    see(amina)
    cut(amina)
    mark_offline(amina, FIRST, "done")
    mark_skill(climber=learner.pk, skill_id=first.id, state="learning")
    connect(amina)
    question = amina.locator("#waiting [data-slug]")
    expect(question).to_contain_text(f"“{first.title}” was marked elsewhere meanwhile. Which is right?")
    assert "1 mark waits for your answer." in banner(amina)
    expect_accessible(amina)
    question.get_by_role("button", name=answer).press("Enter")
    expect_settled(amina, FIRST, stands)
    expect(amina.locator("#waiting")).to_have_count(0)
    assert Mark.objects.get().state == stands
    amina.reload()
    expect_settled(amina, FIRST, stands)
    expect(amina.locator(".banner")).to_have_count(0)


# --- Whose they are -------------------------------------------------------------------------------------------------


def test_signing_out_asks_first_where_marks_wait(amina: Page, learner: User, first: SkillView) -> None:
    see(amina)
    cut(amina)
    mark_offline(amina, FIRST, "done")
    mark_skill(climber=learner.pk, skill_id=first.id, state="learning")
    connect(amina)
    expect(amina.locator("#waiting")).to_contain_text("Which is right?")
    amina.locator(".menu summary").click()
    amina.get_by_role("button", name="Sign out").click()
    dialog = amina.get_by_role("dialog", name="Sign out?")
    expect(dialog).to_contain_text("1 mark still waits on this device.")
    expect(dialog.get_by_role("button", name="Stay signed in")).to_be_focused()
    expect_accessible(amina)
    amina.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(amina.locator("#waiting")).to_contain_text("Which is right?")
    if not amina.get_by_role("button", name="Sign out").is_visible():
        amina.locator(".menu summary").click()
    amina.get_by_role("button", name="Sign out").click()
    dialog.get_by_role("button", name="Discard and sign out").click()
    expect(amina.get_by_role("link", name="Sign in")).to_be_visible()
    expect(amina.locator(".banner")).to_have_count(0)
    assert STAGE not in pages_kept(amina)
    cut(amina)
    amina.goto(STAGE)
    expect(amina.get_by_role("heading", level=1)).to_have_text("You’re offline")


def test_signing_out_sends_what_waits_and_drops_the_pages(amina: Page, learner: User) -> None:
    see(amina)
    amina.locator(".menu summary").click()
    amina.get_by_role("button", name="Sign out").click()
    expect(amina.get_by_role("link", name="Sign in")).to_be_visible()
    assert STAGE not in pages_kept(amina)


def test_page_that_comes_after_signing_out_is_not_kept(amina: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody signs out in one tab while another one still waits for a page."""
    other = amina.context.new_page()
    see(other, "/")
    see(amina)
    asked, may_answer, is_asked = views.climb_of, Event(), Event()

    def late(request: Any) -> Any:
        climb = asked(request)
        if "Renews" in request.headers:
            is_asked.set()
            may_answer.wait(timeout=20)
        return climb

    with monkeypatch.context() as patch:
        patch.setattr(views, "climb_of", late)
        other.evaluate(f"window.answer = fetch('{STAGE}', {{ headers: {{ Renews: 'yes' }} }}).then((answer) => answer.text()); null")
        assert is_asked.wait(timeout=10)
        amina.locator(".menu summary").click()
        amina.get_by_role("button", name="Sign out").click()
        expect(amina.get_by_role("link", name="Sign in")).to_be_visible()
        may_answer.set()
        assert "Account of" in other.evaluate("window.answer")
    other.wait_for_timeout(300)
    assert STAGE not in pages_kept(amina)


def test_of_two_releases_the_page_that_was_seen_last_is_shown(guest: Page) -> None:
    see(guest)
    guest.evaluate("""async () => {
        const kept = await caches.match(location.pathname);
        const headers = new Headers(kept.headers);
        const earlier = new Date(Date.now() - 3600000).toISOString();
        headers.set("Kept-At", earlier);
        const other = await caches.open("pages withdrawn guest");
        await other.put(location.pathname, new Response((await kept.text()).replace(/data-kept="[^"]*"/, `data-kept="${earlier}"`), { headers }));
    }""")
    cut(guest)
    guest.reload()
    assert guest.evaluate("Date.now() - Date.parse(document.body.dataset.kept) < 1800000")


def test_somebody_else_on_this_device_sees_and_sends_nothing(
    amina: Page, learner: User, other_learner: User, sign_in: Callable[..., object], site: str
) -> None:
    see(amina)
    cut(amina)
    mark_offline(amina, FIRST, "done")
    connect_as(amina, other_learner, sign_in, site)
    expect(amina.locator("#waiting")).to_have_count(0)
    expect(amina.locator(".banner")).to_have_count(0)
    expect_settled(amina, FIRST, "none")
    assert Mark.objects.count() == 0
    cut(amina)
    amina.reload()
    expect(amina.locator(".banner")).to_contain_text("You’re offline. This page is as of")
    expect(amina.locator(".menu summary")).to_have_attribute("aria-label", f"Account of {other_learner}")
    expect_settled(amina, FIRST, "none")
    connect_as(amina, learner, sign_in, site)
    expect_settled(amina, FIRST, "done")
    assert list(Mark.objects.values_list("learner", "state")) == [(learner.pk, "done")]


def connect_as(page: Page, person: User, sign_in: Callable[..., object], site: str) -> None:
    """As if the session had been somebody else's since: the page that is open learns it when it goes on."""
    page.goto("about:blank")
    sign_in_as(page, person, sign_in, site)
    connect(page)
    see(page)


def test_queue_stays_when_the_session_has_ended_and_asks_to_sign_in(
    amina: Page, learner: User, sign_in: Callable[..., object], site: str, first: SkillView
) -> None:
    see(amina)
    cut(amina)
    mark_offline(amina, FIRST, "done")
    amina.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    connect(amina)
    expect(amina.locator(".banner")).to_contain_text("1 mark waits on this device for somebody who is signed out by now.")
    expect(amina.locator("#waiting")).to_have_count(0)
    expect_settled(amina, FIRST, "none")
    assert (Mark.objects.count(), GuestMark.objects.count()) == (0, 0)
    assert pages_kept(amina) <= {STAGE}
    expect_accessible(amina)
    sign_in_as(amina, learner, sign_in, site)
    amina.goto("/about/")
    expect(status_line(amina)).to_have_text("You’re back: 1 mark was sent.")
    assert Mark.objects.get().learner == learner


def test_guests_mark_goes_out_before_signing_in_and_is_asked_about(guest: Page, learner: User) -> None:
    see(guest)
    cut(guest)
    mark_offline(guest, FIRST, "done")
    guest.goto("about:blank")
    connect(guest)
    guest.goto("/accounts/login/")
    expect(status_line(guest)).to_have_text("You’re back: 1 mark was sent.")
    assert GuestMark.objects.get().state == "done"


# --- Keys -----------------------------------------------------------------------------------------------------------


def test_everything_is_reached_by_keyboard(amina: Page) -> None:
    see(amina)
    cut(amina)
    button(amina, FIRST, "done").press("Enter")
    expect_waiting(amina, FIRST, "done")
    expect(button(amina, FIRST, "done")).to_be_focused()
    amina.keyboard.press("Shift+Tab")
    amina.get_by_role("button", name="Try now").press("Enter")
    expect(amina.get_by_role("button", name="Try now")).to_be_focused()
    connect(amina)
    expect_settled(amina, FIRST, "done")
