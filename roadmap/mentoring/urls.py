from django.urls import path

from . import sign_off_views

app_name = "mentoring"

urlpatterns = [
    path("learners/<slug:handle>/skills/<slug:slug>/confirm/", sign_off_views.confirm_skill, name="confirm_skill"),
    path("learners/<slug:handle>/skills/<slug:slug>/withdraw/", sign_off_views.withdraw_sign_off, name="withdraw_sign_off"),
]
