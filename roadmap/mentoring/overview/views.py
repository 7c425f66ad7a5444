"""A mentor's home: the people that one takes along, and one of them in a minute."""

import csv
import re
from copy import copy
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import push_url

from accounts.models import User
from roadmap.mentoring.access import Ended, Page, active_mentorship, look, look_at_all
from roadmap.mentoring.models import Cohort, Mentorship
from roadmap.mentoring.relation.standing import cohorts_of
from roadmap.mentoring.reviews.showing import turn
from roadmap.web.htmx import from_htmx, go, render_page, say
from roadmap.web.limits import Limit
from roadmap.web.security_log import note

from . import notes
from .administration import learner_to_read, look_as_administrator, reading
from .brief import Brief, begin_visit, brief
from .forms import FilterForm, NoteForm, StepForm
from .mentees import QUIET_CHOICES, QUIET_DAYS, Overview, Sort, overview, table

# What a spreadsheet takes for a formula where a cell begins; with other settings of a country, cells end at semicolons and tabs too.
_FORMULA = re.compile(r"(^|[;,\t\r\n])(?=\s*[=+\-@＝＋－＠\t\r])")

_notes_limit = Limit(
    "notes", _lazy("That’s a lot of notes in a minute. This one isn’t saved yet; send it again in a moment."), per_minute=30, burst=30
)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return _list(request, "mentoring/home.html", overview(request.user, FilterForm(request.GET).filters()))


@require_safe
def cohort(request: HttpRequest, id: str) -> HttpResponse:
    own = _own_cohort(request, id)
    return _list(request, "mentoring/cohort.html", overview(request.user, FilterForm(request.GET).filters(), cohort=own))


@require_safe
def mentees_file(request: HttpRequest) -> HttpResponse:
    return _file(request, overview(request.user, FilterForm(request.GET).filters()))


@require_safe
def cohort_file(request: HttpRequest, id: str) -> HttpResponse:
    return _file(request, overview(request.user, FilterForm(request.GET).filters(), cohort=_own_cohort(request, id)))


@require_safe
def learner(request: HttpRequest, handle: str) -> HttpResponse:
    try:
        mentorship = active_mentorship(request.user, handle, None)
    except Http404:
        return _administrators_page(request, learner_to_read(request.user, handle))
    if request.method == "GET":
        begin_visit(mentorship)
    return _learner_page(request, mentorship)


@require_POST
def agree_step(request: HttpRequest, handle: str) -> HttpResponse:
    mentorship = active_mentorship(request.user, handle, None)
    # A form writes what was typed into its instance; the page shows what stands.
    form = StepForm(request.POST, instance=copy(mentorship))
    if not form.is_valid():
        return _learner_page(request, mentorship, step_form=form, partial="step-form", status=422)
    step, on = form.step
    try:
        notes.agree_next_step(mentorship=mentorship, version=form.cleaned_data["version"], step=step, on=on)
    except Ended:
        raise Http404 from None
    except notes.Outdated as outdated:
        form.data = {**form.data.dict(), "version": outdated.mentorship.version}  # type: ignore[attr-defined]
        # htmx swaps no 409 in, and here both texts are to be seen.
        status = 422 if from_htmx(request) else 409
        return _learner_page(request, mentorship, step_form=form, partial="step-form", status=status, stands=outdated.mentorship)
    say(
        request, _("Agreed. %(name)s sees it too.") % {"name": mentorship.learner.get_short_name()} if step else _("Nothing is agreed now.")
    )
    return go(request, f"{reverse('mentoring:learner', args=[handle])}#agreed")


@require_POST
@_notes_limit
def add_note(request: HttpRequest, handle: str) -> HttpResponse:
    mentorship = active_mentorship(request.user, handle, None)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _learner_page(request, mentorship, note_form=form, partial="notes", status=422)
    try:
        notes.write_note(mentorship=mentorship, text=form.cleaned_data["text"])
    except Ended:
        raise Http404 from None
    say(request, _("Note saved. Only you can read it."))
    return _notes_again(request, mentorship)


@require_POST
def delete_note(request: HttpRequest, handle: str, id: int) -> HttpResponse:
    mentorship = active_mentorship(request.user, handle, None)
    notes.delete_note(note=notes.own_note(mentorship, id))
    say(request, _("Note deleted."))
    return _notes_again(request, mentorship)


def _administrators_page(request: HttpRequest, learner: User) -> HttpResponse:
    if request.method == "GET":
        look_as_administrator(administrator=request.user, learner=learner)
        note("learner_read_by_superuser", request, request.user, learner_id=learner.pk)
    return render_page(request, "mentoring/administrator.html", {"reading": reading(learner), "learner": learner})


def _own_cohort(request: HttpRequest, id: str) -> Cohort:
    return get_object_or_404(cohorts_of(request.user), pk=id)


def _list(request: HttpRequest, template: str, found: Overview) -> HttpResponse:
    if request.method == "GET":
        look_at_all([mentee.mentorship for mentee in found.everybody], Page.LIST)
    response = render_page(request, template, _list_context(request, found), partial="mentees")
    if from_htmx(request):
        # The address without filters that say nothing.
        push_url(response, request.path + found.filters.query())
    return response


def _list_context(request: HttpRequest, found: Overview) -> dict[str, Any]:
    return {
        "overview": found,
        "filters": found.filters,
        "page": request.path,
        "file": f"{request.path}mentees.csv{found.filters.query()}",
        "sorts": Sort.choices,
        "quiet_choices": [(str(days), days) for days in QUIET_CHOICES],
        "quiet_days": QUIET_DAYS,
        "today": timezone.now().date(),
    }


def _file(request: HttpRequest, found: Overview) -> HttpResponse:
    if request.method == "GET":
        look_at_all([mentee.mentorship for mentee in found.mentees], Page.FILE)
    name = slugify(found.cohort.name) if found.cohort else ""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name or "mentees"}.csv"'
    # So that a spreadsheet reads names as they are written.
    response.write("\ufeff")
    csv.writer(response).writerows([_harmless(cell) for cell in row] for row in table(found))
    return response


def _harmless(cell: str) -> str:
    """Text that a spreadsheet shows instead of running it (OWASP, CSV injection)."""
    return _FORMULA.sub(r"\1'", cell)


def _learner_page(
    request: HttpRequest,
    mentorship: Mentorship,
    *,
    step_form: StepForm | None = None,
    note_form: NoteForm | None = None,
    stands: Mentorship | None = None,
    partial: str | None = None,
    status: int = 200,
) -> HttpResponse:
    if request.method != "HEAD":
        # Written down whatever was asked for (decision 6): a form that comes back shows the page as well. A HEAD has seen nothing.
        look(mentorship, Page.LEARNER)
    found: Brief = brief(mentorship)
    context = {
        "brief": found,
        "learner": mentorship.learner,
        "mentorship": mentorship,
        "turns": [(review, turn(review, is_learner=False)) for review in found.reviews],
        "notes": notes.notes_about(request.user, mentorship.learner_id),
        "step_form": step_form or StepForm(instance=mentorship, initial={"version": mentorship.version}),
        "note_form": note_form or NoteForm(),
        "stands": stands,
    }
    return render_page(request, "mentoring/learner.html", context, partial=partial, status=status)


def _notes_again(request: HttpRequest, mentorship: Mentorship) -> HttpResponse:
    if not from_htmx(request):
        return HttpResponseRedirect(f"{reverse('mentoring:learner', args=[mentorship.learner.handle])}#notes")
    return _learner_page(request, mentorship, partial="notes")
