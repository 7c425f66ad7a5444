"""The site and one page that only people with an account may see."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from roadmap.urls import handler400, handler500
from roadmap.urls import urlpatterns as site

__all__ = ["handler400", "handler500", "urlpatterns"]


def private(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"only for {request.user}")


urlpatterns = [*site, path("private/", private)]
