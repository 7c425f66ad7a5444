"""Every address of accounts is a page of ours, and only pages of ours have an address."""

import pytest
from allauth.account import urls as allauth_urls
from django.test import Client
from django.urls import NoReverseMatch, reverse
from lxml import html

from accounts.models import User
from accounts.urls import urlpatterns

ARGUMENTS = {"account_confirm_email": {"key": "made-up"}, "account_reset_password_from_key": {"uidb36": "1", "key": "made-up-key"}}
NAMES = [pattern.name for pattern in urlpatterns]


def address(name: str) -> str:
    return reverse(name, kwargs=ARGUMENTS.get(name))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("who", ["visitor", "learner"])
def test_page_is_in_the_design_and_of_no_bare_template(name: str, who: str, learner: User) -> None:
    client = Client()
    if who == "learner":
        client.force_login(learner)
    answer = client.get(address(name))
    if answer.status_code == 302:
        return
    assert answer.status_code == 200
    page = html.fromstring(answer.content)
    assert page.xpath("//head/title")[0].text.endswith(" | Staircase")
    assert len(page.xpath("//h1")) == 1
    assert page.xpath("//main[@id='main']")
    assert page.xpath("//meta[@name='robots']/@content") == ["noindex"]
    assert page.xpath("//*[@role='status']")
    assert not page.xpath("//*[@style]")
    used = [template.name for template in answer.templates if template.name]
    assert "base.html" in used
    assert not [name for name in used if name.startswith(("allauth/", "django/forms/errors", "registration/"))]
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_what_is_not_designed_has_no_address() -> None:
    for name in {pattern.name for pattern in allauth_urls.urlpatterns} - set(NAMES):
        with pytest.raises(NoReverseMatch):
            reverse(name)


def test_visitor_can_reach_every_page_but_that_for_changing_a_password(client: Client, db: None) -> None:
    asked = [name for name in NAMES if client.get(address(name)).headers.get("Location", "").startswith("/accounts/login/")]
    assert asked == ["account_change_password"]


@pytest.mark.parametrize("name", NAMES)
def test_json_is_nothing_that_accounts_speak(name: str, client: Client, db: None) -> None:
    answer = client.get(address(name), headers={"Accept": "application/json"})
    assert "json" not in answer.headers["Content-Type"]
