"""Every statement of the article, and every resource, is on pages that a visitor reaches."""

from collections import defaultdict
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from lxml import html
from ruamel.yaml import YAML

from roadmap.curriculum.snapshot import Snapshot

CONTENT = Path(settings.BASE_DIR, "roadmap", "curriculum", "content")


def entries(file: str) -> list[dict]:
    return YAML(typ="safe").load(CONTENT / file)


@pytest.fixture
def pages(real_curriculum: Snapshot) -> dict[str, html.HtmlElement]:
    """All pages of stages, skills and ideas as a visitor gets them, by address, reached by links from the home page."""
    client = Client()
    found: dict[str, html.HtmlElement] = {}
    waiting = ["/"]
    while waiting:
        address = waiting.pop()
        answer = client.get(address)
        assert answer.status_code == 200, address
        found[address] = page = html.fromstring(answer.content)
        for href in page.xpath("//a/@href"):
            link = href.split("#")[0]
            if link.startswith(("/stages/", "/skills/", "/ideas/")) and "?" not in link and link not in found and link not in waiting:
                waiting.append(link)
    return found


def shown_statements(page: html.HtmlElement) -> dict[str, str]:
    """What a page shows of the article: sentences by their numbers."""
    shown = {}
    for item in page.xpath("//section[.//h2[text()='From the article']]//ul[contains(@class,'statements')]/li"):
        number, sentence = item.xpath("./span")
        shown[number.text_content().strip()] = " ".join(sentence.text_content().split())
    return shown


def test_every_statement_is_on_the_pages_of_what_carries_it(real_curriculum: Snapshot, pages: dict[str, html.HtmlElement]) -> None:
    carried_on: dict[str, list[str]] = defaultdict(list)
    for stage in real_curriculum.stages:
        for carrier in (*stage.advice, *stage.skills, *stage.ideas):
            for number in carrier.carries:
                carried_on[number] += [stage.get_absolute_url(), *([carrier.get_absolute_url()] if carrier not in stage.advice else [])]
    shown = {address: shown_statements(page) for address, page in pages.items()}
    statements = entries("statements.yaml")
    assert len(statements) == len(real_curriculum.statements) > 50
    for statement in statements:
        addresses = carried_on[statement["id"]]
        assert addresses, f"Nothing carries {statement['id']}"
        for address in addresses:
            said = shown[address].get(statement["id"], "")
            assert said.startswith(" ".join(statement["says"].split())), f"{statement['id']} is not on {address}"


def test_every_statement_has_only_the_carriers_that_exist(real_curriculum: Snapshot) -> None:
    carried = {
        number for stage in real_curriculum.stages for carrier in (*stage.advice, *stage.skills, *stage.ideas) for number in carrier.carries
    }
    assert carried == set(real_curriculum.statements)


def test_every_resource_is_linked_on_the_pages_of_its_skills(pages: dict[str, html.HtmlElement]) -> None:
    links = {address: set(page.xpath("//main//a/@href")) for address, page in pages.items()}
    resources = entries("resources.yaml")
    assert len(resources) == 260
    for resource in resources:
        assert resource["skills"]
        for skill in resource["skills"]:
            assert resource["url"] in links[f"/skills/{skill}/"], f"{resource['slug']} is not on the page of {skill}"


def test_visitor_reaches_every_stage_skill_and_idea_from_home(real_curriculum: Snapshot, pages: dict[str, html.HtmlElement]) -> None:
    things = (*real_curriculum.stages, *real_curriculum.skills.values(), *real_curriculum.ideas.values())
    assert {thing.get_absolute_url() for thing in things} <= set(pages)
