import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmap.portfolio.exports.letters import LEFT_OUT, body_letters, letters_of
from roadmap.portfolio.exports.palette import BODY, DISPLAY, STRONG
from roadmap.portfolio.exports.stylesheet import used_rules
from roadmap.portfolio.exports.words import current_step, plain, prose, shorten, tidy, web_address
from tests.portfolio.people_published import amina


@pytest.mark.parametrize(
    ("written", "is_set"),
    [
        ("Amina Yusuf", "Amina Yusuf"),
        ("Żółć, Ðorđe, Şükrü, Zoë", "Żółć, Ðorđe, Şükrü, Zoë"),
        ("Nguyễn Văn Đức", "Nguyen Văn Đuc"),
        ("Наталія Щукіна", "Nataliya Shchukina"),
        ("Γιώργος", "Giorgos"),
        ("σ = 0.3, R² ≥ 0.9 → ok", "sigma = 0.3, R² >= 0.9 -> ok"),
        ("👩🏽‍💻🚀 team 🇰🇪", "team"),
        ("王小明 and محمد", f"{LEFT_OUT} and {LEFT_OUT}"),
    ],
)
def test_text_is_set_in_letters_that_the_fonts_have(written, is_set):
    assert body_letters()(written) == is_set


@pytest.mark.parametrize(("written", "is_whole"), [("Zoë 🚀", True), ("R² ≥ 0.9", True), ("Наталія", False), ("王小明", False)])
def test_letters_know_whether_something_is_missing(written, is_whole):
    letters = body_letters()
    letters(written)
    assert letters.is_whole is is_whole


def test_name_that_cannot_be_set_is_replaced_whole():
    assert body_letters().name("Li 王小明", otherwise="li-xiaoming") == "li-xiaoming"
    assert body_letters().name("Наталія", otherwise="natalia") == "Nataliya"


@given(st.text())
def test_whatever_is_set_the_fonts_have_its_letters(text):
    assert letters_of(BODY).issuperset(body_letters()(text))


def test_fonts_have_the_same_letters_where_they_stand_together():
    assert letters_of(BODY) == letters_of(STRONG)
    assert letters_of(DISPLAY).issuperset(map(chr, range(0x20, 0x7F)))


@given(st.text())
def test_plain_text_has_one_line_and_nothing_that_cannot_be_seen(text):
    line = plain(text)
    assert {unicodedata.category(sign) for sign in line}.isdisjoint({"Cc", "Cs", "Cn", "Co", "Zl", "Zp"})
    assert not set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f") & set(line)
    assert plain(line) == line
    assert plain(tidy(text)) == line


@given(st.text(), st.integers(5, 60))
def test_shortened_text_is_a_beginning_of_the_text(text, longest):
    short = shorten(text, longest)
    assert len(short) <= longest
    assert plain(text).startswith(short.removesuffix("…"))


def test_text_is_shortened_between_words():
    assert shorten("I read the errors, one by one", 20) == "I read the errors…"


def test_prose_has_the_words_of_markdown_without_its_marks():
    text = "# Title\n\nOne **bold** [link](https://x.example).\nSame paragraph.\n\n- a\n- `b`\n\n3. c\n4. d\n\n> quoted\n\n```\ncode\n```\n\n| x | y |\n|---|---|\n| 1 | 2 |\n\n<script>alert(1)</script>"
    assert prose(text) == [
        "Title",
        "One bold link. Same paragraph.",
        "• a",
        "• b",
        "3. c",
        "4. d",
        "quoted",
        "code",
        "x y",
        "1 2",
        "<script>alert(1)</script>",
    ]


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "JAVASCRIPT:alert(1)", " javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//x.example", "https:", "https://", "ftp://x.example", "https://x.example/a b", 'https://x.example/"', "https://x.example/<", "https://[bad", "", "mailto:a@b.example"],
)  # fmt: skip
def test_address_that_leads_to_no_website_is_no_address(url):
    assert web_address(url) == ""


def test_style_sheet_keeps_the_rules_of_the_classes_in_use():
    css = """
    @layer a, b; /* .gone { } */
    @layer a {
        p, h1 { color: red; }
        .gone { color: red; & .kept { color: red; } }
        .kept { color: red; &:hover { color: blue; } }
        :is(.gone, .kept) a { color: red; }
        @media (width > 1px) { .gone { color: red; } }
        @media (width > 2px) { .gone { color: red; } .kept { color: red; } }
    }
    """
    assert " ".join(used_rules(css, frozenset({"kept"})).split()) == (
        "@layer a, b; @layer a { p, h1 { color: red; } .kept { color: red; &:hover { color: blue; } } "
        ":is(.gone, .kept) a { color: red; } @media (width > 2px) { .kept { color: red; } } }"
    )


def test_a_step_without_skills_has_nothing_to_do():
    first, second, *above = amina().steps
    assert first.is_complete
    assert second.is_complete
    empty = replace(first, done=0, total=0, confirmed=0, states=(), is_complete=False)
    assert current_step(replace(amina(), steps=(empty, second, *above))) == above[0]
