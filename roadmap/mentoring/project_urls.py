"""What a mentor's app adds to the addresses of a learner's own projects."""

from django.urls import path

from . import review_views

app_name = "reviews"

urlpatterns = [path("<str:id>/request-review/", review_views.request_review, name="request_review")]
