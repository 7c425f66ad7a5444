"""The list of public pages for search engines: the same for everybody, and kept by any cache for an hour."""

from datetime import datetime

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from roadmap.curriculum import snapshot
from roadmap.curriculum.snapshot import Snapshot
from roadmap.portfolio.published import published_handles
from roadmap.stages.history import last_changes

PAGES = ("home", "about", "idea_list", "resources:resource_list")
# A sitemap has at most 50,000 addresses (sitemaps.org); the curriculum's are a few hundred of them.
MOST_PORTFOLIOS = 40_000


@login_not_required
@require_safe
@cache_control(public=True, max_age=3600)
def sitemap(request: HttpRequest) -> HttpResponse:
    curriculum = snapshot.current()
    if (entries := curriculum.memo.get("sitemap")) is None:
        entries = curriculum.memo["sitemap"] = _entries(curriculum)
    portfolios = [(reverse("public:portfolio", args=[handle]), _day(since)) for handle, since in published_handles(MOST_PORTFOLIOS)]
    page = render_to_string("sitemap.xml", {"origin": settings.SITE_ORIGIN, "entries": [*entries, *portfolios]})
    return HttpResponse(page, content_type="application/xml; charset=utf-8")


def _entries(curriculum: Snapshot) -> list[tuple[str, str]]:
    """Paths with the day of their last change; a page that is not content has none."""
    stages, skills, ideas = last_changes()
    return [
        *((reverse(name), "") for name in PAGES),
        *((stage.get_absolute_url(), _day(stages.get(stage.id))) for stage in curriculum.stages),
        *((skill.get_absolute_url(), _day(skills.get(skill.id))) for skill in curriculum),
        *((idea.get_absolute_url(), _day(ideas.get(idea.id))) for idea in curriculum.ideas.values()),
    ]


def _day(at: datetime | None) -> str:
    return at.date().isoformat() if at else ""
