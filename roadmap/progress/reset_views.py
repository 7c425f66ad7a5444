"""Beginning a step, or everything, anew: the question, the act, and taking it back."""

from datetime import timedelta
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.time_zones import in_own_time
from roadmap.curriculum import snapshot
from roadmap.curriculum.snapshot import Snapshot, StageView
from roadmap.web.htmx import render_page, say

from . import resets
from .models import Reset
from .services import read_climb
from .summary import progress


@require_http_methods(["GET", "HEAD", "POST"])
@in_own_time
def begin_anew(request: HttpRequest) -> HttpResponse:
    """The question, and the act once it is answered; `step` names one step, without it everything is meant."""
    climb = read_climb(_learner(request))
    curriculum = snapshot.current(climb.revision)
    stage = _stage(curriculum, request)
    if request.method != "POST":
        skills = stage.skills if stage else curriculum
        return render_page(
            request,
            "progress/begin_anew.html",
            {
                "stage": stage,
                "counted": progress(skills, climb.states),
                "ticks": sum(point.id in climb.ticks for skill in skills for point in skill.points),
                "resets": _resets(request),
                "kept_days": resets.KEPT_DAYS,
                "back": _page_of(stage),
            },
        )
    if resets.begin_anew(learner=_learner(request), stage_id=stage.id if stage else None):
        said = _("Step %(number)d begins anew.") % {"number": stage.number} if stage else _("Your climb begins anew.")
        say(request, said + " " + _("You can take that back for %(days)d days.") % {"days": resets.KEPT_DAYS})
        return HttpResponseRedirect(reverse("progress:begin_anew") + "#take-back")
    say(request, _("There was nothing marked there."))
    return HttpResponseRedirect(_page_of(stage))


@require_POST
def take_back(request: HttpRequest, id: int) -> HttpResponse:
    try:
        returned = resets.take_back(learner=_learner(request), reset_id=id)
    except Reset.DoesNotExist as missing:
        raise Http404 from missing
    if returned:
        text = ngettext("%(number)d mark is back.", "%(number)d marks are back.", returned) % {"number": returned}
    else:
        text = _("There was nothing left to bring back.")
    say(request, text + " " + _("What you marked since stays as it is."))
    return HttpResponseRedirect(reverse("home"))


def _learner(request: HttpRequest) -> int:
    return cast(int, request.user.pk)


def _stage(curriculum: Snapshot, request: HttpRequest) -> StageView | None:
    """The step that is asked about; None for everything, 404 for one that there is not."""
    slug = (request.POST if request.method == "POST" else request.GET).get("step", "")
    if not slug:
        return None
    if (stage := curriculum.stage_by_slug.get(slug)) is None:
        raise Http404
    return stage


def _resets(request: HttpRequest) -> list[dict[str, Any]]:
    return [
        {
            "id": reset.pk,
            "stage": reset.stage,
            "at": reset.at,
            "marks": len(reset.held["marks"]),
            "until": reset.at + timedelta(days=resets.KEPT_DAYS),
        }
        for reset in resets.resets_of(_learner(request))
    ]


def _page_of(stage: StageView | None) -> str:
    return stage.get_absolute_url() if stage else reverse("home")
