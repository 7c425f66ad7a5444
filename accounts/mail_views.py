"""Which mails a person gets: the page of settings, and the link in each of these mails."""

from typing import Any, cast

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from roadmap.web.htmx import refuse, render_page, respond, say

from .forms import NotificationsForm
from .letters import CHOICES
from .models import Mail, User
from .preferences import read_off_token, switch_mails, unwanted_by, wants

forms_of_mail = require_http_methods(["GET", "HEAD", "POST"])


@forms_of_mail
def notifications(request: HttpRequest) -> HttpResponse:
    person = cast(User, request.user)
    if request.method != "POST":
        return render_page(request, "settings/notifications.html", _context(person))
    form = NotificationsForm(request.POST)
    if not form.is_valid():
        return refuse(request, _("Choose from what the page offers."))
    asked, wanted = set(form.cleaned_data["asked"]), set(form.cleaned_data["wanted"])
    switch_mails(person=person, on=asked & wanted, off=asked - wanted)
    say(request, _("Notifications saved."))
    context = {**_context(person), "is_saved": True}
    return respond(request, "settings/notifications.html#notifications-update", context, page=reverse("mail:notifications"))


# A mail program that posts here has no cookie and no token of ours: the signed address is what allows it (RFC 8058, section 3.2).
@csrf_exempt
@login_not_required
@forms_of_mail
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Asks once, since programs open links by themselves; posting switches off, and on again. Whoever has the mail may."""
    found = read_off_token(token)
    if found is None or found[1] not in CHOICES:
        raise Http404
    person, kind = found
    if request.method == "POST":
        state = "off" if request.POST.get("List-Unsubscribe") == "One-Click" else request.POST.get("state")
        if state not in ("on", "off"):
            return refuse(request, _("Send state=on or state=off."))
        switch_mails(person=person, **{state: [kind]})
    context = {"kind": _offer(kind, is_on=wants(person, kind)), "is_changed": request.method == "POST"}
    return render_page(request, "settings/unsubscribe.html", context)


def _context(person: User) -> dict[str, Any]:
    off = unwanted_by(person)
    return {"kinds": [_offer(kind, is_on=kind not in off) for kind in CHOICES], "person": person}


def _offer(kind: Mail.Kind, *, is_on: bool) -> dict[str, Any]:
    return {"value": kind.value, "comes": CHOICES[kind], "is_on": is_on}
