"""Notes, links, the shelf, new beginnings and downloads: what people send who mean harm, and what the roadmap does to them."""

import csv
import io
import json
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from lxml import html

from roadmap.progress.models import Note, Reset
from roadmap.progress.notes import note_of, save_note
from roadmap.progress.resets import begin_anew
from roadmap.progress.services import mark_skill
from roadmap.resources.models import OwnLink, ShelfItem
from roadmap.resources.shelf import add_link, put_on_shelf
from roadmap.stages.models import Skill
from roadmap.stages.services import rename, retire_skill

pytestmark = pytest.mark.django_db

SENTINEL = "sentinel-of-amina"
HUGE = 10**24


@pytest.fixture
def amina(curriculum, learner):
    """A learner who has one of each."""
    mark_skill(climber=learner.pk, skill_id=curriculum.python.pk, state="done")
    save_note(learner=learner.pk, skill_id=curriculum.numpy.pk, text=SENTINEL, version=0)
    add_link(learner=learner.pk, skill=curriculum.numpy, url=f"https://example.org/{SENTINEL}", title=SENTINEL)
    put_on_shelf(learner=learner.pk, slug="book", state="saved")
    begin_anew(learner=learner.pk, stage_id=curriculum.ground.pk)
    return learner


# --- Other people's -------------------------------------------------------------------------------------------------

PAGES = [
    "/",
    "/climb/",
    "/climb/begin-anew/",
    "/climb/notes/",
    "/climb/notes/numpy/",
    "/resources/",
    "/resources/shelf/",
    "/resources/own/numpy/add/",
    "/roadmap.csv?marks=yes",
    "/roadmap.md?marks=yes",
    "/roadmap/?marks=yes",
    "/search/?q=sentinel",
    "/skills/numpy/",
    "/stages/ground/",
]


@pytest.mark.parametrize("page", PAGES)
def test_nothing_of_a_learner_is_on_any_page_of_another(amina, other_learner, sign_in, page):
    said = sign_in(other_learner).get(page).content.decode()
    assert SENTINEL not in said
    assert "/take-back/" not in said
    if page.startswith(("/resources/", "/skills/")):
        assert not html.fromstring(said).xpath("//*[contains(@class, 'shelf')]//button[@aria-pressed='true']")


def test_nobody_acts_on_what_is_somebody_elses(amina, other_learner, sign_in):
    link, reset = OwnLink.objects.get(), Reset.objects.get()
    client = sign_in(other_learner)
    for address, values in (
        (reverse("resources:read_own_link", args=[link.pk]), {"is_read": "yes"}),
        (reverse("resources:drop_own_link", args=[link.pk]), {}),
        (reverse("progress:take_back", args=[reset.pk]), {}),
    ):
        assert client.post(address, values).status_code == 404
    client.post(reverse("progress:note", args=["numpy"]), {"text": "theirs", "version": 1, "learner": amina.pk, "learner_id": amina.pk})
    client.post(reverse("resources:add_own_link", args=["numpy"]), {"url": "https://example.net/", "learner": amina.pk})
    client.post(reverse("progress:begin_anew"), {"learner": amina.pk})
    assert note_of(amina.pk, Note.objects.get(learner=amina).skill_id).text == SENTINEL
    assert [(found.title, found.is_read) for found in OwnLink.objects.filter(learner=amina)] == [(SENTINEL, False)]
    assert Reset.objects.get().taken_back_at is None


@pytest.mark.parametrize("name", ["resources:read_own_link", "resources:drop_own_link", "progress:take_back"])
def test_a_number_that_no_row_can_have_is_not_found(amina, sign_in, name):
    assert sign_in(amina).post(reverse(name, args=[HUGE]), {"is_read": "yes"}).status_code == 404


# --- What is sent ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", [2**31 - 1, 2**31, 2**63, HUGE, "1e3", "٣", "NaN", "", "\x00"])
@pytest.mark.parametrize("slug", ["numpy", "python"])
def test_a_version_that_no_note_has_breaks_nothing(amina, sign_in, slug, version):
    answer = sign_in(amina).post(reverse("progress:note", args=[slug]), {"text": "new", "version": version})
    assert answer.status_code in (409, 422)
    assert [note.text for note in Note.objects.all()] == [SENTINEL]


@pytest.mark.parametrize("slug", ["numpy%00", "..", "%2e%2e", "numpy%2f", "nump%EF%BC%99"])
@pytest.mark.parametrize("path", ["/climb/notes/{}/", "/resources/shelf/{}/", "/resources/own/{}/add/", "/climb/begin-anew/?step={}"])
def test_a_name_that_is_none_is_not_found(amina, sign_in, path, slug):
    client = sign_in(amina)
    for answer in (client.get(path.format(slug)), client.post(path.format(slug), {"state": "saved"})):
        assert answer.status_code in (302, 400, 404, 405)
    assert note_of(amina.pk, Skill.objects.get(slug="numpy").pk).text == SENTINEL


@pytest.mark.parametrize("name", ["text", "url", "title"])
@pytest.mark.parametrize("typed", ["a\x00b", "\ud83d", "a\u202eb", "\x1b[31m", "</textarea><script>alert(1)</script>", "{{ 7*7 }}"])
def test_strange_letters_are_refused_or_kept_as_letters(amina, sign_in, name, typed):
    typed = typed.encode("utf-8", "surrogatepass")
    boundary = b"b"
    fields = {b"text": b"text", b"version": b"1", b"url": b"https://example.org/x", b"title": b"title", name.encode(): typed}
    body = b"".join(b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % field for field in fields.items()) + b"--b--\r\n"
    client = sign_in(amina)
    address = reverse("progress:note", args=["numpy"]) if name == "text" else reverse("resources:add_own_link", args=["numpy"])
    answer = client.generic("POST", address, body, f"multipart/form-data; boundary={boundary.decode()}")
    assert answer.status_code in (302, 422)
    for page in ("/skills/numpy/", "/climb/notes/", "/resources/shelf/"):
        found = html.fromstring(client.get(page).content.replace(b"\x1b", b""))
        assert [script for script in found.xpath("//script/text()") if "alert" in script] == []
        assert "49" not in found.xpath("string(//*[@id='own-note'])")


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)//https://example.org/",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        " javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//example.org",
        'https://example.org/"onmouseover="alert(1)',
        "https://example.org/ onclick=alert(1)",
    ],
)
def test_a_link_leads_to_the_web_and_nowhere_else(amina, sign_in, url):
    client = sign_in(amina)
    client.post(reverse("resources:add_own_link", args=["python"]), {"url": url})
    for page in ("/skills/python/", "/resources/shelf/", "/resources/own/python/add/"):
        found = html.fromstring(client.get(page).content)
        for link in found.xpath("//a[contains(@rel, 'nofollow')]"):
            assert urlsplit(link.get("href")).scheme in ("http", "https")
            assert not [name for name in link.attrib if name.startswith("on")]


@pytest.mark.parametrize(
    "attack",
    [
        "[a](javascript:alert(1))",
        "[a](JAVASCRIPT&colon;alert(1))",
        "[a](data:text/html;base64,PHNjcmlwdD4=)",
        "<svg onload=alert(1)>",
        "<javascript:alert(1)>",
        "![x](https://evil.example/pixel.png)",
        "<style>body{display:none}</style>",
        '<form action="https://evil.example"><button>',
        "`</code><img src=x onerror=alert(1)>`",
        '```"><img src=x onerror=alert(1)>\n```',
        "[a]: javascript:alert(1)\n\n[a]",
        '<div hx-get="/accounts/logout/" hx-trigger="load">',
        "# </h3><script>alert(1)</script>",
    ],
)
def test_markdown_of_a_note_is_text_wherever_it_is_shown(amina, sign_in, attack):
    Note.objects.update(text=attack)
    client = sign_in(amina)
    for page in ("/skills/numpy/", "/climb/notes/", "/climb/notes/numpy/"):
        found = html.fromstring(client.get(page).content)
        [prose] = found.xpath(
            "//*[@class='prose'][ancestor::*[@id='own-note'] or ancestor::section[starts-with(@aria-labelledby, 'note-')]]"
        )
        tags = {element.tag for element in prose.iter() if isinstance(element.tag, str)}
        assert tags <= {"div", "p", "a", "code", "pre", "h3", "h4", "em", "strong"}
        for element in prose.iter("a"):
            assert urlsplit(element.get("href") or "").scheme in ("", "http", "https", "mailto")
        assert not prose.xpath(".//*/@*[starts-with(name(), 'on') or starts-with(name(), 'hx-') or name()='style' or name()='src']")


def test_the_longest_notes_on_all_skills_are_listed(amina, curriculum, sign_in):
    for skill in curriculum.skills:
        Note.objects.update_or_create(learner=amina, skill=skill, defaults={"text": "[" * 19_990 + str(skill.pk)})
    client = sign_in(amina)
    for page in ("/climb/notes/", "/roadmap.md?marks=yes", "/roadmap.csv?marks=yes", "/skills/numpy/"):
        assert client.get(page).status_code == 200


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1"])
def test_no_cell_of_the_table_is_a_formula(amina, sign_in, cell):
    Note.objects.update(text=cell)
    text = sign_in(amina).get("/roadmap.csv?marks=yes").content.decode().removeprefix("\ufeff")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert [row for row in rows if any(value.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "＝")) for value in row)] == []
    assert f"'{cell}" in [value for row in rows for value in row]


# --- Where it leads back to -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [
        "https://evil.example/",
        "http://testserver@evil.example/",
        "http://testserver.evil.example/",
        "//evil.example/",
        "http://testserver//evil.example/",
        "http://testserver/\\evil.example/",
        "http://testserver/\t/evil.example/",
        "http://testserver/%0d%0aLocation:%20https://evil.example/",
        "javascript:alert(1)",
        "http:///evil.example",
    ],
)
@pytest.mark.parametrize("header", ["Referer", "HX-Current-URL"])
def test_no_header_leads_to_another_site(amina, sign_in, said, header):
    answer = sign_in(amina).post("/resources/shelf/book/", {"state": "read", "next": "https://evil.example/"}, headers={header: said})
    target = answer["Location"]
    assert answer.status_code == 302
    assert target.startswith("/")
    assert not target.startswith(("//", "/\\"))
    assert urlsplit(target).netloc == ""


# --- What the roadmap does ------------------------------------------------------------------------------------------


def test_a_note_on_a_skill_that_has_left_the_roadmap_is_listed_changed_and_taken_along(amina, other_learner, curriculum, sign_in):
    retire_skill(skill=curriculum.numpy, replaced_by=[curriculum.pandas])
    client = sign_in(amina)
    [link] = html.fromstring(client.get("/climb/notes/").content).xpath("//main//h2/a")
    assert link.get("href") == "/climb/notes/numpy/"
    assert SENTINEL in client.get("/climb/notes/numpy/").content.decode()
    answer = client.post("/climb/notes/numpy/", {"text": f"{SENTINEL} changed", "version": 1}, follow=True)
    assert answer.redirect_chain == [("/climb/notes/numpy/", 302)]
    assert note_of(amina.pk, curriculum.numpy.pk).text == f"{SENTINEL} changed"
    assert f"> {SENTINEL} changed" in client.get("/roadmap.md?marks=yes").content.decode()
    assert f"{SENTINEL} changed" in client.get("/roadmap.csv?marks=yes").content.decode()
    assert SENTINEL not in client.get("/roadmap.md").content.decode()
    for method in ("get", "post"):
        assert getattr(sign_in(other_learner), method)("/climb/notes/numpy/", {"text": "x", "version": 0}).status_code == 404


def test_a_note_that_was_open_while_its_skill_got_another_address_is_saved(amina, curriculum, sign_in):
    rename(entry=curriculum.numpy, slug="numpy-arrays")
    answer = sign_in(amina).post("/climb/notes/numpy/", {"text": "written meanwhile", "version": 1})
    assert answer["Location"] == "/skills/numpy-arrays/#own-note"
    assert note_of(amina.pk, curriculum.numpy.pk).text == "written meanwhile"


def test_links_on_a_skill_that_has_left_the_roadmap_can_still_be_read_and_taken_out(amina, other_learner, curriculum, sign_in):
    link = OwnLink.objects.get()
    Skill.objects.filter(pk=curriculum.numpy.pk).update(retired_at=timezone.now())
    client = sign_in(amina)
    page = html.fromstring(client.get("/resources/shelf/").content)
    assert "/resources/own/numpy/add/" in page.xpath("//main//h3/a/@href")
    assert client.get("/resources/own/numpy/add/").status_code == 200
    assert sign_in(other_learner).get("/resources/own/numpy/add/").status_code == 404
    answer = sign_in(amina).post(reverse("resources:drop_own_link", args=[link.pk]))
    assert answer["Location"] == "/resources/shelf/"
    assert not OwnLink.objects.exists()
    assert sign_in(amina).get("/resources/own/numpy/add/").status_code == 404


def test_what_was_held_of_a_skill_that_is_gone_for_good_does_not_stand_in_the_way(amina, curriculum, sign_in):
    reset = Reset.objects.get()
    reset.held = json.loads(json.dumps(reset.held))
    reset.held["marks"].append([HUGE // 10**8, "done", None])
    reset.held["ticks"].append([HUGE // 10**8, timezone.now().isoformat()])
    reset.save()
    answer = sign_in(amina).post(reverse("progress:take_back", args=[reset.pk]), follow=True)
    assert "1 mark is back." in answer.content.decode()


# --- Caches ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "page",
    ["/climb/notes/", "/climb/notes/numpy/", "/resources/shelf/", "/resources/own/numpy/add/"]
    + [f"/roadmap{kind}?marks=yes" for kind in ("/", ".md", ".csv")],
)
def test_what_is_private_is_stored_nowhere(amina, sign_in, page):
    assert sign_in(amina).get(page)["Cache-Control"] == "private, no-store"


def test_a_guests_marks_in_a_file_are_stored_nowhere(curriculum):
    guest = Client()
    guest.post("/skills/python/mark/", {"state": "done"})
    assert guest.get("/roadmap.md?marks=yes")["Cache-Control"] == "private, no-store"


def test_answers_with_private_parts_are_stored_nowhere(amina, sign_in):
    client = sign_in(amina, htmx=True)
    for address, values in (
        ("/climb/notes/numpy/", {"text": "again", "version": 1}),
        ("/climb/notes/numpy/", {"text": "an old tab", "version": 1}),
        ("/resources/own/numpy/add/", {"url": "https://example.org/2"}),
        ("/resources/own/numpy/add/", {"url": "no"}),
        (f"/resources/own/{OwnLink.objects.get().pk}/read/", {"is_read": "yes"}),
    ):
        assert client.post(address, values)["Cache-Control"] == "private, no-store"
    assert ShelfItem.objects.count() == 1
