"""Signing in and out, failures and refusals, as events in the log: who (an id) and from where, never with what."""

from typing import Any

import structlog
from allauth.account import signals as account
from django.contrib.auth import signals as auth
from django.dispatch import receiver
from django.http import HttpRequest

from .limits import client_address

log = structlog.get_logger("security")


def note(event: str, request: HttpRequest | None, user: Any = None, **facts: Any) -> None:
    """Writes one event down. `facts` are ids, never texts."""
    log.info(event, user_id=user.pk if user else None, ip=client_address(request) if request else None, **facts)


@receiver(auth.user_logged_in)
def signed_in(sender: Any, request: HttpRequest | None, user: Any, **kwargs: Any) -> None:
    note("signed_in", request, user)


@receiver(auth.user_logged_out)
def signed_out(sender: Any, request: HttpRequest | None, user: Any, **kwargs: Any) -> None:
    note("signed_out", request, user)
    if request is not None:
        # PrivateByDefault has the browser drop what it kept.
        request.has_signed_out = True  # type: ignore[attr-defined]


@receiver(auth.user_login_failed)
def sign_in_failed(sender: Any, request: HttpRequest | None = None, **kwargs: Any) -> None:
    note("sign_in_failed", request)


@receiver(account.user_signed_up)
def signed_up(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    note("signed_up", request, user)


@receiver(account.email_confirmed)
def email_confirmed(sender: Any, request: HttpRequest, email_address: Any, **kwargs: Any) -> None:
    note("email_confirmed", request, email_address.user)


@receiver([account.password_set, account.password_changed, account.password_reset])
def password_changed(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    note("password_changed", request, user)
