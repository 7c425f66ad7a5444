"""One's own climb in a browser: the first visit, a mark that changes the next step in place, and “not this one”."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import User
from roadmap.curriculum.snapshot import Snapshot
from roadmap.progress.models import Aim, Mark, SetAside
from roadmap.progress.services import mark_skill

from .controls import button, expect_state, status_line, tab_to

NewContext = Callable[..., BrowserContext]
PageOf = Callable[..., Page]

FIRST, SECOND = "ml-in-everyday-products", "ml-roles-compared"


def keep(page: Page) -> None:
    """Leaves something on the page that only another page load takes away."""
    page.evaluate("document.body.dataset.unchanged = 'yes'")


def expect_kept(page: Page) -> None:
    assert page.evaluate("document.body.dataset.unchanged") == "yes", "the page was loaded anew"


def test_first_visit_asks_three_questions_and_leads_to_a_first_skill(page_of: PageOf, learner: User, real_curriculum: Snapshot) -> None:
    page = page_of(learner, timezone_id="Africa/Nairobi")
    page.goto("/climb/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Three questions")
    # The browser knows where it is.
    expect(page.get_by_label("Your time zone")).to_have_value("Africa/Nairobi")
    page.get_by_label("A new career").check()
    page.get_by_label("Written small programs").check()
    page.get_by_label("8 hours").check()
    page.get_by_role("button", name="Show my first skill").click()
    expect(page).to_have_url("/skills/python-basics/")
    expect(page.locator("#next-step")).to_contain_text("You’ve written small programs.")
    aim = Aim.objects.get(learner=learner)
    learner.refresh_from_db()
    assert (aim.hours_a_week, aim.known, aim.draw, learner.time_zone) == (8, ["code"], "career", "Africa/Nairobi")
    assert not Mark.objects.exists()
    page.get_by_role("link", name="My climb").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My climb")
    expect(page.locator("#next-step")).to_contain_text(real_curriculum.skills["python-basics"].title)


def test_first_visit_without_javascript_and_by_keyboard(page_of: PageOf, learner: User) -> None:
    page = page_of(learner, java_script_enabled=False)
    page.goto("/climb/")
    expect(page.get_by_label("Your time zone")).to_have_value("")
    page.get_by_label("Your time zone").select_option("America/Bogota")
    page.get_by_label("5 hours").check()
    page.get_by_role("button", name="Show my first skill").press("Enter")
    expect(page.get_by_role("heading", level=1)).not_to_contain_text("Three questions")
    learner.refresh_from_db()
    assert (learner.time_zone, Aim.objects.get().hours_a_week) == ("America/Bogota", 5)


def test_first_visit_can_be_passed(new_context: NewContext) -> None:
    page = new_context().new_page()
    page.goto("/climb/")
    page.get_by_role("button", name="Skip, start on step 1").click()
    expect(page).to_have_url(f"/skills/{FIRST}/")
    page.goto("/climb/")
    expect(page.get_by_role("heading", level=1)).to_have_text("My climb")


@pytest.fixture
def climber(learner: User, real_curriculum: Snapshot) -> User:
    mark_skill(climber=learner.pk, skill_id=real_curriculum.skills[FIRST].id, state="learning")
    return learner


def test_mark_changes_the_next_step_in_place(page_of: PageOf, climber: User, real_curriculum: Snapshot) -> None:
    first, second = real_curriculum.skills[FIRST], real_curriculum.skills[SECOND]
    page = page_of(climber)
    page.goto("/climb/")
    keep(page)
    expect(page.locator("#next-step")).to_contain_text(first.title)
    expect(page.locator("#next-step")).to_contain_text("You’ve started it.")
    # The second stands below, with its control.
    button(page, SECOND, "learning").click()
    expect_state(page, SECOND, "learning")
    expect(button(page, SECOND, "learning")).to_be_focused()
    expect(page.locator("#climb-count")).to_contain_text("2 learning")
    expect(page.locator("#next-step")).to_contain_text(first.title)
    expect_kept(page)

    page.goto(first.get_absolute_url())
    keep(page)
    button(page, FIRST, "done").click()
    expect(page.locator("#next-step")).to_contain_text(second.title)
    expect_kept(page)


@pytest.mark.parametrize("address", ["/", "/climb/", "/stages/understand-the-role/", f"/skills/{FIRST}/"])
def test_not_this_one_gives_another_in_place_and_is_taken_back(
    page_of: PageOf, climber: User, real_curriculum: Snapshot, address: str
) -> None:
    first, second = real_curriculum.skills[FIRST], real_curriculum.skills[SECOND]
    page = page_of(climber)
    page.goto(address)
    keep(page)
    mine = "This skill" if address.startswith("/skills/") else first.title
    expect(page.locator("#next-step")).to_contain_text(mine)
    tab_to(page, "not-this-one")
    page.keyboard.press("Enter")
    expect(page.locator("#next-step")).to_contain_text(second.title)
    expect(page.locator("#not-this-one")).to_be_focused()
    expect(status_line(page)).to_have_text(f"{first.title} is set aside for 7 days.")
    assert SetAside.objects.filter(learner=climber).count() == 1

    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#next-step")).to_contain_text(mine)
    expect(status_line(page)).to_have_text(f"{first.title} may be your next step again.")
    assert page.evaluate("document.activeElement.closest('#next-step') !== null"), "the focus goes on where the answer stands"
    expect_kept(page)
    assert not SetAside.objects.exists()


def test_not_this_one_without_javascript(page_of: PageOf, climber: User, real_curriculum: Snapshot) -> None:
    page = page_of(climber, java_script_enabled=False)
    page.goto("/climb/")
    page.get_by_role("button", name="Not this one").click()
    expect(page.locator("#next-step")).to_contain_text(real_curriculum.skills[SECOND].title)
    page.get_by_role("button", name="Take it back").click()
    expect(page.locator("#next-step")).to_contain_text(real_curriculum.skills[FIRST].title)


def test_days_can_be_read_as_a_table(page_of: PageOf, climber: User) -> None:
    page = page_of(climber)
    page.goto("/climb/")
    page.get_by_text("Show as a table").click()
    expect(page.get_by_role("table").get_by_role("row")).to_have_count(2)
