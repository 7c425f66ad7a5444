"""A mentor confirms a skill of a learner, or takes it back."""

from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from roadmap.curriculum import snapshot
from roadmap.curriculum.snapshot import SkillView
from roadmap.mentoring.access import Ended, Page, active_mentorship, look
from roadmap.mentoring.models import Mentorship, Scope
from roadmap.portfolio.showing import evidence_of
from roadmap.progress.models import state_label
from roadmap.web.htmx import go, render_page, say
from roadmap.web.security_log import note

from . import services, standing
from .forms import ConfirmForm, WithdrawForm


@require_http_methods(["GET", "HEAD", "POST"])
def confirm_skill(request: HttpRequest, handle: str, slug: str) -> HttpResponse:
    try:
        mentorship = _mentorship(request, handle)
        skill = _skill(slug)
    except Http404:
        return _gone(request)
    form = ConfirmForm(request.POST if request.method == "POST" else None, projects=standing.projects_to_name(mentorship))
    if request.method != "POST":
        return _confirm_page(request, mentorship, skill, form)
    if not form.is_valid():
        return _confirm_page(request, mentorship, skill, form, status=422)
    try:
        signed = services.confirm_skill(mentorship=mentorship, skill=skill.id, note=form.cleaned_data["note"], project=form.chosen)
    except Ended:
        return _gone(request)
    except services.NothingToConfirm:
        return _confirm_page(request, mentorship, skill, form, status=422)
    except services.AlreadyConfirmed:
        # Both texts: what stands, and what was written meanwhile.
        return _confirm_page(request, mentorship, skill, form, status=409)
    say(request, _tell(mentorship, skill, signed))
    return go(request, reverse("mentoring:confirm_skill", args=[handle, slug]))


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_sign_off(request: HttpRequest, handle: str, slug: str) -> HttpResponse:
    sign_off = standing.sign_off_to_withdraw(request.user, handle, slug)
    form = WithdrawForm(request.POST if request.method == "POST" else None, initial={"sign_off": sign_off.pk})
    if request.method == "POST" and form.data.get("sign_off", "") not in ("", sign_off.pk):
        form.data = {**form.data.dict(), "sign_off": sign_off.pk}  # type: ignore[attr-defined]
        return render_page(request, "mentoring/withdraw_sign_off.html", {"sign_off": sign_off, "form": form, "is_late": True}, status=409)
    if request.method == "POST" and (sign_off.withdrawn_at or form.is_valid()):
        if not sign_off.withdrawn_at:
            if sign_off.mentor_id != request.user.pk:
                note("sign_off_withdrawn_by_administrator", request, request.user, sign_off=sign_off.pk)
            services.withdraw_sign_off(sign_off=sign_off, by=cast(User, request.user).name, reason=form.cleaned_data["reason"])
        say(request, _("%(skill)s is no longer confirmed. The mark stays as it is.") % {"skill": sign_off.skill.title})
        return go(request, request.path)
    status = 422 if request.method == "POST" else 200
    return render_page(request, "mentoring/withdraw_sign_off.html", {"sign_off": sign_off, "form": form}, status=status)


def _mentorship(request: HttpRequest, handle: str) -> Mentorship:
    """The active mentorship in which enough is shown to confirm a skill."""
    mentorship = active_mentorship(request.user, handle, None)
    if not set(standing.ENOUGH) & set(mentorship.scopes):
        raise Http404
    return mentorship


def _skill(slug: str) -> SkillView:
    if (skill := snapshot.current().skills.get(slug)) is None:
        raise Http404
    return skill


def _gone(request: HttpRequest) -> HttpResponse:
    """To whom the learner does not exist, or no longer: the same answer for all, with one's own words where some were sent."""
    if words := [text for text in [request.POST.get("note", "").strip()] if text]:
        return render_page(request, "mentoring/review_gone.html", {"words": words}, status=404)
    raise Http404


def _confirm_page(request: HttpRequest, mentorship: Mentorship, skill: SkillView, form: ConfirmForm, *, status: int = 200) -> HttpResponse:
    if request.method != "HEAD":
        look(mentorship, Page.SKILL)
    return render_page(request, "mentoring/confirm_skill.html", _confirm_context(request, mentorship, skill, form), status=status)


def _confirm_context(request: HttpRequest, mentorship: Mentorship, skill: SkillView, form: ConfirmForm) -> dict[str, Any]:
    learner = mentorship.learner
    stands = standing.confirmable(mentorship, skill.id)
    sign_off = stands.standing
    evidence = evidence_of(learner, skill) if mentorship.shows(Scope.PROJECTS) else []
    shown_in = [item for item in evidence if item.answer == "confirmed"]
    if shown_in and not form.is_bound and "project" in form.fields:
        form.initial["project"] = shown_in[0].project.pk
    return {
        "learner": learner,
        "skill": skill,
        "form": form,
        "standing": sign_off,
        "is_own": sign_off is not None and sign_off.mentor_id == request.user.pk,
        "is_late": sign_off is not None and form.is_bound and sign_off.mentor_id != request.user.pk,
        "words": form.data.get("note", "").strip() if form.is_bound else "",
        "can_confirm": stands.can_confirm,
        "state_word": state_label(stands.state) if stands.state else "",
        "shown_in": shown_in,
        "hides_project": not mentorship.shows(Scope.PROJECTS),
        "nothing": _nothing(mentorship, skill),
    }


def _nothing(mentorship: Mentorship, skill: SkillView) -> str:
    return _("%(name)s hasn’t marked “%(skill)s” Done, and no code shows it: there is nothing to put your name to yet.") % {
        "name": mentorship.learner.name,
        "skill": skill.title,
    }


def _tell(mentorship: Mentorship, skill: SkillView, signed: services.Signed) -> str:
    if signed.was_there:
        return _("You have confirmed %(skill)s before. What you wrote then stands.") % {"skill": skill.title}
    if signed.badge:
        return _("%(skill)s: confirmed for %(name)s, and with it all that the step “%(step)s” must have.") % {
            "skill": skill.title,
            "name": mentorship.learner.name,
            "step": skill.stage.title,
        }
    return _("%(skill)s: confirmed for %(name)s.") % {"skill": skill.title, "name": mentorship.learner.name}
