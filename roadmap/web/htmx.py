"""How a page and an action answer: whole to a browser, in part to htmx."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

# The live region of every page, in base.html; it is never swapped itself.
STATUS_LINE = "#status"


def from_htmx(request: HttpRequest) -> bool:
    """Whether htmx sent this request. It decides how an answer looks, never whether it is given: anybody can send the header."""
    return bool(getattr(request, "htmx", False))


def respond(request: HttpRequest, fragment: str, context: Mapping[str, Any], *, page: str) -> HttpResponse:
    """The answer to an action that succeeded: `fragment` with the pending messages to htmx, a redirect to `page` to everybody else.

    Messages that a redirect leaves pending are shown by the page it leads to.
    """
    if not from_htmx(request):
        return HttpResponseRedirect(page)
    return HttpResponse(render_to_string(fragment, dict(context), request))


def render_page(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, partial: str | None = None, status: int = 200
) -> HttpResponse:
    """A page, or for htmx only its `partial`: for filters, and for forms that come back with errors (status 422)."""
    if partial and from_htmx(request):
        template = f"{template}#{partial}"
    return render(request, template, dict(context), status=status)


def go(request: HttpRequest, page: str) -> HttpResponse:
    """To another page, for htmx as well: more has changed than what sent the request."""
    # Without the place in it: the page that one is on already, with a place, is no new page to a browser.
    return HttpResponseClientRedirect(page.partition("#")[0]) if from_htmx(request) else HttpResponseRedirect(page)


def refuse(request: HttpRequest, sentence: str, *, status: int = 422, wait: int | None = None) -> HttpResponse:
    """The answer to an action that is not done, with the sentence that says why; `wait` is in seconds.

    htmx puts the sentence into the status line, so that the control which sent the request stays where it is; everybody else gets
    a page with a way back.
    """
    response = render_page(
        request, f"{status}.html", {"sentence": sentence, "back": page_behind(request)}, partial="sentence", status=status
    )
    if from_htmx(request):
        response["HX-Retarget"], response["HX-Reswap"] = STATUS_LINE, "innerHTML"
    if wait is not None:
        response["Retry-After"] = str(wait)
    return response


def page_behind(request: HttpRequest) -> str:
    """The page that somebody was on who sent this request: its own address, unless it is an action or a fragment's.

    Of our own host, or the home page.
    """
    if request.method in ("GET", "HEAD") and not from_htmx(request):
        return request.get_full_path()
    said = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or ""
    if not url_has_allowed_host_and_scheme(said, {request.get_host()}, require_https=request.is_secure()):
        return "/"
    parts = urlsplit(said)
    # One slash: two would name a host.
    path = "/" + parts.path.lstrip("/")
    return f"{path}?{parts.query}" if parts.query else path


def say(request: HttpRequest, text: str, *, undo: Mapping[str, str] | None = None) -> None:
    """Queues one sentence for the status line.

    `undo` takes the action back: the `action` to post to, the `state` to post, and the `target` on the page that the answer replaces.
    """
    messages.add_message(request, messages.SUCCESS, text, extra_tags=f"{undo['action']} {undo['state']} {undo['target']}" if undo else "")
