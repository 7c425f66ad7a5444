"""What each mail says. One text makes both the plain and the dressed version.

Links begin with SITE_ORIGIN, never with the host that a request named, and tokens are made here, at the moment of sending: no
table ever holds one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from .models import Mail, User
from .preferences import off_token, wants

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail in words: paragraphs, one thing to do (`label` and `link`), and what to know if it was not you (`aside`)."""

    subject: str
    heading: str
    paragraphs: tuple[str, ...]
    label: str
    link: str
    aside: str


def compose(mail: Mail) -> EmailMultiAlternatives | None:
    """The message for one waiting mail, in the language of whoever gets it.

    None when there is no longer a reason to send it, or its reader has switched such mails off.
    """
    with override(_language_of(mail)):
        return _compose(mail)


def _language_of(mail: Mail) -> str:
    """What the account of that address reads; without one, the language of the page that caused the mail."""
    account = User.objects.filter(email=mail.to.lower()).values_list("language", flat=True).first()
    return account or mail.language or settings.LANGUAGE_CODE


def _compose(mail: Mail) -> EmailMultiAlternatives | None:
    kind = Mail.Kind(mail.kind)
    letter = _LETTERS[kind](mail)
    reader = _reader(mail) if kind in CHOICES else None
    if letter is None or (reader and not wants(reader, kind)):
        return None
    # With one click in a mail program (RFC 8058), or with one more on the page.
    off = link("mail:unsubscribe", token=off_token(reader, kind)) if reader else ""
    headers = {"List-Unsubscribe": f"<{off}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"} if off else {}
    context = {"letter": letter, "origin": settings.SITE_ORIGIN, "off": off}
    message = EmailMultiAlternatives(
        letter.subject, render_to_string("accounts/mail/letter.txt", context), settings.DEFAULT_FROM_EMAIL, [mail.to], headers=headers
    )
    message.attach_alternative(render_to_string("accounts/mail/letter.html", context), "text/html")
    return message


def _reader(mail: Mail) -> User | None:
    """Whose choice it is: the person's, or of an invitation that of whoever the address belongs to, if anybody."""
    if mail.kind != Mail.Kind.INVITATION:
        return mail.person
    address = EmailAddress.objects.filter(email=mail.to, verified=True).select_related("user").first()
    return address.user if address else None


def _confirm_sign_up(mail: Mail) -> Letter | None:
    if (link := _confirmation_link(mail)) is None:
        return None
    return Letter(
        subject=_("Confirm your address to start climbing"),
        # Without the name: whoever signed up chose it, and the address may be somebody else's.
        heading=_("One step left"),
        paragraphs=(_("Confirm that this address is yours, and your account is ready. Everything you’ve marked so far is already in it."),),
        label=_("Confirm my address"),
        link=link,
        aside=_("The link works for one day. If you didn’t sign up, do nothing: without it nobody can use the account."),
    )


def _confirm_address(mail: Mail) -> Letter | None:
    if (link := _confirmation_link(mail)) is None:
        return None
    return Letter(
        subject=_("Confirm your address"),
        heading=_("Is this your address?"),
        paragraphs=(
            _(
                "Somebody signed in to Staircase with this address, and it hasn’t been confirmed yet. If that was you, confirm it and go on."
            ),
        ),
        label=_("Confirm my address"),
        link=link,
        aside=_("The link works for one day. If it wasn’t you, do nothing: without it nobody can use the account."),
    )


def _account_exists(mail: Mail) -> Letter:
    return Letter(
        subject=_("You already have an account"),
        heading=_("You’ve been here before"),
        paragraphs=(
            _(
                "Somebody, probably you, tried to sign up to Staircase with this address. It has an account already, so no second one was made."
            ),
            _("Sign in with your password. If you’ve forgotten it, choose a new one on the same page."),
        ),
        label=_("Sign in"),
        link=link("account_login"),
        aside=_("If it wasn’t you, there’s nothing to do. Nothing has changed."),
    )


def _reset_password(mail: Mail) -> Letter | None:
    person = _person(mail)
    if not person.is_active:
        return None
    return Letter(
        subject=_("Choose a new password"),
        heading=_("A new password for %(name)s") % {"name": person.get_short_name()},
        paragraphs=(_("You asked to choose a new password. Everywhere else you’re signed in, you’ll be signed out."),),
        label=_("Choose a new password"),
        link=link("account_reset_password_from_key", uidb36=user_pk_to_url_str(person), key=default_token_generator.make_token(person)),
        aside=_("The link works once, for one hour. If you didn’t ask for it, do nothing: your password stays as it is."),
    )


def _no_account(mail: Mail) -> Letter:
    return Letter(
        subject=_("No account with this address"),
        heading=_("No account with this address"),
        paragraphs=(
            _(
                "Somebody asked for a new password for this address, but Staircase has no account for it. If it was you, try the address you signed up with, or sign up."
            ),
        ),
        label=_("Start climbing"),
        link=link("account_signup"),
        aside=_("If it wasn’t you, there’s nothing to do."),
    )


def _password_changed(mail: Mail) -> Letter:
    return Letter(
        subject=_("Your password was changed"),
        heading=_("Your password was changed"),
        paragraphs=(
            _("%(name)s, the password of your account was changed. Other devices have been signed out.")
            % {"name": _person(mail).get_short_name()},
        ),
        label=_("Choose a new password"),
        link=link("account_reset_password"),
        aside=_("If you changed it, there’s nothing to do. If you didn’t, choose a new password now: that shuts out whoever did."),
    )


_LETTERS: dict[Mail.Kind, Callable[[Mail], Letter | None]] = {
    Mail.Kind.CONFIRM_SIGN_UP: _confirm_sign_up,
    Mail.Kind.CONFIRM_ADDRESS: _confirm_address,
    Mail.Kind.ACCOUNT_EXISTS: _account_exists,
    Mail.Kind.RESET_PASSWORD: _reset_password,
    Mail.Kind.NO_ACCOUNT: _no_account,
    Mail.Kind.PASSWORD_CHANGED: _password_changed,
}


# What people can switch off, in the order of the page that asks, each with the sentence that says when it comes. All others are
# about the account itself, and always sent.
CHOICES: dict[Mail.Kind, "StrPromise"] = {}


def register(kind: Mail.Kind, write: Callable[[Mail], Letter | None], *, comes: "StrPromise") -> None:
    """How apps above say what a mail of theirs says, or None when there is no longer a reason to send it; and when it `comes`."""
    _LETTERS[kind], CHOICES[kind] = write, comes


def _person(mail: Mail) -> User:
    """The person of a personal mail; a constraint says that there is one."""
    assert mail.person is not None
    return mail.person


def _confirmation_link(mail: Mail) -> str | None:
    """None when the address has been confirmed meanwhile, or taken off the account."""
    address = EmailAddress.objects.filter(user=mail.person, email=mail.to, verified=False).first()
    return link("account_confirm_email", key=EmailConfirmationHMAC.create(address).key) if address else None


def link(name: str, **parts: str) -> str:
    """The public address of a page."""
    return settings.SITE_ORIGIN + reverse(name, kwargs=parts)
