"""From marks without an account to an account that has them, in a real browser, by way of the mail."""

import email
import email.policy
import re
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import Mail, User
from accounts.tasks import deliver_mail
from roadmap.curriculum.snapshot import Snapshot, StageView
from roadmap.progress.services import mark_skill
from tests.factories import PASSWORD

from .conftest import Faults
from .controls import button, expect_state

NewContext = Callable[..., BrowserContext]
ADDRESS = "amina@example.org"
MARKS = ("done", "learning", "skipped", "done")


@pytest.fixture
def mails(settings, tmp_path: Path, site: str) -> Callable[[], list[EmailMessage]]:
    """`mails()` lets the worker put what waits into files, as in development, and reads them; links lead to the running site."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    settings.SITE_ORIGIN = site

    def read() -> list[EmailMessage]:
        for waiting in Mail.objects.order_by("pk").values_list("pk", flat=True):
            deliver_mail(mail_id=waiting)
        files = sorted(settings.EMAIL_FILE_PATH.glob("*.log"))
        return [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]

    return read


def link_in(message: EmailMessage) -> str:
    return re.search(r"^https?://\S+$", message.get_body(("plain",)).get_content(), re.MULTILINE)[0]


def mark(page: Page, stage: StageView, states: tuple[str, ...]) -> dict[str, str]:
    """Marks the first skills of a stage on its page, and says what all its skills are then."""
    page.goto(stage.get_absolute_url())
    for skill, state in zip(stage.skills, states, strict=False):
        button(page, skill.slug, state).click()
        expect_state(page, skill.slug, state)
    return {skill.slug: states[number] if number < len(states) else "none" for number, skill in enumerate(stage.skills)}


def shown(page: Page, *stages: StageView) -> dict[str, str]:
    """What the pages of these stages say about each skill."""
    found: dict[str, str] = {}
    for stage in stages:
        page.goto(stage.get_absolute_url())
        pressed = page.locator("fieldset.state button[aria-pressed=true]")
        found |= dict(
            pressed.evaluate_all("buttons => buttons.map((one) => [one.closest('fieldset').id.replace('state-', ''), one.value])")
        )
    return found


def sign_in(page: Page, address: str) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill(address)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def test_visitor_signs_up_and_finds_every_mark_on_a_second_browser(
    new_context: NewContext, real_curriculum: Snapshot, mails: Callable[[], list[EmailMessage]]
) -> None:
    page = new_context().new_page()
    stages = real_curriculum.stages[0], real_curriculum.stages[2], real_curriculum.stages[4]
    marked: dict[str, str] = {}
    for stage in stages:
        marked |= mark(page, stage, MARKS)
    assert sum(state != "none" for state in marked.values()) == 12

    page.goto("/")
    page.get_by_role("link", name="Start climbing").first.click()
    page.get_by_label("What should we call you?").fill("Amina Yusuf")
    page.get_by_label("E-mail").fill(ADDRESS)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your mail")
    expect(page.locator("main")).to_contain_text(ADDRESS)
    expect(page.locator("main")).to_contain_text("STAIRCASE_DATA/mail/")
    assert shown(page, *stages) == marked, "all marks are there before the address is confirmed"

    (message,) = mails()
    assert message["To"] == ADDRESS
    page.goto(link_in(message))
    page.get_by_role("button", name="Confirm my address").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My climb")
    assert shown(page, *stages) == marked

    page.locator("summary", has=page.locator(".avatar")).click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    assert set(shown(page, *stages).values()) == {"none"}, "who comes next on this device sees nothing of them"

    elsewhere = new_context().new_page()
    sign_in(elsewhere, ADDRESS)
    expect(elsewhere.get_by_role("heading", level=1)).to_have_text("My climb")
    assert shown(elsewhere, *stages) == marked


def test_signing_in_asks_about_the_marks_of_the_device_and_adds_them(
    new_context: NewContext, real_curriculum: Snapshot, learner: User
) -> None:
    stage = real_curriculum.stages[0]
    first, second, third, fourth, *_ = stage.skills
    mark_skill(climber=learner.pk, skill_id=first.id, state="done")
    mark_skill(climber=learner.pk, skill_id=second.id, state="skipped")
    page = new_context().new_page()
    mark(page, stage, ("learning", "done", "learning", "skipped"))
    sign_in(page, learner.email)
    expect(page.get_by_role("heading", level=1)).to_have_text("Add 3 marks made on this device?")
    page.get_by_role("button", name="Add 3 marks").click()
    page.wait_for_url("**/")
    expect(page.locator("#toasts")).to_contain_text("3 marks added.")
    now = {first.slug: "done", second.slug: "done", third.slug: "learning", fourth.slug: "skipped"}
    assert shown(page, stage) == {skill.slug: now.get(skill.slug, "none") for skill in stage.skills}
    elsewhere = new_context().new_page()
    sign_in(elsewhere, learner.email)
    expect(elsewhere.get_by_role("heading", level=1)).to_have_text("My climb")
    assert shown(elsewhere, stage) == shown(page, stage)


@pytest.mark.parametrize("java_script_enabled", [True, False], ids=["javascript", "no-javascript"])
def test_form_with_errors_keeps_what_was_typed_and_leads_to_what_is_wrong(
    new_context: NewContext, faults: Faults, java_script_enabled: bool
) -> None:
    faults.allow("422")
    page = new_context(java_script_enabled=java_script_enabled).new_page()
    page.goto("/accounts/signup/")
    page.get_by_label("What should we call you?").fill("Amina Yusuf")
    page.get_by_label("E-mail").fill("amina at example")
    page.get_by_label("Password", exact=True).fill("short")
    page.get_by_role("button", name="Create account").click()
    expect(page).to_have_title(re.compile(r"^Error: "))
    summary = page.locator("#errors")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("link")).to_have_count(2)
    expect(page.get_by_label("What should we call you?")).to_have_value("Amina Yusuf")
    address = page.get_by_label("E-mail")
    expect(address).to_have_value("amina at example")
    expect(address).to_have_attribute("aria-invalid", "true")
    expect(address).to_have_accessible_description(re.compile("This address can’t be right"))
    summary.get_by_role("link", name="This address can’t be right").click()
    expect(address).to_be_focused()
    address.fill(ADDRESS)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your mail")
