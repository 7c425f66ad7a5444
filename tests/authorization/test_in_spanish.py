"""Every page of the matrix in Spanish: it answers as in English, has no words of the interface in English, and its drawings hold."""

import re
from collections.abc import Iterator
from functools import cache

import pytest
from django.test import Client
from django.urls import reverse
from lxml import html

from roadmap.web import catalogues
from tests.authorization.matrix import ACTORS, METHODS, ROWS, Row
from tests.authorization.test_matrix import browsers, fits, undone

__all__ = ["browsers"]  # the cast of the matrix, a fixture

# The workshop speaks Django's words as well as ours.
PARTS = sorted({row.name.partition(":")[0] if ":" in row.name else "" for row in ROWS} - {"admin"})
COORDINATES = {"x", "y", "width", "height", "cx", "cy", "r", "d", "viewbox", "points"}
SPANISH = {"Accept-Language": "es"}
SAID_IN = ("aria-label", "title", "placeholder", "alt")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")
TAG = re.compile(r"<[^>]*>")


@cache
def english() -> tuple[frozenset[str], tuple[re.Pattern[str], ...]]:
    """What the interface says in English and in Spanish otherwise: whole sentences, and patterns of those with something in them."""
    whole, patterns = set(), set()
    for message in catalogues.read(catalogues.catalogues()[0]):
        sources, said = ((forms,) if isinstance(forms, str) else forms for forms in (message.id, message.string))
        for source in sources if message.id else ():
            for part in map(str.strip, TAG.split(source.replace("%%", "%").replace("&nbsp;", "\xa0"))):
                words = PLACEHOLDER.sub(" ", part)
                if part in " ".join(said) or len(re.findall(r"[a-z]{2,}", words)) < (2 if words != part else 1):
                    continue
                if words == part:
                    whole.add(part)
                else:
                    patterns.add(".+".join(map(re.escape, PLACEHOLDER.split(part))))
    return frozenset(whole), tuple(map(re.compile, sorted(patterns)))


def texts(read: html.HtmlElement) -> Iterator[str]:
    """What a page says in the language of the page."""
    for element in read.iter():
        if not isinstance(element.tag, str) or element.tag in ("script", "style", "code", "pre", "kbd"):
            continue
        language = next((one.get("lang") for one in (element, *element.iterancestors()) if one.get("lang")), "")
        if language == "es":
            yield from (element.get(name, "") for name in SAID_IN)
            yield element.text or ""
        outer = next((one.get("lang") for one in element.iterancestors() if one.get("lang")), "")
        if outer == "es":
            yield element.tail or ""


def left_in_english(read: html.HtmlElement) -> list[str]:
    whole, patterns = english()
    found = {" ".join(text.split(" ")).strip() for text in texts(read)} - {""}
    return sorted(text for text in found if text in whole or any(pattern.fullmatch(text) for pattern in patterns))


def broken_drawings(read: html.HtmlElement) -> list[str]:
    """Numbers in drawings that were written as a sentence writes them."""
    return [
        f"{name}={value}"
        for drawing in read.iter("svg")
        for element in drawing.iter()
        for name, value in element.attrib.items()
        if name.lower() in COORDINATES and re.search(r"\d,\d", value) and name != "d" and name != "points"
    ]


@pytest.mark.parametrize("part", PARTS)
def test_pages_answer_in_spanish_as_in_english(part: str, browsers: dict[str, Client]) -> None:
    for row in ROWS:
        if row.name.rpartition(":")[0] == part:
            look_at(row, browsers)


def look_at(row: Row, browsers: dict[str, Client]) -> None:
    """Asks for one address of the matrix as one actor for each answer."""
    address = reverse(row.name, kwargs=dict(row.arguments))
    seen = set()
    for actor in ACTORS:
        for method in METHODS:
            expected = row.cells(method)[actor]
            if (method, expected) in seen:
                continue
            seen.add((method, expected))
            browser = browsers[actor]
            with undone(browser):
                answer = (
                    browser.post(address, dict(row.values), headers=SPANISH)
                    if method == "POST"
                    else browser.generic(method, address, headers=SPANISH)
                )
            assert fits(expected, answer, method), f"{method} {address} by {actor} in Spanish"
            if not answer.streaming and answer.content and answer.get("Content-Type", "").startswith("text/html"):
                read = html.fromstring(answer.content)
                assert read.get("lang") == "es", f"{method} {address} by {actor}"
                assert left_in_english(read) == [], f"{method} {address} by {actor}"
                assert broken_drawings(read) == [], f"{method} {address} by {actor}"
