"""Whose language an answer is in, and what caches are told of it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

View = Callable[..., HttpResponse]


def vary_by_language(response: HttpResponse) -> HttpResponse:
    """Says that an answer is in the language of whoever asked: what a cookie keeps, else what the browser asks for."""
    patch_vary_headers(response, ["Accept-Language", "Cookie"])
    return response


def in_the_browsers_language(view: View) -> View:
    """For what other sites show: no cookie is looked at, so that any cache may keep one answer for each language."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = HttpRequest()
        asked.META = request.META
        language = translation.get_language_from_request(asked)
        with translation.override(language):
            response = view(request, *args, **kwargs)
        response["Content-Language"] = language
        patch_vary_headers(response, ["Accept-Language"])
        return response

    return answer
