import json
import re
from functools import cache
from io import BytesIO
from posixpath import join, normpath
from zipfile import ZipFile

import pytest
from jsonschema import Draft4Validator
from lxml import etree, html
from PIL import Image
from pypdf import PdfReader

from roadmap.portfolio.exports.site import site
from tests.portfolio.people_published import EVERYBODY, amina
from tests.portfolio.test_export_resume import SCHEMA

OUTSIDE = ("https://", "mailto:")
VOID = {"meta", "link", "img", "path", "rect", "br", "hr"}


@cache
def files(person: str) -> dict[str, bytes]:
    with ZipFile(BytesIO(site(EVERYBODY[person]()))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def pages(person: str) -> dict[str, html.HtmlElement]:
    return {name: html.document_fromstring(data.decode()) for name, data in files(person).items() if name.endswith(".html")}


def text(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def test_zip_has_what_a_website_needs():
    assert sorted(files("amina")) == [
        ".nojekyll",
        "README.txt",
        "badge.svg",
        "favicon.svg",
        "fonts/LICENSE-archivo.txt",
        "fonts/LICENSE-atkinson.txt",
        "fonts/archivo-accents.woff2",
        "fonts/archivo-figures.woff2",
        "fonts/archivo-latin-ext.woff2",
        "fonts/archivo-latin.woff2",
        "fonts/atkinson-next-accents.woff2",
        "fonts/atkinson-next-latin-ext.woff2",
        "fonts/atkinson-next-latin.woff2",
        "index.html",
        "picture.png",
        "portfolio.pdf",
        "projects/household-expense-predictor.html",
        "projects/mombasa-house-prices.html",
        "resume.json",
        "style.css",
    ]


def test_same_portfolio_gives_the_same_bytes():
    data = site(amina())
    assert site(amina()) == data
    with ZipFile(BytesIO(data)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.namelist() == sorted(archive.namelist())
    assert len(data) < 250_000


@pytest.mark.parametrize("person", EVERYBODY)
def test_file_names_are_plain_and_each_is_there_once(person):
    with ZipFile(BytesIO(site(EVERYBODY[person]()))) as archive:
        names = archive.namelist()
    assert len(names) == len({name.lower() for name in names})
    assert [
        name for name in names if not re.fullmatch(r"(projects/[a-z0-9_-]+\.html|fonts/[A-Za-z0-9-]+\.\w+|\.?[A-Za-z]+(\.\w+)?)", name)
    ] == []
    assert sum(name.startswith("projects/") for name in names) == len(EVERYBODY[person]().projects)


@pytest.mark.parametrize("person", EVERYBODY)
def test_everything_that_a_page_names_is_in_the_zip(person):
    """Links are relative, so that the site works in any folder and from a disk."""
    held = files(person)
    for name, document in pages(person).items():
        own = [address for attribute in ("href", "src") for address in document.xpath(f"//@{attribute}") if not address.startswith(OUTSIDE)]
        own += document.xpath("//meta[@property='og:image']/@content")
        assert [address for address in own if not address.startswith("#") and normpath(join(name, "..", address)) not in held] == []
        assert [address for address in own if address.startswith(("/", "//"))] == []
        ids = document.xpath("//@id")
        assert [address for address in own if address.startswith("#") and address[1:] not in ids] == []
    style = held["style.css"].decode()
    assert set(re.findall(r'url\("([^"]+)"\)', style)) == {name for name in held if name.endswith(".woff2")}


@pytest.mark.parametrize("person", EVERYBODY)
def test_pages_run_nothing_and_load_nothing_from_elsewhere(person):
    for document in pages(person).values():
        assert (
            document.xpath(
                "//script | //style | //iframe | //object | //embed | //form | //base | //@style | //@*[starts-with(name(), 'on')]"
            )
            == []
        )
        assert [address for address in document.xpath("//@src | //link/@href") if ":" in address] == []
        assert {address.split(":")[0] for address in document.xpath("//a/@href") if ":" in address} <= {"https", "mailto"}


@pytest.mark.parametrize("person", EVERYBODY)
def test_pages_are_well_formed(person):
    """Every element is closed, every id is there once, headings begin at the first level, references lead somewhere."""
    for name, document in pages(person).items():
        source = files(person)[name].decode()
        closed = re.sub(rf"<((?:{'|'.join(VOID)})\b[^>]*?)/?>", r"<\1/>", source.partition("<!doctype html>")[2])
        etree.fromstring(closed.replace("&nbsp;", "&#160;"), etree.XMLParser(resolve_entities=False))
        ids = document.xpath("//@id")
        assert len(ids) == len(set(ids))
        assert set(document.xpath("//@aria-labelledby")) <= set(ids)
        assert len(document.xpath("//h1")) == 1
        assert document.get("lang") == "en"
        assert all(image.get("alt") for image in document.iter("img"))
        assert document.xpath("string(//title)").strip()


def test_pages_are_xml_only_where_nobody_wrote_markup():
    assert "<script>" not in files("hostile")["index.html"].decode()


def test_index_tells_levels_and_who_confirmed():
    document = pages("amina")["index.html"]
    assert [text(heading) for heading in document.iter("h1", "h2")] == [
        "Amina Yusuf",
        "About",
        "7 skills confirmed",
        "2 skills shown in code",
        "5 skills claimed",
        "Projects",
        "All progress",
        "Download",
        "What the words mean",
    ]
    proofs = document.xpath("//li[@class='proof'][@data-s='confirmed']")
    assert len(proofs) == 7
    assert text(proofs[3]).startswith("Compute with NumPy arrays Step 3, Python Confirmed by Jonas Lindqvist Mombasa house prices")
    assert len(document.xpath("//svg[@class='mini']//rect[starts-with(@class, 'b ')]")) == 95


def test_page_of_a_project_has_its_answers_as_written_and_its_lines():
    document = pages("amina")["projects/mombasa-house-prices.html"]
    assert document.xpath("string(//div[@class='prose'][1]/p/strong)") == "June"
    assert [text(item) for item in document.xpath("//section[3]//ol/li")] == [
        "Duplicates are grouped by phone number",
        "Groups never cross the split",
    ]
    assert document.xpath("//a[text()='notebooks/errors.ipynb, cell 9, line 2']/@href")[0].endswith("errors.ipynb?plain=1#L2")
    assert [text(badge) for badge in document.xpath("//span[contains(@class, 'badge')]")] == [
        "Confirmed by Jonas Lindqvist, 19 November 2026",
        "Confirmed by Jonas Lindqvist, 19 November 2026",
        "Shown in code",
        "Confirmed by Jonas Lindqvist, 19 November 2026",
    ]


def test_site_says_nothing_of_what_is_not_shared():
    held = files("reserved")
    said = " ".join(text(document) for document in pages("reserved").values())
    assert "mailto:" not in "".join(
        data.decode(errors="ignore") for name, data in held.items() if name.endswith((".html", ".json", ".txt"))
    )
    assert "All progress" not in said
    assert "Based in" not in said


def test_beginners_site_says_so():
    assert "Noor has begun, and shows no skill or project so far." in text(pages("beginner")["index.html"])


@pytest.mark.parametrize("person", EVERYBODY)
def test_the_other_exports_are_in_it(person):
    held = files(person)
    assert etree.fromstring(held["badge.svg"]).tag.endswith("svg")
    assert Image.open(BytesIO(held["picture.png"])).size == (1200, 630)
    assert len(PdfReader(BytesIO(held["portfolio.pdf"])).pages) >= 1
    assert Draft4Validator(SCHEMA).is_valid(json.loads(held["resume.json"]))


def test_readme_says_how_to_publish_in_three_steps():
    lines = files("amina")["README.txt"].decode().split("\r\n")
    assert [line[:2] for line in lines if re.match(r"\d\.", line)] == ["1.", "2.", "3."]
    assert "1. On GitHub, make a public repository named amina-yusuf.github.io." in lines


def test_style_sheet_has_the_tokens_and_only_the_rules_in_use():
    style = files("amina")["style.css"].decode()
    assert "--plaster: light-dark(" in style
    assert ".cv-head {" in style
    assert ".state {" not in style
    assert len(style) < 30_000
    assert style.count("{") == style.count("}")
