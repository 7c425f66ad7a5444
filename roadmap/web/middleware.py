"""Middleware that knows no app. The order in the settings is part of the design:

RequestLog (outermost: everything has a request id) → headers → Language → RequestGuard → static files → session, user → SignInRequired.
"""

from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.http.response import HttpResponseRedirectBase
from django.shortcuts import resolve_url
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect
from django_structlog.middlewares import RequestMiddleware

from .errors import bad_request, is_database_trouble, method_not_allowed
from .htmx import from_htmx, page_behind
from .languages import vary_by_language
from .logs import safe_path

GetResponse = Callable[[HttpRequest], HttpResponse]

log = structlog.get_logger(__name__)


class RequestLog(RequestMiddleware):
    """One line in the log for each request, and its id in the header `X-Request-ID`.

    Addresses are logged without what they may carry (query strings, keys in links); who a request came from is logged when the
    page asked for it anyway, never by a statement of the log's own.
    """

    def prepare(self, request: HttpRequest) -> None:
        super().prepare(request)
        request.id = structlog.contextvars.get_contextvars()["request_id"]  # type: ignore[attr-defined]

    def handle_response(self, request: HttpRequest, response: HttpResponse) -> None:
        response["X-Request-ID"] = request.id  # type: ignore[attr-defined]
        super().handle_response(request, response)

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        # At its start no view is known yet, and so not which parts of the path are secret.
        return f"{request.method} {safe_path(request)}" if hasattr(request, "id") else str(request.method)

    @staticmethod
    def bind_user_id(request: HttpRequest) -> None:
        # Set by Django once `request.user` has been evaluated.
        if (user := getattr(request, "_cached_user", None)) is not None:
            structlog.contextvars.bind_contextvars(user_id=user.pk)

    def _process_exception(self, request: HttpRequest, exception: Exception) -> None:
        if is_database_trouble(exception):
            request._raised_exception = exception  # type: ignore[attr-defined]
            log.warning(
                "database_unavailable", request=self.format_request(request), error=f"{type(exception).__name__}: {exception}".strip()
            )
        else:
            super()._process_exception(request, exception)


class _Middleware:
    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response


class SecurityHeaders(_Middleware):
    """The headers that Django and django-csp do not know, on every response: errors, redirects and static files too."""

    headers = {
        "Cross-Origin-Embedder-Policy": "require-corp",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": (
            "accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), fullscreen=(self), geolocation=(), "
            "gyroscope=(), microphone=(), midi=(), payment=(), usb=(), browsing-topics=()"
        ),
    }

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in self.headers.items():
            response.headers.setdefault(name, value)
        return response


class PrivateByDefault(_Middleware):
    """What a view does not declare public is kept by nobody else's cache, and pages about the account by none at all."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path_info.startswith(settings.NEVER_STORED):
            response["Cache-Control"] = "private, no-store"
        else:
            response.headers.setdefault("Cache-Control", "private, no-cache")
        # A fragment must not be shown where the page was asked for, by Back or by any cache.
        patch_vary_headers(response, ["HX-Request"])
        if getattr(request, "has_signed_out", False):
            response["Clear-Site-Data"] = '"cache"'
        return response


class Language(_Middleware):
    """Answers in the reader's language: what was chosen, which a cookie keeps, else the best that the browser asks for.

    What any cache may keep says itself whether it has words in it (`roadmap.web.languages`).
    """

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(settings.STATIC_URL):
            return self.get_response(request)
        # Afterwards the thread speaks as before: what comes next may be for somebody else, or for nobody.
        with translation.override(translation.get_language_from_request(request)):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language())
        if "public" not in response.get("Cache-Control", ""):
            vary_by_language(response)
        return response


class RequestGuard(_Middleware):
    """Refuses what no browser sends and Django would stumble over."""

    methods = ("GET", "HEAD", "POST", "OPTIONS")
    charsets = ("utf-8", "utf8", "us-ascii")
    longest_address = 4096

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in self.methods:
            return method_not_allowed(self.methods)
        if not self._is_readable(request):
            return bad_request(request)
        response = self.get_response(request)
        if response.status_code == 405 and not response.content:
            return method_not_allowed(response["Allow"].split(", "))
        return response

    def _is_readable(self, request: HttpRequest) -> bool:
        # Django decodes names and values with the charset that the request claims, and fails on most but UTF-8.
        charset = (request.content_params or {}).get("charset", "utf-8")
        address = request.META.get("QUERY_STRING", "")
        return (
            charset.strip("'\" ").lower() in self.charsets
            and len(request.path_info) + len(address) <= self.longest_address
            # Postgres has no NUL in its text.
            and "\0" not in request.path_info
            and "%00" not in address
            and not any("\0" in value for value in request.COOKIES.values())
        )


class SignInRequired(LoginRequiredMiddleware):
    """Every page asks for an account unless it says otherwise; after signing in one is back on the page, not on an action's address."""

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        # The other way round than Django: a public page need not know who asks.
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., Any]) -> HttpResponseRedirectBase:  # type: ignore[override]
        sign_in = resolve_url(self.get_login_url(view_func))
        answer = redirect_to_login(page_behind(request), sign_in, self.get_redirect_field_name(view_func))
        # htmx would follow a redirect by itself and put the sign-in page into the fragment's place.
        return HttpResponseClientRedirect(answer.url) if from_htmx(request) else answer
