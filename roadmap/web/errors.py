"""Answers to what went wrong. All but the one to a forged form need neither database nor session, and never fail themselves."""

import sys
from collections.abc import Iterable, Sequence
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.html import format_html

# Seconds: a server that restarts is back by then.
RETRY_AFTER = 10


def server_error(request: HttpRequest) -> HttpResponse:
    """The 500 page with its reference number; the 503 page where the database is the reason, wherever it was noticed."""
    error = sys.exc_info()[1]
    if error is not None and is_database_trouble(error):
        return unavailable()
    return _page("500.html", 500, {"reference": getattr(request, "id", "")[:13]})


def unavailable() -> HttpResponse:
    """The page that says to come back in a moment."""
    response = _page("503.html", 503)
    response["Retry-After"] = str(RETRY_AFTER)
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The page for a request that cannot be read."""
    return _page("400.html", 400)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page for a form whose token is not this session's: it was opened before signing in or out, or another site sent it."""
    structlog.get_logger("security").info("csrf_failed", reason=reason)
    return render(request, "403_csrf.html", status=403)


def method_not_allowed(allowed: Sequence[str]) -> HttpResponse:
    """The page for an address that only takes what a button sends."""
    response = _page("405.html", 405)
    response["Allow"] = ", ".join(allowed)
    return response


def is_database_trouble(error: BaseException) -> bool:
    """Whether the database is the reason: gone, restarting, out of connections or disk, or too slow for a page."""
    return any(isinstance(cause, OperationalError | InterfaceError) for cause in _causes(error))


def _causes(error: BaseException | None) -> Iterable[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__


def _page(template: str, status: int, context: dict[str, Any] | None = None) -> HttpResponse:
    try:
        # Without the request: context processors would ask for the user.
        page = render_to_string(template, context)
    except Exception:
        structlog.get_logger(__name__).exception("error_page_failed", template=template)
        page = format_html('<!doctype html><html lang="en"><meta charset="utf-8"><title>Staircase</title><h1>{}</h1>', f"Error {status}")
    return HttpResponse(page, status=status)
