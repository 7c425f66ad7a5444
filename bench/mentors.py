"""A mentor's home with 500 mentees of 90 marks each, among a thousand and among many learners: the CPU of both side by side, SQL
statements, and the pages of the database that they touch.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any
from urllib.parse import quote

from django.db import connection
from django.test import Client

from accounts.models import User
from roadmap.curriculum import snapshot

from .processes import Server, cpu_used, data_directory, serving
from .scale import FEW, a_copy, connect
from .traffic import HOST, Browser, send, statements_of

MENTEES, FEW_MENTEES, MARKS = 500, 5, 90
# What somebody else has: most begin and stay low. And how many learners one of the other mentors takes along.
OTHERS_MARKS, OTHERS_MENTEES = 4, 20
REQUESTS = 5
HOME = "/mentoring/"
# Ids of the rows that are made here, far from those of the demo people.
FIRST = 1_000_000

_PEOPLE = """
INSERT INTO accounts_user (id, password, is_superuser, email, name, handle, is_active, is_staff, date_joined)
SELECT %(first)s + n, '!', false, 'climber-' || n || '@bench.example', 'Climber ' || n, 'climber-' || n, true, false, now()
FROM generate_series(-1, %(learners)s + 1 + %(learners)s / %(others)s) AS n
"""
# Number -1 takes MENTEES along, number 0 FEW_MENTEES; the mentees stand as far from each other as people who met by chance.
_MENTORSHIPS = """
INSERT INTO mentoring_mentorship (id, scopes, next_step, version, learner_id, mentor_id)
SELECT lpad(n::text, 12, 'm'), '{progress,projects}', '', 1, %(first)s + n,
       %(first)s + CASE WHEN n %% (%(learners)s / %(mentees)s) = 0 THEN -1 WHEN n %% (%(learners)s / %(few)s) = 1 THEN 0
                        ELSE %(learners)s + 1 + n / %(others)s END
FROM generate_series(1, %(learners)s) AS n
"""
# Written as life does: everybody's first, everybody's second, … Each loop is one of the tables that grow with the climb.
_CLIMB = """
INSERT INTO {table} (learner_id, {columns})
SELECT who.learner_id, item.id, {values}
FROM mentoring_mentorship AS who, (SELECT id, row_number() OVER (ORDER BY id) AS place FROM {of}) AS item
WHERE who.learner_id > %(first)s AND item.place <= CASE WHEN who.mentor_id <= %(first)s THEN %(marks)s ELSE %(others_marks)s END
ORDER BY item.place, hashint8(who.learner_id)
"""
_CLIMBS = (
    ("progress_mark", "skill_id, state, claimed_at", "CASE item.place % 4 WHEN 0 THEN 'learning' ELSE 'done' END, CASE WHEN item.place % 4 > 0 THEN now() END", "stages_skill"),
    ("progress_markevent", "skill_id, from_state, to_state, source, at", "'', 'learning', 'page', now() - item.place * interval '2 hours'", "stages_skill"),
    ("progress_tick", "point_id, ticked_at", "now() - item.place * interval '2 hours'", "stages_donepoint"),
)  # fmt: skip
# Every second mentee, and every fourth learner of another mentor, has a project that waits.
_PROJECTS = """
INSERT INTO portfolio_project
    (id, learner_id, title, slug, summary, url, repository, key, demo_url, writeup_url, post_url, visibility, split, baseline, leaks, failures, next, version)
SELECT lpad(n::text, 12, 'p'), %(first)s + n, 'Prices', 'prices', '', 'https://example.org/' || n, '', 'url:' || n, '', '', '', 'private', '', '', '', '', '', 1
FROM generate_series(1, %(learners)s) AS n WHERE n %% (2 * %(learners)s / %(mentees)s) = 0 OR n %% 4 = 3
"""
_REVIEWS = """
INSERT INTO mentoring_review (id, project_id, reviewer_id, reviewer_name, state, question, commit, commit_before, looks, reason, draft, reminded, version, draft_version)
SELECT lpad(ltrim(project.id, 'p'), 12, 'r'), project.id, who.mentor_id, 'Mentor', 'asked', '', '', '', 1, '', '{}', 0, 1, 1
FROM portfolio_project AS project JOIN mentoring_mentorship AS who USING (learner_id) WHERE who.learner_id > %(first)s
"""
_GROWN = "accounts_user, mentoring_mentorship, mentoring_review, portfolio_project, progress_mark, progress_markevent, progress_tick"


@dataclass(frozen=True, slots=True)
class Home:
    """What the page sends to the database for MENTEES and for FEW_MENTEES, and what answering MENTEES touches there."""

    statements: int
    statements_of_few: int
    rows: int
    buffers: int


@dataclass(frozen=True, slots=True)
class Mentors:
    """`few` and `many` are among FEW and among `learners`; milliseconds are of CPU, application and database, for one request."""

    learners: int
    seconds: float
    few: Home
    many: Home
    few_ms: float
    many_ms: float
    ratio: float


def measure(*, rounds: int, learners: int) -> Mentors:
    """Two databases and two servers, asked in turn."""
    with a_copy("bench_mentors_few") as few, a_copy("bench_mentors_many") as many:
        _fill(few, FEW)
        seconds = _fill(many, learners)
        homes, cookies = [], []
        for name in (few, many):
            with _using(name):
                homes.append(_home())
                cookies.append(Browser(User.objects.get(handle="climber--1")).cookie)
        data = data_directory()
        with (
            serving("roadmap.wsgi:application", DATABASE_URL=_url(few)) as first,
            serving("roadmap.wsgi:application", DATABASE_URL=_url(many)) as second,
        ):
            servers = list(zip((first, second), cookies, strict=True))
            for server, cookie in servers:
                _ask(server, cookie)
            taken: list[tuple[float, float]] = []
            for _ in range(rounds):
                pair = []
                for server, cookie in servers:
                    with cpu_used(server, data) as used:
                        _ask(server, cookie)
                    pair.append(used[0] * 1000 / REQUESTS)
                taken.append((pair[0], pair[1]))
    return Mentors(
        learners=learners,
        seconds=seconds,
        few=homes[0],
        many=homes[1],
        few_ms=median(few for few, _ in taken),
        many_ms=median(many for _, many in taken),
        ratio=median(many / few for few, many in taken),
    )  # fmt: skip


def _fill(name: str, learners: int) -> float:
    began = time.monotonic()
    values = {
        "first": FIRST, "learners": learners, "mentees": MENTEES, "few": FEW_MENTEES, "others": OTHERS_MENTEES,
        "marks": MARKS, "others_marks": OTHERS_MARKS,
    }  # fmt: skip
    climbs = [
        _CLIMB.format(table=table, columns=columns, values=said.replace("%", "%%"), of=items) for table, columns, said, items in _CLIMBS
    ]
    with connect(name) as filled:
        # No triggers: only the tables that are read.
        filled.execute("SET session_replication_role = replica")
        for statement in (_PEOPLE, _MENTORSHIPS, *climbs, _PROJECTS, _REVIEWS):
            filled.execute(statement, values)  # type: ignore[call-overload]
        filled.execute(f"VACUUM ANALYZE {_GROWN}")
    return time.monotonic() - began


@contextmanager
def _using(name: str) -> Iterator[None]:
    """This process's own connection leads to another database meanwhile."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    snapshot._held = None
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
        snapshot._held = None


def _home() -> Home:
    sent, sent_of_few = (_statements(handle) for handle in ("climber--1", "climber-0"))
    plans = [_plan(sql, values) for sql, values in sent if sql.lstrip().upper().startswith("SELECT")]
    return Home(
        statements=len(sent),
        statements_of_few=len(sent_of_few),
        rows=sum(round(plan["Actual Rows"]) for plan in plans),
        buffers=sum(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] for plan in plans),
    )


def _statements(handle: str) -> list[tuple[str, Any]]:
    client = Client(SERVER_NAME=HOST)
    client.force_login(User.objects.get(handle=handle))
    client.get(HOME)
    return statements_of(lambda: client.get(HOME))


def _plan(sql: str, values: Any) -> dict[str, Any]:
    with connection.cursor() as cursor:
        # Once before: what Postgres looks up about the tables is not the statement's own.
        cursor.execute(f"EXPLAIN (ANALYZE) {sql}", values)
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", values)
        plan: dict[str, Any] = cursor.fetchone()[0][0]["Plan"]
    return plan


def _ask(server: Server, cookie: str) -> None:
    client = server.client()
    for _ in range(REQUESTS):
        send(client, "GET", HOME, None, {"Cookie": cookie})
    client.close()


def _url(name: str) -> str:
    parameters = connection.get_connection_params()
    return f"postgres://{parameters['user']}@{quote(parameters['host'], safe='')}/{name}"
