"""From a visitor with marks to an account that has them, and what a stranger can learn on the way: nothing."""

from types import SimpleNamespace

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import Client
from lxml import html

from accounts.models import Mail, User
from roadmap.progress.models import Guest, GuestMark, Mark
from tests.factories import PASSWORD, UserFactory

from .conftest import link_in

pytestmark = pytest.mark.django_db

FORM = {"name": "Amina Yusuf", "email": "amina@example.org", "password1": PASSWORD}


def mark(client: Client, skill, state: str = "done") -> None:
    assert client.post(f"/skills/{skill.slug}/mark/", {"state": state}).status_code == 302


def sign_up(client: Client, **changes: str):
    return client.post("/accounts/signup/", FORM | changes)


def sign_in(client: Client, email: str = FORM["email"], password: str = PASSWORD, **more: str):
    return client.post("/accounts/login/", {"login": email, "password": password, **more})


def shown_states(client: Client, *skills) -> list[str]:
    """What the pages of these skills say."""
    found = []
    for skill in skills:
        page = html.fromstring(client.get(f"/skills/{skill.slug}/").content)
        (pressed,) = page.xpath("//fieldset//button[@aria-pressed='true'][@name='state']/@value")
        found.append(pressed)
    return found


def test_visitor_signs_up_confirms_and_finds_the_marks_on_another_browser(curriculum: SimpleNamespace, delivered) -> None:
    here, there = Client(), Client()
    mark(here, curriculum.python)
    mark(here, curriculum.statistics, "learning")
    mark(here, curriculum.cv, "skipped")
    assert sign_up(here).headers["Location"] == "/accounts/confirm-email/"
    person = User.objects.get()
    assert (person.name, person.email, person.handle) == ("Amina Yusuf", "amina@example.org", "amina-yusuf")
    # Not confirmed yet: the visitor goes on with all marks.
    assert shown_states(here, curriculum.python, curriculum.statistics, curriculum.cv) == ["done", "learning", "skipped"]
    (message,) = delivered()
    assert message.to == ["amina@example.org"]
    assert message.subject == "Confirm your address to start climbing"
    link = link_in(message)
    assert here.get(link).status_code == 200
    assert not EmailAddress.objects.get().verified, "looking at the page confirms nothing"
    assert here.post(link).headers["Location"] == "/climb/"
    assert shown_states(here, curriculum.python, curriculum.statistics, curriculum.cv) == ["done", "learning", "skipped"]
    assert not Guest.objects.exists()
    here.post("/accounts/logout/")
    assert shown_states(here, curriculum.python) == ["none"]
    assert sign_in(there).headers["Location"] == "/climb/"
    assert shown_states(there, curriculum.python, curriculum.statistics, curriculum.cv) == ["done", "learning", "skipped"]


def test_confirming_on_another_device_leads_to_sign_in_there(curriculum: SimpleNamespace, delivered) -> None:
    here, there = Client(), Client()
    mark(here, curriculum.python)
    sign_up(here)
    (message,) = delivered()
    assert there.post(link_in(message)).headers["Location"] == "/accounts/login/"
    assert "_auth_user_id" not in there.session
    sign_in(there)
    assert shown_states(there, curriculum.python) == ["done"]
    assert not Guest.objects.exists()


def test_unconfirmed_account_cannot_be_signed_in_to_and_gets_another_mail(delivered) -> None:
    sign_up(Client())
    delivered()
    visitor = Client()
    EmailAddress.objects.update(email="amina@example.org")
    answer = sign_in(visitor)
    assert answer.headers["Location"] == "/accounts/confirm-email/"
    assert "_auth_user_id" not in visitor.session


def test_marks_made_while_the_mail_was_on_its_way_are_asked_about(curriculum: SimpleNamespace, delivered) -> None:
    here = Client()
    mark(here, curriculum.python)
    sign_up(here)
    mark(here, curriculum.numpy)
    (message,) = delivered()
    assert here.post(link_in(message)).headers["Location"] == "/climb/merge/?next=%2Fclimb%2F"
    assert here.session["waiting_marks"] == 1
    assert list(GuestMark.objects.values_list("skill__slug", flat=True)) == ["numpy"]


def test_used_or_old_link_says_so(delivered) -> None:
    sign_up(Client())
    (message,) = delivered()
    link = link_in(message)
    visitor = Client()
    visitor.post(link)
    for answer in (visitor.get(link), visitor.post(link), visitor.get("/accounts/confirm-email/made-up/")):
        assert answer.status_code == 200
        assert html.fromstring(answer.content).xpath("//h1")[0].text == "This link has done its work"


def test_mistakes_come_back_as_422_with_what_was_typed(client: Client) -> None:
    answer = client.post("/accounts/signup/", {"name": "Amina", "email": "amina.example.org", "password1": "short"})
    assert answer.status_code == 422
    page = html.fromstring(answer.content)
    assert page.xpath("//title")[0].text.startswith("Error: ")
    assert page.xpath("//input[@name='email']/@value") == ["amina.example.org"]
    assert page.xpath("//input[@name='email']/@aria-invalid") == ["true"]
    described = page.xpath("//input[@name='email']/@aria-describedby")[0].split()
    assert "amina@example.com" in "".join(page.get_element_by_id(name).text_content() for name in described)
    assert page.xpath("//input[@name='password1']/@value") == []
    links = page.xpath("//*[@id='errors']//a/@href")
    assert links
    for link in links:
        page.get_element_by_id(link.removeprefix("#"))
    assert not User.objects.exists()


@pytest.mark.parametrize("name", ["Amina\r\nBcc: all@example.org", "Amina\u2028x", "Amina\u202eanima", "x" * 81, " "])
def test_name_that_forges_headers_or_direction_is_refused(client: Client, name: str) -> None:
    assert sign_up(client, name=name).status_code == 422
    assert not User.objects.exists()


def test_password_that_is_the_name_or_the_address_is_refused(client: Client) -> None:
    assert sign_up(client, name="Amina Yusuf Hassan", password1="aminayusufhassan").status_code == 422
    assert sign_up(client, email="amina.yusuf.hassan@example.org", password1="amina.yusuf.hassan").status_code == 422


def test_nobody_signs_up_as_more_than_a_learner(client: Client) -> None:
    sign_up(client, is_staff="on", is_superuser="on", handle="admin", is_active="", email_verified="on")
    person = User.objects.get()
    assert (person.is_staff, person.is_superuser, person.is_active, person.handle) == (False, False, True, "amina-yusuf")


# --- A taken address -------------------------------------------------------------------------------------------------


def test_taken_address_looks_like_a_new_one(curriculum: SimpleNamespace, delivered) -> None:
    owner = UserFactory(email="taken@example.org")
    seen = []
    for email in ("new@example.org", "taken@example.org", "Taken@Example.ORG"):
        visitor = Client()
        mark(visitor, curriculum.python)
        answer = sign_up(visitor, email=email)
        page = visitor.get(answer.headers["Location"])
        text = " ".join(html.fromstring(page.content).text_content().split()).replace(email.lower(), "ADDRESS")
        cookies = {name: {key: value for key, value in morsel.items() if key != "expires"} for name, morsel in answer.cookies.items()}
        seen.append(
            (answer.status_code, answer.headers["Location"], cookies, page.status_code, text, shown_states(visitor, curriculum.python))
        )
    assert seen[0] == seen[1] == seen[2]
    assert "ADDRESS" in seen[0][4]
    # The same address again within the hour gets no second mail.
    assert [message.subject for message in delivered()] == ["Confirm your address to start climbing", "You already have an account"]
    assert not Mark.objects.filter(learner=owner).exists(), "a taken address merges nothing"
    assert User.objects.count() == 2


def test_taken_address_costs_as_much_as_a_new_one(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashing a password is nearly all of the time of a sign-up: it is done once for either."""
    UserFactory(email="taken@example.org")
    hashed = []
    encode = Argon2PasswordHasher.encode
    monkeypatch.setattr(
        Argon2PasswordHasher, "encode", lambda hasher, password, salt: hashed.append(salt) or encode(hasher, password, salt)
    )
    for email in ("new@example.org", "taken@example.org"):
        sign_up(Client(), email=email)
    assert len(hashed) == 2


@pytest.mark.django_db(transaction=True)
def test_two_sign_ups_with_one_address_at_once_make_one_account(together) -> None:
    answers = together(3, lambda number: sign_up(Client()))
    assert {(answer.status_code, answer.headers.get("Location")) for answer in answers} == {(302, "/accounts/confirm-email/")}
    assert User.objects.count() == 1
    kinds = sorted(Mail.objects.values_list("kind", flat=True))
    assert kinds.count("confirm-sign-up") == 1
    assert set(kinds) <= {"account-exists", "confirm-sign-up"}


def test_first_mail_does_not_repeat_the_name_that_a_stranger_chose(client: Client, curriculum: SimpleNamespace, delivered) -> None:
    sign_up(client, name="https://evil.example/free")
    [message] = delivered()
    assert "evil.example" not in message.subject + message.body + str(message.alternatives)
