"""One's own climb, and choosing what comes next on it."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from roadmap import parts
from roadmap.curriculum import snapshot
from roadmap.curriculum.snapshot import SkillView, Snapshot
from roadmap.progress import set_asides
from roadmap.progress.climb import begin_climb
from roadmap.progress.next_step import next_step
from roadmap.progress.services import Climb
from roadmap.progress.summary import progress
from roadmap.web.htmx import refuse, respond, say
from roadmap.web.limits import marks_limit


@login_not_required
@require_POST
@marks_limit
def set_aside(request: HttpRequest, slug: str) -> HttpResponse:
    found = snapshot.current().skills.get(slug)
    if found is None:
        raise Http404
    verb = {"aside": set_asides.set_aside, "open": set_asides.take_back}.get(request.POST.get("state", ""))
    if verb is None:
        return refuse(request, _("Send state=aside to set the skill aside, or state=open to take that back."))
    climb = verb(climber=begin_climb(request), skill_id=found.id)
    curriculum = snapshot.current(climb.revision)
    _tell_set_aside(request, found, is_aside=found.id in climb.set_aside)
    return respond(
        request, "components/next-step-update.html", _next_context(request, curriculum, climb), page=_page_of(request, curriculum)
    )


def _next_context(request: HttpRequest, curriculum: Snapshot, climb: Climb) -> dict[str, Any]:
    """What shows the next step on the page that the request came from (its form says which)."""
    page, following = request.POST.get("page"), next_step(curriculum, climb)
    context = {"curriculum": curriculum, "climb": climb, "page": page, "next": following, "skill": _skill_behind(request, curriculum)}
    if page == "home":
        climbed = parts.steps(curriculum, climb, now=following.skill.stage if following else None)
        is_fresh = not climb.states
        context |= {
            "flight": parts.flight(curriculum, climbed, is_fresh=is_fresh),
            "progress": progress(curriculum, climb.states),
            "is_fresh": is_fresh,
        }
    return context


def _skill_behind(request: HttpRequest, curriculum: Snapshot) -> SkillView | None:
    """The skill on whose page the request was made."""
    return curriculum.skills.get(request.POST.get("here", "")) if request.POST.get("page") == "skill" else None


def _page_of(request: HttpRequest, curriculum: Snapshot) -> str:
    """Where a request made without htmx leads back to: a place that the server builds, never one that the request names."""
    page, here = request.POST.get("page"), request.POST.get("here", "")
    if page == "skill" and here in curriculum.skills:
        return curriculum.skills[here].get_absolute_url()
    if page == "stage" and here in curriculum.stage_by_slug:
        return curriculum.stage_by_slug[here].get_absolute_url()
    return reverse("home")


def _tell_set_aside(request: HttpRequest, found: SkillView, *, is_aside: bool) -> None:
    if not is_aside:
        say(request, _("%(skill)s may be your next step again.") % {"skill": found.title})
        return
    text = _("%(skill)s is set aside for %(days)s days.") % {"skill": found.title, "days": set_asides.ASIDE_DAYS}
    say(request, text, undo={"action": reverse("set_aside", args=[found.slug]), "state": "open", "target": "#next-step"})
