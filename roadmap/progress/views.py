"""The question after signing in: are the marks that were made on this device yours?"""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from roadmap.curriculum import snapshot
from roadmap.web.htmx import render_page, say

from .climb import forget_guest_of, guest_of
from .merge import WaitingMark, drop_guest, waiting_marks
from .merge import merge_marks as take_marks_over
from .models import state_label
from .services import read_climb
from .summary import progress


@require_safe
def merge(request: HttpRequest) -> HttpResponse:
    return render_page(request, "progress/merge.html", _merge_context(request, _waiting(request)))


@require_POST
def merge_marks(request: HttpRequest) -> HttpResponse:
    waiting = _waiting(request)
    chosen = {mark.skill_id for mark in waiting if mark.slug in request.POST.getlist("skill")}
    if waiting and not chosen:
        return render_page(request, "progress/merge.html", {**_merge_context(request, waiting), "is_none_chosen": True}, status=422)
    if (guest := guest_of(request)) and waiting:
        added = take_marks_over(guest=guest, learner=_learner(request), skills=chosen)
        _tell_merge(request, added)
    forget_guest_of(request)
    return HttpResponseRedirect(_next(request))


@require_POST
def drop_marks(request: HttpRequest) -> HttpResponse:
    if guest := guest_of(request):
        drop_guest(guest=guest)
        forget_guest_of(request)
        say(request, _("The marks made on this device are removed. Your own are as they were."))
    return HttpResponseRedirect(_next(request))


def _learner(request: HttpRequest) -> int:
    """The account behind a page that only opens to one."""
    return cast(int, request.user.pk)


def _merge_context(request: HttpRequest, waiting: list[WaitingMark]) -> dict[str, Any]:
    curriculum = snapshot.current()
    unchosen = set() if request.method != "POST" else {mark.slug for mark in waiting} - set(request.POST.getlist("skill"))
    return {
        "marks": [
            (mark, curriculum.skills.get(mark.slug), mark.slug not in unchosen, state_label(mark.before), state_label(mark.after))
            for mark in waiting
        ],
        "next": _next(request),
    }


def _waiting(request: HttpRequest) -> list[WaitingMark]:
    guest = guest_of(request)
    return waiting_marks(guest=guest, learner=_learner(request)) if guest else []


def _tell_merge(request: HttpRequest, added: int) -> None:
    climb = read_climb(_learner(request))
    counted = progress(snapshot.current(climb.revision), climb.states)
    text = ngettext("%(added)s mark added.", "%(added)s marks added.", added) % {"added": added}
    say(request, f"{text} " + _("%(done)s of %(total)s done.") % {"done": counted.done, "total": counted.total})


def _next(request: HttpRequest) -> str:
    """The page that signing in was for: of our own host, or home."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_ours and not wanted.startswith(reverse("progress:merge")) else reverse("home")
