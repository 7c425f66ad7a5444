"""The website that somebody hosts themselves, opened from a disk; the badge and the picture, as a browser draws them."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import Browser, Page, expect

from roadmap.portfolio.exports.badge import badge
from roadmap.portfolio.exports.site import site
from tests.portfolio.people_published import amina, hostile

Open = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser) -> Open:
    """Opens a file, and fails when something that the page names is missing, or comes from anywhere but the disk."""
    contexts = []
    asked: list[str] = []
    failed: list[str] = []

    def opened(path: Path, *, width: int = 390, scheme: str = "light", script: bool = False) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, java_script_enabled=script)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("requestfailed", lambda request: failed.append(request.url))
        page.on("console", lambda message: failed.append(message.text))
        page.goto(path.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert failed == []
    assert [address for address in asked if not address.startswith("file://")] == []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with ZipFile(BytesIO(site(amina()))) as archive:
        archive.extractall(tmp_path)
    return tmp_path


def overflow(page: Page) -> int:
    """Pixels that a page is wider than the screen."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_visitor_reads_the_site_from_a_disk_without_script(folder, open_page, scheme):
    page = open_page(folder / "index.html", scheme=scheme)
    expect(page.get_by_role("heading", level=1)).to_have_text("Amina Yusuf")
    expect(page.get_by_role("img", name="Amina Yusuf on Staircase: 7 skills confirmed")).to_be_visible()
    assert overflow(page) == 0
    page.get_by_role("link", name="Mombasa house prices").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mombasa house prices")
    expect(page.get_by_text("Confirmed by Jonas Lindqvist").first).to_be_visible()
    assert overflow(page) == 0
    page.get_by_role("link", name="Amina Yusuf").click()
    expect(page.get_by_role("heading", name="7 skills confirmed")).to_be_visible()


def test_site_has_its_own_fonts_and_colours(folder, open_page):
    page = open_page(folder / "index.html", width=1440, scheme="dark", script=True)
    page.evaluate("document.fonts.ready")
    loaded = page.evaluate("[...document.fonts].filter(font => font.status === 'loaded').map(font => font.family.replaceAll('\"', ''))")
    assert set(loaded) == {"Archivo Staircase", "Atkinson Staircase", "Staircase Figures"}
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(24, 17, 20)"
    assert page.evaluate("[...document.images].every(image => image.naturalWidth > 0)")


def test_site_of_somebody_hostile_fits_a_phone_and_asks_for_nothing(tmp_path, open_page):
    with ZipFile(BytesIO(site(hostile()))) as archive:
        archive.extractall(tmp_path)
    for name in ("index.html", "projects/ordinary.html"):
        page = open_page(tmp_path / name, script=True)
        assert overflow(page) == 0
        assert page.locator("script").count() == 0


@pytest.mark.parametrize(("scheme", "surface"), [("light", [255, 253, 251]), ("dark", [34, 26, 29])])
def test_badge_fits_its_card_in_light_and_dark(tmp_path, open_page, scheme, surface):
    (tmp_path / "badge.svg").write_text(badge(amina()))
    page = open_page(tmp_path / "badge.svg", scheme=scheme, script=True)
    ends = page.evaluate("[...document.querySelectorAll('text')].map(text => text.getBBox().x + text.getBBox().width)")
    assert max(ends) < 284 - 12
    fill = page.evaluate("getComputedStyle(document.querySelector('.card')).fill")
    assert fill == f"rgb({', '.join(map(str, surface))})"
