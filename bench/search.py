"""The search among many notes: the server's time for a page of results, each as somebody who has notes of one's own asks for it."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.test import Client

from accounts.models import User
from roadmap.search.finding import find
from roadmap.search.query import read_query
from roadmap.web import limits

PEOPLE, NOTES_OF_ONE = 5_000, 40
# A third as they are written, a third as they are being typed, a third mistyped or not there: what costs most is asked as often.
QUESTIONS = (
    *("numpy", "data leakage", "random forest", "how do i learn pandas", "gradient descent", "model", "résumé", "docker"),
    *("gr", "gradi", "pan", "cross val", "da", "mod", "le", "log reg"),
    *("gradiant decent", "pyhton", "tensoflow", "confussion matrix", "kubernetes", "recomender", "pandas seaborn docker", "zeppelin"),
)
WORDS = (
    "array shape axis matrix gradient model loss split leak fold score table join group mean median tree forest depth layer batch epoch token "
    "query index page docker cloud drift chart figure test fixture branch commit again why because remember next tomorrow careful slow fast"
).split()


@dataclass(frozen=True, slots=True)
class Searching:
    """Milliseconds; `seconds` is what writing the data set took."""

    notes: int
    people: int
    median: float
    p95: float
    slowest: float
    statement_p95: float
    seconds: float


def measure(*, requests: int = 400) -> Searching:
    """In the database at hand, of which nothing else is asked afterwards than what does not read notes."""
    began = time.monotonic()
    notes = _fill()
    seconds = time.monotonic() - began
    chance = random.Random(5)
    people = [User.objects.get(handle=f"writer-{chance.randrange(PEOPLE)}") for _ in range(30)]
    browsers = [_signed_in(person) for person in people]
    for question in QUESTIONS:  # parts are rendered, dictionaries are read, entries are made
        browsers[0].get("/search/", {"q": question})
    asked = [(chance.randrange(len(people)), chance.choice(QUESTIONS)) for _ in range(requests)]
    pages, searches = [], []
    for number, question in asked:
        limits.forget()
        pages.append(_milliseconds(lambda number=number, question=question: _get(browsers[number], question)))  # type: ignore[misc]
        query = read_query(question)
        searches.append(_milliseconds(lambda number=number, query=query: find(query, learner_id=people[number].pk)))  # type: ignore[misc]
    pages.sort()
    searches.sort()
    place = int(len(pages) * 0.95)
    return Searching(notes, PEOPLE, pages[len(pages) // 2], pages[place], pages[-1], searches[place], seconds)


def _get(browser: Client, question: str) -> None:
    answer = browser.get("/search/", {"q": question}, headers={"HX-Request": "true", "HX-Trigger": "q"})
    if answer.status_code != 200:
        raise SystemExit(f"The search for {question} was answered with {answer.status_code}.")


def _milliseconds(act: Callable[[], object]) -> float:
    """The fastest of three: what else the machine does meanwhile isn't the server's time."""
    took = []
    for _ in range(3):
        began = time.perf_counter()
        act()
        took.append(time.perf_counter() - began)
    return min(took) * 1000


def _signed_in(person: User) -> Client:
    session = SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(person.pk), person.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session.save()
    client = Client(SERVER_NAME="127.0.0.1")
    client.cookies["sessionid"] = session.session_key
    return client


def _fill() -> int:
    """Notes of 30 to 150 words, as they come about: everybody's first, everybody's second, …"""
    User.objects.bulk_create([User(email=f"writer-{n}@demo.staircase.example", handle=f"writer-{n}", name="Writer") for n in range(PEOPLE)])
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.5)")
        cursor.execute(
            """
            INSERT INTO progress_note (learner_id, skill_id, text, version, updated_at)
            SELECT writer.id, skill.id,
                   (SELECT string_agg((%(words)s::text[])[1 + (random() * %(last)s)::int], ' ') || ' ' || writer.handle || ' ' || skill.slug
                    FROM generate_series(1, 30 + (random() * 120)::int + 0 * writer.id::int)), 1, now()
            FROM (SELECT id, slug, row_number() OVER (ORDER BY id) AS place FROM stages_skill WHERE retired_at IS NULL) AS skill,
                 accounts_user AS writer
            WHERE skill.place <= %(most)s AND writer.handle LIKE 'writer-%%' ORDER BY skill.place, hashint8(writer.id)
            """,
            {"words": WORDS, "last": len(WORDS) - 1, "most": NOTES_OF_ONE},
        )
        written: int = cursor.rowcount
        cursor.execute("ANALYZE progress_note, search_notewords, search_entry, search_word, accounts_user")
    return written
