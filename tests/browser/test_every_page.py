"""Every kind of page, as a visitor, a guest with marks and a learner see it: accessible at every width and in both schemes, readable at
320 px and at 200 % zoom, described for search engines and previews. The watch of the conftest looks on.
"""

import re
from collections import deque
from collections.abc import Callable, Iterable
from datetime import timedelta
from itertools import product
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.test import Client
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from lxml import html
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import User
from roadmap.curriculum.snapshot import Snapshot
from roadmap.mentoring.models import Comment
from roadmap.portfolio.models import Project
from roadmap.progress.models import MarkEvent
from roadmap.progress.services import mark_skill
from roadmap.progress.set_asides import set_aside
from roadmap.resources.catalogue import HOURS, Filters, catalogue
from roadmap.resources.models import Resource
from roadmap.sitemap import PAGES
from roadmap.stages.models import Skill
from roadmap.stages.services import retire_skill
from tests.factories import (
    PASSWORD,
    EvidenceFactory,
    ListedProjectFactory,
    MentorshipFactory,
    ProfileFactory,
    ProjectFactory,
    ReviewFactory,
)

from .conftest import Faults
from .controls import button, expect_state

NewContext = Callable[..., BrowserContext]

WIDTHS, SCHEMES = (320, 390, 1440), ("light", "dark")
# A window of 1280 by 800 px at 200 %.
ZOOMED = {"width": 640, "height": 400}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

RUN_AXE = """async (tags) => {
    const { violations } = await axe.run({ resultTypes: ["violations"], runOnly: { type: "tag", values: tags } });
    return violations.flatMap(({ id, help, nodes }) => nodes.map(({ html, failureSummary }) => `${id} (${help}): ${html.slice(0, 200)} ${failureSummary}`));
}"""
WHAT_SCROLLS = """() => {
    const { clientWidth, scrollWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const wide = [...document.body.querySelectorAll("*")].filter((one) => one.getBoundingClientRect().right > clientWidth + 1);
    return [`${scrollWidth} px wide instead of ${clientWidth}: ` + wide.slice(0, 3).map((one) => one.outerHTML.slice(0, 120)).join(" | ")];
}"""
DESCRIPTIONS = {
    "description": "meta[name=description]",
    "canonical address": "link[rel=canonical]",
    **{f"og:{name}": f"meta[property='og:{name}']" for name in ("type", "site_name", "title", "description", "url", "image")},
}


def faults_of(page: Page, address: str, *, status: int = 200) -> list[str]:
    """Opens a page and looks at it in every way."""
    found = []
    # Each scheme is loaded anew: colours that are on their way from one to the other are nobody's.
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size(ZOOMED)
        answer = page.goto(address)
        assert answer is not None
        if answer.status != status:
            found.append(f"status {answer.status} instead of {status}")
        found += _undescribed(page)
        found += [f"at 200 %: {fault}" for fault in page.evaluate(WHAT_SCROLLS)]
        found += faults_at_each_width(page, scheme)
    return [f"{address} {fault}" for fault in found]


def faults_at_each_width(page: Page, scheme: str) -> list[str]:
    """Looks at what is open, as it stands."""
    page.evaluate(AXE_SCRIPT)
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        found += [f"at {width} px, {scheme}: {fault}" for fault in page.evaluate(WHAT_SCROLLS) + page.evaluate(RUN_AXE, TAGS)]
    return found


def _undescribed(page: Page) -> list[str]:
    found = []
    if not re.fullmatch(r"\S.* \| Staircase", page.title()):
        found.append(f"title is “{page.title()}”")
    if (headings := page.locator("h1").count()) != 1:
        found.append(f"{headings} h1")
    for name, selector in DESCRIPTIONS.items():
        elements = page.locator(selector)
        said = [
            elements.nth(number).get_attribute("content") or elements.nth(number).get_attribute("href")
            for number in range(elements.count())
        ]
        if len(said) != 1 or not said[0] or not said[0].strip():
            found.append(f"{name} is {said}")
    return found


def look_at(page: Page, addresses: Iterable[str]) -> None:
    found = [fault for address in addresses for fault in faults_of(page, address)]
    assert not found, "\n" + "\n".join(found)


def addresses_of_content(curriculum: Snapshot) -> list[str]:
    """Home, a stage, a skill with everything that a skill can have, an idea."""
    algorithm = next(
        skill for skill in curriculum if skill.use_when and skill.avoid_when and skill.compare_with and skill.needs and skill.ideas
    )
    return ["/", algorithm.stage.get_absolute_url(), algorithm.get_absolute_url(), next(iter(curriculum.ideas.values())).get_absolute_url()]


def filters_without_match() -> Filters:
    return next(
        filters
        for kind, cost, hours in product(Resource.Kind.values, Resource.Cost.values, map(str, HOURS))
        if not catalogue(filters := Filters(kind=kind, cost=cost, hours=hours)).entries
    )


def test_visitor_opens_every_kind_of_page(new_context: NewContext, real_curriculum: Snapshot) -> None:
    page = new_context().new_page()
    look_at(page, [*addresses_of_content(real_curriculum), *(reverse(name) for name in PAGES if name != "home")])


def test_visitor_looks_for_resources(new_context: NewContext, real_curriculum: Snapshot) -> None:
    look_at(new_context().new_page(), [f"/resources/{Filters(cost='free').query()}", f"/resources/{filters_without_match().query()}"])


def test_visitor_stands_at_the_door(new_context: NewContext, faults: Faults) -> None:
    page = new_context().new_page()
    look_at(
        page,
        [
            "/accounts/signup/",
            "/accounts/login/",
            "/accounts/password/reset/",
            "/accounts/password/reset/done/",
            "/accounts/confirm-email/",
        ],
    )
    faults.allow("404 (Not Found)")
    found = faults_of(page, "/skills/no-such-skill/", status=404)
    assert not found, "\n" + "\n".join(found)


def test_guest_with_marks_opens_the_roadmap(new_context: NewContext, real_curriculum: Snapshot, faults: Faults) -> None:
    page = new_context().new_page()
    stage = real_curriculum.stages[0]
    page.goto(stage.get_absolute_url())
    for skill, state in zip(stage.skills, ("done", "learning", "skipped"), strict=False):
        button(page, skill.slug, state).click()
        expect_state(page, skill.slug, state)
    look_at(page, ["/", stage.get_absolute_url(), stage.skills[0].get_absolute_url(), "/climb/", "/climb/pace/"])


def test_first_visit_and_ones_own_climb(
    new_context: NewContext, page_of: Callable[..., Page], learner: User, mentor: User, real_curriculum: Snapshot
) -> None:
    look_at(new_context().new_page(), ["/climb/"])
    own = page_of(learner)
    look_at(own, ["/climb/"])
    for skill, state in zip(list(real_curriculum)[:9], ["done", "learning", "skipped"] * 3, strict=True):
        mark_skill(climber=learner.pk, skill_id=skill.id, state=state)
    # Everything that the page can hold: three weeks away, a project with a review, a word, something set aside.
    MarkEvent.objects.filter(learner=learner).update(at=timezone.now() - timedelta(days=30))
    set_aside(climber=learner.pk, skill_id=list(real_curriculum)[10].id)
    MentorshipFactory(mentor=mentor, learner=learner, next_step="Plot the errors")
    review = ReviewFactory(project=ProjectFactory(learner=learner), reviewer=mentor)
    Comment.objects.create(review=review, author=mentor, author_name=mentor.name, text="Good chart.")
    look_at(own, ["/", "/climb/", "/climb/pace/"])


def test_learner_opens_every_kind_of_page(page_of: Callable[..., Page], learner: User, real_curriculum: Snapshot) -> None:
    stage, *others = real_curriculum.stages
    for skill in stage.skills:
        mark_skill(climber=learner.pk, skill_id=skill.id, state="done")
    for skill, state in zip(others[0].skills, ("learning", "skipped"), strict=False):
        mark_skill(climber=learner.pk, skill_id=skill.id, state=state)
    look_at(page_of(learner), [*addresses_of_content(real_curriculum), "/accounts/password/change/", "/accounts/logout/"])


def test_portfolio_and_the_settings_that_make_it(
    page_of: Callable[..., Page], new_context: NewContext, learner: User, mentor: User, real_curriculum: Snapshot
) -> None:
    claimed, shown, confirmed = real_curriculum.stages[2].skills[:3]
    learner.marks.create(skill_id=claimed.id, state="done")
    learner.marks.create(skill_id=shown.id, state="learning", shown_at=timezone.now())
    learner.marks.create(skill_id=confirmed.id, state="done", confirmed_at=timezone.now(), confirmed_by=mentor.name)
    ProfileFactory(person=learner, visibility="public", about="About *me*.", place="Mombasa", github="amina", shows_email=True)
    answers = dict.fromkeys(Project.QUESTIONS, "An answer.")
    project = ListedProjectFactory(learner=learner, finished_at=timezone.now(), **answers)
    EvidenceFactory(project=project, skill=Skill.objects.get(pk=shown.id), confirmed_at=timezone.now(), path="a/very/long/" * 9 + "path.py")
    portfolio = reverse("public:portfolio", args=[learner.handle])
    look_at(new_context().new_page(), [portfolio, reverse("public:project", args=[learner.handle, project.slug])])
    own = page_of(learner)
    look_at(own, [portfolio, reverse("settings:profile"), reverse("settings:privacy")])
    own.get_by_text("Leave out single skills").click()
    own.get_by_label(shown.title).check()
    own.get_by_role("button", name="Save privacy").click()
    expect(own.get_by_text("Saved", exact=True)).to_be_visible()
    own.get_by_role("button", name="Switch it off now").click()
    expect(own.get_by_text("Your portfolio is off.")).to_be_visible()
    own.goto(portfolio)
    expect(own.get_by_text("Only you see this.")).to_be_visible()
    expect(own.get_by_role("main").get_by_text(shown.title)).to_have_count(0)


def test_learner_is_asked_about_the_marks_of_the_device(page_of: Callable[..., Page], learner: User, real_curriculum: Snapshot) -> None:
    skill = real_curriculum.stages[0].skills[0]
    context = page_of(learner).context
    context.clear_cookies()
    page = context.new_page()
    page.goto(skill.get_absolute_url())
    button(page, skill.slug, "done").click()
    expect_state(page, skill.slug, "done")
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill(learner.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/climb/merge/**")
    look_at(page, [urlsplit(page.url).path])


def test_visitor_opens_a_skill_that_has_left_the_roadmap(new_context: NewContext, real_curriculum: Snapshot) -> None:
    skill, *others = Skill.objects.filter(stage__slug=real_curriculum.stages[0].slug).order_by("position")[:3]
    retire_skill(skill=skill, replaced_by=others)
    look_at(new_context().new_page(), [f"/skills/{skill.slug}/"])


def test_lost_visitor_finds_the_roadmap_again(page: Page, faults: Faults) -> None:
    faults.allow("404 (Not Found)")
    page.goto("/skills/no-such-skill/")
    page.get_by_role("main").get_by_role("link", name="Go to the roadmap").click()
    expect(page).to_have_url("/")


def test_person_who_opens_the_address_of_an_action_finds_the_roadmap_again(page: Page, faults: Faults) -> None:
    faults.allow("405 (Method Not Allowed)")
    answer = page.goto("/skills/python-basics/mark/")
    assert answer is not None
    assert answer.status == 405
    page.get_by_role("link", name="Go to the roadmap").click()
    expect(page).to_have_url("/")


# --- Links ----------------------------------------------------------------------------------------------------------

# What a visitor may be led to but not sent through: it is another part of the site, or another site.
OUTSIDE = re.compile(r"^/(admin|static)/")


@pytest.mark.django_db
def test_every_link_and_every_form_of_every_page_leads_somewhere(client: Client, real_curriculum: Snapshot) -> None:
    """From the home page on, everything that a visitor can reach by following links."""
    faults: list[str] = []
    ids: dict[str, set[str]] = {}
    anchors: list[tuple[str, str, str]] = []
    waiting, met = deque([("/", "home")]), {"/"}
    while waiting:
        address, source = waiting.popleft()
        answer = client.get(address, follow=True)
        if answer.status_code != 200:
            faults.append(f"{source} → {address}: {answer.status_code}")
            continue
        page = html.fromstring(answer.content)
        ids[address] = set(page.xpath("//@id"))
        for link in page.xpath("//a/@href"):
            target, anchor = urldefrag(_own(urljoin(f"{settings.SITE_ORIGIN}{address}", link)))
            if not target.startswith("/") or OUTSIDE.match(target):
                continue
            if anchor:
                anchors.append((address, target, anchor))
            if target not in met:
                met.add(target)
                waiting.append((target, address))
        faults += [
            f"{address}: nothing has the id of {selector}"
            for selector in page.xpath("//@hx-target[starts-with(., '#')]")
            if selector[1:] not in ids[address]
        ]
        for action in {*page.xpath("//form/@action"), *page.xpath("//@formaction"), *page.xpath("//@hx-post | //@hx-get")}:
            try:
                resolve(urlsplit(urljoin(address, action)).path)
            except Resolver404:
                faults.append(f"{address}: nothing answers at {action}")
    faults += [f"{source} → {target}#{anchor}: no such place" for source, target, anchor in anchors if anchor not in ids.get(target, ())]
    assert faults == []
    pages = {urlsplit(address).path for address in met}
    everything = [*real_curriculum.stages, *real_curriculum, *real_curriculum.ideas.values()]
    assert {one.get_absolute_url() for one in everything} | {reverse(name) for name in PAGES} <= pages


def _own(address: str) -> str:
    return address.removeprefix(settings.SITE_ORIGIN)
