"""The watch over pages notices what it is there for; without this, silence would prove nothing."""

import pytest
from playwright.sync_api import Page

DEEDS = {
    "Content policy: img-src": "document.body.append(Object.assign(new Image(), {src: 'https://elsewhere.example/pixel.png'}))",
    "Content policy: style-src": "document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">inline</p>')",
    "Content policy: script-src": "document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.ran = true'}))",
    "Content policy: connect-src": "fetch('https://elsewhere.example/').catch(() => null)",
    "exception: on purpose": "setTimeout(() => { throw new Error('on purpose') })",
    "console of": "console.error('on purpose')",
}


@pytest.mark.parametrize("noticed", DEEDS)
def test_fault_of_a_page_is_noticed(noticed, page: Page, faults):
    page.goto("/about/")
    with page.expect_event("pageerror" if noticed.startswith("exception") else "console"):
        page.evaluate(f"() => {{ {DEEDS[noticed]} }}")
    assert any(noticed in fault for fault in faults.found), faults.found
    assert page.evaluate("() => window.ran") is None
    faults.found.clear()


def test_failing_answer_is_noticed(page: Page, faults):
    page.goto("/readyz")
    assert any("status 503" in fault for fault in faults.found)
    faults.found.clear()
