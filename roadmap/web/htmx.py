"""How a page and an action answer: whole to a browser, in part to htmx."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string


def respond(request: HttpRequest, fragment: str, context: Mapping[str, Any], *, page: str) -> HttpResponse:
    """The answer to an action that succeeded: `fragment` with the pending messages to htmx, a redirect to `page` to everybody else.

    Messages that a redirect leaves pending are shown by the page it leads to.
    """
    if not request.htmx:
        return HttpResponseRedirect(page)
    return HttpResponse(render_to_string(fragment, {**context, "is_update": True}, request))


def render_page(request: HttpRequest, template: str, context: Mapping[str, Any], *, partial: str | None = None, status: int = 200) -> HttpResponse:
    """A page, or for htmx only its `partial`: for filters, and for forms that come back with errors (status 422)."""
    if partial and request.htmx:
        template = f"{template}#{partial}"
    return render(request, template, dict(context), status=status)


def say(request: HttpRequest, text: str, *, undo: Mapping[str, str] | None = None) -> None:
    """Queues one sentence for the status line; `undo` names the address and value of a POST that takes the action back."""
    messages.add_message(request, messages.SUCCESS, text, extra_tags=f"{undo['action']} {undo['state']}" if undo else "")
