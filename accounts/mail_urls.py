"""The pages about mails that people can switch off."""

from django.urls import path

from . import mail_views

app_name = "mail"

urlpatterns = [
    path("notifications/", mail_views.notifications, name="notifications"),
    path("notifications/off/<str:token>/", mail_views.unsubscribe, name="unsubscribe"),
]
