"""The pages of settings. They draw on the profile, which is of accounts, and on skills and projects, which are not."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Profile, User
from accounts.services import HANDLE_CHANGES, HANDLE_DAYS, HandleChangedTooOften, HandleTaken, read_profile, save_profile, switch_portfolio
from roadmap.curriculum import snapshot
from roadmap.web.htmx import render_page, respond, say

from .privacy import offered_projects, offered_skills, save_privacy
from .settings_forms import PrivacyForm, ProfileForm

_PROFILE = ("headline", "about", "place", "open_to", "github", "linkedin_url", "website_url")
_PRIVACY = ("visibility", "skills", "shows_email", "shows_progress")

forms_of_settings = require_http_methods(["GET", "HEAD", "POST"])


@forms_of_settings
def profile(request: HttpRequest) -> HttpResponse:
    person = cast(User, request.user)
    if request.method != "POST":
        return render_page(request, "settings/profile.html", _profile_context(person, _profile_form(person)))
    form = ProfileForm(request.POST, handle=person.handle)
    if not (form.is_valid() and _is_saved(form, person)):
        return render_page(request, "settings/profile.html", _profile_context(person, form), partial="profile-form", status=422)
    say(request, _("Profile saved."))
    person.refresh_from_db()
    context = {**_profile_context(person, _profile_form(person)), "is_saved": True}
    return respond(request, "settings/profile.html#profile-update", context, page=reverse("settings:profile"))


@forms_of_settings
def privacy(request: HttpRequest) -> HttpResponse:
    person = cast(User, request.user)
    if request.method != "POST":
        return render_page(request, "settings/privacy.html", _privacy_context(person))
    form = PrivacyForm(request.POST)
    if not form.is_valid():
        return render_page(request, "settings/privacy.html", _privacy_context(person, form), partial="privacy-form", status=422)
    _save_privacy(person, form.cleaned_data)
    say(request, _("Privacy saved."))
    context = {**_privacy_context(person), "is_saved": True}
    return respond(request, "settings/privacy.html#privacy-update", context, page=reverse("settings:privacy"))


@require_POST
def hide_portfolio(request: HttpRequest) -> HttpResponse:
    switch_portfolio(person=cast(User, request.user), visibility=Profile.Visibility.OFF)
    say(request, _("Your portfolio is off. Only you see it now."))
    return HttpResponseRedirect(reverse("settings:privacy"))


def _profile_form(person: User) -> ProfileForm:
    said = read_profile(person)
    initial = {"name": person.name, "handle": person.handle, **{name: getattr(said, name) for name in _PROFILE}}
    return ProfileForm(initial=initial, handle=person.handle)


def _profile_context(person: User, form: ProfileForm) -> dict[str, Any]:
    return {"form": form, "handle": form.present_handle, "former": list(person.former_handles.order_by("-until"))}


def _is_saved(form: ProfileForm, person: User) -> bool:
    """Saves; False where the handle cannot be had, and then the form says why."""
    try:
        save_profile(person=person, **form.cleaned_data)
    except HandleTaken:
        form.add_error("handle", _("Somebody else has this handle, or had it before. Choose another one."))
    except HandleChangedTooOften:
        often = _("You’ve changed it %(times)s times in %(days)s days. Keep this one for a while, or take one of your earlier ones back.")
        form.add_error("handle", often % {"times": HANDLE_CHANGES, "days": HANDLE_DAYS})
    return form.is_valid()


def _privacy_context(person: User, form: PrivacyForm | None = None) -> dict[str, Any]:
    curriculum = snapshot.current()
    said = read_profile(person)
    skills, projects = offered_skills(person, curriculum), offered_projects(person)
    initial = {
        **{name: getattr(said, name) for name in _PRIVACY},
        "hide": [offer.skill.slug for offer in skills if offer.is_hidden],
        "project": [project.pk for project in projects if project.visibility == "public"],
    }
    return {"form": form or PrivacyForm(initial=initial), "profile": said, "skills": skills, "projects": projects, "person": person}


def _save_privacy(person: User, values: dict[str, Any]) -> None:
    offered = {offer.skill.slug: offer.skill.id for offer in offered_skills(person, snapshot.current())}
    save_privacy(
        person=person,
        **{name: values[name] for name in _PRIVACY},
        # What has come on offer since the form was shown was not asked about: its hiding stays.
        offered=[offered[slug] for slug in {*values["asked"], *values["hide"]} if slug in offered],
        hidden=[offered[slug] for slug in values["hide"] if slug in offered],
        listed=values["project"],
    )
