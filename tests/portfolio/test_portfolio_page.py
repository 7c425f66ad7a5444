"""The portfolio as others see it: who gets which address, what stands on the pages, and what somebody hostile may write there."""

import re
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse
from lxml import html

from accounts.models import User
from accounts.services import save_profile
from roadmap.curriculum import snapshot
from roadmap.portfolio import public_urls
from roadmap.portfolio.models import Project
from roadmap.progress.models import Mark
from tests.factories import ListedProjectFactory, ProfileFactory, UserFactory
from tests.parsed import document

WHEN = datetime(2026, 10, 1, 9, tzinfo=UTC)
ANSWERS = dict.fromkeys(Project.QUESTIONS, "An **answer**.")
# Every address that is made of a portfolio: a new one is tested without being named here.
DERIVED = [str(pattern.name) for pattern in public_urls.urlpatterns]
# What other sites show is kept by caches, and so it is the same for everybody: there is none of a portfolio that is off.
SHOWN_ELSEWHERE = {"badge", "picture"}
SAID = dict.fromkeys(("headline", "about", "place", "open_to", "github", "linkedin_url", "website_url"), "")


def address(name: str, handle: str = "amina-yusuf") -> str:
    slug = {"slug": "houses"} if name == "project" else {}
    return reverse(f"public:{name}", kwargs={"handle": handle, **slug})


def text(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def mark(person: User, skill, state: str = "done", **levels) -> None:
    Mark.objects.create(learner=person, skill=skill, state=state, claimed_at=WHEN if state == "done" else None, **levels)


@pytest.fixture
def houses(curriculum, learner: User, mentor: User) -> Project:
    """A finished project that shows two skills, one of them confirmed; a third skill is claimed."""
    mark(learner, curriculum.numpy, shown_at=WHEN, confirmed_at=WHEN, confirmed_by=mentor.name)
    mark(learner, curriculum.pandas, shown_at=WHEN)
    mark(learner, curriculum.git)
    return ListedProjectFactory(
        learner=learner,
        slug="houses",
        title="House prices",
        repository="amina/houses",
        finished_at=WHEN,
        demo_url="https://demo.example.org/",
        writeup_url="https://blog.example.org/houses",
        post_url="https://www.linkedin.com/posts/amina-1",
        shows=[curriculum.numpy, curriculum.pandas],
        **ANSWERS,
    )


@pytest.fixture
def browsers(learner, other_learner, mentor, editor, admin_user, sign_in) -> dict[str, Client]:
    people = {"owner": learner, "other_learner": other_learner, "mentor": mentor, "editor": editor, "admin_user": admin_user}
    return {"anonymous": Client(), **{who: sign_in(person) for who, person in people.items()}}


# --- Who gets what --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("visibility", ["off", "unlisted", "public"])
def test_each_derived_address_is_open_to_exactly_those_who_may_see_the_portfolio(visibility, houses, learner, browsers):
    ProfileFactory(person=learner, visibility=visibility)
    for name in DERIVED:
        expected = set(browsers) if visibility != "off" else set() if name in SHOWN_ELSEWHERE else {"owner", "admin_user"}
        answers = {who: browser.get(address(name)).status_code for who, browser in browsers.items()}
        assert (name, answers) == (name, {who: 200 if who in expected else 404 for who in browsers})


def test_switched_off_closed_and_missing_portfolios_are_the_same_answer(houses, learner, other_learner, client):
    ProfileFactory(person=learner, visibility="off")
    ProfileFactory(person=other_learner, visibility="public")
    User.objects.filter(pk=other_learner.pk).update(is_active=False)
    save_profile(person=learner, name=learner.name, handle="amina", **SAID)
    for name in DERIVED:
        answers = [client.get(address(name, handle)) for handle in ("amina", "amina-yusuf", "bo-lindqvist", "no-such-one")]
        plain = [without_chance(answer) for answer in answers]
        assert plain[0][0] == 404
        assert plain == [plain[0]] * 4


def without_chance(answer) -> tuple[int, dict[str, list[str]], str]:
    """Status, headers and page without what differs from one request to the next: its id, its path, its token, the policy's order."""
    headers = {name: sorted(value.split("; ")) for name, value in answer.headers.items() if name not in ("X-Request-ID", "Content-Length")}
    page = answer.content.decode().replace(answer.wsgi_request.path, "PATH")
    return answer.status_code, headers, re.sub(r"[A-Za-z0-9]{64}", "TOKEN", page)


@pytest.mark.parametrize(("visibility", "is_listed"), [("off", False), ("unlisted", False), ("public", True)])
def test_only_a_public_portfolio_may_be_listed_by_search_engines(visibility, is_listed, houses, learner, sign_in):
    ProfileFactory(person=learner, visibility=visibility)
    browser = sign_in(learner)
    for name in DERIVED if visibility != "off" else set(DERIVED) - SHOWN_ELSEWHERE:
        answer = browser.get(address(name))
        assert (name, answer.headers.get("X-Robots-Tag")) == (name, None if is_listed else "noindex")
    for name in ("portfolio", "project"):
        assert document(browser.get(address(name))).xpath("//meta[@name='robots']/@content") == ([] if is_listed else ["noindex"])


def test_portfolio_is_kept_by_nobody_elses_cache(houses, learner, client):
    ProfileFactory(person=learner, visibility="public")
    assert client.get(address("portfolio")).headers["Cache-Control"] == "private, no-cache"


def test_portfolio_that_is_switched_off_is_gone_at_once(houses, learner, client):
    profile = ProfileFactory(person=learner, visibility="public")
    assert client.get(address("portfolio")).status_code == 200
    profile.visibility = "off"
    profile.save()
    assert [client.get(address(name)).status_code for name in DERIVED] == [404] * len(DERIVED)


def test_project_that_is_not_listed_has_no_public_page(houses, learner, other_learner, sign_in):
    ProfileFactory(person=learner, visibility="public")
    for change in ({"visibility": "private"}, {"archived_at": WHEN}, {"deleted_at": WHEN}):
        Project.objects.filter(pk=houses.pk).update(**{"visibility": "public", "archived_at": None, "deleted_at": None, **change})
        assert sign_in(other_learner).get(address("project")).status_code == 404
        assert sign_in(learner).get(address("project")).status_code == 404


def test_project_of_somebody_else_is_not_found_below_ones_own_handle(houses, learner, other_learner, client):
    ProfileFactory(person=learner, visibility="public")
    ProfileFactory(person=other_learner, visibility="public")
    assert client.get(address("project", other_learner.handle)).status_code == 404


@pytest.mark.parametrize("name", DERIVED)
def test_former_handle_leads_every_address_to_the_present_one(name, houses, learner, client):
    ProfileFactory(person=learner, visibility="unlisted")
    save_profile(person=learner, name=learner.name, handle="amina", **SAID)
    answer = client.get(address(name))
    assert (answer.status_code, answer["Location"]) == (301, address(name, "amina"))
    # A browser that remembered it for good would go in circles once the handle is taken back.
    assert answer["Cache-Control"] == "private, no-cache"
    assert client.get(address(name, "AMINA"))["Location"] == address(name, "amina")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_public_addresses_are_only_read(method, houses, learner, sign_in):
    ProfileFactory(person=learner, visibility="public")
    assert {getattr(sign_in(learner), method)(address(name)).status_code for name in DERIVED} == {405}


# --- What stands there ----------------------------------------------------------------------------------------------


def test_visitor_reads_each_skill_with_its_level_in_words_and_the_project_that_shows_it(houses, learner, client):
    ProfileFactory(person=learner, visibility="public")
    page = document(client.get(address("portfolio")))
    titles = {text(section.xpath(".//h2")[0]): section for section in page.xpath("//section[h2 or header/h2]")}
    [confirmed] = titles["1 confirmed skill"].xpath(".//li")
    assert text(confirmed) == "Title of numpy Step 1, ground Confirmed by Jonas Weber House prices, 1 October 2026, check it"
    [shown] = titles["1 skill shown in code"].xpath(".//li")
    assert text(shown) == "Title of pandas Step 1, ground Shown in code House prices, 1 October 2026"
    assert shown.xpath(".//a/@href") == [address("project")]
    assert [text(item) for item in titles["1 claimed skill"].xpath(".//li")] == ["Title of git 1.4"]
    assert "On Amina Yusuf’s own word" in text(titles["1 claimed skill"])
    assert "Claimed: Amina Yusuf says so." in text(titles["What the words mean"])


def test_visitor_reads_how_far_somebody_is_where_it_is_shared(houses, learner, client):
    profile = ProfileFactory(person=learner, visibility="public")
    page = document(client.get(address("portfolio")))
    assert [[text(cell) for cell in row] for row in page.xpath("//tbody/tr")] == [
        ["1. Title of ground", "3 of 4", "1"], ["2. Title of models", "0 of 4", "0"], ["3. Title of work", "0 of 1", "0"],
    ]  # fmt: skip
    [drawing] = page.xpath("//*[local-name()='svg' and @role='img']")
    assert drawing.get("aria-label") == "Staircase of 3 steps: 3 of 9 skills done."
    assert len(drawing.xpath(".//*[local-name()='rect'][contains(concat(' ', @class, ' '), ' b ')]")) == 9
    profile.shows_progress = False
    profile.save()
    page = document(client.get(address("portfolio")))
    assert page.xpath("//table | //*[local-name()='svg' and @role='img']") == []


def test_project_page_says_what_was_found_where_and_how_it_was_made(houses, learner, client):
    ProfileFactory(person=learner, visibility="public")
    houses.inspection.languages, houses.inspection.licence = {"Python": 90, "Shell": 2}, "MIT"
    houses.inspection.save()
    page = document(client.get(address("project")))
    assert text(page.xpath("//h1")[0]) == "House prices"
    assert [text(h2) for h2 in page.xpath("//article//h2")] == [
        "How was the data split?", "What is the baseline?", "Where could it leak?", "Where does it fail?", "What would you do next?",
        "Where the code shows it",
    ]  # fmt: skip
    line = f"https://github.com/amina/houses/blob/{'a' * 40}/src/model.py#L12"
    assert page.xpath("//section[header/h2[@id='code']]//a/@href") == [line, line]
    assert [text(badge) for badge in page.xpath("//aside//span[@class='badge']")] == ["Confirmed by Jonas Weber", "Shown in code"]
    facts = dict(zip(map(text, page.xpath("//aside/dl/dt")), map(text, page.xpath("//aside/dl/dd")), strict=True))
    assert {name: facts[name] for name in ("Written in", "Licence", "Last commit", "Finished")} == {
        "Written in": "Python, Shell", "Licence": "MIT", "Last commit": "1 January 2026", "Finished": "1 October 2026",
    }  # fmt: skip


def test_unfinished_project_has_no_write_up_and_says_so(houses, learner, client):
    ProfileFactory(person=learner, visibility="public")
    Project.objects.filter(pk=houses.pk).update(finished_at=None)
    page = document(client.get(address("project")))
    assert [text(h2) for h2 in page.xpath("//article//h2")] == ["Where the code shows it"]
    assert "still at work on this" in text(page.xpath("//article")[0])


def test_links_to_elsewhere_pass_nothing_on(houses, learner, client):
    ProfileFactory(person=learner, visibility="public", github="amina", website_url="https://amina.example.org/")
    for name in ("portfolio", "project"):
        for link in document(client.get(address(name))).xpath("//a[starts-with(@href, 'http')]"):
            assert "noopener" in link.get("rel"), link.get("href")
            if "linkedin.com/sharing" not in link.get("href"):
                assert {"nofollow", "ugc"} <= set(link.get("rel").split()), link.get("href")


def test_page_is_shared_with_name_headline_and_picture(houses, learner, client, settings):
    ProfileFactory(person=learner, visibility="public", headline="Learns from freight.")
    page = document(client.get(address("portfolio")))
    facts = dict(zip(page.xpath("//meta/@property"), page.xpath("//meta[@property]/@content"), strict=True))
    origin = settings.SITE_ORIGIN
    assert {name: facts[f"og:{name}"] for name in ("type", "title", "description", "image", "url", "image:alt")} == {
        "type": "profile",
        "title": "Amina Yusuf",
        "description": "Learns from freight.",
        "image": f"{origin}{address('picture')}",
        "url": f"{origin}{address('portfolio')}",
        "image:alt": "Amina Yusuf on Staircase",
    }
    [share] = page.xpath("//a[contains(@href, 'linkedin.com/sharing')]/@href")
    assert share.endswith("?url=" + f"{origin}{address('portfolio')}".replace(":", "%3A").replace("/", "%2F"))
    assert page.xpath("//input[@id='address']/@value") == [f"{origin}{address('portfolio')}"]
    assert page.xpath("//button[@data-copy='address']")


def test_owner_sees_what_others_see_and_a_way_to_change_it(houses, learner, other_learner, sign_in):
    profile = ProfileFactory(person=learner, visibility="off")
    bar = document(sign_in(learner).get(address("portfolio"))).xpath("//aside[contains(@class, 'own-bar')]")[0]
    assert "Only you see this." in text(bar)
    assert reverse("settings:privacy") in bar.xpath(".//a/@href")
    assert document(sign_in(learner).get(address("portfolio"))).xpath("//main//img") == []
    profile.visibility = "unlisted"
    profile.save()
    own, others = (document(sign_in(person).get(address("portfolio"))) for person in (learner, other_learner))
    assert "as everybody sees it who has the link" in text(own.xpath("//aside[contains(@class, 'own-bar')]")[0])
    assert others.xpath("//aside[contains(@class, 'own-bar')]") == []
    assert (len(own.xpath("//input[@id='snippet']")), len(others.xpath("//input[@id='snippet']"))) == (1, 0)
    assert own.xpath("string(//input[@id='html-snippet']/@value)").startswith('<a href="')


def test_portfolio_without_anything_is_honest_about_it(curriculum, learner, sign_in, client):
    ProfileFactory(person=learner, visibility="public")
    assert "shows no skill or project so far" in text(document(client.get(address("portfolio"))))
    own = document(sign_in(learner).get(address("portfolio")))
    assert reverse("portfolio:attach_project") in own.xpath("//div[@class='empty']//a/@href")


@pytest.mark.parametrize("name", ["portfolio", "project"])
def test_page_has_each_id_once_and_every_reference_leads_somewhere(name, houses, learner, sign_in):
    ProfileFactory(person=learner, visibility="public", about="About.")
    page = document(sign_in(learner).get(address(name)))
    ids = page.xpath("//@id")
    assert [id for id in ids if ids.count(id) > 1] == []
    references = [
        word
        for attribute in ("for", "aria-labelledby", "aria-describedby", "data-copy")
        for value in page.xpath(f"//@{attribute}")
        for word in value.split()
    ]
    assert [reference for reference in references if reference not in ids] == []
    assert [link for link in page.xpath("//a/@href") if link.startswith("#") and link[1:] not in ids] == []


@pytest.mark.parametrize("count", [1, 30])
def test_page_takes_as_many_statements_for_one_project_as_for_thirty(count, curriculum, learner, client, statements):
    ProfileFactory(person=learner, visibility="public")
    for skill in curriculum.skills:
        mark(learner, skill, shown_at=WHEN)
    for number in range(count):
        ListedProjectFactory(learner=learner, slug=f"houses-{number}" if number else "houses", shows=curriculum.skills)
    snapshot.current()
    for name in ("portfolio", "project"):
        with statements(exactly=5):
            assert client.get(address(name)).status_code == 200


# --- Mischief -------------------------------------------------------------------------------------------------------

MARKDOWN = """
<script>alert(1)</script> <img src=x onerror=alert(1)> ![pixel](https://evil.example/pixel.png)
[click](javascript:alert(1)) [click]( jAvAsCrIpT&#58;alert(1)) [ref]

[ref]: data:text/html,<script>alert(1)</script>

<button hx-get="/accounts/logout/" data-hx-post="/settings/privacy/off/" hx-on:click="alert(1)">x</button>
<style>body{display:none}</style> <a href="//evil.example" style="position:fixed">x</a>
"""
NAME = '"><script>alert(1)</script>{{ 7|add:"1" }}<img src=x>'


def test_hostile_words_stay_words(curriculum, learner, client):
    User.objects.filter(pk=learner.pk).update(name=NAME)
    ProfileFactory(person=learner, visibility="public", about=MARKDOWN, headline=NAME, place=NAME, open_to=NAME)
    mark(learner, curriculum.numpy, shown_at=WHEN)
    answers = dict.fromkeys(Project.QUESTIONS, MARKDOWN)
    project = ListedProjectFactory(
        learner=learner, slug="houses", title=NAME, summary=NAME, finished_at=WHEN, shows=[curriculum.numpy], **answers
    )
    project.evidence.update(seen=NAME, path='src/"><script>.py')
    for name in ("portfolio", "project"):
        page = document(client.get(address(name)))
        assert [script.get("src") for script in page.xpath("//script") if not (script.get("src") or "").startswith("/static/")] == []
        assert page.xpath("//main//style | //main//iframe | //main//form | //main//script | //main//*[@style]") == []
        assert [source for source in page.xpath("//@src") if not source.startswith("/")] == []
        assert [value for value in page.xpath("//@href") if not value.lower().startswith(("/", "#", "http://127.0.0.1", "https://"))] == []
        # What people wrote stands in boxes where htmx does nothing; the page has none of its attributes.
        told = page.xpath("//main//*[contains(@class, 'prose')]")
        assert told
        assert [box.get("hx-disable") for box in told] == [""] * len(told)
        attributes = {attribute for element in page.xpath("//main//*") for attribute in element.attrib}
        assert [attribute for attribute in attributes if attribute.startswith(("on", "hx-", "data-hx"))] == ["hx-disable"]
        assert NAME in text(page)


def test_page_names_nobody_but_its_owner_and_the_mentors_who_confirmed(houses, learner, mentor, other_learner, other_mentor, client):
    ProfileFactory(person=learner, visibility="public")
    ListedProjectFactory(learner=other_learner, title="Somebody else’s")
    for name in ("portfolio", "project"):
        words = client.get(address(name)).content.decode()
        hidden = (learner.email, mentor.email, mentor.handle, other_learner.name, other_mentor.name, "Somebody else’s")
        assert [word for word in hidden if word in words] == []


# --- Ways to it -----------------------------------------------------------------------------------------------------


def test_learner_finds_portfolio_and_settings_in_the_account_menu(curriculum, learner, sign_in, client):
    menu = document(sign_in(learner).get("/")).xpath("//details[@class='menu']//a/@href")
    assert {address("portfolio"), reverse("settings:profile")} <= set(menu)


def test_search_engines_find_public_portfolios_in_the_sitemap_and_no_others(curriculum, client, settings):
    for visibility in ("off", "unlisted", "public"):
        ProfileFactory(person=UserFactory(handle=f"is-{visibility}"), visibility=visibility, published_at=WHEN)
    entries = html.fromstring(client.get("/sitemap.xml").content).xpath("//url")
    listed = {entry.xpath("string(loc)"): entry.xpath("string(lastmod)") for entry in entries}
    assert {path: day for path, day in listed.items() if "/u/" in path} == {f"{settings.SITE_ORIGIN}/u/is-public/": "2026-10-01"}
    assert f"{settings.SITE_ORIGIN}/stages/ground/" in listed
