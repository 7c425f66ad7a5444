"""The page of the search, whole and in part; what it counts; and that nothing which is typed becomes part of it."""

from datetime import timedelta
from time import process_time

import pytest
from django.test import Client
from django.utils import timezone
from lxml import html

from roadmap.progress.models import Note
from roadmap.resources.models import OwnLink
from roadmap.search.highlight import LONG, Terms, excerpt, marked, plain
from roadmap.search.models import Unanswered
from roadmap.search.query import may_be_counted
from roadmap.search.services import MOST, note_unanswered
from roadmap.search.tasks import drop_old_searches
from roadmap.stages.models import Skill

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Trigger": "q"}


def page(browser, typed, **options):
    answer = browser.get("/search/", {"q": typed, **options})
    assert answer.status_code == 200
    return html.fromstring(answer.content.decode())


def titles(document):
    return [" ".join(link.text_content().split()) for link in document.cssselect(".hit h3 a")]


def headings(document):
    return [heading.text_content() for heading in document.cssselect("section.sheet h2")]


def chips(document):
    return [" ".join(chip.text_content().split()) for chip in document.cssselect("nav.chips a")]


# --- Answers --------------------------------------------------------------------------------------------------------


def test_visitor_finds_things_in_groups_with_the_best_first(client, curriculum):
    document = page(client, "pandas")
    assert headings(document)[0] == "Skills"
    assert titles(document)[0] == "Title of pandas"
    assert chips(document)[0] == "Everything"
    assert "Resources 1" in chips(document)
    assert document.cssselect(".hit .badge")[0].text_content().strip() == "Not started"


def test_learner_sees_the_own_state_of_a_skill_and_own_notes(sign_in, learner, curriculum):
    learner.marks.create(skill=curriculum.pandas, state="learning")
    Note.objects.create(learner=learner, skill=curriculum.git, text="pandas <b>bold</b> & <script>alert(1)</script>")
    document = page(sign_in(learner), "pandas")
    assert document.cssselect(".hit .badge[data-s=learning]")[0].text_content().strip() == "Learning"
    assert "Your notes" in headings(document)
    note = document.cssselect("section[aria-labelledby=found-note] .hit")[0]
    assert note.cssselect("a")[0].get("href") == "/skills/git/#own-note"
    assert "pandas <b>bold</b> & <script" in note.text_content()
    assert not note.cssselect("b, script")
    assert [mark.text for mark in note.cssselect("mark")] == ["pandas"]


def test_own_link_leads_out_and_names_its_skill_unless_that_has_left_the_roadmap(sign_in, learner, curriculum):
    OwnLink.objects.create(learner=learner, skill=curriculum.numpy, url="https://wombat.example/a", title="Wombats <b>count</b>")
    document = page(sign_in(learner), "wombat")
    assert headings(document) == ["Your own links"]
    [link] = document.cssselect("#answer .hit h3 a")
    assert (link.get("href"), link.get("rel"), link.text_content()) == (
        "https://wombat.example/a",
        "nofollow noopener noreferrer",
        "Wombats <b>count</b>",
    )
    assert "wombat.example/a For: Title of numpy." in " ".join(document.cssselect("#answer .hit")[0].text_content().split())
    Skill.objects.filter(pk=curriculum.numpy.pk).update(retired_at=timezone.now())
    assert "For:" not in page(sign_in(learner), "wombat").cssselect("#answer .hit")[0].text_content()


def test_guest_sees_the_own_state(client, curriculum):
    client.post("/skills/pandas/mark/", {"state": "done"})
    assert page(client, "pandas").cssselect(".hit .badge[data-s=done]")


def test_chip_leads_to_one_kind_alone_and_the_others_stay_in_reach(client, curriculum):
    document = page(client, "pandas", **{"in": "resource"})
    assert headings(document) == ["Resources"]
    assert len(chips(document)) > 2
    assert document.cssselect("nav.chips [aria-current]")[0].text_content().startswith("Resources")
    assert headings(page(client, "pandas", **{"in": "nonsense"}))[0] == "Skills"


def test_alias_is_named_where_it_was_found(client, curriculum):
    Skill.objects.filter(pk=curriculum.pandas.pk).update(aliases=["pd", "frames"])
    document = page(client, "frames")
    assert "Also found as frames." in document.cssselect(".hit")[0].text_content()


def test_one_letter_asks_for_another_and_nothing_asks_for_nothing(client, curriculum):
    assert "Write one more letter" in page(client, "n").text_content()
    assert not page(client, "n").cssselect(".hit")
    start = page(client, "")
    assert start.cssselect("#q[autofocus]")
    assert start.cssselect("#look-around")


def test_mistyped_word_gets_the_nearest_things_and_is_put_right(client, curriculum):
    document = page(client, "statistcis")
    assert "Nothing matches “statistcis” exactly." in document.text_content()
    assert document.cssselect(".note a")[0].get("href") == "/search/?q=statistics"
    assert titles(document)[0] == "Title of statistics"
    assert document.cssselect("#q")[0].get("value") == "statistcis"


def test_what_is_not_there_is_said_and_the_way_on_is_shown(client, curriculum):
    document = page(client, "zeppelin")
    assert "Nothing matches “zeppelin”." in document.text_content()
    assert document.cssselect("#look-around")
    assert document.cssselect("#unanswered noscript button")


def test_htmx_gets_the_answer_its_title_and_the_sentence_for_the_status_line(client, curriculum):
    answer = client.get("/search/", {"q": "pandas"}, headers=HTMX)
    part = html.fragment_fromstring(answer.content.decode(), create_parent=True)
    assert part.cssselect("#answer .hit")
    assert not part.cssselect("main, #q")
    assert part.cssselect("title")[0].text == "Search: pandas | Staircase"
    assert "for “pandas”." in part.cssselect("[hx-swap-oob='innerHTML:#status']")[0].text
    assert "HX-Request" in answer["Vary"]


def test_address_keeps_the_question_and_typing_adds_no_step_to_history(client, curriculum):
    typed = client.get("/search/", {"q": "pandas sql"}, headers=HTMX)
    assert (typed["HX-Replace-Url"], typed.get("HX-Push-Url")) == ("/search/?q=pandas+sql", None)
    sent = client.get("/search/", {"q": "sql"}, headers={"HX-Request": "true", "HX-Trigger": "search"})
    assert (sent["HX-Push-Url"], sent.get("HX-Replace-Url")) == ("/search/?q=sql", None)
    again = client.get(
        "/search/",
        {"q": "sql"},
        headers={"HX-Request": "true", "HX-Trigger": "search", "HX-Current-URL": "http://testserver/search/?q=sql"},
    )
    assert again["HX-Replace-Url"] == "/search/?q=sql"


# --- Hostile questions ----------------------------------------------------------------------------------------------

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7*7 }} {% load x %}",
    "'; DROP TABLE search_entry; --",
    "pandas' OR '1'='1",
    "pandas & | ! <-> ( : * )",
    "%s %(phrase)s %%",
    "\u202epandas\u2066",
    "\ufeffpandas\x1b[31m",
    "a" * 900,
    "numpy " * 150,
    "ﷺ" * 90,
    "((((" * 80,
    "\\" * 300,
]


@pytest.mark.parametrize("typed", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_question_is_a_question(client, curriculum, typed):
    document = page(client, typed)
    assert not document.cssselect("main script, main img, main [onerror]")
    assert len(document.cssselect("#q")[0].get("value")) <= 200
    part = client.get("/search/", {"q": typed}, headers=HTMX)
    assert part.status_code == 200
    assert not html.fragment_fromstring(part.content.decode(), create_parent=True).cssselect("script, img")


def test_nul_is_refused_and_nothing_breaks(client, curriculum):
    assert client.get("/search/?q=pan%00das").status_code == 400


def test_too_long_a_question_is_cut_and_says_so(client, curriculum):
    document = page(client, "pandas " * 60)
    assert "Only the first 200 characters were searched." in document.text_content()
    assert titles(document)[0] == "Title of pandas"


def test_searches_have_a_limit_that_keeps_what_is_on_the_page(client, curriculum):
    answers = [client.get("/search/", {"q": "pandas"}, headers=HTMX) for _ in range(92)]
    assert [answer.status_code for answer in answers] == [200] * 90 + [429] * 2
    assert answers[-1]["HX-Retarget"] == "#status"
    assert "then press Enter" in answers[-1].content.decode()


# --- Statements -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("typed", "of_the_search"), [("pandas", 1), ("data", 1), ("gradiant decent", 2), ("zeppelin", 2)])
def test_statements_of_the_page(real_curriculum, client, sign_in, learner, statements, typed, of_the_search):
    for skill in real_curriculum:
        Note.objects.create(learner=learner, skill_id=skill.id, text="data and pandas")
    client.get("/search/", {"q": "numpy"})
    amina = sign_in(learner)
    with statements(exactly=of_the_search):
        client.get("/search/", {"q": typed})
    # Session, user and marks besides; a note is an answer too.
    with statements(exactly=3 + of_the_search):
        amina.get("/search/", {"q": typed})


# --- Highlights -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words", "shown"),
    [
        ("Nothing leaks", ["leak"], "Nothing <mark>leak</mark>s"),
        ("<b>leak</b> & leak", ["leak"], "&lt;b&gt;<mark>leak</mark>&lt;/b&gt; &amp; <mark>leak</mark>"),
        ("Un café naïf", ["cafe", "naïf"], "Un <mark>café</mark> <mark>naïf</mark>"),
        ("Straße", ["strasse"], "<mark>Straße</mark>"),
        ("scale, scaled", ["scaling"], "<mark>scale</mark>, <mark>scaled</mark>"),
        ("The theory of the thing", ["the", "theory"], "<mark>The</mark> <mark>the</mark>ory of <mark>the</mark> thing"),
        ("np and numpy", ["np"], "<mark>np</mark> and numpy"),
        ("escalating", ["scale"], "escalating"),
        ("", ["a"], ""),
    ],
)
def test_matches_are_marked_and_the_rest_is_escaped(text, words, shown):
    assert marked(text, Terms(words)) == shown


def test_excerpt_has_the_first_match_and_is_cut_between_words():
    text = " ".join(["filler"] * 100 + ["needle"] + ["filler"] * 100)
    cut = excerpt(text, Terms(["needle"]))
    assert "needle" in cut
    assert (cut[:2], cut[-2:]) == ("… ", " …")
    assert len(cut) <= LONG + 4
    assert set(cut.split()) == {"…", "filler", "needle"}
    assert excerpt("x" * 1000, Terms(["y"])) == "x" * LONG + " …"


def test_markdown_becomes_a_line_of_words():
    assert plain("# Head\n\n[a *link*](https://example.org/x_y) and `code_of_mine` **bold**") == "Head a link and code_of_mine bold"
    assert plain("[NumPy](https://example.org/np_(library)) and __all__ a_ _b") == "NumPy and all a b"


@pytest.mark.parametrize("piece", ["[", "[](", "[a", "[](()", "[]([x", "_", "a_", "#", "> ", "`", "*_"])
def test_note_of_nothing_but_marks_takes_no_longer_than_one_of_words(piece):
    began = process_time()
    plain("a" + piece * (20_000 // len(piece)) + "b")
    assert process_time() - began < 0.5


# --- Searches without an answer -------------------------------------------------------------------------------------


def test_words_without_an_answer_are_counted_and_nobody_with_them(client, sign_in, learner, curriculum):
    for browser, status in ((client, 302), (sign_in(learner, htmx=True), 200)):
        assert browser.post("/search/unanswered/", {"q": "How to fly a Zeppelin"}).status_code == status
    held = Unanswered.objects.get()
    assert (held.count, held.last_on) == (2, timezone.now().date())
    assert "zeppelin" in held.words
    assert {field.name for field in Unanswered._meta.get_fields()} == {"id", "words", "count", "last_on"}


def test_without_javascript_counting_leads_back_to_the_answer(client, curriculum):
    assert client.post("/search/unanswered/", {"q": "zeppelin"})["Location"] == "/search/?q=zeppelin"


def test_what_has_an_answer_is_not_counted(client, sign_in, learner, curriculum):
    Note.objects.create(learner=learner, skill=curriculum.git, text="zeppelin")
    sign_in(learner).post("/search/unanswered/", {"q": "zeppelin"})
    for typed in ("pandas", "statistcis", "", "x"):
        client.post("/search/unanswered/", {"q": typed})
    assert not Unanswered.objects.exists()


@pytest.mark.parametrize(
    "typed",
    [
        "amina@example.org",
        "zeppelin amina@example.org",
        "https://example.org/?token=abc",
        "www.example.org",
        "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
        "hunter2hunter2",
        "+49 170 1234567",
        "4111 1111 1111 1111",
        "averyveryveryverylongwordthatisnoword",
        "550e8400-e29b-41d4-a716-446655440000",
        "??",
    ],
)
def test_what_may_lead_to_a_person_is_never_counted(client, curriculum, typed):
    client.post("/search/unanswered/", {"q": typed})
    assert not Unanswered.objects.exists()


@pytest.mark.parametrize("typed", ["kubernetes", "c++ interop", "word2vec", "spaced repetition", "h100 gpu", "naïve über"])
def test_words_may_be_counted(typed):
    assert may_be_counted(typed)


def test_counted_words_are_normal_and_short(db):
    assert note_unanswered(typed="ZEPPELIN", words=("ZEPPELIN",))
    assert note_unanswered(typed="zeppelin", words=("zeppelin",))
    assert Unanswered.objects.get().count == 2
    note_unanswered(typed="many", words=tuple(f"word{letter * 5}" for letter in "abcdefghijkl"))
    assert max(len(held.words) for held in Unanswered.objects.all()) <= 60


def test_flood_of_words_drops_those_that_were_asked_for_least_and_longest_ago(db, monkeypatch):
    assert MOST >= 1000
    monkeypatch.setattr("roadmap.search.services.MOST", 3)
    for word in ("zeppelin", "first", "zeppelin", "second", "third", "fourth", "zeppelin", "fourth"):
        assert note_unanswered(typed=word, words=(word,))
    assert dict(Unanswered.objects.values_list("words", "count")) == {"zeppelin": 3, "fourth": 2, "third": 1}


@pytest.mark.django_db(transaction=True)
def test_counting_at_once_loses_nothing(curriculum, together):
    together(8, lambda number: note_unanswered(typed="zeppelin", words=("zeppelin",)))
    assert Unanswered.objects.get().count == 8


def test_what_nobody_asks_for_any_more_is_dropped(db):
    today = timezone.now().date()
    Unanswered.objects.create(words="old", last_on=today - timedelta(days=181))
    Unanswered.objects.create(words="new", last_on=today - timedelta(days=179))
    drop_old_searches(timestamp=0)
    assert [held.words for held in Unanswered.objects.all()] == ["new"]


def test_editor_reads_them_in_the_workshop_and_changes_nothing(sign_in, editor, db):
    held = Unanswered.objects.create(words="zeppelin", count=3, last_on=timezone.now().date())
    workshop: Client = sign_in(editor)
    assert "zeppelin" in workshop.get("/admin/search/unanswered/").content.decode()
    for address in ("add/", f"{held.pk}/delete/"):
        assert workshop.get(f"/admin/search/unanswered/{address}").status_code == 403
    assert workshop.post(f"/admin/search/unanswered/{held.pk}/change/", {"words": "x", "count": 1}).status_code == 403
