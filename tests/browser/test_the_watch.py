"""The watch over pages notices what it is there for; without this, silence would prove nothing."""

import pytest
from playwright.sync_api import Page

DEEDS = {
    "img-src": "document.body.append(Object.assign(new Image(), {src: 'https://elsewhere.example/pixel.png'}))",
    "style-src": "document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">inline</p>')",
    "script-src": "document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.ran = true'}))",
    "connect-src": "fetch('https://elsewhere.example/').catch(() => null)",
    "exception": "setTimeout(() => { throw new Error('on purpose') })",
    "console of": "console.error('on purpose')",
}


@pytest.mark.parametrize("noticed", DEEDS)
def test_fault_of_a_page_is_noticed(noticed, page: Page, faults):
    page.goto("/about/")
    heard = (
        ("pageerror", lambda error: True)
        if noticed == "exception"
        else ("console", lambda message: noticed in f"console of {message.text}")
    )
    with page.expect_event(*heard):
        page.evaluate(f"() => {{ {DEEDS[noticed]} }}")
    assert any(noticed in fault for fault in faults.found), faults.found
    assert page.evaluate("() => window.ran") is None
    faults.allow("")


def test_failing_answer_is_noticed(page: Page, faults):
    page.goto("/readyz")
    assert any("status 503" in fault for fault in faults.found)
    faults.allow("")
