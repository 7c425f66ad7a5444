import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.test import Client, RequestFactory
from lxml import html

from roadmap import views
from roadmap.web import errors


@pytest.fixture
def broken_page(monkeypatch, db):
    """The home page fails in a way that nobody has foreseen."""

    def fail(*args, **kwargs):
        raise ZeroDivisionError("nobody has foreseen this")

    monkeypatch.setattr(views, "climb_of", fail)
    return Client(raise_request_exception=False)


def heading(answer) -> str:
    return html.fromstring(answer.content.decode()).findtext(".//h1")


def test_failure_shows_a_page_with_a_reference_that_is_in_the_log(broken_page, caplog):
    answer = broken_page.get("/")
    reference = html.fromstring(answer.content.decode()).findtext(".//code")
    assert (answer.status_code, heading(answer)) == (500, "We tripped on the stairs")
    assert answer["X-Request-ID"].startswith(reference)
    [failed] = [record.msg for record in caplog.records if isinstance(record.msg, dict) and record.msg["event"] == "request_failed"]
    assert failed["request_id"] == answer["X-Request-ID"]


def test_failure_tells_nothing_of_its_cause(broken_page):
    assert b"foreseen" not in broken_page.get("/").content


def test_failure_page_needs_no_statement(broken_page, statements):
    with statements(exactly=0):
        broken_page.get("/")


def test_failing_error_page_still_answers(monkeypatch):
    monkeypatch.setattr(errors, "render_to_string", lambda *args: 1 / 0)
    answer = errors.server_error(RequestFactory().get("/"))
    assert (answer.status_code, heading(answer)) == (500, "Error 500")


@pytest.mark.parametrize(
    "address",
    ["/no-such-page/", "/stages/no-such-stage/", "/skills/no-such-skill/", "/ideas/no-such-idea/", "/skills/hidden/", "/stages/draft/"],
)
def test_unknown_address_says_that_progress_is_safe_and_leads_on(address, curriculum, client):
    answer = client.get(address)
    page = html.fromstring(answer.content.decode())
    assert (answer.status_code, heading(answer)) == (404, "This step isn’t here")
    assert "Your progress is safe" in page.text_content()
    assert page.xpath("//main//a/@href") == ["/"]


def test_form_whose_token_is_gone_says_what_to_do(curriculum):
    answer = Client(enforce_csrf_checks=True).post(
        "/skills/numpy/mark/", {"state": "done"}, headers={"Referer": "http://testserver/skills/numpy/"}
    )
    assert (answer.status_code, heading(answer)) == (403, "This page is out of date")


def test_refusal_is_a_page_of_its_own(monkeypatch, db, client):
    def refuse(*args, **kwargs):
        raise PermissionDenied

    monkeypatch.setattr(views, "climb_of", refuse)
    answer = client.get("/")
    assert (answer.status_code, heading(answer)) == (403, "This door is locked")


def test_request_of_another_host_is_unreadable(client):
    answer = client.get("/healthz", headers={"Host": "evil.example"})
    assert (answer.status_code, heading(answer)) == (400, "We couldn’t read that")


@pytest.mark.parametrize(
    ("state", "shown"), [("finished", "“finished” isn’t a state"), ("", "“” isn’t a state"), ("<b>x</b>", "“<b>x</b>” isn’t a state")]
)
def test_state_that_does_not_exist_is_refused_with_a_sentence_and_a_way_back(state, shown, curriculum, client):
    answer = client.post("/skills/numpy/mark/", {"state": state}, headers={"Referer": "http://testserver/stages/ground/?x=1"})
    page = html.fromstring(answer.content.decode())
    assert answer.status_code == 422
    assert shown in page.text_content()
    assert page.xpath("//main//a/@href") == ["/stages/ground/?x=1"]


def test_refusal_for_htmx_goes_to_the_status_line_and_leaves_the_control(curriculum, htmx_client):
    answer = htmx_client.post("/skills/numpy/mark/", {"state": "finished"})
    assert (answer.status_code, answer["HX-Retarget"], answer["HX-Reswap"]) == (422, "#status", "innerHTML")
    assert html.fromstring(answer.content.decode()).text_content().strip().startswith("“finished” isn’t a state")
    assert b"<html" not in answer.content


@pytest.mark.parametrize(
    "referer", ["https://evil.example/stages/ground/", "javascript:alert(1)", "//evil.example", "", "http://testserver.evil.example/"]
)
def test_way_back_never_leads_to_another_site(referer, curriculum, client):
    answer = client.post("/skills/numpy/mark/", {"state": "finished"}, headers={"Referer": referer})
    assert html.fromstring(answer.content.decode()).xpath("//main//a/@href") == ["/"]


def test_error_pages_never_ask_for_the_user():
    """AnonymousUser stands for a request that got no further than the first middleware."""
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    assert errors.bad_request(request).status_code == 400
