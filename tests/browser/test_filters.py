"""Resources are narrowed by filters; the address holds them."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from roadmap.curriculum.snapshot import Snapshot
from roadmap.resources.catalogue import Filters, catalogue

from .conftest import Faults
from .controls import status_line

NewContext = Callable[..., BrowserContext]


def expect_found(page: Page, **filters: str) -> None:
    """The page shows what these filters find, says so, and its address and controls hold them."""
    found = catalogue(Filters(**filters)).entries
    says = f"{len(found)} of" if filters else f"All {len(found)}"
    expect(page.locator("#results-title")).to_contain_text(says)
    expect(page.locator("#results li.res strong").first).to_have_text(found[0].title)
    for name in ("kind", "cost", "hours", "stage"):
        expect(page.locator(f"#filter-{name}")).to_have_value(filters.get(name, ""))
        if name in filters:
            expect(page).to_have_url(re.compile(rf"[?&]{name}={filters[name]}(&|$)"))
        else:
            expect(page).not_to_have_url(re.compile(rf"[?&]{name}=[^&]"))


def test_filters_narrow_in_place_and_stay_on_reload_and_back(new_context: NewContext, real_curriculum: Snapshot) -> None:
    page = new_context().new_page()
    page.goto("/resources/")
    expect_found(page)
    page.evaluate("document.body.dataset.unchanged = 'yes'")
    page.get_by_label("Cost").focus()
    page.get_by_label("Cost").select_option("free")
    expect_found(page, cost="free")
    expect(page.get_by_label("Cost")).to_be_focused()
    expect(status_line(page)).to_contain_text("resources match.")
    page.get_by_label("Kind").select_option("course")
    expect_found(page, cost="free", kind="course")
    assert page.evaluate("document.body.dataset.unchanged") == "yes", "the page was loaded anew"
    page.reload()
    expect_found(page, cost="free", kind="course")
    page.go_back()
    expect_found(page, cost="free")
    expect(page.get_by_role("contentinfo")).to_be_visible()
    page.go_back()
    expect_found(page)
    page.go_forward()
    expect_found(page, cost="free")
    page.get_by_role("link", name="Remove filter").click()
    expect_found(page)


@pytest.mark.parametrize("java_script_enabled", [True, False], ids=["javascript", "no-javascript"])
def test_filters_apply_by_their_button(
    new_context: NewContext, real_curriculum: Snapshot, faults: Faults, java_script_enabled: bool
) -> None:
    # With JavaScript each choice applies at once, and the next one stops it: htmx writes that down as an error.
    for part in ("htmx:afterRequest", "htmx:sendAbort"):
        faults.allow(part)
    page = new_context(java_script_enabled=java_script_enabled).new_page()
    page.goto("/resources/")
    page.get_by_label("Cost").select_option("free")
    page.get_by_label("Kind").select_option("course")
    page.get_by_role("button", name="Apply").click()
    expect_found(page, cost="free", kind="course")
