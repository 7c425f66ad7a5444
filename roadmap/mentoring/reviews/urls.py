"""What a mentor's app adds to the addresses of a learner's own projects."""

from django.urls import path

from . import views

app_name = "reviews"

urlpatterns = [path("<str:id>/request-review/", views.request_review, name="request_review")]
