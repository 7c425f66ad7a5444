"""The addresses of the exports: headers, caches, names of files, limits. Who gets them is tested with the page."""

import json
from dataclasses import replace
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from accounts.models import User
from roadmap.portfolio import export_views
from roadmap.portfolio.exports.badge import badge as badge_of
from roadmap.portfolio.published import portfolio_of
from roadmap.web import limits
from tests.factories import ListedProjectFactory, ProfileFactory
from tests.portfolio.people_published import amina

TYPES = {
    "badge": "image/svg+xml; charset=utf-8",
    "picture": "image/png",
    "resume": "application/json; charset=utf-8",
    "readme": "text/markdown; charset=utf-8",
    "paper": "application/pdf",
    "site": "application/zip",
}
FOR_OTHER_SITES = ("badge", "picture")
MADE_ANEW = ("paper", "site")


def address(name: str, handle: str = "amina-yusuf") -> str:
    return reverse(f"public:{name}", args=[handle])


@pytest.fixture(autouse=True)
def empty_shelf(monkeypatch) -> None:
    monkeypatch.setattr(export_views, "_shelf", export_views.Shelf(4))


@pytest.fixture
def published(curriculum, learner: User) -> User:
    ProfileFactory(person=learner, visibility="public")
    return learner


@pytest.mark.parametrize("name", TYPES)
def test_export_is_what_it_says_it_is(name, published, client):
    answer = client.get(address(name))
    assert (answer.status_code, answer["Content-Type"]) == (200, TYPES[name])
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_exports_are_files_named_for_the_handle(published, client):
    assert {name: client.get(address(name)).get("Content-Disposition") for name in TYPES} == {
        "badge": None,
        "picture": None,
        "resume": 'inline; filename="amina-yusuf-resume.json"',
        "readme": 'attachment; filename="README.md"',
        "paper": 'inline; filename="amina-yusuf-portfolio.pdf"',
        "site": 'attachment; filename="amina-yusuf-portfolio.zip"',
    }


@pytest.mark.parametrize("name", FOR_OTHER_SITES)
def test_any_cache_may_keep_what_other_sites_show(name, published, sign_in):
    """The same for everybody: no cookie is read or set, whoever asks."""
    for browser in (Client(), sign_in(published)):
        answer = browser.get(address(name))
        assert answer["Cache-Control"] == "public, max-age=300"
        assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert "Cookie" not in answer["Vary"]
        assert not answer.cookies


def test_badge_that_is_opened_by_itself_can_do_nothing(published, client):
    assert client.get(address("badge"))["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"


def test_badge_is_the_same_whatever_stands_behind_its_address(published, client):
    badges = {client.get(address("badge") + query).content for query in ("", "?label=%3Cscript%3E", "?color=red&x=1")}
    assert len(badges) == 1


@pytest.mark.parametrize("name", ["resume", "readme", "paper", "site"])
def test_exports_for_a_viewer_are_kept_by_nobody_else(name, published, client):
    answer = client.get(address(name))
    assert answer["Cache-Control"] == "private, no-cache"
    assert "'none'" in answer["Content-Security-Policy"]


@pytest.mark.parametrize("name", TYPES)
def test_client_that_has_it_gets_it_once(name, published, client):
    first = client.get(address(name))
    second = client.get(address(name), headers={"If-None-Match": first["ETag"]})
    assert (second.status_code, second.content, second["ETag"]) == (304, b"", first["ETag"])
    if name == "badge":
        assert second["Content-Security-Policy"] == first["Content-Security-Policy"]
    published.name = "Somebody Else"
    published.save()
    third = client.get(address(name), headers={"If-None-Match": first["ETag"]})
    assert third.status_code == 200
    assert third["ETag"] != first["ETag"]


def test_head_says_how_long_the_file_is(published, client):
    assert client.head(address("paper"))["Content-Length"] == str(len(client.get(address("paper")).content))


def test_paper_is_a4_unless_letter_is_asked_for(published, client):
    def width(query: str) -> float:
        return float(PdfReader(BytesIO(client.get(address("paper") + query).content)).pages[0].mediabox.width)

    assert [round(width(query)) for query in ("", "?paper=letter", "?paper=a0")] == [595, 612, 595]


@pytest.mark.parametrize("name", MADE_ANEW)
def test_ten_files_an_hour_are_made_for_one_client_and_what_is_made_is_free(name, published, client, monkeypatch):
    """Counted is the work, not the asking: the same portfolio is not set twice."""
    assert [client.get(address(name)).status_code for _ in range(15)] == [200] * 15
    people = iter(replace(amina(), name=f"Amina {number}") for number in range(20))
    monkeypatch.setattr("roadmap.portfolio.public_views.portfolio_of", lambda handle, viewer: next(people))
    monkeypatch.setattr("roadmap.portfolio.exports.paper.paper", lambda portfolio, paper="a4": b"%PDF")
    monkeypatch.setattr("roadmap.portfolio.exports.site.site", lambda portfolio: b"PK")
    answers = [client.get(address(name)) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [200] * 9 + [429] * 2
    assert 300 <= int(answers[-1]["Retry-After"]) <= 361
    assert "That’s a lot of files to make at once." in answers[-1].content.decode()


def test_badge_is_given_to_one_address_120_times_at_once(published, client, monkeypatch, statements):
    """Nobody is asked who they are; an address is what is counted."""
    monkeypatch.setattr(limits, "monotonic", lambda: 1000.0)
    assert [client.get(address("badge")).status_code for _ in range(122)] == [200] * 120 + [429] * 2
    with statements(exactly=0):
        assert client.get(address("picture")).status_code == 429


def test_shelf_lets_go_of_what_nobody_has_asked_for_longest():
    shelf = export_views.Shelf(2)
    shelf.put("a", b"1")
    shelf.put("b", b"2")
    assert shelf.get("a") == b"1"
    shelf.put("c", b"3")
    assert [shelf.get(key) for key in "abc"] == [b"1", None, b"3"]


def test_exports_are_made_of_the_portfolio_that_the_viewer_sees(published, client, curriculum):
    published.marks.create(skill=curriculum.numpy, state="done")
    portfolio = portfolio_of("amina-yusuf", viewer=published)
    assert client.get(address("badge")).content.decode() == badge_of(portfolio)
    assert json.loads(client.get(address("resume")).content)["skills"][0]["level"] == "Claimed"
    with ZipFile(BytesIO(client.get(address("site")).content)) as archive:
        assert "1 skill claimed" in archive.read("index.html").decode()


@pytest.mark.parametrize("name", TYPES)
def test_export_of_a_portfolio_that_is_off_does_not_exist(name, curriculum, learner, client):
    ProfileFactory(person=learner, visibility="off")
    assert client.get(address(name)).status_code == 404


@pytest.mark.parametrize("name", TYPES)
def test_owner_may_try_the_exports_before_others_see_them(name, curriculum, learner, sign_in):
    """But not what other sites show: it has no viewer, so that a cache can hold it."""
    ProfileFactory(person=learner, visibility="off")
    assert sign_in(learner).get(address(name)).status_code == (404 if name in FOR_OTHER_SITES else 200)


def test_export_of_an_unlisted_portfolio_is_kept_from_search_engines(curriculum, learner, client):
    ProfileFactory(person=learner, visibility="unlisted")
    assert {client.get(address(name))["X-Robots-Tag"] for name in TYPES} == {"noindex"}


@pytest.mark.parametrize("name", TYPES)
def test_export_costs_as_many_statements_with_30_projects_as_with_one(name, curriculum, published, client, statements):
    ListedProjectFactory(learner=published, shows=[curriculum.numpy])
    client.get(address(name))
    with statements(at_most=8) as one:
        client.get(address(name))
    ListedProjectFactory.create_batch(29, learner=published, shows=[curriculum.numpy])
    with statements() as many:
        client.get(address(name))
    assert len(many) == len(one)
