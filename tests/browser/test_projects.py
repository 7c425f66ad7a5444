"""From a repository to a page that others read: attach with an error first, watch the reading, confirm, publish, look signed out."""

import re
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connections
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import User
from roadmap.portfolio.github.loopback import Loopback, samples
from roadmap.portfolio.inspecting import inspect_project
from roadmap.portfolio.models import Inspection, Project
from tests.factories import UserFactory


@pytest.fixture
def github(settings: Any) -> Iterator[Loopback]:
    with Loopback(samples()) as github:
        settings.GITHUB_API_URL, settings.GITHUB_ARCHIVE_HOST, settings.GITHUB_TOKEN = github.api_url, github.archive_host, ""
        yield github


@pytest.fixture
def climber(site: str) -> User:
    return UserFactory(name="Amina Yusuf", handle="amina-yusuf")


def read_as_the_worker_does(project: Project) -> None:
    """In a thread of its own, as in a process of its own."""

    def work() -> None:
        inspect_project(project.pk)
        connections.close_all()

    worker = threading.Thread(target=work)
    worker.start()
    worker.join()


@pytest.mark.usefixtures("github")
def test_learner_attaches_a_repository_confirms_what_it_shows_and_publishes_it(
    climber: User, page_of: Callable[..., Page], new_context: Callable[..., BrowserContext], faults: Any
) -> None:
    faults.allow("422")
    page = page_of(climber)
    page.goto("/projects/new/")

    # An address of a file is an error that says what to write, and loses nothing.
    page.get_by_label("Repository, or another address").fill("https://github.com/amina-yusuf/mombasa-house-prices/blob/main/README.md")
    page.get_by_label("What does it do, and for whom?").fill("Guesses what a flat costs.")
    page.get_by_role("button", name="Attach project").click()
    address = page.get_by_label("Repository, or another address")
    expect(address).to_be_focused()
    expect(page.locator("#id_address_error")).to_contain_text("https://github.com/amina-yusuf/mombasa-house-prices")
    expect(page.get_by_label("What does it do, and for whom?")).to_have_value("Guesses what a flat costs.")

    # The page answers at once; the name was suggested.
    address.fill("https://github.com/amina-yusuf/mombasa-house-prices")
    address.press("Tab")
    expect(page.locator("#suggestions")).to_contain_text("“Mombasa house prices”")
    page.get_by_role("button", name="Attach project").click()
    expect(page.get_by_role("heading", name="Mombasa house prices", level=1)).to_be_visible()
    expect(page.locator("#reading")).to_contain_text("Waiting to be read")

    # The reading is watched to its end, without a touch.
    project = Project.objects.get()
    read_as_the_worker_does(project)
    assert Inspection.objects.get().state == "read"
    expect(page.locator("#reading")).to_contain_text("Read on")
    expect(page.locator("#reading")).not_to_have_attribute("hx-trigger", re.compile(".+"))
    expect(page.locator("#status")).to_contain_text("wait for your word")
    expect(page.locator("#finding-pandas-dataframes")).to_contain_text("pandas")
    expect(page.get_by_role("heading", name="README checklist")).to_be_visible()

    # One tap.
    page.get_by_role("button", name="Confirm what’s ticked").click()
    expect(page.get_by_role("heading", name=re.compile("skills shown"))).to_be_visible()
    expect(page.locator("#status")).to_contain_text("shown by your code")
    page.goto("/skills/pandas-dataframes/")
    expect(page.locator("#note-pandas-dataframes")).to_contain_text("Shown")

    # Off until it is switched on.
    visitor = new_context().new_page()
    faults.allow("404")
    assert visitor.goto("/u/amina-yusuf/").status == 404  # type: ignore[union-attr]
    page.goto("/settings/privacy/")
    page.get_by_label("Public: everyone").check()
    page.get_by_label("Mombasa house prices").check()
    page.get_by_role("button", name=re.compile("^Save")).click()
    expect(page.get_by_text("Your portfolio is on").first).to_be_visible()

    visitor.goto("/u/amina-yusuf/")
    expect(visitor.get_by_role("heading", name="Amina Yusuf", level=1)).to_be_visible()
    expect(visitor.get_by_text("Handle tables with pandas").first).to_be_visible()
    visitor.get_by_role("link", name="Mombasa house prices").first.click()
    expect(visitor.get_by_text("Guesses what a flat costs.").first).to_be_visible()
    expect(visitor.locator("main a[href*='/blob/']").first).to_be_visible()


@pytest.mark.usefixtures("github")
def test_the_same_works_without_scripts(climber: User, page_of: Callable[..., Page]) -> None:
    page = page_of(climber, java_script_enabled=False)
    page.goto("/projects/new/")
    page.get_by_label("Repository, or another address").fill("amina-yusuf/expense-predictor")
    page.get_by_role("button", name="Attach project").click()
    expect(page.locator("#reading")).to_contain_text("Waiting to be read")
    read_as_the_worker_does(Project.objects.get())
    page.reload()
    page.get_by_role("button", name="Confirm what’s ticked").click()
    expect(page.get_by_role("heading", name=re.compile("skills? shown"))).to_be_visible()
    page.get_by_role("link", name="Edit project").click()
    page.get_by_role("link", name="Delete …").click()
    page.get_by_role("button", name="Delete project").click()
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_role("heading", name="Expense predictor", level=1)).to_be_visible()


@pytest.mark.usefixtures("github")
def test_project_pages_by_keyboard_at_320_pixels(climber: User, page_of: Callable[..., Page]) -> None:
    page = page_of(climber, viewport={"width": 320, "height": 640})
    page.goto("/projects/new/")
    page.get_by_label("Repository, or another address").fill("amina-yusuf/matatu-reviews")
    page.keyboard.press("Enter")
    expect(page.locator("#reading")).to_be_visible()
    read_as_the_worker_does(Project.objects.get())
    confirm = page.get_by_role("button", name="Confirm what’s ticked")
    confirm.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=re.compile("skills? shown"))).to_be_visible()
    # The button that was pressed is gone: focus is where it led to.
    expect(page.locator("#evidence")).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
