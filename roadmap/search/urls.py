from django.urls import path

from . import views

app_name = "search"
urlpatterns = [
    path("", views.search, name="search"),
    path("unanswered/", views.count_unanswered, name="count_unanswered"),
]
