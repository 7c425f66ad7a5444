"""The floor: the same bytes with nothing around them. WSGI, psycopg, a template cut into pieces beforehand.

A page is one SELECT and a join; a mark is one INSERT … ON CONFLICT with its event. No session, user, CSRF token or permission.
"""

import json
import os
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import psycopg

READ = "SELECT skill_id, state FROM bare_mark WHERE learner_id = %s"
MARK = """
WITH put AS (
    INSERT INTO bare_mark (learner_id, skill_id, state, claimed_at, updated_at)
    VALUES (%(learner)s::bigint, %(skill)s::bigint, %(state)s::text, CASE WHEN %(state)s::text = 'done' THEN now() END, now())
    ON CONFLICT (learner_id, skill_id) DO UPDATE SET state = EXCLUDED.state, claimed_at = EXCLUDED.claimed_at, updated_at = EXCLUDED.updated_at
)
INSERT INTO bare_event (learner_id, skill_id, from_state, to_state, source, at) VALUES (%(learner)s::bigint, %(skill)s::bigint, '', %(state)s::text, 'page', now())
"""

_known = json.loads(Path(os.environ["BENCH_BARE"]).read_text())
# A page is its pieces and, between them, the skills whose states belong there.
_pages = {path: ([piece.encode() for piece in page["pieces"]], page["skills"], page["learner"]) for path, page in _known["pages"].items()}
_answer = _known["answer"].encode()
_held = threading.local()


def _connection() -> "psycopg.Connection[Any]":
    if not hasattr(_held, "connection"):
        _held.connection = psycopg.connect(_known["database"], autocommit=True)
    return _held.connection  # type: ignore[no-any-return]


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    if environ["REQUEST_METHOD"] == "POST":
        sent = parse_qs(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])).decode())
        _connection().execute(MARK, {"learner": sent["learner"][0], "skill": sent["skill"][0], "state": sent["state"][0]})
        body = _answer
    else:
        pieces, skills, learner = _pages[environ["PATH_INFO"]]
        states = {skill: state.encode() for skill, state in _connection().execute(READ, [learner])}
        parts = [pieces[0]]
        for skill, piece in zip(skills, pieces[1:], strict=True):
            parts += states.get(skill, b"none"), piece
        body = b"".join(parts)
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))])
    return [body]
