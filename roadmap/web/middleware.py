"""Middleware that knows no app."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

GetResponse = Callable[[HttpRequest], HttpResponse]


class _Middleware:
    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)


class RequestGuard(_Middleware): ...


class DatabaseDown(_Middleware): ...


class SecurityHeaders(_Middleware): ...


class PrivateByDefault(_Middleware): ...
