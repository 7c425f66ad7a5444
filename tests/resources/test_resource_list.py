"""Resources narrowed by filters that the address holds; whatever the address says, there is a list."""

from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html

from roadmap.resources.catalogue import HOURS, Filters, catalogue
from roadmap.resources.models import Resource
from tests.factories import PUBLISHED, ResourceFactory

PAGE = "/resources/"


def page_of(client: Client, **filters: object):
    answer = client.get(PAGE, filters)
    assert answer.status_code == 200
    return html.fromstring(answer.content)


def listed(page) -> list[str]:
    return [" ".join(title.text_content().split()) for title in page.xpath("//ul[contains(@class,'catalogue')]/li/div/a")]


def chips(page) -> dict[str, str]:
    """What each chip removes, and where it leads."""
    found = {}
    for link in page.xpath("//*[@aria-label='Filters in use']/a"):
        words = " ".join(link.xpath("text()|span[not(contains(@class,'muted'))]/text()")).split()
        found[" ".join(words).removeprefix("Remove filter: ")] = link.get("href")
    return found


def says(page) -> str:
    return " ".join(page.get_element_by_id("results-title").text_content().split())


@pytest.fixture
def shelf(curriculum: SimpleNamespace) -> SimpleNamespace:
    """With the two of the curriculum: five resources of three kinds, three lengths, three levels."""
    ResourceFactory(slug="talk", title="Talk", kind="video", hours="1.5", level="advanced", skills=[curriculum.statistics])
    ResourceFactory(
        slug="docs", title="Docs", kind="docs", hours="0.5", level="intermediate", cost="freemium", skills=[curriculum.cv, curriculum.trees]
    )
    ResourceFactory(slug="gone", title="Gone", retired_at=PUBLISHED, skills=[curriculum.python])
    ResourceFactory(slug="nobody", title="For nobody yet")
    return curriculum


def test_visitor_sees_all_with_what_each_is_for(client: Client, shelf: SimpleNamespace) -> None:
    page = page_of(client)
    assert set(listed(page)) == {"Title of book", "Title of course", "Talk", "Docs", "For nobody yet"}
    assert says(page) == "All 5"
    assert chips(page) == {}
    row = next(row for row in page.xpath("//ul[contains(@class,'catalogue')]/li") if "Docs" in row.text_content())
    link = row.xpath("./div/a")[0]
    assert (link.get("href"), link.get("rel")) == ("https://example.org/docs", "noopener noreferrer")
    assert [span.text for span in row.xpath(".//div[@class='meta']/span")] == ["Docs", "Example", "Partly free", "Intermediate", "0.5 h"]
    assert row.xpath(".//p[contains(@class,'for')]/a/@href") == ["/skills/trees/", "/skills/cv/"]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"kind": "video"}, {"Talk"}),
        ({"cost": "paid"}, {"Title of book"}),
        ({"level": "advanced"}, {"Talk"}),
        ({"hours": "1"}, {"Title of book", "Docs", "For nobody yet"}),
        ({"hours": "2"}, {"Title of book", "Talk", "Docs", "For nobody yet"}),
        ({"hours": "20"}, {"Title of book", "Title of course", "Talk", "Docs", "For nobody yet"}),
        ({"stage": "models"}, {"Talk", "Docs"}),
        ({"stage": "models", "hours": "1"}, {"Docs"}),
    ],
)
def test_each_filter_narrows_the_list(client: Client, shelf: SimpleNamespace, filters: dict[str, str], expected: set[str]) -> None:
    page = page_of(client, **filters)
    assert set(listed(page)) == expected
    assert len(chips(page)) == len(filters) + 1
    chosen = {select.get("name"): select.xpath("option[@selected]/@value") for select in page.xpath("//form//select")}
    assert {name: values[0] for name, values in chosen.items() if values} == filters


def test_chip_leads_to_the_same_list_without_its_filter(client: Client, shelf: SimpleNamespace) -> None:
    found = chips(page_of(client, stage="models", hours="1", kind="docs", page="1"))
    assert {label: parse_qs(urlsplit(link).query) for label, link in found.items()} == {
        "2 models": {"kind": ["docs"], "hours": ["1"]},
        "Docs": {"stage": ["models"], "hours": ["1"]},
        "1 hour or less": {"stage": ["models"], "kind": ["docs"]},
        "Clear all": {},
    }


def test_no_match_shows_the_nearest_and_the_way_back(client: Client, shelf: SimpleNamespace) -> None:
    page = page_of(client, kind="video", hours="1", stage="models")
    assert says(page) == "Nothing matches all of that. These come nearest."
    assert set(listed(page)[:2]) == {"Talk", "Docs"}
    assert chips(page)["Clear all"] == "/resources/"
    assert "(without it 1)" in page.xpath("string(//*[@aria-label='Filters in use'])")


def test_option_that_nothing_has_is_not_offered(client: Client, shelf: SimpleNamespace) -> None:
    offered = page_of(client).xpath("//select[@name='kind']/option/@value")
    assert set(offered) == {"", "book", "course", "video", "docs", "article"}


@pytest.mark.parametrize(
    "query",
    [
        "kind=nonsense",
        "hours=3",
        "hours=-1",
        "hours=1e99",
        "stage=../etc",
        "stage=draft",
        "level=' OR 1=1 --",
        "cost[]=free",
        "page=0",
        "page=-1",
        "page=99999999999999999999",
        "page=x",
        "kind=&cost=&hours=",
        "order_by=title&_connector=OR",
        "kind=%FF%FE",
        "stage=" + "x" * 3000,
    ],
)
def test_values_that_the_site_does_not_know_are_no_filters(client: Client, shelf: SimpleNamespace, query: str) -> None:
    answer = client.get(f"{PAGE}?{query}")
    assert answer.status_code == 200
    page = html.fromstring(answer.content)
    assert len(listed(page)) == 5
    assert chips(page) == {}


def test_of_several_values_the_last_counts(client: Client, shelf: SimpleNamespace) -> None:
    assert set(listed(html.fromstring(client.get(f"{PAGE}?kind=book&kind=video").content))) == {"Talk"}


def test_htmx_gets_the_results_their_count_and_a_clean_address(htmx_client: Client, shelf: SimpleNamespace) -> None:
    answer = htmx_client.get(PAGE, {"stage": "", "kind": "video", "cost": "", "level": "bogus", "hours": ""})
    assert answer.headers["HX-Push-Url"] == "/resources/?kind=video"
    assert "<html" not in answer.content.decode()
    part = html.fragments_fromstring(answer.content.decode())
    assert [element.get("id") or element.get("hx-swap-oob") for element in part] == ["results", "innerHTML:#status"]
    assert " ".join(part[1].text_content().split()) == "1 of 5 resources match."
    assert "HX-Request" in answer.headers["Vary"]


def test_pages_keep_the_filters(client: Client, curriculum: SimpleNamespace) -> None:
    for number in range(45):
        ResourceFactory(position=100 + number, kind="video", skills=[curriculum.python])
    seen: list[str] = []
    link = "?kind=video"
    while link:
        page = html.fromstring(client.get(PAGE + link).content)
        seen += listed(page)
        link = (page.xpath("//nav[@aria-label='Pages']//a[@rel='next']/@href") or [""])[0]
    assert len(seen) == len(set(seen)) == 45
    assert says(page) == "45 of 47 match, 41 to 45 shown below"
    assert page.xpath("//a[@rel='prev']/@href") == ["?kind=video&page=2"]


def test_whole_catalogue_costs_one_statement_and_a_learner_four(client: Client, real_curriculum, learner, sign_in, statements) -> None:
    assert Resource.objects.published().count() == 260
    for query in ("", "?page=7", "?kind=video&cost=paid&hours=1"):
        with statements(exactly=1):
            client.get(PAGE + query)
    signed_in = sign_in(learner)
    with statements(at_most=4):
        signed_in.get(PAGE + "?stage=data-handling")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    filters=st.builds(
        Filters,
        stage=st.sampled_from(["", "understand-the-role", "data-handling", "jobs-and-growth"]),
        kind=st.sampled_from(["", *Resource.Kind.values]),
        cost=st.sampled_from(["", *Resource.Cost.values]),
        level=st.sampled_from(["", *Resource.Level.values]),
        hours=st.sampled_from(["", *map(str, HOURS)]),
    )
)
def test_filters_of_the_real_catalogue_never_leave_a_page_empty(real_curriculum, filters: Filters) -> None:
    found = catalogue(filters)
    assert found.total == 260
    assert bool(found.entries) != bool(found.nearest)
    assert len(found.chips) == len(filters.in_use)
    assert all(chip.count >= len(found.entries) for chip in found.chips)
    for entry in found.entries:
        assert filters.kind in ("", entry.kind)
        assert not filters.stage or filters.stage in {skill["stage"] for skill in entry.taught}
