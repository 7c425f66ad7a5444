"""Mails that a person can switch off: on the page of settings, and by the link that each of them carries."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.core import mail as outbox
from django.core import signing
from django.test import Client
from lxml import html

from accounts.letters import _LETTERS, CHOICES, compose
from accounts.models import Mail, UnwantedMail, User
from accounts.preferences import off_token, switch_mails, unwanted_by
from accounts.tasks import deliver_mail
from tests.factories import InvitationFactory, MentorshipFactory

pytestmark = pytest.mark.django_db

PAGE = "/settings/notifications/"
ALWAYS = {"confirm-sign-up", "confirm-address", "account-exists", "reset-password", "no-account", "password-changed"}
SignIn = Callable[..., Client]


@pytest.fixture
def ended(learner: User, mentor: User) -> Mail:
    """A mail to the learner that mentoring has ended."""
    mentorship = MentorshipFactory(learner=learner, mentor=mentor, ended_at="2026-01-01T00:00Z")
    return Mail.objects.create(kind=Mail.Kind.MENTORING_ENDED, to=learner.email, person=learner, about=mentorship.pk)


def path_of(link: str) -> str:
    assert link.startswith(settings.SITE_ORIGIN + PAGE)
    return link.removeprefix(settings.SITE_ORIGIN)


def off_link(message: Any) -> str:
    """The path behind the header of a mail."""
    return path_of(message.extra_headers["List-Unsubscribe"].strip("<>"))


def text(answer: Any) -> str:
    return " ".join(html.fromstring(answer.content.decode()).cssselect("main")[0].text_content().split())


# --- The page -------------------------------------------------------------------------------------------------------


def test_each_kind_is_a_choice_or_always_sent(sign_in: SignIn, learner: User) -> None:
    assert set(CHOICES) == set(_LETTERS) - ALWAYS
    assert set(_LETTERS) == set(Mail.Kind)
    page = html.fromstring(sign_in(learner).get(PAGE).content.decode())
    assert [box.get("value") for box in page.cssselect("input[name=wanted][checked]")] == [kind.value for kind in CHOICES]
    assert [" ".join(label.text_content().split()) for label in page.cssselect("label.check")] == [str(comes) for comes in CHOICES.values()]
    assert "can’t be switched off: to confirm an address, to choose a new password" in text(sign_in(learner).get(PAGE))


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "htmx"])
def test_learner_switches_off_what_is_not_ticked_and_nothing_that_was_not_asked(sign_in: SignIn, learner: User, other_learner: User, headers: dict[str, str]) -> None:  # fmt: skip
    switch_mails(person=learner, off=["review-closed", "skill-confirmed"])
    sent = {"asked": ["review-asked", "skill-confirmed", "invitation"], "wanted": ["skill-confirmed", "invitation", "review-waits"]}
    for _ in range(2):
        answer = sign_in(learner).post(PAGE, sent, headers=headers)
        assert answer.status_code == (200 if headers else 302)
        assert unwanted_by(learner) == {"review-asked", "review-closed"}
    assert unwanted_by(other_learner) == set()


@pytest.mark.parametrize("name", ["asked", "wanted"])
@pytest.mark.parametrize("kind", ["password-changed", "no-such"])
def test_mails_that_keep_an_account_safe_are_no_choice(sign_in: SignIn, learner: User, kind: str, name: str) -> None:
    assert sign_in(learner).post(PAGE, {name: [kind]}).status_code == 422
    assert not UnwantedMail.objects.exists()


# --- What is sent ---------------------------------------------------------------------------------------------------


def test_what_is_switched_off_before_it_is_sent_is_not_sent(ended: Mail, learner: User) -> None:
    switch_mails(person=learner, off=["mentoring-ended"])
    deliver_mail(mail_id=ended.pk)
    assert outbox.outbox == []
    assert not Mail.objects.exists()


def test_another_kind_and_another_person_are_not_meant(ended: Mail, learner: User, mentor: User) -> None:
    switch_mails(person=learner, off=["review-asked"])
    switch_mails(person=mentor, off=["mentoring-ended"])
    assert compose(ended)


def test_invitation_is_the_choice_of_whom_it_reaches(learner: User, mentor: User) -> None:
    invitation = InvitationFactory(sender=learner, email=mentor.email)
    mail = Mail.objects.create(kind=Mail.Kind.INVITATION, to=mentor.email, person=learner, about=invitation.token)
    switch_mails(person=learner, off=["invitation"])
    message = compose(mail)
    assert off_link(message) == f"{PAGE}off/{off_token(mentor, Mail.Kind.INVITATION)}/"
    switch_mails(person=mentor, off=["invitation"])
    assert compose(mail) is None


def test_invitation_to_somebody_without_an_account_has_no_choice_to_offer(learner: User) -> None:
    invitation = InvitationFactory(sender=learner, email="new@example.org")
    message = compose(Mail.objects.create(kind=Mail.Kind.INVITATION, to="new@example.org", person=learner, about=invitation.token))
    assert "List-Unsubscribe" not in message.extra_headers
    assert PAGE not in message.body + message.alternatives[0][0]


def test_mail_of_the_account_carries_no_link_to_switch_it_off(learner: User) -> None:
    message = compose(Mail.objects.create(kind=Mail.Kind.PASSWORD_CHANGED, to=learner.email, person=learner))
    assert "List-Unsubscribe" not in message.extra_headers
    assert PAGE not in message.body + message.alternatives[0][0]


# --- The link -------------------------------------------------------------------------------------------------------


def test_mail_carries_its_link_in_the_headers_and_in_both_versions(ended: Mail) -> None:
    message = compose(ended)
    link = settings.SITE_ORIGIN + off_link(message)
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link in message.body
    assert f'href="{link}"' in message.alternatives[0][0]
    sent = message.message()
    assert re.sub(r"\s+", "", str(sent["List-Unsubscribe"])) == f"<{link}>"


def test_one_click_of_a_mail_program_switches_off_without_a_session_or_a_token(ended: Mail, learner: User) -> None:
    program = Client(enforce_csrf_checks=True)
    for _ in range(2):
        answer = program.post(off_link(compose_anyway(ended)), {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert text(answer).startswith("These mails are off You no longer get a mail when: Mentoring between you and somebody ends.")
        assert unwanted_by(learner) == {"mentoring-ended"}
    assert not program.cookies.get(settings.SESSION_COOKIE_NAME)


def compose_anyway(mail: Mail) -> Any:
    """The mail as it was when it was on."""
    switch_mails(person=mail.person, on=[mail.kind])
    return compose(mail)


def test_opening_the_link_asks_and_switches_nothing(ended: Mail, learner: User, client: Client) -> None:
    link = off_link(compose(ended))
    assert "Switch these mails off?" in text(client.get(link))
    client.head(link)
    assert unwanted_by(learner) == set()
    assert "These mails are off" in text(client.post(link, {"state": "off"}))
    assert "These mails are off" in text(client.get(link))
    assert "These mails are on again" in text(client.post(link, {"state": "on"}))
    assert unwanted_by(learner) == set()
    assert client.post(link, {"state": "perhaps"}).status_code == 422
    assert client.post(link).status_code == 422


def test_link_says_nothing_about_whose_it_is(ended: Mail, learner: User, client: Client) -> None:
    page = client.get(off_link(compose(ended))).content.decode()
    assert learner.email not in page
    assert learner.name not in page


def test_made_up_or_orphaned_link_is_404(ended: Mail, learner: User, client: Client) -> None:
    link = off_link(compose(ended))
    forged = signing.dumps([learner.pk, "mentoring-ended"], salt="something else")
    security = signing.dumps([learner.pk, "password-changed"], salt="accounts.preferences")
    for token in ("made-up", link.split("/")[-2][:-1], forged, security):
        for method in (client.get, client.post):
            assert method(f"{PAGE}off/{token}/", {"state": "off"}).status_code == 404
    User.objects.filter(pk=learner.pk).update(is_active=False)
    assert client.get(link).status_code == 404
    assert not UnwantedMail.objects.exists()


def test_link_works_for_whoever_is_signed_in_and_for_its_person_alone(ended: Mail, learner: User, other_learner: User, sign_in: SignIn) -> None:  # fmt: skip
    sign_in(other_learner).post(off_link(compose(ended)), {"state": "off"})
    assert (unwanted_by(learner), unwanted_by(other_learner)) == ({"mentoring-ended"}, set())
