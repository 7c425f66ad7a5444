from django.urls import path

from . import views

app_name = "progress"
urlpatterns = [
    path("merge/", views.merge, name="merge"),
    path("merge/add/", views.merge_marks, name="merge_marks"),
    path("merge/drop/", views.drop_marks, name="drop_marks"),
]
