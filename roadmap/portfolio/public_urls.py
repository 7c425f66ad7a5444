"""The addresses of a portfolio that others may see: the page, and whatever is made of it."""

from django.urls import path

from . import public_views

app_name = "public"

urlpatterns = [
    path("<slug:handle>/", public_views.portfolio, name="portfolio"),
    path("<slug:handle>/projects/<slug:slug>/", public_views.project, name="project"),
]
