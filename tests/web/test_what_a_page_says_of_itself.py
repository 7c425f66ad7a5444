"""Titles, descriptions, canonical addresses and the picture that a shared link shows."""

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from lxml import html
from PIL import Image

from roadmap.curriculum.snapshot import Snapshot

ORIGIN = "https://staircase.example"
PAGES = [
    "/",
    "/about/",
    "/ideas/",
    "/resources/",
    "/stages/ground/",
    "/stages/models/",
    "/skills/numpy/",
    "/ideas/house-prices/",
]


def head(client: Client, address: str) -> dict[str, str]:
    document = html.fromstring(client.get(address).content.decode())
    metas = {meta.get("name") or meta.get("property"): meta.get("content") for meta in document.xpath("//head/meta[@content]")}
    return {**metas, "title": document.findtext(".//title"), "canonical": document.xpath("string(//head/link[@rel='canonical']/@href)")}


@pytest.fixture(autouse=True)
def _public_address(settings):
    settings.SITE_ORIGIN = ORIGIN


@pytest.mark.parametrize("address", PAGES)
def test_page_can_be_found_and_shared(address, curriculum, client):
    said = head(client, address)
    assert said["title"].endswith("Staircase")
    assert 20 <= len(said["description"]) <= 300
    assert said["canonical"] == said["og:url"] == f"{ORIGIN}{address}"
    assert said["og:title"].strip()
    assert said["og:description"].strip()
    assert said["og:image"] == f"{ORIGIN}/static/img/og.png"
    assert "robots" not in said


def test_canonical_address_has_no_filters(curriculum, client):
    assert head(client, "/resources/?cost=free&page=2")["canonical"] == f"{ORIGIN}/resources/"


def test_no_two_pages_have_one_title_or_description(real_curriculum: Snapshot, client):
    content = [*real_curriculum.stages, *list(real_curriculum)[::5], *list(real_curriculum.ideas.values())[::5]]
    said = [head(client, page.get_absolute_url()) for page in content]
    assert len({page["title"] for page in said}) == len(said)
    assert len({page["description"] for page in said}) == len(said)


@pytest.mark.parametrize("address", ["/no-such-page/", "/skills/no-such-skill/"])
def test_missing_page_stays_out_of_search_engines(address, curriculum, client):
    assert head(client, address)["robots"] == "noindex"


def test_picture_of_a_shared_link_has_the_size_that_networks_ask_for():
    path = finders.find("img/og.png")
    with Image.open(path) as picture:
        assert picture.size == (1200, 630)


def test_page_says_its_language(curriculum, client):
    assert html.fromstring(client.get("/").content.decode()).get("lang") == "en"
