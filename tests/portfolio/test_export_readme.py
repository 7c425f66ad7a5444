from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from markdown_it import MarkdownIt

from roadmap.portfolio.exports.readme import readme
from roadmap.portfolio.exports.words import escape_markdown, plain
from tests.portfolio.people_published import MISCHIEF, amina, hostile, reserved

# As GitHub reads it: tables, strikethrough, and raw HTML.
GITHUB = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
OURS = {"h1", "h2", "h3", "p", "ul", "ol", "li", "a", "img", "strong", "hr", "div"}


def rendered(text: str) -> html.HtmlElement:
    return html.fragment_fromstring(GITHUB.render(text), create_parent="div")


def headings(document: html.HtmlElement) -> list[str]:
    return [heading.text_content() for heading in document.iter("h1", "h2", "h3")]


def test_readme_begins_with_the_name_and_the_badge():
    document = rendered(readme(amina()))
    assert [each.tag for each in document][:2] == ["h1", "p"]
    assert document.xpath("string(h1)") == "Amina Yusuf"
    assert document.xpath("p[1]/a/@href") == ["https://staircase.example/u/amina/"]
    assert document.xpath("p[1]/a/img/@src") == ["https://staircase.example/u/amina/badge.svg"]


def test_readme_tells_projects_and_skills_by_level():
    assert headings(rendered(readme(amina()))) == [
        "Amina Yusuf",
        "Projects",
        "Mombasa house prices",
        "Household expense predictor",
        "Skills",
        "Confirmed by a mentor",
        "Shown in code",
        "Claimed",
    ]


def test_readme_says_who_confirmed_and_where_the_code_shows_it():
    document = rendered(readme(amina()))
    assert "Handle tables with pandas (Jonas Lindqvist, 19 November 2026)" in document.text_content()
    line = "https://github.com/amina-yusuf/mombasa-house-prices/blob/" + "4f" * 20 + "/src/clean.py#L31"
    assert [link.text_content() for link in document.iter("a") if link.get("href") == line] == ["Handle tables with pandas"]


def test_readme_says_nothing_of_what_is_not_shared():
    text = readme(reserved())
    assert headings(rendered(text)) == ["Tomasz Żółć", "Projects", "Household expense predictor", "Skills", "Shown in code"]
    assert "Confirmed" not in text
    assert "Based in" not in text


def test_readme_of_somebody_hostile_has_our_elements_and_no_others():
    document = rendered(readme(hostile()))
    assert {each.tag for each in document.iter()} <= OURS
    assert {image.get("src") for image in document.iter("img")} == {"https://staircase.example/u/amina/badge.svg"}
    assert {link.get("href").split(":")[0] for link in document.iter("a")} <= {"https", "mailto"}


def test_readme_of_somebody_with_200_projects_is_short():
    assert len(readme(hostile())) < 100_000
    assert "188 more on my portfolio" in readme(hostile())


@pytest.mark.parametrize(
    "text", ["# not a heading", "1. not a list", "- not a list", "> not a quote", "| a | b |", "a * b * c", "snake_case_name", "~~kept~~", "@somebody", "https://evil.example", "www.evil.example", ":tada:", "&amp;", "`code`", "<b>", "==="]
)  # fmt: skip
def test_escaped_text_is_shown_as_it_is(text):
    document = rendered(escape_markdown(text))
    assert document.text_content().strip() == text
    assert [each.tag for each in document.iter()] == ["div", "p"]


@given(st.one_of(st.sampled_from(MISCHIEF), st.text(), st.text("*_`[]()<>#|~&\\-+=.:/@!1 a\n")))
def test_escaped_text_is_one_paragraph_of_its_own_words(text):
    document = rendered(f"before {escape_markdown(text)} after")
    assert " ".join(document.text_content().split()) == " ".join(f"before {plain(text)} after".split())
    assert [each.tag for each in document.iter()] == ["div", "p"]


def test_readme_leads_to_the_portfolio_where_a_project_has_no_address():
    project = replace(amina().projects[0], url="javascript:alert(1)")
    text = readme(replace(amina(), projects=(project,)))
    assert "### [Mombasa house prices](https://staircase.example/u/amina/projects/mombasa-house-prices/)" in text
    assert "javascript" not in text
