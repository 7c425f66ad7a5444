"""Pages and marks of the real product, and the bare reference of the same bytes: CPU for each request."""

import itertools
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.test import Client

from accounts.models import User
from roadmap.curriculum import snapshot
from roadmap.curriculum.snapshot import SkillView, StageView

from .processes import Server, cpu_used, data_directory, serving

STATE = re.compile(r'(?<=<i data-s=")\w+(?=")')
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
HOST = "127.0.0.1"
HTMX = {"HX-Request": "true"}
# A learner may mark 120 skills in one go: each round has a learner of its own, and stays below.
MARKS_OF_A_LEARNER = 100

Send = Callable[[HTTPConnection, int], None]


@dataclass
class Subject:
    """One kind of request, to the product and to its reference."""

    name: str
    product: Send
    bare: Send
    most: int | None = None  # requests of one round
    product_ms: list[float] = field(default_factory=list)
    bare_ms: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        return median(a / b for a, b in zip(self.product_ms, self.bare_ms, strict=True))

    def __str__(self) -> str:
        return f"{self.ratio:.1f}× ({median(self.product_ms):.2f} ms beside {median(self.bare_ms):.2f})"


@dataclass
class Measured:
    subjects: dict[str, Subject]
    sql: dict[str, int]
    home: bytes
    answer: bytes
    paths: list[str]
    cookie: str


class Browser:
    """The session of one learner, spoken to by hand."""

    def __init__(self, learner: User) -> None:
        client = Client(SERVER_NAME=HOST)
        client.force_login(learner)
        answer = client.get(_stage().get_absolute_url())
        found = TOKEN.search(answer.content.decode())
        assert found
        self.token = found.group(1)
        self.cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
        self.client = client


def measure(*, rounds: int, requests: int, folder: Path) -> Measured:
    """Interleaved rounds of sequential requests, the product's and the reference's in turn."""
    learner = User.objects.get(handle="amina-yusuf")
    twins = _twins(learner, rounds + 1)
    stage, skill = _stage(), _skill()
    home_path, stage_path, mark_path = "/", stage.get_absolute_url(), f"{skill.get_absolute_url()}mark/"
    browser, visitor = Browser(learner), Client(SERVER_NAME=HOST)
    pages = {
        "/home": (browser.client.get(home_path).content.decode(), learner.pk),
        "/stage": (browser.client.get(stage_path).content.decode(), learner.pk),
        "/home-anonymous": (visitor.get(home_path).content.decode(), 0),
        "/stage-anonymous": (visitor.get(stage_path).content.decode(), 0),
    }
    form = {"state": "done", "page": "stage"}
    answer = Browser(twins[-1]).client.post(mark_path, form, headers=HTMX).content
    sql = _count_statements(browser.client, visitor, home_path, stage_path, mark_path)
    _write_bare(folder / "bare.json", pages, answer.decode())

    marking = itertools.cycle([Browser(twin) for twin in twins])
    turn: dict[str, Any] = {"browser": next(marking)}

    def mark(client: HTTPConnection, number: int) -> None:
        if number == 0:
            turn["browser"] = next(marking)
        one: Browser = turn["browser"]
        sent = urlencode({**form, "state": ("done", "learning")[number % 2], "csrfmiddlewaretoken": one.token})
        send(client, "POST", mark_path, sent, {"Cookie": one.cookie, **HTMX})

    def mark_bare(client: HTTPConnection, number: int) -> None:
        send(client, "POST", "/mark", urlencode({"state": ("done", "learning")[number % 2], "learner": learner.pk, "skill": skill.id}), {})

    def get(path: str, **headers: str) -> Send:
        return lambda client, number: send(client, "GET", path, None, headers)

    subjects = [
        Subject("home", get(home_path, Cookie=browser.cookie), get("/home")),
        Subject("stage", get(stage_path, Cookie=browser.cookie), get("/stage")),
        Subject("mark", mark, mark_bare, most=MARKS_OF_A_LEARNER),
        Subject("home, anonymous", get(home_path), get("/home-anonymous")),
        Subject("stage, anonymous", get(stage_path), get("/stage-anonymous")),
    ]
    connection.close()
    with serving("roadmap.wsgi:application") as product, serving("bench.bare:application", BENCH_BARE=str(folder / "bare.json")) as bare:
        _run(subjects, product, bare, rounds=rounds, requests=requests)
    return Measured(
        {subject.name: subject for subject in subjects}, sql, pages["/home"][0].encode(), answer, [home_path, stage_path], browser.cookie
    )


def _run(subjects: list[Subject], product: Server, bare: Server, *, rounds: int, requests: int) -> None:
    data = data_directory()
    clients = product.client(), bare.client()
    for subject in subjects:  # every thread opens its connection, every part is rendered once
        for client, send in zip(clients, (subject.product, subject.bare), strict=True):
            for number in range(20):
                send(client, number)
    for _ in range(rounds):
        for subject in subjects:
            count = min(requests, subject.most or requests)
            with cpu_used(product, data) as used:
                for number in range(count):
                    subject.product(clients[0], number)
            subject.product_ms.append(used[0] * 1000 / count)
            with cpu_used(bare, data) as used:
                for number in range(count):
                    subject.bare(clients[1], number)
            subject.bare_ms.append(used[0] * 1000 / count)


def send(client: HTTPConnection, method: str, path: str, body: str | None, headers: dict[str, str]) -> None:
    """One request and the whole of its answer, which must be a page."""
    form = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
    client.request(method, path, body, {**headers, **form})
    answer = client.getresponse()
    answer.read()
    if answer.status != 200:
        raise SystemExit(f"{method} {path} was answered with {answer.status}.")


def statements_of(act: Callable[[], object]) -> list[tuple[str, Any]]:
    """SQL statements with their values, BEGIN, COMMIT and SAVEPOINT left out."""
    sent: list[tuple[str, Any]] = []

    def note(execute: Callable[..., Any], sql: str, values: Any, *rest: Any) -> Any:
        if "SAVEPOINT" not in sql:
            sent.append((sql, values))
        return execute(sql, values, *rest)

    with connection.execute_wrapper(note):
        act()
    return sent


def _count_statements(amina: Client, visitor: Client, home: str, stage: str, mark: str) -> dict[str, int]:
    pages: dict[str, Callable[[], object]] = {
        "home": lambda: amina.get(home),
        "stage": lambda: amina.get(stage),
        "mark": lambda: amina.post(mark, {"state": "learning", "page": "stage"}, headers=HTMX),
        "anonymous": lambda: visitor.get(home),
    }
    return {name: len(statements_of(act)) for name, act in pages.items()}


def _twins(learner: User, count: int) -> list[User]:
    """Learners at the same height, for marks."""
    twins = [User(email=f"twin-{n}@demo.staircase.example", handle=f"twin-{n}", name=learner.name) for n in range(count)]
    User.objects.bulk_create(twins)
    with connection.cursor() as cursor:
        for table, column in (("progress_mark", "skill_id, state, claimed_at, updated_at"), ("progress_tick", "point_id, ticked_at")):
            copied = f"SELECT twin.id, {column} FROM {table}, accounts_user AS twin WHERE learner_id = %s AND twin.handle LIKE 'twin-%%'"
            cursor.execute(f"INSERT INTO {table} (learner_id, {column}) {copied}", [learner.pk])
        for bare, real in (("bare_mark", "progress_mark"), ("bare_event", "progress_markevent")):
            cursor.execute(f"CREATE TABLE {bare} (LIKE {real} INCLUDING ALL)")
        cursor.execute("INSERT INTO bare_mark SELECT * FROM progress_mark")
        cursor.execute("ANALYZE")
    return twins


def _write_bare(file: Path, pages: dict[str, tuple[str, int]], answer: str) -> None:
    """Cuts the pages at the states of their blocks, and finds for each block a skill of that state."""
    with connection.cursor() as cursor:
        cut = {}
        for path, (page, learner) in pages.items():
            cursor.execute("SELECT state, skill_id FROM bare_mark WHERE learner_id = %s ORDER BY skill_id", [learner])
            by_state: dict[str, list[int]] = {"none": [0]}
            for state, skill in cursor.fetchall():
                by_state.setdefault(state, []).append(skill)
            turns = {state: itertools.cycle(skills) for state, skills in by_state.items()}
            pieces, skills, end = [], [], 0
            for block in STATE.finditer(page):
                if block.group() in turns:  # a legend also shows states that nothing has
                    pieces.append(page[end : block.start()])
                    skills.append(next(turns[block.group()]))
                    end = block.end()
            cut[path] = {"pieces": [*pieces, page[end:]], "skills": skills, "learner": learner}
    parameters = connection.get_connection_params()
    database = f"host={parameters['host']} user={parameters['user']} dbname={connection.settings_dict['NAME']}"
    file.write_text(json.dumps({"pages": cut, "answer": answer, "database": database}))


def _stage() -> StageView:
    return snapshot.current().stages[2]


def _skill() -> SkillView:
    """In the middle of a stage, needed by others of it: an answer that has much to renew."""
    return max(_stage().skills, key=lambda skill: len(skill.leads_to))
