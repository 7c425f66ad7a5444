"""Where things are on pages, for tests that use them as a person does."""

from playwright.sync_api import Locator, Page, expect


def button(page: Page, slug: str, state: str) -> Locator:
    """The button that sets a skill to this state."""
    return page.locator(f"#{state}-{slug}")


def expect_state(page: Page, slug: str, state: str) -> None:
    """Exactly one button of the skill's control is pressed, and it is that of this state."""
    pressed = page.locator(f"#state-{slug} button[aria-pressed=true]")
    expect(pressed).to_have_count(1)
    expect(pressed).to_have_attribute("value", state)


def status_line(page: Page) -> Locator:
    return page.get_by_role("status")


def tab_to(page: Page, element_id: str, *, key: str = "Tab", at_most: int = 250) -> None:
    """Presses Tab until the focus is on this element."""
    for _ in range(at_most):
        page.keyboard.press(key)
        if page.evaluate("document.activeElement.id") == element_id:
            return
    raise AssertionError(
        f"{at_most} times {key} never led to #{element_id}; the focus is on {page.evaluate('document.activeElement.outerHTML')}"
    )
