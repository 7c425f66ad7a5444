"""The addresses at which anybody checks a credential."""

from django.urls import path

from . import credential_views

app_name = "credentials"

urlpatterns = [
    path("", credential_views.check, name="check"),
    path("keys.json", credential_views.keys, name="keys"),
    path("keys/<slug:thumbprint>.json", credential_views.key, name="key"),
    path("of/<slug:handle>/<slug:slug>/", credential_views.skill_credential, name="skill_credential"),
    path("<slug:number>/", credential_views.credential, name="credential"),
    path("<slug:number>.json", credential_views.credential_json, name="credential_json"),
    path("<slug:number>.jwt", credential_views.credential_jwt, name="credential_jwt"),
    path("<slug:number>/status.json", credential_views.credential_status, name="credential_status"),
]
