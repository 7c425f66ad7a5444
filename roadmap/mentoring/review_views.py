"""Reviews on both sides: the learner asks, withdraws and replies; the mentor reads the project, writes, and answers."""

from datetime import datetime
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any, cast

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.formats import date_format, time_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from roadmap.curriculum import snapshot
from roadmap.portfolio.access import own_projects
from roadmap.portfolio.showing import found_in, readme_points
from roadmap.progress.services import read_climb
from roadmap.web.htmx import from_htmx, render_page, say
from roadmap.web.limits import Limit
from roadmap.web.security_log import note

from . import reviews
from .access import Ended, Page, active_mentorship, look
from .models import Mentorship, Review, Scope
from .review_forms import COMMENTS, PhraseForm, ReplyForm, RequestForm, ReviewForm, from_draft
from .review_panel import review_panel
from .review_showing import changed, commit_url, places, told, turn
from .rubric import LEVELS, Line, results, rubric_of

if TYPE_CHECKING:
    from accounts.models import User

_requests_limit = Limit(
    "reviews", _lazy("That’s a lot of requests in an hour. Nothing is lost; ask again in a few minutes."), per_minute=20 / 60, burst=20
)

# What a mentor can have typed into the forms of a review, in the order of the page: given back where it cannot be kept.
_TYPED = ("text", "reason")


# --- The learner ----------------------------------------------------------------------------------------------------


@require_POST
@_requests_limit
def request_review(request: HttpRequest, id: str) -> HttpResponse:
    project = get_object_or_404(own_projects(request.user).kept(), pk=id)
    form = RequestForm(request.POST, choices=reviews.mentors_to_ask(request.user))
    if not form.is_valid():
        return _ask_again(request, project, form)
    choice = form.chosen
    try:
        asked = reviews.request_review(project=project, mentorship=choice.mentorship, question=form.cleaned_data["question"])
    except Ended:
        form.add_error("mentor", _("%(name)s is no longer your mentor, or doesn’t see your projects.") % {"name": choice.mentor.name})
        return _ask_again(request, project, form)
    except reviews.Paused as paused:
        until = date_format(paused.until, "DATE_FORMAT")
        form.add_error("mentor", _("%(name)s takes no reviews until %(date)s.") % {"name": choice.mentor.name, "date": until})
        return _ask_again(request, project, form)
    except reviews.WithSomebodyElse as elsewhere:
        form.add_error(
            None,
            _("%(name)s has been asked already. Withdraw that request first, or ask somebody else once it has waited for %(days)s days.")
            % {"name": elsewhere.review.reviewer_name, "days": reviews.OTHER_MENTOR_DAYS},
        )
        return _ask_again(request, project, form)
    names = {"name": choice.mentor.name}
    say(request, _("%(name)s has been asked already.") % names if asked.was_there else _("%(name)s has been asked.") % names)
    return HttpResponseRedirect(f"{project.get_absolute_url()}#review")


@require_POST
def withdraw_review(request: HttpRequest, id: str) -> HttpResponse:
    review = reviews.own_review(request.user, id)
    try:
        reviews.withdraw_review(review=review, version=_number(request, "version"))
    except reviews.Outdated as outdated:
        return _review_page(request, outdated.review, late=_("There was an answer a moment earlier, so nothing was withdrawn."), status=409)
    say(request, _("Withdrawn. You can ask again at any time."))
    return HttpResponseRedirect(f"{review.project.get_absolute_url()}#review")


# --- The mentor -----------------------------------------------------------------------------------------------------


@require_safe
def learner_project(request: HttpRequest, handle: str, id: str) -> HttpResponse:
    mentorship = active_mentorship(request.user, handle, Scope.PROJECTS)
    project = reviews.mentees_project(mentorship, id)
    if request.method == "GET":
        look(mentorship, Page.PROJECT, project.pk)
    shows_progress = Scope.PROGRESS in mentorship.scopes
    curriculum = snapshot.current()
    evidence = found_in(project, curriculum, read_climb(mentorship.learner_id), project.evidence.all())
    inspection = getattr(project, "inspection", None)
    readme = readme_points(inspection) if inspection else []
    review = reviews.last_review(project, reviewer=request.user)
    context = {
        "mentorship": mentorship,
        "learner": mentorship.learner,
        "project": project,
        "inspection": inspection,
        "shown": [row for row in evidence if row.answer == "confirmed"],
        "open": [row for row in evidence if row.answer == "open" and not row.is_gone],
        "shows_progress": shows_progress,
        "readme": readme,
        "readme_found": sum(point.is_found for point in readme),
        "questions": project.answers(),
        "is_answered": any(answer for _question, answer in project.answers()),
        "review": review,
        "turn": turn(review, is_learner=False) if review else None,
        "rubric": rubric_of(project, curriculum),
        "levels": LEVELS,
    }
    return render_page(request, "mentoring/learner_project.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, id: str) -> HttpResponse:
    if request.method != "POST":
        found = reviews.visible_review(request.user, id)
        _note_look(request, found)
        return _review_page(request, found)
    writing = _writing(request, id)
    if writing is None:
        return _gone(request, id)
    found, mentorship = writing
    rubric = _rubric(found)
    form = ReviewForm(
        request.POST,
        rubric=rubric,
        has_files=bool(found.project.repository),
        has_drafts=bool(reviews.drafts_of(found, request.user)),
    )
    # A second press of the button finds the answer there, and says so in the same words.
    if not form.is_valid():
        return _review_page(request, found, form=form, status=422)
    try:
        return _sent(request, found, mentorship, form, rubric)
    except Ended:
        return _gone(request, id)
    except reviews.Outdated as outdated:
        return _review_page(request, outdated.review, form=form, late=_too_late(outdated.review), status=409)


@require_POST
def save_draft(request: HttpRequest, id: str) -> HttpResponse:
    writing = _writing(request, id)
    if writing is None:
        return _gone(request, id)
    found, mentorship = writing
    rubric = _rubric(found)
    form = ReviewForm(request.POST, rubric=rubric, has_files=bool(found.project.repository))
    draft = form.draft()
    if phrase := _phrase(request):
        draft["text"] = f"{draft['text']}\n\n{phrase}".strip()
    try:
        at = _keep(request, found, mentorship, draft)
    except Ended:
        return _gone(request, id)
    except reviews.Outdated as outdated:
        if from_htmx(request):
            context = {**_desk_context(request, found, rubric, draft), "not_saved": _late_draft(outdated.review)}
            return render_page(request, "mentoring/review-draft.html", context, status=422)
        return _review_page(request, outdated.review, form=form, late=_late_draft(outdated.review), status=409)
    if from_htmx(request):
        context = _desk_context(request, found, rubric, draft)
        return render_page(request, "mentoring/review-draft.html", {**context, "saved_at": at, "phrase": phrase, "text": draft["text"]})
    say(request, _("Draft saved. Only you see it."))
    return HttpResponseRedirect(f"{_page(found)}#comments")


@require_POST
def keep_comment(request: HttpRequest, id: str) -> HttpResponse:
    writing = _writing(request, id)
    if writing is None:
        return _gone(request, id)
    found, mentorship = writing
    rubric = _rubric(found)
    form = ReviewForm(request.POST, rubric=rubric, has_files=bool(found.project.repository), is_comment=True)
    if not form.is_valid():
        return _review_page(request, found, form=form, status=422)
    words = form.words()
    assert words is not None
    try:
        reviews.keep_comment(review=found, mentorship=mentorship, words=words)
        _keep(request, found, mentorship, {**form.draft(), "text": "", "about": "", "place": ""})
    except Ended:
        return _gone(request, id)
    except reviews.TooMany:
        form.add_error("text", _("That’s more comments than one answer can hold. Send these first."))
        return _review_page(request, found, form=form, status=422)
    except reviews.Outdated as outdated:
        late = _late_draft(outdated.review) if outdated.review.state == Review.State.ASKED else _too_late(outdated.review)
        return _review_page(request, outdated.review, form=form, late=late, status=409)
    say(request, _("Comment kept as a draft. Only you see it."))
    return HttpResponseRedirect(f"{_page(found)}#comments")


@require_POST
def delete_comment(request: HttpRequest, id: str, comment: int) -> HttpResponse:
    writing = _writing(request, id)
    if writing is None:
        return _gone(request, id)
    found, mentorship = writing
    if refused := _typed_not_kept(request, found, mentorship):
        return refused
    reviews.drop_comment(review=found, author=request.user, comment=comment)
    say(request, _("Draft deleted."))
    return HttpResponseRedirect(f"{_page(found)}#comments")


@require_POST
def save_phrase(request: HttpRequest, id: str) -> HttpResponse:
    writing = _writing(request, id)
    if writing is None:
        return _gone(request, id)
    found, mentorship = writing
    form = PhraseForm({"text": " ".join(request.POST.get("text", "").split())})
    if not form.is_valid():
        sentence = _("Write a sentence of at most 500 characters as the comment, then save it as a phrase.")
        return _phrase_refused(request, found, sentence)
    if refused := _typed_not_kept(request, found, mentorship):
        return refused
    try:
        reviews.save_phrase(mentor=_person(request), text=form.cleaned_data["text"])
    except reviews.TooMany:
        sentence = _("You have %(most)s phrases, which is the most. Delete one first.") % {"most": reviews.MOST_PHRASES}
        return _phrase_refused(request, reviews.review_to_write(request.user, id)[0], sentence)
    say(request, _("Phrase saved, for your other reviews too."))
    return HttpResponseRedirect(f"{_page(found)}#comments")


@require_POST
def delete_phrase(request: HttpRequest, id: str, phrase: int) -> HttpResponse:
    writing = _writing(request, id)
    if writing is None:
        return _gone(request, id)
    found, mentorship = writing
    if refused := _typed_not_kept(request, found, mentorship):
        return refused
    reviews.drop_phrase(mentor=request.user, phrase=phrase)
    say(request, _("Phrase deleted."))
    return HttpResponseRedirect(f"{_page(found)}#comments")


# --- Both -----------------------------------------------------------------------------------------------------------


@require_POST
def reply(request: HttpRequest, id: str) -> HttpResponse:
    try:
        found = reviews.visible_review(request.user, id)
        is_learner = found.project.learner_id == request.user.pk
        mentorship = None if is_learner else reviews.review_to_write(request.user, id)[1]
    except Http404:
        return _gone(request, id)
    form = ReplyForm(request.POST, rubric=_rubric(found), has_files=bool(found.project.repository), prefix="reply")
    if not form.is_valid():
        return _review_page(request, found, reply_form=form, status=422)
    words = form.words()
    assert words is not None
    try:
        reviews.reply(review=found, author=_person(request), mentorship=mentorship, words=words)
    except Ended:
        return _gone(request, id)
    except reviews.TooMany:
        form.add_error("text", _("This review is full. Go on in the next one."))
        return _review_page(request, found, reply_form=form, status=422)
    except reviews.Outdated as outdated:
        late = _("The review was closed a moment earlier, so this wasn’t sent. What you wrote is below.")
        return _review_page(request, outdated.review, reply_form=form, late=late, status=409)
    say(request, _("Reply sent."))
    return HttpResponseRedirect(f"{_page(found)}#thread")


# --- What they share ------------------------------------------------------------------------------------------------


def _writing(request: HttpRequest, id: str) -> tuple[Review, Mentorship] | None:
    """The review that this person writes; None where it is not there, or no longer."""
    try:
        return reviews.review_to_write(request.user, id)
    except Http404:
        return None


def _sent(request: HttpRequest, found: Review, mentorship: Mentorship, form: ReviewForm, rubric: tuple[Line, ...]) -> HttpResponse:
    verdict = form.cleaned_data["verdict"]
    if verdict == COMMENTS:
        sent = reviews.send_comments(review=found, mentorship=mentorship, words=form.words())
        say(request, ngettext("%(sent)s comment sent.", "%(sent)s comments sent.", sent) % {"sent": sent})
        return HttpResponseRedirect(f"{_page(found)}#thread")
    # The commit that the mentor's page named, if it is one that this look is about.
    seen = form.cleaned_data["commit"]
    reviews.answer_review(
        review=found,
        mentorship=mentorship,
        version=form.cleaned_data["version"],
        verdict=verdict,
        reason=form.cleaned_data["reason"],
        rubric=rubric,
        levels=form.levels(),
        words=form.words(),
        commit=seen if seen in (found.commit, reviews.read_commit(found.project)) else found.commit,
    )
    name = {"name": found.project.learner.get_short_name()}
    say(
        request,
        _("Approved. %(name)s gets a mail.") % name if verdict == Review.State.APPROVED else _("Sent. It’s %(name)s’s turn.") % name,
    )
    return HttpResponseRedirect(f"{_page(found)}#thread")


def _ask_again(request: HttpRequest, project: Any, form: RequestForm) -> HttpResponse:
    context = {"project": project, "review_panel": review_panel(request.user, project, form), "form": form}
    return render_page(request, "mentoring/request_review.html", context, status=422)


def _typed_not_kept(request: HttpRequest, found: Review, mentorship: Mentorship) -> HttpResponse | None:
    """Keeps what is typed in the form before a button of it does something else; None where that went well."""
    form = ReviewForm(request.POST, rubric=_rubric(found), has_files=bool(found.project.repository))
    try:
        _keep(request, found, mentorship, form.draft())
    except Ended:
        return _gone(request, found.pk)
    except reviews.Outdated as outdated:
        return _review_page(request, outdated.review, form=form, late=_late_draft(outdated.review), status=409)
    return None


def _keep(request: HttpRequest, found: Review, mentorship: Mentorship, draft: dict[str, Any]) -> datetime:
    desk = request.POST.get("desk", "")[:32] or token_urlsafe(9)
    return reviews.save_draft(review=found, mentorship=mentorship, version=_number(request, "draft_version"), desk=desk, draft=draft)


def _gone(request: HttpRequest, id: str) -> HttpResponse:
    """What cannot be written any more, or never could: the same answer for all, with one's own words to take along.

    It says nothing of whether the review is there. What is kept as drafts is the author's, and goes with it.
    """
    typed = [text for name in (*_TYPED, "reply-text") if (text := request.POST.get(name, "").strip())]
    context = {"words": [*reviews.own_words(request.user, id), *typed]}
    return render_page(request, "mentoring/review_gone.html", context, status=404)


def _note_look(request: HttpRequest, found: Review) -> None:
    if found.project.learner_id == request.user.pk or request.method != "GET":
        return
    if found.reviewer_id == request.user.pk:
        look(active_mentorship(request.user, found.project.learner.handle, Scope.PROJECTS), Page.REVIEW, found.pk)
    else:
        note("review_read_by_superuser", request, request.user, learner_id=found.project.learner_id)


def _review_page(
    request: HttpRequest,
    found: Review,
    *,
    form: ReviewForm | None = None,
    reply_form: ReplyForm | None = None,
    late: str = "",
    status: int = 200,
) -> HttpResponse:
    project, is_learner = found.project, found.project.learner_id == request.user.pk
    is_reviewer = not is_learner and found.reviewer_id == request.user.pk
    rubric = _rubric(found)
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
        "said": told(found, reviews.comments_of(found), rubric, marks),
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
        context["own_words"] = [*(draft.text for draft in reviews.drafts_of(found, request.user)), *_own_words(form)]
    elif is_reviewer:
        context["own_words"] = [*(draft.text for draft in reviews.drafts_of(found, request.user)), *_kept_words(found)]
    if reviews.can_reply(found) and (is_learner or (is_reviewer and not writes)):
        context["reply_form"] = reply_form or ReplyForm(rubric=rubric, has_files=bool(project.repository), prefix="reply")
    elif reply_form:
        context["own_words"] = [reply_form.data.get("reply-text", "")]
    response = render_page(request, "mentoring/review.html", context, status=status)
    if is_reviewer:
        response["Cache-Control"] = "private, no-store"
    return response


def _own_words(form: ReviewForm) -> list[str]:
    return [text for name in _TYPED if (text := form.data.get(name, "").strip())]


def _kept_words(found: Review) -> list[str]:
    return [text for name in _TYPED if (text := found.draft.get(name, "").strip())]


def _writing_context(request: HttpRequest, found: Review, rubric: tuple[Line, ...], form: ReviewForm | None, late: str) -> dict[str, Any]:
    if form is None:
        form = ReviewForm(initial={**from_draft(found.draft), **_hidden(found)}, rubric=rubric, has_files=bool(found.project.repository))
    elif late:
        # What stands is on the page; from here on this page may save.
        form.data = {**form.data.dict(), **{name: str(value) for name, value in _hidden(found).items()}}  # type: ignore[attr-defined]
    before = {result.title: result.level for result in results(found.marks.all())}
    draft = form.draft() if form.is_bound else found.draft
    return {
        "form": form,
        "grades": [
            {"line": line, "field": form[f"level_{line.place}"], "levels": list(zip(form[f"level_{line.place}"], line.levels, strict=True)), "before": before.get(line.title)}
            for line in rubric
        ],
        "phrases": reviews.phrases_of(request.user),
        "drafts": told(found, reviews.drafts_of(found, request.user), rubric, ()),
        "kept": found.draft if late else None,
        "saved_at": found.drafted_at,
        **_desk_context(request, found, rubric, draft),
    }  # fmt: skip


def _desk_context(request: HttpRequest, found: Review, rubric: tuple[Line, ...], draft: dict[str, Any]) -> dict[str, Any]:
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
        "ungraded": [line.title for line in rubric if line.place not in given][:2] if levels else [],
        "draft_comments": len(reviews.drafts_of(found, request.user)),
        "has_reason": bool(draft.get("reason", "").strip()),
        "verdict": draft.get("verdict", ""),
    }


def _hidden(found: Review) -> dict[str, Any]:
    return {
        "version": found.version,
        "draft_version": found.draft_version,
        "desk": token_urlsafe(9),
        "commit": reviews.read_commit(found.project) or found.commit,
    }


def _phrase_refused(request: HttpRequest, found: Review, sentence: str) -> HttpResponse:
    """The page as it was typed, with why the comment is not kept as a phrase."""
    form = ReviewForm(request.POST, rubric=_rubric(found), has_files=bool(found.project.repository), is_comment=True)
    form.is_valid()
    form.errors.clear()
    form.add_error("text", sentence)
    return _review_page(request, found, form=form, status=422)


def _phrase(request: HttpRequest) -> str:
    wanted = request.POST.get("phrase", "")
    return next((phrase.text for phrase in reviews.phrases_of(request.user) if str(phrase.pk) == wanted), "")


def _too_late(standing: Review) -> str:
    if standing.state == Review.State.WITHDRAWN:
        return _("%(name)s withdrew the request a moment earlier, so nothing was sent. What you wrote is below, and only you see it.") % {
            "name": standing.project.learner.get_short_name()
        }
    if standing.state == Review.State.CLOSED:
        return _("The review was closed a moment earlier, so nothing was sent. What you wrote is below, and only you see it.")
    if standing.state == Review.State.ASKED:
        return _(
            "The request has changed since you opened this page, so nothing was sent. Read it again; what you wrote is still in the form."
        )
    return _("An answer was sent a moment earlier, from another page of yours. It stands below, and so does what you wrote here.")


def _late_draft(standing: Review) -> str:
    if standing.state != Review.State.ASKED:
        return _too_late(standing)
    at = time_format(localtime(standing.drafted_at), "TIME_FORMAT") if standing.drafted_at else ""
    return _(
        "This draft was saved on another page of yours at %(time)s UTC, so this one wasn’t. Reload to see that one, or copy yours first."
    ) % {"time": at}


def _rubric(found: Review) -> tuple[Line, ...]:
    return rubric_of(found.project, snapshot.current())


def _page(found: Review) -> str:
    return reverse("mentoring:review", args=[found.pk])


def _number(request: HttpRequest, name: str) -> int:
    """A version as the form has it; 0, which none is, where it is missing."""
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _person(request: HttpRequest) -> "User":
    return cast("User", request.user)
