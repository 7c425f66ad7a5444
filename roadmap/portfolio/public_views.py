"""A portfolio as others see it: pages that need no account, each made from what `published.py` lets this viewer see."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.models import Person
from roadmap.progress.levels import Level
from roadmap.web.htmx import render_page

from .drawing import staircase
from .exports import badge
from .published import Portfolio, ShownSkill, moved_to, portfolio_of

View = Callable[..., HttpResponse]


def of_portfolio(view: View) -> View:
    """Gives a view the portfolio at the handle of its address, as whoever asks may see it.

    A former handle leads to the same thing at the present one. Missing, closed and switched off are the same 404.
    """
    return _given_portfolio(view, lambda request: request.user)


def of_published_portfolio(view: View) -> View:
    """Gives a view the portfolio as everybody may see it: who asks is not looked at, so that any cache may keep the answer."""
    return _given_portfolio(view, lambda request: AnonymousUser())


def _given_portfolio(view: View, viewer_of: Callable[[HttpRequest], Person]) -> View:
    """The only way that a public address gets a portfolio."""

    @login_not_required
    @require_safe
    @wraps(view)
    def answer(request: HttpRequest, handle: str, **rest: Any) -> HttpResponse:
        viewer = viewer_of(request)
        portfolio = portfolio_of(handle, viewer=viewer)
        if portfolio is None:
            return _moved(request, handle, viewer, rest)
        response = view(request, portfolio, **rest)
        if not portfolio.is_public:
            response["X-Robots-Tag"] = "noindex"
        return response

    return answer


@of_portfolio
def portfolio(request: HttpRequest, portfolio: Portfolio) -> HttpResponse:
    context = {
        **_context(request, portfolio),
        "confirmed": _of_level(portfolio, "confirmed"),
        "shown": _of_level(portfolio, "shown"),
        "claimed": _of_level(portfolio, "claimed"),
        "drawing": staircase(portfolio.steps),
        "done": sum(step.done for step in portfolio.steps),
        "total": sum(step.total for step in portfolio.steps),
        "snippet": badge.markdown_snippet(portfolio),
        "html_snippet": badge.html_snippet(portfolio),
        "badge_says": badge.title(portfolio),
    }
    return render_page(request, "public/portfolio.html", context)


@of_portfolio
def project(request: HttpRequest, portfolio: Portfolio, slug: str) -> HttpResponse:
    found = next((project for project in portfolio.projects if project.slug == slug), None)
    if found is None:
        raise Http404
    return render_page(
        request,
        "public/project.html",
        {
            **_context(request, portfolio),
            "project": found,
            "owner": portfolio.owner_of(found),
            "skills": [skill for skill in portfolio.skills if slug in skill.projects],
        },
    )


def _context(request: HttpRequest, portfolio: Portfolio) -> dict[str, Any]:
    return {"portfolio": portfolio, "is_own": getattr(request.user, "handle", None) == portfolio.handle}


def _of_level(portfolio: Portfolio, level: Level) -> list[tuple[ShownSkill, list[tuple[str, str]]]]:
    """Skills of one level, each with slug and title of the projects that show it."""
    titles = portfolio.titles()
    return [(skill, [(slug, titles[slug]) for slug in skill.projects]) for skill in portfolio.skills if skill.level == level]


def _moved(request: HttpRequest, handle: str, viewer: Person, rest: dict[str, Any]) -> HttpResponse:
    if (present := moved_to(handle, viewer=viewer)) is None or request.resolver_match is None:
        raise Http404
    return HttpResponsePermanentRedirect(reverse(request.resolver_match.view_name, kwargs={"handle": present, **rest}))
