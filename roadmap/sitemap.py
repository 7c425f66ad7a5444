"""The list of public pages for search engines: the same for everybody, and kept by any cache for an hour."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from roadmap.curriculum import snapshot
from roadmap.curriculum.snapshot import IdeaView, SkillView, StageView

PAGES = ("home", "about", "idea_list", "resources:resource_list")


@login_not_required
@require_safe
@cache_control(public=True, max_age=3600)
def sitemap(request: HttpRequest) -> HttpResponse:
    curriculum = snapshot.current()
    if (page := curriculum.memo.get("sitemap")) is None:
        content: list[StageView | SkillView | IdeaView] = [*curriculum.stages, *curriculum.skills.values(), *curriculum.ideas.values()]
        paths = [*map(reverse, PAGES), *(entry.get_absolute_url() for entry in content)]
        page = curriculum.memo["sitemap"] = render_to_string("sitemap.xml", {"addresses": [settings.SITE_ORIGIN + path for path in paths]})
    return HttpResponse(page, content_type="application/xml; charset=utf-8")
