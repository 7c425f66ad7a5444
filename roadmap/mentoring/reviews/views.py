"""Reviews on both sides: the learner asks, withdraws and replies; the mentor reads the project, writes, and answers."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any, cast

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from roadmap.curriculum import snapshot
from roadmap.mentoring.access import Ended, Page, active_mentorship, look
from roadmap.mentoring.models import Mentorship, Review, Scope
from roadmap.portfolio.access import own_projects
from roadmap.portfolio.showing import found_in, readme_points
from roadmap.progress.services import read_climb
from roadmap.web.htmx import from_htmx, render_page, say
from roadmap.web.limits import Limit
from roadmap.web.security_log import note

from . import services, standing
from .forms import COMMENTS, PhraseForm, ReplyForm, RequestForm, ReviewForm
from .page import desk_context, gone, late_draft, nothing_withdrawn, reads_as_reviewer, review_page, rubric_for, too_late
from .panel import review_panel
from .rubric import LEVELS, Line, rubric_of
from .showing import turn

if TYPE_CHECKING:
    from accounts.models import User

_requests_limit = Limit(
    "reviews", _lazy("That’s a lot of requests in an hour. Nothing is lost; ask again in a few minutes."), per_minute=20 / 60, burst=20
)

# A draft whose comment has been kept or sent: the rest goes on.
_NO_COMMENT = {"text": "", "about": "", "place": ""}


View = Callable[..., HttpResponse]


def of_review_to_write(view: View) -> View:
    """Gives a view the review in its address, with the mentorship in which whoever asks writes it.

    Where there is none, or it ends while it is written, the own words come back with the 404.
    """

    @wraps(view)
    def answer(request: HttpRequest, id: str, **rest: Any) -> HttpResponse:
        try:
            found, mentorship = standing.review_to_write(request.user, id)
            return view(request, found, mentorship, **rest)
        except (Http404, Ended):
            return gone(request, id)

    return answer


# --- The learner ----------------------------------------------------------------------------------------------------


@require_POST
@_requests_limit
def request_review(request: HttpRequest, id: str) -> HttpResponse:
    project = get_object_or_404(own_projects(request.user).kept(), pk=id)
    form = RequestForm(request.POST, choices=standing.mentors_to_ask(request.user))
    if not form.is_valid():
        return _ask_again(request, project, form)
    choice = form.chosen
    try:
        asked = services.request_review(project=project, mentorship=choice.mentorship, question=form.cleaned_data["question"])
    except Ended:
        form.add_error("mentor", _("%(name)s is no longer your mentor, or doesn’t see your projects.") % {"name": choice.mentor.name})
        return _ask_again(request, project, form)
    except services.Paused as paused:
        until = date_format(paused.until, "DATE_FORMAT")
        form.add_error("mentor", _("%(name)s takes no reviews until %(date)s.") % {"name": choice.mentor.name, "date": until})
        return _ask_again(request, project, form)
    except services.WithSomebodyElse as elsewhere:
        form.add_error(
            None,
            _("%(name)s has been asked already. Withdraw that request first, or ask somebody else once it has waited for %(days)s days.")
            % {"name": elsewhere.review.reviewer_name, "days": standing.OTHER_MENTOR_DAYS},
        )
        return _ask_again(request, project, form)
    names = {"name": choice.mentor.name}
    say(request, _("%(name)s has been asked already.") % names if asked.was_there else _("%(name)s has been asked.") % names)
    return HttpResponseRedirect(f"{project.get_absolute_url()}#review")


@require_POST
def withdraw_review(request: HttpRequest, id: str) -> HttpResponse:
    review = standing.own_review(request.user, id)
    try:
        services.withdraw_review(review=review, version=_number(request, "version"))
    except services.Outdated as outdated:
        return review_page(request, outdated.review, late=nothing_withdrawn(outdated.review), status=409)
    say(request, _("Withdrawn. You can ask again at any time."))
    return HttpResponseRedirect(f"{review.project.get_absolute_url()}#review")


# --- The mentor -----------------------------------------------------------------------------------------------------


@require_safe
def learner_project(request: HttpRequest, handle: str, id: str) -> HttpResponse:
    mentorship = active_mentorship(request.user, handle, Scope.PROJECTS)
    project = standing.mentees_project(mentorship, id)
    if request.method == "GET":
        look(mentorship, Page.PROJECT, project.pk)
    shows_progress = mentorship.shows(Scope.PROGRESS)
    curriculum = snapshot.current()
    evidence = found_in(project, curriculum, read_climb(mentorship.learner_id), project.evidence.all())
    inspection = getattr(project, "inspection", None)
    readme = readme_points(inspection) if inspection else []
    review = standing.last_review(project, reviewer=request.user)
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
        "rubric": [(line.title, list(zip(LEVELS, line.levels, strict=True))) for line in rubric_of(project, curriculum)],
        "levels": LEVELS,
    }
    return render_page(request, "mentoring/learner_project.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, id: str) -> HttpResponse:
    if request.method == "POST":
        return _answer(request, id)
    try:
        found = standing.visible_review(request.user, id)
    except Http404:
        # Whoever wrote here finds the own words, and nothing else.
        if standing.own_words(request.user, id):
            return gone(request, id)
        raise
    _note_look(request, found)
    return review_page(request, found)


@of_review_to_write
def _answer(request: HttpRequest, found: Review, mentorship: Mentorship) -> HttpResponse:
    rubric = rubric_for(found)
    form = ReviewForm(
        request.POST,
        rubric=rubric,
        has_files=bool(found.project.repository),
        has_comments=bool(standing.drafts_of(found, request.user)) or standing.sent_by(request.user, found).exists(),
    )
    # A second press of the button finds the answer there, and says so in the same words.
    if not form.is_valid():
        return review_page(request, found, form=form, status=422)
    try:
        return _sent(request, found, mentorship, form, rubric)
    except services.Outdated as outdated:
        late = late_draft if form.cleaned_data["verdict"] == COMMENTS else too_late
        return review_page(request, outdated.review, form=form, late=late(outdated.review), status=409)


@require_POST
@of_review_to_write
def save_draft(request: HttpRequest, found: Review, mentorship: Mentorship) -> HttpResponse:
    rubric = rubric_for(found)
    form = ReviewForm(request.POST, rubric=rubric, has_files=bool(found.project.repository))
    draft = form.draft()
    if phrase := _phrase(request):
        draft["text"] = f"{draft['text']}\n\n{phrase}".strip()
    try:
        at = _keep(request, found, mentorship, draft)
    except services.Outdated as outdated:
        if from_htmx(request):
            context = {**desk_context(request, found, rubric, draft), "not_saved": late_draft(outdated.review)}
            return render_page(request, "mentoring/review-draft.html", context, status=422)
        return review_page(request, outdated.review, form=form, late=late_draft(outdated.review), status=409)
    if from_htmx(request):
        context = desk_context(request, found, rubric, draft)
        return render_page(request, "mentoring/review-draft.html", {**context, "saved_at": at, "phrase": phrase, "text": draft["text"]})
    say(request, _("Draft saved. Only you see it."))
    return HttpResponseRedirect(f"{found.get_absolute_url()}#comments")


@require_POST
@of_review_to_write
def keep_comment(request: HttpRequest, found: Review, mentorship: Mentorship) -> HttpResponse:
    rubric = rubric_for(found)
    form = ReviewForm(request.POST, rubric=rubric, has_files=bool(found.project.repository), is_comment=True)
    if not form.is_valid():
        return review_page(request, found, form=form, status=422)
    words = form.words()
    assert words is not None
    try:
        with transaction.atomic():
            services.keep_comment(review=found, mentorship=mentorship, words=words)
            _keep(request, found, mentorship, {**form.draft(), **_NO_COMMENT})
    except services.TooMany:
        form.add_error("text", _("That’s more comments than one answer can hold. Send these first."))
        return review_page(request, found, form=form, status=422)
    except services.Outdated as outdated:
        late = late_draft(outdated.review) if outdated.review.state == Review.State.ASKED else too_late(outdated.review)
        return review_page(request, outdated.review, form=form, late=late, status=409)
    say(request, _("Comment kept as a draft. Only you see it."))
    return HttpResponseRedirect(f"{found.get_absolute_url()}#comments")


@require_POST
@of_review_to_write
def delete_comment(request: HttpRequest, found: Review, mentorship: Mentorship, comment: int) -> HttpResponse:
    if refused := _typed_not_kept(request, found, mentorship):
        return refused
    services.drop_comment(review=found, author=request.user, comment=comment)
    say(request, _("Draft deleted."))
    return HttpResponseRedirect(f"{found.get_absolute_url()}#comments")


@require_POST
@of_review_to_write
def save_phrase(request: HttpRequest, found: Review, mentorship: Mentorship) -> HttpResponse:
    form = PhraseForm({"text": " ".join(request.POST.get("text", "").split())})
    if not form.is_valid():
        sentence = _("Write a sentence of at most 500 characters as the comment, then save it as a phrase.")
        return _phrase_refused(request, found, sentence)
    if refused := _typed_not_kept(request, found, mentorship):
        return refused
    try:
        services.save_phrase(mentor=_person(request), text=form.cleaned_data["text"])
    except services.TooMany:
        sentence = _("You have %(most)s phrases, which is the most. Delete one first.") % {"most": services.MOST_PHRASES}
        return _phrase_refused(request, standing.review_to_write(request.user, found.pk)[0], sentence)
    say(request, _("Phrase saved, for your other reviews too."))
    return HttpResponseRedirect(f"{found.get_absolute_url()}#comments")


@require_POST
@of_review_to_write
def delete_phrase(request: HttpRequest, found: Review, mentorship: Mentorship, phrase: int) -> HttpResponse:
    if refused := _typed_not_kept(request, found, mentorship):
        return refused
    services.drop_phrase(mentor=request.user, phrase=phrase)
    say(request, _("Phrase deleted."))
    return HttpResponseRedirect(f"{found.get_absolute_url()}#comments")


# --- Both -----------------------------------------------------------------------------------------------------------


@require_POST
def reply(request: HttpRequest, id: str) -> HttpResponse:
    try:
        found = standing.visible_review(request.user, id)
        is_learner = found.project.learner_id == request.user.pk
        mentorship = None if is_learner else standing.review_to_write(request.user, id)[1]
    except Http404:
        return gone(request, id)
    form = ReplyForm(request.POST, rubric=rubric_for(found), has_files=bool(found.project.repository), prefix="reply")
    if not form.is_valid():
        return review_page(request, found, reply_form=form, status=422)
    words = form.words()
    assert words is not None
    try:
        services.reply(review=found, author=_person(request), mentorship=mentorship, words=words)
    except Ended:
        return gone(request, id)
    except services.TooMany:
        form.add_error("text", _("This review is full. Go on in the next one."))
        return review_page(request, found, reply_form=form, status=422)
    except services.Outdated as outdated:
        late = _("The review was closed a moment earlier, so this wasn’t sent. What you wrote is below.")
        return review_page(request, outdated.review, reply_form=form, late=late, status=409)
    say(request, _("Reply sent."))
    return HttpResponseRedirect(f"{found.get_absolute_url()}#thread")


# --- What they share ------------------------------------------------------------------------------------------------


def _sent(request: HttpRequest, found: Review, mentorship: Mentorship, form: ReviewForm, rubric: tuple[Line, ...]) -> HttpResponse:
    verdict = form.cleaned_data["verdict"]
    if verdict == COMMENTS:
        with transaction.atomic():
            sent = services.send_comments(review=found, mentorship=mentorship, words=form.words())
            _keep(request, found, mentorship, {**form.draft(), **_NO_COMMENT, "verdict": ""})
        told = ngettext("%(sent)s comment sent.", "%(sent)s comments sent.", sent) % {"sent": sent}
        say(request, told if sent else _("All your comments have been sent."))
        return HttpResponseRedirect(f"{found.get_absolute_url()}#thread")
    # The commit that the mentor's page named, if it is one that this look is about.
    seen = form.cleaned_data["commit"]
    services.answer_review(
        review=found,
        mentorship=mentorship,
        version=form.cleaned_data["version"],
        verdict=verdict,
        reason=form.cleaned_data["reason"],
        rubric=rubric,
        levels=form.levels(),
        words=form.words(),
        commit=seen if seen in (found.commit, standing.read_commit(found.project)) else found.commit,
    )
    name = {"name": found.project.learner.get_short_name()}
    say(
        request,
        _("Approved. %(name)s gets a mail.") % name if verdict == Review.State.APPROVED else _("Sent. It’s %(name)s’s turn.") % name,
    )
    return HttpResponseRedirect(f"{found.get_absolute_url()}#thread")


def _ask_again(request: HttpRequest, project: Any, form: RequestForm) -> HttpResponse:
    context = {"project": project, "review_panel": review_panel(request.user, project, form), "form": form}
    return render_page(request, "mentoring/request_review.html", context, status=422)


def _typed_not_kept(request: HttpRequest, found: Review, mentorship: Mentorship) -> HttpResponse | None:
    """Keeps what is typed in the form before a button of it does something else; None where that went well."""
    form = ReviewForm(request.POST, rubric=rubric_for(found), has_files=bool(found.project.repository))
    try:
        _keep(request, found, mentorship, form.draft())
    except services.Outdated as outdated:
        return review_page(request, outdated.review, form=form, late=late_draft(outdated.review), status=409)
    return None


def _keep(request: HttpRequest, found: Review, mentorship: Mentorship, draft: dict[str, Any]) -> datetime:
    desk = request.POST.get("desk", "").replace("\x00", "")[:32] or token_urlsafe(9)
    return services.save_draft(review=found, mentorship=mentorship, version=_number(request, "draft_version"), desk=desk, draft=draft)


def _note_look(request: HttpRequest, found: Review) -> None:
    if found.project.learner_id == request.user.pk or request.method != "GET":
        return
    if reads_as_reviewer(request, found):
        look(active_mentorship(request.user, found.project.learner.handle, Scope.PROJECTS), Page.REVIEW, found.pk)
    else:
        note("review_read_by_superuser", request, request.user, learner_id=found.project.learner_id)


def _phrase_refused(request: HttpRequest, found: Review, sentence: str) -> HttpResponse:
    """The page as it was typed, with why the comment is not kept as a phrase."""
    form = ReviewForm(request.POST, rubric=rubric_for(found), has_files=bool(found.project.repository), is_comment=True)
    form.is_valid()
    form.errors.clear()
    form.add_error("text", sentence)
    return review_page(request, found, form=form, status=422)


def _phrase(request: HttpRequest) -> str:
    wanted = request.POST.get("phrase", "")
    return next((phrase.text for phrase in standing.phrases_of(request.user) if str(phrase.pk) == wanted), "")


def _number(request: HttpRequest, name: str) -> int:
    """A version as the form has it; 0, which none is, where it is missing."""
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _person(request: HttpRequest) -> "User":
    return cast("User", request.user)
