"""Credentials, as anybody may check them: pages and documents that need no account, each made from what `credentials.py` lets its viewer see."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from roadmap.mentoring.sign_offs.standing import may_withdraw
from roadmap.portfolio.published import moved_to
from roadmap.web.htmx import render_page

from . import record, signing
from .record import Credential, credential_of

View = Callable[..., HttpResponse]

# Seconds that anybody's cache may keep the public keys.
_FRESH = 300


def of_credential(view: View) -> View:
    """Gives a view the credential with the number in its address, as whoever asks may see it. Missing and not shown are the same 404."""

    @login_not_required
    @require_safe
    @wraps(view)
    def answer(request: HttpRequest, number: str) -> HttpResponse:
        credential = credential_of(number, viewer=request.user)
        if credential is None:
            raise Http404
        response = view(request, credential)
        if not credential.is_public:
            response["X-Robots-Tag"] = "noindex"
        return response

    return answer


@of_credential
def credential(request: HttpRequest, credential: Credential) -> HttpResponse:
    is_own = request.user.pk == credential.learner_id
    context = {
        "credential": credential,
        "mentors": ", ".join(credential.mentors),
        "report": _where_to_report(credential),
        "checked_at": timezone.now(),
        "is_own": is_own,
        "sees_words": is_own or request.user.is_superuser,
        "may_withdraw": credential.kind == "skill" and may_withdraw(request.user, credential.sign_offs[0]),
    }
    return render_page(request, "mentoring/credential.html", context)


@of_credential
def credential_json(request: HttpRequest, credential: Credential) -> HttpResponse:
    if credential.withdrawn_at:
        return _document(record.withdrawn(credential), status=410)
    return _document(record.open_badge(credential), content_type="application/ld+json")


@of_credential
def credential_jwt(request: HttpRequest, credential: Credential) -> HttpResponse:
    if credential.withdrawn_at:
        return _document(record.withdrawn(credential), status=410)
    response = HttpResponse(record.signed(credential), content_type="application/vc+jwt")
    response["Content-Disposition"] = content_disposition_header(True, f"staircase-{credential.slug}.jwt") or "attachment"
    return _for_everybody(response)


@login_not_required
@require_safe
def credential_status(request: HttpRequest, number: str) -> HttpResponse:
    if (status := record.status(number)) is None:
        raise Http404
    response = _document(status)
    response["X-Robots-Tag"] = "noindex"
    return response


@login_not_required
@require_safe
def skill_credential(request: HttpRequest, handle: str, slug: str) -> HttpResponse:
    """The credential that stands for a skill: where portfolios and their exports lead, which do not know its number."""
    number = record.standing_number(handle, slug)
    if number is None and (present := moved_to(handle, viewer=request.user)):
        return HttpResponsePermanentRedirect(reverse("credentials:skill_credential", args=[present, slug]))
    if number is None or credential_of(number, viewer=request.user) is None:
        raise Http404
    return HttpResponseRedirect(reverse("credentials:credential", args=[number]))


@login_not_required
@require_safe
def check(request: HttpRequest) -> HttpResponse:
    """Whoever has a number looks it up here."""
    number = request.GET.get("number", "").strip()
    if number and credential_of(number[:12], viewer=request.user):
        return HttpResponseRedirect(reverse("credentials:credential", args=[number[:12]]))
    return render_page(request, "mentoring/check.html", {"number": number}, status=404 if number else 200)


@login_not_required
@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    return _kept(_document({"keys": [key.published() for key in signing.all_keys()]}, content_type="application/jwk-set+json"))


@login_not_required
@require_safe
def key(request: HttpRequest, thumbprint: str) -> HttpResponse:
    found = next((key for key in signing.all_keys() if key.thumbprint == thumbprint), None)
    if found is None:
        raise Http404
    return _kept(_document(found.published(), content_type="application/jwk+json"))


def _document(values: dict[str, Any], *, status: int = 200, content_type: str = "application/json") -> HttpResponse:
    return _for_everybody(
        JsonResponse(values, status=status, content_type=content_type, json_dumps_params={"indent": 2, "ensure_ascii": False})
    )


def _for_everybody(response: HttpResponse) -> HttpResponse:
    """Verifiers run in pages of other sites; without a cookie they see what a stranger sees."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _kept(response: HttpResponse) -> HttpResponse:
    patch_cache_control(response, public=True, max_age=_FRESH)
    return response


def _where_to_report(credential: Credential) -> str:
    """Whom to tell that something is wrong with it, in a mail that says already which one is meant; empty where nobody is named."""
    contact: str = settings.ABUSE_CONTACT
    if not contact.startswith("mailto:"):
        return contact
    words = {"number": credential.id, "page": settings.SITE_ORIGIN + reverse("credentials:credential", args=[credential.id])}
    subject, body = _("Credential %(number)s") % words, _("What is wrong with %(page)s?") % words
    return f"{contact}?{urlencode({'subject': subject, 'body': body}, quote_via=quote)}"
