"""How allauth makes accounts here, and how it speaks."""

from hashlib import sha256
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from django.contrib import messages
from django.core.cache import cache
from django.forms import BaseForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from .models import Mail, User
from .services import create_account, send_mail
from .signals import signed_out

# Which mail of ours stands for one of allauth's. A kind that is missing here has no page that could cause it.
KINDS = {
    "account/email/account_already_exists": Mail.Kind.ACCOUNT_EXISTS,
    "account/email/unknown_account": Mail.Kind.NO_ACCOUNT,
    "account/email/password_reset_key": Mail.Kind.RESET_PASSWORD,
    "account/email/password_changed": Mail.Kind.PASSWORD_CHANGED,
    "account/email/password_reset": Mail.Kind.PASSWORD_CHANGED,
}
# What the page that follows says already.
SAID_BY_THE_PAGE = {"account/messages/email_confirmation_sent.txt", "account/messages/logged_in.txt"}


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account is closed."),
        "email_password_mismatch": _("The address and the password don’t belong together. Check both, or choose a new password below."),
        "enter_current_password": _("This isn’t your present password. Try again, or choose a new one by mail."),
        "invalid_password_reset": _("This link has been used or is too old. Ask for a new one."),
        "too_many_login_attempts": _("That’s been tried too often. Wait five minutes, or choose a new password by mail."),
        "rate_limited": _("That’s been tried too often. Wait a minute and try again."),
    }

    def save_user(self, request: HttpRequest, user: User, form: BaseForm, commit: bool = True) -> User:
        user.name, user.email = form.cleaned_data["name"], form.cleaned_data["email"]
        user.language = get_language() or ""
        user.set_password(form.cleaned_data["password1"])
        return create_account(user=user) if commit else user

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        # Until the browser is closed; the form keeps it longer where a person asks for it. (A visitor's session may be long.)
        request.session.set_expiry(0)

    def logout(self, request: HttpRequest) -> None:
        left = dict(request.session.items())
        # What was said to this person is not said to the next one at the same computer; the last word is that of signing out.
        said = list(messages.get_messages(request))
        super().logout(request)
        for goodbye in said[-1:]:
            messages.add_message(request, goodbye.level, goodbye.message)
        signed_out.send(type(self), request=request, left=left)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        send_mail(kind=KINDS[template_prefix], to=email, person=context.get("user"))

    def send_confirmation_mail(self, request: HttpRequest, emailconfirmation: Any, signup: bool) -> None:
        address = emailconfirmation.email_address
        send_mail(kind=Mail.Kind.CONFIRM_SIGN_UP if signup else Mail.Kind.CONFIRM_ADDRESS, to=address.email, person=address.user)

    def send_account_already_exists_mail(self, email: str) -> None:
        """Once an hour: a stranger who signs up again and again fills nobody's mailbox."""
        if cache.add(f"account-exists:{sha256(email.lower().encode()).hexdigest()}", True, timeout=3600):
            send_mail(kind=Mail.Kind.ACCOUNT_EXISTS, to=email)

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        send_mail(kind=KINDS[template_prefix], to=email or user.email, person=user)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Not asked for here: the mail makes its own link, and its own token, when it is sent."""
        return ""

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("home")

    def add_message(self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any) -> None:
        if message_template not in SAID_BY_THE_PAGE:
            super().add_message(request, level, message_template, *args, **kwargs)

    def is_safe_url(self, url: str | None) -> bool:
        """Only addresses of the host that was asked."""
        request = context.request
        return url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())

    def is_ajax(self, request: HttpRequest) -> bool:
        """One answer for everybody: pages, never JSON."""
        return False
