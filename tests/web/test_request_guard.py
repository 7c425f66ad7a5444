import pytest
from django.test import Client
from lxml import html

STRANGE_METHODS = ["TRACE", "PUT", "PATCH", "DELETE", "CONNECT", "PROPFIND"]


@pytest.mark.parametrize("method", STRANGE_METHODS)
def test_method_that_no_page_has_is_refused_with_the_list_of_those_it_may_use(method):
    answer = Client().generic(method, "/healthz")
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, POST, OPTIONS")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_ordinary_method_is_served(method):
    assert Client().generic(method, "/healthz").status_code == 200


@pytest.mark.parametrize("charset", ["utf-16", "utf-7", "latin-1", "utf-8-sig", "hex", "rot13", "no-such-charset", "utf-16;x=y"])
def test_form_in_another_charset_is_refused_and_not_decoded(charset):
    browser = Client(enforce_csrf_checks=True)
    browser.cookies["csrftoken"] = "a" * 32
    answer = browser.generic(
        "POST", "/accounts/login/", b"csrfmiddlewaretoken=x", content_type=f"application/x-www-form-urlencoded; charset={charset}"
    )
    assert answer.status_code == 400
    assert html.fromstring(answer.content).findtext(".//h1") == "We couldn’t read that"


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"', "us-ascii"])
def test_form_in_utf_8_is_read(charset, db):
    answer = Client(enforce_csrf_checks=True).generic(
        "POST", "/skills/numpy/mark/", b"state=done", content_type=f"application/x-www-form-urlencoded; charset={charset}"
    )
    assert answer.status_code == 403


@pytest.mark.parametrize("address", ["/healthz?q=%00", "/skills/a%00b/", "/healthz?" + "a" * 5000, "/" + "a" * 5000])
def test_address_that_no_link_has_is_refused(address):
    assert Client().get(address).status_code == 400


def test_cookie_with_a_nul_is_refused_before_it_reaches_the_database():
    assert Client(headers={"Cookie": r'sessionid="aaaaaaaa\000aaaaaaaa"'}).get("/healthz").status_code == 400


def test_address_of_an_action_opened_by_hand_explains_itself(curriculum, client):
    answer = client.get("/skills/numpy/mark/")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert html.fromstring(answer.content).findtext(".//h1") == "This address is for a button"


def test_thousands_of_fields_are_refused(db, client):
    answer = client.post("/accounts/login/", {f"field-{number}": "x" for number in range(1500)})
    assert answer.status_code == 400


def test_large_body_is_refused(db, client):
    assert client.post("/accounts/login/", {"login": "x" * 300_000}).status_code == 400
