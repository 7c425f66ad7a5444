"""Reading one's own marks among a thousand and among many learners: the pages of the database that it touches."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any

import psycopg
from django.db import connection
from psycopg import sql

from roadmap.progress import services

FEW = 1_000
MARKS, TICKS = 30, 60
READERS = 25


@dataclass(frozen=True, slots=True)
class Scale:
    learners: int
    buffers: int
    seconds: float


def measure(learners: int) -> Scale:
    """Marks are written as life does: everybody's first, everybody's second, …"""
    with a_copy(f"bench_{learners}") as name, connect(name) as scale:
        seconds = _fill(scale, learners)
        return Scale(learners, _buffers(scale, learners), seconds)


def _fill(scale: "psycopg.Connection[Any]", learners: int) -> float:
    began = time.monotonic()
    # No accounts, no counting: only the tables that are read.
    scale.execute("SET session_replication_role = replica")
    scale.execute("TRUNCATE progress_mark, progress_tick, progress_tallychange")
    scale.execute(
        """
        INSERT INTO progress_mark (learner_id, skill_id, state, claimed_at, updated_at)
        SELECT learner, skill.id, 'done', now(), now()
        FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM stages_skill) AS skill, generate_series(1, %s) AS learner
        WHERE skill.place <= %s ORDER BY skill.place, hashint8(learner)
        """,
        [learners, MARKS],
    )
    scale.execute(
        """
        INSERT INTO progress_tick (learner_id, point_id, ticked_at)
        SELECT learner, point.id, now()
        FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM stages_donepoint) AS point, generate_series(1, %s) AS learner
        WHERE point.place <= %s ORDER BY point.place, hashint8(learner)
        """,
        [learners, TICKS],
    )
    scale.execute("VACUUM ANALYZE progress_mark, progress_tick")
    return time.monotonic() - began


def _buffers(scale: "psycopg.Connection[Any]", learners: int) -> int:
    """Median over some learners, of the statement that every page of a learner sends."""
    read = services._READ_LEARNER
    scale.execute(f"EXPLAIN (ANALYZE, BUFFERS) {read}", {"climber": 1})
    counts = []
    for number in range(1, READERS + 1):
        row = scale.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {read}", {"climber": number * learners // (READERS + 1)}).fetchone()
        assert row
        plan = row[0][0]["Plan"]
        counts.append(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])
    return round(median(counts))


@contextmanager
def a_copy(name: str) -> Iterator[str]:
    """A database of its own with what the product's holds, dropped at the end."""
    template = connection.settings_dict["NAME"]
    connection.close()
    with connect("postgres") as admin:
        admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
        try:
            yield name
        finally:
            admin.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))


def connect(name: str) -> "psycopg.Connection[Any]":
    """Past the product, straight to a database of its server."""
    parameters = connection.get_connection_params()
    return psycopg.connect(host=parameters["host"], user=parameters["user"], dbname=name, autocommit=True)
