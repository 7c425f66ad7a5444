"""Mentors and mentees: inviting, answering, what is shown, who has looked, and the end."""

from typing import Any, cast

from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from roadmap.mentoring.models import Cohort, Invitation, Mentorship, Scope
from roadmap.web.htmx import go, refuse, render_page, say
from roadmap.web.security_log import note

from . import access_log, invitations, services, standing
from .forms import (
    TO_MENTOR,
    AnswerForm,
    CohortForm,
    HandOverForm,
    InviteLearnerForm,
    InviteMentorForm,
    MentorProfileForm,
    ScopesForm,
    ShowingForm,
)

A_PAGE = 50
# Forms that stand on one page have ids of their own, also when they come back with errors.
_OWN, _COHORT = "own_%s", "cohort_%s"

forms_of_relations = require_http_methods(["GET", "HEAD", "POST"])


# --- The learner's side ---------------------------------------------------------------------------------------------


@forms_of_relations
def mentors(request: HttpRequest) -> HttpResponse:
    """One's mentors and what each sees; posting to it invites one."""
    if request.method != "POST":
        return render_page(request, "settings/mentors.html", _mentors_context(request, InviteMentorForm(initial=_again(request))))
    form = InviteMentorForm(request.POST)
    if form.is_valid() and _is_sent(form, "email", invitations.invite_mentor, learner=_person(request), **form.cleaned_data):
        say(request, _("Invitation sent to %(email)s.") % form.cleaned_data)
        return go(request, reverse("relation:mentors"))
    return render_page(request, "settings/mentors.html", _mentors_context(request, form), status=422)


@require_safe
def looks(request: HttpRequest) -> HttpResponse:
    """The whole log of who looked at what."""
    page = Paginator(access_log.looks_at(request.user), A_PAGE).get_page(request.GET.get("page"))
    return render_page(request, "settings/looks.html", {"page": page, "looks": access_log.told(page)})


@require_POST
def change_scopes(request: HttpRequest, id: str) -> HttpResponse:
    mentorship = get_object_or_404(standing.shown_by(request.user), pk=id)
    form = ScopesForm(request.POST)
    if not form.is_valid():
        return refuse(request, _("Choose from what the page offers."))
    services.change_scopes(mentorship=mentorship, scopes=form.cleaned_data["scopes"])
    say(request, _("Saved. This is what %(name)s sees from now on.") % {"name": mentorship.mentor.get_short_name()})
    return go(request, reverse("relation:mentors"))


# --- The mentor's side ----------------------------------------------------------------------------------------------


@forms_of_relations
def mentees(request: HttpRequest) -> HttpResponse:
    """One's mentees, cohorts and own line; posting to it invites a mentee."""
    cohorts = standing.cohorts_of(request.user)
    if request.method != "POST":
        form = InviteLearnerForm(cohorts=cohorts, initial=_again(request))
        return render_page(request, "settings/mentees.html", _mentees_context(request, form=form))
    form = InviteLearnerForm(request.POST, cohorts=cohorts)
    if form.is_valid() and _is_sent(form, "email", invitations.invite_learner, mentor=_person(request), **form.cleaned_data):
        say(request, _("Invitation sent to %(email)s.") % form.cleaned_data)
        return go(request, reverse("relation:mentees"))
    return render_page(request, "settings/mentees.html", _mentees_context(request, form=form), status=422)


@require_POST
def save_mentor_profile(request: HttpRequest) -> HttpResponse:
    form = MentorProfileForm(request.POST, auto_id=_OWN)
    if not form.is_valid():
        return render_page(request, "settings/mentees.html", _mentees_context(request, profile_form=form), status=422)
    services.save_mentor_profile(mentor=_person(request), **form.cleaned_data)
    say(request, _("Saved. Your mentees read it from now on."))
    return go(request, reverse("relation:mentees"))


@require_POST
def create_cohort(request: HttpRequest) -> HttpResponse:
    form = CohortForm(request.POST, auto_id=_COHORT)
    if not form.is_valid():
        return render_page(request, "settings/mentees.html", _mentees_context(request, cohort_form=form), status=422)
    cohort = services.create_cohort(mentor=_person(request), name=form.cleaned_data["name"])
    say(request, _("Cohort made. Share its link with the people who should join."))
    return go(request, f"{reverse('relation:mentees')}#cohort-{cohort.pk}")


@require_POST
def close_cohort(request: HttpRequest, id: str) -> HttpResponse:
    cohort = _own_cohort(request, id)
    is_closed = {"closed": True, "open": False}.get(request.POST.get("state", ""))
    if is_closed is None:
        return refuse(request, _("Send state=closed or state=open."))
    services.close_cohort(cohort=cohort, is_closed=is_closed)
    say(request, _("Closed: nobody else can join. Who is in stays in.") if is_closed else _("Open again, with a new link."))
    return go(request, f"{reverse('relation:mentees')}#cohort-{cohort.pk}")


@require_POST
def renew_link(request: HttpRequest, id: str) -> HttpResponse:
    cohort = _own_cohort(request, id)
    services.renew_link(cohort=cohort)
    say(request, _("There’s a new link. The one before no longer works."))
    return go(request, f"{reverse('relation:mentees')}#cohort-{cohort.pk}")


@forms_of_relations
def hand_over(request: HttpRequest, id: str) -> HttpResponse:
    """Asks a mentee to go on with somebody else."""
    mentorship = get_object_or_404(standing.mentees_of(request.user), pk=id)
    form = HandOverForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _is_sent(form, "successor", invitations.hand_over, mentorship=mentorship, **form.cleaned_data):
        say(request, _("%(name)s is asked. Nothing changes before both have said yes.") % {"name": mentorship.learner.get_short_name()})
        return go(request, reverse("relation:mentees"))
    status = 422 if request.method == "POST" else 200
    return render_page(request, "mentoring/hand_over.html", {"mentorship": mentorship, "form": form}, status=status)


# --- Both sides -----------------------------------------------------------------------------------------------------


@forms_of_relations
def end_mentorship(request: HttpRequest, id: str) -> HttpResponse:
    """Asks once whether to end it, and ends it."""
    mentorship = get_object_or_404(standing.sides_of(request.user), pk=id)
    person = _person(request)
    if person.pk not in (mentorship.mentor_id, mentorship.learner_id):
        return _end_as_administrator(request, mentorship, person)
    is_learner = mentorship.learner_id == person.pk
    other = mentorship.mentor if is_learner else mentorship.learner
    page = reverse("relation:mentors" if is_learner else "relation:mentees")
    if request.method != "POST":
        context = {"mentorship": mentorship, "is_learner": is_learner, "other": other, "page": page}
        return render_page(request, "mentoring/end_mentorship.html", context)
    services.end_mentorship(mentorship=mentorship, by=person)
    say(request, _("Mentoring with %(name)s has ended.") % {"name": other.name})
    return go(request, page)


def _end_as_administrator(request: HttpRequest, mentorship: Mentorship, administrator: User) -> HttpResponse:
    page = reverse("mentoring:learner", args=[mentorship.learner.handle])
    if request.method != "POST":
        return render_page(request, "mentoring/end_mentorship.html", {"mentorship": mentorship, "is_administrator": True, "page": page})
    if services.end_mentorship(mentorship=mentorship, by=administrator):
        note("mentorship_ended_by_superuser", request, administrator, mentorship=mentorship.pk)
    names = {"mentor": mentorship.mentor.name, "learner": mentorship.learner.name}
    say(request, _("Mentoring between %(mentor)s and %(learner)s has ended. Both get a short mail.") % names)
    return go(request, page)


@require_POST
def withdraw_invitation(request: HttpRequest, token: str) -> HttpResponse:
    invitation = get_object_or_404(invitations.invitations_by(request.user), pk=token)
    if not invitations.withdraw_invitation(invitation=invitation):
        invitation.refresh_from_db()
        if invitation.answered_at is not None:
            return refuse(request, _("It was answered a moment ago. The page shows the answer."))
    say(request, _("Invitation withdrawn. Its link no longer works."))
    return go(request, reverse("relation:mentors" if invitation.role == Invitation.Role.MENTOR else "relation:mentees"))


@forms_of_relations
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """An invitation, to whom it was sent; and the answer: `answer=accept` or `answer=decline`."""
    found = get_object_or_404(invitations.invitations_to(request.user), pk=token)
    scopes, decline = ShowingForm(request.POST), AnswerForm(request.POST)
    if request.method != "POST":
        status = 200 if found.is_open else 410
        form = _offer(request, found.sender)
        return render_page(request, "mentoring/invitation.html", _invitation_context(found, form, AnswerForm()), status=status)
    is_accepted = {"accept": True, "decline": False}.get(request.POST.get("answer", ""))
    if is_accepted is None:
        return refuse(request, _("Send answer=accept or answer=decline."))
    if is_accepted and found.role == Invitation.Role.LEARNER and not scopes.is_valid():
        return render_page(request, "mentoring/invitation.html", _invitation_context(found, scopes, AnswerForm()), status=422)
    if not is_accepted and not decline.is_valid():
        form = _offer(request, found.sender)
        return render_page(request, "mentoring/invitation.html", _invitation_context(found, form, decline), status=422)
    return _accept(request, found, scopes) if is_accepted else _decline(request, found, decline.cleaned_data["reason"])


@forms_of_relations
def join_cohort(request: HttpRequest, link: str) -> HttpResponse:
    """What a cohort's link leads to: the learner chooses what to show, and is in."""
    cohort = invitations.open_cohort(request.user, link)
    form = ShowingForm(request.POST) if request.method == "POST" else _offer(request, cohort.mentor)
    if not form.is_valid():
        context = {"cohort": cohort, "form": form, "profile": getattr(cohort.mentor, "mentor_profile", None)}
        return render_page(request, "mentoring/join_cohort.html", context, status=422 if request.method == "POST" else 200)
    try:
        invitations.join_cohort(cohort=cohort, learner=_person(request), scopes=form.cleaned_data["scopes"])
    except invitations.Over:
        return refuse(request, _("This link has been closed a moment ago. Ask for a new one."), status=410)
    except invitations.NotAgain:
        return refuse(request, _("You were in this cohort before, and its mentor ended it. Ask for an invitation of your own."))
    say(request, _("You’re in “%(cohort)s”. %(name)s is your mentor now.") % {"cohort": cohort.name, "name": cohort.mentor.name})
    return go(request, reverse("relation:mentors"))


def _accept(request: HttpRequest, found: Invitation, scopes: ShowingForm) -> HttpResponse:
    is_learner = found.role == Invitation.Role.LEARNER
    page = reverse("relation:mentors") if is_learner else reverse("relation:mentees")
    try:
        invitations.accept_invitation(invitation=found, person=_person(request), scopes=scopes.cleaned_data["scopes"] if is_learner else ())
    except invitations.Over:
        return _over(request, found, is_accepted=True, page=page)
    except tuple(_REFUSALS) as refusal:
        return refuse(request, _REFUSALS[type(refusal)]())
    if found.successor:
        say(request, _("Invitation sent to %(email)s. Until they say yes, nothing changes.") % {"email": found.successor})
    elif is_learner:
        say(request, _("%(name)s is your mentor now, and sees what you chose.") % {"name": found.sender.name})
    else:
        say(request, _("You’re the mentor of %(name)s now.") % {"name": found.sender.name})
    return go(request, page)


def _decline(request: HttpRequest, found: Invitation, reason: str) -> HttpResponse:
    try:
        invitations.decline_invitation(invitation=found, reason=reason)
    except invitations.Over:
        return _over(request, found, is_accepted=False, page=reverse("home"))
    say(request, _("Declined. %(name)s gets a short message.") % {"name": found.sender.name})
    return go(request, reverse("home"))


def _over(request: HttpRequest, found: Invitation, *, is_accepted: bool, page: str) -> HttpResponse:
    """Twice the same answer is once; another answer comes too late."""
    found.refresh_from_db()
    if found.is_accepted is is_accepted:
        return go(request, page)
    return render_page(request, "mentoring/invitation.html", _invitation_context(found, ShowingForm(), AnswerForm()), status=410)


# --- What pages share -----------------------------------------------------------------------------------------------

_REFUSALS: dict[type[Exception], Any] = {
    invitations.Oneself: lambda: _("That’s one of you two already. Name somebody else."),
    invitations.IsThere: lambda: _("The two of you are mentor and mentee already."),
    invitations.IsOpen: lambda: _("This address has an invitation that is still open. Withdraw it first, if you want to send another."),
    invitations.TooManyToOne: lambda: (
        _("That’s %(most)s invitations to this address in %(days)s days, which is the most. Ask them in another way.")
        % {"most": invitations.MOST_TO_ONE, "days": invitations.DAYS_OF_ONE}
    ),
    invitations.TooMany: lambda: (
        _("That’s %(most)s invitations in a day, which is the most. Send this one tomorrow.") % {"most": invitations.MOST_A_DAY}
    ),
}


def _is_sent(form: Form, field: str, send: Any, **values: Any) -> bool:
    """False where it cannot be sent: the form says why, and keeps what was typed."""
    try:
        send(**values)
    except tuple(_REFUSALS) as refusal:
        form.add_error(field, _REFUSALS[type(refusal)]())
        return False
    return True


def _offer(request: HttpRequest, mentor: User) -> ShowingForm:
    """What to show this mentor, ticked as it stands: who has narrowed it doesn't widen it by saying yes once more."""
    shown = standing.shown_to(mentor, request.user)
    return ShowingForm() if shown is None else ShowingForm(initial={"scopes": shown})


def _again(request: HttpRequest) -> dict[str, Any]:
    """What an invitation of one's own said that is to be sent once more."""
    before = invitations.invitations_by(request.user).filter(pk=request.GET.get("again", "")).first()
    if before is None:
        return {}
    return {"email": before.email, "line": before.line, "cohort": before.cohort_id, **({"scopes": before.scopes} if before.scopes else {})}


def _mentors_context(request: HttpRequest, form: InviteMentorForm) -> dict[str, Any]:
    latest = list(access_log.looks_at(request.user)[: access_log.LATEST + 1])
    return {
        "today": timezone.now().date(),
        "form": form,
        "mentors": [
            {
                "mentorship": row,
                "profile": getattr(row.mentor, "mentor_profile", None),
                "form": ScopesForm(initial={"scopes": row.scopes}, auto_id=f"{row.pk}-%s"),
            }
            for row in standing.mentors_of(request.user)
        ],
        "invited": invitations.waiting_for(request.user),
        "sent": invitations.listed_by(request.user, Invitation.Role.MENTOR),
        "looks": access_log.told(latest[: access_log.LATEST]),
        "has_more": len(latest) > access_log.LATEST,
    }


def _mentees_context(
    request: HttpRequest,
    *,
    form: InviteLearnerForm | None = None,
    profile_form: MentorProfileForm | None = None,
    cohort_form: CohortForm | None = None,
) -> dict[str, Any]:
    cohorts = standing.cohorts_of(request.user)
    said = standing.profile_of(request.user)
    return {
        "today": timezone.now().date(),
        "form": form or InviteLearnerForm(cohorts=cohorts),
        "profile_form": profile_form or MentorProfileForm(initial={"line": said.line, "paused_until": said.paused_until}, auto_id=_OWN),
        "cohort_form": cohort_form or CohortForm(auto_id=_COHORT),
        "page": Paginator(standing.mentees_of(request.user), A_PAGE).get_page(request.GET.get("page")),
        "cohorts": cohorts,
        "sent": invitations.listed_by(request.user, Invitation.Role.LEARNER),
    }


def _invitation_context(found: Invitation, scopes: ShowingForm, decline: AnswerForm) -> dict[str, Any]:
    return {
        "invitation": found,
        "sender": found.sender,
        "profile": getattr(found.sender, "mentor_profile", None),
        "seen": [TO_MENTOR[Scope(scope)] for scope in found.scopes],
        "unseen": [TO_MENTOR[scope] for scope in Scope if scope not in found.scopes],
        "form": scopes,
        "decline": decline,
    }


def _own_cohort(request: HttpRequest, id: str) -> Cohort:
    return get_object_or_404(standing.cohorts_of(request.user), pk=id)


def _person(request: HttpRequest) -> User:
    return cast(User, request.user)
