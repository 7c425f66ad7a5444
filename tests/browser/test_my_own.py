"""What is a learner's own: a note in two tabs, links and the shelf by keyboard, a step begun anew; with and without JavaScript."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from roadmap.curriculum.snapshot import Snapshot
from roadmap.progress.models import FinishedStage, Mark, Note
from roadmap.progress.notes import save_note
from roadmap.progress.resets import begin_anew
from roadmap.progress.services import mark_skill
from roadmap.resources.models import OwnLink
from roadmap.resources.shelf import add_link, put_on_shelf, shelf_of
from roadmap.stages.models import Skill

from .conftest import Faults
from .controls import expect_state, status_line, tab_to
from .test_every_page import SCHEMES, faults_at_each_width, look_at

PageOf = Callable[..., Page]
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2
NOTE = (
    f"# Found\n\nA *view* of `{LONG}`.\n\n- {LONG}\n\n| a | b |\n|---|---|\n| {LONG} | 1 |\n\n```python\n{LONG} = {LONG}\n```\n\n> {LONG}"
)


def on_paper(page: Page) -> None:
    page.emulate_media(media="print")


# --- A note in two tabs ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("java_script", [True, False], ids=["htmx", "plain"])
def test_a_note_in_two_tabs_shows_both_texts_and_loses_nothing(
    page_of: PageOf, faults: Faults, learner: User, real_curriculum: Snapshot, java_script: bool
) -> None:
    faults.allow("(Conflict)")
    faults.allow("422")
    skill = next(iter(real_curriculum))
    address = f"/climb/notes/{skill.slug}/" if not java_script else skill.get_absolute_url()
    first = page_of(learner, java_script_enabled=java_script)
    second = first.context.new_page()
    for tab in (first, second):
        tab.goto(address)
    for tab, text in ((first, "From the first tab"), (second, "From the second tab")):
        tab.get_by_label("Your note", exact=True).last.fill(text)
        tab.get_by_role("button", name="Save note").click()
    expect(first.locator("#own-note .prose")).to_have_text("From the first tab")
    if not java_script:
        # Saved without JavaScript, it is shown on the page of the skill.
        expect(first).to_have_url(re.compile(rf"{skill.get_absolute_url()}#own-note$"))

    expect(second.get_by_text("This note was saved elsewhere in the meantime.")).to_be_visible()
    expect(second.locator(".stands")).to_have_text("From the first tab")
    expect(second.locator("#own-note textarea")).to_have_value("From the second tab")
    expect(second.locator("#errors")).to_be_focused()
    assert Note.objects.get().text == "From the first tab"

    second.locator("#own-note textarea").fill("From the first tab, and from the second tab")
    second.get_by_role("button", name="Save this instead").click()
    expect(second.locator("#own-note .prose")).to_have_text("From the first tab, and from the second tab")
    assert Note.objects.get().version == 2


def test_keyboard_alone_writes_changes_and_keeps_its_place_in_a_note(page_of: PageOf, learner: User, real_curriculum: Snapshot) -> None:
    skill = next(iter(real_curriculum))
    page = page_of(learner)
    page.goto(skill.get_absolute_url())
    tab_to(page, "note_text")
    page.keyboard.type("Written with keys")
    tab_to(page, "save-note")
    page.keyboard.press("Enter")
    expect(page.locator("#own-note .prose")).to_have_text("Written with keys")
    expect(status_line(page)).to_contain_text("Note saved.")
    assert page.evaluate("document.activeElement.closest('#own-note') !== null")

    page.get_by_text("Change it").focus()
    page.keyboard.press("Enter")
    tab_to(page, "note_text")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("Changed with keys")
    tab_to(page, "save-note")
    page.keyboard.press("Enter")
    expect(page.locator("#own-note .prose")).to_have_text("Changed with keys")


# --- Links and the shelf --------------------------------------------------------------------------------------------


def test_keyboard_alone_adds_reads_and_takes_out_a_link(page_of: PageOf, faults: Faults, learner: User, real_curriculum: Snapshot) -> None:
    faults.allow("422")
    skill = next(iter(real_curriculum))
    page = page_of(learner)
    page.goto(skill.get_absolute_url())
    page.get_by_text("Add a link of your own").focus()
    page.keyboard.press("Enter")
    tab_to(page, "link_url")
    page.keyboard.type("javascript:alert(1)")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").or_(page.locator("#errors"))).to_contain_text("such as https://example.org/lecture-3")
    expect(page.locator("#link_url")).to_have_value("javascript:alert(1)")

    page.locator("#link_url").focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("https://example.org/lecture-3")
    tab_to(page, "link_title")
    page.keyboard.type("Lecture 3")
    page.keyboard.press("Enter")
    link = page.locator("#own-links").get_by_role("link", name="Lecture 3")
    expect(link).to_have_attribute("href", "https://example.org/lecture-3")
    # The form has gone back into its fold: the focus is where the link is.
    assert page.evaluate("document.activeElement.closest('#own-links') !== null")

    held = OwnLink.objects.get()
    tab_to(page, f"read-link-{held.pk}")
    page.keyboard.press("Space")
    expect(page.locator(f"#read-link-{held.pk}")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(f"#read-link-{held.pk}")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(link).to_have_count(0)
    assert page.evaluate("document.activeElement.closest('#own-links') !== null")
    assert not OwnLink.objects.exists()


def test_keyboard_alone_puts_a_resource_on_the_shelf_and_takes_it_off(page_of: PageOf, learner: User, real_curriculum: Snapshot) -> None:
    skill = next(skill for skill in real_curriculum if skill.resources)
    slug = skill.resources[0].slug
    page = page_of(learner)
    page.goto(skill.get_absolute_url())
    tab_to(page, f"save-{slug}")
    page.keyboard.press("Enter")
    expect(page.locator(f"#save-{slug}")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(f"#save-{slug}")).to_be_focused()
    expect(status_line(page)).to_contain_text("saved for later.")

    page.goto("/resources/")
    page.get_by_role("link", name="Your shelf").click()
    tab_to(page, f"read-{slug}")
    page.keyboard.press("Space")
    expect(page.locator(f"#read-{slug}")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(f"#save-{slug}")).to_have_attribute("aria-pressed", "false")
    assert shelf_of(learner.pk) == {slug: "read"}
    page.keyboard.press("Space")
    expect(page.locator(f"#read-{slug}")).to_have_attribute("aria-pressed", "false")
    page.reload()
    expect(page.get_by_text("Nothing yet.")).to_be_visible()
    assert shelf_of(learner.pk) == {}


def test_without_javascript_the_shelf_and_links_work_too(page_of: PageOf, learner: User, real_curriculum: Snapshot) -> None:
    skill = next(skill for skill in real_curriculum if skill.resources)
    slug = skill.resources[0].slug
    page = page_of(learner, java_script_enabled=False)
    page.goto(skill.get_absolute_url())
    page.locator(f"#save-{slug}").click()
    expect(page).to_have_url(skill.get_absolute_url())
    expect(page.locator(f"#save-{slug}")).to_have_attribute("aria-pressed", "true")
    page.get_by_text("Add a link of your own").click()
    page.locator("#link_url").fill("https://example.org/lecture-3")
    page.locator("#add-link").click()
    expect(page).to_have_url(re.compile(rf"{skill.get_absolute_url()}#own-links$"))
    page.get_by_role("button", name=re.compile("Take out.*example.org")).click()
    expect(page.locator("#own-links").get_by_role("link")).to_have_count(0)


# --- A new beginning ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("java_script", [True, False], ids=["htmx", "plain"])
def test_a_step_begun_anew_and_taken_back(page_of: PageOf, learner: User, real_curriculum: Snapshot, java_script: bool) -> None:
    stage, other = real_curriculum.stages[:2]
    first, second, *_rest = stage.skills
    mark_skill(climber=learner.pk, skill_id=first.id, state="done")
    mark_skill(climber=learner.pk, skill_id=second.id, state="learning")
    mark_skill(climber=learner.pk, skill_id=other.skills[0].id, state="done")
    page = page_of(learner, java_script_enabled=java_script)
    page.goto(stage.get_absolute_url())
    page.get_by_role("link", name="Begin this step anew").click()
    expect(page.get_by_text("This takes out 1 done, 1 learning and 0 skipped")).to_be_visible()
    page.get_by_role("link", name="Keep my marks").click()
    expect_state(page, first.slug, "done")

    page.get_by_role("link", name="Begin this step anew").click()
    page.get_by_role("button", name="Begin step 1 anew").click()
    expect(page.get_by_text("You can take that back for 30 days.")).to_be_visible()
    expect(page.get_by_role("heading", name="Take it back")).to_be_visible()
    assert set(Mark.objects.values_list("skill_id", flat=True)) == {other.skills[0].id}

    page.get_by_role("button", name=re.compile("Bring back the marks of step 1")).click()
    expect(page.get_by_text("2 marks are back.")).to_be_visible()
    page.goto(stage.get_absolute_url())
    expect_state(page, first.slug, "done")
    expect_state(page, second.slug, "learning")


# --- How the pages look ---------------------------------------------------------------------------------------------


def test_learner_opens_the_pages_of_what_is_ones_own(page_of: PageOf, learner: User, real_curriculum: Snapshot) -> None:
    skill = next(skill for skill in real_curriculum if len(skill.resources) > 1)
    page = page_of(learner)
    look_at(page, ["/climb/notes/", "/resources/shelf/", "/climb/begin-anew/"])
    mark_skill(climber=learner.pk, skill_id=skill.id, state="done")
    save_note(learner=learner.pk, skill_id=skill.id, text=NOTE, version=0)
    add_link(learner=learner.pk, skill=Skill.objects.get(pk=skill.id), url=f"https://example.org/{'a' * 200}", title=LONG)
    put_on_shelf(learner=learner.pk, slug=skill.resources[0].slug, state="saved")
    put_on_shelf(learner=learner.pk, slug=skill.resources[1].slug, state="read")
    look_at(
        page,
        [
            skill.get_absolute_url(),
            "/resources/",
            "/resources/shelf/",
            f"/resources/own/{skill.slug}/add/",
            "/climb/notes/",
            f"/climb/notes/{skill.slug}/",
            f"/climb/begin-anew/?step={skill.stage.slug}",
            "/roadmap/?marks=yes",
        ],
    )
    begin_anew(learner=learner.pk, stage_id=None)
    look_at(page, ["/climb/begin-anew/"])


def test_finished_step_that_gained_a_skill(page_of: PageOf, learner: User, real_curriculum: Snapshot) -> None:
    stage = real_curriculum.stages[0]
    new = stage.skills[-1]
    for skill in stage.skills[:-1]:
        mark_skill(climber=learner.pk, skill_id=skill.id, state="done")
    FinishedStage.objects.create(learner=learner, stage_id=stage.id, skills=[skill.id for skill in stage.skills[:-1]])
    look_at(page_of(learner), ["/", stage.get_absolute_url(), new.get_absolute_url()])


def test_two_texts_of_a_note_can_be_seen_by_everybody(page_of: PageOf, faults: Faults, learner: User, real_curriculum: Snapshot) -> None:
    """They are the answer to a form, and so have no address: they are looked at where they stand."""
    faults.allow("422")
    skill = next(iter(real_curriculum))
    page = page_of(learner)
    found = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        page.goto(f"/climb/notes/{skill.slug}/")
        save_note(learner=learner.pk, skill_id=skill.id, text=f"{NOTE} {scheme}", version=SCHEMES.index(scheme))
        if scheme != SCHEMES[0]:
            page.get_by_text("Change it").click()
        page.locator("#own-note textarea").fill(LONG)
        page.get_by_role("button", name="Save note").click()
        expect(page.locator(".stands")).to_be_visible()
        found += faults_at_each_width(page, scheme)
    assert not found, "\n" + "\n".join(found)


# --- Paper ----------------------------------------------------------------------------------------------------------


def test_paper_has_the_roadmap_with_states_and_boxes_and_no_forms(page_of: PageOf, learner: User, real_curriculum: Snapshot) -> None:
    skill = next(skill for skill in real_curriculum if skill.resources)
    mark_skill(climber=learner.pk, skill_id=skill.id, state="done")
    save_note(learner=learner.pk, skill_id=skill.id, text="On paper, too", version=0)
    page = page_of(learner)
    page.goto("/roadmap/?marks=yes")
    on_paper(page)
    expect(page.get_by_text("Staircase: a roadmap to machine-learning engineer")).to_be_visible()
    expect(page.get_by_role("heading", name="As a file")).to_be_hidden()
    expect(page.locator(".state-word").filter(has_text="Done, claimed").first).to_be_visible()
    expect(page.locator(".boxes li").first).to_be_visible()
    page.emulate_media(media="screen")
    page.goto(skill.get_absolute_url())
    on_paper(page)
    expect(page.get_by_text("On paper, too").first).to_be_visible()
    for control in ("#note_text", "#link_url", f"#save-{skill.resources[0].slug}"):
        expect(page.locator(control)).to_be_hidden()
