import re
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from typing import Any

import pytest
import time_machine
from fpdf import FPDF
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PageObject, PdfReader

from roadmap.portfolio.exports.paper import MOST_PAGES, PAPERS, paper
from tests.portfolio.people_published import EVERYBODY, MISCHIEF, amina, beginner, hostile, reserved

# In points; a millimetre is 2.835 of them.
SIZES = {"a4": (595.28, 841.89), "letter": (612.0, 792.0)}
MARGIN = 18 * 72 / 25.4


@cache
def made(person: str, size: str = "a4") -> bytes:
    return paper(EVERYBODY[person](), paper=size)


def reader(person: str, size: str = "a4") -> PdfReader:
    return PdfReader(BytesIO(made(person, size)), strict=True)


def text(pdf: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text().replace("\xa0", " ") for page in pdf.pages).split())


def links(pdf: PdfReader) -> list[tuple[str, tuple[float, ...]]]:
    return [
        (annotation["/A"]["/URI"], tuple(float(side) for side in annotation["/Rect"]))
        for page in pdf.pages
        for annotation in (each.get_object() for each in page.get("/Annots", []))
    ]


def places(page: PageObject) -> list[tuple[float, float, float, str]]:
    """Where pieces of text begin, and how wide they are in their font."""
    found: list[tuple[float, float, float, str]] = []

    def visit(piece: str, current: list[float], matrix: list[float], font: Any, size: float) -> None:
        if piece.strip():
            found.append((matrix[4], matrix[5], size, piece.strip("\n")))

    page.extract_text(visitor_text=visit)
    return found


@pytest.mark.parametrize("size", PAPERS)
@pytest.mark.parametrize("person", EVERYBODY)
def test_paper_has_the_size_that_was_asked_for(person, size):
    for page in reader(person, size).pages:
        assert (float(page.mediabox.width), float(page.mediabox.height)) == pytest.approx(SIZES[size], abs=0.1)


@pytest.mark.parametrize("size", PAPERS)
@pytest.mark.parametrize("person", EVERYBODY)
def test_nothing_stands_outside_the_margins(person, size):
    width, height = SIZES[size]
    pdf = reader(person, size)
    for page in pdf.pages:
        for x, y, _size, piece in places(page):
            assert MARGIN - 1 <= x <= width - MARGIN + 1, piece
            assert 18 <= y <= height - 18, piece
    for address, (left, bottom, right, top) in links(pdf):
        assert left >= MARGIN - 1, address
        assert right <= width - MARGIN + 1, address
        assert bottom >= 18, address
        assert top <= height - 18, address


@pytest.mark.parametrize("size", PAPERS)
def test_no_line_is_wider_than_the_paper(size, monkeypatch):
    """Every piece of text that is drawn ends before the right margin: measured where it is drawn."""
    ends: list[tuple[float, str]] = []
    drawn = FPDF._render_styled_text_line

    def watched(pdf: FPDF, line: Any, *args: Any, **kwargs: Any) -> bool:
        before = pdf.x
        answer = drawn(pdf, line, *args, **kwargs)
        ends.append((before + line.text_width / 1, "".join(fragment.string for fragment in line.fragments)))
        return answer

    monkeypatch.setattr(FPDF, "_render_styled_text_line", watched)
    paper(hostile(), paper=size)
    right = SIZES[size][0] / 72 * 25.4 - 18
    assert ends
    assert [said for end, said in ends if end > right + 0.3] == []


def test_paper_of_somebody_ordinary_has_one_or_two_pages():
    assert [len(reader(person).pages) for person in ("amina", "reserved", "beginner")] == [2, 1, 1]


def test_paper_of_somebody_with_200_projects_ends():
    pdf = reader("hostile")
    assert 2 < len(pdf.pages) <= MOST_PAGES
    assert re.search(r"\d+ more projects are on the portfolio", text(pdf))
    assert len(made("hostile")) < 400_000


def test_pages_are_numbered_where_there_are_several():
    assert [re.findall(r"Page \d of \d", page.extract_text()) for page in reader("amina").pages] == [["Page 1 of 2"], ["Page 2 of 2"]]
    assert "Page 1" not in text(reader("reserved"))


def test_paper_says_who_wrote_it_and_in_which_language():
    pdf = reader("amina")
    assert (pdf.metadata.title, pdf.metadata.author, pdf.metadata.creator) == ("Amina Yusuf: portfolio", "Amina Yusuf", "Staircase")
    assert pdf.metadata.subject.startswith("ML engineer in training")
    assert pdf.metadata.creation_date == datetime(2026, 11, 19, 8, 30, tzinfo=UTC)
    assert pdf.trailer["/Root"]["/Lang"] == "en"
    assert pdf.trailer["/Root"]["/ViewerPreferences"]["/DisplayDocTitle"]


def test_paper_has_bookmarks_for_its_parts_and_projects():
    pdf = reader("amina")

    def titles(outline: list[Any]) -> list[Any]:
        return [titles(each) if isinstance(each, list) else each.title for each in outline]

    assert titles(pdf.outline) == [
        "Amina Yusuf",
        "Skills",
        "Projects",
        ["Mombasa house prices", "Household expense predictor"],
        "All steps",
    ]


def test_text_can_be_selected_with_its_figures_accents_and_levels():
    said = text(reader("amina"))
    for sentence in (
        "Amina Yusuf",
        "Mombasa, Kenya",
        "Step 3 of 8 · 7 skills confirmed · 2 skills shown in code · 5 skills claimed · 2 projects",
        "Confirmed by a mentor A mentor read the work and put a name to it.",
        "3. Python · confirmed by Jonas Lindqvist, 19 November 2026",
        "3. Python · shown in Mombasa house prices",
        "Claimed On the learner’s own word.",
        "The median price per square metre of the ward: 19% typical error. The model has 11%.",
        "Plot with Matplotlib (notebooks/errors.ipynb, cell 9, line 2)",
        "34 of 95 skills done",
        "8 of 12 done",
        "Made with Staircase on 19 November 2026. The living version: staircase.example/u/amina",
    ):
        assert sentence in said
    assert "Tomasz Żółć" in text(reader("reserved"))


def test_links_lead_to_the_profile_github_and_every_project():
    addresses = {address for address, _where in links(reader("amina"))}
    assert addresses >= {
        "mailto:amina@example.org",
        "https://github.com/amina-yusuf",
        "https://www.linkedin.com/in/amina-yusuf/",
        "https://amina.example/",
        "https://staircase.example/u/amina/",
        "https://github.com/amina-yusuf/mombasa-house-prices",
        "https://prices.example/",
        f"https://github.com/amina-yusuf/mombasa-house-prices/blob/{'4f' * 20}/src/clean.py#L31",
        "https://github.com/amina-yusuf/expense-predictor",
    }


def test_paper_says_nothing_of_what_is_not_shared():
    said = text(reader("reserved"))
    assert "Based in" not in said
    assert "All steps" not in said
    assert "onfirmed" not in said
    assert {address for address, _where in links(reader("reserved")) if "mailto" in address} == set()


def test_links_of_somebody_hostile_lead_to_the_web_only():
    assert {address.split(":")[0] for address, _where in links(reader("hostile"))} == {"https"}


def test_paper_runs_nothing_and_fetches_nothing():
    raw = made("hostile")
    for word in (b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFile", b"/AA", b"/XObject", b"/GoToR", b"/SubmitForm"):
        assert word not in raw
    # Where reading begins, and nothing that is done.
    assert isinstance(reader("hostile").trailer["/Root"]["/OpenAction"], list)


def test_paper_says_when_letters_are_missing():
    assert "Some words are written in Latin letters here, or left out." in text(reader("hostile"))
    assert "Some words" not in text(reader("amina"))


def test_somebody_whose_name_cannot_be_set_goes_by_the_handle_and_keeps_the_name_in_the_title():
    pdf = PdfReader(BytesIO(paper(replace(reserved(), name="王小明", handle="xiaoming"))))
    assert text(pdf).startswith("xiaoming")
    assert pdf.metadata.author == "王小明"


def test_fonts_are_inside_and_only_in_part():
    fonts = {str(font.get_object()["/BaseFont"]) for page in reader("amina").pages for font in page["/Resources"]["/Font"].values()}
    assert {font.partition("+")[2] for font in fonts} == {"ArchivoStaircaseBold", "AtkinsonStaircase", "AtkinsonStaircaseBold"}
    assert len(made("amina")) < 60_000


def test_same_portfolio_gives_the_same_bytes_on_another_day():
    with time_machine.travel(datetime(2031, 1, 1, tzinfo=UTC)):
        assert paper(amina()) == made("amina")


@settings(max_examples=15, deadline=None)
@given(st.one_of(st.sampled_from(MISCHIEF), st.text(max_size=200)), st.sampled_from(PAPERS))
def test_whatever_somebody_types_there_is_paper(words, size):
    person = beginner()
    project = replace(amina().projects[0], title=words, summary=words, answers=((words, words),), languages=(words,), licence=words)
    pdf = PdfReader(BytesIO(paper(replace(person, name=words, headline=words, about=words, place=words, projects=(project,)), paper=size)))
    assert 1 <= len(pdf.pages) <= 2
