"""The addresses of a portfolio that others may see: the page, and whatever is made of it."""

from django.urls import path

from . import export_views, public_views

app_name = "public"

urlpatterns = [
    path("<slug:handle>/", public_views.portfolio, name="portfolio"),
    path("<slug:handle>/projects/<slug:slug>/", public_views.project, name="project"),
    path("<slug:handle>/badge.svg", export_views.badge, name="badge"),
    path("<slug:handle>/og.png", export_views.picture, name="picture"),
    path("<slug:handle>/resume.json", export_views.resume, name="resume"),
    path("<slug:handle>/portfolio.pdf", export_views.paper, name="paper"),
    path("<slug:handle>/portfolio.zip", export_views.site, name="site"),
    path("<slug:handle>/README.md", export_views.readme, name="readme"),
]
