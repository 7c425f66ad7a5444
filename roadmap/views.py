"""Pages and actions that draw on several apps: the staircase, a stage, a skill, marking."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.time_zones import in_own_time
from roadmap import ideas, parts
from roadmap.curriculum import snapshot
from roadmap.curriculum.snapshot import IdeaView, SkillView, Snapshot, StageView
from roadmap.mentoring.sign_offs.standing import sign_offs_of, standing_badge
from roadmap.portfolio.showing import evidence_of, signs_of
from roadmap.progress.climb import begin_climb, climb_of, climber_of
from roadmap.progress.coming_back import coming_back
from roadmap.progress.forms import WaitingForm
from roadmap.progress.models import State, state_label
from roadmap.progress.next_step import next_step, settled_skills
from roadmap.progress.note_views import note_context
from roadmap.progress.notes import note_of
from roadmap.progress.services import WANTED, Climb, LeftTheRoadmap, MarkedElsewhere, Wanted
from roadmap.progress.services import mark_skill as set_mark
from roadmap.progress.services import tick_point as set_tick
from roadmap.progress.summary import progress, step_progress
from roadmap.progress.week import days_context
from roadmap.resources.forms import LinkForm
from roadmap.resources.shelf import links_on, shelf_of
from roadmap.web.htmx import refuse, render_page, respond, say
from roadmap.web.limits import marks_limit
from roadmap.web.offline import person_of


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    climb = climb_of(request)
    curriculum = snapshot.current(climb.revision)
    return _page(
        request,
        "roadmap/home.html",
        curriculum,
        climb,
        lambda: _home_context(request, curriculum, climb),
        is_fresh=climb.is_unmarked,
        page="home",
    )


@login_not_required
@require_safe
def stage(request: HttpRequest, slug: str) -> HttpResponse:
    climb = climb_of(request)
    curriculum = snapshot.current(climb.revision)
    if (found := curriculum.stage_by_slug.get(slug)) is None:
        return _moved(curriculum, "stage", slug)
    return _page(
        request,
        "roadmap/stage.html",
        curriculum,
        climb,
        lambda: _stage_context(request, curriculum, found, climb),
        stage=found,
        page="stage",
    )


@login_not_required
@require_safe
@in_own_time
def skill(request: HttpRequest, slug: str) -> HttpResponse:
    climb = climb_of(request)
    curriculum = snapshot.current(climb.revision)
    if (found := curriculum.skills.get(slug)) is None:
        return _retired(request, curriculum, slug, climb)
    return _page(
        request,
        "roadmap/skill.html",
        curriculum,
        climb,
        lambda: _skill_context(request, curriculum, found, climb),
        skill=found,
        page="skill",
    )


@login_not_required
@require_POST
@marks_limit
@in_own_time
def mark_skill(request: HttpRequest, slug: str) -> HttpResponse:
    found = _skill_or_404(snapshot.current(), slug)
    state = request.POST.get("state", "")
    if state not in WANTED:
        return refuse(request, _("“%(state)s” isn’t a state. Send none, learning, done or skipped.") % {"state": state[:40]})
    if "key" in request.POST:
        return _mark_that_waited(request, found, state)
    try:
        change = set_mark(climber=begin_climb(request), skill_id=found.id, state=state)
    except LeftTheRoadmap as gone:
        raise Http404 from gone
    curriculum = snapshot.current(change.climb.revision)
    found = _skill_or_404(curriculum, slug)
    _tell_mark(request, curriculum, found, change.before, state, change.climb)
    context = {
        **_update_context(request, curriculum, found, change.before, change.climb),
        "control": parts.state_control(curriculum, found, state),
    }
    return respond(request, "components/skill-update.html", context, page=_page_of(request, found))


@login_not_required
@require_POST
@marks_limit
def tick_point(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    found = _skill_or_404(snapshot.current(), slug)
    point = next((point for point in found.points if point.key == key), None)
    if point is None:
        raise Http404
    reached = request.POST.get("reached", "")
    if reached not in ("yes", "no"):
        return refuse(request, _("Send reached=yes to tick the point, or reached=no to take the tick back."))
    climb = set_tick(climber=begin_climb(request), point_id=point.id, reached=reached == "yes")
    curriculum = snapshot.current(climb.revision)
    found = _skill_or_404(curriculum, slug)
    _tell_tick(request, found, climb)
    context = {"skill": found, "point": point, "is_reached": point.id in climb.ticks}
    return respond(request, "components/point-update.html", context, page=f"{found.get_absolute_url()}#point-{point.key}")


@login_not_required
@require_safe
def idea_list(request: HttpRequest) -> HttpResponse:
    climb = climb_of(request)
    curriculum = snapshot.current(climb.revision)
    shown = ideas.idea_list(curriculum, climb, stage=request.GET.get("stage", ""), near=request.GET.get("near", ""))
    return render_page(request, "roadmap/idea_list.html", {"curriculum": curriculum, "ideas": shown})


@login_not_required
@require_safe
def idea(request: HttpRequest, slug: str) -> HttpResponse:
    climb = climb_of(request)
    curriculum = snapshot.current(climb.revision)
    if (found := curriculum.ideas.get(slug)) is None:
        return _moved(curriculum, "idea", slug)
    return render_page(request, "roadmap/idea.html", _idea_context(curriculum, found, climb))


@login_not_required
@require_safe
def about(request: HttpRequest) -> HttpResponse:
    curriculum = snapshot.current()
    return render_page(request, "roadmap/about.html", {"curriculum": curriculum})


def _page(
    request: HttpRequest, template: str, curriculum: Snapshot, climb: Climb, context: Callable[[], dict[str, Any]], **frame: Any
) -> HttpResponse:
    """A page of the roadmap. `frame` is what its title and its forms need, `context` all the rest.

    To a visitor without marks the content is what it is to every other one, and is rendered once.
    """
    if climb.is_fresh and not request.user.is_authenticated:
        content = parts.content(curriculum, template, request.path, lambda: {**frame, **context()})
        return render_page(request, template, {**frame, "content": content})
    return render_page(request, template, {**frame, **context()})


def _home_context(request: HttpRequest, curriculum: Snapshot, climb: Climb) -> dict[str, Any]:
    following = next_step(curriculum, climb)
    climbed = parts.steps(curriculum, climb, now=following.skill.stage if following else None)
    is_fresh = climb.is_unmarked
    return {
        "curriculum": curriculum,
        "climb": climb,
        "progress": progress(curriculum, climb.states),
        "next": following,
        "back": coming_back(curriculum, climber_of(request), climb),
        "flight": parts.flight(curriculum, climbed, is_fresh=is_fresh),
        "step_items": parts.step_items(curriculum, climb, climbed, is_fresh=is_fresh),
    }


def _stage_context(request: HttpRequest, curriculum: Snapshot, found: StageView, climb: Climb) -> dict[str, Any]:
    settled = settled_skills(climb.states)
    return {
        "rows": [parts.skill_row(curriculum, skill, climb, settled) for skill in found.skills],
        "resources": parts.stage_resources(curriculum, found),
        "ideas": [parts.idea_card(curriculum, idea, climb) for idea in found.ideas],
        "statements": parts.stage_statements(curriculum, found),
        "badge": _badge(request, found, climb),
        **_climb_context(curriculum, found, climb),
    }


def _skill_context(request: HttpRequest, curriculum: Snapshot, found: SkillView, climb: Climb) -> dict[str, Any]:
    state = climb.state(found.id)
    settled = settled_skills(climb.states)
    order = tuple(curriculum)
    place = order.index(found)
    return {
        "stage": found.stage,
        "state": state,
        "control": parts.state_control(curriculum, found, state),
        "points": _points(found, climb),
        "signs": signs_of(found),
        "evidence": evidence_of(request.user, found) if request.user.is_authenticated else [],
        "sign_offs": sign_offs_of(request.user, found.id) if request.user.is_authenticated else [],
        "note": parts.skill_note(curriculum, found, climb, settled),
        "needs": parts.with_states(found.needs, climb),
        "leads_to": parts.with_states(found.leads_to, climb),
        **_own_context(request, curriculum, found),
        "ideas": [parts.idea_card(curriculum, idea, climb) for idea in found.ideas],
        "statements": parts.statements(curriculum, [found]),
        "before": order[place - 1] if place else None,
        "after": order[place + 1] if place + 1 < len(order) else None,
        **_climb_context(curriculum, found.stage, climb),
    }


def _own_context(request: HttpRequest, curriculum: Snapshot, found: SkillView) -> dict[str, Any]:
    """The resources of a skill with the reader's shelf, and the reader's own links and note beside them."""
    if not request.user.is_authenticated:
        return {"resources": [parts.resource_item(curriculum, resource) for resource in found.resources]}
    shelf = shelf_of(request.user.pk)
    return {
        "resources": [parts.resource_item(curriculum, resource, shelf.get(resource.slug, "none")) for resource in found.resources],
        "own_links": links_on(request.user.pk, found.id),
        "link_form": LinkForm(),
        **note_context(note_of(request.user.pk, found.id)),
    }


def _idea_context(curriculum: Snapshot, found: IdeaView, climb: Climb) -> dict[str, Any]:
    settled = settled_skills(climb.states)
    return {
        "curriculum": curriculum,
        "idea": found,
        "skills": parts.with_states(found.skills, climb),
        "counted": progress(found.skills, climb.states),
        "blocks": parts.blocks(found.skills, climb.states),
        "open": [skill for skill in found.skills if skill.id not in settled],
        "statements": parts.statements(curriculum, [found]),
    }


def _climb_context(curriculum: Snapshot, stage: StageView, climb: Climb) -> dict[str, Any]:
    """The whole climb beside a page of one step."""
    small_steps = [(other, parts.small_step(curriculum, other, climb)) for other in curriculum.stages]
    return {"small_steps": small_steps, **_progress_context(curriculum, stage, climb)}


def _progress_context(curriculum: Snapshot, stage: StageView, climb: Climb) -> dict[str, Any]:
    """What a page shows of the step and of the whole climb, and what an answer to a mark renews."""
    return {
        "curriculum": curriculum,
        "climb": climb,
        "stage_progress": step_progress(stage, climb),
        "stage_blocks": parts.blocks(stage.skills, climb.states),
        "progress": progress(curriculum, climb.states),
        "next": next_step(curriculum, climb),
    }


def _update_context(request: HttpRequest, curriculum: Snapshot, found: SkillView, before: str, climb: Climb) -> dict[str, Any]:
    """The parts that one mark changes on the page that it was made on (the form says which)."""
    page = request.POST.get("page")
    context = _progress_context(curriculum, found.stage, climb)
    if page == "climb" and request.user.is_authenticated:
        context |= days_context(request.user, curriculum, climb)
    return context | {
        "skill": found,
        "stage": found.stage,
        "page": page,
        "continue_part": parts.continue_part(curriculum, climb, context["next"]) if page == "climb" else "",
        "notes": _changed_notes(curriculum, found.stage.skills if page == "stage" else [found], found, before, climb),
        "small_step": parts.small_step(curriculum, found.stage, climb),
    }


def _changed_notes(
    curriculum: Snapshot, shown: Iterable[SkillView], found: SkillView, before: str, climb: Climb
) -> list[tuple[SkillView, str]]:
    """The notes of the skills on the page that read differently since `found` was in the state `before`."""
    earlier = replace(climb, states={**climb.states, found.id: before})
    settled, settled_earlier = settled_skills(climb.states), settled_skills(earlier.states)
    notes = (
        (skill, parts.skill_note(curriculum, skill, climb, settled), parts.skill_note(curriculum, skill, earlier, settled_earlier))
        for skill in shown
    )
    return [(skill, now) for skill, now, then in notes if now != then]


def _mark_that_waited(request: HttpRequest, found: SkillView, state: Wanted) -> HttpResponse:
    """The answer to a mark that was made without a connection, as facts: the queue that sends it shows them on whatever page is open.

    200 with what stands now; 409 where something else was marked meanwhile; 403 where somebody else is signed in by now.
    """
    form = WaitingForm(request.POST)
    if not form.is_valid():
        return refuse(request, _("A mark that waited needs its key (a UUID), the state before, its moment, and whose it is."))
    if form.cleaned_data["person"] != person_of(request):
        return JsonResponse({"wanted": state}, status=403)
    try:
        change = set_mark(climber=begin_climb(request), skill_id=found.id, state=state, waiting=form.waiting)
    except MarkedElsewhere as elsewhere:
        return JsonResponse({"wanted": state, "stands": elsewhere.stands}, status=409)
    except LeftTheRoadmap as gone:
        raise Http404 from gone
    return JsonResponse({"wanted": state, "stands": change.after})


def _badge(request: HttpRequest, found: StageView, climb: Climb) -> str | None:
    """The number of the step's badge, if one stands; no statement where none of its skills is confirmed."""
    if not request.user.is_authenticated or climb.confirmed.isdisjoint(skill.id for skill in found.skills):
        return None
    return standing_badge(request.user.pk, found.id)


def _points(found: SkillView, climb: Climb) -> list[tuple[Any, bool]]:
    return [(point, point.id in climb.ticks) for point in found.points]


def _tell_mark(request: HttpRequest, curriculum: Snapshot, found: SkillView, before: str, state: str, climb: Climb) -> None:
    counted = progress(curriculum, climb.states)
    text = _("%(skill)s: %(state)s. %(done)s of %(total)s done.") % {
        "skill": found.title,
        "state": state_label(state),
        "done": counted.done,
        "total": counted.total,
    }
    undo = (
        {"action": reverse("mark_skill", args=[found.slug]), "state": before, "target": f"#state-{found.slug}"}
        if before != state and state in ("done", "skipped")
        else None
    )
    say(request, text, undo=undo)


def _tell_tick(request: HttpRequest, found: SkillView, climb: Climb) -> None:
    reached = sum(point.id in climb.ticks for point in found.points)
    text = _("%(reached)s of %(total)s points reached.") % {"reached": reached, "total": len(found.points)}
    if reached == len(found.points) and climb.state(found.id) != State.DONE:
        text += " " + _("That’s what done looks like: mark the skill Done when you agree.")
    say(request, text)


def _page_of(request: HttpRequest, found: SkillView) -> str:
    """Where a mark made without htmx leads back to: a place that the server builds, never one that the request names."""
    if request.POST.get("page") == "climb":
        return reverse("climb")
    if request.POST.get("page") == "stage":
        return f"{found.stage.get_absolute_url()}#skill-{found.slug}"
    return found.get_absolute_url()


def _skill_or_404(curriculum: Snapshot, slug: str) -> SkillView:
    """By its present address or an earlier one: what is sent may come from a page that was read before a skill was renamed."""
    if (found := curriculum.skills.get(curriculum.moved.get(("skill", slug), slug))) is None:
        raise Http404
    return found


def _moved(curriculum: Snapshot, kind: str, slug: str) -> HttpResponse:
    """A permanent redirect from an earlier address; 404 where there never was one."""
    if (now := curriculum.moved.get((kind, slug))) is None:
        raise Http404
    return HttpResponsePermanentRedirect(reverse(kind, args=[now]))


def _retired(request: HttpRequest, curriculum: Snapshot, slug: str, climb: Climb) -> HttpResponse:
    """A skill that has moved or left the roadmap: its one replacement, or a page that names them all and the mark that stays."""
    slug = curriculum.moved.get(("skill", slug), slug)
    if slug in curriculum.skills:
        return HttpResponsePermanentRedirect(reverse("skill", args=[slug]))
    if (gone := curriculum.retired.get(slug)) is None:
        raise Http404
    if len(gone.replaced_by) == 1:
        return HttpResponsePermanentRedirect(gone.replaced_by[0].get_absolute_url())
    return render_page(
        request,
        "roadmap/skill_retired.html",
        {"curriculum": curriculum, "skill": gone, "state": climb.state(gone.id), "label": state_label(climb.state(gone.id))},
    )
