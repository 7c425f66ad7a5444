from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree, html
from markdown_it import MarkdownIt

from roadmap.portfolio.exports.badge import badge, html_snippet, markdown_snippet
from tests.portfolio.people_published import EVERYBODY, MISCHIEF, amina, beginner, reserved

SVG = "{http://www.w3.org/2000/svg}"


def parsed(portfolio) -> etree._Element:
    return etree.fromstring(badge(portfolio).encode(), etree.XMLParser(resolve_entities=False, no_network=True))


def words(portfolio) -> list[str]:
    return [text.text for text in parsed(portfolio).findall(f"{SVG}text")]


def shape(element: etree._Element) -> list[tuple[str, tuple[str, ...]]]:
    """Elements and the names of their attributes: everything but words and numbers."""
    return [(each.tag, tuple(each.attrib)) for each in element.iter()]


@pytest.mark.parametrize("person", EVERYBODY)
def test_badge_is_xml_of_at_most_3_kilobytes(person):
    assert len(badge(EVERYBODY[person]()).encode()) <= 3072
    assert parsed(EVERYBODY[person]()).tag == f"{SVG}svg"


def test_badge_says_the_step_and_the_strongest_level_only():
    assert words(amina()) == ["Staircase", "7 skills confirmed"]


def test_badge_of_somebody_who_shares_no_steps_measures_nothing():
    person = reserved()
    assert words(person) == ["Staircase", "2 skills shown in code"]
    assert {column.get("class") for column in parsed(person).findall(f"{SVG}rect")} == {"card", "w"}


def test_badge_counts_one_skill_in_the_singular():
    assert words(replace(amina(), skills=amina().skills[:1]))[1] == "1 skill confirmed"


def test_badge_of_a_beginner_claims_nothing():
    assert words(beginner()) == ["Staircase · step 1 of 8", "Just begun"]


def test_badge_of_a_finished_climb_says_so():
    steps = tuple(replace(step, done=step.total, states=("done",) * step.total, is_complete=True) for step in amina().steps)
    assert words(replace(amina(), steps=steps))[0] == "Staircase · all 8 steps"


def test_badge_has_a_text_alternative():
    svg = parsed(amina())
    ids = svg.get("aria-labelledby").split()
    assert svg.get("role") == "img"
    assert [svg.find(f".//*[@id='{id}']").text for id in ids] == [
        "Amina Yusuf on Staircase: 7 skills confirmed",
        "A staircase of 8 steps. 7 skills confirmed.",
    ]


def test_badge_has_one_column_for_each_step_as_full_as_it_is():
    svg = parsed(amina())
    outlines, fillings = (svg.findall(f"{SVG}rect[@class='{kind}']") for kind in "od")
    assert len(outlines) == 8
    assert [float(filled.get("height")) for filled in fillings] == [6.0, 10.1, 10.7, 5.2, 3.0, 4.1]


def test_badge_suits_dark_pages_too():
    assert "prefers-color-scheme:dark" in badge(amina())


@given(st.one_of(st.sampled_from(MISCHIEF), st.text()))
def test_badge_is_the_same_drawing_whatever_the_name(name):
    person = replace(amina(), name=name)
    assert shape(parsed(person)) == shape(parsed(amina()))
    assert len(badge(person).encode()) <= 3072


@pytest.mark.parametrize("name", MISCHIEF)
def test_snippets_are_a_picture_in_a_link_whatever_the_name(name):
    person = replace(amina(), name=name)
    address = person.address
    for snippet in (MarkdownIt("gfm-like", {"linkify": False}).render(markdown_snippet(person)), html_snippet(person)):
        (link,) = html.fragment_fromstring(snippet, create_parent="div").iter("a")
        (image,) = link
        assert (link.get("href"), image.tag, image.get("src")) == (address, "img", f"{address}badge.svg")
        assert image.get("alt").endswith("on Staircase: 7 skills confirmed")
        assert set(link.attrib) == {"href"}
        assert set(image.attrib) <= {"src", "alt", "width", "height"}


def test_repository_of_somebody_else_is_known_whatever_the_cases():
    project = amina().projects[0]
    owner = project.repository.partition("/")[0]
    assert replace(amina(), github=owner.upper()).owner_of(project) == ""
    assert replace(amina(), github="linh").owner_of(project) == replace(amina(), github="").owner_of(project) == owner
