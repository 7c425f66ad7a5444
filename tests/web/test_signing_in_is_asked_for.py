from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

PRIVATE = "/private/"
pytestmark = pytest.mark.urls("tests.web.urls_with_a_private_page")


def test_visitor_at_a_private_page_is_sent_to_sign_in_and_back(db, client):
    answer = client.get(f"{PRIVATE}?page=2")
    assert (answer.status_code, urlsplit(answer.url).path) == (302, "/accounts/login/")
    assert parse_qs(urlsplit(answer.url).query) == {"next": [f"{PRIVATE}?page=2"]}


def test_htmx_is_sent_there_by_a_header_and_back_to_the_page_that_it_was_on(db, htmx_client):
    answer = htmx_client.post(PRIVATE, headers={"HX-Current-URL": "http://testserver/stages/ground/?x=1#skill-numpy"})
    assert (answer.status_code, answer.content) == (200, b"")
    assert "Location" not in answer
    assert parse_qs(urlsplit(answer["HX-Redirect"]).query) == {"next": ["/stages/ground/?x=1"]}


def test_form_sent_without_htmx_leads_back_to_its_page_and_not_to_the_address_of_the_action(db, client):
    answer = client.post(PRIVATE, headers={"Referer": "http://testserver/stages/ground/"})
    assert parse_qs(urlsplit(answer.url).query) == {"next": ["/stages/ground/"]}


@pytest.mark.parametrize(
    "said",
    ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "http://testserver@evil.example/", "http:///evil.example", ""],
)
def test_page_of_another_site_is_never_come_back_to(said, db):
    for headers in ({"HX-Request": "true", "HX-Current-URL": said}, {"Referer": said}):
        answer = Client().post(PRIVATE, headers=headers)
        target = answer.get("HX-Redirect") or answer.url
        assert parse_qs(urlsplit(target).query) == {"next": ["/"]}


def test_public_page_does_not_ask_who_is_there(statements, learner, sign_in):
    client = sign_in(learner)
    with statements(exactly=0):
        client.get("/healthz")
