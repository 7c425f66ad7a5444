"""The database is gone, restarts, stalls or holds a lock: a page says so in time, and the next one is served."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

import psycopg
import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import ConnectionHandler, InterfaceError, OperationalError, connection, connections
from django.test import Client
from lxml import html

from roadmap.curriculum import snapshot
from roadmap.web.errors import is_database_trouble

pytestmark = pytest.mark.urls("tests.web.urls_with_a_private_page")


@contextmanager
def database_at(host: str, port: int) -> Iterator[None]:
    """Has this thread look for its database at another address."""
    elsewhere = {"ENGINE": "django.db.backends.postgresql", "NAME": "staircase", "USER": "staircase", "HOST": host, "PORT": port}
    options = {"connect_timeout": settings.DATABASES["default"]["OPTIONS"]["connect_timeout"]}
    mine = connections["default"]
    connections["default"] = ConnectionHandler({"default": {**elsewhere, "OPTIONS": options}})["default"]
    try:
        yield
    finally:
        connections["default"].close()
        connections["default"] = mine


@pytest.fixture
def refusing_database(db: None) -> Iterator[None]:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with database_at(*unused.getsockname()):
            yield


@pytest.fixture
def silent_database(db: None) -> Iterator[None]:
    with socket.create_server(("127.0.0.1", 0)) as deaf, database_at(*deaf.getsockname()):
        yield


def send(address: str, **environ: str) -> tuple[int, dict[str, str], bytes]:
    """A request as a server hands it over: the connection is kept, and checked, between two of them."""
    answered = {}
    path, _, query = address.partition("?")
    request = {
        "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query, "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80",
        "wsgi.input": BytesIO(), "wsgi.url_scheme": "http", "REMOTE_ADDR": "127.0.0.1",
    }  # fmt: skip
    response = WSGIHandler()({**request, **environ}, lambda status, headers: answered.update(status=int(status[:3]), headers=dict(headers)))
    body = b"".join(response)
    response.close()
    return answered["status"], answered["headers"], body


def session_cookie(client: Client) -> dict[str, str]:
    return {"HTTP_COOKIE": f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"}


def is_the_503_page(answer: tuple[int, dict[str, str], bytes]) -> bool:
    status, headers, body = answer
    assert status == 503
    assert headers["Retry-After"] == "10"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "private, no-cache"
    assert "HX-Request" in headers["Vary"]
    assert html.fromstring(body.decode()).findtext(".//h1") == "We’re laying new stone"
    return True


def kill_connection() -> None:
    with psycopg.connect(**{**connection.get_connection_params(), "cursor_factory": None, "context": None}, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])


@pytest.mark.parametrize("address", ["/", "/stages/ground/", "/skills/numpy/", "/ideas/", "/sitemap.xml", "/no-such-page/"])
@pytest.mark.parametrize(
    "cookie", [{}, {"HTTP_COOKIE": "sessionid=abcdefghijklmnopqrstuvwxyz012345"}], ids=["first visit", "with a session"]
)
@pytest.mark.parametrize("hx", [{}, {"HTTP_HX_REQUEST": "true"}], ids=["page", "htmx"])
def test_visitor_gets_the_503_page_when_the_database_refuses(refusing_database, address, cookie, hx):
    answer = send(address, **cookie, **hx)
    # The page for an unknown address needs no database before anybody has signed in.
    assert answer[0] == 404 if address == "/no-such-page/" and not cookie else is_the_503_page(answer)


@pytest.mark.parametrize("address", ["/", "/private/"])
def test_visitor_gets_the_503_page_within_three_seconds_when_the_database_is_silent(silent_database, address):
    began = time.monotonic()
    assert is_the_503_page(send(address, HTTP_COOKIE="sessionid=abcdefghijklmnopqrstuvwxyz012345"))
    assert time.monotonic() - began < 3


def test_styles_and_health_are_served_without_a_database(refusing_database):
    assert [send(address)[0] for address in ("/healthz", "/static/img/favicon.svg", "/robots.txt")] == [200, 200, 200]


def test_process_is_healthy_and_not_ready_without_a_database(refusing_database):
    status, _, body = send("/readyz")
    assert (status, body) == (503, b'{"ready": false, "reasons": ["The database does not answer."]}')


@pytest.mark.django_db(transaction=True)
def test_connection_that_was_cut_between_two_requests_is_replaced(curriculum, learner, sign_in, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", None)
    cookie = session_cookie(sign_in(learner))
    connection.close()
    assert send("/", **cookie)[0] == 200
    kill_connection()
    assert send("/", **cookie)[0] == 200


@pytest.mark.django_db(transaction=True)
def test_connection_that_is_cut_within_a_request_costs_this_request_only(curriculum, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", None)
    connection.close()
    read = snapshot._revision

    def cut_once() -> int:
        monkeypatch.setattr(snapshot, "_revision", read)
        connection.ensure_connection()
        kill_connection()
        return read()

    monkeypatch.setattr(snapshot, "_revision", cut_once)
    assert is_the_503_page(send("/"))
    assert send("/")[0] == 200


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("table", ["progress_mark", "django_session", "accounts_user"])
@pytest.mark.parametrize("timeout", ["lock_timeout", "statement_timeout"])
def test_lock_that_is_held_costs_a_page_the_timeout_and_no_more(curriculum, learner, sign_in, table, timeout):
    cookie = session_cookie(sign_in(learner))
    with psycopg.connect(**{**connection.get_connection_params(), "cursor_factory": None, "context": None}) as other:
        other.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        with connection.cursor() as cursor:
            cursor.execute(f"SET {timeout} = '100ms'")
        # The test's own connection carries the short timeout: the page must not open another one.
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(connection.settings_dict, "CONN_MAX_AGE", None)
            connection.close_at = None
            assert is_the_503_page(send("/", **cookie))
            # Pages that need none of it are served.
            assert send("/robots.txt")[0] == 200
        other.rollback()
    connection.close()
    assert send("/", **cookie)[0] == 200


@pytest.mark.django_db(transaction=True)
def test_session_that_cannot_be_saved_is_a_503_and_no_500(curriculum, client):
    """The failure comes after the view, from the session's own middleware."""
    with psycopg.connect(**{**connection.get_connection_params(), "cursor_factory": None, "context": None}) as other:
        other.execute("LOCK TABLE django_session IN ACCESS EXCLUSIVE MODE")
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '100ms'")
        visitor = Client(raise_request_exception=False)
        assert visitor.post("/skills/numpy/mark/", {"state": "done"}).status_code == 503


@pytest.mark.parametrize(
    ("error", "verdict"),
    [(OperationalError("gone"), True), (InterfaceError("closed"), True), (ValueError("no"), False), (RuntimeError("wrapped"), False)],
)
def test_only_the_database_makes_a_503(error, verdict):
    assert is_database_trouble(error) is verdict


def test_trouble_is_found_behind_the_error_of_a_library():
    wrapped = RuntimeError("the queue could not be reached")
    wrapped.__cause__ = OperationalError("gone")
    assert is_database_trouble(wrapped)
