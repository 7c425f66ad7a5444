"""One's own projects: attaching, reading, confirming, editing, the write-up, archive and deletion."""

from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from roadmap.curriculum import snapshot
from roadmap.progress.climb import climb_of
from roadmap.web.htmx import from_htmx, go, refuse, render_page, respond, say
from roadmap.web.limits import Limit
from roadmap.web.security_log import note

from . import additions, services
from .access import is_on, own_projects, visible_projects
from .evidence import Confirmed, confirm_evidence, decline_evidence
from .forms import AttachForm, EditForm, WriteUpForm, suggested_idea, suggested_title
from .github.addresses import BadAddress, parse
from .models import KEEP_DAYS, Project
from .showing import found_in, keys, reading_words, readme_points, remarks

SHELVES = ("current", "archived", "deleted")

# Every reading asks GitHub, whose patience all learners share.
_readings_limit = Limit(
    "readings", _lazy("That’s a lot of readings in an hour. Nothing is lost; read it again in a few minutes."), per_minute=10 / 60, burst=10
)


@require_safe
def project_list(request: HttpRequest) -> HttpResponse:
    shelf = request.GET.get("show", "current")
    if shelf not in SHELVES:
        raise Http404
    own = own_projects(request.user)
    shelves = {"current": own.current(), "archived": own.archived(), "deleted": own.deleted()}
    curriculum = snapshot.current()
    projects = shelves[shelf].prefetch_related("evidence")
    context = {
        "shelf": shelf,
        "cards": [_card(project, curriculum) for project in projects],
        "counts": own.counts(),
        "keep_days": KEEP_DAYS,
        "portfolio_is_on": is_on(request.user),
    }
    return render_page(request, "portfolio/project_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def attach_project(request: HttpRequest) -> HttpResponse:
    curriculum = snapshot.current()
    if request.method != "POST":
        asked = {name: request.GET.get(name, "") for name in ("address", "idea")}
        context = {"form": AttachForm(initial=asked, curriculum=curriculum), **_suggestions(asked["address"], curriculum)}
        return render_page(request, "portfolio/attach_project.html", context, partial="suggestions")
    form = AttachForm(request.POST, curriculum=curriculum)
    if not form.is_valid():
        return render_page(request, "portfolio/attach_project.html", {"form": form}, partial="form", status=422)
    try:
        attached = services.attach_project(learner=_learner(request), url=form.url, repository=form.repository, values=form.values())
    except services.TooMany:
        form.add_error(
            None, _("That’s %(most)s projects in a day, which is the most. Attach this one tomorrow.") % {"most": services.MOST_A_DAY}
        )
        return render_page(request, "portfolio/attach_project.html", {"form": form}, partial="form", status=422)
    _tell_attached(request, attached)
    return go(request, attached.project.get_absolute_url())


@require_safe
def project(request: HttpRequest, id: str) -> HttpResponse:
    found = get_object_or_404(visible_projects(request.user), pk=id)
    if found.learner_id != request.user.pk:
        note("project_read_by_superuser", request, request.user, learner_id=found.learner_id)
    return render_page(request, "portfolio/project.html", _page_context(request, found))


@require_safe
def reading(request: HttpRequest, id: str) -> HttpResponse:
    """How far the reading is: what the page asks for again by itself until there is an end."""
    found = get_object_or_404(visible_projects(request.user).exclude(inspection=None), pk=id)
    if from_htmx(request):
        return render_page(request, "components/reading-update.html", _project_context(request, found))
    return render_page(request, "portfolio/project.html", _page_context(request, found))


@require_POST
@_readings_limit
def inspect_project(request: HttpRequest, id: str) -> HttpResponse:
    found = _own(request, id)
    if not found.repository:
        raise Http404
    try:
        services.ask_for_reading(project=found)
    except services.TooManyUnderWay:
        return refuse(
            request, _("Three of your projects are waiting to be read already. Ask again when one of them is done."), status=429, wait=60
        )
    say(request, _("We’ll read it again. You needn’t wait here."))
    found = _own(request, id)
    return respond(
        request, "components/reading-update.html", {**_project_context(request, found), "is_asked": True}, page=found.get_absolute_url()
    )


@require_POST
def answer_evidence(request: HttpRequest, id: str) -> HttpResponse:
    found = _own(request, id)
    # A row's own button declines that row; all others of the form are left as they are.
    declined = request.POST.getlist("decline")
    curriculum = snapshot.current()
    skills = [curriculum.skills[slug] for slug in declined or request.POST.getlist("skill") if slug in curriculum.skills]
    if not skills:
        return refuse(request, _("Tick at least one skill first."))
    ids = [skill.id for skill in skills]
    if declined:
        decline_evidence(project=found, skills=ids)
        say(request, _("%(skill)s: not shown by this project. Your mark is as it was.") % {"skill": skills[0].title})
    else:
        say(request, _tell_confirmed(curriculum, confirm_evidence(project=found, skills=ids)))
    return respond(
        request, "components/evidence-update.html", _project_context(request, found), page=f"{found.get_absolute_url()}#evidence"
    )


@require_http_methods(["GET", "HEAD", "POST"])
def edit_project(request: HttpRequest, id: str) -> HttpResponse:
    found = _own(request, id)
    curriculum = snapshot.current()
    initial = {"version": found.version, "idea": found.idea.slug if found.idea else ""}
    form = EditForm(request.POST or None, instance=found, initial=initial, curriculum=curriculum)
    if request.method == "POST" and form.is_valid() and _is_saved(found, form):
        say(request, _("Project saved."))
        return go(request, found.get_absolute_url())
    status = 422 if request.method == "POST" else 200
    return render_page(request, "portfolio/edit_project.html", {"project": found, "form": form}, partial="form", status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def write_up(request: HttpRequest, id: str) -> HttpResponse:
    found = _own(request, id)
    form = WriteUpForm(request.POST or None, instance=found, initial={"version": found.version})
    if request.method == "POST" and form.is_valid() and _is_saved(found, form):
        is_open_again = found.finished_at and not form.is_answered
        say(
            request,
            _("Saved. An answer is missing, so the project is no longer presented as finished.") if is_open_again else _("Write-up saved."),
        )
        return go(request, f"{found.get_absolute_url()}#write-up")
    status = 422 if request.method == "POST" else 200
    return render_page(request, "portfolio/write_up.html", {"project": found, "form": form}, partial="form", status=status)


@require_POST
def finish_project(request: HttpRequest, id: str) -> HttpResponse:
    found = _own(request, id)
    is_finished = _wanted(request, "state", {"finished": True, "open": False})
    if is_finished is None:
        return refuse(request, _("This page is out of date, and nothing was changed. Reload it and try again."))
    if not services.finish_project(project=found, is_finished=is_finished):
        return refuse(request, _("Answer the five questions of the write-up first; then the project can be presented as finished."))
    say(request, _("Presented as finished.") if is_finished else _("No longer presented as finished."))
    return go(request, f"{found.get_absolute_url()}#write-up")


@require_POST
def archive_project(request: HttpRequest, id: str) -> HttpResponse:
    found = _own(request, id)
    is_archived = _wanted(request, "state", {"archived": True, "current": False})
    if is_archived is None:
        return refuse(request, _("This page is out of date, and nothing was changed. Reload it and try again."))
    services.archive_project(project=found, is_archived=is_archived)
    say(request, _("Archived. What it shows still counts.") if is_archived else _("Back among your projects."))
    return go(request, found.get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
def delete_project(request: HttpRequest, id: str) -> HttpResponse:
    found = get_object_or_404(own_projects(request.user), pk=id)
    if request.method != "POST":
        only_here = found.evidence.shown_only_here(found).select_related("skill")
        return render_page(request, "portfolio/delete_project.html", {"project": found, "only_here": only_here, "keep_days": KEEP_DAYS})
    services.delete_project(project=found)
    say(request, _("“%(title)s” is deleted. You can restore it for %(days)s days.") % {"title": found.title, "days": KEEP_DAYS})
    return go(request, f"{reverse('portfolio:project_list')}?show=deleted")


@require_POST
def restore_project(request: HttpRequest, id: str) -> HttpResponse:
    found = get_object_or_404(own_projects(request.user), pk=id)
    services.restore_project(project=found)
    say(request, _("“%(title)s” is back, with everything that it shows.") % {"title": found.title})
    return go(request, found.get_absolute_url())


def _own(request: HttpRequest, id: str) -> Project:
    """A project that may be changed: one's own, and not deleted."""
    return get_object_or_404(own_projects(request.user).kept(), pk=id)


def _learner(request: HttpRequest) -> int:
    return cast("int", request.user.pk)


def _wanted(request: HttpRequest, name: str, states: dict[str, bool]) -> bool | None:
    return states.get(request.POST.get(name, ""))


def _is_saved(found: Project, form: EditForm | WriteUpForm) -> bool:
    """False where another tab was quicker: the form says so, and keeps what was typed."""
    try:
        services.save_words(project=found, version=form.cleaned_data["version"], values=form.values())
    except services.Outdated as outdated:
        form.data = {**form.data.dict(), "version": outdated.version}  # type: ignore[attr-defined]
        form.add_error(
            None,
            _("This project was saved in another tab since you opened this form. Your words are below; save again to let them stand."),
        )
        return False
    return True


def _suggestions(text: str, curriculum: snapshot.Snapshot) -> dict[str, Any]:
    """What an address suggests, in words beside it: what somebody types meanwhile is never overwritten."""
    try:
        address = parse(text)
    except BadAddress:
        return {}
    return {"suggested_title": suggested_title(address), "suggested_idea": suggested_idea(curriculum, address)}


def _card(project: Project, curriculum: snapshot.Snapshot) -> dict[str, Any]:
    """A project in a list: what it shows, and what is to do about it."""
    rows = {row.skill_id: row for row in project.evidence.all()}
    shown = [skill for skill in curriculum if skill.id in rows and rows[skill.id].confirmed_at]
    open_rows = [row for row in rows.values() if row.answer == "open" and not row.gone_at]
    inspection = getattr(project, "inspection", None)
    return {
        "project": project,
        "shown": shown,
        "open": len(open_rows),
        "inspection": inspection,
        "words": inspection and reading_words(inspection),
    }


def _page_context(request: HttpRequest, found: Project) -> dict[str, Any]:
    return {**_project_context(request, found), **additions.additions(request.user, found)}


def _project_context(request: HttpRequest, found: Project) -> dict[str, Any]:
    climb = climb_of(request)
    curriculum = snapshot.current(climb.revision)
    inspection = getattr(found, "inspection", None)
    evidence = found_in(found, curriculum, climb, found.evidence.all())
    readme = readme_points(inspection) if inspection else []
    return {
        "project": found,
        "is_own": found.learner_id == request.user.pk,
        "inspection": inspection,
        "words": reading_words(inspection) if inspection else None,
        "portfolio_is_on": is_on(request.user),
        "remarks": remarks(inspection) if inspection else [],
        "keys": keys(found, inspection) if inspection else [],
        "open": [row for row in evidence if row.answer == "open" and not row.is_gone],
        "confirmed": [row for row in evidence if row.answer == "confirmed"],
        "declined": [row for row in evidence if row.answer == "declined" and not row.is_gone],
        "listed": [row for row in evidence if row.answer == "listed" and not row.is_gone],
        "readme": readme,
        "readme_found": sum(point.is_found for point in readme),
        "idea": curriculum.ideas.get(found.idea.slug) if found.idea else None,
        "questions": found.answers(),
        "answered": sum(bool(getattr(found, name).strip()) for name in Project.QUESTIONS),
        "curriculum": curriculum,
    }


def _tell_attached(request: HttpRequest, attached: services.Attached) -> None:
    if attached.was_deleted:
        say(request, _("You had deleted this project. It’s back, with its words as they were."))
    elif attached.was_there:
        say(request, _("This repository is attached already: here is its project, with its words as they were."))
    elif attached.project.repository:
        say(request, _("Project attached."))
    else:
        say(request, _("Project attached. It’s a link: we show it, and don’t read it."))


def _tell_confirmed(curriculum: snapshot.Snapshot, confirmed: Confirmed) -> str:
    titles = [skill.title for skill in curriculum if skill.id in confirmed.new]
    if not titles:
        return _("These were confirmed already.")
    told = _tell_shown(titles)
    if begun := len(confirmed.begun):
        told += " " + ngettext("%(count)s had no mark and is Learning now.", "%(count)s had no mark and are Learning now.", begun) % {
            "count": begun
        }
    return told


def _tell_shown(titles: list[str]) -> str:
    if len(titles) == 1:
        return _("%(skill)s: shown by your code.") % {"skill": titles[0]}
    return ngettext("%(count)s skill is now shown by your code.", "%(count)s skills are now shown by your code.", len(titles)) % {
        "count": len(titles)
    }
