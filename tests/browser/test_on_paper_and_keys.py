"""What is not the mouse and not the screen: the keyboard alone, and paper."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import User
from roadmap.curriculum.snapshot import Snapshot
from roadmap.progress.services import mark_skill
from tests.factories import PASSWORD

from .controls import tab_to

NewContext = Callable[..., BrowserContext]


def test_keyboard_alone_signs_in_filters_ticks_and_signs_out(new_context: NewContext, learner: User, real_curriculum: Snapshot) -> None:
    page = new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.goto("/accounts/login/")
    tab_to(page, "id_login")
    page.keyboard.type(learner.email)
    tab_to(page, "id_password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator(".menu summary")).to_be_visible()

    skill = next(iter(real_curriculum))
    page.goto(skill.get_absolute_url())
    point = page.locator("[name=reached]").first
    box = point.get_attribute("id")
    assert box
    tab_to(page, box)
    page.keyboard.press("Space")
    expect(page.locator(f"#{box}")).to_have_attribute("aria-pressed", "true")

    page.goto("/resources/")
    tab_to(page, page.locator("select[name=kind]").get_attribute("id") or "")
    page.keyboard.type("Book")
    page.wait_for_url("**/resources/?*kind=book*")

    menu = page.locator(".menu summary")
    menu.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    for _ in range(10):
        if page.evaluate("document.activeElement.closest('form')?.action.includes('logout') ?? false"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()


def test_paper_shows_the_state_in_words_and_no_controls(page_of: Callable[..., Page], learner: User, real_curriculum: Snapshot) -> None:
    skill = next(iter(real_curriculum))
    mark_skill(climber=learner.pk, skill_id=skill.id, state="done")
    page = page_of(learner)
    for address in (skill.get_absolute_url(), skill.stage.get_absolute_url()):
        page.goto(address)
        page.emulate_media(media="print")
        expect(page.get_by_text("State: Done")).to_be_visible()
        expect(page.locator(f"#done-{skill.slug}")).to_be_hidden()
        expect(page.locator(".site-foot")).to_be_hidden()
        page.emulate_media(media="screen")
