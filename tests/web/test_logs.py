"""What is in the log: a line for each request, with its id; and what never is."""

import json
import logging
from io import StringIO
from time import process_time

import pytest
import structlog
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client, RequestFactory

from roadmap.web import logs
from tests.factories import PASSWORD

CANARIES = ["canary-password-4711", "canary-query-4711", "amina-yusuf@example.org", "canary@example.org"]


@pytest.fixture
def written(monkeypatch):
    """All that was logged, as production writes it, at the most talkative level."""
    formatter = logs.configure(json=True)["formatters"]["structured"]
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(**{name: value for name, value in formatter.items() if name != "()"}))
    monkeypatch.setattr(logging.root, "handlers", [*logging.root.handlers, handler])
    monkeypatch.setattr(logging.root, "level", logging.DEBUG)
    monkeypatch.setattr(logging.getLogger("django_structlog"), "level", logging.NOTSET)
    logging.root.manager._clear_cache()
    yield stream.getvalue
    monkeypatch.undo()
    logging.root.manager._clear_cache()


def lines(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


def events(text: str) -> list[str]:
    return [line["event"] for line in lines(text)]


def test_request_is_one_line_with_its_id_and_status(written, client):
    answer = client.get("/healthz")
    [finished] = [line for line in lines(written()) if line["event"] == "request_finished"]
    assert {**finished, "timestamp": None} == {
        "event": "request_finished",
        "code": 200,
        "request": "GET /healthz",
        "request_id": answer["X-Request-ID"],
        "level": "info",
        "logger": "django_structlog.middlewares.request",
        "timestamp": None,
    }


def test_request_id_that_a_client_sends_is_not_taken_over(client):
    assert client.get("/healthz", headers={"X-Request-ID": "forged\tid"})["X-Request-ID"] != "forged\tid"


def test_line_of_a_learner_names_the_id_and_costs_no_statement(written, curriculum, learner, sign_in, statements):
    browser = sign_in(learner)
    browser.post("/skills/numpy/mark/", {"state": "done"})
    text = written()
    assert [line["user_id"] for line in lines(text) if line.get("code") == 302] == [learner.pk]
    with statements(exactly=0):
        browser.get("/robots.txt")


def test_nothing_that_a_person_types_is_written_down(written, learner, curriculum, client):
    client.get("/resources/?q=canary-query-4711&email=canary@example.org")
    client.post("/accounts/login/", {"login": learner.email, "password": "canary-password-4711"})
    client.post("/accounts/signup/", {"name": "Canary", "email": "canary@example.org", "password1": "canary-password-4711"})
    client.post("/accounts/password/reset/", {"email": learner.email})
    client.get("/no-such-page/amina-yusuf@example.org/")
    client.post("/accounts/login/", {"login": learner.email, "password": PASSWORD})
    text = written()
    assert "request_finished" in text
    assert [canary for canary in [*CANARIES, PASSWORD, client.cookies["sessionid"].value] if canary in text] == []


def test_keys_in_links_are_not_written_down(written, db, client):
    paths = [
        "/accounts/confirm-email/MQ:1abcde:canary-signature/",
        "/accounts/password/reset/key/3-canary-key-123/",
        "/climb/calendar/Canary-Token-0123456789abcdef.ics",
        "/mentoring/join/canary-link-of-letters-alone/",
        "/no-such-page/Canary0123456789Canary/",
    ]
    for path in paths:
        client.get(path)
    text = written()
    assert text.count("[removed]") >= len(paths)
    assert "anary" not in text


def test_forged_form_is_an_event_with_its_reason_and_without_its_address(written, db):
    Client(enforce_csrf_checks=True).post("/accounts/password/reset/key/3-canary-key-123/", {"password1": "canary-password-4711"})
    text = written()
    assert [line["reason"] for line in lines(text) if line["event"] == "csrf_failed"] == ["CSRF cookie not set."]
    assert "anary" not in text


def test_ordinary_addresses_are_written_as_they_are():
    for path in (
        "/",
        "/skills/01-understand-the-role/",
        "/skills/numpy-arrays-and-broadcasting/mark/",
        "/static/css/base.0123456789ab.css",
    ):
        assert logs.safe_path(RequestFactory().get(f"{path}?secret=1")) == path


def test_line_breaks_in_an_address_forge_no_line(written, client, db):
    client.get("/no-such-page/%0A%7B%22event%22:%22forged%22%7D/")
    assert "forged" not in events(written())


def test_secrets_are_removed_by_name_and_by_shape():
    event = {
        "event": "mail to canary@example.org",
        "password": "x",
        "api_token": "x",
        "Authorization": "x",
        "session_key": "x",
        "email": "x",
        "code": 200,
    }
    assert logs.remove_secrets(None, "info", event) == {
        "event": "mail to [removed]",
        **dict.fromkeys(["password", "api_token", "Authorization", "session_key", "email"], "[removed]"),
        "code": 200,
    }


@pytest.mark.parametrize("word", ["a" * 50_000, "a@" * 25_000, "/A" * 25_000])
def test_a_long_word_costs_no_more_than_a_look(word):
    began = process_time()
    logs.remove_secrets(None, "info", {"event": word})
    assert process_time() - began < 0.5  # with a search from every letter, it was minutes


def test_failure_is_written_with_its_traceback_and_without_addresses(written, db):
    try:
        raise ValueError("Key (email)=(canary@example.org) exists")
    except ValueError:
        structlog.get_logger("test").exception("failed")
    [line] = lines(written())
    assert "ValueError: Key (email)=([removed]) exists" in line["exception"]


def test_signing_in_failing_and_out_are_events_with_an_id_and_an_address(written, learner, client):
    client.post("/accounts/login/", {"login": learner.email, "password": "wrong"})
    client.post("/accounts/login/", {"login": learner.email, "password": PASSWORD})
    client.post("/accounts/logout/")
    security = [(line["event"], line["user_id"], line["ip"]) for line in lines(written()) if line["logger"] == "security"]
    assert security == [
        ("sign_in_failed", None, "127.0.0.1"),
        ("signed_in", learner.pk, "127.0.0.1"),
        ("signed_out", learner.pk, "127.0.0.1"),
    ]


def test_signing_up_is_an_event(written, db, client):
    client.post("/accounts/signup/", {"name": "Canary", "email": "canary@example.org", "password1": PASSWORD})
    assert "signed_up" in events(written())
    assert EmailAddress.objects.get().verified is False
    assert len(mail.outbox) <= 1
