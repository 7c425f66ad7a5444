"""A visitor marks skills: in place, by keyboard, without JavaScript, in two tabs, and when the server cannot answer."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from roadmap.curriculum.snapshot import Snapshot
from roadmap.web import limits

from .conftest import Faults
from .controls import button, expect_state, status_line, tab_to

NewContext = Callable[..., BrowserContext]

STAGE = "/stages/understand-the-role/"
FIRST, SECOND, THIRD = "ml-in-everyday-products", "ml-roles-compared", "ml-lifecycle"


@pytest.fixture
def page(new_context: NewContext) -> Page:
    return new_context().new_page()


def keep(page: Page) -> None:
    """Leaves something on the page that only another page load takes away."""
    page.evaluate("document.body.dataset.unchanged = 'yes'")


def expect_kept(page: Page) -> None:
    assert page.evaluate("document.body.dataset.unchanged") == "yes", "the page was loaded anew"


def expect_whole_page(page: Page) -> None:
    """A whole page, not the fragment of an answer to htmx."""
    expect(page.locator("html > head > link[rel=stylesheet]")).not_to_have_count(0)
    expect(page.locator("h1")).to_have_count(1)
    expect(page.get_by_role("contentinfo")).to_be_visible()


def test_visitor_marks_a_skill_on_its_stage_in_place_and_takes_it_back(page: Page, real_curriculum: Snapshot) -> None:
    first, second = real_curriculum.skills[FIRST], real_curriculum.skills[SECOND]
    total, of_stage = len(tuple(real_curriculum)), len(first.stage.skills)
    page.goto(STAGE)
    keep(page)
    small_step = page.locator("#step-understand-the-role .blocks [data-s=done]")
    expect(page.locator("#next-step")).to_contain_text(first.title)
    expect(page.locator("#step-progress .big-num")).to_have_text(f"0 of {of_stage} done")
    expect(small_step).to_have_count(0)

    button(page, FIRST, "done").click()
    expect_state(page, FIRST, "done")
    expect(button(page, FIRST, "done")).to_be_focused()
    expect(status_line(page)).to_have_text(f"{first.title}: Done. 1 of {total} done.")
    expect(page.locator("#step-progress .big-num")).to_have_text(f"1 of {of_stage} done")
    expect(page.locator("#step-progress .blocks [data-s=done]")).to_have_count(1)
    expect(small_step).to_have_count(1)
    expect(page.locator("#climb-count")).to_contain_text(f"1 of {total} done")
    expect(page.locator("#next-step")).to_contain_text(second.title)

    page.get_by_role("button", name="Undo").click()
    expect_state(page, FIRST, "none")
    expect(button(page, FIRST, "none")).to_be_focused()
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    expect(status_line(page)).to_have_text(f"{first.title}: Not started. 0 of {total} done.")
    expect(page.locator("#step-progress .big-num")).to_have_text(f"0 of {of_stage} done")
    expect(small_step).to_have_count(0)
    expect(page.locator("#next-step")).to_contain_text(first.title)
    expect_kept(page)
    page.reload()
    expect_state(page, FIRST, "none")


def test_visitor_marks_a_skill_on_its_own_page_in_place_and_takes_it_back(page: Page, real_curriculum: Snapshot) -> None:
    first = real_curriculum.skills[FIRST]
    total = len(tuple(real_curriculum))
    page.goto(first.get_absolute_url())
    keep(page)
    expect(page.locator("#next-step")).to_contain_text("This skill")
    button(page, FIRST, "skipped").click()
    expect_state(page, FIRST, "skipped")
    expect(button(page, FIRST, "skipped")).to_be_focused()
    expect(status_line(page)).to_have_text(f"{first.title}: Skipped. 0 of {total} done.")
    expect(page.locator("#climb-count")).to_contain_text("1 skipped")
    expect(page.locator("#step-understand-the-role .blocks [data-s=skipped]")).to_have_count(1)
    expect(page.locator("#next-step")).to_contain_text(real_curriculum.skills[SECOND].title)
    page.get_by_role("button", name="Undo").click()
    expect_state(page, FIRST, "none")
    expect(page.locator("#next-step")).to_contain_text("This skill")
    expect_kept(page)


def test_of_three_quick_taps_the_last_one_stands(page: Page) -> None:
    page.goto(STAGE)
    keep(page)
    orders = {FIRST: ("learning", "done", "skipped"), SECOND: ("done", "skipped", "learning"), THIRD: ("skipped", "learning", "done")}
    for slug, states in orders.items():
        page.evaluate("ids => ids.forEach((id) => document.getElementById(id).click())", [f"{state}-{slug}" for state in states])
    for slug, states in orders.items():
        expect_state(page, slug, states[-1])
    expect(page.locator(".toast[data-kind=bad]")).to_have_count(0)
    expect_kept(page)
    page.reload()
    for slug, states in orders.items():
        expect_state(page, slug, states[-1])
    expect(page.locator("#step-progress .big-num")).to_contain_text("1 of")


def test_new_visitor_marks_every_skill_of_a_stage_at_once(page: Page, real_curriculum: Snapshot) -> None:
    skills = real_curriculum.skills[FIRST].stage.skills
    page.goto(STAGE)
    page.evaluate("ids => ids.forEach((id) => document.getElementById(id).click())", [f"done-{skill.slug}" for skill in skills])
    for skill in skills:
        expect_state(page, skill.slug, "done")
    page.reload()
    for skill in skills:
        expect_state(page, skill.slug, "done")
    expect(page.locator("#step-progress .big-num")).to_have_text(f"{len(skills)} of {len(skills)} done")


def test_double_click_is_one_mark(page: Page) -> None:
    page.goto(STAGE)
    keep(page)
    button(page, FIRST, "done").dblclick()
    expect_state(page, FIRST, "done")
    expect(page.locator(".toast")).to_have_count(1)
    expect(page.locator("#step-progress .big-num")).to_contain_text("1 of")
    expect_kept(page)
    page.get_by_role("button", name="Undo").click()
    expect_state(page, FIRST, "none")


def test_back_and_forward_after_marking_show_whole_pages_as_they_are_now(page: Page, real_curriculum: Snapshot) -> None:
    first = real_curriculum.skills[FIRST]
    page.goto("/")
    page.get_by_role("link", name=first.stage.title).first.click()
    page.wait_for_url(f"**{STAGE}")
    button(page, FIRST, "done").click()
    expect_state(page, FIRST, "done")
    page.locator(f"#skill-{FIRST} h3 a").click()
    page.wait_for_url(f"**/skills/{FIRST}/")
    expect_state(page, FIRST, "done")
    button(page, FIRST, "learning").click()
    expect_state(page, FIRST, "learning")

    page.go_back()
    page.wait_for_url(f"**{STAGE}")
    expect_whole_page(page)
    expect_state(page, FIRST, "learning")
    expect(page.locator("#step-progress .blocks [data-s=learning]")).to_have_count(1)
    page.go_back()
    expect_whole_page(page)
    expect(page.locator(".home-hero .blocks [data-s=learning]")).to_have_count(1)
    page.go_forward()
    page.wait_for_url(f"**{STAGE}")
    expect_state(page, FIRST, "learning")
    page.go_forward()
    page.wait_for_url(f"**/skills/{FIRST}/")
    expect_whole_page(page)
    expect_state(page, FIRST, "learning")
    # As in a browser that keeps whole pages in memory, which Playwright cannot go back to.
    keep(page)
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect(page.locator("body")).not_to_have_attribute("data-kept", "yes")


def test_two_tabs_of_one_visitor_lose_nothing_and_agree(page: Page) -> None:
    page.goto(STAGE)
    button(page, FIRST, "done").click()
    expect_state(page, FIRST, "done")
    other = page.context.new_page()
    other.goto(STAGE)
    expect_state(other, FIRST, "done")
    button(other, SECOND, "done").click()
    button(page, THIRD, "learning").click()
    expect_state(other, SECOND, "done")
    expect_state(page, THIRD, "learning")
    # The answer counts what the other tab has marked.
    expect(page.locator("#step-progress .big-num")).to_contain_text("2 of")
    for tab in (page, other):
        tab.reload()
        for slug, state in {FIRST: "done", SECOND: "done", THIRD: "learning"}.items():
            expect_state(tab, slug, state)


def test_visitor_ticks_done_points_one_by_one(page: Page, real_curriculum: Snapshot) -> None:
    skill = real_curriculum.skills[FIRST]
    page.goto(skill.get_absolute_url())
    keep(page)
    for number, point in enumerate(skill.points, start=1):
        tick = page.locator(f"#point-{point.key}")
        expect(tick).to_have_attribute("aria-pressed", "false")
        tick.click()
        expect(tick).to_have_attribute("aria-pressed", "true")
        expect(tick).to_be_focused()
        expect(status_line(page)).to_contain_text(f"{number} of {len(skill.points)} points reached.")
    expect(status_line(page)).to_contain_text("mark the skill Done when you agree")
    expect_state(page, FIRST, "none")
    last = page.locator(f"#point-{skill.points[-1].key}")
    last.click()
    expect(last).to_have_attribute("aria-pressed", "false")
    expect_kept(page)
    page.reload()
    expect(page.locator(".points [aria-pressed=true]")).to_have_count(len(skill.points) - 1)


def test_visitor_marks_a_skill_with_the_keyboard_alone(page: Page) -> None:
    page.goto(STAGE)
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    expect(page.locator(".skip-link")).to_be_in_viewport()
    page.keyboard.press("Enter")
    tab_to(page, f"learning-{FIRST}")
    page.keyboard.press("Space")
    expect_state(page, FIRST, "learning")
    expect(button(page, FIRST, "learning")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect_state(page, FIRST, "done")
    expect(button(page, FIRST, "done")).to_be_focused()
    # From the end of the page, where the message is, backwards: Close, then Undo.
    page.keyboard.press("Control+End")
    undo = page.get_by_role("button", name="Undo")
    for _ in range(250):
        page.keyboard.press("Tab")
        if undo.evaluate("element => element === document.activeElement"):
            break
    expect(undo).to_be_focused()
    page.keyboard.press("Enter")
    expect_state(page, FIRST, "learning")
    expect(button(page, FIRST, "learning")).to_be_focused()


def test_visitor_without_javascript_marks_takes_back_and_ticks(new_context: NewContext, real_curriculum: Snapshot) -> None:
    page = new_context(java_script_enabled=False).new_page()
    stage = real_curriculum.skills[FIRST].stage
    slug = stage.skills[-1].slug
    page.goto(STAGE)
    button(page, slug, "done").click()
    page.wait_for_url(f"**{STAGE}#skill-{slug}")
    expect_state(page, slug, "done")
    expect(page.locator(f"#skill-{slug}")).to_be_in_viewport()
    expect(page.locator("#step-progress .big-num")).to_contain_text("1 of")
    expect(page.locator("#toasts")).to_contain_text(f"{stage.skills[-1].title}: Done.")
    page.get_by_role("button", name="Undo").click()
    page.wait_for_url(f"**{STAGE}#skill-{slug}")
    expect_state(page, slug, "none")
    expect(page.locator("#step-progress .big-num")).to_contain_text("0 of")

    skill = real_curriculum.skills[FIRST]
    point = f"#point-{skill.points[0].key}"
    page.goto(skill.get_absolute_url())
    button(page, FIRST, "learning").click()
    expect_state(page, FIRST, "learning")
    page.locator(point).click()
    page.wait_for_url(f"**{skill.get_absolute_url()}{point}")
    expect(page.locator(point)).to_have_attribute("aria-pressed", "true")
    expect(page.locator(point)).to_be_in_viewport()
    page.locator(point).click()
    expect(page.locator(point)).to_have_attribute("aria-pressed", "false")


def expect_refused(page: Page, sentence: str) -> None:
    """The sentence stands in the status line and where it is seen, and the skill is as it was."""
    expect(status_line(page)).to_have_text(sentence)
    expect(page.locator(".toast[data-kind=bad] .says")).to_have_text(sentence)
    expect_state(page, FIRST, "learning")
    expect(page.locator(f"#state-{FIRST}")).not_to_have_attribute("aria-busy", "true")


@pytest.fixture
def learning(page: Page) -> Page:
    """A stage on which the first skill is marked as learning."""
    page.goto(STAGE)
    button(page, FIRST, "learning").click()
    expect_state(page, FIRST, "learning")
    return page


def test_server_breaks_and_the_page_says_that_nothing_was_saved(learning: Page, faults: Faults) -> None:
    faults.allow("500")

    def broken(route: Route) -> None:
        route.fulfill(status=500, content_type="text/html", body="<h1>Error</h1>")

    learning.route("**/mark/", broken)
    button(learning, FIRST, "done").click()
    expect_refused(learning, "Something broke on our side, and nothing was saved. Try again in a moment.")
    learning.unroute("**/mark/", broken)
    button(learning, FIRST, "done").click()
    expect_state(learning, FIRST, "done")
    expect(learning.locator(".toast[data-kind=bad]")).to_have_count(0)


def test_visitor_offline_is_told_that_a_tick_was_not_saved_and_ticks_again(page: Page, faults: Faults, real_curriculum: Snapshot) -> None:
    for part in ("ERR_INTERNET_DISCONNECTED", "htmx:afterRequest", "htmx:sendError"):
        faults.allow(part)
    skill = real_curriculum.skills[FIRST]
    page.goto(skill.get_absolute_url())
    tick = page.locator(f"#point-{skill.points[0].key}")
    page.context.set_offline(True)
    tick.click()
    sentence = "The server can’t be reached. Nothing was saved; try again when you’re connected."
    expect(status_line(page)).to_have_text(sentence)
    expect(page.locator(".toast[data-kind=bad] .says")).to_have_text(sentence)
    expect(tick).to_have_attribute("aria-pressed", "false")
    page.context.set_offline(False)
    tick.click()
    expect(tick).to_have_attribute("aria-pressed", "true")


def test_visitor_whose_cookies_are_gone_is_asked_to_reload(learning: Page, faults: Faults) -> None:
    faults.allow("403")
    learning.context.clear_cookies()
    button(learning, FIRST, "done").click()
    expect_refused(learning, "Your session has changed, and nothing was saved. Reload the page and try again.")


def test_visitor_who_marks_too_quickly_reads_why_and_when_to_go_on(learning: Page, faults: Faults, monkeypatch: pytest.MonkeyPatch) -> None:
    faults.allow("429")
    monkeypatch.setattr(limits.marks_limit.bucket, "burst", 0)
    button(learning, FIRST, "done").click()
    expect_refused(learning, "That’s a lot of marks at once. Nothing was saved for the last one; go on in a few seconds.")


def test_state_that_does_not_exist_is_answered_with_a_sentence(learning: Page, faults: Faults) -> None:
    faults.allow("422")
    button(learning, FIRST, "done").evaluate("element => { element.value = 'mastered' }")
    button(learning, FIRST, "done").click()
    expect(status_line(learning)).to_contain_text("“mastered” isn’t a state.")
    expect_state(learning, FIRST, "learning")
