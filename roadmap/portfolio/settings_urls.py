"""The pages of settings: what a person says about oneself, and who sees it."""

from django.urls import path

from . import settings_views

app_name = "settings"

urlpatterns = [
    path("profile/", settings_views.profile, name="profile"),
    path("privacy/", settings_views.privacy, name="privacy"),
    path("privacy/off/", settings_views.hide_portfolio, name="hide_portfolio"),
]
