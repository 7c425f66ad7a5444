"""Signing in and out, a new password, and what ends a session."""

from types import SimpleNamespace
from urllib.parse import urljoin, urlsplit

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse
from lxml import html

from accounts.models import User
from tests.factories import PASSWORD, UserFactory

from .conftest import link_in

pytestmark = pytest.mark.django_db

NEW_PASSWORD = "four other stony words"


def sign_in(client: Client, person: User, password: str = PASSWORD, **more: str):
    return client.post("/accounts/login/", {"login": person.email, "password": password, **more})


def is_signed_in(client: Client) -> bool:
    return client.get("/accounts/password/change/").status_code == 200


def test_learner_signs_in_whatever_the_case_of_the_address(client: Client, learner: User) -> None:
    answer = client.post("/accounts/login/", {"login": learner.email.upper(), "password": PASSWORD})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/climb/")
    assert is_signed_in(client)


def test_session_ends_with_the_browser_unless_the_learner_wants_to_stay(learner: User) -> None:
    short, long = Client(), Client()
    assert sign_in(short, learner).cookies["sessionid"]["max-age"] == ""
    assert sign_in(long, learner, remember="on").cookies["sessionid"]["max-age"] == 14 * 86400


def test_wrong_password_and_unknown_address_say_the_same(learner: User) -> None:
    texts = []
    for login in (learner.email, "nobody@example.org"):
        answer = Client().post("/accounts/login/", {"login": login, "password": "not the password"})
        assert answer.status_code == 422
        texts.append(" ".join(html.fromstring(answer.content).text_content().split()))
    assert texts[0] == texts[1]


def test_session_key_changes_at_sign_in(client: Client, curriculum, learner: User) -> None:
    client.post("/skills/python/mark/", {"state": "done"})
    planted = client.session.session_key
    sign_in(client, learner)
    assert client.session.session_key != planted


def test_signing_out_takes_a_post_and_ends_the_session(client: Client, learner: User) -> None:
    sign_in(client, learner)
    key = client.session.session_key
    page = client.get("/accounts/logout/")
    assert page.status_code == 200
    assert is_signed_in(client)
    answer = client.post("/accounts/logout/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert not is_signed_in(client)
    assert client.session.session_key != key
    assert client.post("/accounts/logout/").status_code == 302


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example",
        "/\\evil.example",
        "http:evil.example",
        "https:/evil.example",
        "javascript:alert(1)",
        "\t//evil.example",
        "http://testserver.evil.example/",
        "http://testserver@evil.example/",
        "%2f%2fevil.example",
        "https://localhost/",
    ],
)
def test_next_leads_nowhere_else(learner: User, target: str) -> None:
    for page in ("/accounts/login/", "/accounts/signup/", "/accounts/logout/"):
        client = Client()
        client.get(page, {"next": target})
        answer = client.post(page, {"next": target, "login": learner.email, "password": PASSWORD})
        # As a browser reads it: a backslash is a slash, and a tab is nothing.
        leads_to = urljoin(f"http://testserver{page}", answer.headers.get("Location", "").replace("\\", "/").replace("\t", ""))
        assert urlsplit(leads_to).netloc == "testserver"


def test_next_of_our_own_is_kept(client: Client, learner: User) -> None:
    assert sign_in(client, learner, next="/ideas/?stage=work").headers["Location"] == "/ideas/?stage=work"


def test_closed_account_cannot_be_signed_in_to(client: Client) -> None:
    person = UserFactory(is_active=False)
    answer = sign_in(client, person)
    assert not is_signed_in(client)
    assert answer.headers.get("Location", "/accounts/inactive/") == "/accounts/inactive/"


def test_too_many_tries_are_stopped_for_this_address_and_no_other(learner: User, other_learner: User) -> None:
    for number in range(5):
        Client(REMOTE_ADDR=f"10.1.0.{number}").post("/accounts/login/", {"login": learner.email, "password": "wrong password"})
    stopped = Client(REMOTE_ADDR="10.1.0.9").post("/accounts/login/", {"login": learner.email.upper(), "password": PASSWORD})
    assert stopped.status_code == 422
    assert "Wait five minutes" in stopped.content.decode()
    assert sign_in(Client(REMOTE_ADDR="10.1.0.10"), other_learner).status_code == 302


def test_too_many_requests_from_one_place_get_a_page_that_says_so(client: Client, db: None) -> None:
    for number in range(11):
        answer = client.post(
            "/accounts/password/reset/",
            {"email": f"nobody-{number}@example.org"},
            headers={"Referer": "http://testserver/accounts/password/reset/"},
        )
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    page = html.fromstring(answer.content)
    assert "tried too often" in page.xpath("string(//main)")
    assert page.xpath("//main//a/@href") == ["/accounts/password/reset/"]


# --- A new password --------------------------------------------------------------------------------------------------


def test_forgotten_password_is_replaced_by_mail_and_every_session_ends(learner: User, delivered) -> None:
    elsewhere, here = Client(), Client()
    sign_in(elsewhere, learner, remember="on")
    answer = here.post("/accounts/password/reset/", {"email": learner.email.upper()})
    assert answer.headers["Location"] == "/accounts/password/reset/done/"
    (message,) = delivered()
    link = link_in(message)
    form = here.get(link, follow=True)
    assert "set-password" in form.request["PATH_INFO"], "the key is not in the address that pages refer to"
    here.post(form.request["PATH_INFO"], {"password1": NEW_PASSWORD})
    assert not is_signed_in(elsewhere)
    assert sign_in(Client(), learner).status_code == 422
    assert sign_in(Client(), learner, NEW_PASSWORD).status_code == 302
    assert [message.subject for message in delivered()] == ["Your password was changed"]
    spent = Client().get(link)
    assert html.fromstring(spent.content).xpath("//h1")[0].text == "This link has done its work"


def test_unknown_address_gets_the_same_page_and_a_mail_that_says_so(learner: User, delivered) -> None:
    known = Client().post("/accounts/password/reset/", {"email": learner.email})
    unknown = Client().post("/accounts/password/reset/", {"email": "nobody@example.org"})
    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])
    assert [(message.to, message.subject) for message in delivered()] == [
        ([learner.email], "Choose a new password"),
        (["nobody@example.org"], "No account with this address"),
    ]


def test_host_of_a_request_is_not_the_host_of_a_link(learner: User, settings, delivered) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    settings.SITE_ORIGIN = "https://staircase.example"
    Client().post("/accounts/password/reset/", {"email": learner.email}, headers={"Host": "evil.example"})
    Client().post("/accounts/signup/", {"name": "Bo", "email": "bo@example.org", "password1": PASSWORD}, headers={"Host": "evil.example"})
    for message in delivered():
        assert "evil.example" not in message.body + message.alternatives[0][0]
        assert link_in(message)


def test_changed_password_ends_other_sessions_and_keeps_this_one(learner: User, delivered) -> None:
    elsewhere, here = Client(), Client()
    sign_in(elsewhere, learner)
    sign_in(here, learner)
    refused = here.post("/accounts/password/change/", {"oldpassword": "not it at all", "password1": NEW_PASSWORD})
    assert refused.status_code == 422
    assert here.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": NEW_PASSWORD}).status_code == 302
    assert is_signed_in(here)
    assert not is_signed_in(elsewhere)
    assert [message.subject for message in delivered()] == ["Your password was changed"]


def test_reset_does_not_confirm_an_address_of_somebody_else(client: Client, delivered) -> None:
    """Who has the mailbox may set a password; signing in still asks to confirm the address."""
    person = UserFactory(verified=False)
    client.post("/accounts/password/reset/", {"email": person.email})
    (message,) = delivered()
    form = client.get(link_in(message), follow=True)
    client.post(form.request["PATH_INFO"], {"password1": NEW_PASSWORD})
    delivered()
    assert sign_in(client, person, NEW_PASSWORD).headers["Location"] == "/accounts/confirm-email/"
    assert not EmailAddress.objects.get(user=person).verified


def test_what_was_said_to_one_person_is_not_said_to_the_next(curriculum: SimpleNamespace, learner: User) -> None:
    browser = Client()
    browser.force_login(learner, backend="allauth.account.auth_backends.AuthenticationBackend")
    browser.post(reverse("mark_skill", args=[curriculum.python.slug]), {"state": "done"})
    browser.post(reverse("account_logout"))
    assert curriculum.python.title + ": Done" not in " ".join(html.fromstring(browser.get("/about/").content).text_content().split())
