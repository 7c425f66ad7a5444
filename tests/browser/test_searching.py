"""The search by keyboard, as one types, with a typo, with slow answers, and without JavaScript."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from accounts.models import User
from roadmap.curriculum.snapshot import Snapshot
from roadmap.progress.models import Note
from roadmap.search.models import Unanswered

from .conftest import Faults
from .controls import status_line
from .test_every_page import look_at

NewContext = Callable[..., BrowserContext]


def results(page: Page):
    return page.locator("#answer .hit h3 a")


def test_visitor_searches_by_keyboard_with_a_typo(new_context: NewContext, real_curriculum: Snapshot, faults: Faults) -> None:
    for part in ("htmx:afterRequest", "htmx:sendAbort"):
        faults.allow(part)
    page = new_context().new_page()
    page.goto("/stages/python-programming/")
    page.keyboard.press("/")
    page.wait_for_url("**/search/")
    field = page.get_by_role("searchbox")
    expect(field).to_be_focused()
    page.keyboard.type("gradiant decent", delay=20)
    expect(results(page).first).to_have_text("Run gradient descent by hand and in code")
    expect(status_line(page)).to_contain_text("Nothing matches “gradiant decent” exactly.")
    expect(page).to_have_url(re.compile(r"/search/\?q=gradiant\+decent$"))
    expect(page).to_have_title("Search: gradiant decent | Staircase")
    expect(field).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(results(page).first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(results(page).nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(field).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(field).to_be_focused()
    page.get_by_role("link", name="gradient descent", exact=True).click()
    expect(page).to_have_url(re.compile(r"q=gradient%20descent"))
    page.keyboard.press("Control+k")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/skills/gradient-descent/")
    page.go_back(wait_until="commit")
    page.wait_for_url(re.compile(r"q=gradient%20descent"))


def test_results_follow_the_typing_and_a_late_answer_is_dropped(new_context: NewContext, real_curriculum: Snapshot, faults: Faults) -> None:
    for part in ("htmx:afterRequest", "htmx:sendAbort"):
        faults.allow(part)
    page = new_context().new_page()
    page.goto("/search/")
    late: list[Route] = []
    page.route(re.compile(r"/search/\?q=panda$"), lambda route: late.append(route))  # noqa: PLW0108 - Playwright reads a signature
    field = page.get_by_role("searchbox")
    with page.expect_request(re.compile(r"q=panda$")):
        field.fill("panda")
    field.fill("docker")
    expect(results(page).first).to_have_text("Package the service in a container")
    for route in late:
        route.continue_()
    page.wait_for_load_state("networkidle")
    expect(results(page).first).to_have_text("Package the service in a container")
    expect(page).to_have_url(re.compile(r"q=docker$"))
    expect(field).to_have_value("docker")
    field.fill("")
    expect(page.get_by_role("heading", name="Look around")).to_be_visible()


def test_slash_is_a_letter_in_a_field(page_of: Callable[..., Page], learner: User) -> None:
    page = page_of(learner)
    page.goto("/settings/profile/")
    field = page.get_by_label("Name", exact=True)
    field.focus()
    page.keyboard.press("End")
    page.keyboard.press("/")
    expect(field).to_have_value(re.compile("/$"))
    expect(page).to_have_url(re.compile("/settings/profile/$"))


def test_slash_can_be_switched_off_on_a_device(new_context: NewContext, real_curriculum: Snapshot) -> None:
    page = new_context().new_page()
    page.goto("/search/")
    page.get_by_label("Use / on this device").uncheck()
    page.goto("/about/")
    page.keyboard.press("/")
    page.keyboard.press("Control+k")
    page.wait_for_url("**/search/")
    expect(page.get_by_label("Use / on this device")).not_to_be_checked()


def test_reader_who_stays_with_no_answer_is_counted_once(new_context: NewContext, real_curriculum: Snapshot) -> None:
    page = new_context().new_page()
    page.goto("/search/?q=zeppelin")
    expect(page.get_by_text("The editors see that this was looked for, not by whom.")).to_be_visible()
    held = Unanswered.objects.get()
    assert (held.words, held.count) == ("zeppelin", 1)


@pytest.mark.parametrize("typed", ["pandas", "gradiant decent"])
def test_visitor_searches_without_javascript(new_context: NewContext, real_curriculum: Snapshot, typed: str) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto("/")
    page.get_by_role("link", name="Search", exact=True).click()
    page.get_by_role("searchbox").fill(typed)
    page.get_by_role("button", name="Search", exact=True).click()
    expect(results(page).first).to_be_visible()
    expect(page.get_by_role("searchbox")).to_have_value(typed)
    if typed == "pandas":
        page.get_by_role("navigation", name="Narrow the results").get_by_role("link", name="Resources").click()
        expect(page.locator("section.sheet h2")).to_have_text(["Resources"])


def test_search_is_accessible_at_every_width(
    new_context: NewContext, page_of: Callable[..., Page], learner: User, real_curriculum: Snapshot
) -> None:
    skill = real_curriculum.stages[0].skills[0]
    Note.objects.create(learner=learner, skill_id=skill.id, text="My **note** on a leak, with averylongwordthatdoesnotfit" + "x" * 80)
    look_at(new_context().new_page(), ["/search/", "/search/?q=gradiant+decent", "/search/?q=zeppelin"])
    look_at(page_of(learner), ["/search/?q=leak", f"/search/?q={'x' * 120}"])
