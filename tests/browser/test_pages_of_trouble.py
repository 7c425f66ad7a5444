"""Pages that tell of trouble, and pages behind links of mails: accessible like every other, at every width and in both schemes."""

from collections.abc import Callable

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.test import RequestFactory
from playwright.sync_api import BrowserContext, Page

from accounts.models import User
from roadmap.web import errors

from .conftest import Faults
from .test_every_page import RUN_AXE, SCHEMES, TAGS, WHAT_SCROLLS, WIDTHS

NewContext = Callable[..., BrowserContext]


def looked_at(page: Page, address: str) -> list[str]:
    found = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        page.goto(address)
        page.evaluate(AXE_SCRIPT)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            found += [f"at {width} px, {scheme}: {fault}" for fault in page.evaluate(WHAT_SCROLLS) + page.evaluate(RUN_AXE, TAGS)]
    return found


@pytest.mark.parametrize(
    "answer", [errors.bad_request, errors.server_error, lambda request: errors.unavailable()], ids=["400", "500", "503"]
)
def test_person_reads_what_went_wrong(new_context: NewContext, site: str, faults: Faults, answer: Callable) -> None:
    page = new_context().new_page()
    request = RequestFactory().get("/")
    request.id = "0a1b2c3d-4e5f"
    body = answer(request).content
    # The page as it is sent; only its status is another, since Chromium shows errors of its own on the console.
    page.route("**/what-went-wrong/", lambda route: route.fulfill(body=body, content_type="text/html; charset=utf-8"))
    assert looked_at(page, f"{site}/what-went-wrong/") == []


def test_person_follows_a_link_that_is_spent(new_context: NewContext, site: str) -> None:
    page = new_context().new_page()
    for address in ("/accounts/confirm-email/spent/", "/accounts/password/reset/key/1-spent/", "/accounts/password/reset/key/done/"):
        assert looked_at(page, site + address) == [], address


def test_person_who_sends_an_unknown_state_reads_a_page(page_of: Callable[..., Page], learner: User, faults: Faults) -> None:
    faults.allow("422")
    page = page_of(learner)
    page.goto("/skills/python-basics/")
    page.evaluate("""() => {
        const form = document.querySelector("#marks");
        form.action = "/skills/python-basics/mark/";
        form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "state", value: "elsewhere" }));
        form.submit();
    }""")
    page.wait_for_url("**/mark/")
    page.evaluate(AXE_SCRIPT)
    assert page.evaluate(RUN_AXE, TAGS) == []
    assert "elsewhere" in page.inner_text("main")
