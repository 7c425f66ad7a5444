"""A learner's own notes: all of them, one to write."""

from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from roadmap.curriculum import snapshot
from roadmap.curriculum.snapshot import RetiredView, SkillView
from roadmap.web.htmx import from_htmx, render_page, respond, say

from .forms import NoteForm
from .models import Note
from .notes import NoteChanged, note_of, notes_of, save_note


@require_safe
def note_list(request: HttpRequest) -> HttpResponse:
    curriculum = snapshot.current()
    places = {skill.id: place for place, skill in enumerate(curriculum)}
    notes = sorted(notes_of(_learner(request)), key=lambda note: places.get(note.skill_id, len(places)))
    return _private(
        render_page(request, "progress/note_list.html", {"notes": [(note, curriculum.skill_by_id.get(note.skill_id)) for note in notes]})
    )


@require_http_methods(["GET", "HEAD", "POST"])
def note(request: HttpRequest, slug: str) -> HttpResponse:
    skill = _skill(request, slug)
    if request.method != "POST":
        return _page(request, skill, note_context(note_of(_learner(request), skill.id)))
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _page(request, skill, {"note_text": note_of(_learner(request), skill.id), "form": form}, status=422)
    text, version = form.cleaned_data["text"], form.cleaned_data["version"]
    try:
        saved = save_note(learner=_learner(request), skill_id=skill.id, text=text, version=version)
    except NoteChanged as changed:
        # Saving again from here means to replace what stands: it has been seen by then.
        again = NoteForm(initial={"text": text, "version": changed.stands.version})
        # htmx swaps no 409 in, and here both texts are to be seen.
        status = 422 if from_htmx(request) else 409
        return _page(request, skill, {"note_text": changed.stands, "form": again, "stands": changed.stands}, status=status)
    say(request, _("Note saved.") if saved.text else _("Note emptied."))
    return _private(
        respond(
            request,
            "components/own-note.html",
            {"skill": skill, **note_context(saved), "is_answer": True},
            page=f"{skill.get_absolute_url()}#own-note" if isinstance(skill, SkillView) else reverse("progress:note", args=[skill.slug]),
        )
    )


def note_context(saved: Note) -> dict[str, Any]:
    """What the part of a page that shows and changes one note needs."""
    return {"note_text": saved, "form": NoteForm(initial={"text": saved.text, "version": saved.version})}


def _page(request: HttpRequest, skill: SkillView | RetiredView, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    return _private(render_page(request, "progress/note.html", {"skill": skill, **context}, partial="note", status=status))


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    return response


def _learner(request: HttpRequest) -> int:
    return cast(int, request.user.pk)


def _skill(request: HttpRequest, slug: str) -> SkillView | RetiredView:
    """The skill that has or had this address. One that has left the roadmap is there for whoever has a note on it."""
    curriculum = snapshot.current()
    slug = curriculum.moved.get(("skill", slug), slug)
    if skill := curriculum.skills.get(slug):
        return skill
    gone = curriculum.retired.get(slug)
    if gone is None or not note_of(_learner(request), gone.id).version:
        raise Http404
    return gone
