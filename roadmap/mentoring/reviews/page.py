"""The page of a review, as the learner, the mentor and whoever comes too late see it."""

from secrets import token_urlsafe
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.formats import time_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from roadmap.curriculum import snapshot
from roadmap.mentoring.models import Mentorship, Review
from roadmap.web.htmx import render_page

from . import standing
from .forms import ReplyForm, ReviewForm, fingerprint, from_draft
from .panel import review_panel
from .rubric import LEVELS, Line, results, rubric_of
from .showing import changed, commit_url, places, told, turn

# What a mentor can have typed into the forms of a review, in the order of the page: given back where it cannot be kept.
TYPED = ("text", "reason")


def _writing(request: HttpRequest, id: str) -> tuple[Review, Mentorship] | None:
    """The review that this person writes; None where it is not there, or no longer."""
    try:
        return standing.review_to_write(request.user, id)
    except Http404:
        return None


def gone(request: HttpRequest, id: str) -> HttpResponse:
    """What cannot be written any more, or never could: the same answer for all, with one's own words to take along.

    It says nothing of whether the review is there. What is kept as drafts is the author's, and goes with it.
    """
    typed = [text for name in (*TYPED, "reply-text") if (text := request.POST.get(name, "").strip())]
    context = {"words": list(dict.fromkeys([*standing.own_words(request.user, id), *typed]))}
    return render_page(request, "mentoring/review_gone.html", context, status=404)


def reads_as_reviewer(request: HttpRequest, found: Review) -> bool:
    """Whether this is whose review it is, and not an administrator who once was."""
    is_theirs = found.reviewer_id == request.user.pk
    return is_theirs and (not request.user.is_superuser or _writing(request, found.pk) is not None)


def review_page(
    request: HttpRequest,
    found: Review,
    *,
    form: ReviewForm | None = None,
    reply_form: ReplyForm | None = None,
    late: str = "",
    status: int = 200,
) -> HttpResponse:
    if form and late:
        # Nothing is wrong with what was typed.
        form.errors.clear()
    project, is_learner = found.project, found.project.learner_id == request.user.pk
    is_reviewer = not is_learner and reads_as_reviewer(request, found)
    rubric = rubric_for(found)
    marks = list(found.marks.all())
    context = {
        "review": found,
        "project": project,
        "learner": project.learner,
        "is_learner": is_learner,
        "is_reviewer": is_reviewer,
        "turn": turn(found, is_learner=is_learner),
        "change": changed(found),
        "commit_url": commit_url(project, found.commit),
        "said": told(found, standing.comments_of(found), rubric, marks),
        "results": results(marks),
        "levels": LEVELS,
        "places": places(project.evidence.all()) if project.repository else [],
        "late": late,
        "errors_form": form if form and form.errors else reply_form if reply_form and reply_form.errors else None,
        "panel": review_panel(request.user, project) if is_learner else None,
    }
    writes = is_reviewer and found.state == Review.State.ASKED
    if writes:
        context |= _writing_context(request, found, rubric, form, late)
    elif form and late:
        # The other's words stand on the page; these are one's own.
        context["own_words"] = [*(draft.text for draft in standing.drafts_of(found, request.user)), *typed_words(form)]
    elif is_reviewer:
        context["own_words"] = [*(draft.text for draft in standing.drafts_of(found, request.user)), *standing.typed_in(found)]
    if standing.can_reply(found) and (is_learner or (is_reviewer and not writes)):
        context["reply_form"] = reply_form or ReplyForm(rubric=rubric, has_files=bool(project.repository), prefix="reply")
    elif reply_form:
        context["own_words"] = [reply_form.data.get("reply-text", "")]
    return render_page(request, "mentoring/review.html", context, status=status)


def typed_words(form: ReviewForm) -> list[str]:
    return [text for name in TYPED if (text := form.data.get(name, "").strip())]


def _writing_context(request: HttpRequest, found: Review, rubric: tuple[Line, ...], form: ReviewForm | None, late: str) -> dict[str, Any]:
    if form is None:
        form = ReviewForm(
            initial={**from_draft(found.draft, rubric), **_hidden(found, rubric)}, rubric=rubric, has_files=bool(found.project.repository)
        )
    elif late:
        # What stands is on the page; from here on this page may save.
        form.data = {**dict(form.data.items()), **{name: str(value) for name, value in _hidden(found, rubric).items()}}
    before = {result.title: result.level for result in results(found.marks.all())}
    draft = form.draft() if form.is_bound else found.draft
    return {
        "form": form,
        "grades": [
            {"line": line, "field": form[f"level_{line.place}"], "levels": list(zip(form[f"level_{line.place}"], line.levels, strict=True)), "before": before.get(line.title)}
            for line in rubric
        ],
        "phrases": standing.phrases_of(request.user),
        "drafts": told(found, standing.drafts_of(found, request.user), rubric, ()),
        "kept_words": [text for text in standing.typed_in(found) if text not in typed_words(form)] if late else [],
        "saved_at": found.drafted_at,
        **desk_context(request, found, rubric, draft),
    }  # fmt: skip


def desk_context(request: HttpRequest, found: Review, rubric: tuple[Line, ...], draft: dict[str, Any]) -> dict[str, Any]:
    """What the answer holds so far, as the card beside it says."""
    levels = [int(level) for level in draft.get("levels", {}).values()]
    given = {int(place) for place in draft.get("levels", {})}
    return {
        "review": found,
        "learner": found.project.learner,
        "points": sum(levels),
        "most_points": 3 * len(rubric),
        "graded": len(levels),
        "lines": len(rubric),
        "ungraded": [_(line.title) for line in rubric if line.place not in given][:2] if levels else [],
        "draft_comments": len(standing.drafts_of(found, request.user)),
        "has_reason": bool(draft.get("reason", "").strip()),
        "verdict": draft.get("verdict", ""),
    }


def _hidden(found: Review, rubric: tuple[Line, ...]) -> dict[str, Any]:
    return {
        "version": found.version,
        "draft_version": found.draft_version,
        "desk": token_urlsafe(9),
        "commit": standing.read_commit(found.project) or found.commit,
        "rubric_read": fingerprint(rubric),
    }


def too_late(stands: Review) -> str:
    if stands.state == Review.State.WITHDRAWN:
        return _("%(name)s withdrew the request a moment earlier, so nothing was sent. What you wrote is below, and only you see it.") % {
            "name": stands.project.learner.get_short_name()
        }
    if stands.state == Review.State.CLOSED:
        return _("The review was closed a moment earlier, so nothing was sent. What you wrote is below, and only you see it.")
    if stands.state == Review.State.ASKED:
        return _(
            "The request has changed since you opened this page, so nothing was sent. Read it again; what you wrote is still in the form."
        )
    return _("An answer was sent a moment earlier, from another page of yours. It stands below, and so does what you wrote here.")


def nothing_withdrawn(stands: Review) -> str:
    if stands.state == Review.State.ASKED:
        return _("You have asked again since you opened this page, so nothing was withdrawn. You can withdraw it here.")
    if stands.state == Review.State.CLOSED:
        return _("The review was closed a moment earlier, so there was nothing to withdraw.")
    return _("There was an answer a moment earlier, so nothing was withdrawn.")


def late_draft(stands: Review) -> str:
    if stands.state != Review.State.ASKED:
        return too_late(stands)
    at = time_format(localtime(stands.drafted_at), "TIME_FORMAT") if stands.drafted_at else ""
    return _(
        "This draft was saved on another page of yours at %(time)s UTC, so this one wasn’t. Reload to see that one, or copy yours first."
    ) % {"time": at}


def rubric_for(found: Review) -> tuple[Line, ...]:
    return rubric_of(found.project, snapshot.current())
