"""One's own climb: where it stands, what was done, and choosing what comes next on it."""

from typing import Any, cast

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.services import save_time_zone
from accounts.time_zones import in_own_time
from roadmap import parts
from roadmap.curriculum import snapshot
from roadmap.curriculum.snapshot import SkillView, Snapshot
from roadmap.mentoring.overview.word import word_for
from roadmap.portfolio.access import own_projects
from roadmap.portfolio.drawing import Drawing, staircase
from roadmap.portfolio.published import StepProgress
from roadmap.progress import set_asides
from roadmap.progress.aims import say_aim
from roadmap.progress.climb import begin_climb, climb_of, climber_of
from roadmap.progress.coming_back import coming_back
from roadmap.progress.models import Aim
from roadmap.progress.next_step import NextStep, next_step, next_steps, settled_skills
from roadmap.progress.pace_forms import PaceForm
from roadmap.progress.services import Climb
from roadmap.progress.summary import progress
from roadmap.progress.week import days_context
from roadmap.web.htmx import refuse, render_page, respond, say
from roadmap.web.limits import marks_limit

# How many steps stand below the one to continue with, and how many projects are named.
THEN = 3
PROJECTS = 4
# Where what draws somebody has its place on the staircase.
DRAWN_TO = {"career": "jobs-and-growth", "studies": "math-and-statistics", "work": "real-projects"}


@login_not_required
@require_safe
@in_own_time
def climb(request: HttpRequest) -> HttpResponse:
    own = climb_of(request)
    curriculum = snapshot.current(own.revision)
    if own.is_first_visit:
        return render_page(request, "roadmap/welcome.html", _pace_context(curriculum, own, _pace_form(request, own)))
    return render_page(request, "roadmap/climb.html", _climb_context(request, curriculum, own))


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def pace(request: HttpRequest) -> HttpResponse:
    own = climb_of(request)
    curriculum = snapshot.current(own.revision)
    is_first = own.is_first_visit
    template = "roadmap/welcome.html" if is_first else "roadmap/pace.html"
    if request.method != "POST":
        return render_page(request, template, _pace_context(curriculum, own, _pace_form(request, own)))
    # An answer makes a guest of a visitor, as a mark does.
    if refusal := marks_limit.refusal(request):
        return refusal
    form = _pace_form(request, own, request.POST if "skip" not in request.POST else {})
    if not form.is_valid():
        return render_page(request, template, _pace_context(curriculum, own, form), status=422)
    said = form.cleaned_data
    own = say_aim(climber=begin_climb(request), hours_a_week=said["hours_a_week"], known=said["known"], draw=said["draw"])
    if "time_zone" in said and "skip" not in request.POST:
        save_time_zone(person=cast(User, request.user), time_zone=said["time_zone"])
    following = next_step(curriculum, own)
    if is_first and following:
        return HttpResponseRedirect(following.skill.get_absolute_url())
    say(request, _("Your pace is saved."))
    return HttpResponseRedirect(reverse("climb"))


@login_not_required
@require_POST
@marks_limit
def set_aside(request: HttpRequest, slug: str) -> HttpResponse:
    found = snapshot.current().skills.get(slug)
    if found is None:
        raise Http404
    verb = {"aside": set_asides.set_aside, "open": set_asides.open_again}.get(request.POST.get("state", ""))
    if verb is None:
        return refuse(request, _("Send state=aside to set the skill aside, or state=open to take that back."))
    own = verb(climber=begin_climb(request), skill_id=found.id)
    curriculum = snapshot.current(own.revision)
    _tell_set_aside(request, found, is_aside=found.id in own.set_aside)
    return respond(request, "components/next-step-update.html", _next_context(request, curriculum, own), page=_page_of(request, curriculum))


# --- My climb -------------------------------------------------------------------------------------------------------


def _climb_context(request: HttpRequest, curriculum: Snapshot, own: Climb) -> dict[str, Any]:
    context = {
        "curriculum": curriculum,
        "climb": own,
        "page": "climb",
        **_steps_context(curriculum, own),
        "small_steps": [(stage, parts.small_step(curriculum, stage, own)) for stage in curriculum.stages],
        "progress": progress(curriculum, own.states),
        "back": coming_back(curriculum, climber_of(request), own),
        "drawn_to": curriculum.stage_by_slug.get(DRAWN_TO.get(own.draw, "")),
        "is_curious": own.draw == Aim.Draw.CURIOSITY,
    }
    return context | (_own_context(request, curriculum, own) if request.user.is_authenticated else {})


def _steps_context(curriculum: Snapshot, own: Climb) -> dict[str, Any]:
    """The next step, what may be taken after it, and what is set aside."""
    following = next_steps(curriculum, own, THEN + 1)
    first = following[0] if following else None
    return {
        "next": first,
        "continue_part": parts.continue_part(curriculum, own, first),
        "then": [_row(curriculum, own, step) for step in following[1:]],
        "aside": [skill for skill in curriculum if skill.id in own.set_aside],
        "aside_days": set_asides.ASIDE_DAYS,
    }


def _row(curriculum: Snapshot, own: Climb, step: NextStep) -> tuple[NextStep, str, str]:
    """A step to take later: with its control, and what stands below it."""
    skill = step.skill
    note = parts.skill_note(curriculum, skill, own, settled_skills(own.states))
    return step, parts.state_control(curriculum, skill, own.state(skill.id)), note


def _own_context(request: HttpRequest, curriculum: Snapshot, own: Climb) -> dict[str, Any]:
    """What needs an account: days, projects, mentors."""
    person = cast(User, request.user)
    word = word_for(person)
    return {
        **days_context(person, curriculum, own),
        "projects": [(project, word.turns.get(project.pk)) for project in own_projects(person).current()[:PROJECTS]],
        "word": word,
    }


# --- The pace -------------------------------------------------------------------------------------------------------


def _pace_form(request: HttpRequest, own: Climb, data: Any = None) -> PaceForm:
    person = request.user
    initial = {
        "draw": own.draw,
        "known": sorted(own.known),
        "hours_a_week": own.hours_a_week,
        "time_zone": person.time_zone if person.is_authenticated else "",
    }
    return PaceForm(data, initial=initial, has_zone=person.is_authenticated, hours=own.hours_a_week)


def _pace_context(curriculum: Snapshot, own: Climb, form: PaceForm) -> dict[str, Any]:
    following = next_step(curriculum, own)
    paces = [(int(value), *_how_long(curriculum, int(value))) for value, _label in form.fields["hours_a_week"].choices]  # type: ignore[attr-defined]
    return {
        "curriculum": curriculum,
        "climb": own,
        "form": form,
        "paces": paces,
        "next": following,
        "progress": progress(curriculum, own.states),
        "drawing": _drawing(curriculum),
    }


def _drawing(curriculum: Snapshot) -> Drawing:
    """The staircase before anything is marked."""
    steps = ((stage, len(stage.skills)) for stage in curriculum.stages)
    return staircase(
        tuple(
            StepProgress(stage.number, stage.title, stage.short, 0, total, 0, ("none",) * total, is_complete=False)
            for stage, total in steps
        )
    )


def _how_long(curriculum: Snapshot, hours_a_week: int) -> tuple[int, float | None]:
    """How many months all of it takes at this pace, and from two years on, how many years (in halves)."""
    months = max(1, round(float(curriculum.hours) / hours_a_week * 12 / 52))
    return months, round(months / 6) / 2 if months >= 24 else None


# --- The next step --------------------------------------------------------------------------------------------------


def _next_context(request: HttpRequest, curriculum: Snapshot, own: Climb) -> dict[str, Any]:
    """What shows the next step on the page that the request came from (its form says which)."""
    page = request.POST.get("page")
    if page == "climb":
        return {"page": page, **_steps_context(curriculum, own)}
    following = next_step(curriculum, own)
    context = {"curriculum": curriculum, "climb": own, "page": page, "next": following, "skill": _skill_behind(request, curriculum)}
    if page == "home":
        climbed = parts.steps(curriculum, own, now=following.skill.stage if following else None)
        is_fresh = own.is_unmarked
        context |= {
            "flight": parts.flight(curriculum, climbed, is_fresh=is_fresh),
            "progress": progress(curriculum, own.states),
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
    return reverse("climb" if page == "climb" else "home")


def _tell_set_aside(request: HttpRequest, found: SkillView, *, is_aside: bool) -> None:
    if not is_aside:
        say(request, _("%(skill)s may be your next step again.") % {"skill": found.title})
        return
    text = _("%(skill)s is set aside for %(days)s days.") % {"skill": found.title, "days": set_asides.ASIDE_DAYS}
    say(request, text, undo={"action": reverse("set_aside", args=[found.slug]), "state": "open", "target": "#next-step"})
