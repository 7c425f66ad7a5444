"""The map of the site."""

from django.contrib import admin
from django.urls import include, path

from accounts.views import choose_language
from roadmap import climb_views, downloads, sitemap, views

handler500 = "roadmap.web.errors.server_error"
handler400 = "roadmap.web.errors.bad_request"
# allauth looks for it here.
handler429 = "accounts.views.too_many_requests"

urlpatterns = [
    path("", views.home, name="home"),
    path("about/", views.about, name="about"),
    path("stages/<slug:slug>/", views.stage, name="stage"),
    path("skills/<slug:slug>/", views.skill, name="skill"),
    path("skills/<slug:slug>/mark/", views.mark_skill, name="mark_skill"),
    path("skills/<slug:slug>/set-aside/", climb_views.set_aside, name="set_aside"),
    path("skills/<slug:slug>/points/<slug:key>/tick/", views.tick_point, name="tick_point"),
    path("ideas/", views.idea_list, name="idea_list"),
    path("ideas/<slug:slug>/", views.idea, name="idea"),
    path("roadmap/", downloads.download, name="download"),
    path("roadmap.md", downloads.roadmap_markdown, name="roadmap_markdown"),
    path("roadmap.csv", downloads.roadmap_table, name="roadmap_table"),
    path("resources/", include("roadmap.resources.urls")),
    path("search/", include("roadmap.search.urls")),
    path("climb/", climb_views.climb, name="climb"),
    path("climb/pace/", climb_views.pace, name="pace"),
    path("climb/", include("roadmap.progress.urls")),
    path("projects/", include("roadmap.portfolio.urls")),
    path("projects/", include("roadmap.mentoring.reviews.urls")),
    path("u/", include("roadmap.portfolio.public_urls")),
    path("credentials/", include("roadmap.mentoring.credentials.urls")),
    path("settings/", include("roadmap.portfolio.settings_urls")),
    path("settings/", include("roadmap.mentoring.relation.urls")),
    path("settings/", include("accounts.mail_urls")),
    path("mentoring/", include("roadmap.mentoring.urls")),
    path("accounts/", include("accounts.urls")),
    path("language/", choose_language, name="choose_language"),
    path("admin/", admin.site.urls),
    path("sitemap.xml", sitemap.sitemap, name="sitemap"),
    path("", include("roadmap.web.urls")),
]
