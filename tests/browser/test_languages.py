"""A visitor reads in Spanish, marks in Spanish, and goes back to English; also without JavaScript."""

from collections.abc import Callable

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import User
from roadmap.curriculum.snapshot import Snapshot

from .controls import button, expect_state, status_line
from .test_every_page import RUN_AXE, TAGS, WHAT_SCROLLS, addresses_of_content

NewContext = Callable[..., BrowserContext]
FIRST = "ml-in-everyday-products"
NARROW = (
    "/about/",
    "/ideas/",
    "/resources/",
    "/roadmap/",
    "/search/?q=numpi",
    "/climb/",
    "/climb/pace/",
    "/climb/begin-anew/",
    "/projects/",
    "/projects/new/",
    "/mentoring/",
    "/settings/profile/",
    "/settings/privacy/",
    "/settings/mentors/",
    "/settings/mentees/",
)


def choose(page: Page, language: str) -> None:
    page.locator("form.languages").get_by_role("button", name=language).click()
    expect(page.locator("html")).to_have_attribute("lang", {"English": "en", "Español": "es"}[language])
    expect(page.locator("form.languages").get_by_role("button", name=language)).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize("with_javascript", [True, False], ids=["javascript", "no javascript"])
def test_visitor_switches_to_spanish_and_back_and_stays_on_the_page(new_context: NewContext, with_javascript: bool) -> None:
    page = new_context(java_script_enabled=with_javascript).new_page()
    page.goto(f"/skills/{FIRST}/")
    choose(page, "Español")
    assert page.url.endswith(f"/skills/{FIRST}/")
    expect(page.get_by_role("link", name="Mi subida")).to_be_visible()
    expect(page.locator("h1")).to_have_attribute("lang", "en")
    button(page, FIRST, "done").click()
    expect(button(page, FIRST, "done")).to_have_attribute("aria-pressed", "true")
    expect(button(page, FIRST, "done")).to_have_text("Lograda")
    page.goto("/about/")
    expect(page.locator("h1")).to_have_text("Acerca de Staircase")
    choose(page, "English")
    expect(page.locator("h1")).to_have_text("About Staircase")


def test_visitor_marks_and_reads_what_happened_in_spanish(new_context: NewContext) -> None:
    page = new_context(locale="es-MX").new_page()
    page.goto(f"/skills/{FIRST}/")
    expect(page.locator("html")).to_have_attribute("lang", "es")
    button(page, FIRST, "done").click()
    expect_state(page, FIRST, "done")
    expect(status_line(page)).to_contain_text("Lograda. 1 de ")
    expect(page.locator("#climb-count")).to_contain_text("logradas")


def test_longer_words_fit_into_a_narrow_window(page_of: Callable[..., Page], learner: User, real_curriculum: Snapshot) -> None:
    page = page_of(learner, locale="es", viewport={"width": 320, "height": 800})
    found = []
    for address in (*addresses_of_content(real_curriculum), *NARROW):
        page.goto(address)
        expect(page.locator("html")).to_have_attribute("lang", "es")
        page.evaluate(AXE_SCRIPT)
        found += [f"{address} {fault}" for fault in page.evaluate(WHAT_SCROLLS) + page.evaluate(RUN_AXE, TAGS)]
    assert found == []


def test_first_visit_in_english_is_small_and_loads_no_accents(new_context: NewContext) -> None:
    """The ñ of the switch is in another font."""
    asked: list[str] = []
    page = new_context(locale="en-GB").new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/")
    page.wait_for_load_state("networkidle")
    assert [url for url in asked if "accents" in url] == []
    assert len(asked) <= 12
