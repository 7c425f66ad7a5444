from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import push_url, replace_url

from roadmap.curriculum import snapshot
from roadmap.progress.climb import climb_of
from roadmap.progress.services import Climb
from roadmap.web.htmx import from_htmx, render_page, respond
from roadmap.web.limits import Limit

from .finding import ALL, KINDS, SHOWN, find
from .query import Query, read_query
from .services import note_unanswered
from .showing import Shown, says_how_many, show

# 30 searches a minute in the long run; as one types, several belong to one question.
search_limit = Limit("searches", _lazy("That’s a lot of searches at once. Wait a few seconds, then press Enter."), per_minute=30, burst=90)


@login_not_required
@require_safe
@search_limit
def search(request: HttpRequest) -> HttpResponse:
    query = read_query(request.GET.get("q", ""))
    only = request.GET.get("in", "")
    only = only if only in KINDS else ""
    climb = climb_of(request)
    response = render_page(request, "search/search.html", _search_context(request, query, climb, only), partial="answer")
    if from_htmx(request):
        _keep_address(request, response, query)
    return response


@login_not_required
@require_POST
@search_limit
def count_unanswered(request: HttpRequest) -> HttpResponse:
    """A reader has stayed with an answer that wasn't one: its words are counted, if there is still nothing."""
    typed = request.POST.get("q", "")
    query = read_query(typed)
    if query.is_askable:
        found = find(query, learner_id=request.user.pk, most=1)
        if found.is_unanswered:
            note_unanswered(typed=typed, words=found.unknown or found.words)
    return respond(request, "search/counted.html", {}, page=_address(query))


def _search_context(request: HttpRequest, query: Query, climb: Climb, only: str) -> dict[str, Any]:
    if not query.is_askable:
        curriculum, shown = snapshot.current(climb.revision), Shown()
    else:
        found = find(query, learner_id=request.user.pk, most=ALL if only else SHOWN)
        curriculum, shown = found.curriculum, show(found, query, climb, only=only)
    return {
        "query": query,
        "shown": shown,
        "says": says_how_many(shown, query),
        "only": only,
        "curriculum": curriculum,
    }


def _keep_address(request: HttpRequest, response: HttpResponse, query: Query) -> None:
    """The address keeps the question. While it is typed it takes the place of the one before, so that Back leaves the search."""
    address = _address(query)
    is_typing = request.headers.get("HX-Trigger") == "q"
    is_there = request.headers.get("HX-Current-URL", "").endswith(address)
    (replace_url if is_typing or is_there else push_url)(response, address)


def _address(query: Query) -> str:
    return reverse("search:search") + (f"?{urlencode({'q': query.text})}" if query.text else "")
