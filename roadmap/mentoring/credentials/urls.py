"""The addresses at which anybody checks a credential."""

from django.urls import path

from . import views

app_name = "credentials"

urlpatterns = [
    path("", views.check, name="check"),
    path("keys.json", views.keys, name="keys"),
    path("keys/<slug:thumbprint>.json", views.key, name="key"),
    path("of/<slug:handle>/<slug:slug>/", views.skill_credential, name="skill_credential"),
    path("<slug:number>/", views.credential, name="credential"),
    path("<slug:number>.json", views.credential_json, name="credential_json"),
    path("<slug:number>.jwt", views.credential_jwt, name="credential_jwt"),
    path("<slug:number>/status.json", views.credential_status, name="credential_status"),
]
